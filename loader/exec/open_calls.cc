// SPDX-License-Identifier: GPL-2.0-or-later
// open, openat and creat of files of the guest.
#include "loader/exec/hidden_names.h"
#include "loader/exec/name_kind.h"
#include "loader/exec/supervisor.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace retromod::exec {
namespace {

/// A directory whose names the supervisor lists.
CallTask<Ending> open_listing(Supervisor& supervisor, ProgramCall& call, std::string path, std::uint64_t flags, NameKind kind)
{
    if ((flags & O_ACCMODE) != O_RDONLY) co_return Ending::of(-EISDIR);
    GuestFd file{.flags = flags, .path = path, .mode = kind.mode, .device = 0, .lists = true};
    const auto names = supervisor.ask(call, "?list", path);
    file.names = {".", ".."};
    for (const auto& name : split_names(names.payload)) file.names.push_back(name);
    co_return co_await supervisor.give(call, std::move(file), flags & O_CLOEXEC);
}

/// A text as a file of the host's in memory.
Ending give_text(std::span<const std::byte> text, std::uint64_t flags)
{
    const int file = ::memfd_create("guest", MFD_CLOEXEC);
    if (file < 0) return Ending::of(-errno);
    if (::pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        ::close(file);
        return Ending::of(-ENOSPC);
    }
    ::fchmod(file, kind_permissions);
    return {Ending::Kind::descriptor, file, (flags & O_CLOEXEC) != 0};
}

/// A file of a kernel since 2.6, whose text is made when it is opened.
Ending open_text(Supervisor& supervisor, ProgramCall& call, const std::string& path, std::uint64_t flags)
{
    if ((flags & O_ACCMODE) != O_RDONLY) return Ending::of(-EACCES);
    const auto text = supervisor.ask(call, "?text", path);
    if (text.value < 0) return Ending::of(text.value);
    return give_text(text.payload, flags);
}

CallTask<Ending> open_guests(Supervisor& supervisor, ProgramCall& call, std::string path, std::uint64_t flags, std::uint64_t mode)
{
    const auto kind = kind_of(supervisor, call, path);
    const bool is_proc = path == "/proc" || path.starts_with("/proc/");
    if (supervisor.is_modern()) {
        if (!kind.mode) co_return Ending::of(-kind.error);
        if (S_ISDIR(kind.mode)) co_return co_await open_listing(supervisor, call, path, flags, kind);
        if (flags & O_DIRECTORY) co_return Ending::of(-ENOTDIR);
        co_return open_text(supervisor, call, path, flags);
    }
    if (path == "/proc/mounts" && kind.mode) {
        co_await supervisor.look_at_mounts(call);
        co_return give_text(std::as_bytes(std::span(supervisor.mounts_text())), flags);
    }
    const bool is_procs_own = is_proc && !supervisor.places().is_mounted(path);
    if (is_procs_own && S_ISDIR(kind.mode)) co_return co_await open_listing(supervisor, call, path, flags, kind);
    if (kind.mode && !S_ISDIR(kind.mode) && (flags & O_DIRECTORY)) co_return Ending::of(-ENOTDIR);
    const auto not_for_guest = static_cast<std::uint64_t>(is_procs_own ? O_CLOEXEC | O_CREAT : O_CLOEXEC); // /proc makes no files
    const auto guest_flags = flags & ~not_for_guest;
    const auto opened = co_await supervisor.guest(call, "open", call.user.place(path), guest_flags, mode);
    if (opened.value == -ENOENT && S_ISDIR(kind.mode)) co_return co_await open_listing(supervisor, call, path, flags, kind);
    if (opened.value < 0) co_return Ending::of(opened.value);
    GuestFd file{.descriptor = static_cast<std::uint64_t>(opened.value), .flags = guest_flags, .path = path,
                 .mode = kind.mode, .device = kind.device};
    co_return co_await supervisor.give(call, std::move(file), (flags & O_CLOEXEC) != 0);
}

CallTask<Ending> open_name(Supervisor& supervisor, ProgramCall& call, int directory, unsigned index, std::uint64_t flags,
                           std::uint64_t mode)
{
    if (const auto path = supervisor.guests_name(call, directory, index))
        co_return co_await open_guests(supervisor, call, *path, flags, mode);
    const auto hidden = supervisor.hidden_name(call, directory, index);
    co_return hidden ? open_hidden(*hidden, flags) : Ending::host();
}

// open(path, flags, mode).
CallTask<Ending> open(Supervisor& supervisor, ProgramCall& call)
{
    return open_name(supervisor, call, AT_FDCWD, 0, call.arguments[1], call.arguments[2]);
}

// openat(directory, path, flags, mode).
CallTask<Ending> openat(Supervisor& supervisor, ProgramCall& call)
{
    return open_name(supervisor, call, call.descriptor(0), 1, call.arguments[2], call.arguments[3]);
}

// creat(path, mode).
CallTask<Ending> creat(Supervisor& supervisor, ProgramCall& call)
{
    return open_name(supervisor, call, AT_FDCWD, 0, O_CREAT | O_WRONLY | O_TRUNC, call.arguments[1]);
}

constexpr CallEntry table[] = {{"open", open}, {"openat", openat}, {"creat", creat}};

} // namespace

std::span<const CallEntry> open_calls() { return table; }

} // namespace retromod::exec
