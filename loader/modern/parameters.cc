// SPDX-License-Identifier: GPL-2.0-or-later
// The text behind a module's name: words, quotes, and what each is for. Source: parse_args, next_arg and parse_one of
// kernel/params.c and lib/cmdline.c, unknown_module_param_cb, ddebug_dyndbg_module_param_cb.
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "loader/modern/numbers.h"
#include "loader/modern/parameter_records.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// The kernel's isspace: also what Latin-1 has for a blank.
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0'; }

struct Argument {
    std::string key;
    std::optional<std::string> value;
};

/// Takes the first word of `text`, which does not begin with a blank. Quotes protect blanks anywhere; they are taken off
/// only around the whole word and around the value.
Argument next_argument(std::string_view& text)
{
    const bool quoted = text.starts_with('"');
    if (quoted) text.remove_prefix(1);
    bool in_quotes = quoted;
    std::size_t equals = 0, end = 0;
    for (; end < text.size(); ++end) {
        if (is_space(text[end]) && !in_quotes) break;
        if (equals == 0 && text[end] == '=') equals = end; // at 0 it is none
        if (text[end] == '"') in_quotes = !in_quotes;
    }
    auto word = text.substr(0, end);
    text.remove_prefix(end);
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    const bool ends_quoted = word.ends_with('"');
    Argument argument;
    if (!equals) {
        if (quoted && ends_quoted) word.remove_suffix(1);
        argument.key = word;
        return argument;
    }
    argument.key = word.substr(0, equals);
    auto value = word.substr(equals + 1);
    if (value.starts_with('"')) {
        value.remove_prefix(1);
        if (ends_quoted && !value.empty()) value.remove_suffix(1);
    } else if (quoted && ends_quoted && !value.empty()) {
        value.remove_suffix(1);
    }
    argument.value = value;
    return argument;
}

std::string underscored(std::string_view name)
{
    std::string text(name);
    std::ranges::replace(text, '-', '_');
    return text;
}

} // namespace

ModernKernel::Parameter ModernKernel::load_parameter(GuestAddr at)
{
    auto& memory = kernel_.memory();
    Parameter parameter;
    parameter.at = at;
    parameter.name = memory.load_string(memory.load_pointer(at));
    if (kernel_.arch().word_bytes == 8) {
        constexpr std::uint8_t flag_unsafe = 1, operations_no_value = 1;
        parameter.operations = memory.load_pointer(at + 16);
        parameter.permissions = memory.load<std::uint16_t>(at + 24);
        parameter.is_unsafe = memory.load<std::uint8_t>(at + 27) & flag_unsafe;
        parameter.variable = memory.load_pointer(at + 32);
        parameter.kind = kind_of(parameter.operations);
        parameter.needs_no_value = memory.load<std::uint32_t>(parameter.operations) & operations_no_value;
        parameter.setter = memory.load_pointer(parameter.operations + 8);
    } else {
        parameter.permissions = memory.load<std::uint32_t>(at + 4);
        parameter.operations = parameter.setter = memory.load_pointer(at + 8);
        parameter.variable = memory.load_pointer(at + 16);
        parameter.kind = kind_of(parameter.operations);
        parameter.needs_no_value = true; // each setter looks for itself
    }
    return parameter;
}

/// "int" for the address of param_ops_int, or in 2.6.17 of param_set_int.
std::string ModernKernel::kind_of(GuestAddr operations)
{
    constexpr std::string_view kinds[] = {"byte", "short", "ushort", "int", "uint", "long", "ulong", "ullong", "hexint",
                                          "charp", "bool", "bool_enable_only", "invbool", "bint", "string"};
    const bool by_function = kernel_.arch().word_bytes == 4;
    const auto address_of = [&](const std::string& name) {
        return by_function ? kernel_.symbols().address(name) : kernel_.symbols().find_variable(name);
    };
    for (const auto kind : kinds)
        if (address_of((by_function ? "param_set_" : "param_ops_") + std::string(kind)) == operations) return std::string(kind);
    if (by_function && address_of("param_set_copystring") == operations) return "string";
    if (address_of(by_function ? "param_array_set" : "param_array_ops") == operations) return "array";
    return {};
}

