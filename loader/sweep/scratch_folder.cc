// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retromod {
namespace {

std::system_error failure(const std::string& what) { return {errno, std::generic_category(), what}; }

/// Waits until nobody holds the other end of `lifeline`. In a session of its own: Ctrl-C is not for it.
[[noreturn]] void clean_up_after(int lifeline, const std::string& folder)
{
    ::setsid();
    char byte;
    while (::read(lifeline, &byte, 1) < 0 && errno == EINTR) {}
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    ::_exit(0);
}

} // namespace

ScratchFolder::ScratchFolder()
{
    const auto* wanted = std::getenv("TMPDIR");
    const std::string parent = wanted && *wanted ? wanted : "/tmp";
    path_ = parent + "/retromod-XXXXXX";
    if (!::mkdtemp(path_.data())) throw failure(parent);
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw failure("a pipe");
    janitor_ = ::fork();
    if (janitor_ == 0) {
        ::close(ends[1]);
        clean_up_after(ends[0], path_);
    }
    ::close(ends[0]);
    lifeline_ = ends[1];
    if (janitor_ < 0) throw failure("a process");
}

ScratchFolder::~ScratchFolder()
{
    ::close(lifeline_);
    while (::waitpid(janitor_, nullptr, 0) < 0 && errno == EINTR) {}
}

} // namespace retromod
