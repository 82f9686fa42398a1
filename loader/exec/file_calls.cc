// SPDX-License-Identifier: GPL-2.0-or-later
// Calls on descriptors that stand for files of the guest.
#include "loader/exec/supervisor.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
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
    co_return result(co_await supervisor.guest(call, "ioctl", file->descriptor, command, argument));
}

/// struct linux_dirent64 entries of a directory that the supervisor lists.
Ending list_names(ProgramCall& call, GuestFd& file)
{
    constexpr std::size_t header = 19; // d_ino, d_off, d_reclen, d_type
    std::vector<std::byte> bytes;
    for (auto& next = file.next_name; next < file.names.size(); ++next) {
        const auto& name = file.names[next];
        const auto length = (header + name.size() + 1 + 7) & ~std::size_t{7};
        if (bytes.size() + length > call.arguments[2]) break;
        const std::uint64_t inode = next + 1, offset = next + 1;
        const auto record = static_cast<std::uint16_t>(length);
        auto at = bytes.size();
        bytes.resize(at + length);
        std::memcpy(bytes.data() + at, &inode, sizeof inode);
        std::memcpy(bytes.data() + at + 8, &offset, sizeof offset);
        std::memcpy(bytes.data() + at + 16, &record, sizeof record);
        std::memcpy(bytes.data() + at + header, name.data(), name.size());
    }
    if (bytes.empty() && file.next_name < file.names.size()) return Ending::of(-EINVAL);
    if (call.memory.write(call.arguments[1], bytes) != bytes.size()) return Ending::of(-EFAULT);
    return Ending::of(static_cast<std::int64_t>(bytes.size()));
}

// getdents64(fd, buffer, bytes).
CallTask<Ending> getdents64(Supervisor& supervisor, ProgramCall& call)
{
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    if (file->lists) co_return list_names(call, *file);
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

// fcntl(fd, command, argument): flags are the guest's, what numbers a descriptor has is the host's.
CallTask<Ending> fcntl(Supervisor& supervisor, ProgramCall& call)
{
    auto* file = file_of(supervisor, call);
    if (!file) co_return Ending::host();
    switch (call.arguments[1] & 0xffffffff) {
    case F_GETFL:
    case F_SETFL:
    case F_SETOWN:
    case F_GETOWN: break;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_GETFD:
    case F_SETFD: co_return Ending::host();
    default: co_return Ending::of(-EINVAL);
    }
    if (file->lists) co_return Ending::of(0);
    const auto command = call.arguments[1] & 0xffffffff;
    co_return result(co_await supervisor.guest(call, "fcntl", file->descriptor, command, call.arguments[2]));
}

constexpr CallEntry table[] = {
    {"read", read},           {"write", write},   {"pread64", pread},         {"pwrite64", pwrite}, {"readv", readv},
    {"writev", writev},       {"lseek", lseek},   {"_llseek", llseek},        {"ioctl", ioctl},     {"getdents64", getdents64},
    {"fsync", fsync},         {"fdatasync", fsync}, {"ftruncate", ftruncate}, {"fcntl", fcntl},     {"fcntl64", fcntl},
};

} // namespace

std::span<const CallEntry> file_calls() { return table; }

} // namespace retromod::exec
