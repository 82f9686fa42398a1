// SPDX-License-Identifier: GPL-2.0-or-later
// init_module(2) since 2.6, check by check in the kernel's order: docs/modern-abi.md has the list with its sources.
// Source: load_module and do_init_module of kernel/module/main.c (6.1, 6.12), kernel/module.c (2.6.17).
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/user_access.h"
#include "loader/modern/built_in_modules.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace retromod {

using namespace modern_elf;

namespace {

constexpr std::uint64_t longest_arguments = 4 << 20; ///< KMALLOC_MAX_SIZE: what strndup_user can take
constexpr std::uint64_t longest_image_2_6 = 64 << 20;

} // namespace

ModernKernel::Task ModernKernel::do_init_module(std::array<std::uint64_t, 8> arguments)
{
    const GuestAddr image{arguments[0]}, params{arguments[2]};
    const auto length = arguments[1];
    if (!kernel_.processes().caller().cap_sys_module || state().modules_disabled) co_return error(Errno::eperm);
    const ModuleImage form({}, kernel_.arch().word_bytes);
    if (length < form.header_bytes()) co_return error(Errno::enoexec);
    const auto& memory = kernel_.memory();
    if (length > memory.total_pages() * kernel_.arch().page_bytes) co_return error(Errno::enomem);
    if (!rules().has_finit && length > longest_image_2_6) co_return error(Errno::enomem);
    std::vector<std::byte> bytes(length);
    if (kernel_.user().copy_from(bytes, image)) co_return error(Errno::efault);
    co_return co_await load_module(std::move(bytes), params, 0);
}

/// Loads an image that is in the kernel. What the real kernel would crash on is refused, and nothing of it stays.
ModernKernel::Task ModernKernel::load_module(std::vector<std::byte> image, GuestAddr params, std::uint32_t flags)
{
    LoadInfo info(ModuleImage(std::move(image), kernel_.arch().word_bytes));
    info.flags = flags;
    std::int64_t result = error(Errno::enoexec);
    const auto refuse = [&](std::string_view why) {
        log(4, fmt::format("retromod: refused where {} would crash: {}", kernel_.machine().uts_release(), why));
    };
    try {
        result = co_await load_checked(info, params);
    } catch (const WouldCrash& crash) {
        refuse(crash.what);
    } catch (const KernelFault& fault) {
        refuse(fmt::format("the image leads to {:#x}, where there is no memory", fault.fault.address.value));
    }
    if (info.arguments) kernel_.heap().free(info.arguments);
    if (info.row != LoadInfo::no_row && row(info.row).state != ModuleState::live) free_module(info.row);
    co_return result;
}

ModernKernel::Task ModernKernel::load_checked(LoadInfo& info, GuestAddr params)
{
    if (const auto wrong = check_signature(info)) co_return error(*wrong);
    if (const auto wrong = check_elf(info)) co_return error(*wrong);
    if (rules().has_finit && is_blacklisted(*info.name)) {
        log(3, fmt::format("Module {} is blacklisted", *info.name));
        co_return error(Errno::eperm);
    }
    if (const auto wrong = check_versions_and_magic(info)) co_return error(*wrong);
    if (rules().copies_arguments_early)
        if (const auto wrong = copy_arguments(info, params)) co_return wrong;
    if (rules().looks_for_twin_early)
        if (const auto wrong = co_await add_unformed(info, true)) co_return wrong;
    if (!rules().taints_when_allocated)
        if (const auto wrong = note_origin(info)) co_return error(*wrong);
    if (const auto wrong = check_section_flags(info)) co_return error(*wrong);
    if (const auto wrong = lay_out(info)) co_return error(*wrong);
    if (const auto wrong = co_await add_unformed(info, false)) co_return wrong;
    const auto is_proprietary = [&] { return (tainted() & taint_bit(TaintFlag::proprietary)) != 0; };
    const bool was_proprietary = is_proprietary();
    if (rules().taints_when_allocated)
        if (const auto wrong = note_origin(info)) co_return error(*wrong);
    note_signature(info);
    if (rules().taints_when_allocated) note_known_liars(info, was_proprietary);
    check_this_module(info);
    fill_struct_module(info);
    if (const auto wrong = allocate_percpu(info)) co_return error(*wrong);
    find_module_sections(info);
    if (!rules().taints_when_allocated) note_known_liars(info, is_proprietary());
    if (const auto wrong = check_own_exports(info)) co_return error(*wrong);
    if (const auto wrong = co_await resolve_symbols(info)) co_return wrong;
    if (const auto wrong = apply_relocations(info)) co_return error(*wrong);
    if (!rules().copies_arguments_early)
        if (const auto wrong = copy_arguments(info, params)) co_return wrong;
    row(info.row).arguments = std::exchange(info.arguments, {}).value;
    set_member(info, "args", row(info.row).arguments);
    if (const auto wrong = check_duplicate_exports(info)) co_return error(*wrong);
    set_state(row(info.row), ModuleState::coming);
    const GuestAddr arguments{row(info.row).arguments};
    if (const auto wrong = co_await parse_arguments(info, kernel_.memory().load_string(arguments, longest_arguments)))
        co_return wrong;
    if (const auto wrong = add_to_sysfs(info)) co_return wrong;
    note_symbols(info);
    co_return co_await run_init(info);
}

