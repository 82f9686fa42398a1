#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""retromod gdb: Debian's gdb-multiarch on every CPU, and the protocol's corners by a debugger of our own.

usage: gdb_test.py RESULT.json BIN_DIR
"""
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import results

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import remote  # noqa: E402

BIN = pathlib.Path(sys.argv[2]).resolve()
BUILT = pathlib.Path("images/built").resolve()
CASES = []
# gdb's name of the program counter, and how far it is into hello_init after three steps.
CPUS = {"i386": ("$eip", None), "mipsel": ("$pc", 12), "mips": ("$pc", 12), "ppc": ("$pc", 12), "arm": ("$pc", 12), "m68k": ("$pc", None),
        "sparc": ("$pc", 12), "alpha": ("$pc", 12), "x86_64": ("$rip", None)}
BIG_ENDIAN = ("mips", "ppc", "m68k", "sparc")


def case(function):
    CASES.append((function.__name__, function))
    return function


class Place:
    """An empty folder with the samples of one architecture, and a machine that does not exist yet."""

    def __init__(self, arch="i386"):
        self.arch = arch
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="retromod-gdb-", dir="/tmp"))
        shutil.copytree(BUILT / arch, self.folder / arch)
        self.environment = {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(self.folder), "LC_ALL": "C",
                            "RETROMOD_MACHINE": str(self.folder / "machine")}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def run(self, *words):
        done = subprocess.run([BIN / words[0], *words[1:]], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=remote.TIME_LIMIT)
        return done.stdout

    def module(self, name):
        return f"{self.arch}/{name}.o"

    def remote(self, *command, options=()):
        return remote.Remote(BIN, command, self.environment, self.folder, options)

    def gdb(self, command, *lines, options="", first=()):
        """What gdb-multiarch shows for these lines, connected to the command."""
        script = ["set confirm off", "set pagination off", "set width 0", *first,
                  f"target remote | {BIN}/retromod gdb --stdio --symbols symbols.gdb {options} {command}", *lines]
        (self.folder / "lines.gdb").write_text("\n".join(script) + "\n")
        done = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-x", "lines.gdb"], cwd=self.folder, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        return done.stdout

    def loaded(self):
        return [line.split()[0] for line in self.run("lsmod").splitlines()[1:]]


def little(digits):
    return int.from_bytes(bytes.fromhex(digits), "little")


def pc(stopped):
    """Of an i386."""
    return little(stopped.ask("p8"))


def debugs_a_module(arch, register, offset):
    with Place(arch) as place:
        shown = place.gdb(f"insmod {place.module('hello')}", "source symbols.gdb", f"print/x {register}", f"info symbol {register}",
                          f"set $start = {register}", "stepi", "stepi", "stepi", f"print {register} - $start", f"x/i {register}",
                          "reverse-stepi", "reverse-stepi", "reverse-stepi", f"print {register} == $start", "monitor lsmod",
                          "break cleanup_module", "continue", first=[f"file {place.module('hello')}"])
        assert re.search(r"init_module in section \.text of .*hello\.o", shown), shown
        if offset is not None:
            assert f"$2 = {offset}\n" in shown, shown
        assert "$3 = 1\n" in shown, shown
        assert re.search(r"^hello +\d+ +(0 )?\(initializing\)", shown, re.MULTILINE), shown
        assert "(Remote target) exited normally" in shown, shown
        assert place.loaded() == ["hello"], place.loaded()
        # The other end of its life: a breakpoint by name, in a module that was loaded before.
        endian = "big" if arch in BIG_ENDIAN else "little"  # a target cannot tell gdb
        shown = place.gdb("rmmod hello", "source symbols.gdb", f"info symbol {register}", "continue", first=[f"set endian {endian}"])
        assert "cleanup_module in section .text" in shown, shown
        assert "exited normally" in shown, shown
        assert place.loaded() == [], place.loaded()


for row in CPUS.items():
    CASES.append((f"gdb debugs a module on {row[0]}", lambda row=row: debugs_a_module(row[0], *row[1])))


@case
def registers_are_those_that_the_code_set():
    """chrdev's init pushes what register_chrdev gets: stack and registers as gdb sees them."""
    with Place() as place:
        shown = place.gdb("insmod i386/hello.o", "source symbols.gdb", "set $top = $esp", "stepi", "print $top - $esp",
                          "x/1wx $esp", "x/1wx &words", "print $eflags", "print $cs", "set var $ebx = 0x1234567", "print/x $ebx",
                          "continue")
        assert "$1 = 4\n" in shown, shown
        assert "$2 = 514" in shown, shown
        assert "$4 = 0x1234567" in shown, shown


