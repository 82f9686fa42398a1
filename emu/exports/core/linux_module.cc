// SPDX-License-Identifier: GPL-2.0-or-later
// linux/module.h: use counts, symbols by name, and data that modules offer each other under a name.
// Source: kernel/module.c of 2.2.1 and 2.4.0 to 2.4.37.11.
#include "emu/exports/core/module_functions.h"

#include "emu/exports/family.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// One inter_module_register; fixed format. The name stays where its module keeps it.
struct InterModuleRow {
    static constexpr std::string_view table_name = "inter_modules";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t name;
    std::uint64_t owner;
    std::uint64_t userdata;
};

/// Whether an inter_module_register ever ran out of memory; fixed format, one row.
struct InterModuleStateRow {
    static constexpr std::string_view table_name = "inter_module_state";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t kmalloc_failed;
};

InterModuleRow* find_inter_module(Kernel& kernel, const std::string& name)
{
    return kernel.machine().table<InterModuleRow>().find_if(
        [&](const InterModuleRow& row) { return kernel.memory().load_string({row.name}) == name; });
}

[[noreturn]] void bug(Kernel& kernel, const std::string& line)
{
    kernel.log().write("<3>" + line);
    throw KernelBug{line};
}

std::int32_t try_inc_mod_count(Kernel& kernel, GuestAddr owner) { return hold_module(kernel, owner); }

/// The value of a symbol among a running module's, 0 if it has none of that name.
std::uint64_t symbol_in(Kernel& kernel, const ModuleView& module, const std::string& name)
{
    constexpr auto state = module_flag::running | module_flag::deleted;
    if ((module.flags() & state) != module_flag::running) return 0;
    auto& memory = kernel.memory();
    const auto count = module.get(ModuleField::nsyms);
    auto at = module.pointer(ModuleField::syms);
    for (std::uint64_t i = 0; i < count; ++i, at += kernel.modules().layout().symbol_bytes())
        if (memory.load_string(memory.load_pointer(at + kernel.arch().word_bytes)) == name) return memory.load_word(at);
    return 0;
}

ULong get_module_symbol(Kernel& kernel, GuestString module_name, GuestString name)
{
    std::uint64_t value = 0;
    const auto look = [&](const ModuleView& module) {
        if (!value && (!module_name.address || module.name() == module_name.text)) value = symbol_in(kernel, module, name.text);
    };
    kernel.modules().for_each(look);
    look(kernel.modules().kernel());
    return {value};
}

void inter_module_register(Kernel& kernel, GuestString name, GuestAddr owner, GuestAddr userdata)
{
    const bool allowed = kernel.heap().allows(AllocationKind::kmalloc);
    if (allowed && find_inter_module(kernel, name.text))
        bug(kernel, fmt::format("inter_module_register: duplicate im_name '{}'", name.text));
    auto* row = allowed ? kernel.machine().table<InterModuleRow>().insert() : nullptr;
    if (!row) {
        kernel.log().write(fmt::format("<3>Aiee, inter_module_register: cannot kmalloc entry for '{}'\n", name.text));
        kernel.machine().single<InterModuleStateRow>().kmalloc_failed = 1;
        return;
    }
    row->name = name.address.value;
    row->owner = owner.value;
    row->userdata = userdata.value;
}

void inter_module_unregister(Kernel& kernel, GuestString name)
{
    if (auto* row = find_inter_module(kernel, name.text)) return kernel.machine().table<InterModuleRow>().erase(*row);
    const auto line = fmt::format("inter_module_unregister: no entry for '{}'", name.text);
    if (!kernel.machine().single<InterModuleStateRow>().kmalloc_failed) bug(kernel, line);
    kernel.log().write("<3>" + line + ", probably caused by previous kmalloc failure\n");
}

GuestAddr inter_module_get(Kernel& kernel, GuestString name)
{
    const auto* row = find_inter_module(kernel, name.text);
    if (!row || !hold_module(kernel, {row->owner})) return {};
    return {row->userdata};
}

Step inter_module_get_request(Kernel& kernel, Frame& frame, GuestString name, GuestString module_name)
{
    const auto data = inter_module_get(kernel, name);
    if (data || frame.phase++) return Return{data.value};
    const auto asked = kernel.module_requests().ask(module_name.text);
    if (asked && *asked) return **asked;
    return Return{inter_module_get(kernel, name).value};
}

void inter_module_put(Kernel& kernel, GuestString name)
{
    const auto* row = find_inter_module(kernel, name.text);
    if (!row) bug(kernel, fmt::format("inter_module_put: no entry for '{}'", name.text));
    release_module(kernel, {row->owner});
}

constexpr Export functions[] = {
    full<try_inc_mod_count>("try_inc_mod_count", since_2_4),
    full<get_module_symbol>("get_module_symbol", only_2_2),
    full<inter_module_register>("inter_module_register", since_2_4),
    full<inter_module_unregister>("inter_module_unregister", since_2_4),
    full<inter_module_get>("inter_module_get", since_2_4),
    full<inter_module_get_request>("inter_module_get_request", since_2_4),
    full<inter_module_put>("inter_module_put", since_2_4),
};

void tell(RowVisitor& visitor, const InterModuleRow& row)
{
    visitor.pointer("the name of an entry", row.name);
    visitor.pointer("the owner of an entry", row.owner);
    visitor.pointer("the data of an entry", row.userdata);
}
constexpr TableKind tables[] = {table<InterModuleRow, tell>("inter-module entries"), table<InterModuleStateRow>()};

} // namespace

std::span<const Export> module_functions() { return functions; }

extern const Family linux_module{.header = "linux/module.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
