#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user meets when the machine file cannot be used: one clear line, an exit status, nothing changed. And fsck,
snapshot, --dry-run, waiting and Ctrl-C, as processes.

usage: trust_test.py RESULT.json BIN_DIR
"""
import fcntl
import os
import pathlib
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
SAMPLES = pathlib.Path("images/built/i386").resolve()
HELLO, FOREVER = SAMPLES / "hello.o", SAMPLES / "forever.o"
MODERN_HELLO = SAMPLES.parents[1] / "both" / "built" / "6.1" / "greets.ko"
OTHER_USER = 65534
FRAMES_IN_USE = 224 + 40  # offset in the header: docs/machine-file.md, Format 1
APPLYING = 212


class Place:
    """A folder with a booted machine."""

    def __init__(self, folder: str, boot: bool = True):
        self.folder = pathlib.Path(folder)
        self.machine = self.folder / "machine"
        self.environment = dict(os.environ, RETROMOD_MACHINE=str(self.machine))
        if boot:
            self.good("boot", "--memory", "16")

    def run(self, *words, **options):
        return subprocess.run([BIN / "retromod", *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, **options)

    def good(self, *words) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.returncode} {done.stderr}"
        return done.stdout

    def refused(self, *words, says, status=1, **options):
        """The command fails with one line on stderr that has all of `says`."""
        before = self.bytes()
        done = self.run(*words, **options)
        assert done.returncode == status, f"{words}: exit status {done.returncode}, not {status}: {done.stderr}"
        lines = done.stderr.splitlines()
        assert len(lines) == 1, f"{words}: {len(lines)} lines: {done.stderr}"
        for text in says:
            assert text in lines[0], f"{words}: no '{text}' in: {lines[0]}"
        assert self.bytes() == before, f"{words}: the machine changed"

    def start(self, *words):
        return subprocess.Popen([BIN / "retromod", *words], env=self.environment, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def bytes(self) -> bytes:
        """Header, page maps and first tables: enough to see a change."""
        with open(self.machine, "rb") as file:
            return file.read(1 << 20)

    def poke(self, offset: int, data: bytes):
        with open(self.machine, "r+b") as file:
            file.seek(offset)
            file.write(data)

    def modules(self):
        return [line.split()[0] for line in self.good("lsmod").splitlines()[1:]]


def with_place(test):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            test(Place(folder))

    return run


def child_of(process) -> int:
    for _ in range(200):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if children:
            return int(children[0])
        time.sleep(0.01)
    raise AssertionError("the command started no child")


def cpu_ticks(pid: int) -> int:
    return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11])


def running_guest(place):
    """insmod forever.o, once its child has run for a while."""
    process = place.start("--budget", "1000000", "insmod", FOREVER)
    child = child_of(process)
    for _ in range(1000):
        assert process.poll() is None, process.stderr.read()
        if cpu_ticks(child) > 5:
            return process, child
        time.sleep(0.01)
    raise AssertionError("the guest does not run")


# --- files that cannot be used --------------------------------------------------------------------------------------


def newer_format(place):
    place.poke(8, struct.pack("<I", 2))
    for words in (["lsmod"], ["insmod", HELLO], ["dmesg"], ["snapshot", "save", "x"]):
        place.refused(*words, says=[str(place.machine), "format 2 is newer"])


def other_byte_order(place):
    place.poke(12, struct.pack(">I", 0x01020304))
    place.refused("lsmod", says=[str(place.machine), "byte order"])
    place.refused("insmod", HELLO, says=[str(place.machine), "byte order"])


def not_a_machine(place):
    place.machine.write_bytes(b"hello, world\n" * 100)
    place.refused("lsmod", says=["not a machine"])
    place.refused("insmod", HELLO, says=["not a machine"])
    place.refused("boot", says=["not a machine"])


def what_is_no_machine_does_not_become_one(place):
    """A FIFO, a device, an empty file: each is refused by what it is, at once, and stays what it is."""
    def refused(path, *says):
        before = os.lstat(path)
        for words in (["boot"], ["lsmod"], ["insmod", HELLO], ["status"], ["shutdown"], ["fsck"], ["snapshot", "save", "x"]):
            done = place.run("--machine", path, *words)
            assert done.returncode > 0, f"{path}: {words}: exit status {done.returncode}"
            lines = done.stderr.splitlines() + [line for line in done.stdout.splitlines() if words == ["fsck"]]
            assert any(str(path) in line and (words != ["boot"] or all(text in line for text in says)) for line in lines), f"{words}: {lines}"
        after = os.lstat(path)
        assert (before.st_ino, before.st_mode, before.st_rdev, before.st_size) == (after.st_ino, after.st_mode, after.st_rdev, after.st_size)

    pipe, empty, link, null = (place.folder / name for name in ("pipe", "empty", "link", "null"))
    os.mkfifo(pipe)
    refused(pipe, "a FIFO")
    empty.touch()
    refused(empty, "not a machine, so it is not replaced")
    link.symlink_to(place.folder / "nowhere")
    refused_link = place.run("--machine", link, "boot")
    assert refused_link.returncode == 1 and "link" in refused_link.stderr and link.is_symlink(), refused_link.stderr
    if os.geteuid() == 0:
        try:
            os.mknod(null, stat.S_IFCHR | 0o600, os.makedev(1, 3))
        except PermissionError:
            return
        refused(null, "a character device")


def closed_standard_descriptors(place):
    """What a command says does not end up in the machine's files when 0, 1 or 2 are closed."""
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        subprocess.run(["bash", "-c", f'"$0" insmod {HELLO} {closed}; "$0" insmod {HELLO} {closed}; "$0" rmmod hello {closed}', BIN / "retromod"],
                       env=place.environment, timeout=60)
        assert "clean" in place.good("fsck"), closed
        assert place.modules() == [], closed


