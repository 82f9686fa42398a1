// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/kernel.h"

#include "emu/kernel/boot.h"
#include "emu/kernel/machine_ports.h"
#include "emu/kernel/system_calls.h"

#include <fmt/format.h>

#include <stdexcept>

namespace retromod {
namespace {

constexpr StepEntry system_calls[] = {
    {"create_module", sys_create_module},     {"init_module", sys_init_module},
    {"delete_module", sys_delete_module},     {"query_module", sys_query_module},
    {"get_kernel_syms", sys_get_kernel_syms}, {"open", sys_open},
    {"close", sys_close},                   {"read", sys_read},
    {"write", sys_write},                   {"lseek", sys_lseek},
    {"ioctl", sys_ioctl},                   {"call_function", call_function},
};

Step not_implemented(Kernel& kernel, Frame&) { return failure(kernel, Errno::enosys); }

template <Step (ModuleLoader::*Call)(Frame&)>
Step by_loader(Kernel& kernel, Frame& frame)
{
    return kernel.module_loader() ? (kernel.module_loader()->*Call)(frame) : failure(kernel, Errno::enosys);
}

// Since 2.5.48 user space no longer links: what it used for that is gone.
constexpr StepEntry modern_system_calls[] = {
    {"create_module", not_implemented},   {"query_module", not_implemented},
    {"get_kernel_syms", not_implemented}, {"init_module", by_loader<&ModuleLoader::init_module>},
    {"finit_module", by_loader<&ModuleLoader::finit_module>}, {"delete_module", by_loader<&ModuleLoader::delete_module>},
};

const Cpu& cpu_of(const Machine& machine)
{
    if (const auto* cpu = find_cpu(machine.arch())) return *cpu;
    throw std::runtime_error(fmt::format("there is no CPU engine for {}: modules for it can be inspected, not run",
                                         machine.arch().name));
}

} // namespace

Kernel::Kernel(Machine& machine, const ExportTable& exports, const BootOptions& boot)
    : machine_(machine), exports_(exports), cpu_(cpu_of(machine)), module_layout_(machine.layouts()),
      state_(&machine.single<KernelRow>())
{
    if (machine.release().modern)
        for (const auto& step : modern_system_calls) steps_.emplace(step_key(step.name), step.function);
    ports_ = std::make_unique<MachinePorts>(*this);
    io_bus_ = ports_.get();
    for (const auto& step : system_calls) steps_.emplace(step_key(step.name), step.function);
    steps_.emplace(step_key("softirq"), &Kernel::run_softirqs);
    steps_.emplace(step_key("kernel thread"), &Kernel::kernel_thread);
    for (const auto family : exports_.steps)
        for (const auto& step : family) steps_.emplace(step_key(step.name), step.function);
    for (const auto family : exports_.functions) {
        for (const auto& row : family) {
            if (!row.since.covers(machine.release().exports) || (!row.arch.empty() && row.arch != arch().name)) continue;
            export_by_name_.emplace(row.name, &row);
            if (row.step) steps_.emplace(step_key(row.name), row.step);
        }
    }
    const bool fresh = !state_->booted;
    if (fresh) KernelBoot(*this, boot).lay_out();
    take_up();
    modules_ = std::make_unique<ModuleList>(memory(), module_layout_, GuestAddr{state_->module_list},
                                            GuestAddr{state_->kernel_module});
    if (fresh) KernelBoot(*this, boot).bring_up();
    if (exports_.module_loader) module_loader_ = exports_.module_loader(*this);
    if (module_loader_ && fresh) module_loader_->boot(boot);
}

Kernel::~Kernel() = default;

/// Finds this build's exports behind the entries that the machine has, by name.
void Kernel::take_up()
{
    const auto entries = machine_.table<EntryRow>();
    if (state_->entry_count > entries.capacity()) throw MachineDamaged("the kernel has more entries than its table holds");
    entry_exports_.assign(state_->entry_count, nullptr);
    entry_conventions_.assign(state_->entry_count, {});
    for (std::uint32_t number = 0; number < state_->entry_count; ++number) {
        const auto* row = entries.find(number);
        if (!row) continue;
        const std::string name(row->name, strnlen(row->name, sizeof row->name));
        entry_by_name_.emplace(name, number);
        const auto found = export_by_name_.find(name);
        if (found == export_by_name_.end()) continue;
        entry_exports_[number] = found->second;
        if (exports_.convention) entry_conventions_[number] = exports_.convention(arch(), machine_.release().exports, name);
    }
    for (const auto& row : machine_.table<VariableRow>())
        variables_.emplace(std::string(row.name, strnlen(row.name, sizeof row.name)), GuestAddr{row.address});
}

ModuleList& Kernel::modules()
{
    if (engine_)
        for (const auto& range : engine_->take_touched()) modules_->note_written(range);
    return *modules_;
}

ModuleRef Kernel::load_ref(GuestAddr at)
{
    const auto word = arch().word_bytes;
    return {memory().load_pointer(at), memory().load_pointer(at + word), memory().load_pointer(at + 2 * word)};
}

void Kernel::note_exception_table(const ModuleView& module)
try {
    if (!engine_ || arch().has_gp) return; // alpha's engine is always precise
    const auto start = module.pointer(ModuleField::ex_table_start), end = module.pointer(ModuleField::ex_table_end);
    const auto area = memory().vmalloc_area(module.address());
    if (!start || !area || !area->contains(start) || end < start || end - start > area->bytes) return;
    for (auto entry = start; entry < end; entry += arch().exception_entry_bytes)
        engine_->add_precise(memory().load_pointer(entry));
} catch (const KernelFault&) {
    // A table that leaves the mapped memory helps nobody: its faults become oopses.
}

void Kernel::forget_module(GuestAddr module)
{
    if (const auto area = memory().vmalloc_area(module); area && engine_) engine_->remove_precise(*area);
    if (machine_.table<DebugSymbolRow>().size()) remove_debug_symbols(module);
}

} // namespace retromod
