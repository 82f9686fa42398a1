// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/standard_streams.h"

#include "loader/tools/command.h"

#include <fmt/format.h>

#include <ext/stdio_sync_filebuf.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>

namespace retromod {
namespace {

/// A descriptor that takes every text, and knows why the first one was lost.
struct Target {
    int descriptor;
    int lost = 0; ///< an errno
};
Target output{STDOUT_FILENO}, errors{STDERR_FILENO};

ssize_t write_all(void* cookie, const char* text, std::size_t bytes)
{
    auto& target = *static_cast<Target*>(cookie);
    for (std::size_t done = 0; done < bytes && !target.lost;) {
        const auto written = ::write(target.descriptor, text + done, bytes - done);
        if (written > 0) done += static_cast<std::size_t>(written);
        else if (errno != EINTR) target.lost = errno;
    }
    return static_cast<ssize_t>(bytes);
}

std::FILE* open_stream(Target& target, int buffering)
{
    auto* stream = ::fopencookie(&target, "w", {nullptr, write_all, nullptr, nullptr});
    if (stream) std::setvbuf(stream, nullptr, buffering, BUFSIZ);
    return stream;
}

} // namespace

void prepare_standard_streams()
{
    for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (::fcntl(descriptor, F_GETFD) < 0) ::open("/dev/null", O_RDWR); // the lowest free number: this one
    if (auto* stream = open_stream(output, ::isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF)) stdout = stream;
    if (auto* stream = open_stream(errors, _IONBF)) stderr = stream;
    static __gnu_cxx::stdio_sync_filebuf<char> to_output(stdout), to_errors(stderr); // the others were made for what was there
    std::cout.rdbuf(&to_output);
    std::cerr.rdbuf(&to_errors);
}

int status_after_output(int status)
{
    std::fflush(stdout);
    if (output.lost) complain(fmt::format("standard output: cannot be written: {}", std::strerror(output.lost)));
    const bool all_written = !output.lost && !errors.lost;
    return status || all_written ? status : exit_status::failure;
}

} // namespace retromod
