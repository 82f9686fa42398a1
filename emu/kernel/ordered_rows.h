// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <vector>

namespace retromod {

// Tables of what drivers have registered with the kernel, in the order they came: their rows have a member `order`.

/// Adds a row behind all others; nothing when the table is full.
template <class Row>
Row* append_row(Kernel& kernel)
{
    std::uint32_t last = 0;
    for (const auto& row : kernel.machine().table<Row>()) last = row.order > last ? row.order : last;
    auto* row = kernel.machine().table<Row>().insert();
    if (row) row->order = last + 1;
    return row;
}

/// The rows of such a table in order.
template <class Row>
std::vector<Row*> ordered_rows(Kernel& kernel)
{
    std::vector<Row*> rows;
    for (auto& row : kernel.machine().table<Row>()) {
        auto at = rows.end();
        while (at != rows.begin() && (*(at - 1))->order > row.order) --at;
        rows.insert(at, &row);
    }
    return rows;
}

} // namespace retromod
