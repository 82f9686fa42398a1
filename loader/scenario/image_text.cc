// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/image_text.h"

#include "emu/abi/byte_order.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace retromod {
namespace {

using nlohmann::ordered_json;

constexpr std::uint64_t word_bytes = 4;
constexpr std::size_t least_text = 4;   ///< shorter ones are as readable in hex
constexpr std::size_t least_zeros = 16; ///< that are left out of hex, as images begin as zeros
constexpr std::size_t longest_hex = 32; ///< bytes an item

/// Goes over an image and turns it into items.
class ImageText {
public:
    ImageText(std::span<const std::byte> image, GuestAddr base, const RecordedAddresses& addresses)
        : image_(image), base_(base.value), addresses_(addresses)
    {
    }

    ordered_json text()
    {
        ordered_json text{{"len", image_.size()}, {"fields", ordered_json::object()}, {"body", ordered_json::array()}};
        const auto header = header_end();
        for (std::uint64_t at = 0; at < header; at += word_bytes)
            if (const auto value = word(at)) text["fields"][std::string(scenario_field_name(at / word_bytes))] = shown(value);
        for (auto at = header; at < image_.size();) at = add_item(text["body"], at);
        return text;
    }

private:
    /// Where named members end: what the image says of its header, if that is whole words of struct module.
    std::uint64_t header_end() const
    {
        std::uint64_t end = 0;
        while (end + word_bytes <= image_.size() && !scenario_field_name(end / word_bytes).empty()) end += word_bytes;
        const auto said = end ? word(0) : 0;
        return said && said % word_bytes == 0 ? std::min<std::uint64_t>(end, said) : end;
    }
    std::uint32_t word(std::uint64_t at) const { return load<std::uint32_t>(image_.data() + at, ByteOrder::little); }
    std::uint8_t byte(std::uint64_t at) const { return std::to_integer<std::uint8_t>(image_[at]); }

    /// The address by name: "@+96", "@other+4", "&printk".
    std::optional<std::string> named(std::uint64_t address) const
    {
        if (const auto symbol = addresses_.symbols.find(address); symbol != addresses_.symbols.end()) return "&" + symbol->second;
        const auto behind = addresses_.modules.upper_bound(address);
        if (behind == addresses_.modules.begin()) return std::nullopt;
        const auto& [base, module] = *std::prev(behind);
        if (address - base > module.bytes) return std::nullopt;
        const bool has_sign = module.label.find_first_of("+-") != std::string::npos; // could not be read back
        if (has_sign && base != base_) return std::nullopt;
        return fmt::format("@{}+{}", base == base_ ? "" : module.label, address - base);
    }
    ordered_json shown(std::uint32_t value) const
    {
        if (auto name = named(value)) return *name;
        return value;
    }

    /// The word at `at` by name, when it is an address: absolute, or relative behind a call or jump instruction.
    std::optional<std::string> address_at(std::uint64_t at) const
    {
        if (at + word_bytes > image_.size()) return std::nullopt;
        if (auto name = named(word(at))) return name;
        const bool calls = at >= 1 && (byte(at - 1) == 0xe8 || byte(at - 1) == 0xe9);
        const bool jumps = at >= 2 && byte(at - 2) == 0x0f && (byte(at - 1) & 0xf0) == 0x80;
        if (!calls && !jumps) return std::nullopt;
        const auto next = at + word_bytes;
        const auto target = static_cast<std::uint32_t>(base_ + next + word(at));
        const bool own = target - base_ < image_.size(); // moves with the image
        const auto name = own ? std::nullopt : named(target);
        return name ? std::optional(fmt::format("{}-@-{}", *name, next)) : std::nullopt;
    }

    /// Length of the text that starts there and ends with a NUL; 0 when it is none worth showing.
    std::size_t text_at(std::uint64_t at) const
    {
        std::size_t length = 0;
        while (at + length < image_.size() && byte(at + length) >= 0x20 && byte(at + length) < 0x7f) ++length;
        const bool ends = at + length < image_.size() && byte(at + length) == 0;
        return ends && length >= least_text ? length : 0;
    }
    std::size_t zeros_at(std::uint64_t at) const
    {
        const auto rest = image_.subspan(at);
        return static_cast<std::size_t>(std::ranges::find_if(rest, [](std::byte b) { return b != std::byte{0}; }) - rest.begin());
    }

    /// Adds what is at `at`; returns where the next item starts.
    std::uint64_t add_item(ordered_json& body, std::uint64_t at) const
    {
        const auto zeros = zeros_at(at);
        if (zeros >= least_zeros || at + zeros == image_.size()) return at + zeros;
        if (const auto address = address_at(at)) {
            body.push_back({{"off", at}, {"u32", *address}});
            return at + word_bytes;
        }
        if (const auto length = text_at(at)) {
            body.push_back({{"off", at}, {"str", std::string(reinterpret_cast<const char*>(image_.data()) + at, length)}});
            return at + length + 1;
        }
        auto end = at + 1;
        while (end < image_.size() && end - at < longest_hex && !address_at(end) && !text_at(end) && zeros_at(end) < least_zeros)
            ++end;
        body.push_back({{"off", at}, {"hex", hex_of_bytes(image_.data() + at, end - at)}});
        return end;
    }

    std::span<const std::byte> image_;
    std::uint64_t base_;
    const RecordedAddresses& addresses_;
};

} // namespace

ordered_json image_text(std::span<const std::byte> image, GuestAddr base, const RecordedAddresses& addresses)
{
    return ImageText(image, base, addresses).text();
}

} // namespace retromod
