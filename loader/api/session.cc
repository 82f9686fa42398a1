// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/session.h"

#include "loader/api/preload.h"
#include "loader/boot/core_link.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/threads.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

namespace retromod {
namespace {

const ExportTable& exports_for(const Machine& machine) { return machine.release().modern ? modern_exports() : linked_exports(); }

} // namespace

/// Everything over one machine, in the order in which it depends on each other.
struct Session::State {
    std::unique_ptr<Machine> own;
    std::optional<Transaction> transaction;
    std::optional<ReadView> view;
    Machine& machine;
    BufferedUserMemory user;
    Kernel kernel;
    KernelCalls calls;
    KernelSystem system;
    std::uint64_t generation = 0; ///< the machine's before the last jailed child
    bool said = false;  ///< that a call waits for other processes
    bool stale = false; ///< the machine's file may hold more than this

    State(std::unique_ptr<Machine> fresh, const BootOptions& boot)
        : own(std::move(fresh)), machine(*own), user(machine.arch()), kernel(machine, exports_for(machine), boot),
          calls(kernel, user), system(kernel)
    {
        machine.memory().set_user_memory(&user);
    }
    State(Transaction work, const BootOptions& boot)
        : transaction(std::move(work)), machine(transaction->machine()), user(machine.arch()),
          kernel(machine, exports_for(machine), boot), calls(kernel, user), system(kernel)
    {
        machine.memory().set_user_memory(&user);
    }
    explicit State(ReadView last)
        : view(std::move(last)), machine(view->machine()), user(machine.arch()), kernel(machine, exports_for(machine)),
          calls(kernel, user), system(kernel)
    {
        machine.memory().set_user_memory(&user);
    }
    bool wait_for_others(const std::function<void(const std::string&)>& say);
    ~State() { machine.memory().set_user_memory(nullptr); }
};

/// Lets others in until the machine has changed or a signal came. True: the call may go on now.
bool Session::State::wait_for_others(const std::function<void(const std::string&)>& say)
{
    using namespace std::chrono_literals;
    kernel.put_down();
    const auto who = kernel.threads().describe();
    transaction->park(kernel.processes().own());
    const auto signalled = [&] { return kernel.processes().has_undelivered_signal(); };
    std::chrono::milliseconds patience = said ? 1h : 1s;
    while (!transaction->wait_for_others(patience, signalled) && !signalled()) {
        if (!std::exchange(said, true)) say(who);
        patience = 1h;
    }
    transaction->resume();
    machine.memory().set_user_memory(&user);
    kernel.refresh();
    return true;
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

namespace {

/// A kernel that offers kmap_high is built with CONFIG_HIGHMEM.
MachineOptions as_its_symbols_say(MachineOptions machine, const BootOptions& boot)
{
    machine.highmem = machine.highmem || boot.versions.contains("kmap_high");
    return machine;
}

} // namespace

Session Session::in_memory(const MachineOptions& machine, const BootOptions& boot)
{
    return Session(std::make_unique<State>(std::make_unique<Machine>(as_its_symbols_say(machine, boot)), boot));
}

Session Session::boot(const std::string& path, const MachineOptions& machine, const BootOptions& boot,
                      const MachineFileOptions& options)
{
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder);
    return Session(std::make_unique<State>(MachineFile(path, options).create(as_its_symbols_say(machine, boot)), boot));
}

Session Session::change(const std::string& path, const MachineFileOptions& options, const MachineOptions& machine)
{
    const MachineFile file(path, options);
    if (!file.exists()) {
        auto fresh = boot(path, machine, {}, options);
        // From here on nobody else can make one: it is still missing, or was made since we looked.
        if (!file.exists()) {
            fresh.commit();
            return fresh;
        }
    }
    return Session(std::make_unique<State>(file.begin(), BootOptions{}));
}

Session Session::look(const std::string& path, const MachineFileOptions& options)
{
    const MachineFile file(path, options);
    if (!file.exists())
        throw std::runtime_error(fmt::format("{}: no machine there: `retromod boot` makes one", path));
    return look(file.read());
}

Session Session::look(ReadView view) { return Session(std::make_unique<State>(std::move(view))); }

/// After a jailed child may have committed, everything is made anew over what the file holds now.
Session::State& Session::state()
{
    if (!state_) throw std::runtime_error("the machine is not open any more: it could not be taken up again");
    if (state_->stale) {
        auto work = std::move(*state_->transaction);
        state_.reset();
        work.rollback();
        state_ = std::make_unique<State>(std::move(work), BootOptions{});
    }
    return *state_;
}

Machine& Session::machine() { return state().machine; }
Kernel& Session::kernel() { return state().kernel; }
KernelCalls& Session::calls() { return state().calls; }
LoaderSystem& Session::system() { return state().system; }

bool Session::changed() { return state().calls.changed() || state().system.changed(); }

void Session::commit()
{
    assert(!state().view);
    if (state().transaction) state().transaction->commit();
}

JailResult Session::run_jailed(const std::function<int(Session&)>& work, const JailLimits& limits)
{
    auto& state = this->state();
    state.generation = state.machine.header().generation;
    load_libraries(state.machine);
    const auto result = run_in_jail(limits, [&] {
        static std::atomic<Kernel*> told; // a handler can be given nothing else
        told = &state.kernel;
        on_jail_signal([] { told.load()->processes().interrupt(); });
        if (state.transaction) state.transaction->enter_child();
        state.kernel.processor().set_before_guest([&] { guest_may_run(limits); });
        return work(*this);
    });
    state.stale = state.transaction.has_value();
    return result;
}

void Session::let_calls_wait(std::function<void(const std::string&)> say)
{
    auto* state = &this->state();
    if (state->transaction) state->calls.set_waiter([state, say = std::move(say)] { return state->wait_for_others(say); });
}

void Session::put_down(std::span<const std::uint32_t> processes)
{
    auto& state = this->state();
    state.kernel.put_down();
    if (!state.transaction) return;
    for (const auto process : processes) state.transaction->show_alive(process);
    state.transaction->park(state.kernel.processes().own());
}

bool Session::changed_by_others() const
{
    using namespace std::chrono_literals;
    return state_->transaction && state_->transaction->wait_for_others(0ms);
}

void Session::take_up()
{
    auto& state = *state_;
    if (!state.transaction) return;
    state.transaction->resume();
    state.machine.memory().set_user_memory(&state.user);
    state.kernel.refresh();
}

bool Session::has_dead()
{
    auto& state = this->state();
    return state.transaction && std::ranges::any_of(state.kernel.processes().waiting(), [&](auto process) {
               return !state.transaction->has_owner(process);
           });
}

void Session::bury_dead()
{
    auto& state = this->state();
    for (const auto process : state.kernel.processes().waiting())
        if (!state.transaction->has_owner(process)) state.kernel.processes().end(process);
}

bool Session::child_committed() const
{
    return state_->transaction && state_->transaction->committed_since(state_->generation);
}

} // namespace retromod
