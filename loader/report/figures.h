// SPDX-License-Identifier: GPL-2.0-or-later
// The drawings of a page, as SVG. Tables beside them say the same in words.
#pragma once

#include "loader/report/load_record.h"

#include <string>

namespace retromod {

/// The module's memory to scale, from low addresses at the top to high ones, with an arrow for each member of struct module that
/// points into it. Empty where there are no sections. `id` begins the ids of the drawing.
std::string stack_figure(const LoadRecord& record, const std::string& id);

/// Who uses whom: modules as boxes, an arrow from each to those that it uses. Empty where there is no module; of more modules than
/// can be drawn, those that are connected with the subject.
std::string module_graph(const LoadRecord& record, const std::string& id);

} // namespace retromod
