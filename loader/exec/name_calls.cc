// SPDX-License-Identifier: GPL-2.0-or-later
// Calls that make, change and remove names of the guest: rows, whose numbers are handed on as they are.
#include "loader/exec/hidden_names.h"
#include "loader/exec/supervisor.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <utility>

namespace retromod::exec {
namespace {

/// An argument of the guest's call: one of the program's, or a number of ours.
struct Taken {
    bool is_constant = false;
    std::uint64_t value = 0; ///< the argument's place, or the number
};
constexpr Taken given(unsigned index) { return {false, index}; }
constexpr Taken number(std::uint64_t value) { return {true, value}; }

struct NameCall {
    std::string_view name;  ///< of the program's call
    std::string_view guest; ///< of the core's
    int directory;          ///< the place of a directory's descriptor; -1: there is none
    unsigned path;
    std::array<Taken, 3> rest;
    unsigned rest_count;
};

constexpr NameCall calls[] = {
    {"mkdir", "mkdir", -1, 0, {given(1)}, 1},
    {"mkdirat", "mkdir", 0, 1, {given(2)}, 1},
    {"rmdir", "rmdir", -1, 0, {}, 0},
    {"unlink", "unlink", -1, 0, {}, 0},
    {"mknod", "mknod", -1, 0, {given(1), given(2)}, 2},
    {"mknodat", "mknod", 0, 1, {given(2), given(3)}, 2},
    {"chmod", "chmod", -1, 0, {given(1)}, 1},
    {"fchmodat", "chmod", 0, 1, {given(2)}, 1},
    {"chown", "chown", -1, 0, {given(1), given(2), number(1)}, 3},
    {"lchown", "chown", -1, 0, {given(1), given(2), number(0)}, 3},
    {"chown32", "chown", -1, 0, {given(1), given(2), number(1)}, 3},
    {"lchown32", "chown", -1, 0, {given(1), given(2), number(0)}, 3},
    {"fchownat", "chown", 0, 1, {given(2), given(3), number(1)}, 3},
    {"truncate", "truncate", -1, 0, {given(1)}, 1},
    {"readlink", "readlink", -1, 0, {given(1), given(2)}, 2},
    {"readlinkat", "readlink", 0, 1, {given(2), given(3)}, 2},
};

CallTask<Ending> make(Supervisor& supervisor, ProgramCall& call, const NameCall& row)
{
    const auto path = supervisor.guests_name(call, row.directory < 0 ? AT_FDCWD : call.descriptor(0), row.path);
    if (!path && row.guest == "readlink") {
        const auto hidden = supervisor.hidden_name(call, row.directory < 0 ? AT_FDCWD : call.descriptor(0), row.path);
        if (hidden) co_return read_hidden_link(supervisor, call, *hidden, row.path + 1);
    }
    if (!path) co_return Ending::host();
    if (supervisor.is_modern()) co_return Ending::of(row.guest == "readlink" ? -EINVAL : -EPERM); // of /proc and /sys
    std::array<std::uint64_t, 3> rest{};
    for (unsigned i = 0; i < row.rest_count; ++i)
        rest[i] = row.rest[i].is_constant ? row.rest[i].value : call.arguments[row.rest[i].value];
    if (row.guest == "readlink") rest[0] = call.user.buffer(rest[0], rest[1]);
    const auto told = co_await supervisor.guest(call, row.guest, call.user.place(*path), rest[0], rest[1], rest[2]);
    co_return Ending::of(told.value);
}

template <std::size_t index>
CallTask<Ending> by_row(Supervisor& supervisor, ProgramCall& call) { return make(supervisor, call, calls[index]); }

// unlinkat(directory, path, flags).
CallTask<Ending> unlinkat(Supervisor& supervisor, ProgramCall& call)
{
    const auto path = supervisor.guests_name(call, call.descriptor(0), 1);
    if (!path) co_return Ending::host();
    const auto* name = call.arguments[2] & AT_REMOVEDIR ? "rmdir" : "unlink";
    co_return Ending::of((co_await supervisor.guest(call, name, call.user.place(*path))).value);
}

/// A call on two names, both of which must be the guest's or both the host's.
CallTask<Ending> on_two(Supervisor& supervisor, ProgramCall& call, std::string_view name, std::pair<int, unsigned> from,
                        std::pair<int, unsigned> to)
{
    const auto old_path = supervisor.guests_name(call, from.first, from.second);
    const auto new_path = supervisor.guests_name(call, to.first, to.second);
    if (!old_path && !new_path) co_return Ending::host();
    if (!old_path || !new_path) co_return Ending::of(-EXDEV);
    co_return Ending::of(
        (co_await supervisor.guest(call, name, call.user.place(*old_path), call.user.place(*new_path))).value);
}

CallTask<Ending> rename(Supervisor& supervisor, ProgramCall& call)
{
    return on_two(supervisor, call, "rename", {AT_FDCWD, 0}, {AT_FDCWD, 1});
}
CallTask<Ending> renameat(Supervisor& supervisor, ProgramCall& call)
{
    return on_two(supervisor, call, "rename", {call.descriptor(0), 1}, {call.descriptor(2), 3});
}
CallTask<Ending> link(Supervisor& supervisor, ProgramCall& call)
{
    return on_two(supervisor, call, "link", {AT_FDCWD, 0}, {AT_FDCWD, 1});
}
CallTask<Ending> linkat(Supervisor& supervisor, ProgramCall& call)
{
    return on_two(supervisor, call, "link", {call.descriptor(0), 1}, {call.descriptor(2), 3});
}

/// symlink(target, path): the target is a text, whatever it names.
CallTask<Ending> link_to(Supervisor& supervisor, ProgramCall& call, int directory, unsigned path_index)
{
    const auto path = supervisor.guests_name(call, directory, path_index);
    const auto target = call.text(0);
    if (!path || !target) co_return Ending::host();
    co_return Ending::of(
        (co_await supervisor.guest(call, "symlink", call.user.place(*target), call.user.place(*path))).value);
}

CallTask<Ending> symlink(Supervisor& supervisor, ProgramCall& call) { return link_to(supervisor, call, AT_FDCWD, 1); }
CallTask<Ending> symlinkat(Supervisor& supervisor, ProgramCall& call) { return link_to(supervisor, call, call.descriptor(1), 2); }

/// Times of a call in seconds: now where there are none, or where they say so. Nothing for EFAULT.
std::optional<std::array<std::uint64_t, 2>> times_of(const ProgramCall& call, unsigned index)
{
    constexpr std::int64_t now_mark = UTIME_NOW;
    const auto now = static_cast<std::uint64_t>(::time(nullptr));
    if (!call.arguments[index]) return std::array{now, now};
    std::array<std::int64_t, 4> words{};
    if (call.is_32_bit && !call.name.ends_with("64")) {
        std::array<std::int32_t, 4> halves{};
        const auto bytes = std::as_writable_bytes(std::span(halves));
        if (call.memory.read(call.arguments[index], bytes) != bytes.size()) return std::nullopt;
        std::ranges::copy(halves, words.begin());
    } else {
        const auto bytes = std::as_writable_bytes(std::span(words));
        if (call.memory.read(call.arguments[index], bytes) != bytes.size()) return std::nullopt;
    }
    const auto second = [&](std::size_t at) { return words[at + 1] == now_mark ? now : static_cast<std::uint64_t>(words[at]); };
    return std::array{second(0), second(2)};
}

// utimensat(directory, path, times, flags).
CallTask<Ending> utimensat(Supervisor& supervisor, ProgramCall& call)
{
    std::optional<std::string> path;
    if (call.arguments[1]) {
        path = supervisor.guests_name(call, call.descriptor(0), 1);
    } else if (const auto* file = supervisor.descriptors().find(call.thread, call.descriptor(0))) {
        path = file->path;
    }
    if (!path) co_return Ending::host();
    const auto times = times_of(call, 2);
    if (!times) co_return Ending::of(-EFAULT);
    co_return Ending::of(
        (co_await supervisor.guest(call, "utime", call.user.place(*path), (*times)[0], (*times)[1])).value);
}

template <std::size_t... index>
constexpr auto entries(std::index_sequence<index...>)
{
    return std::array<CallEntry, sizeof...(index) + 10>{
        CallEntry{calls[index].name, by_row<index>}...,
        CallEntry{"unlinkat", unlinkat},
        CallEntry{"rename", rename},
        CallEntry{"renameat", renameat},
        CallEntry{"renameat2", renameat},
        CallEntry{"link", link},
        CallEntry{"linkat", linkat},
        CallEntry{"symlink", symlink},
        CallEntry{"symlinkat", symlinkat},
        CallEntry{"utimensat", utimensat},
        CallEntry{"utimensat_time64", utimensat},
    };
}

constexpr auto table = entries(std::make_index_sequence<std::size(calls)>());

} // namespace

std::span<const CallEntry> name_calls() { return table; }

} // namespace retromod::exec
