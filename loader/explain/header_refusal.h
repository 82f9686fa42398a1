// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/module_view.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace retromod {

/// Which of init_module's checks refused an image, told by what the kernel logged in that call: the kernel's words and
/// the values that it judged. Nothing when it logged none of its refusals.
std::optional<std::string> explain_header(Kernel& kernel, const ModuleView& module, std::span<const std::byte> image,
                                          const std::string& log);

/// The values that one of init_module's checks looks at: "syms=0xc8800280, module ends at 0xc8800464, nsyms=3". `message` is
/// how the kernel's line begins when that check refuses; empty text for a check without values.
std::string header_values(Kernel& kernel, const ModuleView& module, std::span<const std::byte> image, std::string_view message);

} // namespace retromod
