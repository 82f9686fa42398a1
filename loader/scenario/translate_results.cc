// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/translate_results.h"

#include "emu/abi/syscall_result.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <charconv>
#include <sstream>

namespace retromod {

using nlohmann::json;

namespace {

constexpr std::uint64_t i386_word = 4;
constexpr std::uint64_t i386_modules = 0xd0000000; ///< module addresses that no label names start here
constexpr std::uint64_t i386_last_page = 0xfffff000; ///< numbers from here on are negative ones
constexpr std::string_view counts[] = {"usecount", "flags", "nsyms", "ndeps"};

} // namespace

/// "@a+96", "@kernel", "&printk", or a number.
json ResultTranslator::address(const json& shown) const
{
    if (!shown.is_string()) return numbers_.word(shown.get<std::uint64_t>());
    const auto& text = shown.get_ref<const std::string&>();
    const auto plus = text.rfind('+');
    const auto offset = plus == std::string::npos ? std::nullopt : number_in_text(std::string_view(text).substr(plus + 1));
    return offset && text.starts_with("@") ? json(fmt::format("{}+{}", text.substr(0, plus), numbers_.offset(*offset))) : shown;
}

/// A negative number is the error that it is on i386, as a callback's is; one that is no error there can be one here.
json ResultTranslator::error(const json& ret) const
{
    if (!ret.is_number_integer() || ret.get<std::int64_t>() >= 0 || numbers_.arch().errno_set == ErrnoSet::generic) return ret;
    const auto named = errno_from_number(static_cast<std::uint64_t>(-ret.get<std::int64_t>()), i386());
    if (named) return std::string(errno_name(*named));
    const SyscallResult returned{numbers_.arch().word(static_cast<std::uint64_t>(ret.get<std::int64_t>()))};
    const auto error = returned.error(numbers_.arch());
    return error ? json(std::string(errno_name(*error))) : ret;
}

// --- struct module ------------------------------------------------------------------------------------------------

/// A member behind a header that is shorter than the release's: it holds bytes of the image's text.
json ResultTranslator::text_in_header(std::string_view name, std::uint64_t word) const
{
    const auto field = scenario_header_field(numbers_.layout(), name);
    std::vector<std::byte> bytes(field.size);
    for (std::uint64_t i = 0; i < i386_word; ++i) {
        const auto at = numbers_.offset(*scenario_field_offset(name) + i) - field.offset;
        if (at < bytes.size()) bytes[at] |= static_cast<std::byte>(word >> 8 * i);
    }
    return load_unsigned(bytes.data(), field.size, numbers_.arch().order);
}

json ResultTranslator::header_member(const std::string& name, const json& value, std::uint64_t header_bytes) const
{
    if (name == "size_of_struct") return numbers_.offset(value.get<std::uint64_t>());
    if (name == "size") return numbers_.size(value.get<std::uint64_t>());
    if (std::ranges::find(counts, name) != std::end(counts)) return value;
    const bool is_text = value.is_number_unsigned() && *scenario_field_offset(name) + i386_word > header_bytes;
    return is_text ? text_in_header(name, value.get<std::uint64_t>()) : address(value);
}

json ResultTranslator::module(json module) const
{
    if (!module.contains("hdr")) return module;
    const auto header = module["hdr"];
    const auto header_bytes = header.value("size_of_struct", numbers_.i386_header_bytes());
    for (const auto& [name, value] : header.items()) module["hdr"][name] = header_member(name, value, header_bytes);
    return module;
}

// --- answers ------------------------------------------------------------------------------------------------------

void ResultTranslator::query(const json& step, json& result) const
{
    const bool is_symbols = step["which"] == "SYMBOLS" || step["which"] == 4;
    const auto table_bytes = [&](const json& bytes) {
        return numbers_.table_with_text(bytes.get<std::uint64_t>(), steps_.symbols_of(step));
    };
    if (step["which"] == "INFO" || step["which"] == 5) {
        if (result.contains("retsize")) result["retsize"] = numbers_.words(result["retsize"].get<std::uint64_t>());
        if (!result.contains("info")) return;
        result["info"]["addr"] = address(result["info"]["addr"]);
        result["info"]["size"] = numbers_.size(result["info"]["size"].get<std::uint64_t>());
    } else if (is_symbols) {
        if (result["ret"] == "ENOSPC" && result.contains("retsize")) result["retsize"] = table_bytes(result["retsize"]);
        if (result.contains("written")) result["written"] = table_bytes(result["written"]);
        if (!result.contains("symbols")) return;
        for (auto& symbol : result["symbols"]) symbol = {address(symbol[0]), table_bytes(symbol[1]), symbol[2]};
    }
}

/// Bytes of memory: numbers that callbacks stored stand apart by the width of a word, in the order of memory.
json ResultTranslator::memory(const json& step, const std::string& hex) const
{
    if (!steps_.holds_numbers(step["at"])) return hex;
    const auto bytes = *bytes_in_hex(hex);
    std::vector<std::byte> translated(numbers_.words(bytes.size()));
    for (std::uint64_t at = 0; at + i386_word <= bytes.size(); at += i386_word)
        store<std::uint32_t>(translated.data() + numbers_.words(at), numbers_.arch().order,
                             load<std::uint32_t>(bytes.data() + at, ByteOrder::little));
    return hex_of_bytes(translated.data(), translated.size());
}

/// /proc/ksyms: "00001000 s1\t[a]".
json ResultTranslator::kernel_symbols_text(const std::string& text) const
{
    std::istringstream lines(text);
    std::string translated;
    for (std::string line; std::getline(lines, line);) {
        std::uint64_t value = 0;
        const auto digits = std::min<std::size_t>(line.find(' '), line.size());
        std::from_chars(line.data(), line.data() + digits, value, 16);
        if (value >= i386_modules && value < i386_last_page) throw Untranslatable("text with the address of a module");
        translated += fmt::format("{:0{}x}{}\n", numbers_.word(value), 2 * numbers_.arch().word_bytes, line.substr(digits));
    }
    return translated;
}

/// /proc/modules: name in 20 columns or more, size right-aligned in 8, a space.
json ResultTranslator::modules_text(const std::string& text) const
{
    constexpr std::size_t name_columns = 20, size_columns = 8;
    std::istringstream lines(text);
    std::string translated;
    for (std::string line; std::getline(lines, line);) {
        // The size is the first field of digits that is as wide, begins with a space, and has a space, a negative count or nothing
        // behind it.
        for (auto at = name_columns; at + size_columns <= line.size(); ++at) {
            const auto digits = line.find_first_not_of(' ', at);
            const auto end = at + size_columns;
            if (digits == at || digits >= end || (end < line.size() && line[end] != ' ' && line[end] != '-')) continue;
            if (std::min(line.find_first_not_of("0123456789", digits), line.size()) != end) continue;
            const auto size = number_in_text(std::string_view(line).substr(digits, end - digits));
            line.replace(at, size_columns, fmt::format("{:8}", numbers_.size(*size)));
            break;
        }
        translated += line + '\n';
    }
    if (!text.ends_with('\n') && !translated.empty()) translated.pop_back(); // a line that the page cut off
    return translated;
}

// --- steps --------------------------------------------------------------------------------------------------------

json ResultTranslator::result(const json& step, json result) const
{
    const auto& op = step["op"].get_ref<const std::string&>();
    if (result.contains("ret") && op != "kapi") result["ret"] = error(result["ret"]);
    if (op == "query") query(step, result);
    if (op == "kapi" && result.value("ret", json()).is_number_unsigned()) result["ret"] = address(result["ret"]);
    if (op == "peek" && result.contains("hex")) result["hex"] = memory(step, result["hex"].get<std::string>());
    if (result.contains("modules"))
        for (auto& each : result["modules"]) each = module(each);
    if (result.contains("table"))
        for (auto& entry : result["table"]) entry[0] = address(entry[0]);
    if (op == "proc_ksyms") result["text"] = kernel_symbols_text(result["text"].get<std::string>());
    for (const auto* text : {"text", "tail"})
        if (op == "proc_modules" && result.contains(text)) result[text] = modules_text(result[text].get<std::string>());
    if (!result.contains("traps")) return result;
    for (std::size_t i = 0; i < result["traps"].size(); ++i) {
        auto& trap = result["traps"][i];
        trap["at"] = address(trap["at"]);
        if (trap.contains("results")) trap["results"] = results(step["on_trap"][i], trap["results"]);
    }
    return result;
}

json ResultTranslator::results(const json& steps, const json& results) const
{
    auto translated = json::array();
    for (std::size_t i = 0; i < results.size(); ++i) translated.push_back(result(steps[i], results[i]));
    return translated;
}

} // namespace retromod
