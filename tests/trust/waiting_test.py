#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands whose system call sleeps until another command comes: others get in, Ctrl-C is a signal, a death ends the call.

usage: waiting_test.py RESULT.json BIN_DIR
"""
import os
import signal
import struct
import sys
import time

import results
from trust_test import HELLO, SAMPLES, with_place

SLEEPER = SAMPLES / "sleeper.o"
GENERATION = 24  # offset in the header: docs/machine-file.md, Format 1


def generation(place) -> int:
    return struct.unpack_from("=Q", place.bytes(), GENERATION)[0]


def waiting_reader(place, *prefix):
    """A reader that has said that it waits."""
    process = place.start(*prefix, "read", "-n", "7", "/dev/sleeper")
    started = time.monotonic()
    line = process.stderr.readline()
    assert "read: waiting for another command: " in line and "interruptible_sleep_on" in line, line
    assert 0.8 < time.monotonic() - started < 20
    return process


def check_over(process, status, out, *says):
    found = process.wait(30), process.stdout.read(), process.stderr.read()
    assert found[0] == status and found[1] == out, found
    for text in says:
        assert text in found[2], found


def use_count(place) -> str:
    return [line.split()[2] for line in place.good("lsmod").splitlines() if line.startswith("sleeper")][0]


def a_waiting_reader_lets_others_in_and_gets_what_a_writer_brings(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place)
    assert use_count(place) == "1"
    assert "busy" in place.run("rmmod", "sleeper").stderr
    place.good("insmod", HELLO)
    place.good("rmmod", "hello")
    assert reader.poll() is None
    place.good("write", "/dev/sleeper", "--text", "wake up")
    check_over(reader, 0, "wake up")
    assert use_count(place) == "0"


def without_a_jail_it_waits_as_well(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place, "--no-jail")
    place.good("write", "/dev/sleeper", "--text", "wake up")
    check_over(reader, 0, "wake up")


def one_that_ended(processes):
    for _ in range(3000):
        for process in processes:
            if process.poll() is not None:
                return process
        time.sleep(0.01)
    raise AssertionError("none of them ended")


def of_two_readers_each_gets_one_text(place):
    place.good("insmod", SLEEPER)
    readers = [waiting_reader(place), waiting_reader(place)]
    before = generation(place)
    time.sleep(0.5)
    assert generation(place) == before, "waiting readers keep each other awake"
    place.good("write", "/dev/sleeper", "--text", "first..")
    first = one_that_ended(readers)  # the device has room for one text: the next would take its place
    check_over(first, 0, "first..")
    second, = [reader for reader in readers if reader is not first]
    assert second.poll() is None
    place.good("--no-wait", "write", "/dev/sleeper", "--text", "second.")
    check_over(second, 0, "second.")
    assert use_count(place) == "0"


def the_call_of_a_killed_reader_ends_and_its_file_is_closed(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place)
    reader.kill()
    reader.wait()
    place.good("rmmod", "sleeper")
    assert place.modules() == []
    assert "clean" in place.good("fsck")


def the_call_of_a_killed_jailed_child_ends(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place)
    with open(f"/proc/{reader.pid}/task/{reader.pid}/children", encoding="ascii") as children:
        os.kill(int(children.read().split()[0]), signal.SIGKILL)
    check_over(reader, 1, "", "died", "it had committed before")
    place.good("rmmod", "sleeper")


def ctrl_c_is_a_signal_to_the_waiting_task(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place)
    reader.send_signal(signal.SIGINT)
    check_over(reader, 130, "", "was sent a signal", "read: /dev/sleeper: read: Interrupted system call")
    assert use_count(place) == "0"
    place.good("rmmod", "sleeper")


def a_machine_that_is_replaced_ends_the_wait(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place)
    place.good("boot", "--memory", "16", "--replace")
    check_over(reader, 1, "", "another machine has taken its place")


def a_machine_that_is_removed_ends_the_wait(place):
    place.good("insmod", SLEEPER)
    reader = waiting_reader(place)
    place.good("shutdown")
    check_over(reader, 1, "", "the machine was removed")


def a_dry_run_does_not_wait(place):
    place.good("insmod", SLEEPER)
    place.refused("--dry-run", "read", "/dev/sleeper", says=["nothing can wake it"])


CASES = [a_waiting_reader_lets_others_in_and_gets_what_a_writer_brings, without_a_jail_it_waits_as_well,
         of_two_readers_each_gets_one_text, the_call_of_a_killed_reader_ends_and_its_file_is_closed,
         the_call_of_a_killed_jailed_child_ends, ctrl_c_is_a_signal_to_the_waiting_task, a_machine_that_is_replaced_ends_the_wait,
         a_machine_that_is_removed_ends_the_wait, a_dry_run_does_not_wait]

if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "waiting_test", [(case.__name__.replace("_", " "), with_place(case)) for case in CASES]))
