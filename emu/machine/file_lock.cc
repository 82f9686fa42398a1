// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/file_lock.h"

#include "emu/machine/host_path.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <system_error>
#include <thread>

namespace retromod {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto first_pause = 50us;
constexpr auto longest_pause = 5ms;
constexpr auto say_after = 1s;

constexpr std::size_t holder_bytes = 11; ///< a process id, right-aligned, and a newline
constexpr std::uint64_t writer_byte = 0;
constexpr std::uint64_t commit_byte = 0;
constexpr std::uint64_t turnstile_byte = 1;
constexpr std::uint64_t first_process_byte = std::uint64_t{1} << 32; ///< of the writer lock's file: one for each guest process

struct flock one_byte(std::uint64_t byte, short type)
{
    struct flock range{};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = static_cast<off_t>(byte);
    range.l_len = 1;
    return range;
}

/// Read-only where the directory or the file may not be written: a reader of another user's machine.
HostFile open_lock_file(const std::string& path)
{
    refuse_other_kinds(path);
    try {
        return HostFile(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    } catch (const std::system_error& error) {
        if (error.code().value() != EACCES && error.code().value() != EROFS) throw;
        auto file = HostFile::open_existing(path, O_RDONLY);
        if (!file) throw;
        return std::move(*file);
    }
}

/// Sleeps; a signal ends the sleep early.
void pause_for(std::chrono::microseconds pause)
{
    const timespec time{0, std::chrono::nanoseconds(pause).count()};
    ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

/// Whether the file holds nothing but what we leave there; else it is somebody's that happens to have the name.
bool is_ours(const HostFile& file)
{
    std::array<std::byte, holder_bytes + 1> bytes{};
    const auto count = file.read(bytes, 0);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), count);
    return text.empty() || (count == holder_bytes && text.find_first_not_of(" 0123456789\n") == text.npos);
}

} // namespace

LockFile::LockFile(std::string path) : file_(open_lock_file(path)) {}

bool LockFile::try_lock(std::uint64_t byte, LockMode mode)
{
    auto range = one_byte(byte, mode == LockMode::shared ? F_RDLCK : F_WRLCK);
    if (::fcntl(file_.descriptor(), F_OFD_SETLK, &range) == 0) return true;
    if (errno == EBADF) errno = EACCES; // it could only be opened for reading
    if (errno != EAGAIN && errno != EINTR) file_.fail("cannot lock");
    return false;
}

void LockFile::lock(std::uint64_t byte, LockMode mode, const LockWait& wait)
{
    if (try_lock(byte, mode)) return;
    const auto start = Clock::now();
    bool said = false;
    for (std::chrono::microseconds pause = first_pause; !try_lock(byte, mode);
         pause = std::min<std::chrono::microseconds>(2 * pause, longest_pause)) {
        if (wait.interrupted && wait.interrupted())
            throw LockInterrupted(file_.path() + ": interrupted while waiting for the lock");
        if (!said && Clock::now() - start >= say_after) {
            said = true;
            if (wait.waiting) wait.waiting(holder());
        }
        pause_for(pause);
    }
}

void LockFile::unlock(std::uint64_t byte)
{
    auto range = one_byte(byte, F_UNLCK);
    ::fcntl(file_.descriptor(), F_OFD_SETLK, &range);
}

bool LockFile::held_elsewhere(std::uint64_t byte) const
{
    auto range = one_byte(byte, F_WRLCK);
    if (::fcntl(file_.descriptor(), F_OFD_GETLK, &range) != 0) file_.fail("cannot ask for a lock");
    return range.l_type != F_UNLCK;
}

void LockFile::leave_holder()
{
    if (!is_ours(file_)) return;
    const auto text = fmt::format("{:>10}\n", ::getpid());
    // Only for messages: on a full disk the lock works without it.
    [[maybe_unused]] const auto written = ::pwrite(file_.descriptor(), text.data(), text.size(), 0);
}

int LockFile::holder() const
{
    std::array<std::byte, holder_bytes> bytes{};
    file_.read(bytes, 0);
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    const auto* end = text + bytes.size();
    int process = 0;
    std::from_chars(std::find_if(text, end, [](char c) { return c != ' '; }), end, process);
    return process;
}

void LockFile::remove()
{
    if (is_ours(file_)) ::unlink(file_.path().c_str());
}

// A lock file that its holder removed is no lock file any more: whoever waited for it starts anew with the next one.

WriterLock::WriterLock(const std::string& machine_path, const LockWait& wait) : file_(machine_path + ".lock")
{
    while (true) {
        file_.lock(writer_byte, LockMode::exclusive, wait);
        if (file_.still_named()) break;
        file_ = LockFile(machine_path + ".lock");
    }
    file_.leave_holder();
}

void WriterLock::release() { file_.unlock(writer_byte); }

void WriterLock::retake(const LockWait& wait)
{
    file_.lock(writer_byte, LockMode::exclusive, wait);
    if (!file_.still_named()) throw std::runtime_error("the machine was removed");
    file_.leave_holder();
}

void WriterLock::hold_process(std::uint32_t process) { file_.try_lock(first_process_byte + process, LockMode::exclusive); }

bool WriterLock::process_is_held(std::uint32_t process) const { return file_.held_elsewhere(first_process_byte + process); }

void CommitLock::lock(LockMode mode, const LockWait& wait)
{
    lock_bytes(mode, wait);
    while (!file_.still_named()) {
        file_ = LockFile(path_);
        lock_bytes(mode, wait);
    }
}

void CommitLock::lock_bytes(LockMode mode, const LockWait& wait)
{
    file_.lock(turnstile_byte, mode, wait);
    try {
        file_.lock(commit_byte, mode, wait);
    } catch (...) {
        file_.unlock(turnstile_byte);
        throw;
    }
    if (mode == LockMode::shared) file_.unlock(turnstile_byte);
}

void CommitLock::unlock()
{
    file_.unlock(commit_byte);
    file_.unlock(turnstile_byte);
}

} // namespace retromod
