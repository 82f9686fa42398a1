// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/interrupt.h"

#include "loader/tools/command.h"

#include <csignal>
#include <unistd.h>

namespace retromod {
namespace {

void interrupted(int)
{
    constexpr char line[] = "\nretromod: interrupted: the machine is as it was\n";
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line, sizeof line - 1);
    _exit(exit_status::interrupted);
}

void mask(int how)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigprocmask(how, &set, nullptr);
}

} // namespace

void catch_interrupts()
{
    struct sigaction action = {};
    action.sa_handler = interrupted;
    sigaction(SIGINT, &action, nullptr);
}

InterruptsHeld::InterruptsHeld() { mask(SIG_BLOCK); }
InterruptsHeld::~InterruptsHeld() { mask(SIG_UNBLOCK); }

} // namespace retromod
