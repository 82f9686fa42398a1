// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/link/object.h"

namespace retromod {

/// Makes `.got` if relocations ask for one, with a slot for each symbol that needs it. Before commons are allocated.
void create_got(Object& object);

/// Makes `.plt` with a veneer for each symbol of others that a branch refers to. When all symbols are resolved, before
/// commons are allocated.
void create_veneers(Object& object);

/// Moves a laid-out object to `base`, applies all relocations of loaded sections and fills in patched addresses.
/// All problems, in the order of the relocations.
std::vector<Problem> relocate(Object& object, GuestAddr base);

/// The module's memory as it goes to the kernel: `size` bytes from `base`, gaps and .bss zeros. Differs from modutils:
/// there gaps hold what malloc left. Problem: image_too_large.
ProblemOr<std::vector<std::byte>> build_image(const Object& object, GuestAddr base, std::uint64_t size);

} // namespace retromod
