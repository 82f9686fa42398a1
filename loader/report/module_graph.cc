// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/figures.h"
#include "loader/report/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace retromod {
namespace {

constexpr std::size_t most_modules = 60;
constexpr int box_width = 108, box_height = 26, column = 120, row_height = 64;

using Uses = std::map<std::string, std::vector<std::string>>;

/// The modules that are drawn: all, or those that lead to the subject or are led to by it.
std::set<std::string> drawn(const LoadRecord& record, const Uses& uses)
{
    std::set<std::string> names;
    if (record.modules.size() <= most_modules) {
        for (const auto& module : record.modules)
            names.insert(module.name);
        return names;
    }
    for (const auto& module : record.modules)
        if (module.is_subject) names.insert(module.name);
    for (std::size_t before = 0; before != names.size() && names.size() < most_modules;) {
        before = names.size();
        for (const auto& [user, used] : uses)
            for (const auto& name : used)
                if (names.contains(user) || names.contains(name)) names.insert({user, name});
    }
    return names;
}

/// How far above those that use nobody a module stands. Users stand above what they use; a circle ends at the number of modules.
std::map<std::string, std::size_t> levels(const std::set<std::string>& names, const Uses& uses)
{
    std::map<std::string, std::size_t> level;
    for (const auto& name : names)
        level[name] = 0;
    for (std::size_t round = 0; round < names.size(); ++round)
        for (const auto& [user, used] : uses)
            for (const auto& name : used)
                if (names.contains(user) && names.contains(name))
                    level[user] = std::min(std::max(level[user], level[name] + 1), names.size());
    return level;
}

struct Place {
    int x = 0, y = 0;
};

} // namespace

std::string module_graph(const LoadRecord& record, const std::string& id)
{
    Uses uses;
    std::set<std::string> subjects;
    for (const auto& module : record.modules) {
        uses[module.name] = module.uses;
        if (module.is_subject) subjects.insert(module.name);
    }
    const auto names = drawn(record, uses);
    if (names.empty()) return "";
    const auto level = levels(names, uses);
    std::size_t highest = 0;
    for (const auto& [name, at] : level)
        highest = std::max(highest, at);
    std::map<std::size_t, int> filled;
    std::map<std::string, Place> places;
    int widest = 0;
    for (const auto& [name, at] : level) {
        places[name] = {filled[at]++ * column + 6, static_cast<int>(highest - at) * row_height + 6};
        widest = std::max(widest, places[name].x + column);
    }
    auto svg = fmt::format(
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{}-title\">\n<title id=\"{}-title\">Which module uses "
        "which: an arrow leads to what is used</title>\n",
        std::max(widest, 360), static_cast<int>(highest) * row_height + box_height + 12, id, id);
    for (const auto& [user, used] : uses)
        for (const auto& name : used) {
            if (!places.contains(user) || !places.contains(name)) continue;
            const auto from = places[user], to = places[name];
            const auto x1 = from.x + box_width / 2, y1 = from.y + box_height, x2 = to.x + box_width / 2, y2 = to.y;
            svg += fmt::format("<path class=\"arrow\" d=\"M {} {} C {} {} {} {} {} {}\"><title>{} uses {}</title></path>"
                               "<path class=\"head\" d=\"M {} {} l -4 -7 h 8 z\"/>\n",
                               x1, y1, x1, y1 + 18, x2, y2 - 22, x2, y2 - 6, escaped(user), escaped(name), x2, y2);
        }
    for (const auto& [name, place] : places) {
        const auto subject = subjects.contains(name);
        svg += fmt::format(
            "<rect class=\"gap{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/><text x=\"{}\" y=\"{}\">{}</text>\n",
            subject ? " subject" : "", place.x, place.y, box_width, box_height, place.x + 6, place.y + 17,
            escaped(name.size() > 15 ? name.substr(0, 14) + "~" : name));
    }
    return svg + "</svg>\n";
}

} // namespace retromod
