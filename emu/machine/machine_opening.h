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
/// damaged, may be replaced, and an empty file; any other may not: std::system_error.
std::uint64_t generation_to_replace(const std::string& path);

/// Finishes what a killed process left in the journal. The writer lock must be held.
void finish_pending_commit(Journal& journal, CommitLock& lock, const std::string& path, const MachineFileOptions& options);
/// The same of a machine that is open for writing: a jailed process can open nothing.
void finish_pending_commit(Journal& journal, CommitLock& lock, HostFile& machine, const MachineFileOptions& options);
/// The same before the machine is replaced: a journal that cannot be finished belongs to a machine that goes.
void finish_or_discard(Journal& journal, CommitLock& lock, const std::string& path, const MachineFileOptions& options);

} // namespace retromod
