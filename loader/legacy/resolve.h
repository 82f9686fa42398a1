// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/kernel_info.h"
#include "loader/legacy/license.h"
#include "loader/legacy/load_report.h"
#include "loader/link/object.h"

#include <functional>

namespace retromod {

/// The "section" of a symbol that was bound to a stub.
constexpr std::uint32_t stub_section = 0xffffffff;

/// What the running kernel could give.
struct Offer {
    std::vector<std::size_t> used_modules; ///< numbers of modules that supplied a symbol, in the kernel's order
    bool gplonly_seen = false;             ///< some symbol is for GPL modules only
};

/// Offers the module every symbol that modules and then the kernel export. Only names that the module has as non-local
/// ones are taken, each from the first that has it. `kernel` must outlive `object`.
Offer add_kernel_symbols(Object& object, const KernelInfo& kernel, const License& license);

/// Sets weak undefined symbols to 0, asks `bind` for the others that relocations need; the names that remain.
std::vector<std::string> settle_undefined(Object& object,
                                          const std::function<std::optional<GuestAddr>(std::string_view)>& bind);

/// The symbols that came from elsewhere.
std::vector<ResolvedImport> imports_of(const Object& object, const KernelInfo& kernel);

} // namespace retromod
