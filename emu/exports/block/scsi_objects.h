// SPDX-License-Identifier: GPL-2.0-or-later
// Lists that the SCSI mid-layer keeps in guest memory, and its upper drivers.
#pragma once

#include "emu/kernel/thread.h"

#include <string_view>
#include <vector>

namespace retromod {

/// The objects of `type` from the kernel variable `list` on, along their `next`. None where the kernel lacks the variable.
std::vector<GuestAddr> chain(Kernel& kernel, std::string_view list, std::string_view type);
void append_to_chain(Kernel& kernel, std::string_view list, std::string_view type, GuestAddr object);
/// False when the object is not in the chain.
bool take_from_chain(Kernel& kernel, std::string_view list, std::string_view type, GuestAddr object);

/// Upper drivers: disks, tapes, CD-ROMs, generic.
Step register_scsi_driver(Kernel& kernel, Frame& frame, GuestAddr driver);
void unregister_scsi_driver(Kernel& kernel, GuestAddr driver);

} // namespace retromod
