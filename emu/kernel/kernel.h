// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/release.h"
#include "emu/machine/machine.h"

#include <memory>

namespace retromod {

class Clock;
class EventSink;
class Heap;
class Log;
class ModuleList;
class ModuleLoader;
class ModuleRequests;
class Processes;
class Processor;
class Scheduler;
class Softirqs;
class Symbols;
class Threads;
class Timers;
class UserAccess;
class KernelState;
struct BootOptions;
struct Cpu;
struct ExportTable;
struct KernelRow;

/// A 2.2 or 2.4 kernel over a machine: what the system calls, the exports and the tools stand on. It holds the kernel's parts,
/// each in a header of its own, and keeps nothing that matters outside the machine, so that another process can go on with it.
class Kernel final {
public:
    /// Takes up the machine's kernel, booting it first if it is fresh.
    Kernel(Machine& machine, const ExportTable& exports, const BootOptions& boot);
    Kernel(Machine& machine, const ExportTable& exports);
    ~Kernel();

    Machine& machine() { return machine_; }
    AddressSpace& memory() { return machine_.memory(); }
    const Arch& arch() const { return machine_.arch(); }
    const LayoutSet& layouts() const { return machine_.layouts(); }
    const CallRules& rules() const { return *machine_.release().rules; }
    const Cpu& cpu() const { return cpu_; }
    const ExportTable& exports() const { return exports_; }

    KernelRow& state();                                ///< kernel_rows.h
    Log& log() { return *log_; }                       ///< log.h
    Heap& heap() { return *heap_; }                    ///< heap.h
    Symbols& symbols() { return *symbols_; }           ///< symbols.h
    ModuleList& modules() { return *modules_; }        ///< module_list.h
    UserAccess& user() { return *user_; }              ///< user_access.h
    Clock& clock() { return *clock_; }                 ///< clock.h
    Timers& timers() { return *timers_; }              ///< timers.h
    Softirqs& softirqs() { return *softirqs_; }        ///< softirqs.h
    Threads& threads() { return *threads_; }           ///< threads.h
    Scheduler& scheduler() { return *scheduler_; }     ///< scheduler.h
    Processes& processes() { return *processes_; }     ///< processes.h
    Processor& processor() { return *processor_; }     ///< processor.h
    ModuleRequests& module_requests() { return *module_requests_; } ///< module_requests.h
    /// The loader of a release that links modules in the kernel (module_loader.h); else nothing.
    ModuleLoader* module_loader() { return module_loader_.get(); }

    /// Who is told what happens in the machine (emu/abi/event_sink.h); none: nobody.
    void set_sink(EventSink* sink);
    EventSink* sink() const { return sink_; }

    /// Leaves the machine in a state that another process can go on with, and this one after `refresh`. Between runs only.
    void put_down();
    /// Takes the kernel up again, where another process may have changed the machine.
    void refresh();

private:
    void take_up();
    void tick();

    Machine& machine_;
    const ExportTable& exports_;
    const Cpu& cpu_;
    EventSink* sink_ = nullptr;
    std::unique_ptr<KernelState> state_;
    std::unique_ptr<Processor> processor_;
    std::unique_ptr<ModuleList> modules_;
    std::unique_ptr<Log> log_;
    std::unique_ptr<Heap> heap_;
    std::unique_ptr<Symbols> symbols_;
    std::unique_ptr<Clock> clock_;
    std::unique_ptr<Timers> timers_;
    std::unique_ptr<Softirqs> softirqs_;
    std::unique_ptr<Threads> threads_;
    std::unique_ptr<UserAccess> user_;
    std::unique_ptr<ModuleRequests> module_requests_;
    std::unique_ptr<Scheduler> scheduler_;
    std::unique_ptr<Processes> processes_;
    std::unique_ptr<ModuleLoader> module_loader_;
};

} // namespace retromod
