// SPDX-License-Identifier: GPL-2.0-or-later
// What stands behind `if` and `elseif` in modules.conf.
#include "loader/modules/conf_condition.h"

#include <cstdlib>

namespace retromod {
namespace {

template <class T> bool compare(const T& a, std::string_view op, const T& b)
{
    if (op == "==" || op == "=") return a == b;
    if (op == "!=") return a != b;
    if (op == ">=") return a >= b;
    if (op == "<=") return a <= b;
    if (op == ">") return a > b;
    return op == "<" && a < b;
}

long number_of(const std::string& word) { return std::strtol(word.c_str(), nullptr, 0); }

bool is_true(const std::string& word) { return !word.empty() && word != "0" && word != "false"; }

} // namespace

bool condition_holds(std::string_view text, const WordContext& context, bool autoclean)
{
    const bool negated = text.starts_with('!');
    if (negated) take_word(text);
    if (text.starts_with("-k")) return autoclean;
    if (text.starts_with("-f")) {
        take_word(text);
        const auto word = expand_word(text, context);
        return context.tree->is_readable(word.empty() ? std::string(text) : word) != negated;
    }
    const bool numeric = text.starts_with("-n");
    if (numeric) take_word(text);
    const auto left = take_word(text);
    if (text.empty()) return is_true(expand_word(left, context)) != negated;
    const auto op = take_word(text);
    const auto a = expand_word(left, context);
    const auto b = expand_word(text, context);
    return (numeric ? compare(number_of(a), op, number_of(b)) : compare(a, op, b)) != negated;
}

} // namespace retromod
