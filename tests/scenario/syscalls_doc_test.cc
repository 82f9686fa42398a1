// SPDX-License-Identifier: GPL-2.0-or-later
// docs/syscalls.md says what the code does: its table of rules against the releases, its messages against the log.
#include "emu/abi/release.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

using namespace retromod;

namespace {

std::string file_text(const std::string& path)
{
    std::ifstream file(path);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The cells of each table row of the page.
std::vector<std::vector<std::string>> rows()
{
    std::vector<std::vector<std::string>> rows;
    std::istringstream page(file_text("docs/syscalls.md"));
    for (std::string line; std::getline(page, line);) {
        if (!line.starts_with("| ")) continue;
        std::vector<std::string> cells;
        std::istringstream row(line.substr(1));
        for (std::string cell; std::getline(row, cell, '|');) {
            const auto first = cell.find_first_not_of(' ');
            cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
        }
        rows.push_back(cells);
    }
    return rows;
}

struct Rule {
    std::string_view name;
    bool CallRules::*member;
};

constexpr Rule rules[] = {
    {"module_has_tail", &CallRules::module_has_tail},
    {"bounds_from_image_header", &CallRules::bounds_from_image_header},
    {"whole_image_header", &CallRules::whole_image_header},
    {"checks_name_pointer", &CallRules::checks_name_pointer},
    {"create_counts_nul", &CallRules::create_counts_nul},
    {"compares_private_name", &CallRules::compares_private_name},
    {"rewrites_old_name", &CallRules::rewrites_old_name},
    {"reports_name_failure", &CallRules::reports_name_failure},
    {"checks_deps_first", &CallRules::checks_deps_first},
    {"accepts_kernel_as_dep", &CallRules::accepts_kernel_as_dep},
    {"failing_init_returns_own", &CallRules::failing_init_returns_own},
    {"has_initializing", &CallRules::has_initializing},
    {"header_copy_can_fail", &CallRules::header_copy_can_fail},
    {"ksyms_by_seq_file", &CallRules::ksyms_by_seq_file},
    {"checks_gp_in_order", &CallRules::checks_gp_in_order},
    {"faults_search_live_only", &CallRules::faults_search_live_only},
    {"finds_module_symbols", &CallRules::finds_module_symbols},
};
static_assert(std::size(rules) == sizeof(CallRules), "a rule without a row here");

} // namespace

TEST_CASE("the page's table of rules is that of the releases", "[docs]")
{
    std::map<std::string, std::vector<std::string>> documented;
    std::vector<std::string> heading;
    for (const auto& row : rows()) {
        if (row[0] == "rule") heading = row;
        if (row[0].starts_with("`") && row.size() == 7) documented[row[0].substr(1, row[0].size() - 2)] = row;
    }
    REQUIRE(heading.size() == 7);
    CHECK(documented.size() == std::size(rules));
    for (const auto& rule : rules) {
        INFO(rule.name);
        REQUIRE(documented.contains(std::string(rule.name)));
        for (std::size_t column = 2; column < heading.size(); ++column) {
            const auto* release = find_release(heading[column]);
            REQUIRE(release);
            INFO(release->name);
            CHECK(documented[std::string(rule.name)][column] == (release->rules->*rule.member ? "yes" : "no"));
        }
    }
}

TEST_CASE("init_module's messages stand in the page in the order of the code's checks", "[docs]")
{
    const auto code = file_text("emu/kernel/init_module.cc");
    const auto table = code.substr(code.find("header_checks[]"));
    std::vector<std::string> checked;
    std::istringstream lines(table.substr(0, table.find("};")));
    for (std::string line; std::getline(lines, line);)
        if (const auto quote = line.find('"'); quote != std::string::npos)
            checked.push_back(line.substr(quote + 1, line.rfind('"') - quote - 1));
    REQUIRE(checked.size() == 15);
    std::size_t next = 0;
    for (const auto& row : rows()) {
        if (row.size() < 10 || next == checked.size()) continue;
        if (row[3] == "`" + checked[next] + "`") ++next;
    }
    INFO("not in its place: " << (next < checked.size() ? checked[next] : ""));
    CHECK(next == checked.size());
}
