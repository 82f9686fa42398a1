// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/module_view.h"

#include <optional>
#include <span>
#include <string>

namespace retromod {

/// Which of init_module's checks refused an image, told by what the kernel logged in that call: the kernel's words and
/// the values that it judged. Nothing when it logged none of its refusals.
std::optional<std::string> explain_header(Kernel& kernel, const ModuleView& module, std::span<const std::byte> image,
                                          const std::string& log);

} // namespace retromod
