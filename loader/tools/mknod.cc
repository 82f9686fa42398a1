// SPDX-License-Identifier: GPL-2.0-or-later
// retromod mknod PATH TYPE [MAJOR MINOR]: a device node or a named pipe in the guest, as mknod(1) makes it.
#include "loader/api/guest_names.h"
#include "loader/legacy/messages.h"
#include "loader/tools/commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace retromod {
namespace {

constexpr std::uint32_t largest_number = 255; ///< of a major or minor: kdev_t has 8 bits for each

/// S_IFCHR, S_IFBLK or S_IFIFO by mknod's letter; 0 for another.
std::uint32_t type_of(const std::string& letter)
{
    if (letter == "c" || letter == "u") return 0020000;
    if (letter == "b") return 0060000;
    return letter == "p" ? 0010000 : 0;
}

std::optional<std::uint32_t> device_number(const std::string& text)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number > largest_number) return std::nullopt;
    return number;
}

int usage_error(const std::string& what)
{
    complain("mknod: " + what);
    return exit_status::usage;
}

} // namespace

int mknod_command(const Invocation& invocation)
{
    std::vector<std::string> words;
    Options options(invocation);
    options.rest("PATH TYPE [MAJOR MINOR]", words, "TYPE is c (character device), b (block device) or p (named pipe)");
    if (const auto status = options.parse()) return *status;
    if (words.size() < 2) return usage_error("PATH and TYPE are missing");
    const auto type = type_of(words[1]);
    if (!type) return usage_error(fmt::format("'{}' is none of c, b, p", words[1]));
    const bool has_numbers = words[1] != "p";
    if (words.size() != (has_numbers ? 4u : 2u))
        return usage_error(has_numbers ? "a device has MAJOR and MINOR" : "a named pipe has no numbers");
    std::uint32_t numbers[2] = {};
    for (std::size_t i = 2; i < words.size(); ++i) {
        const auto number = device_number(words[i]);
        const auto which = i == 2 ? "MAJOR" : "MINOR";
        if (!number) return usage_error(fmt::format("{} '{}' is no number up to {}", which, words[i], largest_number));
        numbers[i - 2] = *number;
    }
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        GuestNames names(session->calls());
        const auto result = names.make_node(words[0], type | 0666, numbers[0], numbers[1]);
        if (!names.failed(result)) return 0;
        complain(fmt::format("mknod: {}: {}", words[0], error_text(result, names.arch())));
        return exit_status::failure;
    });
}

} // namespace retromod
