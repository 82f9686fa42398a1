// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's symbols from a file: depmod -F. Source: modutils 2.4 depmod.c, addksyms.
#include "loader/modules/conf_lines.h"
#include "loader/modules/depmod.h"

#include <fmt/format.h>

namespace retromod {
namespace {

std::vector<std::string_view> words_of(std::string_view line)
{
    constexpr std::string_view blanks = " \t\n\r";
    std::vector<std::string_view> words;
    for (auto at = line.find_first_not_of(blanks); at != line.npos;) {
        const auto end = std::min(line.find_first_of(blanks, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = line.find_first_not_of(blanks, end);
    }
    return words;
}

/// The name behind a symbol of System.map that stands for an exported one.
std::optional<std::string> exported_name(std::string_view symbol)
{
    struct Prefix {
        std::string_view text, replacement;
    };
    constexpr Prefix prefixes[] = {
        {"__kstrtab___dot_", "."}, {"__kstrtab___sparc_dot_", "."}, {"__kstrtab_", ""}, {"__export_priv_", "__"}};
    for (const auto& prefix : prefixes)
        if (symbol.starts_with(prefix.text))
            return std::string(prefix.replacement) + std::string(symbol.substr(prefix.text.size()));
    return std::nullopt;
}

std::string without_gplonly(std::string name) { return name.starts_with("GPLONLY_") ? name.substr(8) : name; }

} // namespace

std::optional<std::vector<std::string>> read_kernel_symbols(const std::string& host_path, std::string_view shown,
                                                            const Speech& speech)
{
    const auto refuse = [&](std::string_view text) -> std::optional<std::vector<std::string>> {
        speech.error(fmt::format("{} {}", text, shown));
        return std::nullopt;
    };
    const auto text = read_conf_file(host_path);
    if (!text) return refuse("Can't read");
    if (text->empty()) return refuse("premature EOF on");
    std::vector<std::string> names;
    std::optional<bool> is_map;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        const auto words = words_of(line);
        if (!is_map) {
            if (words.empty()) return refuse("Illegal format of");
            is_map = words.size() > 1 && words[1].size() == 1;
        }
        const std::size_t first = !line.empty() && (line.front() == ' ' || line.front() == '\t') ? 0 : 1; // without address
        const auto place = first + (*is_map ? 1 : 0);
        if (words.size() <= place || (!*is_map && line.find('[') != line.npos)) continue;
        if (!*is_map) names.push_back(without_gplonly(std::string(words[place])));
        else if (auto name = exported_name(words[place])) names.push_back(without_gplonly(std::move(*name)));
    }
    return names;
}

} // namespace retromod
