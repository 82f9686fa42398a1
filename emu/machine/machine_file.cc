// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_file.h"

#include "emu/machine/machine_opening.h"
#include "emu/machine/machine_window.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <thread>

namespace retromod {
namespace {

/// The commit lock, or nothing on a file system that cannot be written: there is nobody to be kept out.
std::optional<CommitLock> reader_lock(const std::string& path)
{
    try {
        return std::optional<CommitLock>(std::in_place, path);
    } catch (const std::system_error& error) {
        if (error.code().value() != EROFS) throw;
        return std::nullopt;
    }
}

bool journal_is_complete(const std::string& path)
{
    const auto journal = Journal::open_for_reading(path + ".journal");
    return journal && journal->is_complete();
}

} // namespace

MachineFile::MachineFile(const std::string& path, MachineFileOptions options) : options_(std::move(options))
{
    std::error_code ignored; // what is wrong with the path, opening it will tell
    path_ = std::filesystem::weakly_canonical(std::filesystem::absolute(path, ignored), ignored).string();
    if (ignored || path_.empty()) path_ = path;
}

bool MachineFile::exists() const { return ::access(path_.c_str(), F_OK) == 0; }

ReadView MachineFile::read() const
{
    open_machine_file(path_, O_RDONLY); // before a lock file is made for something that is no machine
    auto lock = reader_lock(path_);
    if (lock) lock_settled(*lock, path_, options_);
    if (!lock && journal_is_complete(path_))
        throw MachineDamaged(path_ + ": a commit was cut short, and here it cannot be finished (read-only file system)");
    const auto file = open_machine_file(path_, O_RDONLY);
    ReadView view;
    view.copy_ = PrivateCopy(file);
    if (lock) lock->unlock();
    move_into_window(view.copy_.bytes());
    view.machine_ = attach_machine(path_, view.copy_.bytes());
    return view;
}

ReadView MachineFile::read_unlocked() const
{
    ReadView view;
    view.copy_ = PrivateCopy(open_machine_file(path_, O_RDONLY));
    move_into_window(view.copy_.bytes());
    view.machine_ = attach_machine(path_, view.copy_.bytes());
    return view;
}

std::uint64_t MachineFile::generation() const
{
    const auto file = open_machine_file(path_, O_RDONLY);
    return read_machine_header(file).generation;
}

bool MachineFile::wait_for_change(std::uint64_t known, std::chrono::milliseconds timeout,
                                  const std::function<bool()>& interrupted) const
{
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds longest_pause{10};
    const auto end = Clock::now() + timeout;
    for (std::chrono::milliseconds pause{1}; generation() == known; pause = std::min(2 * pause, longest_pause)) {
        if (Clock::now() >= end || (interrupted && interrupted())) return false;
        std::this_thread::sleep_for(std::min<Clock::duration>(pause, end - Clock::now()));
    }
    return true;
}

void MachineFile::remove() const
{
    open_machine_file(path_, O_RDWR);
    WriterLock writer(path_, options_.wait);
    CommitLock commit(path_);
    CommitLockGuard guard(commit, LockMode::exclusive, options_.wait);
    if (::unlink(path_.c_str()) != 0) throw std::system_error(errno, std::generic_category(), path_ + ": cannot remove");
    if (!is_foreign_journal(path_ + ".journal")) ::unlink((path_ + ".journal").c_str()); // without the machine it means nothing
    commit.remove();
    writer.remove();
}

} // namespace retromod
