#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What teaching drivers show: who may open a device, who waits for it, who is told by a signal. doorbell of the samples does that.

usage: teaching_test.py RESULT.json BIN_DIR
"""
import sys

import exec_host
from exec_machine import BIN, HELPER, Machine, expect, wait_until

SIGNALS = """read of nothing = -1 errno=11
poll = 0
F_SETOWN = 0
F_GETOWN mine
F_SETFL = 0
signals 1
poll = 1
read = 4
"""


def a_driver_sends_SIGIO_to_who_asked_for_it():
    for helper in HELPER.values():
        machine = Machine("2.4.20", "doorbell")
        expect(machine.exec(helper, "signals", "/dev/doorbell"), SIGNALS)
        expect(machine.used("doorbell"), "0")


def a_signal_comes_when_another_command_rings():
    machine = Machine("2.4.20", "doorbell")
    waiter = machine.start(BIN / "retromod", "exec", HELPER["x86_64"], "wait", "/dev/doorbell")
    wait_until(lambda: machine.used("doorbell") == "1")
    assert waiter.stdout.readline() == "waiting\n"
    machine.retromod("write", "-t", "ring", "/dev/doorbell")
    expect(waiter.communicate(timeout=60)[0], "signals 1\n")


def a_signal_reaches_no_other_process_of_the_host():
    """One whose number another program has left with the file."""
    machine = Machine("2.4.20", "doorbell")
    other = machine.start("sleep", "60")
    machine.exec("python3", "-c", f"""
import fcntl, os
bell = os.open("/dev/doorbell", os.O_RDWR)
fcntl.fcntl(bell, fcntl.F_SETOWN, {other.pid})
fcntl.fcntl(bell, fcntl.F_SETFL, os.O_RDWR | os.O_ASYNC)
os.write(bell, b"ring")""")
    assert other.poll() is None
    other.kill()
    other.communicate()


def a_device_is_one_users_at_a_time():
    machine = Machine("2.4.20", "doorbell")
    for helper in HELPER.values():
        found = machine.shell(f"exec 5</dev/doorbell1; {helper} as 500 /dev/doorbell1; exec 5<&-; {helper} as 500 /dev/doorbell1")
        wanted = "setuid = 0\nusers 500 500 500\nsetuid back = -1 errno=1\nopen = "
        expect(found, wanted + "-1 errno=16\n" + wanted + "3\n")


def a_user_goes_on_to_what_the_program_starts():
    machine = Machine("2.4.20")
    script = ("import os, subprocess; os.setresgid(7, 8, 9); os.setresuid(1, 2, 3); os.setuid(1); print(os.getresuid(), os.getresgid()); "
              "[subprocess.run(['id', option]) for option in ('-u', '-g')]")
    expect(machine.exec("python3", "-uc", script), "(1, 1, 3) (7, 8, 9)\n1\n8\n")


def a_folder_is_listed_by_old_programs():
    machine = Machine("2.4.20")
    machine.retromod("mkdir", "/folder")
    machine.retromod("mount", "-t", "ramfs", "none", "/folder")
    machine.shell("touch /folder/a /folder/b; mkdir /folder/longer-name")
    for helper in HELPER.values():
        names = machine.exec(helper, "names", "/folder").split()
        expect(sorted(names[:-3]), sorted([".", "..", "a", "b", "longer-name"]))
        assert set(machine.exec(helper, "names", "/proc/sys").split()) > {"kernel", "net"}


CASES = [(name.replace("_", " "), value) for name, value in list(globals().items())
         if callable(value) and name.startswith("a_")]

if __name__ == "__main__":
    sys.exit(exec_host.run_cases(sys.argv[1], "exec", BIN, CASES))
