// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/core/module_functions.h"
#include "loader/scenario/runner.h"

namespace retromod {

const ExportTable& scenario_exports()
{
    static const ExportTable table = [] {
        ExportTable exports;
        exports.functions = {module_functions()};
        return exports;
    }();
    return table;
}

} // namespace retromod
