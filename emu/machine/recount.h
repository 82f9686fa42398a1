// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/finding.h"

#include <cstddef>
#include <set>
#include <span>

namespace retromod {

/// Counts anew, in a machine's bytes of good shape (check_machine_shape), what is counted there: rows of tables, pages in
/// use. Puts right what differs, all of it repairable, and notes the pages (of `page_bytes`) that it wrote.
void recount(std::span<std::byte> mapping, std::size_t page_bytes, Findings& findings, std::set<std::uint64_t>& written);

} // namespace retromod
