// SPDX-License-Identifier: GPL-2.0-or-later
// What a step's call gets to point at: names, images and buffers in user memory.
#include "loader/scenario/callback.h"
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

GuestAddr bad_address(const json& kind, const Arch& arch)
{
    constexpr std::uint64_t last_page = 0xfffffffffffff000;
    const std::pair<std::string_view, std::uint64_t> kinds[] = {
        {"null", 0},
        {"unmapped", arch.page_offset ? 0x10000 : ScenarioMemory::first_buffer - 0x10000},
        {"kernel", arch.task_size.value},
        {"top", arch.word(last_page)}};
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
    if (argument.contains("bad")) return bad_address(argument["bad"], kernel_.arch());
    const bool ends = argument.contains("repeat");
    const auto& run = argument[ends ? "repeat" : "unterminated"];
    const std::string text(run[1].get<std::size_t>(), static_cast<char>(byte_of(run[0])));
    if (ends) return user_.add_text(text);
    const auto at = user_.add(text.size());
    std::ranges::copy(std::as_bytes(std::span(text)), user_.room(at).begin());
    return at;
}

// --- images -----------------------------------------------------------------------------------------------------

std::vector<std::byte> ScenarioRunner::number_bytes(std::uint64_t number, unsigned bytes) const
{
    std::vector<std::byte> stored(bytes);
    store_unsigned(stored.data(), bytes, kernel_.arch().order, number);
    return stored;
}

/// A value or a list of values, each in so many bytes.
std::vector<std::byte> ScenarioRunner::numbers(const json& list, unsigned bytes, std::string_view label) const
{
    std::vector<std::byte> all;
    const auto add = [&](const json& item) {
        const auto one = number_bytes(value(item, label), bytes);
        all.insert(all.end(), one.begin(), one.end());
    };
    if (list.is_array()) std::ranges::for_each(list, add);
    else add(list);
    return all;
}

/// Code of [name, address, value, bytes], of which an operation has what it needs.
std::vector<std::byte> ScenarioRunner::callback(const json& operations, std::string_view label) const
{
    std::vector<CallbackOperation> resolved;
    for (const auto& given : operations) {
        const auto form = std::ranges::find(callback_forms(), given[0].get_ref<const std::string&>(), &CallbackForm::name);
        CallbackOperation operation{form->kind, 0, 0, 4};
        if (form->has_address) {
            operation.address = value(given[1], label);
            operation.value = value(given[2], label);
            operation.bytes = given[3].get<unsigned>();
        } else if (form->has_value) {
            operation.value = value(given[1], label);
        }
        resolved.push_back(operation);
    }
    if (!has_callbacks(kernel_.arch())) throw ScenarioError(fmt::format("no callbacks can be written for {}", kernel_.arch().name));
    return assemble_callback(resolved, kernel_.arch());
}

std::vector<std::byte> ScenarioRunner::body_item(const json& item, std::string_view label) const
{
    if (item.contains("hex")) return bytes_in_hex(item["hex"].get_ref<const std::string&>()).value();
    if (item.contains("str")) return bytes_of(text_of(item["str"]) + '\0');
    if (item.contains("raw")) return bytes_of(text_of(item["raw"]));
    if (item.contains("fill")) return std::vector<std::byte>(item["fill"][1].get<std::size_t>(), byte_of(item["fill"][0]));
    if (item.contains("u32")) return numbers(item["u32"], 4, label);
    if (item.contains("words")) return numbers(item["words"], kernel_.arch().word_bytes, label);
    if (item.contains("callback")) return callback(item["callback"], label);
    std::vector<std::byte> code;
    for (const auto& part : item["code"]) {
        const auto bytes =
            part.is_string() ? bytes_in_hex(part.get_ref<const std::string&>()).value() : numbers(part["u32"], 4, label);
        code.insert(code.end(), bytes.begin(), bytes.end());
    }
    return code;
}

GuestAddr ScenarioRunner::image_argument(const json& image, const json& name)
{
    if (image.contains("bad")) return bad_address(image["bad"], kernel_.arch());
    std::string label;
    if (const auto base = image.find("base"); base != image.end()) label = base->get<std::string>();
    else if (name.is_string()) label = name.get<std::string>();
    const auto length = value(image["len"], label);
    if (length > scenario_limits::image_bytes) throw ScenarioError(fmt::format("an image of {} bytes is too large", length));
    const auto at = user_.add(length);
    const auto bytes = user_.room(at);
    if (const auto fields = image.find("fields"); fields != image.end())
        for (const auto& [name, content] : fields->items()) {
            const auto field = header_field(name);
            put(bytes, field.offset, number_bytes(value(content, label), field.size));
        }
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
    if (form.contains("bad")) return {bad_address(form["bad"], kernel_.arch()), false};
    if (form.contains("mapped")) return filled(user_.add_part(size, 0, form["mapped"].get<std::uint64_t>()), true);
    if (form.contains("readonly")) return filled(user_.add(std::max(size, form["readonly"].get<std::uint64_t>()), false), true);
    if (form.contains("hole")) return filled(user_.add_gap(size, 0, form["hole"].get<std::uint64_t>()), false);
    return filled(user_.add_gap(size, form["gap"][0].get<std::uint64_t>(), form["gap"][1].get<std::uint64_t>()), false);
}

/// Room for the word that query_module stores through its last argument.
GuestAddr ScenarioRunner::ret_argument(const json& form)
{
    const auto word = kernel_.arch().word_bytes;
    if (form == "ok" || form == "readonly") return user_.add(word, form == "ok");
    if (form.contains("bad")) return bad_address(form["bad"], kernel_.arch());
    return user_.add_part(word, 0, form["mapped"].get<std::uint64_t>());
}

} // namespace retromod
