// SPDX-License-Identifier: GPL-2.0-or-later
// The steps that are system calls, and calls of kernel functions.
#include "emu/kernel/heap.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {

using nlohmann::json;

namespace {

enum Which : std::uint32_t { modules = 1, deps = 2, refs = 3, symbols = 4, info = 5 };

constexpr std::byte untouched{0xa9}; ///< what buffers hold before the call

/// The answer of a call, as far as it was written.
struct Answer {
    std::span<const std::byte> room;
    const Arch& arch;
    std::size_t written;

    Answer(std::span<const std::byte> room, const Arch& arch) : room(room), arch(arch), written(room.size())
    {
        while (written && room[written - 1] == untouched) --written;
    }
    /// A machine word, by number.
    std::uint64_t word(std::size_t number) const
    {
        return load_unsigned(room.data() + number * arch.word_bytes, arch.word_bytes, arch.order);
    }
    std::string_view text(std::size_t at) const
    {
        if (at >= written) return {};
        const std::string_view rest(reinterpret_cast<const char*>(room.data()) + at, written - at);
        return rest.substr(0, rest.find('\0'));
    }
};

json names_in(const Answer& answer)
{
    auto names = json::array();
    for (std::size_t at = 0; at < answer.written; at += answer.text(at).size() + 1) names.push_back(text_of_bytes(answer.text(at)));
    return names;
}

} // namespace

