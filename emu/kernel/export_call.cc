// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/export_call.h"

#include "emu/kernel/symbols.h"

#include <fmt/format.h>

namespace retromod {

std::string show_unsigned(std::uint64_t value) { return value < 65536 ? std::to_string(value) : fmt::format("{:#x}", value); }

std::string show_pointer(GuestAddr pointer) { return pointer ? fmt::format("{:#x}", pointer.value) : "NULL"; }

std::string show_function(Kernel& kernel, GuestAddr function)
{
    const auto name = function ? kernel.symbols().describe(function) : std::string();
    return name.empty() ? show_pointer(function) : name;
}

std::string quoted(std::string_view text)
{
    constexpr std::size_t longest = 64;
    std::string shown = "\"";
    for (const char c : text.substr(0, longest)) {
        if (c == '\n') shown += "\\n";
        else if (c == '\t') shown += "\\t";
        else if (c == '"' || c == '\\') shown += {'\\', c};
        else if (c >= ' ' && c < 0x7f) shown += c;
        else shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
    return shown + (text.size() > longest ? "\"..." : "\"");
}

} // namespace retromod
