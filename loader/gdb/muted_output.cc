// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/gdb/muted_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace retromod {

namespace {

/// What dup2 does, by calls that a jail has anyway.
void put(int descriptor, int in_the_place_of)
{
    ::close(in_the_place_of);
    ::fcntl(descriptor, F_DUPFD, in_the_place_of);
}

int copy_of(int descriptor) { return ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3); }

} // namespace

MutedOutput::MutedOutput() : null_(::open("/dev/null", O_WRONLY | O_CLOEXEC))
{
    if (null_ < 0) throw std::system_error(errno, std::generic_category(), "/dev/null");
}

MutedOutput::~MutedOutput() { ::close(null_); }

void MutedOutput::mute()
{
    if (output_ >= 0) return;
    std::fflush(nullptr);
    output_ = copy_of(STDOUT_FILENO);
    error_ = copy_of(STDERR_FILENO);
    put(null_, STDOUT_FILENO);
    put(null_, STDERR_FILENO);
}

void MutedOutput::unmute()
{
    if (output_ < 0) return;
    std::fflush(nullptr);
    put(output_, STDOUT_FILENO);
    put(error_, STDERR_FILENO);
    ::close(output_);
    ::close(error_);
    output_ = error_ = -1;
}

} // namespace retromod
