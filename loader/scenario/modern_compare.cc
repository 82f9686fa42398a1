// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/modern_compare.h"

#include <algorithm>
#include <regex>

namespace retromod {
namespace {

constexpr std::size_t longest_record = 1000; ///< a record of more characters did not fit the buffer that the log was read with

std::string with_addresses_hidden(const std::string& line)
{
    static const std::regex relocation(R"(loc [0-9a-f]+, val [0-9a-f]+)"), overflow(R"(val [0-9a-f]+$)");
    return std::regex_replace(std::regex_replace(line, relocation, "loc ADDR, val ADDR"), overflow, "val ADDR");
}

std::string with_section_numbers_hidden(const std::string& line)
{
    static const std::regex in_module(R"(\(section \d+ type \d+\))"), by_index(R"(\(index \d+\))"),
        header(R"(hdr\(type \d+\))"), names(R"(section name index: \d+ \|\| e_shstrndx \(\d+\) >= e_shnum \(\d+\))"),
        links(R"(SHN_UNDEF\(\d+\) or \(sh_link\(\d+\) >= hdr->e_shnum\(\d+\))"), most(R"(index (\d+) \(max \d+\))");
    auto text = std::regex_replace(line, in_module, "(section N)");
    text = std::regex_replace(text, by_index, "(index N)");
    text = std::regex_replace(text, header, "hdr(type N)");
    text = std::regex_replace(text, names, "section name index");
    text = std::regex_replace(text, most, "index $1 (max N)");
    return std::regex_replace(text, links, "sh_link");
}

std::string with_own_release(const std::string& line, const ModernComparison& how)
{
    constexpr std::string_view reference = "6.1.0-50-amd64";
    constexpr std::string_view older = "Skipping invalid relocation target", newer = "Invalid relocation target";
    auto text = line;
    if (const auto at = text.find(older); at != text.npos) text.replace(at, older.size(), newer);
    for (auto at = text.find(reference); at != text.npos; at = text.find(reference, at + how.release.size()))
        text.replace(at, reference.size(), how.release);
    return text;
}

std::string normal_line(const std::string& line, const ModernComparison& how)
{
    const auto text = with_addresses_hidden(line);
    return how.other_release ? with_section_numbers_hidden(text) : text;
}

} // namespace

std::vector<std::string> normal_log(const std::vector<std::string>& log, const ModernComparison& how)
{
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < log.size(); ++at) {
        const auto& line = log[at];
        if (line.size() > longest_record) continue;
        if (line.starts_with("4 WARNING: ")) {
            while (at + 1 < log.size() && !log[at].starts_with("4 ---[ end trace")) ++at;
            lines.emplace_back("<trace cut>");
        } else if (line.starts_with("4 CPU: ")) {
            lines.emplace_back("<trace cut>"); // a dump without an end mark: the reference logs were cut there
            break;
        } else {
            lines.push_back(normal_line(line, how));
        }
    }
    return lines;
}

std::vector<std::string> expected_log(const nlohmann::json& expected, const ModernComparison& how)
{
    std::vector<std::string> lines;
    for (const auto& line : expected)
        lines.push_back(how.other_release ? with_section_numbers_hidden(with_own_release(line.get<std::string>(), how))
                                          : line.get<std::string>());
    return lines;
}

std::vector<std::string> normal_modules(std::vector<std::string> lines, const ModernComparison& how)
{
    static const std::regex address(R"( 0x(?!0+(\s|$))[0-9a-f]+)"), size(R"(^(.*) \d+ (-?\d+ \S+ (Live|Loading|Unloading) ))");
    static const std::regex any_address(R"( 0x[0-9a-fADR]+)");
    for (auto& line : lines) {
        line = std::regex_replace(line, address, " 0xADDR");
        // Where a module has no text, 6.12 shows no address.
        if (how.other_release) line = std::regex_replace(std::regex_replace(line, size, "$1 SIZE $2"), any_address, " 0xADDR");
    }
    return lines;
}

} // namespace retromod
