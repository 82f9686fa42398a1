// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/kmod/kmod.h"

#include <algorithm>

namespace retromod {

std::string kmod_module_name(std::string_view path)
{
    const auto slash = path.rfind('/');
    if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
    std::string name(path.substr(0, path.find('.')));
    std::ranges::replace(name, '-', '_');
    return name;
}

} // namespace retromod
