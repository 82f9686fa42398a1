// SPDX-License-Identifier: GPL-2.0-or-later
// chdir, fchdir and getcwd. A working directory of the guest is known here only: on the host the program stays where it was.
#include "loader/exec/name_kind.h"
#include "loader/exec/stat_forms.h"
#include "loader/exec/supervisor.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace retromod::exec {
namespace {

/// 0, or why a program cannot work there.
CallTask<std::int64_t> check_directory(Supervisor& supervisor, ProgramCall& call, std::string path)
{
    StatWords words{};
    if (!supervisor.is_modern()) {
        const std::vector<std::byte> room(sizeof words);
        const auto into = call.user.place(room);
        const auto told = co_await supervisor.guest(call, "stat", call.user.place(path), into, 1);
        if (told.value == 0) std::memcpy(&words, call.user.placed(into).data(), sizeof words);
        else if (told.value != -ENOENT && told.value != -ENOSYS) co_return told.value;
    }
    if (!words.mode) {
        const auto kind = kind_of(supervisor, call, path);
        if (!kind.mode) co_return -kind.error;
        words.mode = kind.mode;
    }
    co_return S_ISDIR(words.mode) ? 0 : -ENOTDIR;
}

CallTask<Ending> go_to(Supervisor& supervisor, ProgramCall& call, std::string path)
{
    const auto error = co_await check_directory(supervisor, call, path);
    if (!error) supervisor.set_directory(call, path);
    co_return Ending::of(error);
}

// chdir(path).
CallTask<Ending> chdir(Supervisor& supervisor, ProgramCall& call)
{
    if (const auto path = supervisor.guests_name(call, AT_FDCWD, 0)) co_return co_await go_to(supervisor, call, *path);
    const auto text = call.text(0);
    if (!text || !supervisor.directory_of(call.thread)) co_return Ending::host();
    if (!text->starts_with('/')) co_return Ending::of(-ENOENT); // a name of the host's, from a directory that the host has not
    supervisor.set_directory(call, "");
    co_return Ending::host();
}

// fchdir(fd).
CallTask<Ending> fchdir(Supervisor& supervisor, ProgramCall& call)
{
    if (const auto* file = supervisor.descriptors().find(call.thread, call.descriptor(0)))
        co_return co_await go_to(supervisor, call, file->path);
    supervisor.set_directory(call, "");
    co_return Ending::host();
}

// getcwd(buffer, bytes): the length with its NUL.
CallTask<Ending> getcwd(Supervisor& supervisor, ProgramCall& call)
{
    const auto path = supervisor.directory_of(call.thread);
    if (!path) co_return Ending::host();
    const auto bytes = std::as_bytes(std::span(path->c_str(), path->size() + 1));
    if (bytes.size() > call.arguments[1]) co_return Ending::of(-ERANGE);
    if (call.memory.write(call.arguments[0], bytes) != bytes.size()) co_return Ending::of(-EFAULT);
    co_return Ending::of(static_cast<std::int64_t>(bytes.size()));
}

constexpr CallEntry table[] = {{"chdir", chdir}, {"fchdir", fchdir}, {"getcwd", getcwd}};

} // namespace

std::span<const CallEntry> directory_calls() { return table; }

} // namespace retromod::exec
