// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's parts, put together over a machine.
#include "emu/kernel/kernel.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/boot.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/exception_table.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/machine_ports.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/timers.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

#include <stdexcept>

namespace retromod {
namespace {

const Cpu& cpu_of(const Machine& machine)
{
    if (const auto* cpu = find_cpu(machine.arch())) return *cpu;
    throw std::runtime_error(fmt::format("there is no CPU engine for {}: modules for it can be inspected, not run",
                                         machine.arch().name));
}

} // namespace

Kernel::Kernel(Machine& machine, const ExportTable& exports, const BootOptions& boot)
    : machine_(machine), exports_(exports), cpu_(cpu_of(machine)), state_(std::make_unique<KernelState>(machine)),
      processor_(std::make_unique<Processor>(machine, cpu_, *state_)),
      modules_(std::make_unique<ModuleList>(*processor_, machine.layouts())), log_(std::make_unique<Log>(machine)),
      heap_(std::make_unique<Heap>(machine, *state_)),
      symbols_(std::make_unique<Symbols>(machine, cpu_, exports, *state_, *modules_)),
      clock_(std::make_unique<Clock>(machine, *state_, *processor_, [this] { tick(); })),
      timers_(std::make_unique<Timers>(machine, *state_)),
      softirqs_(std::make_unique<Softirqs>(*this)),
      threads_(std::make_unique<Threads>(machine, cpu_, *state_, *processor_)),
      user_(std::make_unique<UserAccess>(machine, *threads_, *heap_)), module_requests_(std::make_unique<ModuleRequests>(*this)),
      scheduler_(std::make_unique<Scheduler>(*this)),
      processes_(std::make_unique<Processes>(machine, *state_, *threads_, *scheduler_))
{
    processor_->set_ports(std::make_unique<MachinePorts>(*this));
    const bool fresh = !state().booted;
    if (fresh) KernelBoot(*this, boot).lay_out();
    take_up();
    if (fresh) KernelBoot(*this, boot).bring_up();
    if (exports_.module_loader) module_loader_ = exports_.module_loader(*this);
    if (module_loader_ && fresh) module_loader_->boot(boot);
}

Kernel::Kernel(Machine& machine, const ExportTable& exports) : Kernel(machine, exports, BootOptions()) {}

Kernel::~Kernel() = default;

KernelRow& Kernel::state() { return **state_; }

void Kernel::take_up()
{
    symbols_->take_up();
    modules_->take_up(machine_, GuestAddr{state().module_list}, GuestAddr{state().kernel_module});
}

void Kernel::tick()
{
    for (const auto hook : exports_.tick) hook(*this);
    softirqs_->timer_interrupt();
    if (auto* engine = processor_->made_engine(); engine && has_softirq_work(*this)) engine->interrupt();
}

void Kernel::set_sink(EventSink* sink)
{
    sink_ = sink;
    log_->set_sink(sink);
}

void Kernel::put_down() { threads_->switch_to(nullptr); }

void Kernel::refresh()
{
    processor_->drop();
    threads_->forget_current();
    scheduler_->forget();
    state_->refresh();
    take_up();
}

} // namespace retromod
