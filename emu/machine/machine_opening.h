// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"
#include "emu/machine/machine.h"
#include "emu/machine/machine_file.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

namespace retromod {

/// The header as it is in the file now. Throws MachineDamaged when the file is too short for one.
MachineHeader read_machine_header(const HostFile& file);

/// The header, as far as the file has one, if the file is a machine's, even a damaged one.
std::optional<MachineHeader> header_if_machine(const HostFile& file);

/// Opens the file of a machine, having checked that it is one of this format, whole, and under one name only.
/// Throws std::system_error or MachineDamaged, with the path.
HostFile open_machine_file(const std::string& path, int flags);

/// A Machine over the bytes of that file; its MachineDamaged names the path.
std::unique_ptr<Machine> attach_machine(const std::string& path, std::span<std::byte> mapping);

/// A number that no other machine file has.
std::uint64_t random_identity();

/// Takes the commit lock shared, having finished what a killed process left in the journal.
void lock_settled(CommitLock& lock, const std::string& path, const MachineFileOptions& options);

/// The generation of the machine that a fresh one at that path will replace; 0 when there is none. A machine, whole or
/// damaged, may be replaced; nothing else may: std::system_error.
std::uint64_t generation_to_replace(const std::string& path);

/// Gives a complete machine its name, in place of the machine that has it. Where that is to outlast a power failure and cannot,
/// everything is as before: std::system_error.
void move_into_place(HostFile& file, const std::string& path, Durability durability);

/// Whether the file at that path is no journal, but somebody's that happens to have the name of one.
bool is_foreign_journal(const std::string& path);

/// Removes a copy or fresh machine that a process which died left at that path. What it could not have left stays:
/// std::system_error.
void remove_unfinished(const std::string& path);

/// Finishes what a killed process left in the journal. The writer lock must be held.
void finish_pending_commit(Journal& journal, CommitLock& lock, const std::string& path, const MachineFileOptions& options);
/// The same of a machine that is open for writing: a jailed process can open nothing.
void finish_pending_commit(Journal& journal, CommitLock& lock, HostFile& machine, const MachineFileOptions& options);
/// The same before the machine is replaced: a journal that cannot be finished belongs to a machine that goes.
void finish_or_discard(Journal& journal, CommitLock& lock, const std::string& path, const MachineFileOptions& options);

} // namespace retromod