def text_that_cannot_be_written(place):
    """A full device behind standard output or error: the work is kept, the exit status tells."""
    with open("/dev/full", "w") as full:
        done = subprocess.run([BIN / "retromod", "lsmod"], env=place.environment, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        assert done.returncode == 1 and "standard output: cannot be written: No space left" in done.stderr, done.stderr
        done = subprocess.run([BIN / "retromod", "insmod", SAMPLES / "oops.o"] if (SAMPLES / "oops.o").exists() else [BIN / "retromod", "insmod", HELLO, "wrong=1"],
                              env=place.environment, stdout=subprocess.PIPE, stderr=full, text=True, timeout=60)
        assert done.returncode > 0, done.returncode
        done = subprocess.run([BIN / "retromod", "insmod", HELLO], env=place.environment, stdout=full, stderr=full, timeout=60)
        assert done.returncode >= 0, done.returncode
    assert "hello" in place.modules()


def text_inputs_without_an_end(place):
    """/dev/zero, an endless line, a directory, no certificate: one line, nothing changed."""
    for option in ("--versions", "--devices"):
        place.refused("boot", option, "/dev/zero", says=["/dev/zero", "more than 64 MiB"])
        place.refused("boot", option, place.folder, says=[str(place.folder), "directory"])
    place.refused("boot", "--release", "6.1", "--module-key", HELLO, says=["hello.o", "no certificate"])
    place.refused("boot", "--release", "6.1", "--module-key", "/dev/null", says=["/dev/null", "no certificate"])


def reading_commands_on_a_damaged_module_list(place):
    """A module list that leads into nowhere: every command that shows it says so, none is ended by a signal."""
    place.good("insmod", HELLO)
    at = int(place.good("layout", "hello").split("0x")[1].split()[0].rstrip(",:;)"), 16)
    header = struct.unpack_from("<6Q", place.bytes(), 136)  # vmalloc_start, direct_offset, direct_bytes, vmalloc_offset, ...
    place.good("snapshot", "save", "before")
    for word in range(24):
        place.poke(header[3] + at - header[0] + 4 * word, struct.pack("<I", 0xfffffff0))
        for words in (["status"], ["lsmod"], ["ksyms"], ["layout", "hello"], ["cat", "/proc/modules"], ["fsck"],
                      ["snapshot", "diff", "before"], ["rmmod", "hello"]):
            done = place.run("--dry-run", *words)
            assert done.returncode >= 0, f"word {word}: {words}: {done.returncode} {done.stderr}"
            for text in ("terminate called", "KernelFault", "exception", "basic_string", "the jailed process"):
                assert text not in done.stderr, f"word {word}: {words}: {done.stderr}"
        place.good("snapshot", "restore", "before")


def no_permission(place):
    if os.geteuid() != 0:
        os.chmod(place.machine, 0)
        done = place.run("lsmod")
        os.chmod(place.machine, 0o600)
        assert done.returncode == 1 and "Permission denied" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
        return
    for words in (["lsmod"], ["insmod", HELLO], ["shutdown"], ["boot"]):
        place.refused(*words, user=OTHER_USER, says=[str(place.machine), "Permission denied"])


def another_users_file(place):
    """Readable by all, but in a folder that only its owner writes: to be looked at, not changed."""
    if os.geteuid() != 0:
        return
    place.good("insmod", HELLO)
    for path in place.folder.iterdir():
        os.chmod(path, 0o644)
    looked = place.run("lsmod", user=OTHER_USER)
    assert looked.returncode == 0 and "hello" in looked.stdout, looked.stderr
    place.refused("rmmod", "hello", user=OTHER_USER, says=[str(place.machine), "Permission denied"])


def on_a_disk(script: str) -> subprocess.CompletedProcess:
    """Runs a script in a name space where it may mount."""
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    return subprocess.run([*unshare, "sh", "-ec", script], env=dict(os.environ, BIN=str(BIN), HELLO=str(HELLO)),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def mounts_allowed(folder) -> bool:
    allowed = on_a_disk(f"mount -t tmpfs none {folder}").returncode == 0
    if not allowed:
        print("trust_test: this host lets us mount no disk of our own: not tested", file=sys.stderr)
    return allowed


def read_only_file_system(place):
    place.good("insmod", HELLO)
    if not mounts_allowed(place.folder):
        return
    prepare = f"mount --bind {place.folder} {place.folder}; mount -o remount,ro,bind {place.folder}; export RETROMOD_MACHINE={place.machine}; "
    looked = on_a_disk(prepare + "$BIN/retromod lsmod")
    assert looked.returncode == 0 and "hello" in looked.stdout, looked.stderr
    refused = on_a_disk(prepare + "$BIN/retromod rmmod hello")
    assert refused.returncode == 1 and "Read-only file system" in refused.stderr, refused.stderr
    assert len(refused.stderr.splitlines()) == 1, refused.stderr


def full_disk(place):
    if not mounts_allowed(place.folder):
        return
    done = on_a_disk(f"""
        mount -t tmpfs -o size=4m none {place.folder}; export RETROMOD_MACHINE={place.machine}
        $BIN/retromod boot --memory 16 >/dev/null
        $BIN/retromod lsmod > {place.folder}/lsmod
        dd if=/dev/zero of={place.folder}/filler bs=1k 2>/dev/null || true
        if $BIN/retromod insmod $HELLO 2>{place.folder}/../trust-message.$$; then echo loaded; fi
        cat {place.folder}/../trust-message.$$ >&2; rm {place.folder}/../trust-message.$$ {place.folder}/filler
        $BIN/retromod lsmod; $BIN/retromod fsck >&2; $BIN/retromod insmod $HELLO""")
    assert done.returncode == 0, done.stderr
    assert "loaded" not in done.stdout and "hello" not in done.stdout, done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 2, done.stderr  # the refusal, and fsck's
    assert "No space left" in lines[0] or "disk is full" in lines[0] or "disk may be full" in lines[0], lines[0]
    assert "clean" in lines[1], lines[1]


def missing_folder(place):
    place.environment["RETROMOD_MACHINE"] = "/proc/nothing/machine"
    done = place.run("boot")
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "/proc/nothing" in done.stderr, done.stderr


# --- fsck -----------------------------------------------------------------------------------------------------------


def fsck_of_a_clean_machine(place):
    place.good("insmod", HELLO)
    assert "clean" in place.good("fsck")


def fsck_counts_anew(place):
    place.poke(FRAMES_IN_USE, struct.pack("<Q", 3))
    done = place.run("fsck")
    assert done.returncode == 4 and "recorded 3" in done.stdout and "--repair" in done.stderr, done
    assert place.run("--dry-run", "fsck", "--repair").returncode == 4
    done = place.run("fsck", "--repair")
    assert done.returncode == 1 and "(repaired)" in done.stdout, done
    place.good("fsck")
    place.good("insmod", HELLO)


def fsck_discards_a_damaged_journal(place):
    journal = place.folder / "machine.journal"
    journal.write_bytes(b"RETRJRNL" + struct.pack("<IIII", 1, 0x01020304, 0x434D4954, 7) + bytes(100))
    place.refused("insmod", HELLO, says=["machine.journal", "retromod fsck"])
    done = place.run("fsck")
    assert done.returncode == 4 and "machine.journal" in done.stdout, done
    assert place.run("fsck", "--repair").returncode == 1
    place.good("insmod", HELLO)


def fsck_of_a_commit_without_its_journal(place):
    place.poke(APPLYING, struct.pack("<I", 1))
    place.refused("lsmod", says=["a commit was cut short", "retromod fsck"])
    done = place.run("fsck", "--repair")
    assert done.returncode == 1 and "journal is gone" in done.stdout, done
    place.good("lsmod")


def fsck_finds_a_broken_module_list(place):
    place.good("insmod", HELLO)
    at = int(place.good("layout", "hello").split("0x")[1].split()[0].rstrip(",:;)"), 16)
    before = place.bytes()
    header = struct.unpack_from("<6Q", before, 136)  # vmalloc_start, direct_offset, direct_bytes, vmalloc_offset, ...
    place.poke(header[3] + at - header[0] + 8, struct.pack("<I", 0x10))  # the name: struct module's third word
    done = place.run("fsck")
    assert done.returncode == 4 and "beyond repair" in done.stdout and "snapshot" in done.stderr, done


# --- snapshots and dry runs -----------------------------------------------------------------------------------------


def snapshots_save_and_restore(place):
    place.good("snapshot", "save", "empty")
    place.good("insmod", HELLO)
    done = place.run("snapshot", "diff", "empty")
    assert done.returncode == 1 and "+hello at" in done.stdout and "log:" in done.stdout, done
    place.refused("snapshot", "save", "empty", says=["File exists"])
    place.refused("snapshot", "save", "../x", says=["no name for a snapshot"])
    place.refused("snapshot", "restore", "none", says=["no snapshot of that name"])
    assert "empty" in place.good("snapshot", "list")
    place.good("snapshot", "restore", "empty")
    assert place.modules() == [] and place.good("snapshot", "diff", "empty") == ""
    place.good("insmod", HELLO)
    place.good("fsck")
    place.good("shutdown")
    place.good("snapshot", "restore", "empty")
    assert place.modules() == []
    place.good("snapshot", "remove", "empty")
    assert place.good("snapshot", "list") == ""


def snapshots_of_a_machine_since_2_6(place):
    place.good("boot", "--release", "6.1")
    place.good("snapshot", "save", "empty")
    place.good("insmod", MODERN_HELLO)
    done = place.run("snapshot", "diff", "empty")
    assert done.returncode == 1 and "+greets 16384 0 - Live 0x" in done.stdout and "log:" in done.stdout, done
    place.good("snapshot", "restore", "empty")
    assert place.good("lsmod").count("\n") == 1 and place.good("snapshot", "diff", "empty") == ""


def a_dry_run_changes_nothing(place):
    place.good("insmod", SAMPLES / "exporter.o")
    place.good("snapshot", "save", "one")
    names = sorted(path.name for path in place.folder.iterdir())
    before = place.bytes()
    for words in (["insmod", HELLO], ["rmmod", "exporter"], ["boot", "--replace"], ["shutdown"], ["run", "--ms", "100"], ["dmesg", "-c"],
                  ["cat", "/proc/version"], ["snapshot", "save", "two"], ["snapshot", "restore", "one"],
                  ["snapshot", "remove", "one"], ["fsck", "--repair"]):
        place.good("--dry-run", *words)
        assert place.bytes() == before, f"--dry-run {words} changed the machine"
        now = sorted(path.name for path in place.folder.iterdir())
        assert now == names, f"--dry-run {words}: {now}"


def a_dry_run_without_a_machine_makes_none(place):
    place.good("shutdown")
    place.good("--dry-run", "insmod", HELLO)
    assert list(place.folder.iterdir()) == []


# --- waiting, Ctrl-C, and death -------------------------------------------------------------------------------------


def a_command_that_waits_says_so(place):
    with open(place.folder / "machine.lock", "r+") as lock:
        fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))  # F_OFD_SETLK
        process = place.start("insmod", HELLO)
        started = time.monotonic()
        line = process.stderr.readline()
        waited = time.monotonic() - started
        assert "waiting for process" in line and 0.8 < waited < 10, (line, waited)
        assert place.modules() == []  # who only looks does not wait
    assert process.wait(30) == 0, process.stderr.read()
    assert place.modules() == ["hello"]


