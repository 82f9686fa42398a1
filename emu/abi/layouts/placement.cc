// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/layouts/placement.h"

#include "emu/abi/layouts/scalar.h"

#include <algorithm>
#include <charconv>

namespace retromod::layouts {
namespace {

unsigned number(std::string_view digits)
{
    unsigned value = 0; // "[]" and "[0]" are members without room
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

bool is_anonymous(std::string_view type) { return type.ends_with("{anonymous}"); }

/// Whether `member` lies directly or deeper in the anonymous `outer`: "uc.usecount" in "uc".
bool lies_in(std::string_view member, std::string_view outer)
{
    return member.size() > outer.size() && member.starts_with(outer) && member[outer.size()] == '.';
}

constexpr std::uint64_t bits = 8; // in a byte

Extent padded(std::uint64_t end_bit, std::uint32_t alignment)
{
    return {static_cast<std::uint32_t>(round_up(round_up(end_bit, bits) / bits, alignment)), alignment};
}

} // namespace

/// A structure or union that is being filled, from the members that hold for the build.
class Placer::Frame {
public:
    Frame(Placer& placer, const Structure& row, PlacedStructure& result) : placer_(placer), row_(row), result_(result) {}

    /// Places `rows` from `base` on; nothing when a member's type is unknown.
    std::optional<Extent> fill(std::span<const Member* const> rows, std::uint32_t base, bool is_union)
    {
        std::uint64_t next_bit = 0;
        std::uint64_t end_bit = 0;
        std::uint32_t alignment = placer_.build_.arch->least_structure_alignment;
        while (!rows.empty()) {
            const auto& member = *rows.front();
            rows = rows.subspan(1);
            const auto inner = std::ranges::find_if_not(rows, [&](const Member* m) { return lies_in(m->name, member.name); });
            const auto children = rows.first(static_cast<std::size_t>(inner - rows.begin()));
            rows = rows.subspan(children.size());
            if (is_union) next_bit = 0;
            const auto member_alignment = put(member, children, base, next_bit);
            if (!member_alignment) return std::nullopt;
            alignment = std::max(alignment, *member_alignment);
            end_bit = std::max(end_bit, next_bit);
        }
        return padded(end_bit, alignment);
    }

private:
    /// Places one member at or behind `next_bit`, moves that behind it, and gives the member's alignment.
    std::optional<std::uint32_t> put(const Member& member, std::span<const Member* const> children, std::uint32_t base,
                                     std::uint64_t& next_bit)
    {
        if (const auto colon = member.type.find(':'); colon != member.type.npos)
            return put_bit_field(member, colon, base, next_bit);
        auto extent = children.empty() ? placer_.extent_of(member.type, place_of(member)) : measure(children, member);
        if (!extent) return std::nullopt;
        extent->alignment = std::max(extent->alignment, member.alignment);
        next_bit = round_up(next_bit, extent->alignment * bits);
        const auto offset = base + static_cast<std::uint32_t>(next_bit / bits);
        next_bit += extent->size * bits;
        record(member.name, member.type, {offset, extent->size});
        if (!children.empty()) fill(children, offset, member.type.starts_with("union"));
        else record_inner(member.name, member.type, offset);
        return extent->alignment;
    }

    /// A bit-field stays in one unit of its declared type; its offset is that unit's.
    std::optional<std::uint32_t> put_bit_field(const Member& member, std::size_t colon, std::uint32_t base,
                                               std::uint64_t& next_bit)
    {
        const auto unit = placer_.extent_of(member.type.substr(0, colon));
        if (!unit) return std::nullopt;
        const auto width = number(member.type.substr(colon + 1));
        const auto step = unit->alignment * bits;
        if (round_down(next_bit, step) + unit->size * bits < next_bit + width) next_bit = round_up(next_bit, step);
        const auto offset = static_cast<std::uint32_t>(round_down(next_bit, step) / bits);
        record(member.name, member.type, {base + offset, unit->size});
        next_bit += width;
        return unit->alignment;
    }

    /// The extent of an anonymous member, without recording what is in it.
    std::optional<Extent> measure(std::span<const Member* const> children, const Member& member)
    {
        const Structure anonymous{row_.name, {}};
        PlacedStructure scratch;
        return Frame(placer_, anonymous, scratch).fill(children, 0, member.type.starts_with("union"));
    }

    std::string place_of(const Member& member) const { return std::string(row_.name) + "." + std::string(member.name); }

    void record(std::string_view name, std::string_view type, Field field)
    {
        result_.members.push_back({name, std::string(type), field});
        result_.fields.emplace(name, field);
    }

    /// Structures that have only a typedef's name (atomic_t) show what is in them: "count.counter".
    void record_inner(std::string_view name, std::string_view type, std::uint32_t offset)
    {
        if (type.ends_with(']') || type.ends_with('*') || type.find(' ') != type.npos) return;
        if (find_typedef(type, placer_.build_)) return;
        const auto* inner = placer_.structure(type);
        if (!inner) return;
        for (const auto& member : inner->members) {
            result_.names.push_back(std::string(name) + "." + std::string(member.name));
            record(result_.names.back(), member.type, {offset + member.field.offset, member.field.size});
        }
    }

    Placer& placer_;
    const Structure& row_;
    PlacedStructure& result_;
};

const PlacedStructure* Placer::structure(std::string_view name)
{
    const auto* row = find_structure(name, build_);
    if (!row) return nullptr;
    if (const auto known = placed_.find(row->name); known != placed_.end())
        return known->second ? &*known->second : nullptr;

    std::vector<const Member*> members;
    for (const auto& member : row->members)
        if (holds(member.when, build_)) members.push_back(&member);
    PlacedStructure result;
    const auto extent = Frame(*this, *row, result).fill(members, 0, row->name.starts_with("union "));
    auto& slot = placed_[row->name];
    if (!extent) return nullptr;
    result.extent = padded(extent->size * bits, std::max(extent->alignment, row->alignment));
    slot = std::move(result);
    return &*slot;
}

std::optional<Extent> Placer::extent_of(std::string_view type, std::string_view place)
{
    if (type.ends_with(']')) {
        const auto parenthesis = type.rfind(')'); // a function's arguments may have brackets of their own
        const auto bracket = type.find('[', parenthesis == type.npos ? 0 : parenthesis);
        return array_extent(type.substr(0, bracket), type.substr(bracket), place);
    }
    if (const auto scalar = scalar_extent(type, *build_.arch)) return scalar;
    if (const auto* alias = find_typedef(type, build_)) return extent_of(alias->type, place);
    if (const auto* placed = structure(type)) return placed->extent;
    const auto* opaque = find_opaque(is_anonymous(type) ? place : type, build_);
    if (!opaque) return std::nullopt;
    return Extent{opaque->size, opaque->alignment ? opaque->alignment : natural_alignment(opaque->size, *build_.arch)};
}

std::optional<Extent> Placer::array_extent(std::string_view element, std::string_view dimensions, std::string_view place)
{
    auto extent = extent_of(element, place);
    if (!extent) return std::nullopt;
    while (!dimensions.empty()) {
        extent->size *= number(dimensions.substr(1));
        dimensions.remove_prefix(dimensions.find(']') + 1);
    }
    return extent;
}

} // namespace retromod::layouts