@case
def a_command_that_loads_nothing_stops_where_a_module_first_runs():
    with Place() as place:
        place.run("insmod", "i386/chrdev.o")
        shown = place.gdb("write /dev/chrdev --text abc", "source symbols.gdb", "info symbol $eip",
                          "break chrdev_write", "continue", "info symbol $eip", "continue")
        assert "chrdev_open in section .text" in shown and "chrdev_write in section .text" in shown, shown
        assert "exited normally" in shown, shown


@case
def a_watchpoint_stops_behind_the_store():
    with Place() as place:
        shown = place.gdb("insmod i386/chrdev.o", "source symbols.gdb", "watch *(int *) &memory", "continue", "x/i $eip", "reverse-stepi",
                          "x/i $eip", "stepi", "delete", "rwatch *(int *) &memory", "continue", "delete", "awatch *(int *) &memory",
                          "monitor calls off", "reverse-continue", "delete", "continue")
        assert re.search(r"^Hardware watchpoint 1: .*\n\nOld value = 0\nNew value = -\d+$", shown, re.MULTILINE), shown
        assert re.search(r"^=> .*mov .*%eax,", shown, re.MULTILINE), shown
        assert "Hardware read watchpoint 2" in shown, shown
        assert "Hardware access (read/write) watchpoint 3" in shown, shown
        assert "exited normally" in shown, shown


@case
def back_to_the_last_call_and_the_one_before():
    with Place() as place:
        stopped = place.remote("insmod", place.module("chrdev"))
        assert stopped.ask("?").startswith("T05")
        start = pc(stopped)
        calls, trail = [], [start]
        for _ in range(25):
            assert stopped.ask("s").startswith("T05")
            trail.append(pc(stopped))
            if trail[-1] < 0xC8000000:
                calls.append(trail[-1])
        assert len(calls) >= 2, trail
        for call in reversed(calls):
            assert stopped.ask("bc").startswith("T05thread"), call
            assert pc(stopped) == call
        assert stopped.ask("bc").startswith("T05replaylog:begin;")
        assert pc(stopped) == start
        assert stopped.ask("bs").startswith("T05replaylog:begin;")
        # Forward again, the same way.
        for expected in trail[1:]:
            assert stopped.ask("s").startswith("T05")
            assert pc(stopped) == expected
        assert stopped.ask("c") == "W00"
        assert stopped.wait()[0] == 0
        assert place.loaded() == ["chrdev"]


@case
def backwards_to_a_breakpoint_where_calls_are_passed():
    with Place() as place:
        stopped = place.remote("insmod", place.module("chrdev"))
        stopped.ask("?")
        start = pc(stopped)
        for _ in range(25):
            stopped.ask("s")
        now = pc(stopped)
        assert stopped.monitor("calls off") == "reverse-continue passes kernel calls\n"
        stopped.ask("bs")
        stopped.ask("bs")
        here = pc(stopped)
        stopped.ask("s")
        stopped.ask("s")
        assert pc(stopped) == now
        assert stopped.ask(f"Z0,{here:x},1") == "OK"
        assert stopped.ask("bc").startswith("T05swbreak:;")
        assert pc(stopped) == here
        assert stopped.ask(f"z0,{here:x},1") == "OK"
        assert stopped.ask("bc").startswith("T05replaylog:begin;")
        assert pc(stopped) == start
        assert stopped.ask("c") == "W00"
        stopped.wait()


@case
def what_the_debugger_wrote_is_there_when_the_guest_is_run_anew():
    with Place() as place:
        stopped = place.remote("insmod", place.module("hello"))
        stopped.ask("?")
        top = little(stopped.ask("p4"))
        assert stopped.ask("p3") != "78563412"
        assert stopped.ask("P3=78563412") == "OK"
        for _ in range(3):
            stopped.ask("s")
        assert stopped.ask(f"M{top - 0x100:x},4:deadbeef") == "OK"
        stopped.ask("s")
        for _ in range(4):
            stopped.ask("bs")
        assert stopped.ask("p3") == "78563412"
        assert stopped.ask(f"m{top - 0x100:x},4") != "deadbeef"
        for _ in range(4):
            stopped.ask("s")
        assert stopped.ask(f"m{top - 0x100:x},4") == "deadbeef"
        stopped.send("k")
        stopped.wait()


