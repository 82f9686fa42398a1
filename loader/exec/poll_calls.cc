// SPDX-License-Identifier: GPL-2.0-or-later
// poll and select where a file of the guest is among the descriptors: its driver is asked whenever the machine has changed.
#include "loader/exec/supervisor.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace retromod::exec {
namespace {

using Clock = std::chrono::steady_clock;

struct Watched {
    int descriptor;
    short events;
    short found = 0;
};

/// What a descriptor of the host's is ready for.
short look_at_host(pid_t process, const Watched& watched)
{
    const auto handle = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    const auto copy = static_cast<int>(::syscall(SYS_pidfd_getfd, handle, watched.descriptor, 0));
    pollfd one{copy, watched.events, 0};
    if (copy < 0 || ::poll(&one, 1, 0) < 0) one.revents = POLLNVAL;
    if (handle >= 0) ::close(handle);
    if (copy >= 0) ::close(copy);
    return one.revents;
}

/// How many of them are ready.
CallTask<int> look(Supervisor& supervisor, ProgramCall& call, std::vector<Watched>& all)
{
    int ready = 0;
    for (auto& watched : all) {
        if (watched.descriptor < 0) continue;
        const auto* file = supervisor.descriptors().find(call.thread, watched.descriptor);
        if (!file) {
            watched.found = look_at_host(supervisor.process_of(call), watched);
        } else if (file->lists) {
            watched.found = watched.events & POLLIN;
        } else {
            const auto mask = co_await supervisor.guest(call, "poll_file", file->descriptor);
            const auto wanted = static_cast<std::int64_t>(watched.events) | POLLERR | POLLHUP;
            watched.found = static_cast<short>(mask.value < 0 ? POLLERR : mask.value & wanted);
        }
        ready += watched.found != 0;
    }
    co_return ready;
}

/// Looks until something is ready, the time (milliseconds; negative: without end) is over, or a signal comes: -EINTR.
CallTask<int> wait_for(Supervisor& supervisor, ProgramCall& call, std::vector<Watched>& all, std::int64_t milliseconds)
{
    const auto end = Clock::now() + std::chrono::milliseconds(std::max<std::int64_t>(milliseconds, 0));
    while (true) {
        const int ready = co_await look(supervisor, call, all);
        if (ready || (milliseconds >= 0 && Clock::now() >= end)) co_return ready;
        if (!co_await supervisor.next_look(call)) co_return -EINTR;
    }
}

bool has_guests(Supervisor& supervisor, const ProgramCall& call, const std::vector<Watched>& all)
{
    return std::ranges::any_of(all, [&](const Watched& watched) {
        return supervisor.descriptors().find(call.thread, watched.descriptor) != nullptr;
    });
}

/// A timeval or timespec in milliseconds, negative for NULL; `fraction` of its second word are a millisecond.
std::optional<std::int64_t> time_at(const ProgramCall& call, std::uint64_t address, std::int64_t fraction)
{
    if (!address) return -1;
    std::int64_t words[2] = {};
    if (call.is_32_bit && !call.name.ends_with("time64")) {
        std::int32_t halves[2] = {};
        const auto bytes = std::as_writable_bytes(std::span(halves));
        if (call.memory.read(address, bytes) != bytes.size()) return std::nullopt;
        std::ranges::copy(halves, words);
    } else {
        const auto bytes = std::as_writable_bytes(std::span(words));
        if (call.memory.read(address, bytes) != bytes.size()) return std::nullopt;
    }
    constexpr std::int64_t most_seconds = 1'000'000'000;
    return std::clamp<std::int64_t>(words[0], 0, most_seconds) * 1000 + (words[1] + fraction - 1) / fraction;
}

// poll(fds, count, milliseconds) and ppoll(fds, count, timespec, mask). Differs from the kernel: ppoll's mask is not set.
CallTask<Ending> poll(Supervisor& supervisor, ProgramCall& call)
{
    constexpr std::uint64_t most = 4096;
    const auto count = call.arguments[1] & 0xffffffff;
    if (count > most) co_return Ending::host();
    std::vector<pollfd> given(count);
    const auto bytes = std::as_writable_bytes(std::span(given));
    if (call.memory.read(call.arguments[0], bytes) != bytes.size()) co_return Ending::host();
    std::vector<Watched> all;
    for (const auto& one : given) all.push_back({one.fd, one.events});
    if (!has_guests(supervisor, call, all)) co_return Ending::host();
    const auto time = call.name == "poll" ? std::optional<std::int64_t>(static_cast<std::int32_t>(call.arguments[2]))
                                          : time_at(call, call.arguments[2], 1'000'000);
    if (!time) co_return Ending::of(-EFAULT);
    const int ready = co_await wait_for(supervisor, call, all, *time);
    if (ready < 0) co_return Ending::of(ready);
    for (std::size_t i = 0; i < count; ++i) given[i].revents = all[i].found;
    co_return Ending::of(call.memory.write(call.arguments[0], bytes) == bytes.size() ? ready : -EFAULT);
}

constexpr short set_events[] = {POLLIN | POLLRDNORM | POLLRDBAND, POLLOUT | POLLWRNORM | POLLWRBAND, POLLPRI};
constexpr short set_errors[] = {POLLHUP | POLLERR, POLLERR, 0};

/// The three sets of select, as bytes.
struct Sets {
    std::uint64_t addresses[3];
    std::vector<std::byte> bits[3];

