// SPDX-License-Identifier: GPL-2.0-or-later
// retromod disasm: the code of a module file, or a function of a loaded module.
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/symbols.h"
#include "loader/tools/commands.h"
#include "loader/tools/disasm_file.h"
#include "loader/tools/options.h"
#include "loader/tools/sample.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// Where a symbol of a loaded module lies: up to the next symbol, or the module's end.
std::optional<GuestRange> find_function(Kernel& kernel, const ModuleView& module, const std::string& name)
{
    std::vector<std::uint64_t> starts;
    std::optional<std::uint64_t> start;
    for (const auto& row : kernel.machine().table<DebugSymbolRow>()) {
        if (row.module != module.address().value) continue;
        starts.push_back(row.address);
        if (name == row.name) start = row.address;
    }
    if (!start) return std::nullopt;
    auto end = module.address().value + module.get(ModuleField::size);
    for (const auto other : starts)
        if (other > *start) end = std::min(end, other);
    return GuestRange{{*start}, end > *start ? end - *start : 0};
}

/// The name of the address that an instruction's text ends with: "call 0xc0101020" -> "printk".
std::string name_of_operand(Kernel& kernel, const std::string& text)
{
    const auto at = text.rfind("0x");
    if (at == std::string::npos) return "";
    const auto address = std::strtoull(text.c_str() + at, nullptr, 16);
    return address >= kernel.arch().page_offset.value ? kernel.symbols().describe({address}) : "";
}

int disassemble_loaded(Kernel& kernel, const ModuleView& module, const std::string& name)
{
    const auto function = find_function(kernel, module, name);
    if (!function) {
        complain(fmt::format("disasm: module '{}' has no symbol '{}'", module.name(), name));
        return exit_status::failure;
    }
    fmt::print("{:08x} <{}>:\n", function->start.value, name);
    std::vector<std::byte> code(function->bytes);
    code.resize(kernel.memory().read(function->start, code));
    for (const auto& instruction : disassemble(kernel.cpu(), code, function->start)) {
        const auto operand = name_of_operand(kernel, instruction.text);
        fmt::print("{:8x}:\t{}{}{}\n", instruction.address.value, instruction.text, operand.empty() ? "" : "\t; ", operand);
    }
    return 0;
}

} // namespace

int disasm_command(const Invocation& invocation)
{
    std::string what, function;
    Options options(invocation);
    options.positional("FILE|MODULE", what, "a module file, or the name of a loaded module")
        .value("-f,--function", function, "only this one; of a loaded module it must be named");
    if (const auto status = options.parse()) return *status;
    if (what.find('/') != std::string::npos || what.ends_with(".o") || what.ends_with(".o.gz"))
        return disassemble_file(module_or_sample(invocation, what), function);
    if (function.empty()) {
        complain("disasm: of a loaded module, say which function: -f NAME");
        return exit_status::usage;
    }
    ToolSession session(invocation, Purpose::look);
    const auto module = session->kernel().modules().find(what);
    if (!module) {
        complain(fmt::format("disasm: no module '{}' is loaded, and it is no path of a file", what));
        return exit_status::failure;
    }
    return disassemble_loaded(session->kernel(), *module, function);
}

} // namespace retromod
