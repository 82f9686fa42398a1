// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

namespace retromod {

/// What to do while another process holds a lock.
struct LockWait {
    /// Called once, when the wait has lasted a second; with the holder's process id, 0 when it is not known.
    std::function<void(int holder)> waiting;
    /// Asked every few milliseconds and after each signal; true ends the wait with LockInterrupted.
    std::function<bool()> interrupted;
};

/// The wait for a lock was given up because LockWait::interrupted said so.
struct LockInterrupted : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class LockMode { shared, exclusive };

/// A file that exists for its locks only: a lock per byte, held by the open file (fcntl F_OFD_SETLK). The host releases
/// them when the last process that has the file open ends, however it ends; a forked child holds its parent's.
class LockFile {
public:
    /// Opens or makes it. Where it may not be written, only shared locks can be had.
    explicit LockFile(std::string path);

    /// Whether the lock was free.
    bool try_lock(std::uint64_t byte, LockMode mode);
    /// Waits for the lock. Throws LockInterrupted or std::system_error.
    void lock(std::uint64_t byte, LockMode mode, const LockWait& wait);
    void unlock(std::uint64_t byte);
    /// Whether another open of the file holds a lock on that byte.
    bool held_elsewhere(std::uint64_t byte) const;

    /// False when the file was removed or replaced since it was opened: its locks then mean nothing.
    bool still_named() const { return file_.still_named(); }

    /// Leaves this process's id in the file, for others that wait.
    void leave_holder();
    /// The process id in the file; 0 when there is none.
    int holder() const;
    void remove();

private:
    HostFile file_;
};

/// The lock of the one process that works on a machine: PATH.lock.
class WriterLock {
public:
    /// Waits for the lock. Throws LockInterrupted or std::system_error.
    WriterLock(const std::string& machine_path, const LockWait& wait);
    /// Lets others in, also where a forked process still has the lock's file open.
    void release();
    /// Waits for the lock again. std::runtime_error when the machine was removed meanwhile.
    void retake(const LockWait& wait);

    /// Shows others that a process of the guest is alive, for as long as we or a forked process have the lock's file open.
    void hold_process(std::uint32_t process);
    /// Whether another process of the host shows that.
    bool process_is_held(std::uint32_t process) const;
    /// Removes the lock's file; the lock must be held to the end of the machine's own removal.
    void remove() { file_.remove(); }

private:
    LockFile file_;
};

/// The lock between processes that read the machine file and the one that commits to it: PATH.commit-lock.
/// Two bytes: 0 is the lock, 1 a turnstile that a waiting committer closes, so that readers cannot starve it.
class CommitLock {
public:
    explicit CommitLock(const std::string& machine_path) : path_(machine_path + ".commit-lock"), file_(path_) {}

    void lock(LockMode mode, const LockWait& wait);
    void unlock();
    void remove() { file_.remove(); }

private:
    void lock_bytes(LockMode mode, const LockWait& wait);

    std::string path_;
    LockFile file_;
};

/// A CommitLock held for a block.
class CommitLockGuard {
public:
    CommitLockGuard(CommitLock& lock, LockMode mode, const LockWait& wait) : lock_(lock) { lock_.lock(mode, wait); }
    ~CommitLockGuard() { lock_.unlock(); }
    CommitLockGuard(const CommitLockGuard&) = delete;
    CommitLockGuard& operator=(const CommitLockGuard&) = delete;

private:
    CommitLock& lock_;
};

} // namespace retromod