ModernKernel::Task ModernKernel::parse_arguments(LoadInfo& info, std::string text)
{
    const auto own = struct_name(info);
    std::string_view rest = text;
    while (!rest.empty() && is_space(rest.front())) rest.remove_prefix(1);
    std::int64_t result = 0;
    while (!rest.empty()) {
        auto [key, value] = next_argument(rest);
        if (!value && key == "--" && rules().has_finit) {
            if (result == 0) log(4, fmt::format("{}: parameters '{}' after `--' ignored", own, rest));
            co_return result;
        }
        const auto wrong = co_await set_one(info, key, value);
        if (wrong == 0) continue;
        if (wrong == error(Errno::enoent)) log(3, fmt::format("{}: Unknown parameter `{}'", own, key));
        else if (wrong == error(Errno::enospc))
            log(3, fmt::format("{}: `{}' too large for parameter `{}'", own, value.value_or(""), key));
        else log(3, fmt::format("{}: `{}' invalid for parameter `{}'", own, value.value_or(""), key));
        result = wrong;
        if (rules().first_error_ends_parameters) co_return result;
    }
    co_return result;
}

ModernKernel::Task ModernKernel::set_one(LoadInfo& info, std::string& key, std::optional<std::string>& value)
{
    if (const auto obsolete = rules().has_finit ? 0 : info.find("__obsparm")) co_return set_obsolete(info, obsolete, key, value);
    const std::uint64_t bytes = kernel_.arch().word_bytes == 8 ? 40 : 20;
    for (std::uint32_t number = 0; number < row(info.row).parameter_count; ++number) {
        const auto at = GuestAddr{row(info.row).parameters} + number * bytes;
        const auto parameter = load_parameter(at);
        if (underscored(parameter.name) != underscored(key)) continue;
        if (!value && !parameter.needs_no_value) co_return error(Errno::einval);
        co_return co_await set_parameter(at, value);
    }
    if (rules().unknown_parameter_fails) co_return error(Errno::enoent);
    set_unknown(info, key, value);
    co_return 0;
}

void ModernKernel::set_unknown(LoadInfo& info, std::string& key, const std::optional<std::string>& value)
{
    if (key == "async_probe") {
        const auto on = parse_bool(value.value_or("1"));
        set_member(info, "async_probe_requested", on ? *on : true);
        return;
    }
    const auto own = struct_name(info);
    if (has(ModernOption::dynamic_debug)) {
        // A name before a dot may be the module's; either way the rest is cut off for the message.
        const auto dot = key.find('.');
        const auto name = dot == key.npos ? key : key.substr(dot + 1);
        if (dot != key.npos) key.resize(dot);
        if (name == "dyndbg" && (dot == key.npos || key == own)) return note_dynamic_debug(value.value_or("+p"));
    }
    log(4, fmt::format("{}: unknown parameter '{}' ignored", own, key));
}

// Source: ddebug_exec_queries: one query a line or semicolon; the last word of each holds the flags.
void ModernKernel::note_dynamic_debug(const std::string& value)
{
    constexpr std::string_view flags = "pmfltd_";
    std::string_view rest = value;
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(";\n"), rest.size());
        auto query = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        while (!query.empty() && is_space(query.back())) query.remove_suffix(1);
        const auto blank = query.find_last_of(" \t");
        const auto word = blank == query.npos ? query : query.substr(blank + 1);
        if (word.empty() || word.starts_with('#')) continue;
        if (word[0] != '+' && word[0] != '-' && word[0] != '=') {
            log(3, fmt::format("dyndbg: bad flag-op {}, at start of {}", word[0], word));
            log(3, "dyndbg: flags parse failed");
            continue;
        }
        const auto bad = word.find_first_not_of(flags, 1);
        if (bad == word.npos) continue;
        log(3, fmt::format("dyndbg: unknown flag '{}'", word[bad]));
        log(3, "dyndbg: flags parse failed");
    }
}

// --- setting one ------------------------------------------------------------------------------------------------

