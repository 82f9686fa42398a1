// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/symbol_versions.h"

#include "emu/abi/gpl_exports.h"
#include "emu/machine/host_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace retromod {
namespace {

// Before the names of a System.map's exported symbols: of the string, and of the entry of one that has no string of its own
// (Using_Versions).
constexpr std::string_view string_prefix = "__kstrtab_", entry_prefix = "__export_";

bool is_hex(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

/// `printk` of `printk_R1b7d4074`, of `printk_Rsmp_1b7d4074` and of `GPLONLY_printk`; the name itself where there is no version.
std::string plain_name(std::string_view name)
{
    if (name.starts_with(gpl_only_prefix)) name.remove_prefix(gpl_only_prefix.size());
    const auto tail = name.rfind("_R");
    const bool versioned =
        tail != std::string_view::npos && tail > 0 && name.size() >= tail + 10 && is_hex(name.substr(name.size() - 8));
    return std::string(versioned ? name.substr(0, tail) : name);
}

} // namespace

std::unordered_map<std::string, std::string> read_symbol_versions(const std::string& path)
{
    std::istringstream file(read_host_text(path));
    std::unordered_map<std::string, std::string> versions;
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
        std::istringstream words(line);
        std::string address, name, more;
        words >> address >> name >> more;
        if (address.empty() || address == "Address") continue; // blank, or ksyms' heading
        if (!is_hex(address) || name.empty())
            throw std::runtime_error(fmt::format("{}:{}: '{}' is not an address and a name", path, number, line));
        const bool system_map = name.size() == 1 && !more.empty();
        if (system_map) {
            if (more.starts_with(string_prefix)) name = more.substr(string_prefix.size());
            else if (more.starts_with(entry_prefix)) name = more.substr(entry_prefix.size());
            else continue;
        } else if (more.starts_with("[")) {
            continue;
        }
        versions[plain_name(name)] = name;
    }
    if (versions.empty()) throw std::runtime_error(fmt::format("{}: no exported symbol in it", path));
    return versions;
}

} // namespace retromod
