// SPDX-License-Identifier: GPL-2.0-or-later
// mount, umount, statfs and sync: every mount is the guest's.
#include "loader/api/guest_names.h"
#include "loader/exec/name_kind.h"
#include "loader/exec/supervisor.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace retromod::exec {
namespace {

constexpr std::uint64_t data_bytes = 4096;

/// The directories above a mount and itself, where the guest's "/" does not have them: on the host, or in /proc, they are there.
CallTask<bool> make_directories(Supervisor& supervisor, ProgramCall& call, std::string path)
{
    for (auto slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1))
        co_await supervisor.guest(call, "mkdir", call.user.place(path.substr(0, slash)), 0755);
    co_await supervisor.guest(call, "mkdir", call.user.place(path), 0755);
    co_return true;
}

// mount(source, target, type, flags, data).
CallTask<Ending> mount(Supervisor& supervisor, ProgramCall& call)
{
    const auto target = call.text(1);
    if (!target) co_return Ending::of(-EFAULT);
    auto source = call.arguments[0] ? call.text(0) : std::string();
    const auto type = call.arguments[2] ? call.text(2) : std::string();
    if (!source || !type) co_return Ending::of(-EFAULT);
    const auto path = supervisor.path_of(call, AT_FDCWD, *target);
    if (source->find('/') != source->npos) source = supervisor.path_of(call, AT_FDCWD, *source);
    const bool is_proc = path.starts_with("/proc/") && S_ISDIR(kind_of(supervisor, call, path).mode);
    if (is_proc || !supervisor.places().is_guests(path)) co_await make_directories(supervisor, call, path);
    if (const auto numbers = GuestNames::block_device(*source)) // as the system's /dev has them all; EEXIST where it is there
        co_await supervisor.guest(call, "mknod", call.user.place(*source), 0060660, numbers->first << 8 | numbers->second);
    const auto device = call.user.place(*source), directory = call.user.place(path);
    const auto mounted = co_await supervisor.guest(call, "mount", device, directory, call.user.place(*type), call.arguments[3],
                                                   call.buffer(4, data_bytes));
    co_await supervisor.look_at_mounts(call);
    co_return Ending::of(mounted.value);
}

/// umount2(target, flags), and umount(target) of 32-bit programs.
CallTask<Ending> umount(Supervisor& supervisor, ProgramCall& call)
{
    const auto target = call.text(0);
    if (!target) co_return Ending::of(-EFAULT);
    const auto flags = call.name == "umount2" ? call.arguments[1] : 0;
    const auto ended =
        co_await supervisor.guest(call, "umount", call.user.place(supervisor.path_of(call, AT_FDCWD, *target)), flags);
    co_await supervisor.look_at_mounts(call);
    co_return Ending::of(ended.value);
}

/// struct statfs of the 64-bit ABI (120 bytes), and statfs (64) and statfs64 (84) of the 32-bit one. Source: asm/statfs.h.
std::vector<std::byte> statfs_form(std::span<const std::byte> words, bool is_32_bit, bool wide)
{
    enum { type, bsize, blocks, bfree, bavail, files, ffree, namelen, count };
    std::array<std::uint64_t, count> from{};
    std::memcpy(from.data(), words.data(), sizeof from);
    const std::size_t word = is_32_bit ? 4 : 8, number = is_32_bit && !wide ? 4 : 8;
    std::vector<std::byte> form(!is_32_bit ? 120 : wide ? 84 : 64);
    std::size_t at = 0;
    const auto put = [&](std::uint64_t value, std::size_t bytes) {
        std::memcpy(form.data() + at, &value, bytes);
        at += bytes;
    };
    put(from[type], word);
    put(from[bsize], word);
    for (const auto index : {blocks, bfree, bavail, files, ffree}) put(from[static_cast<std::size_t>(index)], number);
    put(0, 8); // f_fsid
    put(from[namelen], word);
    put(from[bsize], word);
    return form;
}

/// (path, buffer), (path, bytes, buffer) of statfs64; and of a descriptor.
CallTask<Ending> statfs(Supervisor& supervisor, ProgramCall& call)
{
    const bool wide = call.name.ends_with("64");
    std::optional<std::string> path;
    if (!call.name.starts_with('f')) path = supervisor.guests_name(call, AT_FDCWD, 0);
    else if (const auto* file = supervisor.descriptors().find(call.thread, call.descriptor(0))) path = file->path;
    if (!path) co_return Ending::host();
    const std::vector<std::byte> room(8 * sizeof(std::uint64_t));
    const auto into = call.user.place(room);
    const auto told = co_await supervisor.guest(call, "statfs", call.user.place(*path), into);
    if (told.value < 0) co_return Ending::of(told.value);
    const auto form = statfs_form(call.user.placed(into), call.is_32_bit, wide);
    const auto address = call.arguments[wide ? 2 : 1];
    co_return Ending::of(call.memory.write(address, form) == form.size() ? 0 : -EFAULT);
}

// sync(): the guest's disks; the host's are its own business.
CallTask<Ending> sync(Supervisor& supervisor, ProgramCall& call)
{
    co_await supervisor.guest(call, "sync");
    co_return Ending::of(0);
}

constexpr CallEntry table[] = {
    {"mount", mount},       {"umount", umount},       {"umount2", umount},        {"statfs", statfs},
    {"fstatfs", statfs},    {"statfs64", statfs},     {"fstatfs64", statfs},      {"sync", sync},
};

} // namespace

std::span<const CallEntry> mount_calls() { return table; }

} // namespace retromod::exec
