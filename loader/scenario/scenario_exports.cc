// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/runner.h"

namespace retromod {

const ExportTable& scenario_exports()
{
    static const ExportTable table;
    return table;
}

} // namespace retromod
