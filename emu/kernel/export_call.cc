// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/export_call.h"

namespace retromod {

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
