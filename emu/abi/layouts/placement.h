// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/layouts/row_index.h"

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace retromod::layouts {

/// Size and alignment of a type, in bytes.
struct Extent {
    std::uint32_t size = 0;
    std::uint32_t alignment = 1;
};

/// A structure with its members placed.
struct PlacedStructure {
    Extent extent;
    std::vector<MemberLayout> members;
    std::unordered_map<std::string_view, Field> fields; ///< by member
    std::deque<std::string> names;                      ///< what the views of names look at
};

/// Lays structures out for one build, each when it is first asked for.
class Placer {
public:
    explicit Placer(const Build& build) : build_(build) {}

    /// Null where the release lacks the structure or the size of a part of it is unknown.
    const PlacedStructure* structure(std::string_view name);

    /// The extent of a type that is spelled as in C ("volatile int", "char[16]", "struct list_head", "kdev_t"), or
    /// nothing when it is unknown. `place` names an anonymous type: "struct proto.stats".
    std::optional<Extent> extent_of(std::string_view type, std::string_view place = {});

    const Build& build() const { return build_; }

private:
    class Frame;
    std::optional<Extent> array_extent(std::string_view element, std::string_view dimensions, std::string_view place);

    Build build_;
    std::unordered_map<std::string_view, std::optional<PlacedStructure>> placed_;
};

} // namespace retromod::layouts
