// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Makes Ctrl-C a signal to the guest's task while guest code runs in a jail, with one line that says so; the second, or
/// the first while none runs, ends the program with one line and exit status 130: what was not committed is as if it had
/// not been.
void catch_interrupts();

/// How many Ctrl-C there were.
int interrupt_count();

/// While one of these lives, Ctrl-C waits: a commit is either whole or not begun.
class InterruptsHeld {
public:
    InterruptsHeld();
    ~InterruptsHeld();
    InterruptsHeld(const InterruptsHeld&) = delete;
    InterruptsHeld& operator=(const InterruptsHeld&) = delete;
};

} // namespace retromod
