// SPDX-License-Identifier: GPL-2.0-or-later
// Calls on descriptors that stand for files of the guest.
#include "loader/exec/supervisor.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace retromod::exec {
namespace {

Ending result(const Progress& progress) { return Ending::of(progress.value); }

/// The call's first argument as a file of the guest; null: the host's.
GuestFd* file_of(Supervisor& supervisor, const ProgramCall& call)
{
    return supervisor.descriptors().find(call.thread, call.descriptor(0));
}

/// read or write(fd, buffer, count), and pread and pwrite with an offset.
CallTask<Ending> transfer(Supervisor& supervisor, ProgramCall& call, std::string_view name)
{
    const auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) co_return Ending::of(name == "read" || name == "pread" ? -EISDIR : -EBADF);
    const auto count = call.arguments[2];
    const auto buffer = call.buffer(1, count);
    if (name.starts_with('p')) {
        const auto offset = call.is_32_bit ? call.arguments[3] | call.arguments[4] << 32 : call.arguments[3];
        co_return result(co_await supervisor.guest(call, name, file->descriptor, buffer, count, offset));
    }
    co_return result(co_await supervisor.guest(call, name, file->descriptor, buffer, count));
}

CallTask<Ending> read(Supervisor& supervisor, ProgramCall& call) { return transfer(supervisor, call, "read"); }
CallTask<Ending> write(Supervisor& supervisor, ProgramCall& call) { return transfer(supervisor, call, "write"); }
CallTask<Ending> pread(Supervisor& supervisor, ProgramCall& call) { return transfer(supervisor, call, "pread"); }
CallTask<Ending> pwrite(Supervisor& supervisor, ProgramCall& call) { return transfer(supervisor, call, "pwrite"); }

struct Segment {
    std::uint64_t address, bytes;
};

/// The struct iovecs that argument 1 points to, as many as argument 2 says; nothing for EFAULT.
std::optional<std::vector<Segment>> segments_of(const ProgramCall& call)
{
    const auto word = call.is_32_bit ? sizeof(std::uint32_t) : sizeof(std::uint64_t);
    std::vector<std::byte> bytes(call.arguments[2] * 2 * word);
    if (call.memory.read(call.arguments[1], bytes) != bytes.size()) return std::nullopt;
    std::vector<Segment> segments(call.arguments[2]);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        std::memcpy(&segments[i].address, bytes.data() + 2 * i * word, word);
        std::memcpy(&segments[i].bytes, bytes.data() + (2 * i + 1) * word, word);
    }
    return segments;
}

/// readv or writev(fd, iov, count): one call for each segment, as kernels do for files without one of their own.
CallTask<Ending> transfer_segments(Supervisor& supervisor, ProgramCall& call, std::string_view name)
{
    constexpr std::uint64_t most_segments = 1024; // UIO_MAXIOV
    const auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) co_return Ending::of(name == "read" ? -EISDIR : -EBADF);
    if (call.arguments[2] > most_segments) co_return Ending::of(-EINVAL);
    const auto segments = segments_of(call);
    if (!segments) co_return Ending::of(-EFAULT);
    const auto descriptor = file->descriptor;
    std::int64_t total = 0;
    for (const auto& [address, bytes] : *segments) {
        if (!bytes) continue;
        const auto done = co_await supervisor.guest(call, name, descriptor, call.user.buffer(address, bytes), bytes);
        if (done.value < 0) co_return Ending::of(total ? total : done.value);
        total += done.value;
        if (static_cast<std::uint64_t>(done.value) < bytes) break;
    }
    co_return Ending::of(total);
}

CallTask<Ending> readv(Supervisor& supervisor, ProgramCall& call) { return transfer_segments(supervisor, call, "read"); }
CallTask<Ending> writev(Supervisor& supervisor, ProgramCall& call) { return transfer_segments(supervisor, call, "write"); }

// lseek(fd, offset, whence).
CallTask<Ending> lseek(Supervisor& supervisor, ProgramCall& call)
{
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) {
        const auto offset = call.signed_argument(1);
        if (call.arguments[2] != SEEK_SET || offset < 0) co_return Ending::of(-EINVAL);
        file->next_name = static_cast<std::size_t>(offset);
        co_return Ending::of(offset);
    }
    co_return result(co_await supervisor.guest(
        call, "lseek", file->descriptor, static_cast<std::uint64_t>(call.signed_argument(1)), call.arguments[2]));
}

// _llseek(fd, high, low, result, whence), of 32-bit programs.
CallTask<Ending> llseek(Supervisor& supervisor, ProgramCall& call)
{
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    const auto offset = static_cast<std::int64_t>(call.arguments[1] << 32 | (call.arguments[2] & 0xffffffff));
    std::int64_t position = offset;
    if (file->lists) {
        if (call.arguments[4] != SEEK_SET || offset < 0) co_return Ending::of(-EINVAL);
        file->next_name = static_cast<std::size_t>(offset);
    } else {
        if (supervisor.arch().word_bytes == 4 && offset != static_cast<std::int32_t>(offset)) co_return Ending::of(-EINVAL);
        const auto moved =
            co_await supervisor.guest(call, "lseek", file->descriptor, static_cast<std::uint64_t>(offset), call.arguments[4]);
        if (moved.value < 0) co_return result(moved);
        position = moved.value;
    }
    const auto bytes = std::as_bytes(std::span(&position, 1));
    co_return Ending::of(call.memory.write(call.arguments[3], bytes) == bytes.size() ? 0 : -EFAULT);
}

