// SPDX-License-Identifier: GPL-2.0-or-later
#include "images/c_declaration.h"

#include <vector>

namespace retromod {
namespace {

/// Where the parameter list of a function type opens; the list ends the type.
std::size_t parameter_list(std::string_view type)
{
    int depth = 0;
    for (auto at = type.size(); at-- > 0;) {
        if (type[at] == ')') ++depth;
        if (type[at] == '(' && --depth == 0) return at;
    }
    return type.size();
}

std::vector<std::string_view> split_parameters(std::string_view list)
{
    std::vector<std::string_view> parameters;
    int depth = 0;
    std::size_t start = 0;
    for (std::size_t at = 0; at < list.size(); ++at) {
        if (list[at] == '(') ++depth;
        if (list[at] == ')') --depth;
        if (list[at] != ',' || depth != 0) continue;
        parameters.push_back(list.substr(start, at - start));
        start = at + 1;
    }
    if (start < list.size()) parameters.push_back(list.substr(start));
    return parameters;
}

std::string c_function(std::string_view type, const std::string& declarator, const IsDefined& is_defined)
{
    const auto open = parameter_list(type);
    std::string parameters;
    for (const auto parameter : split_parameters(type.substr(open + 1, type.size() - open - 2)))
        parameters += (parameters.empty() ? "" : ", ") + c_declaration(parameter, "", is_defined);
    constexpr std::string_view word = "fn ";
    const auto result = type.substr(word.size(), open - word.size());
    return c_declaration(result, "(" + declarator + ")(" + (parameters.empty() ? "void" : parameters) + ")", is_defined);
}

bool is_plain_name(std::string_view type) { return type.find(' ') == type.npos && type != "void" && type != "..."; }

} // namespace

std::string c_declaration(std::string_view type, std::string declarator, const IsDefined& is_defined)
{
    if (type.ends_with(']')) {
        const auto parenthesis = type.rfind(')');
        const auto bracket = type.find('[', parenthesis == type.npos ? 0 : parenthesis);
        return c_declaration(type.substr(0, bracket), declarator + std::string(type.substr(bracket)), is_defined);
    }
    if (type.ends_with('*')) {
        auto target = type.substr(0, type.size() - 1);
        if (is_plain_name(target) && !target.ends_with('*') && !is_defined(target)) target = "void";
        return c_declaration(target, "*" + declarator, is_defined);
    }
    if (type.starts_with("fn ")) return c_function(type, declarator, is_defined);
    if (type.starts_with("enum ")) type = "int";
    return std::string(type) + (declarator.empty() ? "" : " ") + declarator;
}

} // namespace retromod
