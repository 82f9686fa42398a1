// SPDX-License-Identifier: GPL-2.0-or-later
// stat and its like of files of the guest, in every form that the two ABIs have.
#include "loader/exec/hidden_names.h"
#include "loader/exec/name_kind.h"
#include "loader/exec/stat_forms.h"
#include "loader/exec/supervisor.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace retromod::exec {
namespace {

/// A call's answer: words, or an error.
struct FoundStatus {
    StatWords words{};
    std::int64_t error = 0;
};

/// A name that is in no file system of the guest's: a text of /proc, a device of a driver that nobody made a node for.
FoundStatus status_of_kind(std::uint64_t mode, std::uint64_t device)
{
    FoundStatus found;
    found.words = {};
    found.words.inode = found.words.links = 1;
    found.words.mode = mode;
    found.words.raw_device = device;
    found.words.block_bytes = 1024;
    return found;
}

/// The words that the core's call left at `guest`.
FoundStatus taken(const ProgramCall& call, std::uint64_t guest)
{
    FoundStatus found;
    std::memcpy(&found.words, call.user.placed(guest).data(), sizeof found.words);
    return found;
}

CallTask<FoundStatus> status_of_name(Supervisor& supervisor, ProgramCall& call, std::string path, bool through)
{
    if (!supervisor.is_modern()) {
        const std::vector<std::byte> room(sizeof(StatWords));
        const auto into = call.user.place(room);
        const auto told = co_await supervisor.guest(call, "stat", call.user.place(path), into, through);
        if (told.value == 0) co_return taken(call, into);
        if (told.value != -ENOENT && told.value != -ENOSYS) co_return FoundStatus{{}, told.value};
    }
    const auto kind = kind_of(supervisor, call, path);
    if (!kind.mode) co_return FoundStatus{{}, -kind.error};
    co_return status_of_kind(kind.mode, kind.device);
}

CallTask<FoundStatus> status_of_file(Supervisor& supervisor, ProgramCall& call, const GuestFd& file)
{
    const auto kind = status_of_kind(file.mode, file.device);
    if (file.lists) co_return kind;
    const std::vector<std::byte> room(sizeof(StatWords));
    const auto into = call.user.place(room);
    const auto told = co_await supervisor.guest(call, "fstat", file.descriptor, into);
    if (told.value == 0) co_return taken(call, into);
    if (told.value == -EINVAL || told.value == -ENOSYS) co_return kind;
    co_return FoundStatus{{}, told.value};
}

/// Stores what was found where the call's argument `index` points.
Ending tell(const ProgramCall& call, const FoundStatus& found, unsigned index)
{
    if (found.error) return Ending::of(found.error);
    const auto form = stat_form(found.words, call.name, call.is_32_bit);
    return Ending::of(call.memory.write(call.arguments[index], form) == form.size() ? 0 : -EFAULT);
}

/// (path, buffer).
CallTask<Ending> by_name(Supervisor& supervisor, ProgramCall& call)
{
    const bool through = !call.name.starts_with('l');
    if (const auto path = supervisor.guests_name(call, AT_FDCWD, 0))
        co_return tell(call, co_await status_of_name(supervisor, call, *path, through), 1);
    const auto hidden = supervisor.hidden_name(call, AT_FDCWD, 0);
    co_return hidden ? stat_hidden(call, *hidden, through, 1) : Ending::host();
}

/// (fd, buffer).
CallTask<Ending> by_descriptor(Supervisor& supervisor, ProgramCall& call)
{
    const auto* file = supervisor.descriptors().find(call.thread, call.descriptor(0));
    if (!file) co_return Ending::host();
    co_return tell(call, co_await status_of_file(supervisor, call, *file), 1);
}

/// (directory, path, ...), or with an empty path and AT_EMPTY_PATH the descriptor itself.
CallTask<Ending> at_directory(Supervisor& supervisor, ProgramCall& call, unsigned flags_index, unsigned buffer_index)
{
    const auto flags = call.arguments[flags_index];
    if (flags & AT_EMPTY_PATH) {
        const auto text = call.arguments[1] ? call.text(1) : std::string();
        const auto* file = text && text->empty() ? supervisor.descriptors().find(call.thread, call.descriptor(0)) : nullptr;
        if (file) co_return tell(call, co_await status_of_file(supervisor, call, *file), buffer_index);
    }
    const bool through = !(flags & AT_SYMLINK_NOFOLLOW);
    if (const auto path = supervisor.guests_name(call, call.descriptor(0), 1))
        co_return tell(call, co_await status_of_name(supervisor, call, *path, through), buffer_index);
    const auto hidden = supervisor.hidden_name(call, call.descriptor(0), 1);
    co_return hidden ? stat_hidden(call, *hidden, through, buffer_index) : Ending::host();
}

CallTask<Ending> fstatat(Supervisor& supervisor, ProgramCall& call) { return at_directory(supervisor, call, 3, 2); }
CallTask<Ending> statx(Supervisor& supervisor, ProgramCall& call) { return at_directory(supervisor, call, 2, 4); }

/// access(path, mode) and faccessat(directory, path, mode).
CallTask<Ending> access_to(Supervisor& supervisor, ProgramCall& call, int directory, unsigned path_index)
{
    const auto mode = call.arguments[path_index + 1];
    const auto path = supervisor.guests_name(call, directory, path_index);
    if (!path) {
        const auto hidden = supervisor.hidden_name(call, directory, path_index);
        if (!hidden) co_return Ending::host();
        co_return Ending::of(::access(hidden->c_str(), static_cast<int>(mode & 7)) == 0 ? 0 : -errno);
    }
    if (!supervisor.is_modern()) {
        const auto told = co_await supervisor.guest(call, "access", call.user.place(*path), mode);
        if (told.value != -ENOENT && told.value != -ENOSYS) co_return Ending::of(told.value);
    }
    const auto kind = kind_of(supervisor, call, *path);
    co_return Ending::of(kind.mode ? 0 : -kind.error);
}

CallTask<Ending> access(Supervisor& supervisor, ProgramCall& call) { return access_to(supervisor, call, AT_FDCWD, 0); }
CallTask<Ending> faccessat(Supervisor& supervisor, ProgramCall& call) { return access_to(supervisor, call, call.descriptor(0), 1); }

constexpr CallEntry table[] = {
    {"stat", by_name},           {"lstat", by_name},           {"stat64", by_name},      {"lstat64", by_name},
    {"fstat", by_descriptor},    {"fstat64", by_descriptor},   {"newfstatat", fstatat},  {"fstatat64", fstatat},
    {"statx", statx},            {"access", access},           {"faccessat", faccessat}, {"faccessat2", faccessat},
};

} // namespace

std::span<const CallEntry> status_calls() { return table; }

} // namespace retromod::exec
