// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/step_forms.h"

#include "loader/scenario/callback.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace retromod {
namespace {

using nlohmann::json;

/// The value as a message shows it: short, whatever it is.
std::string shown(const json& value)
{
    constexpr std::size_t longest = 60;
    if (value.is_structured()) return value.is_array() ? "a list" : "an object";
    const auto text = value.dump();
    return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

FormProblem is_not(const json& value, std::string_view what) { return fmt::format("{} is not {}", shown(value), what); }

// --- single values ----------------------------------------------------------------------------------------------

FormProblem check_bytes(const json& text)
{
    if (!text.is_string()) return is_not(text, "a string");
    if (!bytes_in_text(text.get_ref<const std::string&>())) return is_not(text, "bytes: it has a character above U+00FF");
    return std::nullopt;
}

FormProblem check_text(const json& text) { return text.is_string() ? std::nullopt : is_not(text, "a string"); }

FormProblem check_value(const json& value)
{
    if (value.is_number_integer()) return std::nullopt; // unsigned ones included
    if (value.is_string() && value_terms(value.get_ref<const std::string&>())) return std::nullopt;
    return is_not(value, "a value (a number, or terms like \"@a+$H-4\")");
}

template <std::uint64_t limit>
FormProblem check_count(const json& count)
{
    if (!count.is_number_unsigned()) return is_not(count, "a count");
    if (count.get<std::uint64_t>() > limit) return fmt::format("{} is more than {}", count.dump(), limit);
    return std::nullopt;
}

FormProblem check_hex(const json& hex)
{
    if (hex.is_string() && bytes_in_hex(hex.get_ref<const std::string&>())) return std::nullopt;
    return is_not(hex, "bytes in hex");
}

FormProblem check_byte(const json& byte)
{
    if (byte.is_number_unsigned() && byte.get<std::uint64_t>() <= 0xff) return std::nullopt;
    const auto one = byte.is_string() ? bytes_in_text(byte.get_ref<const std::string&>()) : std::nullopt;
    return one && one->size() == 1 ? std::nullopt : is_not(byte, "a byte");
}

/// [first, second], each checked.
template <FormProblem (*first)(const json&), FormProblem (*second)(const json&)>
FormProblem check_pair(const json& pair)
{
    if (!pair.is_array() || pair.size() != 2) return is_not(pair, "a list of two");
    const auto problem = first(pair[0]);
    return problem ? problem : second(pair[1]);
}

FormProblem check_flag(const json& flag) { return flag.is_boolean() ? std::nullopt : check_value(flag); }

template <const auto& words>
FormProblem check_word(const json& word)
{
    if (word.is_string() && std::ranges::find(words, word.get_ref<const std::string&>()) != std::end(words)) return std::nullopt;
    return is_not(word, fmt::format("one of {}", fmt::join(words, ", ")));
}

constexpr std::string_view bad_pointers[] = {"null", "unmapped", "kernel", "top"};
constexpr std::string_view allocation_kinds[] = {"page", "kmalloc", "vmalloc", "none"};
constexpr std::string_view queries[] = {"MODULES", "DEPS", "REFS", "SYMBOLS", "INFO"};

FormProblem check_which(const json& which)
{
    return which.is_string() && !check_word<queries>(which) ? std::nullopt : check_value(which);
}

// --- objects of members -----------------------------------------------------------------------------------------

FormProblem check_members(std::span<const MemberForm> members, const json& object)
{
    if (!object.is_object()) return is_not(object, "an object");
    for (const auto& member : members) {
        const auto found = object.find(member.name);
        if (found == object.end()) {
            if (member.presence == Presence::needed) return fmt::format("'{}' is missing", member.name);
            continue;
        }
        if (const auto problem = member.check(*found)) return fmt::format("{}: {}", member.name, *problem);
    }
    return std::nullopt;
}

/// Exactly one of these members.
template <const auto& members>
FormProblem check_one_of(const json& object)
{
    const auto chosen = [&](const MemberForm& member) { return object.is_object() && object.contains(member.name); };
    if (std::ranges::count_if(members, chosen) == 1) {
        const auto* member = std::ranges::find_if(members, chosen);
        if (const auto problem = member->check(object[std::string(member->name)]))
            return fmt::format("{}: {}", member->name, *problem);
        return std::nullopt;
    }
    std::string names;
    for (const auto& member : members) names += fmt::format("{}'{}'", names.empty() ? "" : ", ", member.name);
    return is_not(object, "an object with one of " + names);
}

template <FormProblem (*check)(const json&)>
FormProblem check_list(const json& list)
{
    if (!list.is_array()) return is_not(list, "a list");
    for (std::size_t i = 0; i < list.size(); ++i)
        if (const auto problem = check(list[i])) return fmt::format("[{}]: {}", i, *problem);
    return std::nullopt;
}

// --- arguments --------------------------------------------------------------------------------------------------

constexpr auto check_run = check_pair<check_byte, check_count<scenario_limits::text_bytes>>;
constexpr auto check_mapped = check_count<scenario_limits::buffer_bytes>;
constexpr auto check_gap = check_pair<check_mapped, check_mapped>;

constexpr MemberForm string_forms[] = {
    {"bad", Presence::needed, check_word<bad_pointers>},
    {"repeat", Presence::needed, check_run},
    {"unterminated", Presence::needed, check_run},
};
FormProblem check_string_argument(const json& argument)
{
    if (argument.is_null()) return std::nullopt;
    return argument.is_object() ? check_one_of<string_forms>(argument) : check_bytes(argument);
}

constexpr MemberForm buffer_forms[] = {
    {"bad", Presence::needed, check_word<bad_pointers>}, {"mapped", Presence::needed, check_mapped},
    {"readonly", Presence::needed, check_mapped},        {"hole", Presence::needed, check_mapped},
    {"gap", Presence::needed, check_gap},
};
FormProblem check_buffer(const json& buffer)
{
    return buffer.is_null() || buffer == "ok" ? std::nullopt : check_one_of<buffer_forms>(buffer);
}

constexpr MemberForm ret_forms[] = {
    {"bad", Presence::needed, check_word<bad_pointers>},
    {"mapped", Presence::needed, check_count<3>},
};
FormProblem check_ret(const json& ret)
{
    return ret == "ok" || ret == "readonly" ? std::nullopt : check_one_of<ret_forms>(ret);
}

constexpr MemberForm table_forms[] = {
    {"bad", Presence::needed, check_word<bad_pointers>},
    {"entries", Presence::needed, check_count<scenario_limits::table_entries>},
    {"bytes", Presence::needed, check_mapped},
};
FormProblem check_table(const json& table) { return table.is_null() ? std::nullopt : check_one_of<table_forms>(table); }

FormProblem check_fields(const json& fields)
{
    if (!fields.is_object()) return is_not(fields, "an object");
    for (const auto& [name, content] : fields.items()) {
        if (!scenario_field_offset(name) && name != "gp") return fmt::format("struct module has no '{}'", name);
        if (const auto problem = check_value(content)) return fmt::format("{}: {}", name, *problem);
    }
    return std::nullopt;
}

FormProblem check_words(const json& words) { return words.is_array() ? check_list<check_value>(words) : check_value(words); }

constexpr MemberForm code_word_form[] = {{"u32", Presence::needed, check_words}};
FormProblem check_code_part(const json& part) { return part.is_string() ? check_hex(part) : check_members(code_word_form, part); }

/// [name], [name, value], or [name, address, value, bytes].
FormProblem check_operation(const json& operation)
{
    if (!operation.is_array() || operation.empty() || !operation[0].is_string())
        return is_not(operation, "a list that begins with an operation");
    const auto form = std::ranges::find(callback_forms(), operation[0].get_ref<const std::string&>(), &CallbackForm::name);
    if (form == callback_forms().end()) return is_not(operation[0], "an operation of a callback");
    const std::size_t operands = form->has_address ? 3 : form->has_value ? 1 : 0;
    if (operation.size() != 1 + operands) return fmt::format("'{}' has {} operands", form->name, operands);
    for (std::size_t i = 1; i < operation.size(); ++i)
        if (const auto problem = check_value(operation[i])) return problem;
    if (form->has_address && operation[3] != 4 && operation[3] != 8) return is_not(operation[3], "4 or 8 bytes");
    return std::nullopt;
}

constexpr MemberForm content_forms[] = {
    {"hex", Presence::needed, check_hex},   {"str", Presence::needed, check_bytes},
    {"raw", Presence::needed, check_bytes}, {"fill", Presence::needed, check_pair<check_byte, check_mapped>},
    {"u32", Presence::needed, check_words}, {"code", Presence::needed, check_list<check_code_part>},
    {"words", Presence::needed, check_words}, {"callback", Presence::needed, check_list<check_operation>},
};
constexpr MemberForm body_item_form[] = {{"off", Presence::needed, check_value}};
FormProblem check_body_item(const json& item)
{
    const auto problem = check_members(body_item_form, item);
    return problem ? problem : check_one_of<content_forms>(item);
}

constexpr MemberForm image_form[] = {
    {"len", Presence::needed, check_value},
    {"fields", Presence::optional, check_fields},
    {"body", Presence::optional, check_list<check_body_item>},
    {"base", Presence::optional, check_text},
};
constexpr MemberForm bad_image_form[] = {{"bad", Presence::needed, check_word<bad_pointers>}};
FormProblem check_image(const json& image)
{
    const bool bad = image.is_object() && image.contains("bad");
    return bad ? check_members(bad_image_form, image) : check_members(image_form, image);
}

constexpr MemberForm text_argument_form[] = {{"str", Presence::needed, check_bytes}};
FormProblem check_function_argument(const json& argument)
{
    return argument.is_object() ? check_members(text_argument_form, argument) : check_value(argument);
}
FormProblem check_function_arguments(const json& arguments)
{
    if (const auto problem = check_list<check_function_argument>(arguments)) return problem;
    if (arguments.size() > scenario_limits::function_arguments)
        return fmt::format("more than {} arguments", scenario_limits::function_arguments);
    return std::nullopt;
}

// --- steps ------------------------------------------------------------------------------------------------------

constexpr auto needed = Presence::needed;
constexpr auto optional = Presence::optional;

constexpr MemberForm create_form[] = {
    {"name", needed, check_string_argument}, {"size", needed, check_value}, {"label", optional, check_text}};
constexpr MemberForm init_form[] = {{"name", needed, check_string_argument}, {"image", needed, check_image}};
constexpr MemberForm delete_form[] = {{"name", needed, check_string_argument}};
constexpr MemberForm query_form[] = {
    {"name", needed, check_string_argument}, {"which", needed, check_which}, {"bufsize", needed, check_value},
    {"buf", optional, check_buffer}, {"ret", optional, check_ret},
};
constexpr MemberForm kernel_syms_form[] = {{"table", needed, check_table}};
constexpr MemberForm cap_form[] = {{"on", needed, check_flag}};
constexpr MemberForm proc_modules_form[] = {{"tail", optional, check_mapped}};
constexpr MemberForm proc_ksyms_form[] = {{"chunk", optional, check_mapped}};
constexpr MemberForm peek_form[] = {{"at", needed, check_value}, {"len", needed, check_value}};
constexpr MemberForm tweak_form[] = {{"mod", needed, check_text}, {"set", needed, check_fields}};
constexpr MemberForm module_form[] = {{"mod", needed, check_text}};
constexpr MemberForm fail_form[] = {{"kind", needed, check_word<allocation_kinds>}, {"nth", optional, check_count<0xffffffff>}};
constexpr MemberForm function_form[] = {{"fn", needed, check_text}, {"args", needed, check_function_arguments}};

constexpr StepForm table[] = {
    {"create", create_form},      {"init", init_form},
    {"delete", delete_form},      {"query", query_form},
    {"get_kernel_syms", kernel_syms_form}, {"cap", cap_form},
    {"proc_modules", proc_modules_form},   {"proc_ksyms", proc_ksyms_form},
    {"state", {}},                {"peek", peek_form},
    {"tweak", tweak_form},        {"mod_inc", module_form},
    {"mod_dec", module_form},     {"fail_alloc", fail_form},
    {"kapi", function_form},
};

} // namespace

std::span<const StepForm> step_forms() { return table; }

FormProblem check_step_form(const StepForm& form, const json& object) { return check_members(form.members, object); }

std::vector<std::string> unknown_members(const StepForm& form, const json& object)
{
    std::vector<std::string> unknown;
    for (const auto& [name, content] : object.items()) {
        if (name == "op" || name == "on_trap" || name == "note") continue;
        if (std::ranges::find(form.members, name, &MemberForm::name) == form.members.end()) unknown.push_back(name);
    }
    return unknown;
}

} // namespace retromod
