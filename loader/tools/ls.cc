// SPDX-License-Identifier: GPL-2.0-or-later
// retromod ls and cat on machines since 2.6: /sys/module and /proc as programs see them.
#include "loader/api/modern_kernel_calls.h"

#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_commands.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// Does `show` for each path, over the machine's files; exit status 1 where any failed.
int for_each_path(const Invocation& invocation, const std::vector<std::string>& paths,
                  const std::function<std::optional<Errno>(ModernKernelCalls&, const std::string&)>& show)
{
    ToolSession session(invocation, Purpose::look);
    return run_in_session(session, [&] {
        ModernKernelCalls calls(session->kernel(), session->calls());
        int status = 0;
        for (const auto& path : paths) {
            const auto error = show(calls, path);
            if (!error) continue;
            complain(fmt::format("{}: {}: {}", invocation.name, path, errno_text(*error)));
            status = exit_status::failure;
        }
        return status;
    });
}

} // namespace

int kmod_cat(const Invocation& invocation, const std::vector<std::string>& paths)
{
    return for_each_path(invocation, paths, [](ModernKernelCalls& calls, const std::string& path) -> std::optional<Errno> {
        const auto text = calls.read_file(path);
        if (!text) return text.error();
        std::fwrite(text->data(), 1, text->size(), stdout);
        return std::nullopt;
    });
}

int kmod_ls(const Invocation& invocation, const std::vector<std::string>& paths)
{
    return for_each_path(invocation, paths, [](ModernKernelCalls& calls, const std::string& path) -> std::optional<Errno> {
        const auto names = calls.list_folder(path);
        if (!names) return names.error();
        for (const auto& name : *names) fmt::print("{}\n", name);
        return std::nullopt;
    });
}

} // namespace retromod