/// Whether a command's argument is an open file of the caller's. Source: linux/loop.h, linux/nbd.h.
bool takes_descriptor(std::uint64_t command)
{
    constexpr std::uint64_t loop_set_fd = 0x4c00, nbd_set_sock = 0xab00;
    return command == loop_set_fd || command == nbd_set_sock;
}

/// Whether a command stores a long, of which a 32-bit kernel leaves a 64-bit program half. Source: linux/fs.h.
bool stores_long(std::uint64_t command)
{
    constexpr std::uint64_t blkgetsize = 0x1260, blkraget = 0x1263;
    return command == blkgetsize || command == blkraget;
}

// ioctl(fd, command, argument): a number, or a pointer to as much as the command says, if it does.
CallTask<Ending> ioctl(Supervisor& supervisor, ProgramCall& call)
{
    constexpr std::uint64_t unsaid = 65536;
    const auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) co_return Ending::of(-ENOTTY);
    const auto command = call.arguments[1] & 0xffffffff;
    const auto told = command >> 30 ? (command >> 16) & 0x3fff : 0;
    auto argument = call.buffer(2, told ? told : unsaid);
    if (const auto* named = takes_descriptor(command) ? supervisor.descriptors().find(call.thread, call.descriptor(2)) : nullptr)
        argument = named->descriptor;
    const auto done = co_await supervisor.guest(call, "ioctl", file->descriptor, command, argument);
    if (done.value >= 0 && stores_long(command) && !call.is_32_bit && supervisor.arch().word_bytes == 4) {
        constexpr std::array<std::byte, 4> upper{};
        call.memory.write(call.arguments[2] + 4, upper);
    }
    co_return result(done);
}

constexpr std::size_t entry_header = 19; ///< of a struct linux_dirent64: d_ino, d_off, d_reclen, d_type

/// struct linux_dirent64 entries of a directory that the supervisor lists, into `room` bytes. Nothing: not one fits.
std::optional<std::vector<std::byte>> list_names(GuestFd& file, std::size_t room)
{
    std::vector<std::byte> bytes;
    for (auto& next = file.next_name; next < file.names.size(); ++next) {
        const auto& name = file.names[next];
        const auto length = (entry_header + name.size() + 1 + 7) & ~std::size_t{7};
        if (bytes.size() + length > room) break;
        const std::uint64_t inode = next + 1, offset = next + 1;
        const auto record = static_cast<std::uint16_t>(length);
        auto at = bytes.size();
        bytes.resize(at + length);
        std::memcpy(bytes.data() + at, &inode, sizeof inode);
        std::memcpy(bytes.data() + at + 8, &offset, sizeof offset);
        std::memcpy(bytes.data() + at + 16, &record, sizeof record);
        std::memcpy(bytes.data() + at + entry_header, name.data(), name.size());
    }
    if (bytes.empty() && file.next_name < file.names.size()) return std::nullopt;
    return bytes;
}

/// The entries as the getdents of old has them: struct linux_dirent, whose d_type is its last byte. None is longer than it was.
std::vector<std::byte> old_entries(std::span<const std::byte> entries, std::size_t word)
{
    constexpr std::size_t length_at = 16, type_at = 18;
    std::vector<std::byte> old;
    while (entries.size() > entry_header) {
        std::uint16_t length = 0;
        std::memcpy(&length, entries.data() + length_at, sizeof length);
        if (length <= entry_header || length > entries.size()) break;
        const auto* name = reinterpret_cast<const char*>(entries.data() + entry_header);
        const auto name_bytes = ::strnlen(name, length - entry_header);
        const auto record = static_cast<std::uint16_t>((2 * word + 2 + name_bytes + 2 + word - 1) / word * word);
        const auto at = old.size();
        old.resize(at + record);
        std::memcpy(old.data() + at, entries.data(), word);
        std::memcpy(old.data() + at + word, entries.data() + 8, word);
        std::memcpy(old.data() + at + 2 * word, &record, sizeof record);
        std::memcpy(old.data() + at + 2 * word + 2, name, name_bytes);
        old.back() = entries[type_at];
        entries = entries.subspan(length);
    }
    return old;
}

Ending store(ProgramCall& call, std::span<const std::byte> bytes)
{
    if (call.memory.write(call.arguments[1], bytes) != bytes.size()) return Ending::of(-EFAULT);
    return Ending::of(static_cast<std::int64_t>(bytes.size()));
}

