// SPDX-License-Identifier: GPL-2.0-or-later
// retromod ioctl DEVICE COMMAND: an ioctl with a number, or with a pointer to a buffer that is shown afterwards.
#include "loader/tools/commands.h"
#include "loader/tools/device_path.h"
#include "loader/tools/guest_output.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"
#include "loader/tools/trace_sinks.h"

#include <fmt/format.h>

namespace retromod {
namespace {

struct Choice {
    std::string device;
    std::uint64_t command = 0;
    std::uint64_t argument = 0;
    std::optional<std::string> buffer; ///< hexadecimal bytes
};

/// "00ff10" as bytes; nothing when it is no even number of hexadecimal digits.
std::optional<std::vector<std::byte>> bytes_of(const std::string& hex)
{
    if (hex.empty() || hex.size() % 2 || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
        return std::nullopt;
    std::vector<std::byte> bytes;
    for (std::size_t at = 0; at < hex.size(); at += 2)
        bytes.push_back(static_cast<std::byte>(std::stoul(hex.substr(at, 2), nullptr, 16)));
    return bytes;
}

int do_ioctl(KernelCalls& calls, const Choice& choice, std::vector<std::byte> buffer)
{
    const auto path = device_path(choice.device);
    GuestFile file(calls, path, GuestFile::Access::both);
    if (!file.is_open()) {
        complain_of_call("ioctl", path, "open", file.opened(), calls.arch());
        return exit_status::failure;
    }
    const auto result = choice.buffer ? file.ioctl(choice.command, buffer) : file.ioctl(choice.command, choice.argument);
    file.close();
    fmt::print("{}\n", show_result(result, calls.arch()));
    if (choice.buffer) {
        for (const auto byte : buffer) fmt::print("{:02x}", std::to_integer<unsigned>(byte));
        fmt::print("\n");
    }
    return result.failed(calls.arch()) ? exit_status::failure : 0;
}

} // namespace

int ioctl_command(const Invocation& invocation)
{
    Choice choice;
    Options options(invocation);
    options.positional("DEVICE", choice.device, "a node, /dev/NAME by its driver's name (and minor: /dev/scull1), or MAJOR:MINOR")
        .positional("COMMAND", choice.command, "the command's number: 0x6301 or decimal")
        .value("-a,--argument", choice.argument, "a number as the argument")
        .value("-b,--buffer", choice.buffer, "a pointer to these bytes (hexadecimal) as the argument; shown afterwards");
    if (const auto status = options.parse()) return *status;
    std::vector<std::byte> buffer;
    if (choice.buffer) {
        auto bytes = bytes_of(*choice.buffer);
        if (!bytes) {
            complain(fmt::format("ioctl: --buffer '{}' is no even number of hexadecimal digits", *choice.buffer));
            return exit_status::usage;
        }
        buffer = std::move(*bytes);
    }
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        session.let_calls_wait();
        return do_ioctl(session->calls(), choice, buffer);
    });
}

} // namespace retromod
