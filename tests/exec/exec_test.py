#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`retromod exec` with real programs: busybox, kmod, a shell, and one of our own for both ABIs of x86.

usage: exec_test.py RESULT.json BIN_DIR
"""
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

import exec_host
from exec_machine import BIN, BUSYBOX, HELPER, HERE, MODERN, SECONDS, Machine, expect, wait_until

DEVICE = """open = 3
write = 11
ioctl = 0
length 11
lseek = 6
read = 5
text guest
fstat = 0
mode 20666 device fe00
read to nowhere = -1 errno=14
read to text = -1 errno=14
close = 0
read of a copy = 5
close = 0
read of none = -1 errno=9
"""

MODULES = """create_module 0xc8800000
create_module again = -1 errno=17
create_module of none = -1 errno=14
query_module = 0
modules 1, first mine
get_kernel_syms = 1
delete_module = 0
delete_module again = -1 errno=2
"""


def a_device_is_used_as_on_its_kernel():
    for abi, helper in HELPER.items():
        machine = Machine("2.4.20", "chrdev")
        found = machine.exec(helper, "/dev/chrdev")
        # What a copy reads after a read that failed depends on where its driver left the file; the position is ours to check here.
        expect(found, DEVICE)
        expect(machine.used("chrdev"), "0"), abi


def the_five_calls_are_the_machines():
    for helper in HELPER.values():
        machine = Machine("2.4.20")
        expect(machine.exec(helper, "modules"), MODULES)
        expect(machine.retromod("cat", "/proc/modules"), "")


def the_five_calls_are_gone_since_2_6():
    machine = Machine("6.1")
    found = machine.exec(HELPER["x86_64"], "modules")
    assert "query_module = -1 errno=38" in found and "create_module again = -1 errno=38" in found, found


def busybox_sees_the_machine():
    machine = Machine("2.4.20", "chrdev")
    expect(machine.exec(BUSYBOX, "uname", "-srm"), "Linux 2.4.20 i686\n")
    for path in ("/proc/modules", "/proc/devices", "/proc/ksyms", "/proc/chrdev"):
        expect(machine.exec(BUSYBOX, "cat", path), machine.retromod("cat", path))
    names = machine.exec(BUSYBOX, "ls", "/proc").split()
    assert "chrdev" in names and "modules" in names, names
    expect(machine.exec(BUSYBOX, "cat", "/proc/nothing", status=1), "cat: can't open '/proc/nothing': No such file or directory\n")
    found = machine.exec(BUSYBOX, "lsmod").splitlines()[1].split()[:3]
    expect(" ".join(found), " ".join(machine.retromod("lsmod").splitlines()[1].split()[:3]))
    expect(machine.exec(BUSYBOX, "dmesg", "-r"), machine.retromod("dmesg"))
    expect(machine.exec(BUSYBOX, "rmmod", "chrdev"), "")
    expect(machine.retromod("cat", "/proc/modules"), "")


def kmod_loads_and_unloads():
    machine = Machine("6.1")
    module = MODERN / "mo_hello.ko"
    expect(machine.exec("/sbin/insmod", module), "")
    expect(machine.exec("/sbin/lsmod"), machine.run(BIN / "lsmod"))
    expect(machine.exec("/bin/cat", "/proc/modules"), machine.retromod("cat", "/proc/modules"))
    found = machine.exec("/sbin/insmod", module, status=1)
    expect(found, f"insmod: ERROR: could not insert module {module}: File exists\n")
    expect(machine.exec("/sbin/rmmod", "mo_hello"), "")
    expect(machine.exec("/sbin/rmmod", "mo_hello", status=1), "rmmod: ERROR: Module mo_hello is not currently loaded\n")
    expect(machine.exec(HELPER["x86_64"], "finit", "/proc/self/exe"), "finit_module = -1 errno=8\n")
    expect(machine.exec(HELPER["x86_64"], "finit", "/tmp"), "finit_module = -1 errno=22\n")


def redirections_and_processes_share_a_file():
    machine = Machine("2.4.20", "chrdev")
    expect(machine.shell("echo hi > /dev/chrdev; cat < /dev/chrdev"), "hi\n")
    used = "sed -n 's/chrdev *[0-9]* *\\([0-9]*\\).*/\\1/p' /proc/modules"
    found = machine.shell(f"exec 5</dev/chrdev; {used}; (exec 5<&-; {used}); (sleep 0.3; {used}) & exec 5<&-; {used}; wait; {used}")
    expect(found, "1\n1\n1\n1\n0\n")


def a_read_sleeps_for_its_caller_only():
    machine = Machine("2.4.20", "sleeper")
    found = machine.shell("head -c 6 /dev/sleeper & sleep 0.2; cut -d' ' -f1 /proc/modules; echo woken > /dev/sleeper; wait")
    expect(found, "sleeper\nwoken\n")


def a_read_waits_for_other_commands():
    machine = Machine("2.4.20", "sleeper")
    reader = machine.start(BIN / "retromod", "exec", "head", "-c", "6", "/dev/sleeper")
    wait_until(lambda: machine.used("sleeper") == "1")
    machine.exec("sh", "-c", "echo other > /dev/sleeper")
    expect(reader.communicate(timeout=SECONDS)[0], "other\n")


def a_device_interrupts():
    """Handlers and their tasklets run; a program that sleeps for the interrupt wakes, whoever let the device interrupt."""
    machine = Machine("2.4.20")
    module = f"{machine.folder.name}/interrupts.o"
    machine.retromod("cc", HERE / "interrupts.c", "-o", module)
    expect(machine.retromod("irq", "5", status=1), "retromod: irq: no driver has line 5: `retromod cat /proc/interrupts` lists them\n")
    machine.run(BIN / "insmod", module)
    expect(machine.retromod("irq", "5"), "")
    expect(machine.exec("head", "-n1", "/dev/interrupts"), "1 came\n")
    reader = machine.start(BIN / "retromod", "exec", "head", "-n1", "/dev/interrupts")
    wait_until(lambda: machine.used("interrupts") == "0" and "head" in machine.retromod("status"))
    machine.retromod("irq", "5", "--times", "3")
    expect(reader.communicate(timeout=SECONDS)[0], "4 came\n")
    assert "  5:          4          XT-PIC  interrupts\n" in machine.retromod("cat", "/proc/interrupts")
    machine.retromod("irq", "5", "--times", "99999999", status=2)
    machine.run(BIN / "rmmod", "interrupts")


def killed_programs_lose_no_use_count():
    machine = Machine("2.4.20", "chrdev", "sleeper")
    machine.shell("cat /dev/sleeper & p=$!; sleep 100 < /dev/chrdev & q=$!; sleep 0.2; kill -9 $p $q; wait; exit 0")
    expect(machine.used("chrdev") + machine.used("sleeper"), "00")


def a_killed_exec_lets_go_of_its_files():
    """All its processes die at once: the next command finds what they left, and closes it."""
    for which in ("command", "group"):
        machine = Machine("2.4.20", "chrdev", "sleeper")
        running = machine.start(BIN / "retromod", "exec", "sh", "-c", "cat /dev/sleeper & sleep 100 < /dev/chrdev", start_new_session=True)
        wait_until(lambda: machine.used("chrdev") + machine.used("sleeper") == "11")
        if which == "command":
            running.kill()
        else:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait(timeout=SECONDS)
        wait_until(lambda: group_is_gone(running.pid))
        machine.retromod("run", "--ms", "10")
        expect(machine.used("chrdev") + machine.used("sleeper"), "00")


def group_is_gone(group: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, 0)
        return False
    return True


def a_mount_is_the_guests():
    """A file system of the guest's kernel at a name that the host does not have: made, filled, walked through and left by programs."""
    machine = Machine("2.4.20")
    found = machine.shell("""
busybox mount -t ramfs none /guest/disk; cat /proc/mounts
cd /guest/disk; pwd; echo hello > x; mkdir d; cd d; /bin/pwd; cp /etc/passwd p; cmp p /etc/passwd && echo same; (cd ..; ls)
ln -s ../x l; readlink l; cat l; mv p ../q; rm l; cd ..; rmdir d; ls -a; stat -c '%F %s' x; cd /
busybox umount /guest/disk; ls /guest 2>&1; cat /proc/mounts""")
    expect(found, """rootfs / rootfs rw 0 0
none /guest/disk ramfs rw 0 0
/guest/disk
/guest/disk/d
same
d
x
../x
hello
.
..
q
x
regular file 6
ls: cannot access '/guest': No such file or directory
rootfs / rootfs rw 0 0
""")


