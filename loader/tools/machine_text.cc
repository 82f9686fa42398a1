// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/machine_text.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <functional>

namespace retromod {
namespace {

using Lines = std::vector<std::string>;

Lines split(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return lines;
}

/// What a broken machine still shows: a line that says where it broke.
Lines guarded(const std::function<Lines()>& make)
{
    try {
        return make();
    } catch (const KernelFault& fault) {
        return {fmt::format("(cannot be read: it leads to {:#x}, where nothing is)", fault.fault.address.value)};
    } catch (const KernelHang& hang) {
        return {fmt::format("(cannot be read: {})", hang.what)};
    }
}

Lines modules(Kernel& kernel)
{
    if (auto* loader = kernel.module_loader()) return split(loader->proc_modules()); // since 2.6
    Lines lines;
    kernel.modules().for_each([&](const ModuleView& module) {
        lines.push_back(fmt::format("{} at {:#x}, {} bytes, use count {}, flags {:#x}", module.name(), module.address().value,
                                    module.get(ModuleField::size), module.usecount(), module.flags()));
    });
    return lines;
}

Lines symbols(Kernel& kernel)
{
    Lines lines;
    const auto word = kernel.arch().word_bytes;
    kernel.modules().for_each([&](const ModuleView& module) {
        const auto table = module.pointer(ModuleField::syms);
        const auto count = module.get(ModuleField::nsyms);
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto at = table + i * 2 * word;
            const auto name = kernel.memory().load_string(kernel.memory().load_pointer(at + word));
            lines.push_back(fmt::format("{} = {:#x} [{}]", name, kernel.memory().load_word(at), module.name()));
        }
    });
    return lines;
}

Lines proc_file(Kernel& kernel, std::string_view path)
{
    const auto text = kernel_text(kernel, path);
    return text ? split(*text) : Lines{"(cannot be read)"};
}

} // namespace

std::vector<MachineText> describe_machine(Session& session)
{
    auto& kernel = session.kernel();
    std::vector<MachineText> parts;
    parts.push_back({"modules", guarded([&] { return modules(kernel); })});
    parts.push_back({"symbols", guarded([&] { return symbols(kernel); })});
    parts.push_back({"/proc", guarded([&] { return proc_listing(kernel); })});
    for (const auto path : kernel_text_paths(kernel)) {
        if (path == "/proc/ksyms" || path == "/proc/modules") continue; // they say the same as the parts above
        parts.push_back({std::string(path), guarded([&] { return proc_file(kernel, path); })});
    }
    parts.push_back({"log", split(kernel.log().text())});
    return parts;
}

} // namespace retromod
