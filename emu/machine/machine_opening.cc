// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_opening.h"

#include "emu/machine/host_path.h"
#include "emu/machine/machine_check.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace retromod {

MachineHeader read_machine_header(const HostFile& file)
{
    MachineHeader header;
    if (file.read(std::as_writable_bytes(std::span(&header, 1)), 0) != sizeof header)
        throw MachineDamaged(fmt::format("{} bytes are too short for a machine", file.size()));
    return header;
}

std::optional<MachineHeader> header_if_machine(const HostFile& file)
{
    MachineHeader header{};
    file.read(std::as_writable_bytes(std::span(&header, 1)), 0);
    if (std::string_view(header.magic, sizeof header.magic) != machine_magic) return std::nullopt;
    return header;
}

HostFile open_machine_file(const std::string& path, int flags)
{
    auto opened = open_regular(path, flags);
    if (!opened) throw std::system_error(ENOENT, std::generic_category(), path + ": cannot open");
    auto file = std::move(*opened);
    try {
        check_machine_format(read_machine_header(file), file.size());
    } catch (const MachineDamaged& damage) {
        throw MachineDamaged(path + ": " + damage.what());
    }
    struct stat found;
    if (::fstat(file.descriptor(), &found) == 0 && found.st_nlink > 1)
        throw MachineDamaged(path + ": this machine has several names (hard links), and locks go by the name");
    return file;
}

std::unique_ptr<Machine> attach_machine(const std::string& path, std::span<std::byte> mapping)
{
    try {
        return std::make_unique<Machine>(mapping);
    } catch (const MachineDamaged& damage) {
        throw MachineDamaged(path + ": " + damage.what());
    }
}

std::uint64_t random_identity()
{
    std::uint64_t identity = 0;
    if (::getrandom(&identity, sizeof identity, 0) != sizeof identity)
        throw std::system_error(errno, std::generic_category(), "no random numbers from the host");
    return identity;
}

void finish_pending_commit(Journal& journal, CommitLock& lock, const std::string& path, const MachineFileOptions& options)
{
    if (!journal.is_complete()) return;
    CommitLockGuard guard(lock, LockMode::exclusive, options.wait);
    auto machine = open_machine_file(path, O_RDWR);
    journal.recover(machine, options.durability);
}

void finish_pending_commit(Journal& journal, CommitLock& lock, HostFile& machine, const MachineFileOptions& options)
{
    if (!journal.is_complete()) return;
    CommitLockGuard guard(lock, LockMode::exclusive, options.wait);
    journal.recover(machine, options.durability);
}

std::uint64_t generation_to_replace(const std::string& path)
{
    const auto directory = std::filesystem::path(path).parent_path();
    HostFile(directory.empty() ? "." : directory.string(), O_RDONLY | O_DIRECTORY); // fails by its own name
    refuse_other_kinds(path);
    const auto old = HostFile::open_existing(path, O_RDWR);
    if (!old) return 0;
    if (const auto header = header_if_machine(*old)) return header->generation;
    errno = EEXIST;
    old->fail("not a machine, so it is not replaced");
}

void move_into_place(HostFile& file, const std::string& path, Durability durability)
{
    const auto own = file.path();
    const bool durable = durability == Durability::power_failure;
    const auto exchange = [&] { return ::renameat2(AT_FDCWD, own.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0; };
    const bool exchanged = durable && exchange(); // the machine that goes has our name until ours is safe
    if (!exchanged && ::rename(own.c_str(), path.c_str()) != 0) file.fail("cannot become " + path);
    if (durable) {
        try {
            sync_directory_of(path);
        } catch (const std::system_error&) {
            if (exchanged) exchange();
            else ::rename(path.c_str(), own.c_str());
            throw;
        }
    }
    if (exchanged) ::unlink(own.c_str());
    file.set_path(path);
}

void remove_unfinished(const std::string& path)
{
    refuse_other_kinds(path);
    const auto left = HostFile::open_existing(path, O_RDONLY);
    if (!left) return;
    MachineHeader header{};
    left->read(std::as_writable_bytes(std::span(&header, 1)), 0);
    const std::string_view magic(header.magic, sizeof header.magic);
    if (magic != machine_magic && magic != std::string_view("\0\0\0\0\0\0\0", sizeof header.magic)) {
        errno = EEXIST;
        left->fail("not a machine being made, so it is not replaced");
    }
    ::unlink(path.c_str());
}

void finish_or_discard(Journal& journal, CommitLock& lock, const std::string& path, const MachineFileOptions& options)
{
    try {
        finish_pending_commit(journal, lock, path, options);
    } catch (const MachineDamaged&) {
        if (is_foreign_journal(path + ".journal")) throw;
        journal.discard();
    }
}

void lock_settled(CommitLock& lock, const std::string& path, const MachineFileOptions& options)
{
    const auto is_pending = [&] {
        const auto journal = Journal::open_for_reading(path + ".journal");
        return journal && journal->is_complete();
    };
    lock.lock(LockMode::shared, options.wait);
    while (is_pending()) { // the commit's process died while it wrote
        lock.unlock();
        {
            CommitLockGuard guard(lock, LockMode::exclusive, options.wait);
            auto machine = open_machine_file(path, O_RDWR);
            Journal(path + ".journal").recover(machine, options.durability);
        }
        lock.lock(LockMode::shared, options.wait);
    }
}

} // namespace retromod
