// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

class Kernel;

/// The text of /proc/pci.
std::string pci_text(Kernel& kernel);

} // namespace retromod