def a_file_system_is_mounted_below_proc():
    """As binfmt_misc is, on the directory that the kernel has for it."""
    place = "/proc/sys/fs/binfmt_misc"
    machine = Machine("2.4.18-14")
    expect(machine.retromod("ls", place), "")
    expect(machine.shell(f"mount -t ramfs none {place}; echo text > {place}/register; ls {place}; cat {place}/register"), "register\ntext\n")
    expect(machine.retromod("cat", f"{place}/register"), "text\n")
    expect(machine.retromod("ls", place), "register\n")
    assert "binfmt_misc" in machine.retromod("ls", "/proc/sys/fs")
    expect(machine.retromod("cat", "/proc/mounts"), f"rootfs / rootfs rw 0 0\nnone {place} ramfs rw 0 0\n")
    machine.retromod("umount", place)
    expect(machine.retromod("ls", place), "")
    machine.retromod("mount", "-t", "ramfs", "none", place)
    expect(machine.shell(f"ls {place} | wc -l; umount {place}"), "0\n")


def a_node_persists_in_the_machine():
    machine = Machine("2.4.20", "chrdev")
    machine.exec(BUSYBOX, "mknod", "/dev/node0", "c", "254", "0")
    expect(machine.shell("echo through > /dev/node0; cat /dev/node0; stat -c '%F %t %T' /dev/node0; ls /dev"),
           "through\ncharacter special file fe 0\nnode0\n")
    expect(machine.exec(BUSYBOX, "rm", "/dev/node0"), "")
    machine.shell("cat /dev/node0 2>/dev/null", status=1)