def ctrl_c_while_waiting(place):
    with open(place.folder / "machine.lock", "r+") as lock:
        fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0))
        process = place.start("insmod", HELLO)
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


def second_ctrl_c_rolls_back(place):
    before = place.bytes()
    process, child = running_guest(place)
    process.send_signal(signal.SIGINT)
    while (line := process.stderr.readline()) == "\n":
        pass
    assert "sent a signal" in line, line
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert "interrupted: the machine is as it was" in process.stderr.read()
    assert place.bytes() == before and not pathlib.Path(f"/proc/{child}").exists()


def a_child_that_dies(place):
    before = place.bytes()
    process, child = running_guest(place)
    os.kill(child, signal.SIGABRT)
    assert process.wait(30) == 1
    lines = process.stderr.read().splitlines()
    assert len(lines) == 1 and "aborted" in lines[0] and "the machine is as it was" in lines[0], lines
    assert place.bytes() == before
    place.good("insmod", HELLO)


def a_command_that_dies_takes_its_child_along(place):
    process, child = running_guest(place)
    process.kill()
    process.wait()
    for _ in range(300):
        if not pathlib.Path(f"/proc/{child}").exists() or ") Z" in pathlib.Path(f"/proc/{child}/stat").read_text():
            break
        time.sleep(0.01)
    else:
        raise AssertionError("the jailed child lives on")
    place.good("insmod", HELLO)


CASES = [newer_format, other_byte_order, not_a_machine, what_is_no_machine_does_not_become_one, closed_standard_descriptors,
         text_that_cannot_be_written, text_inputs_without_an_end, reading_commands_on_a_damaged_module_list, no_permission, another_users_file, read_only_file_system, full_disk,
         missing_folder, fsck_of_a_clean_machine, fsck_counts_anew, fsck_discards_a_damaged_journal,
         fsck_of_a_commit_without_its_journal, fsck_finds_a_broken_module_list, snapshots_save_and_restore,
         snapshots_of_a_machine_since_2_6,
         a_dry_run_changes_nothing, a_dry_run_without_a_machine_makes_none, a_command_that_waits_says_so, ctrl_c_while_waiting,
         second_ctrl_c_rolls_back, a_child_that_dies, a_command_that_dies_takes_its_child_along]

if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "trust_test", [(case.__name__.replace("_", " "), with_place(case)) for case in CASES]))
