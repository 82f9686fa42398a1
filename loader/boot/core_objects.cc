// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/boot/core_objects.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace retromod {

namespace {

/// As images/core/embed.py writes them.
struct EmbeddedFile {
    const char* name;
    const std::byte* begin;
    const std::byte* end;
};

} // namespace

extern "C" const EmbeddedFile retromod_core_objects[];
extern "C" const std::uint64_t retromod_core_object_count;

std::span<const std::byte> core_object(const Arch& arch, unsigned series_minor)
{
    const auto wanted = "core-" + std::string(arch.name) + (series_minor < 4 ? "-2.2.o" : ".o");
    for (const auto& file : std::span(retromod_core_objects, retromod_core_object_count))
        if (std::string_view(file.name) == wanted) return {file.begin, file.end};
    return {};
}

} // namespace retromod
