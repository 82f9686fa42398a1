// SPDX-License-Identifier: GPL-2.0-or-later
// retromod read DEVICE: copies what a device of the guest gives to stdout.
#include "loader/tools/commands.h"
#include "loader/tools/device_path.h"
#include "loader/tools/guest_output.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

namespace retromod {

int read_command(const Invocation& invocation)
{
    std::string device;
    std::uint64_t bytes = whole_file;
    Options options(invocation);
    options.positional("DEVICE", device, "a node, /dev/NAME by its driver's name (and minor: /dev/scull1), or MAJOR:MINOR")
        .value("-n,--bytes", bytes, "stop after that many");
    if (const auto status = options.parse()) return *status;
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        session.let_calls_wait();
        return print_guest_file(session->calls(), device_path(device), "read", bytes) ? 0 : exit_status::failure;
    });
}

} // namespace retromod