/// `value` is cut at its first comma where an array's was taken apart: that is what messages show.
ModernKernel::Task ModernKernel::set_parameter(GuestAddr at, std::optional<std::string>& value)
{
    const auto parameter = load_parameter(at);
    if (parameter.is_unsafe) {
        log(5, fmt::format("Setting dangerous option {} - tainting kernel", parameter.name));
        add_taint(TaintFlag::user);
    }
    if (parameter.kind == "array") co_return co_await set_elements(parameter, value);
    if (parameter.kind.empty()) co_return co_await call_setter(parameter, parameter.variable, value);
    if (!value && rules().unknown_parameter_fails && !parameter.kind.ends_with("bool")) co_return error(Errno::einval);
    co_return set_parameter_of_kind(parameter.kind, parameter.name, parameter.variable, value);
}

ModernKernel::Task ModernKernel::set_elements(const Parameter& parameter, std::optional<std::string>& value)
{
    auto& memory = kernel_.memory();
    const auto array = parameter.array(memory);
    if (!value) co_return error(Errno::einval);
    const auto kind = kind_of(array.operations);
    const auto text = *value;
    std::size_t start = 0;
    const auto count = [&](std::uint32_t number) {
        if (array.count) memory.store<std::uint32_t>(array.count, number);
    };
    count(0);
    for (std::uint32_t number = 0;; ++number) {
        if (number == array.most) {
            log(3, fmt::format("{}: can only take {} arguments", parameter.name, static_cast<std::int32_t>(array.most)));
            co_return error(Errno::einval);
        }
        const auto end = std::min(text.find(',', start), text.size());
        value = text.substr(0, text.find(','));
        const std::optional<std::string> element = text.substr(start, end - start);
        const auto at = array.elements + std::uint64_t{number} * array.element_bytes;
        auto wrong = std::int64_t{0};
        if (!kind.empty()) {
            wrong = set_parameter_of_kind(kind, parameter.name, at, element);
        } else {
            auto own = parameter;
            own.setter = kernel_.arch().word_bytes == 8 ? memory.load_pointer(array.operations + 8) : array.operations;
            wrong = co_await call_setter(own, at, element);
        }
        if (wrong) co_return wrong;
        count(number + 1);
        if (end == text.size()) co_return 0;
        start = end + 1;
    }
}

/// Operations of the module's own: set(value, struct kernel_param *) is called in the guest.
ModernKernel::Task ModernKernel::call_setter(const Parameter& parameter, GuestAddr variable,
                                             const std::optional<std::string>& value)
{
    auto& memory = kernel_.memory();
    const auto own = parameter;
    GuestAddr text, record = own.at;
    if (value) {
        text = kernel_.heap().allocate(value->size() + 1);
        if (!text) co_return error(Errno::enomem);
        memory.write_all(text, std::as_bytes(std::span(value->c_str(), value->size() + 1)));
    }
    if (variable != own.variable) { // an element of an array has a record of its own
        const unsigned bytes = kernel_.arch().word_bytes == 8 ? 40 : 20;
        record = kernel_.heap().allocate(bytes);
        if (!record) co_return error(Errno::enomem);
        std::vector<std::byte> copy(bytes);
        memory.read_all(own.at, copy);
        memory.write_all(record, copy);
        memory.store_word(record + (bytes - kernel_.arch().word_bytes), variable.value);
    }
    const auto result = static_cast<std::int32_t>(co_await CallGuest{own.setter, {text.value, record.value}, 2, "param set"});
    if (text) kernel_.heap().free(text);
    if (record != own.at) kernel_.heap().free(record);
    co_return result;
}

/// A write to a parameter's file, as a system call of its own: (record, text of the value in the kernel).
ModernKernel::Task ModernKernel::do_set_parameter(std::array<std::uint64_t, 8> arguments)
{
    std::optional<std::string> value = kernel_.memory().load_string({arguments[1]}, 1 << 16);
    kernel_.heap().free({arguments[1]});
    co_return co_await set_parameter({arguments[0]}, value);
}

Step ModernKernel::set_parameter_step(Kernel& kernel, Frame& frame)
{
    return of(kernel).advance(frame, &ModernKernel::do_set_parameter);
}

} // namespace retromod
