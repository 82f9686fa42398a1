// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/release_choice.h"

namespace retromod {

std::optional<std::vector<const Release*>> chosen_releases(const std::string& name)
{
    std::vector<const Release*> chosen;
    if (name == "all") {
        for (const auto& release : releases()) chosen.push_back(&release);
        return chosen;
    }
    if (const auto* release = nearest_release(name)) return std::vector{release};
    return std::nullopt;
}

} // namespace retromod