WAITING = """
import fcntl, os, select, time
guest = os.open('/dev/sleeper', os.O_RDWR)
pipe = os.pipe()
print(select.select([guest], [], [], 0), select.select([pipe[0], guest], [], [], 0.1)[0] == [guest])
print(select.select([pipe[0]], [], [], 0))
poll = select.poll()
poll.register(guest, select.POLLIN)
poll.register(pipe[1], select.POLLOUT)
print(poll.poll(100) == [(guest, select.POLLIN), (pipe[1], select.POLLOUT)])
fcntl.fcntl(guest, fcntl.F_SETFL, os.O_NONBLOCK | os.O_RDWR)
print(oct(fcntl.fcntl(guest, fcntl.F_GETFL)))
"""


def a_program_waits_for_several_files():
    """A driver without poll is always ready, as the kernel says; the host's descriptors beside it are what they are."""
    expect(Machine("2.4.20", "sleeper").exec("/usr/bin/python3", "-c", WAITING), "([3], [], []) True\n([], [], [])\nTrue\n0o4002\n")


def the_hosts_files_are_read_only():
    machine = Machine("2.4.20", "chrdev")
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        script = f"echo x > {folder}/f; cat {folder}/f 2>/dev/null; rm -r {folder}/f; echo y > {other}/f; echo z > /dev/null; echo w > /dev/chrdev"
        denied = "sh: 1: cannot create {}/f: Permission denied\n"
        found = machine.shell(script)
        expect(found, denied.format(folder) + f"rm: cannot remove '{folder}/f': No such file or directory\n" + denied.format(other))
        pathlib.Path(folder, "f").write_text("old\n", encoding="utf-8")
        expect(machine.shell(f"rm {folder}/f", status=1), f"rm: cannot remove '{folder}/f': Permission denied\n")
        expect(machine.exec("--host-write", folder, "sh", "-c", script), "x\n" + denied.format(other))


def another_root_is_the_programs():
    machine = Machine("2.4.20", "chrdev")
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(f"mkdir {root}/bin {root}/etc; cp {BUSYBOX} {root}/bin; {root}/bin/busybox --install {root}/bin; echo inside > {root}/etc/f; "
                       f"chmod -R a+rX {root}", shell=True, check=True)
        script = ("ls /; cat /etc/f ../etc/f; cat /proc/self/root/etc/f 2>/dev/null; readlink /proc/self/exe; cd /etc; cat f; pwd; cut -d' ' -f1 /proc/modules; "
                  "echo a > /dev/null; echo b > /dev/chrdev; cat /dev/chrdev; stat -c %F /dev/null; ls -d /home 2>&1")
        wanted = ("bin\netc\ninside\ninside\n/bin/sh\ninside\n/etc\nchrdev\nb\ncharacter special file\n"
                  "ls: /home: No such file or directory\n")
        expect(machine.exec("--root", root, "/bin/sh", "-c", script, status=1), wanted)


def a_user_of_the_guest_has_no_capability():
    machine = Machine("2.4.20", "chrdev")
    found = machine.exec("--uid", "5", HELPER["x86_64"], "modules")
    assert "create_module again = -1 errno=1\n" in found, found
    expect(machine.exec("--uid", "5", "id", "-u"), "5\n")
    expect(machine.exec("id", "-u"), "0\n")


def no_socket_of_the_host_is_reached():
    for helper in HELPER.values():
        expect(Machine("2.4.20").exec(helper, "socket"), "socket = -1 errno=97\n")


def what_is_missing_is_told_once_at_the_end():
    found = Machine("2.4.20").exec(HELPER["x86_64"], "reboot", "reboot")
    expect(found, "reboot = -1 errno=38\nreboot = -1 errno=38\n"
                  "retromod: exec: system calls that this kernel does not have here: reboot\n")


def statuses_are_the_programs():
    machine = Machine("2.4.20")
    machine.shell("exit 7", status=7)
    machine.shell("kill -TERM $$", status=143)
    expect(machine.exec("/no/such/program", status=127), "retromod: exec: /no/such/program: No such file or directory\n")


CASES = [(name.replace("_", " "), value) for name, value in list(globals().items())
         if callable(value) and name.split("_")[0] in ("a", "the", "busybox", "kmod", "redirections", "killed", "no", "what", "statuses", "another")]

if __name__ == "__main__":
    sys.exit(exec_host.run_cases(sys.argv[1], "exec", BIN, CASES))