// --- twins ------------------------------------------------------------------------------------------------------

bool ModernKernel::is_under_way(const std::string& name)
{
    const auto* module = find_module(name);
    return module && module->state != ModuleState::live;
}

Sleep ModernKernel::park(const char* what, std::uint64_t until)
{
    constexpr std::uint64_t uninterruptible = 2;
    auto& thread = *kernel_.threads().current();
    if (thread.task) kernel_.threads().set_task_field({thread.task}, "state", uninterruptible);
    waiters_.push_back(kernel_.machine().table<ThreadRow>().number_of(thread));
    return {what, until};
}

void ModernKernel::wake_waiters()
{
    for (const auto waiter : std::exchange(waiters_, {}))
        if (auto* thread = kernel_.threads().find(waiter); thread && thread->state == ThreadState::sleeping)
            thread->state = ThreadState::runnable;
}

void ModernKernel::set_state(ModernModuleRow& module, ModuleState state)
{
    module.state = state;
    if (module.address)
        kernel_.memory().store<std::uint32_t>(member_at({module.address}, "state"), static_cast<std::uint32_t>(state));
    wake_waiters();
}

/// Reserves the module's name in the list. One of that name that is live is EEXIST; for one that starts or goes we wait,
/// and it is EEXIST if it made it, else EBUSY. Source: add_unformed_module, module_patient_check_exists.
ModernKernel::Task ModernKernel::add_unformed(LoadInfo& info, bool early)
{
    const auto name = struct_name(info);
    if (rules().has_finit && !rules().strict_this_module && name.size() >= rules().name_bytes)
        throw WouldCrash{"the name in struct module has no end"};
    if (const auto* twin = find_module(name)) {
        if (twin->state == ModuleState::live || !rules().waits_for_twin) co_return error(Errno::eexist);
        while (is_under_way(name)) co_await park("a module of the same name");
        twin = find_module(name);
        co_return error(twin && twin->state == ModuleState::live ? Errno::eexist : Errno::ebusy);
    }
    if (early) co_return 0;
    auto& module = row(info.row);
    set_row_text(module.name, name);
    module.order = ++state().next_order;
    co_return 0;
}

/// Where the kernel believes struct module, and an image can make it regret that.
void ModernKernel::check_this_module(const LoadInfo& info)
{
    const auto& section = info.sections[info.index.module];
    const auto* last = find_member(rules(), "refcnt");
    if (section.type == type_nobits) throw WouldCrash{"struct module has no content"};
    if (!(section.flags & flag_write)) throw WouldCrash{"struct module is in memory that becomes read-only"};
    if (section.size && section.size < last->offset + last->size)
        throw WouldCrash{fmt::format("struct module has {} bytes, its reference count lies at {}", section.size, last->offset)};
}

/// What the kernel writes into a fresh struct module, as far as a module could see it.
void ModernKernel::fill_struct_module(LoadInfo& info)
{
    constexpr std::int32_t base_and_loading = 2;
    set_member(info, "state", static_cast<std::uint64_t>(ModuleState::unformed));
    set_member(info, "refcnt", base_and_loading);
    if (!find_member(rules(), "core_layout")) return;
    // struct module_layout: base, size, then a node of the tree of addresses.
    auto& memory = kernel_.memory();
    const auto layout = member_at(info.module, "core_layout");
    memory.store_word(layout, row(info.row).area[0]);
    memory.store<std::uint32_t>(layout + 8, row(info.row).area_bytes[0]);
    for (const unsigned link : {24, 32, 56}) memory.store_word(layout + link, info.module.value | (link != 24));
}

// --- arguments --------------------------------------------------------------------------------------------------

// Source: strndup_user: the whole string is measured before it is copied.
std::int64_t ModernKernel::copy_arguments(LoadInfo& info, GuestAddr params)
{
    std::string text;
    auto& memory = kernel_.memory();
    while (true) {
        const auto at = params + text.size();
        const auto source = kernel_.user().access_ok(at, 1) ? memory.bytes(at, Access::read) : std::span<std::byte>();
        if (source.empty()) return error(Errno::efault);
        const auto end = std::ranges::find(source, std::byte{0});
        text.append(reinterpret_cast<const char*>(source.data()), static_cast<std::size_t>(end - source.begin()));
        if (end != source.end()) break;
        if (text.size() > memory.total_pages() * kernel_.arch().page_bytes) return error(Errno::enomem);
    }
    if (text.size() + 1 > longest_arguments) return error(Errno::enomem);
    const auto copy = kernel_.heap().allocate(text.size() + 1);
    if (!copy) return error(Errno::enomem);
    memory.write_all(copy, std::as_bytes(std::span(text.c_str(), text.size() + 1)));
    info.arguments = copy;
    return 0;
}

