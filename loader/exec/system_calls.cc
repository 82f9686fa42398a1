// SPDX-License-Identifier: GPL-2.0-or-later
// What the guest's kernel says of itself, and what it does not have.
#include "loader/exec/name_kind.h"
#include "loader/exec/supervisor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace retromod::exec {
namespace {

/// uname(buffer): six texts of 65 bytes; olduname has five, oldolduname five of 9. Source: linux/utsname.h.
CallTask<Ending> uname(Supervisor& supervisor, ProgramCall& call)
{
    const std::size_t each = call.name == "oldolduname" ? 9 : 65;
    const auto told = split_names(supervisor.ask(call, "?uname", "").payload);
    if (told.size() != 3) co_return Ending::of(-EIO);
    const std::array<std::string, 6> fields = {"Linux", "(none)", told[0], told[1], told[2], "(none)"};
    const std::size_t count = call.name == "uname" ? 6 : 5;
    std::vector<std::byte> form(count * each);
    for (std::size_t i = 0; i < count; ++i) {
        const auto text = fields[i].substr(0, each - 1);
        std::ranges::transform(text, form.begin() + static_cast<std::ptrdiff_t>(i * each),
                               [](char c) { return static_cast<std::byte>(c); });
    }
    co_return Ending::of(call.memory.write(call.arguments[0], form) == form.size() ? 0 : -EFAULT);
}

// syslog(type, buffer, bytes): the kernel's log, as klogctl reads it.
CallTask<Ending> syslog(Supervisor& supervisor, ProgramCall& call)
{
    enum Type : std::uint64_t { close, open, read, read_all, read_clear, clear, off, on, level, unread, size };
    constexpr std::int64_t log_size = 16384;
    const auto type = call.arguments[0] & 0xffffffff;
    if (type > size) co_return Ending::of(-EINVAL);
    if (type == size) co_return Ending::of(log_size);
    const bool reads = type == read || type == read_all || type == read_clear;
    if (!reads && type != clear && type != unread) co_return Ending::of(0);
    auto text = supervisor.ask(call, "?log", "").payload;
    if (type == unread) co_return Ending::of(static_cast<std::int64_t>(text.size()));
    if (reads) {
        const auto bytes = static_cast<std::size_t>(std::clamp<std::int64_t>(call.signed_argument(2), 0, log_size));
        const auto last = std::span(text).last(std::min(bytes, text.size()));
        if (call.memory.write(call.arguments[1], last) != last.size()) co_return Ending::of(-EFAULT);
        text.assign(last.begin(), last.end());
    }
    if (type == clear || type == read_clear) supervisor.ask(call, "?clear-log", "");
    co_return Ending::of(reads ? static_cast<std::int64_t>(text.size()) : 0);
}

/// No family of the host is reachable, and the guest has none yet.
CallTask<Ending> socket(Supervisor&, ProgramCall&) { co_return Ending::of(-EAFNOSUPPORT); }

CallTask<Ending> missing(Supervisor& supervisor, ProgramCall& call) { co_return supervisor.missing(call); }

/// The kernel's own business, which the host's kernel must not do for it.
constexpr std::string_view missing_calls[] = {
    "reboot", "swapon", "swapoff", "sethostname", "setdomainname", "settimeofday", "clock_settime", "clock_settime64", "stime",
    "adjtimex", "clock_adjtime", "clock_adjtime64", "iopl", "ioperm", "quotactl", "quotactl_fd", "kexec_load", "kexec_file_load",
    "acct", "pivot_root", "sysfs", "ustat", "_sysctl", "bdflush", "uselib", "vm86", "vm86old", "io_uring_setup", "bpf",
    "perf_event_open", "userfaultfd", "fsopen", "fsmount", "fsconfig", "fspick", "move_mount", "open_tree",
    "mount_setattr", "openat2", "name_to_handle_at", "open_by_handle_at",
};

constexpr CallEntry answered[] = {
    {"uname", uname},   {"olduname", uname},    {"oldolduname", uname}, {"syslog", syslog},
    {"socket", socket}, {"socketpair", socket}, {"socketcall", socket},
};

template <std::size_t... index>
constexpr auto with_missing(std::index_sequence<index...>)
{
    std::array<CallEntry, std::size(answered) + sizeof...(index)> entries{};
    std::ranges::copy(answered, entries.begin());
    ((entries[std::size(answered) + index] = {missing_calls[index], missing}), ...);
    return entries;
}

constexpr auto table = with_missing(std::make_index_sequence<std::size(missing_calls)>());

} // namespace

std::span<const CallEntry> system_calls() { return table; }

} // namespace retromod::exec
