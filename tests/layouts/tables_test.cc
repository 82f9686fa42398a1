// SPDX-License-Identifier: GPL-2.0-or-later
// The tables beside this file hold what compilers of the time made of the kernels' headers: structure, member, offset,
// size, type; a row without member holds the structure's size.
#include "emu/abi/layout_set.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>

using namespace retromod;

namespace {

struct TableRow {
    std::string structure, member, offset, size, type;
};

std::vector<TableRow> read_table(const std::filesystem::path& path)
{
    std::vector<TableRow> rows;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::vector<std::string> cells{""};
        for (const char c : line) {
            if (c == '\t') cells.emplace_back();
            else cells.back() += c;
        }
        if (cells.size() != 5) throw std::runtime_error(path.string() + ": " + line);
        rows.push_back({cells[0], cells[1], cells[2], cells[3], cells[4]});
    }
    return rows;
}

/// "2.4.18-14-i386-smp-gcc2.95" names what the table is of.
LayoutSet set_for(const std::string& table)
{
    std::smatch part;
    if (!std::regex_match(table, part, std::regex("(.*)-([a-z0-9_]+)-(up|smp)-gcc(3|2\\.95)"))) throw std::runtime_error(table);
    const std::map<std::string, LayoutVersion> versions = {
        {"2.2.1", LayoutVersion::v2_2_1}, {"2.4.0", LayoutVersion::v2_4_0}, {"2.4.18-14", LayoutVersion::v2_4_18_14},
        {"2.2.6", LayoutVersion::v2_2_6}, {"2.2.26", LayoutVersion::v2_2_26}, {"2.4.20", LayoutVersion::v2_4_20},
        {"2.4.22", LayoutVersion::v2_4_22}, {"2.4.27", LayoutVersion::v2_4_27}, {"2.4.31", LayoutVersion::v2_4_31},
        {"2.4.37.11", LayoutVersion::v2_4_37_11},
    };
    return {*find_arch(part[2].str()), versions.at(part[1]), part[3] == "smp",
            part[4] == "3" ? Compiler::gcc_3 : Compiler::gcc_2_95};
}

std::vector<std::filesystem::path> tables()
{
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator("tests/layouts"))
        if (entry.path().extension() == ".tsv") paths.push_back(entry.path());
    std::ranges::sort(paths);
    return paths;
}

std::string line(const TableRow& row)
{
    return row.structure + " " + row.member + " at " + row.offset + " size " + row.size + " " + row.type;
}

std::string line(std::string_view structure, const MemberLayout& member)
{
    return line({std::string(structure), std::string(member.name), std::to_string(member.field.offset),
                 std::to_string(member.field.size), member.type});
}

} // namespace

TEST_CASE("every row of every measured table is reproduced: order, offset, size and type", "[abi][layouts]")
{
    const auto paths = tables();
    REQUIRE(paths.size() == 45);
    std::size_t compared = 0;
    for (const auto& path : paths) {
        const auto set = set_for(path.stem().string());
        std::map<std::string, std::vector<std::string>> measured;
        for (const auto& row : read_table(path)) {
            if (!row.member.empty()) measured[row.structure].push_back(line(row));
            else if (!set.has(row.structure)) FAIL_CHECK(path.stem() << " lacks " << row.structure);
            else if (set.size(row.structure) != std::stoul(row.size))
                FAIL_CHECK(path.stem() << " " << row.structure << " has " << set.size(row.structure) << " bytes, not " << row.size);
            if (row.member.empty()) measured[row.structure];
            ++compared;
        }
        for (const auto& [structure, rows] : measured) {
            std::vector<std::string> computed;
            for (const auto& member : set.members(structure)) computed.push_back(line(structure, member));
            const auto [a, b] = std::mismatch(rows.begin(), rows.end(), computed.begin(), computed.end());
            if (a != rows.end() || b != computed.end())
                FAIL_CHECK(path.stem() << " expects " << (a == rows.end() ? "no more" : *a) << ", computed "
                                       << (b == computed.end() ? "no more" : *b));
        }
    }
    CHECK(compared == 69961);
}

TEST_CASE("a member that a release lacks is not found in it", "[abi][layouts]")
{
    const LayoutSet old(i386(), LayoutVersion::v2_2_1, false, Compiler::gcc_2_95);
    CHECK(old.has("struct wait_queue"));
    CHECK_FALSE(old.has("struct tasklet_struct"));
    CHECK_FALSE(old.has("struct module", "kallsyms_start"));
    CHECK_THROWS_AS(old.field("struct module", "kallsyms_start"), std::out_of_range);
    CHECK_THROWS_AS(old.size("struct tasklet_struct"), std::out_of_range);
    CHECK(old.members("struct tasklet_struct").empty());
}

TEST_CASE("a layout set is made in less than 300 us", "[abi][layouts]")
{
    LayoutSet(i386(), LayoutVersion::v2_4_22, false, Compiler::gcc_3).size("struct module"); // the rows' index, once
    const auto start = std::chrono::steady_clock::now();
    constexpr int sets = 100;
    for (int i = 0; i < sets; ++i) {
        const LayoutSet set(i386(), LayoutVersion::v2_4_22, false, Compiler::gcc_3);
        if (set.field("struct module", "flags").offset != 20) FAIL();
    }
    const auto each = (std::chrono::steady_clock::now() - start) / sets;
    CHECK(each < std::chrono::microseconds(300));
}