// getdents(fd, buffer, bytes), of old programs.
CallTask<Ending> getdents(Supervisor& supervisor, ProgramCall& call)
{
    constexpr std::uint64_t most = 65536;
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    const std::size_t word = call.is_32_bit ? 4 : 8;
    const auto room = std::min(call.arguments[2] & 0xffffffff, most);
    if (file->lists) {
        const auto listed = list_names(*file, room);
        co_return listed ? store(call, old_entries(*listed, word)) : Ending::of(-EINVAL);
    }
    const std::vector<std::byte> empty(room);
    const auto into = call.user.place(empty);
    const auto done = co_await supervisor.guest(call, "getdents64", file->descriptor, into, room);
    if (done.value <= 0) co_return result(done);
    const auto entries = call.user.placed(into).first(std::min<std::size_t>(static_cast<std::size_t>(done.value), room));
    co_return store(call, old_entries(entries, word));
}

// getdents64(fd, buffer, bytes).
CallTask<Ending> getdents64(Supervisor& supervisor, ProgramCall& call)
{
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) {
        const auto listed = list_names(*file, call.arguments[2] & 0xffffffff);
        co_return listed ? store(call, *listed) : Ending::of(-EINVAL);
    }
    const auto buffer = call.buffer(1, call.arguments[2]);
    co_return result(co_await supervisor.guest(call, "getdents64", file->descriptor, buffer, call.arguments[2]));
}

// fsync and fdatasync(fd).
CallTask<Ending> fsync(Supervisor& supervisor, ProgramCall& call)
{
    const auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) co_return Ending::of(-EINVAL);
    co_return result(co_await supervisor.guest(call, "fsync", file->descriptor));
}

// ftruncate(fd, length).
CallTask<Ending> ftruncate(Supervisor& supervisor, ProgramCall& call)
{
    const auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) co_return Ending::of(-EINVAL);
    co_return result(co_await supervisor.guest(call, "ftruncate", file->descriptor, call.arguments[1]));
}

/// F_GETOWN_EX and F_SETOWN_EX of later kernels, by which C libraries ask who gets SIGIO: struct f_owner_ex.
CallTask<Ending> owner_with_type(Supervisor& supervisor, ProgramCall& call, std::uint64_t descriptor)
{
    struct {
        std::int32_t type, process;
    } told = {};
    const auto bytes = std::as_writable_bytes(std::span(&told, 1));
    if ((call.arguments[1] & 0xffffffff) == F_SETOWN_EX) {
        if (call.memory.read(call.arguments[2], bytes) != bytes.size()) co_return Ending::of(-EFAULT);
        if (told.type < F_OWNER_TID || told.type > F_OWNER_PGRP || told.process < 0) co_return Ending::of(-EINVAL);
        const auto owner = static_cast<std::uint64_t>(std::int64_t{told.type == F_OWNER_PGRP ? -told.process : told.process});
        co_return result(co_await supervisor.guest(call, "fcntl", descriptor, F_SETOWN, owner));
    }
    const auto owner = co_await supervisor.guest(call, "fcntl", descriptor, F_GETOWN, 0);
    told = {owner.value < 0 ? F_OWNER_PGRP : F_OWNER_PID, static_cast<std::int32_t>(std::abs(owner.value))};
    co_return Ending::of(call.memory.write(call.arguments[2], bytes) == bytes.size() ? 0 : -EFAULT);
}

// fcntl(fd, command, argument): flags are the guest's, what numbers a descriptor has is the host's.
CallTask<Ending> fcntl(Supervisor& supervisor, ProgramCall& call)
{
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    switch (call.arguments[1] & 0xffffffff) {
    case F_GETFL:
    case F_SETFL:
    case F_SETOWN:
    case F_GETOWN:
    case F_SETSIG:
    case F_GETSIG: break;
    case F_SETOWN_EX:
    case F_GETOWN_EX:
        if (!file->lists) co_return co_await owner_with_type(supervisor, call, file->descriptor);
        co_return Ending::of(-EINVAL);
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_GETFD:
    case F_SETFD: co_return Ending::host();
    default: co_return Ending::of(-EINVAL);
    }
    if (file->lists) co_return Ending::of(0);
    const auto command = call.arguments[1] & 0xffffffff;
    const auto descriptor = file->descriptor;
    const auto done = co_await supervisor.guest(call, "fcntl", descriptor, command, call.arguments[2]);
    if (done.value >= 0 && command == F_SETFL)
        if (auto* still = file_of(supervisor, call)) still->wants_signals = (call.arguments[2] & O_ASYNC) != 0;
    co_return result(done);
}

constexpr CallEntry table[] = {
    {"read", read},           {"write", write},   {"pread64", pread},         {"pwrite64", pwrite}, {"readv", readv},
    {"writev", writev},       {"lseek", lseek},   {"_llseek", llseek},        {"ioctl", ioctl},     {"getdents64", getdents64},
    {"getdents", getdents},
    {"fsync", fsync},         {"fdatasync", fsync}, {"ftruncate", ftruncate}, {"fcntl", fcntl},     {"fcntl64", fcntl},
};

} // namespace

std::span<const CallEntry> file_calls() { return table; }

} // namespace retromod::exec