@case
def a_killed_command_and_a_vanished_debugger_leave_nothing():
    for end in ("kill", "vKill", "vanish", "vanish while it runs"):
        with Place() as place:
            place.run("retromod", "boot", "--release", "2.4.20")
            stopped = place.remote("insmod", place.module("forever" if end == "vanish while it runs" else "hello"))
            stopped.ask("?")
            if end == "kill":
                stopped.send("k")
            elif end == "vKill":
                assert stopped.ask("vKill;1") == "OK"
            elif end == "vanish while it runs":
                stopped.send("c")
            status, error = stopped.close()
            assert status == 1 and "nothing of the command is kept" in error, (end, status, error)
            assert place.loaded() == [], end


@case
def a_debugger_that_detaches_lets_the_command_end():
    with Place() as place:
        stopped = place.remote("insmod", place.module("hello"))
        stopped.ask("?")
        stopped.ask("s")
        assert stopped.ask("D") == "OK"
        assert stopped.wait()[0] == 0
        assert place.loaded() == ["hello"]


@case
def an_interrupt_stops_a_guest_that_never_ends():
    with Place() as place:
        stopped = place.remote("insmod", place.module("forever"))
        assert stopped.ask("?").startswith("T05")
        stopped.send("c")
        stopped.send_raw(b"\x03")
        assert stopped.receive().startswith("T02")
        assert 0xC8800000 <= pc(stopped) < 0xC8801000
        stopped.send("k")
        stopped.wait()


@case
def an_oops_stops_where_it_happens():
    with Place() as place:
        shown = place.gdb("insmod i386/oops.o", "continue", "monitor dmesg", "continue")
        assert "SIGSEGV" in shown, shown
        assert "exited with code 0213" in shown, shown
        assert "retromod: init_module" in shown or "Segmentation fault" in shown, shown


@case
def a_command_that_never_runs_guest_code_ends():
    with Place() as place:
        stopped = place.remote("insmod", "no/such/file.o")
        assert "PacketSize" in stopped.ask("qSupported")
        assert stopped.ask("g") == "E03"
        assert stopped.ask("?") == "W01"
        assert stopped.wait()[0] == 1


@case
def nobody_is_told_twice_what_the_command_said():
    with Place() as place:
        stopped = place.remote("insmod", "-v", place.module("hello"))
        stopped.ask("?")
        for _ in range(6):
            stopped.ask("s")
        for _ in range(6):
            stopped.ask("bs")
        assert stopped.ask("c") == "W00"
        again = stopped.wait()[1]
    with Place() as place:
        done = subprocess.run([BIN / "insmod", "-v", place.module("hello")], cwd=place.folder, env=place.environment, capture_output=True,
                              text=True)
        once = done.stdout + done.stderr
    said = [line for line in again.replace("retromod-gdb-", "").splitlines()]
    assert len(said) == len(once.splitlines()) and len(said) > 1, (again, once)


@case
def each_module_of_a_stack_stops_before_its_init():
    with Place() as place:
        tree = place.folder / "root/lib/modules/2.4.20"
        tree.mkdir(parents=True)
        for name in ("exporter", "importer"):
            shutil.copy(place.folder / place.module(name), tree)
        place.run("retromod", "boot", "--release", "2.4.20")
        place.run("retromod", "--root", "root", "depmod")
        place.environment["RETROMOD_ROOT"] = str(place.folder / "root")
        stopped = place.remote("modprobe", "importer")
        assert stopped.ask("?").startswith("T05")
        first = stopped.monitor("symbols")
        assert "exporter.o" in first and "importer.o" not in first, first
        assert stopped.ask("c").startswith("T05")
        second = stopped.monitor("symbols")
        assert "exporter.o" in second and "importer.o" in second, second
        assert stopped.ask("bc").startswith("T05")  # back into the first one
        assert stopped.ask("c").startswith("T05")
        assert stopped.ask("c") == "W00"
        assert stopped.wait()[0] == 0
        assert sorted(place.loaded()) == ["exporter", "importer"]