// --- sysfs ------------------------------------------------------------------------------------------------------

void ModernKernel::dump_stack()
{
    const auto* thread = kernel_.threads().current();
    log(4, fmt::format("CPU: 0 PID: {} Comm: {}", thread ? thread->pid : 0, thread ? row_text(thread->name) : ""));
    log(4, "Call Trace:");
    log(4, " </TASK>");
}

// Source: mod_sysfs_setup, add_sect_attrs.
std::int64_t ModernKernel::add_to_sysfs(LoadInfo& info)
{
    const auto name = struct_name(info);
    // Another kernel's configuration has other built-in modules, and nobody said which.
    if (is_built_in(name) && kernel_.machine().uts_release() == kernel_.machine().release().uts_release) {
        log(3, fmt::format("{}: module is already loaded", name));
        return error(Errno::einval);
    }
    if (name.empty()) {
        warn_with_trace("lib/kobject.c kobject_add_internal");
        return error(Errno::einval);
    }
    auto& module = row(info.row);
    set_row_text(module.version, info.modinfo("version").value_or(""));
    set_row_text(module.source_version, info.modinfo("srcversion").value_or(""));
    std::set<std::string> seen;
    for (unsigned number = 1; number < info.sections.size(); ++number) {
        const auto& section = info.sections[number];
        if (!info.allocated(number) || section.size == 0) continue;
        const auto section_name = info.section_name(number);
        if (!seen.insert(section_name).second) {
            log(4, fmt::format("sysfs: cannot create duplicate filename '/module/{}/sections/{}'", name, section_name));
            dump_stack();
            if (rules().duplicate_section_fails) return error(Errno::eexist);
            continue;
        }
        auto* entry = kernel_.machine().table<ModernSectionRow>().insert();
        if (!entry) return error(Errno::enomem);
        entry->module = info.row;
        entry->address = section.address;
        entry->bytes = section.size;
        entry->is_note = section.type == type_note;
        set_row_text(entry->name, section_name);
    }
    return 0;
}

// --- init -------------------------------------------------------------------------------------------------------

ModernKernel::Task ModernKernel::run_init(LoadInfo& info)
{
    const auto init = member(info, "init");
    row(info.row).init = init;
    row(info.row).exit = member(info, "exit");
    std::int64_t result = 0;
    if (init) result = static_cast<std::int32_t>(co_await CallGuest{{init}, {}, 0, "init"});
    const auto name = struct_name(info);
    if (result < 0) {
        set_state(row(info.row), ModuleState::going);
        co_return result;
    }
    if (result > 0) {
        log(4, rules().has_finit
                   ? fmt::format("do_init_module: '{}'->init suspiciously returned {}, it should follow 0/-E convention\n"
                                 "do_init_module: loading module anyway...", name, result)
                   : fmt::format("sys_init_module: '{}'->init suspiciously returned {}, it should follow 0/-E convention\n"
                                 "sys_init_module: loading module anyway...", name, result));
        dump_stack();
    }
    change_references(info.module, -1);
    free_init_memory(row(info.row));
    set_state(row(info.row), ModuleState::live);
    co_return 0;
}

void ModernKernel::free_area(GuestAddr area)
{
    kernel_.symbols().remove_debug(area);
    kernel_.memory().vfree(area);
}

void ModernKernel::free_init_memory(ModernModuleRow& module)
{
    for (auto kind = static_cast<std::size_t>(MemoryKind::init_text); kind < memory_kinds; ++kind) {
        if (module.area[kind]) free_area({module.area[kind]});
        module.area[kind] = 0;
        module.area_bytes[kind] = 0;
    }
}

void ModernKernel::drop_uses(std::uint32_t number)
{
    auto uses = kernel_.machine().table<ModernUseRow>();
    while (auto* use = uses.find_if([&](const ModernUseRow& candidate) { return candidate.user == number; })) {
        if (const auto& provider = row(use->provider); provider.address) change_references({provider.address}, -1);
        uses.erase(*use);
    }
}

/// Everything of a module goes: its uses of others, memory, files, its place in the list.
void ModernKernel::free_module(std::uint32_t number)
{
    drop_uses(number);
    auto& module = row(number);
    for (const auto area : module.area)
        if (area) free_area({area});
    if (module.percpu) kernel_.memory().vfree({module.percpu});
    if (module.arguments) kernel_.heap().free({module.arguments});
    auto sections = kernel_.machine().table<ModernSectionRow>();
    while (auto* section = sections.find_if([&](const ModernSectionRow& row) { return row.module == number; }))
        sections.erase(*section);
    kernel_.machine().table<ModernModuleRow>().erase(module);
    wake_waiters();
}

} // namespace retromod
