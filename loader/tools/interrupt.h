// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace retromod {

/// Makes Ctrl-C end the program with one line and exit status 130: what was not committed is as if it had not been.
void catch_interrupts();

/// While one of these lives, Ctrl-C waits: a commit is either whole or not begun.
class InterruptsHeld {
public:
    InterruptsHeld();
    ~InterruptsHeld();
    InterruptsHeld(const InterruptsHeld&) = delete;
    InterruptsHeld& operator=(const InterruptsHeld&) = delete;
};

} // namespace retromod
