// SPDX-License-Identifier: GPL-2.0-or-later
// Values of scenario files: what they stand for, and how a result shows an address.
#include "emu/kernel/module_list.h"
#include "loader/scenario/arch_numbers.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::int64_t lowest_i386_errno = -125; ///< as the measured results have it

} // namespace

using nlohmann::json;

std::uint64_t ScenarioRunner::address_of(std::string_view label) const
{
    if (label == "kernel") return kernel_module_.value;
    const auto found = labels_.find(label);
    return found == labels_.end() ? scenario_nowhere(kernel_.arch()).value : found->second.base;
}

/// A value: a number, or terms joined by + and -; `own_label` is what a lone @ stands for.
std::uint64_t ScenarioRunner::value(const json& value, std::string_view own_label) const
{
    if (value.is_number_unsigned()) return kernel_.arch().word(value.get<std::uint64_t>());
    if (value.is_number_integer()) return kernel_.arch().word(static_cast<std::uint64_t>(value.get<std::int64_t>()));
    std::uint64_t sum = 0;
    const auto terms = value_terms(value.get_ref<const std::string&>());
    for (const auto& [minus, term] : terms.value()) {
        std::uint64_t amount = 0;
        if (term == "$H") amount = module_layout_.header_bytes();
        else if (term == "@") amount = address_of(own_label);
        else if (term.starts_with("@")) amount = address_of(term.substr(1));
        else if (term.starts_with("&")) amount = symbol_value(term.substr(1));
        else amount = number_in_text(term).value();
        sum += minus ? 0 - amount : amount;
    }
    return kernel_.arch().word(sum);
}

std::uint64_t ScenarioRunner::symbol_value(std::string_view name) const
{
    for (const auto& [address, symbol] : symbols_)
        if (symbol == name) return address;
    throw ScenarioError(fmt::format("'{}' is not among the scenario's symbols", name));
}

/// Where the member of struct module is here. Throws ScenarioError when the architecture has none of that name.
Field ScenarioRunner::header_field(const std::string& name) const
{
    if (!scenario_field_offset(name) && !scenario_header_member(name, module_layout_))
        throw ScenarioError(fmt::format("struct module has no '{}' on {}", name, kernel_.arch().name));
    return scenario_header_field(module_layout_, name);
}

/// An address as scenario files write it: "@label+OFFSET", "@kernel", "&symbol", or the number.
json ScenarioRunner::show(std::uint64_t address) const
{
    if (address == kernel_module_.value) return "@kernel";
    if (const auto symbol = symbols_.find(address); symbol != symbols_.end()) return "&" + symbol->second;
    for (const auto& [label, module] : labels_) {
        if (address < module.base || address - module.base > round_up(module.size, kernel_.arch().page_bytes)) continue;
        return fmt::format("@{}+{}", label, address - module.base);
    }
    return address;
}

json ScenarioRunner::show_return(std::uint64_t word) const
{
    const auto value = kernel_.arch().signed_word(word);
    if (value >= 0) return value;
    const bool is_error = kernel_.arch().errno_set != ErrnoSet::generic || value >= lowest_i386_errno;
    if (const auto error = is_error ? SyscallResult{word}.error(kernel_.arch()) : std::nullopt)
        return std::string(errno_name(*error));
    auto shown = show(word);
    return shown.is_string() ? shown : json(value);
}

} // namespace retromod
