// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/file_lock.h"
#include "emu/machine/journal.h"
#include "emu/machine/machine.h"
#include "emu/machine/private_copy.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace retromod {

class ReadView;
class Transaction;

/// How a process works with a machine file.
struct MachineFileOptions {
    Durability durability = Durability::process_death;
    LockWait wait = {};
};

/// A machine that outlives its processes: the file PATH, and beside it PATH.lock, PATH.commit-lock and PATH.journal.
/// docs/machine-file.md has the format and the protocol.
/// Errors: std::system_error (with the path and the host's reason), MachineDamaged (with the path and what is wrong),
/// LockInterrupted. Each leaves the machine as it was.
class MachineFile {
public:
    /// Names a machine; touches nothing. Symbolic links are followed, so that one machine has one set of locks.
    explicit MachineFile(const std::string& path, MachineFileOptions options = {});

    const std::string& path() const { return path_; }
    const MachineFileOptions& options() const { return options_; }
    bool exists() const;

    /// Begins to make a fresh machine. The file appears, complete, or replaces the machine that was there, when the
    /// transaction first commits. A file that is no machine is not replaced.
    Transaction create(const MachineOptions& machine) const;
    /// Waits for the writer lock and begins to work on the machine. A process that has a transaction of the same machine
    /// already would wait for itself; the same goes for create and remove.
    Transaction begin() const;
    /// The machine as last committed. Does not wait for a transaction, only for a commit's writing.
    ReadView read() const;
    /// The same of a file that nobody commits to, such as a snapshot: takes no lock and looks at no journal.
    ReadView read_unlocked() const;

    /// How many commits the machine has seen; a machine that replaces another counts on.
    std::uint64_t generation() const;
    /// Waits until the generation differs; false when the time is over first, or `interrupted` said true.
    bool wait_for_change(std::uint64_t generation, std::chrono::milliseconds timeout,
                         const std::function<bool()>& interrupted = {}) const;

    /// Removes the machine and the files beside it, when no transaction is under way any more.
    void remove() const;

private:
    std::string path_;
    MachineFileOptions options_;
};

/// One process's work on a machine, from taking the writer lock on: a copy-on-write mapping of the file. Nothing is in
/// the file before `commit`; without it, the machine stays as it was.
class Transaction {
public:
    Transaction(Transaction&& other) noexcept;
    Transaction& operator=(Transaction&& other) noexcept;
    /// Rolls back what is not committed and releases the writer lock.
    ~Transaction();

    /// Not while parked. The reference is good until rollback, park or the end.
    Machine& machine();

    /// Makes what was done so far the machine's state, at once and wholly; the transaction goes on. False when there
    /// was nothing to commit. Throws std::system_error: before the commit was complete nothing happened; after that
    /// (the message says so) the next process to open the machine finishes it.
    bool commit();
    /// Back to the last commit; makes machine() anew. Not before a fresh machine's first commit.
    void rollback();

    /// Commits and lets other processes in; machine() must not be used until resume. As long as this process lives,
    /// others are told that the guest's `process` does. Needs nothing that a jail forbids, nor do the next two.
    void park(std::uint32_t process);
    /// From now on others are told so of another process of the guest, too.
    void show_alive(std::uint32_t process);
    /// While parked: waits until another process has committed, or the machine was replaced or removed. False when the
    /// time is over first, or `interrupted` said true.
    bool wait_for_others(std::chrono::milliseconds timeout, const std::function<bool()>& interrupted = {}) const;
    /// Waits for the writer lock again; machine() then shows what the file holds (Machine::refresh). std::runtime_error
    /// when the machine was replaced or removed.
    void resume();
    /// Whether a process of the host stands behind that process of the guest: is parked in its name.
    bool has_owner(std::uint32_t process) const;

    /// For a forked child that goes on with its parent's transaction: to be called first, before a jail. The child
    /// then commits, and the parent only ends (or rolls back, which shows it the child's commit).
    /// A jailed commit makes these calls: ioctl, pread64, pwritev, lseek, fallocate, fstat, newfstatat, fcntl,
    /// clock_nanosleep, madvise, ftruncate, fdatasync and those of memory allocation.
    void enter_child();
    /// Whether the file holds a later commit than that of `generation`: a child's. (What machine() shows of pages that
    /// were not written here is the file's, so it cannot tell.)
    bool committed_since(std::uint64_t generation) const;

private:
    friend class MachineFile;
    struct State;
    explicit Transaction(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A private copy of the machine as it was last committed, in memory: taken under the shared commit lock, which is free
/// again before the constructor returns. What is written to it is never seen by others.
class ReadView {
public:
    Machine& machine() { return *machine_; }

private:
    friend class MachineFile;
    ReadView() = default;
    PrivateCopy copy_;
    std::unique_ptr<Machine> machine_;
};

} // namespace retromod
