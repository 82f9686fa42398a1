// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/abi/event_sink.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/thread.h"
#include "emu/machine/machine.h"

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retromod {

/// A BUG() of the kernel's own.
struct KernelBug {
    std::string what;
};

/// User space as the kernel needs it: who answers request_module.
class UsermodeHelper {
public:
    virtual ~UsermodeHelper() = default;
    /// What /sbin/modprobe would be run for. Called between two steps of guest threads, while the one that asked waits: may
    /// make system calls, which may ask again.
    virtual void request_module(std::string_view name) = 0;
};

/// Kinds of allocation that a test can make fail.
enum class AllocationKind : std::uint8_t { page, kmalloc, vmalloc };

/// The name without the version that genksyms put behind it: printk for "printk_R1b7d4074".
std::string_view without_version(std::string_view name);

/// Blocks that pass in one tick of the 100 Hz timer: virtual time counts 500 ns a block, so that a driver that waits for
/// absent hardware by jiffies is done soon.
constexpr std::uint64_t blocks_per_jiffy = 20'000;
constexpr std::uint64_t blocks_per_microsecond = 2;
constexpr unsigned hz = 100;

/// A 2.2 or 2.4 kernel over a machine: what the system calls, the exports and the tools stand on. It keeps nothing that
/// matters outside the machine, so that another process can go on with it.
class Kernel final : private HypercallHandler {
public:
    /// Takes up the machine's kernel, booting it first if it is fresh.
    Kernel(Machine& machine, const ExportTable& exports, const BootOptions& boot = {});
    ~Kernel() override;

    Machine& machine() { return machine_; }
    AddressSpace& memory() { return machine_.memory(); }
    const Arch& arch() const { return machine_.arch(); }
    const Cpu& cpu() const { return cpu_; }
    const LayoutSet& layouts() const { return machine_.layouts(); }
    const CallRules& rules() const { return *machine_.release().rules; }
    KernelRow& state() { return *state_; }
    void set_sink(EventSink* sink) { sink_ = sink; }
    EventSink* sink() const { return sink_; }

    // --- system calls (run.cc) -----------------------------------------------------------------------------------

    /// Starts a system call on a new guest thread; `run` drives it.
    ThreadId begin(const SystemCall& call, const Caller& caller = {});
    /// Runs that thread until its call is over or something stops it.
    Outcome run(ThreadId thread, const RunLimits& limits = {});
    /// begin and run.
    Outcome call(const SystemCall& call, const Caller& caller = {}, const RunLimits& limits = {});
    /// Lets virtual time pass and everything runnable run, for that many ticks.
    void settle(std::uint64_t jiffies);
    /// Forgets a finished or dead thread; kills it first if it still runs.
    void reap(ThreadId thread);
    bool cap_sys_module() const { return caller_.cap_sys_module; }

    // --- processes of the host (process.cc) ------------------------------------------------------------------------

    /// The number under which this object's callers make system calls and have files open. Each has a number of its own.
    std::uint32_t process();
    /// What makes system calls from now on is another process of the guest: it gets a pid of its own with its first call.
    void begin_process() { caller_pid_ = 0; }
    /// Leaves the machine in a state that another process can go on with, and this one after `refresh`. Between runs only.
    void put_down() { switch_to(nullptr); }
    /// Takes the kernel up again, where another process may have changed the machine.
    void refresh();
    /// The other processes that have a system call under way.
    std::vector<std::uint32_t> waiting_processes();
    /// A process died: its system calls get SIGKILL, and when they are over its files are closed. One that sleeps
    /// uninterruptibly stays, as in the kernel, and its files stay open.
    void end_process(std::uint32_t process);
    /// Calls one kernel export as guest code would, from a thread of its own.
    Outcome call_export(std::string_view name, std::span<const std::uint64_t> arguments);
    /// The unfinished threads, for people: who waits for what.
    std::string describe_threads();

    // --- modules -------------------------------------------------------------------------------------------------

    /// The list of modules, told of what guest code could have written since it was last asked for.
    ModuleList& modules();
    const ModuleLayout& module_layout() const { return module_layout_; }
    ModuleView module(GuestAddr at) { return modules_->view(at); }
    ModuleRef load_ref(GuestAddr at);
    /// Drops what is known of a module that goes: debug symbols, exact faults.
    void forget_module(GuestAddr module);
    /// The module whose area holds that address, if any.
    std::optional<ModuleView> module_of(GuestAddr address);

    /// The loader of a release that links modules in the kernel; else nothing.
    ModuleLoader* module_loader() { return module_loader_.get(); }

    // --- user memory (user_copy.cc) --------------------------------------------------------------------------------

    /// copy_from_user: returns the bytes NOT copied; the rest of `into` is zeroed.
    std::uint64_t copy_from_user(std::span<std::byte> into, GuestAddr from);
    /// The same into guest memory. KernelFault if the kernel's side is bad.
    std::uint64_t copy_from_user(GuestAddr into, GuestAddr from, std::uint64_t bytes);
    std::uint64_t copy_to_user(GuestAddr to, std::span<const std::byte> from);
    bool put_user_word(GuestAddr to, std::uint64_t value); ///< false: EFAULT
    std::optional<std::uint64_t> get_user_word(GuestAddr from);
    /// access_ok: the range lies below TASK_SIZE (or addr_limit is KERNEL_DS).
    bool access_ok(GuestAddr from, std::uint64_t bytes);
    /// get_mod_name, getname: a name from user space. ENOMEM, EFAULT, EINVAL (empty), ENAMETOOLONG.
    ErrnoOr<std::string> get_mod_name(GuestAddr user);

    /// request_module, of a step function: asks the helper. What comes back is the step to return; when the function is
    /// called again, user space has done what it could. Nothing: go on at once, there is no helper and the log says that
    /// modprobe could not be run. ENOMEM: modprobes that wait for modprobes go too deep.
    ErrnoOr<std::optional<Sleep>> request_module(std::string_view name);
    void set_usermode_helper(UsermodeHelper* helper) { usermode_helper_ = helper; }
    /// BootOptions::modules_folder of this machine.
    std::string modules_folder();

    // --- memory (kmalloc.cc) ---------------------------------------------------------------------------------------

    /// kmalloc: NULL (0) when there is no memory. Contents undefined (zeroed here).
    GuestAddr kmalloc(std::uint64_t bytes);
    bool kfree(GuestAddr block); ///< false when no block starts there
    std::uint64_t kmalloc_size(GuestAddr block); ///< 0 when no block starts there
    /// Whether the next allocation of that kind may succeed (fault injection for tests).
    bool allocation_allowed(AllocationKind kind);
    void fail_allocation(AllocationKind kind, std::uint32_t nth) { state_->fail_allocation[static_cast<int>(kind)] = nth; }

    // --- log (printk.cc) -------------------------------------------------------------------------------------------

    /// printk: `text` may begin with "<N>"; without it the default level <4> is put before each line.
    void log(std::string_view text);
    std::string log_text();          ///< the ring buffer, with levels
    std::uint64_t log_position();    ///< characters logged since boot
    std::string log_since(std::uint64_t position);
    void clear_log();

    // --- symbols (symbols.cc) --------------------------------------------------------------------------------------

    /// The address that an import of that plain name gets, if the kernel offers it.
    std::optional<GuestAddr> symbol_address(std::string_view name);
    /// An entry that stops the guest with that name when called.
    GuestAddr bind_trap(std::string_view name);
    /// "printk", "hello+0x1c [hello]", or empty when nothing is known.
    std::string symbolize(GuestAddr address);
    /// Notes a module's symbols for symbolize; forgotten when the module goes.
    void add_debug_symbols(GuestAddr module, std::span<const std::pair<std::string, GuestAddr>> symbols);
    void remove_debug_symbols(GuestAddr module);
    /// The address of a kernel variable. Asking for one that does not exist is a bug: std::out_of_range.
    GuestAddr variable(std::string_view name);
    std::optional<GuestAddr> find_variable(std::string_view name);
    const Export* export_at(GuestAddr entry);
    const ExportTable& exports() const { return exports_; }

    // --- threads and time (threads.cc, time.cc) --------------------------------------------------------------------

    ThreadRow* current() { return current_; }
    GuestAddr current_task(); ///< task_struct of the current thread; the idle task's when there is none
    /// A kernel thread that calls function(argument); returns its pid.
    std::uint32_t start_kernel_thread(GuestAddr function, std::uint64_t argument, std::string_view comm);
    /// A kernel thread that runs a registered step function.
    ThreadRow& start_step_thread(std::string_view step, std::string_view comm);
    /// The same as one that has been there since boot, under a pid that is known: 0 the idle task, 2 keventd.
    ThreadRow& start_step_thread(std::string_view step, std::string_view comm, std::uint32_t pid);
    ThreadRow* thread_of_task(GuestAddr task);
    ThreadRow* find_thread(ThreadId id);
    /// wake_up_process: sets the task's state to TASK_RUNNING. True if it slept.
    bool wake_task(GuestAddr task);
    std::uint64_t task_field(GuestAddr task, std::string_view member);
    void set_task_field(GuestAddr task, std::string_view member, std::uint64_t value);

    std::uint64_t jiffies() const { return state_->jiffies; }
    /// Blocks passed since the last tick, those included that the guest has executed in the run under way.
    std::uint64_t blocks_in_tick() const;
    /// Lets that much virtual time pass while the current thread is busy.
    void pass_time(std::uint64_t blocks);
    void add_timer(GuestAddr timer, std::uint64_t expires);
    bool remove_timer(GuestAddr timer); ///< true if it was pending
    bool timer_pending(GuestAddr timer);
    void defer_call(GuestAddr function, std::uint64_t argument, GuestAddr object, std::string_view why);
    bool cancel_deferred(GuestAddr object);
    bool deferred(GuestAddr object);
    bool in_interrupt() const; ///< the current thread runs a softirq or interrupt frame

    Engine& engine();
    bool has_engine() const { return engine_ != nullptr; }
    /// Makes faults at this module's __ex_table entries exact.
    void note_exception_table(const ModuleView& module);
    /// The machine's ports; what `set_io_bus` puts in front of them may pass accesses on.
    IoBus& ports() { return *ports_; }
    void set_io_bus(IoBus* bus);

    /// Called once, when the engine is made and before it first runs guest code.
    void set_before_guest(std::function<void()> hook) { before_guest_ = std::move(hook); }
    /// Sends a signal to the tasks of this object's callers, as Ctrl-C does: they have it pending, and wake from an
    /// interruptible sleep. What they do about it is theirs. For signal handlers, and other threads.
    void interrupt() noexcept { interrupted_ = true; }
    bool has_undelivered_signal() const { return interrupted_; }
    bool is_interrupted() const { return interrupted_ || signalled_; } ///< by `interrupt`, at any time before

private:
    friend struct KernelBoot;

    Next on_hypercall(GuestAddr entry) noexcept override;
    void take_up();
    void write_entry_code(std::uint32_t number);
    bool has_data_export(std::string_view name) const;

    // run.cc
    void deliver_signal();
    void signal_task(GuestAddr task);
    SyscallResult as_user_sees(std::uint64_t result) const;
    std::optional<Outcome> run_current(std::uint64_t& blocks_left);
    std::optional<Outcome> step_current();
    std::optional<Outcome> apply_step(const Step& step);
    std::optional<Outcome> run_guest(std::uint64_t& blocks_left);
    std::optional<Outcome> guest_stopped(const Stop& stop);
    std::optional<Outcome> guest_faulted(const Stop& stop);
    std::optional<Outcome> entered_kernel(GuestAddr entry);
    std::optional<Outcome> die(const std::string& headline, const Stop& stop, Outcome::Kind kind);
    std::optional<Outcome> give_up(Outcome::Kind kind, const std::string& what);
    std::optional<Outcome> pending_trouble();
    void finish_frame(std::uint64_t value);
    void begin_guest_call(const CallGuest& call);
    void push_frame(ThreadRow& thread, std::uint32_t step, GuestAddr entry);
    ThreadRow* pick(ThreadRow& preferred);
    void serve_module_request();
    bool is_runnable(ThreadRow& thread);
    void switch_to(ThreadRow* thread);
    GuestAddr processor_data() const;
    void note_current_task();
    void finish_thread(ThreadRow& thread, ThreadState state);
    StepFunction find_step(std::uint32_t key) const;
    void trace_call(const Export& row, ExportContext& context, bool finished);
    // threads.cc
    ThreadRow& new_thread(std::string_view comm, std::uint32_t pid);
    void ensure_task(ThreadRow& thread);
    void free_task(ThreadRow& thread);
    Field task_member(std::string_view member) const;
    // time.cc
    void tick();
    void store_time();
    bool time_work_due();
    std::optional<std::uint64_t> next_event();
    void advance_to(std::uint64_t jiffies);
    bool deliver_interrupts();
    static Step run_softirqs(Kernel& kernel, Frame& frame);
    static Step kernel_thread(Kernel& kernel, Frame& frame);
    // oops.cc
    std::optional<GuestAddr> search_exception_table(GuestAddr pc);
    std::string oops_headline(const Stop& stop);
    void log_registers(const CpuContext& context);
    void report_oops(const std::string& headline, const Stop& stop);

    Machine& machine_;
    const ExportTable& exports_;
    const Cpu& cpu_;
    ModuleLayout module_layout_;
    KernelRow* state_ = nullptr;
    std::unique_ptr<ModuleList> modules_;
    std::unique_ptr<ModuleLoader> module_loader_;
    std::unique_ptr<Engine> engine_;
    std::function<void()> before_guest_;
    std::atomic<bool> interrupted_ = false;
    bool signalled_ = false; ///< a task of ours was told of it
    std::uint32_t process_ = 0;
    std::uint32_t caller_pid_ = 0;  ///< of the guest's process that makes the calls; 0: it has none yet
    std::optional<std::uint64_t> run_began_; ///< what the engine had executed before the run under way
    EventSink* sink_ = nullptr;
    std::unique_ptr<IoBus> ports_;
    IoBus* io_bus_ = nullptr; ///< `ports_` unless somebody stands before them
    UsermodeHelper* usermode_helper_ = nullptr;
    struct ModuleRequest {
        ThreadId thread;
        std::string name;
    };
    std::optional<ModuleRequest> module_request_;
    unsigned modprobes_ = 0; ///< under way, each waiting for the next
    Caller caller_;
    ThreadRow* current_ = nullptr;
    std::uint32_t last_picked_ = 0; ///< row of the thread that had the last turn beside the awaited one
    std::vector<const Export*> entry_exports_; ///< by entry number
    std::vector<Convention> entry_conventions_; ///< likewise
    std::unordered_map<std::string_view, const Export*> export_by_name_;
    std::unordered_map<std::uint32_t, StepFunction> steps_;
    std::unordered_map<std::string, GuestAddr> variables_;
    std::unordered_map<std::string, std::uint32_t> entry_by_name_;
    // What a plain export met inside the engine's callback, dealt with when the engine has stopped.
    std::optional<MemoryFault> pending_fault_;
    std::optional<std::string> pending_hang_, pending_bug_, pending_trap_;
    std::exception_ptr pending_failure_; ///< a failure of the host, rethrown outside the engine
    mutable std::unordered_map<std::string_view, Field> task_fields_;
};

} // namespace retromod
