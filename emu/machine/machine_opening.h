// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"
#include "emu/machine/machine.h"

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

} // namespace retromod
