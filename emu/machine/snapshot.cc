// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/snapshot.h"

#include "emu/machine/machine_check.h"
#include "emu/machine/machine_opening.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace retromod {
namespace {

constexpr std::string_view infix = ".snapshot-";
constexpr std::string_view unfinished = "~"; ///< and a process id, in the name of a copy being made: no snapshot's name has it
constexpr std::size_t longest_name = 64;

bool is_name(std::string_view name)
{
    constexpr std::string_view others = "._-";
    const auto allowed = [&](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
               || others.find(static_cast<char>(c)) != others.npos;
    };
    return !name.empty() && name.size() <= longest_name && std::ranges::all_of(name, allowed);
}

void copy_sparse(const HostFile& from, HostFile& to)
{
    constexpr std::size_t step = 1 << 20;
    std::vector<std::byte> buffer(step);
    to.set_size(from.size());
    for (auto start = from.next_data(0); start; start = from.next_data(*start)) {
        const auto end = from.next_hole(*start);
        while (*start < end) {
            const auto count = from.read(std::span(buffer).first(std::min<std::uint64_t>(step, end - *start)), *start);
            if (!count) return;
            to.write(std::span(buffer).first(count), *start);
            *start += count;
        }
    }
}

/// A fresh file with the contents of `from`, removed again unless it is kept under its final name.
class Copy {
public:
    Copy(const HostFile& from, const std::string& path)
    {
        remove_unfinished(path);
        file_ = HostFile(path, O_RDWR | O_CREAT | O_EXCL);
        try {
            if (::ioctl(file_.descriptor(), FICLONE, from.descriptor()) != 0) copy_sparse(from, file_);
        } catch (...) {
            ::unlink(path.c_str());
            throw;
        }
    }
    ~Copy()
    {
        if (!kept_) ::unlink(file_.path().c_str());
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    HostFile& file() { return file_; }
    void keep_as(const std::string& path, Durability durability)
    {
        if (durability == Durability::power_failure) file_.sync();
        move_into_place(file_, path, durability);
        kept_ = true;
    }

private:
    HostFile file_;
    bool kept_ = false;
};

void check_whole(const std::string& path, const HostFile& file)
{
    const PrivateCopy copy(file);
    try {
        check_machine(copy.bytes());
    } catch (const MachineDamaged& damage) {
        throw MachineDamaged(path + ": " + damage.what());
    }
}

} // namespace

std::string snapshot_path(const MachineFile& machine, std::string_view name)
{
    if (!is_name(name))
        throw std::invalid_argument(
            fmt::format("'{}' is no name for a snapshot: letters, digits, '.', '_' and '-', at most {}", name, longest_name));
    return fmt::format("{}{}{}", machine.path(), infix, name);
}

void save_snapshot(const MachineFile& machine, std::string_view name, Replace replace)
{
    const auto path = snapshot_path(machine, name);
    if (replace == Replace::no && ::access(path.c_str(), F_OK) == 0)
        throw std::system_error(EEXIST, std::generic_category(), path + ": not saved");
    generation_to_replace(path);
    open_machine_file(machine.path(), O_RDONLY); // before a lock file is made for something that is no machine
    CommitLock lock(machine.path());
    lock_settled(lock, machine.path(), machine.options());
    const auto from = open_machine_file(machine.path(), O_RDONLY);
    check_whole(machine.path(), from);
    Copy copy(from, fmt::format("{}{}{}", path, unfinished, ::getpid()));
    lock.unlock();
    copy.keep_as(path, machine.options().durability);
}

void restore_snapshot(const MachineFile& machine, std::string_view name)
{
    const auto& path = machine.path();
    const auto& options = machine.options();
    const auto from = open_machine_file(snapshot_path(machine, name), O_RDONLY);
    check_whole(from.path(), from);
    generation_to_replace(path);
    WriterLock writer(path, options.wait);
    CommitLock lock(path);
    Journal journal(path + ".journal");
    finish_or_discard(journal, lock, path, options);
    Copy copy(from, path + ".new");
    auto header = read_machine_header(copy.file());
    header.generation = std::max(header.generation, generation_to_replace(path)) + 1;
    header.identity = random_identity(); // no journal of the machine that goes fits it
    copy.file().write(std::as_bytes(std::span(&header, 1)), 0);
    CommitLockGuard guard(lock, LockMode::exclusive, options.wait);
    copy.keep_as(path, options.durability);
}

std::vector<Snapshot> list_snapshots(const MachineFile& machine)
{
    std::vector<Snapshot> found;
    const std::filesystem::path path(machine.path());
    const auto prefix = path.filename().string() + std::string(infix);
    const auto directory = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        const auto file_name = entry.path().filename().string();
        struct stat status;
        if (!file_name.starts_with(prefix) || !is_name(file_name.substr(prefix.size()))) continue;
        if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        Snapshot snapshot{file_name.substr(prefix.size()), 0, static_cast<std::uint64_t>(status.st_blocks) * 512, status.st_mtime};
        if (const auto header = header_if_machine(HostFile(entry.path(), O_RDONLY))) snapshot.generation = header->generation;
        found.push_back(std::move(snapshot));
    }
    std::ranges::sort(found, {}, &Snapshot::name);
    return found;
}

void remove_snapshot(const MachineFile& machine, std::string_view name)
{
    const auto path = snapshot_path(machine, name);
    if (::unlink(path.c_str()) != 0) throw std::system_error(errno, std::generic_category(), path + ": cannot remove");
}

} // namespace retromod