json ScenarioRunner::create(const json& step)
{
    auto result = json::object();
    const auto size = value(step["size"]);
    const auto outcome = call({"create_module", {string_argument(step["name"]).value, size}, 2}, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    const auto word = outcome.result.word;
    if (outcome.result.failed(kernel_.arch())) {
        result["ret"] = show_return(word);
        return result;
    }
    std::string label = "m";
    if (const auto given = step.find("label"); given != step.end()) label = given->get<std::string>();
    else if (step["name"].is_string()) label = step["name"].get<std::string>();
    labels_[label] = {word, size};
    result["ret"] = "@" + label;
    return result;
}

json ScenarioRunner::init(const json& step)
{
    auto result = json::object();
    const auto name = string_argument(step["name"]);
    const auto image = image_argument(step["image"], step["name"]);
    const auto outcome = call({"init_module", {name.value, image.value}, 2}, step, result);
    if (outcome.kind == Outcome::Kind::done) result["ret"] = show_return(outcome.result.word);
    return result;
}

json ScenarioRunner::remove(const json& step)
{
    auto result = json::object();
    const auto outcome = call({"delete_module", {string_argument(step["name"]).value}, 1}, step, result);
    if (outcome.kind == Outcome::Kind::done) result["ret"] = show_return(outcome.result.word);
    std::erase_if(labels_, [&](const auto& entry) { return !kernel_.modules().contains({entry.second.base}); });
    return result;
}

json ScenarioRunner::query(const json& step)
{
    constexpr std::array<std::string_view, 5> names = {"MODULES", "DEPS", "REFS", "SYMBOLS", "INFO"};
    constexpr std::uint64_t largest_room = 1 << 20; // behind a larger bufsize there is less memory than it says
    constexpr std::byte unstored{0x5c};
    auto result = json::object();
    const auto& request = step["which"];
    const auto named = request.is_string() ? std::ranges::find(names, request.get_ref<const std::string&>()) : names.end();
    const auto which = named == names.end() ? value(request) : static_cast<std::uint64_t>(named - names.begin()) + 1;
    const auto size = value(step["bufsize"]);
    const auto name = string_argument(step["name"]);
    const auto buffer = buffer_argument(step.value("buf", json()), std::min<std::uint64_t>(size, largest_room));
    const auto ret = ret_argument(step.value("ret", json("ok")));
    std::ranges::fill(user_.room(ret), unstored);

    const auto outcome = call({"query_module", {name.value, which, buffer.at.value, size, ret.value}, 5}, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    result["ret"] = show_return(outcome.result.word);
    const auto stored = user_.room(ret);
    const auto& arch = kernel_.arch();
    if (stored.size() == arch.word_bytes && !std::ranges::all_of(stored, [&](std::byte b) { return b == unstored; }))
        result["retsize"] = load_unsigned(stored.data(), arch.word_bytes, arch.order);
    if (buffer.visible && result["ret"] != "EFAULT") add_content(result, which, user_.room(buffer.at));
    return result;
}

void ScenarioRunner::add_content(json& result, std::uint64_t which, std::span<const std::byte> room) const
{
    const std::size_t info_bytes = 4 * kernel_.arch().word_bytes, symbol_bytes = 2 * kernel_.arch().word_bytes;
    const Answer answer(room, kernel_.arch());
    if (!answer.written) return;
    if (which == modules || which == deps || which == refs) {
        result["names"] = names_in(answer);
    } else if (which == info && answer.written >= info_bytes) {
        result["info"] = {{"addr", show(answer.word(0))}, {"size", answer.word(1)}, {"flags", answer.word(2)},
                          {"usecount", kernel_.arch().signed_word(answer.word(3))}};
    } else if (which == symbols) {
        const bool done = result["ret"] == 0 && result.contains("retsize");
        const auto count = done ? result["retsize"].get<std::size_t>() : 0;
        auto shown = json::array();
        for (std::size_t i = 0; i < count && (i + 1) * symbol_bytes <= room.size(); ++i) {
            const auto name_at = answer.word(2 * i + 1);
            shown.push_back({show(answer.word(2 * i)), name_at, text_of_bytes(answer.text(name_at))});
        }
        if (!shown.empty()) result["symbols"] = std::move(shown);
        result["written"] = answer.written;
    }
}

json ScenarioRunner::kernel_syms(const json& step)
{
    constexpr std::uint64_t name_bytes = 60;
    const auto word = kernel_.arch().word_bytes;
    const auto entry_bytes = round_up(word + name_bytes, word); // struct kernel_sym
    auto result = json::object();
    const auto& form = step["table"];
    Buffer table{{}, false};
    if (!form.is_null() && form.contains("bad")) {
        table = buffer_argument(form, 0);
    } else if (!form.is_null()) {
        const bool by_entries = form.contains("entries");
        table = buffer_argument({}, form[by_entries ? "entries" : "bytes"].get<std::uint64_t>() * (by_entries ? entry_bytes : 1));
    }
    const auto outcome = call({"get_kernel_syms", {table.at.value}, 1}, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    result["ret"] = show_return(outcome.result.word);
    if (!table.visible) return result;
    const auto room = user_.room(table.at);
    auto entries = json::array();
    for (std::uint64_t i = 0; i < outcome.result.word && (i + 1) * entry_bytes <= room.size(); ++i) {
        const auto* entry = room.data() + i * entry_bytes;
        const std::string_view name(reinterpret_cast<const char*>(entry) + word, name_bytes);
        entries.push_back({show(load_unsigned(entry, word, kernel_.arch().order)), text_of_bytes(name.substr(0, name.find('\0')))});
    }
    if (!entries.empty()) result["table"] = std::move(entries);
    return result;
}

json ScenarioRunner::kernel_function(const json& step)
{
    constexpr std::array<std::string_view, 3> without_result = {"inter_module_register", "inter_module_unregister",
                                                                "inter_module_put"};
    auto result = json::object();
    const auto& name = step["fn"].get_ref<const std::string&>();
    const auto address = kernel_.symbols().address(name);
    if (!address) return {{"ret", "absent"}};
    SystemCall function{"call_function", {address->value}, 6};
    auto argument = function.arguments.begin() + 1;
    for (const auto& given : step["args"]) {
        if (!given.is_object()) {
            *argument++ = value(given);
            continue;
        }
        const auto text = bytes_in_text(given["str"].get_ref<const std::string&>()).value();
        const auto at = kernel_.heap().allocate(text.size() + 1);
        kernel_.memory().write_all(at, std::as_bytes(std::span(text.c_str(), text.size() + 1)));
        *argument++ = at.value;
    }
    const auto outcome = call(function, step, result);
    if (outcome.kind != Outcome::Kind::done) return result;
    const bool is_void = std::ranges::find(without_result, name) != without_result.end();
    auto shown = show(outcome.result.word);
    result["ret"] = is_void ? json(nullptr) : shown.is_string() ? shown : json(static_cast<std::int64_t>(outcome.result.word));
    return result;
}

} // namespace retromod
