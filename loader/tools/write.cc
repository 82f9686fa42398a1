// SPDX-License-Identifier: GPL-2.0-or-later
// retromod write DEVICE [-t TEXT]: writes TEXT, or standard input, to a device of the guest.
#include "loader/tools/commands.h"
#include "loader/tools/device_path.h"
#include "loader/tools/guest_output.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

std::string read_standard_input()
{
    std::string text;
    char buffer[4096];
    while (const auto got = std::fread(buffer, 1, sizeof buffer, stdin)) text.append(buffer, got);
    return text;
}

/// Writes until everything is taken, as a process does that gets short counts.
int write_all(KernelCalls& calls, const std::string& path, std::string_view text)
{
    GuestFile file(calls, path, GuestFile::Access::write);
    if (!file.is_open()) {
        complain_of_call("write", path, "open", file.opened(), calls.arch());
        return exit_status::failure;
    }
    int status = 0;
    while (status == 0 && !text.empty() && !calls.is_interrupted()) {
        const auto result = file.write(text);
        if (result.failed(calls.arch())) {
            complain_of_call("write", path, "write", result, calls.arch());
            status = exit_status::failure;
        } else if (result.word == 0 || result.word > text.size()) {
            complain(fmt::format("write: {}: the driver took {} of {} bytes", path, result.word, text.size()));
            status = exit_status::failure;
        } else {
            text.remove_prefix(result.word);
        }
    }
    file.close();
    return status;
}

} // namespace

int write_command(const Invocation& invocation)
{
    std::string device;
    std::optional<std::string> text;
    Options options(invocation);
    options.positional("DEVICE", device, "a node, /dev/NAME by its driver's name (and minor: /dev/scull1), or MAJOR:MINOR")
        .value("-t,--text", text, "what to write (default: standard input)");
    if (const auto status = options.parse()) return *status;
    if (!text) text = read_standard_input();
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        session.let_calls_wait();
        return write_all(session->calls(), device_path(device), *text);
    });
}

} // namespace retromod
