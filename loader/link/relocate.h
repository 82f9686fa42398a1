// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/link/object.h"

#include <string>
#include <vector>

namespace retromod {

/// Makes `.got` if relocations ask for one, with a slot for each symbol that needs it. Before commons are allocated.
void create_got(Object& object);

/// Makes `.plt` with a veneer for each symbol of others that a branch refers to. When all symbols are resolved, before
/// commons are allocated.
void create_veneers(Object& object);

/// One relocation as it was made, in the psABI's letters: what a reader wants to see worked out.
struct AppliedRelocation {
    std::string section;     ///< that it patches
    std::uint64_t offset = 0;///< bytes into the section
    std::uint32_t type = 0;
    std::string kind;        ///< "R_386_PC32"
    std::string symbol;      ///< a section's name where the symbol has none
    unsigned field_bytes = 0;
    std::uint64_t S = 0, A = 0, P = 0, B = 0, GOT = 0, G = 0, V = 0; ///< as RelocationSite has them
    std::uint64_t before = 0, after = 0; ///< the field
};

/// What the linker did, for those who show it.
struct LinkRecord {
    std::vector<AppliedRelocation> relocations; ///< those that were refused left out
    std::vector<std::byte> image;               ///< as it goes to the kernel
};

/// Moves a laid-out object to `base`, applies all relocations of loaded sections and fills in patched addresses.
/// All problems, in the order of the relocations. What was done is noted in `record`, if there is one.
std::vector<Problem> relocate(Object& object, GuestAddr base, LinkRecord* record = nullptr);

/// The module's memory as it goes to the kernel: `size` bytes from `base`, gaps and .bss zeros. Differs from modutils:
/// there gaps hold what malloc left. Problem: image_too_large.
ProblemOr<std::vector<std::byte>> build_image(const Object& object, GuestAddr base, std::uint64_t size);

} // namespace retromod
