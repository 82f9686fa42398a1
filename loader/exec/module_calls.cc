// SPDX-License-Identifier: GPL-2.0-or-later
// The calls of both module ABIs, as programs make them.
#include "loader/exec/supervisor.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace retromod::exec {
namespace {

constexpr std::uint64_t name_bytes = 4096, most_image_bytes = 16 << 20; ///< of what a call does not tell the length

Ending result(const Progress& progress) { return Ending::of(progress.value); }

// create_module(name, size).
CallTask<Ending> create_module(Supervisor& supervisor, ProgramCall& call)
{
    co_return result(co_await supervisor.guest(call, "create_module", call.buffer(0, name_bytes), call.arguments[1]));
}

// init_module(name, image) up to 2.4; (image, len, params) since 2.6.
CallTask<Ending> init_module(Supervisor& supervisor, ProgramCall& call)
{
    if (supervisor.is_modern()) {
        const auto image = call.buffer(0, call.arguments[1]);
        co_return result(co_await supervisor.guest(call, "init_module", image, call.arguments[1], call.buffer(2, name_bytes)));
    }
    const auto name = call.buffer(0, name_bytes);
    co_return result(co_await supervisor.guest(call, "init_module", name, call.buffer(1, most_image_bytes)));
}

// delete_module(name[, flags]).
CallTask<Ending> delete_module(Supervisor& supervisor, ProgramCall& call)
{
    co_return result(co_await supervisor.guest(call, "delete_module", call.buffer(0, name_bytes), call.arguments[1]));
}

// query_module(name, which, buffer, bufsize, ret). Structures are the machine's.
CallTask<Ending> query_module(Supervisor& supervisor, ProgramCall& call)
{
    if (supervisor.is_modern()) co_return Ending::of(-ENOSYS); // gone since 2.6: no call of ours is missing
    const auto name = call.buffer(0, name_bytes), buffer = call.buffer(2, call.arguments[3]);
    const auto ret = call.buffer(4, supervisor.arch().word_bytes);
    co_return result(
        co_await supervisor.guest(call, "query_module", name, call.arguments[1], buffer, call.arguments[3], ret));
}

// get_kernel_syms(table): of as many entries as there are.
CallTask<Ending> get_kernel_syms(Supervisor& supervisor, ProgramCall& call)
{
    if (supervisor.is_modern()) co_return Ending::of(-ENOSYS);
    co_return result(co_await supervisor.guest(call, "get_kernel_syms", call.buffer(0, most_image_bytes)));
}

/// A program's descriptor as finit_module's kernel sees it: a WireFile, and the content.
std::vector<std::byte> file_of(const ProgramCall& call, int descriptor)
{
    WireFile sent{};
    std::vector<std::byte> content(sizeof sent);
    std::ifstream info(fmt::format("/proc/{}/fdinfo/{}", call.thread, descriptor));
    unsigned flags = 0;
    for (std::string line; std::getline(info, line);)
        if (std::sscanf(line.c_str(), "flags: %o", &flags) == 1) sent.is_open = 1;
    sent.is_readable = (flags & O_ACCMODE) != O_WRONLY && !(flags & O_PATH);
    sent.is_written = (flags & O_ACCMODE) != O_RDONLY;
    struct stat status = {};
    const auto link = fmt::format("/proc/{}/fd/{}", call.thread, descriptor);
    sent.is_regular = ::stat(link.c_str(), &status) == 0 && S_ISREG(status.st_mode);
    const int file = sent.is_regular && sent.is_readable ? ::open(link.c_str(), O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        const auto bytes = std::min<std::uint64_t>(static_cast<std::uint64_t>(status.st_size), most_image_bytes * 8);
        content.resize(sizeof sent + bytes);
        const auto count = ::pread(file, content.data() + sizeof sent, bytes, 0);
        content.resize(sizeof sent + static_cast<std::size_t>(count > 0 ? count : 0));
        ::close(file);
    }
    std::memcpy(content.data(), &sent, sizeof sent);
    return content;
}

// finit_module(fd, params, flags).
CallTask<Ending> finit_module(Supervisor& supervisor, ProgramCall& call)
{
    const auto file = file_of(call, call.descriptor(0));
    const auto params = call.buffer(1, name_bytes);
    co_return result(
        co_await supervisor.guest_with(file, call, "finit_module", call.arguments[0], params, call.arguments[2]));
}

constexpr CallEntry table[] = {
    {"create_module", create_module}, {"init_module", init_module},         {"delete_module", delete_module},
    {"query_module", query_module},   {"get_kernel_syms", get_kernel_syms}, {"finit_module", finit_module},
};

} // namespace

std::span<const CallEntry> module_calls() { return table; }

} // namespace retromod::exec
