// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/layouts/placement.h"

namespace retromod::layouts {

/// The alignment of a scalar of that many bytes inside a structure. Source: the architecture's psABI.
std::uint32_t scalar_alignment(std::uint32_t size, const Arch& arch);

/// The extent of a C scalar ("volatile long unsigned int") or of a pointer ("struct page*"); nothing for other types.
std::optional<Extent> scalar_extent(std::string_view type, const Arch& arch);

/// The alignment of a type of which only the size is known: the largest power of two in it, up to a word's.
std::uint32_t natural_alignment(std::uint32_t size, const Arch& arch);

} // namespace retromod::layouts