    bool read(const ProgramCall& call, std::size_t count)
    {
        constexpr std::size_t word_bits = 64; // half of the last word of a 32-bit program is another's: kept as it was
        for (std::size_t set = 0; set < 3; ++set) {
            bits[set].assign(call.is_32_bit ? (count + 31) / 32 * 4 : (count + word_bits - 1) / word_bits * 8, std::byte{0});
            if (addresses[set] && call.memory.read(addresses[set], bits[set]) != bits[set].size()) return false;
        }
        return true;
    }
    bool write(const ProgramCall& call) const
    {
        for (std::size_t set = 0; set < 3; ++set)
            if (addresses[set] && call.memory.write(addresses[set], bits[set]) != bits[set].size()) return false;
        return true;
    }
    static std::byte bit(std::size_t descriptor) { return std::byte{1} << descriptor % 8; }
    bool has(std::size_t set, std::size_t descriptor) const
    {
        return addresses[set] && (bits[set][descriptor / 8] & bit(descriptor)) != std::byte{0};
    }
};

/// Leaves in the sets what is ready; how many bits that is.
int tell(Sets& sets, const std::vector<Watched>& all)
{
    int count = 0;
    for (std::size_t set = 0; set < 3; ++set) {
        for (const auto& watched : all) {
            const auto descriptor = static_cast<std::size_t>(watched.descriptor);
            if (!sets.has(set, descriptor)) continue;
            if (watched.found & (set_events[set] | set_errors[set])) ++count;
            else sets.bits[set][descriptor / 8] &= ~Sets::bit(descriptor);
        }
    }
    return count;
}

// select(count, in, out, exceptions, timeval) and pselect6 with a timespec and a mask, which is not set. What is left of the time
// is not told.
CallTask<Ending> select(Supervisor& supervisor, ProgramCall& call)
{
    constexpr std::int64_t most = 65536;
    const auto count = static_cast<std::int32_t>(call.arguments[0]);
    Sets sets{{call.arguments[1], call.arguments[2], call.arguments[3]}, {}};
    if (count < 0 || count > most || !sets.read(call, static_cast<std::size_t>(count))) co_return Ending::host();
    std::vector<Watched> all;
    for (std::int32_t descriptor = 0; descriptor < count; ++descriptor) {
        short events = 0;
        for (std::size_t set = 0; set < 3; ++set)
            if (sets.has(set, static_cast<std::size_t>(descriptor))) events |= set_events[set];
        if (events) all.push_back({descriptor, events});
    }
    if (!has_guests(supervisor, call, all)) co_return Ending::host();
    const auto time = time_at(call, call.arguments[4], call.name.starts_with("pselect6") ? 1'000'000 : 1000);
    if (!time) co_return Ending::of(-EFAULT);
    const int ready = co_await wait_for(supervisor, call, all, *time);
    if (ready < 0) co_return Ending::of(ready);
    if (std::ranges::any_of(all, [](const Watched& watched) { return watched.found & POLLNVAL; })) co_return Ending::of(-EBADF);
    const int told = tell(sets, all);
    co_return Ending::of(sets.write(call) ? told : -EFAULT);
}

/// The select of old i386 programs, whose arguments lie in memory.
CallTask<Ending> old_select(Supervisor& supervisor, ProgramCall& call)
{
    if (call.is_32_bit) {
        std::uint32_t words[5] = {};
        const auto bytes = std::as_writable_bytes(std::span(words));
        if (call.memory.read(call.arguments[0], bytes) != bytes.size()) co_return Ending::host();
        std::ranges::copy(words, call.arguments);
    }
    co_return co_await select(supervisor, call);
}

constexpr CallEntry table[] = {
    {"poll", poll},         {"ppoll", poll},         {"ppoll_time64", poll},      {"select", old_select},
    {"_newselect", select}, {"pselect6", select},    {"pselect6_time64", select},
};

} // namespace

std::span<const CallEntry> poll_calls() { return table; }

} // namespace retromod::exec
