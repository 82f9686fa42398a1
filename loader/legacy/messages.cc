// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/messages.h"

#include <fmt/format.h>

namespace retromod {

void Messages::error(std::string_view text)
{
    ++errors_;
    sinks_.err(fmt::format("{}: {}\n", prefix_, text));
}

void Messages::print(std::string_view text)
{
    sinks_.out(fmt::format("{}\n", text));
}

void Messages::warn(std::string_view text)
{
    ++warnings_;
    print(text);
}

void Messages::plain_error(std::string_view text)
{
    sinks_.err(fmt::format("{}\n", text));
}

std::string error_text(SyscallResult result, const Arch& arch)
{
    if (const auto error = result.error(arch)) return std::string(errno_text(*error));
    if (result.failed(arch)) return fmt::format("Unknown error {}", -arch.signed_word(result.word));
    return "Success";
}

} // namespace retromod
