// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/exports_doc.h"
#include "emu/exports/families.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>

using namespace retromod;

TEST_CASE("docs/exports.md is what the export tables say", "[exports][docs]")
{
    constexpr auto path = "docs/exports.md";
    const auto text = exports_markdown();
    if (std::getenv("UPDATE_DOCS")) std::ofstream(path) << text;
    std::ifstream file(path);
    const std::string kept{std::istreambuf_iterator<char>(file), {}};
    CHECK((kept == text)); // else: UPDATE_DOCS=1 scons check-exports
}

TEST_CASE("no release has two rows for one name on one architecture", "[exports][docs]")
{
    for (const auto version : {LayoutVersion::v2_2_1, LayoutVersion::v2_4_0, LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_22,
                               LayoutVersion::v2_4_37_11}) {
        std::map<std::string_view, std::map<std::string_view, int>> rows; // by name, then architecture; "" is all of them
        for (const auto* family : all_families()) {
            for (const auto& row : family->functions) rows[row.name][row.arch] += row.since.covers(version);
            for (const auto& row : family->data) rows[row.name][""] += row.since.covers(version);
        }
        for (const auto& [name, counts] : rows) {
            INFO(name);
            const auto everywhere = counts.contains("") ? counts.at("") : 0;
            for (const auto& [arch, count] : counts) {
                INFO(arch);
                CHECK(count + (arch.empty() ? 0 : everywhere) <= 1);
            }
        }
    }
}
