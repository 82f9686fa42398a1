// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/boot.h"

#include "emu/abi/gpl_exports.h"
#include "emu/kernel/address_limit.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/described_devices.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/export.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_call_table.h"
#include "emu/kernel/threads.h"

#include <algorithm>
#include <stdexcept>

namespace retromod {

namespace {

constexpr std::uint64_t boot_time = 1066892400; // 2003-10-23 07:00:00 UTC
constexpr std::uint32_t boot_processes = 11;     // init, kernel threads and what a start script ran: a real 2.4.18's next is 12
constexpr std::uint64_t boot_jiffies = 10'000;  // the machine has been up for 100 s
constexpr std::string_view return_entry_name = "(return to the kernel)";

} // namespace

void KernelBoot::lay_out()
{
    auto& state = kernel.state();
    auto& memory = kernel.memory();
    state.booted = 1;
    state.stub_unknown = options.stub && options.versions.empty(); // with versions, just the names of that kernel
    note_module_requests();
    if (options.devices) add_described_devices(kernel.machine(), *options.devices);
    state.jiffies = boot_jiffies;
    state.next_pid = boot_processes;
    state.boot_time = boot_time;
    state.entries = memory.allocate_text(EntryRow::table_capacity * std::uint64_t{kernel.cpu().entry_bytes}).value;
    state.return_entry = state.entries;
    make_entries();
    state.module_list = memory.allocate_image(kernel.arch().word_bytes, kernel.arch().word_bytes).value;
    state.kernel_module = memory.allocate_image(kernel.modules().layout().header_bytes(), 16).value;
    memory.store_word({state.module_list}, state.kernel_module);
    make_idle_task();
    make_processor_data();
    make_variables();
}

/// Where user space looks for modules that the kernel requests. A kernel whose list of symbols lacks request_module requests
/// none: it was built without CONFIG_KMOD.
void KernelBoot::note_module_requests()
{
    const bool no_requests = !options.versions.empty() && !options.versions.contains("request_module");
    if (options.modules_folder.empty() && !no_requests) return;
    auto& row = kernel.machine().single<ModulesFolderRow>();
    row.no_requests = no_requests;
    if (options.modules_folder.size() >= sizeof row.path) throw std::length_error("the path of the folder of modules is too long");
    options.modules_folder.copy(row.path, sizeof row.path - 1);
}

void KernelBoot::make_entries()
{
    auto& symbols = kernel.symbols();
    symbols.add_entry(return_entry_name, false);
    for (const auto family : kernel.exports().functions)
        for (const auto& row : family)
            if (symbols.offers(row)) symbols.add_entry(row.name, false);
    for (const auto name : listed_names())
        if (!symbols.offers_function(name) && nearest_export(kernel.exports(), kernel.machine(), name))
            symbols.add_entry(name, false);
    if (options.stub)
        for (const auto name : listed_names())
            if (!nearest_export(kernel.exports(), kernel.machine(), name) && !symbols.offers_variable(name))
                symbols.add_entry(name, true);
    for (const auto name : system_call_entries(kernel.machine()))
        if (!symbols.offers_function(name) && !options.versions.contains(std::string(name))) symbols.add_entry(name, false);
}

/// The names of the given list, in an order that does not depend on the host.
std::vector<std::string_view> KernelBoot::listed_names()
{
    std::vector<std::string_view> names;
    for (const auto& [name, versioned] : options.versions) names.push_back(name);
    std::ranges::sort(names);
    return names;
}

void KernelBoot::make_variables()
{
    auto variables = kernel.machine().table<VariableRow>();
    for (const auto* row : chosen_variables(kernel.exports(), kernel.machine(), options.versions)) {
        const auto bytes = row->bytes(kernel);
        if (bytes == no_variable) continue;
        auto* variable = variables.insert();
        if (!variable) throw std::length_error("more kernel variables than their table holds");
        variable->address = kernel.memory().allocate_image(std::max<std::uint64_t>(bytes, 4), 16).value;
        variable->bytes = bytes;
        row->name.copy(variable->name, sizeof variable->name - 1);
    }
}

void KernelBoot::make_idle_task()
{
    auto& state = kernel.state();
    const auto bytes = kernel.arch().thread_bytes;
    const auto task = kernel.memory().allocate_image(bytes, bytes);
    state.init_task = task.value;
    for (const auto link : {"next_task", "prev_task", "p_opptr", "p_pptr"}) kernel.threads().set_task_field(task, link, task.value);
    const auto comm = kernel.layouts().field("struct task_struct", "comm");
    constexpr std::string_view name = "swapper";
    kernel.memory().write(task + comm.offset, std::as_bytes(std::span(name)));
    const auto limit = address_limit(kernel.arch(), kernel.machine().release().exports);
    kernel.threads().set_task_field(task, limit.member, limit.kernel);
    give_context(task);
}

/// What all tasks share here: a directory, an empty table of files and the memory of a process. Drivers look into them and count.
void KernelBoot::give_context(GuestAddr task)
{
    struct Part {
        std::string_view member, type;
    };
    constexpr Part parts[] = {{"fs", "struct fs_struct"}, {"files", "struct files_struct"}, {"mm", "struct mm_struct"}};
    constexpr std::uint64_t usual_umask = 022;
    for (const auto& part : parts) {
        if (!kernel.layouts().has("struct task_struct", part.member) || !kernel.layouts().has(part.type)) continue;
        GuestStruct shared(kernel, part.type, kernel.memory().allocate_image(kernel.layouts().size(part.type), 16));
        shared.clear();
        shared.set_if_there("count.counter", 1);
        shared.set_if_there("umask", usual_umask);
        kernel.threads().set_task_field(task, part.member, shared.at().value);
    }
}

/// Source: pda_init of arch/x86_64/kernel/setup64.c, 2.4.37.11.
void KernelBoot::make_processor_data()
{
    constexpr std::string_view structure = "struct x8664_pda";
    if (!kernel.cpu().processor_data || kernel.machine().release().modern || !kernel.layouts().has(structure)) return;
    constexpr std::uint64_t cache_line = 64;
    const auto data = kernel.memory().allocate_image(kernel.layouts().size(structure), cache_line);
    kernel.state().processor_data = static_cast<std::uint32_t>(data - kernel.arch().kernel_text);
    const auto irqcount = kernel.layouts().field(structure, "irqcount");
    kernel.memory().store_sized(data + irqcount.offset, irqcount.size, ~std::uint64_t{0});
    kernel.threads().note_current_task();
}

void KernelBoot::bring_up()
{
    for (const auto* row : chosen_variables(kernel.exports(), kernel.machine(), options.versions))
        if (const auto at = kernel.symbols().find_variable(row->name); at && row->initialize) row->initialize(kernel, *at);
    if (const auto jiffies = kernel.symbols().find_variable("jiffies")) kernel.state().jiffies_at = jiffies->value;
    if (const auto xtime = kernel.symbols().find_variable("xtime")) kernel.state().xtime_at = xtime->value;
    kernel.clock().store();
    make_kernel_module();
    for (const auto hook : kernel.exports().boot) hook(kernel);
}

/// Exactly the symbols that the options ask for; those without an address are exports.
std::vector<KernelSymbol> KernelBoot::chosen_symbols()
{
    auto symbols = options.only_symbols;
    for (auto& symbol : symbols) {
        if (symbol.value) continue;
        auto name = without_version(symbol.name);
        if (name.starts_with(gpl_only_prefix)) name.remove_prefix(gpl_only_prefix.size());
        const auto address = kernel.symbols().address(name);
        if (!address) throw UnknownSymbol(symbol.name);
        symbol.value = *address;
    }
    return symbols;
}

/// The symbol by which insmod sees that a kernel has versions: 1, from module.h of such a kernel.
void KernelBoot::offer_version_mark(std::vector<KernelSymbol>& symbols)
{
    constexpr std::string_view mark = "Using_Versions";
    if (options.versions.contains(std::string(mark))) symbols.push_back({std::string(mark), {1}});
}

std::vector<KernelSymbol> KernelBoot::offered_symbols()
{
    if (!options.only_symbols.empty()) return chosen_symbols();
    const auto& release = kernel.machine().release();
    std::vector<KernelSymbol> symbols;
    const auto offer = [&](std::string_view name, GuestAddr address) {
        const auto listed = options.versions.find(std::string(name));
        if (listed != options.versions.end()) symbols.push_back({listed->second, address});
        if (!options.versions.empty()) return;
        const auto& known = kernel.symbols();
        if (!known.offers_function(name) && !known.find_variable(name)) return; // it stands in sys_call_table alone
        const bool for_gpl = !release.modern && is_gpl_export(release.exports, name);
        symbols.push_back({std::string(for_gpl ? gpl_only_prefix : "") + std::string(name), address});
    };
    for (const auto& row : kernel.machine().table<EntryRow>())
        if (row.name != return_entry_name && !is_core_private(row.name)) offer(row.name, *kernel.symbols().address(row.name));
    for (const auto& row : kernel.machine().table<VariableRow>()) offer(row.name, {row.address});
    offer_version_mark(symbols);
    return symbols;
}

GuestAddr KernelBoot::place_string(const std::string& text)
{
    const auto bytes = std::as_bytes(std::span(text.c_str(), text.size() + 1));
    const auto at = kernel.memory().allocate_image(bytes.size(), 1);
    kernel.memory().write_all(at, bytes);
    return at;
}

void KernelBoot::make_kernel_module()
{
    auto& memory = kernel.memory();
    const auto symbols = offered_symbols();
    const auto word = kernel.arch().word_bytes;
    const auto table = memory.allocate_image(symbols.size() * kernel.modules().layout().symbol_bytes(), word);
    auto at = table;
    for (const auto& symbol : symbols) {
        memory.store_word(at, symbol.value.value);
        memory.store_word(at + word, place_string(symbol.name).value);
        at += kernel.modules().layout().symbol_bytes();
    }
    auto module = kernel.modules().view({kernel.state().kernel_module});
    module.set(ModuleField::size_of_struct, kernel.modules().layout().header_bytes());
    module.set(ModuleField::name, place_string("").value);
    module.set_usecount(1);
    module.set(ModuleField::flags, module_flag::running);
    module.set(ModuleField::nsyms, symbols.size());
    module.set(ModuleField::syms, table.value);
}

} // namespace retromod
