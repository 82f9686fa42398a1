// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace retromod {

/// Says whether the headers define a typedef of that name.
using IsDefined = std::function<bool(std::string_view)>;

/// The C declaration of `declarator` ("f_op", "*") with a type as the layout rows spell it: "fn int(struct file*)*" and
/// "open" give "int (*open)(struct file *)". A pointer to an undefined typedef becomes a pointer to void.
std::string c_declaration(std::string_view type, std::string declarator, const IsDefined& is_defined);

} // namespace retromod
