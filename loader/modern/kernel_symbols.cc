// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/kernel_symbols.h"

#include <algorithm>
#include <map>
#include <string>

namespace retromod {
namespace {

constexpr KernelExport rows[] = {
#define RETROMOD_SYMBOL(name) {#name, false, 0},
#define RETROMOD_GPL_SYMBOL(name) {#name, true, 0},
#include "loader/modern/kernel_symbols.inc"
#undef RETROMOD_SYMBOL
#undef RETROMOD_GPL_SYMBOL
};

using Table = std::map<std::string_view, KernelExport>;

Table with_versions(const Release& release)
{
    Table table;
    for (auto row : rows) {
        row.crc = profile_crc(row.name, release);
        table.emplace(row.name, row);
    }
    return table;
}

} // namespace

// FNV-1a over "RELEASE NAME": any function of both would do; images/modern/build.py has the same one.
std::uint32_t profile_crc(std::string_view name, const Release& release)
{
    std::uint32_t hash = 2166136261u;
    for (const char c : std::string(release.name) + " " + std::string(name))
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

std::span<const KernelExport> kernel_symbol_names() { return rows; }

const KernelExport* find_kernel_symbol(const Release& release, std::string_view name)
{
    static const std::map<std::string_view, Table> tables = [] {
        std::map<std::string_view, Table> all;
        for (const auto& modern : modern_releases()) all.emplace(modern.name, with_versions(modern));
        return all;
    }();
    const auto table = tables.find(release.name);
    if (table == tables.end()) return nullptr;
    const auto found = table->second.find(name);
    return found == table->second.end() ? nullptr : &found->second;
}

} // namespace retromod