@case
def a_module_since_2_6_is_debugged():
    with Place() as place:
        shutil.copy(pathlib.Path("images/modern/built/6.1/mo_dup.ko"), place.folder)
        place.run("retromod", "boot", "--release", "6.1")
        shown = place.gdb("insmod mo_dup.ko", "source symbols.gdb", "info symbol $rip", "stepi", "stepi", "reverse-stepi", "reverse-stepi",
                          "info symbol $rip", "monitor lsmod", "continue")
        assert shown.count("init_module in section") == 2, shown
        assert re.search(r"^mo_dup .* Loading ", shown, re.MULTILINE), shown
        assert "exited normally" in shown, shown


@case
def a_socket_serves_as_well():
    with Place() as place:
        server = subprocess.Popen([BIN / "retromod", "gdb", "--socket", "gdb.socket", "insmod", place.module("hello")], cwd=place.folder,
                                  env=place.environment)
        (place.folder / "lines.gdb").write_text("set tcp connect-timeout 30\ntarget remote gdb.socket\nstepi\ncontinue\n")
        while not (place.folder / "gdb.socket").exists():
            assert server.poll() is None
        shown = subprocess.run(["gdb-multiarch", "-nx", "-batch", "-x", "lines.gdb"], cwd=place.folder, capture_output=True, text=True,
                               stdin=subprocess.DEVNULL, timeout=60).stdout
        assert "exited normally" in shown, shown
        assert server.wait(timeout=60) == 0
        assert not (place.folder / "gdb.socket").exists()
        assert place.loaded() == ["hello"]


@case
def bad_packets_are_answered_and_change_nothing():
    bad = ["m", "m1", "m1,", "mzz,4", "m0,4", "m90000000000000000,1", "M0,4:00", "M0,0:", "Mffffffff,1:zz", "X0,5:abc", "p", "pfff", "p8x",
           "P", "P8", "P8=", "P8=00", "Pffff=00000000", "G", "G00", "Gxxxxxxxx", "Z", "Z9,0,0", "Z0", "Z0,", "Z2,c8800000,0", "Z2,0,ffffffff",
           "z0,5", "qRcmd,", "qRcmd,0", "qRcmd,7a7a", "vCont", "vCont;", "vCont;x", "qXfer:features:read:target.xml:", "vMustReplyEmpty",
           "qXfer:features:read:target.xml:fffffff,4", "qXfer:features:read:other.xml:0,100", "!", "QPassSignals:", "A" * 4000, "}", "\0"]
    with Place() as place:
        stopped = place.remote("insmod", place.module("hello"))
        stopped.ask("?")
        before = stopped.registers()
        for packet in bad:
            answer = stopped.ask(packet)
            assert answer in ("", "OK", "l") or answer[0] in "EO", (packet, answer)
            if answer.startswith("O") and answer != "OK":
                assert stopped.receive() == "OK"
        stopped.send_raw(b"$g#00" + b"noise" + b"$?")  # a wrong sum, noise, a packet in two halves
        stopped.send_raw(b"#3f")
        assert stopped.receive().startswith("T05")
        assert stopped.registers() == before
        stopped.send_raw(b"$" + b"m" * 200000)  # never ends
        stopped.send_raw(b"#00")
        assert stopped.registers() == before
        dice = random.Random(11)
        for _ in range(300):
            packet = dice.choice("?gGmMpPXZzqQHTvbx!") + "".join(chr(dice.randrange(1, 256)) for _ in range(dice.randrange(40)))
            packet = re.sub("[$#}\x03*]", ".", packet)
            if packet[:2] in ("bc", "bs") or packet.startswith("vKill;"):
                continue
            stopped.send(packet.encode("latin1"))
            stopped.receive()
        assert stopped.ask("c") == "W00"
        assert stopped.wait()[0] == 0


@case
def what_cannot_be_debugged_is_said():
    with Place() as place:
        for words, said in ((["--stdio", "--socket", "x", "lsmod"], "one of --socket PATH and --stdio"), (["lsmod"], "one of --socket"),
                            (["--stdio"], "no command"), (["--stdio", "nonsense"], "unknown command"),
                            (["--stdio", "--no-jail", "lsmod"], "not with --no-jail"), (["--socket", "/no/such/folder/x", "lsmod"], "/no/such"),
                            (["--socket", "x" * 200, "lsmod"], "too long"), (["--stdio", "--symbols", "/no/such/x", "lsmod"], "/no/such/x")):
            done = subprocess.run([BIN / "retromod", "gdb", *words], cwd=place.folder, env=place.environment, capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, timeout=60)
            assert done.returncode in (1, 2) and said in done.stderr, (words, done)
            assert len(done.stderr.splitlines()) == 1, done.stderr


if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "gdb", CASES))
