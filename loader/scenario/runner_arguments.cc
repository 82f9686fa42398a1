// SPDX-License-Identifier: GPL-2.0-or-later
// What a step's call gets to point at: names, images and buffers in user memory.
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {

using nlohmann::json;

namespace {

constexpr std::byte fill{0xa9}; ///< what a buffer holds before a call, so that what was written can be told

GuestAddr bad_address(const json& kind)
{
    constexpr std::pair<std::string_view, std::uint64_t> kinds[] = {
        {"null", 0}, {"unmapped", 0x10000}, {"kernel", 0xc0000000}, {"top", 0xfffff000}};
    for (const auto& [name, address] : kinds)
        if (kind == name) return {address};
    return {};
}

std::string text_of(const json& text) { return bytes_in_text(text.get_ref<const std::string&>()).value(); }

std::byte byte_of(const json& byte)
{
    return static_cast<std::byte>(byte.is_string() ? static_cast<unsigned char>(text_of(byte)[0]) : byte.get<unsigned>());
}

std::vector<std::byte> bytes_of(std::string_view text)
{
    const auto view = std::as_bytes(std::span(text));
    return {view.begin(), view.end()};
}

/// Stores `bytes` into the image; what lies at or beyond its end is cut off.
void put(std::span<std::byte> image, std::uint64_t offset, std::span<const std::byte> bytes)
{
    if (offset >= image.size()) return;
    const auto count = std::min<std::size_t>(bytes.size(), image.size() - offset);
    std::ranges::copy(bytes.first(count), image.begin() + static_cast<std::ptrdiff_t>(offset));
}

} // namespace

GuestAddr ScenarioRunner::string_argument(const json& argument)
{
    if (argument.is_null()) return {};
    if (argument.is_string()) return user_.add_text(text_of(argument));
    if (argument.contains("bad")) return bad_address(argument["bad"]);
    const bool ends = argument.contains("repeat");
    const auto& run = argument[ends ? "repeat" : "unterminated"];
    const std::string text(run[1].get<std::size_t>(), static_cast<char>(byte_of(run[0])));
    if (ends) return user_.add_text(text);
    const auto at = user_.add(text.size());
    std::ranges::copy(std::as_bytes(std::span(text)), user_.room(at).begin());
    return at;
}

// --- images -----------------------------------------------------------------------------------------------------

std::vector<std::byte> ScenarioRunner::words(const json& list, std::string_view label) const
{
    std::vector<std::byte> bytes;
    const auto add = [&](const json& item) {
        std::array<std::byte, 4> word;
        store<std::uint32_t>(word.data(), kernel_.arch().order, value(item, label));
        bytes.insert(bytes.end(), word.begin(), word.end());
    };
    if (list.is_array()) std::ranges::for_each(list, add);
    else add(list);
    return bytes;
}

std::vector<std::byte> ScenarioRunner::body_item(const json& item, std::string_view label) const
{
    if (item.contains("hex")) return bytes_in_hex(item["hex"].get_ref<const std::string&>()).value();
    if (item.contains("str")) return bytes_of(text_of(item["str"]) + '\0');
    if (item.contains("raw")) return bytes_of(text_of(item["raw"]));
    if (item.contains("fill")) return std::vector<std::byte>(item["fill"][1].get<std::size_t>(), byte_of(item["fill"][0]));
    if (item.contains("u32")) return words(item["u32"], label);
    std::vector<std::byte> code;
    for (const auto& part : item["code"]) {
        const auto bytes = part.is_string() ? bytes_in_hex(part.get_ref<const std::string&>()).value() : words(part["u32"], label);
        code.insert(code.end(), bytes.begin(), bytes.end());
    }
    return code;
}

GuestAddr ScenarioRunner::image_argument(const json& image, const json& name)
{
    if (image.contains("bad")) return bad_address(image["bad"]);
    std::string label;
    if (const auto base = image.find("base"); base != image.end()) label = base->get<std::string>();
    else if (name.is_string()) label = name.get<std::string>();
    const auto length = value(image["len"], label);
    if (length > scenario_limits::image_bytes) throw ScenarioError(fmt::format("an image of {} bytes is too large", length));
    const auto at = user_.add(length);
    const auto bytes = user_.room(at);
    if (const auto fields = image.find("fields"); fields != image.end())
        for (const auto& [field, content] : fields->items()) put(bytes, *scenario_field_offset(field), words(content, label));
    if (const auto body = image.find("body"); body != image.end())
        for (const auto& item : *body) put(bytes, value(item["off"], label), body_item(item, label));
    return at;
}

std::vector<std::byte> ScenarioRunner::image_bytes(const json& image, const json& name)
{
    const auto bytes = user_.room(image_argument(image, name));
    return {bytes.begin(), bytes.end()};
}

// --- buffers ----------------------------------------------------------------------------------------------------

ScenarioRunner::Buffer ScenarioRunner::buffer_argument(const json& form, std::uint64_t size)
{
    const auto filled = [&](GuestAddr at, bool visible) {
        std::ranges::fill(user_.room(at), fill);
        return Buffer{at, visible};
    };
    if (form.is_null() || form == "ok") return filled(user_.add(size), true);
    if (form.contains("bad")) return {bad_address(form["bad"]), false};
    if (form.contains("mapped")) return filled(user_.add_part(size, 0, form["mapped"].get<std::uint64_t>()), true);
    if (form.contains("readonly")) return filled(user_.add(std::max(size, form["readonly"].get<std::uint64_t>()), false), true);
    if (form.contains("hole")) return filled(user_.add_gap(size, 0, form["hole"].get<std::uint64_t>()), false);
    return filled(user_.add_gap(size, form["gap"][0].get<std::uint64_t>(), form["gap"][1].get<std::uint64_t>()), false);
}

/// Room for the word that query_module stores through its last argument.
GuestAddr ScenarioRunner::ret_argument(const json& form)
{
    constexpr std::uint64_t word = 4;
    if (form == "ok" || form == "readonly") return user_.add(word, form == "ok");
    if (form.contains("bad")) return bad_address(form["bad"]);
    return user_.add_part(word, 0, form["mapped"].get<std::uint64_t>());
}

} // namespace retromod
