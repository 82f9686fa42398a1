// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/described_devices.h"

namespace retromod {

/// Reads what a user adds to the bare machine (docs/devices.md). Throws std::runtime_error that names file, line and value.
DescribedDevices read_device_file(const std::string& path);

} // namespace retromod
