// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/interrupt.h"

#include "loader/api/jail.h"
#include "loader/tools/command.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

namespace retromod {
namespace {

volatile std::sig_atomic_t interrupts = 0;

void say(std::string_view line)
{
    [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
}

void interrupted(int)
{
    const int former_errno = errno;
    interrupts = interrupts + 1;
    if (interrupts > 1) kill_jailed();
    if (!signal_jailed()) {
        say("\nretromod: interrupted: the machine is as it was\n");
        _exit(exit_status::interrupted);
    }
    if (interrupts == 1) say("\nretromod: the guest's task was sent a signal; Ctrl-C again rolls back\n");
    errno = former_errno;
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
    action.sa_flags = SA_ONSTACK; // an engine runs guest code on the stack pointer of the guest
    action.sa_handler = interrupted;
    sigaction(SIGINT, &action, nullptr);
}

int interrupt_count() { return interrupts; }

InterruptsHeld::InterruptsHeld() { mask(SIG_BLOCK); }
InterruptsHeld::~InterruptsHeld() { mask(SIG_UNBLOCK); }

} // namespace retromod
