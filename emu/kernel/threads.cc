// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/address_limit.h"
#include "emu/kernel/foreign_thread.h"
#include "emu/kernel/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

constexpr std::uint64_t task_running = 0;

} // namespace

Field Kernel::task_member(std::string_view member) const
{
    const auto known = task_fields_.find(member);
    if (known != task_fields_.end()) return known->second;
    // The caller's text is a literal: it outlives the map.
    return task_fields_.emplace(member, layouts().field("struct task_struct", member)).first->second;
}

std::uint64_t Kernel::task_field(GuestAddr task, std::string_view member)
{
    const auto field = task_member(member);
    return memory().load_sized(task + field.offset, field.size);
}

void Kernel::set_task_field(GuestAddr task, std::string_view member, std::uint64_t value)
{
    const auto field = task_member(member);
    memory().store_sized(task + field.offset, field.size, value);
}

GuestAddr Kernel::current_task()
{
    return {current_ && current_->task ? current_->task : state_->init_task};
}

ThreadRow& Kernel::new_thread(std::string_view comm, std::uint32_t pid)
{
    auto* thread = machine_.table<ThreadRow>().insert();
    if (!thread) throw std::length_error("the machine has no room for another guest thread");
    thread->pid = pid;
    comm.copy(thread->name, sizeof thread->name - 1);
    return *thread;
}

// The task_struct lies at the base of the kernel stack, where `current` looks for it (stack pointer & -THREAD_SIZE).
// Source: copy_process of kernel/fork.c for what a fresh task holds.
void Kernel::ensure_task(ThreadRow& thread)
{
    if (thread.task) return;
    const auto pages = arch().thread_bytes / arch().page_bytes;
    const auto stack = memory().allocate_frame_run(pages, pages);
    if (!stack) throw std::length_error("the guest has no memory for another kernel stack");
    memory().fill(*stack, arch().thread_bytes, std::byte{0});
    thread.task = stack->value;
    const auto task = *stack;
    const auto set = [&](std::string_view member, std::uint64_t value) {
        if (layouts().has("struct task_struct", member)) set_task_field(task, member, value);
    };
    for (const auto member : {"pid", "pgrp", "session", "tgid"}) set(member, thread.pid);
    const auto limit = address_limit(arch());
    set(limit.member, thread.awaited ? limit.user : limit.kernel);
    for (const auto member : {"cap_effective", "cap_inheritable", "cap_permitted"}) set(member, 0xfffffeff);
    set("counter", 10);
    const auto comm = task_member("comm");
    memory().write(task + comm.offset, std::as_bytes(std::span(thread.name)));
    // for_each_task walks next_task from the idle task and back to it.
    const GuestAddr idle{state_->init_task};
    const GuestAddr next{idle ? task_field(idle, "next_task") : task.value};
    const GuestAddr previous{idle ? idle : task};
    set("next_task", next.value);
    set("prev_task", previous.value);
    set("p_opptr", previous.value);
    set("p_pptr", previous.value);
    set_task_field(previous, "next_task", task.value);
    set_task_field(next, "prev_task", task.value);
    thread.context = cpu_.initial(task + arch().thread_bytes, task);
    if (const auto data = processor_data()) thread.context.reg[*cpu_.processor_data] = data.value;
    if (&thread == current_) note_current_task();
    if (thread.depth) thread.frames[0].caller = thread.context;
}

void Kernel::free_task(ThreadRow& thread)
{
    if (!thread.task) return;
    const GuestAddr task{thread.task};
    const GuestAddr next{task_field(task, "next_task")}, previous{task_field(task, "prev_task")};
    if (memory().in_direct_map(next) && memory().in_direct_map(previous)) {
        set_task_field(previous, "next_task", next.value);
        set_task_field(next, "prev_task", previous.value);
    }
    memory().free_frames(task, arch().thread_bytes / arch().page_bytes);
    thread.task = 0;
}

void Kernel::finish_thread(ThreadRow& thread, ThreadState state)
{
    free_task(thread);
    thread.state = state;
    thread.depth = 0;
    if (&thread != current_) return;
    current_ = nullptr;
}

ThreadRow* Kernel::find_thread(ThreadId id) { return machine_.table<ThreadRow>().find(id); }

void Kernel::reap(ThreadId id)
{
    auto threads = machine_.table<ThreadRow>();
    auto* thread = threads.find(id);
    if (!thread) return;
    finish_thread(*thread, ThreadState::dead);
    threads.erase(*thread);
}

ThreadRow* Kernel::thread_of_task(GuestAddr task)
{
    return machine_.table<ThreadRow>().find_if([&](const ThreadRow& thread) { return thread.task == task.value; });
}

bool Kernel::wake_task(GuestAddr task)
{
    const bool slept = task_field(task, "state") != task_running;
    set_task_field(task, "state", task_running);
    auto* thread = thread_of_task(task);
    if (thread && thread->state == ThreadState::sleeping) thread->state = ThreadState::runnable;
    return slept;
}

// Differs from 2.4: the signal itself is not kept, only that there is one; nothing runs a handler on return to user mode.
void Kernel::signal_task(GuestAddr task)
{
    constexpr std::uint64_t task_interruptible = 1;
    set_task_field(task, "sigpending", 1);
    if (task_field(task, "state") == task_interruptible) wake_task(task);
}

/// A signal that no task of ours is there for yet stays for the first one.
void Kernel::deliver_signal()
{
    for (auto& thread : machine_.table<ThreadRow>()) {
        if (!thread.awaited || !thread.task || thread.process != process_) continue;
        signal_task({thread.task});
        interrupted_ = false;
        signalled_ = true;
    }
}

bool Kernel::is_runnable(ThreadRow& thread)
{
    if (thread.state == ThreadState::runnable) return true;
    if (thread.state != ThreadState::sleeping) return false;
    const bool woken = thread.task && task_field({thread.task}, "state") == task_running;
    if (!woken && jiffies() < thread.deadline) return false;
    if (thread.task) set_task_field({thread.task}, "state", task_running);
    thread.state = ThreadState::runnable;
    return true;
}

// The awaited thread runs as long as it can. When it gives up the CPU without sleeping (schedule() with TASK_RUNNING),
// another thread has its turn, each in order.
ThreadRow* Kernel::pick(ThreadRow& preferred)
{
    const bool yielded = preferred.state == ThreadState::sleeping;
    if (!yielded && is_runnable(preferred)) return &preferred;
    auto threads = machine_.table<ThreadRow>();
    const auto is_background = [&](const ThreadRow& thread) { return &thread != &preferred && !is_foreign(thread, process_); };
    const auto behind = [&](std::uint32_t number) {
        return threads.find_if([&](ThreadRow& thread) {
            return is_background(thread) && threads.number_of(thread) > number && is_runnable(thread);
        });
    };
    auto* other = behind(last_picked_);
    if (!other) other = threads.find_if([&](ThreadRow& thread) { return is_background(thread) && is_runnable(thread); });
    if (other) last_picked_ = threads.number_of(*other);
    // Its turn is over, whether or not it can go on: next time it comes first.
    if (is_runnable(preferred) && !other) return &preferred;
    return other;
}

GuestAddr Kernel::processor_data() const
{
    return state_->processor_data ? arch().kernel_text + state_->processor_data : GuestAddr{};
}

/// Where the kernel keeps `current` in the processor's own data, it is there for modules to read.
/// Source: __switch_to of arch/x86_64/kernel/process.c, 2.4.37.11.
void Kernel::note_current_task()
{
    const auto data = processor_data();
    if (!data) return;
    constexpr std::uint64_t kept_free = 5 * 8; // PDA_STACKOFFSET
    const auto task = current_task();
    const auto at = [&](std::string_view member) { return data + layouts().field("struct x8664_pda", member).offset; };
    memory().store_word(at("pcurrent"), task.value);
    memory().store_word(at("kernelstack"), task.value + arch().thread_bytes - kept_free);
}

void Kernel::switch_to(ThreadRow* thread)
{
    if (current_ == thread) return;
    if (current_ && current_->task && engine_) current_->context = engine_->save();
    current_ = thread;
    note_current_task();
    if (thread && thread->task && thread->in_guest) engine().restore(thread->context);
}

ThreadRow& Kernel::start_step_thread(std::string_view step, std::string_view comm)
{
    return start_step_thread(step, comm, ++state_->next_pid);
}

ThreadRow& Kernel::start_step_thread(std::string_view step, std::string_view comm, std::uint32_t pid)
{
    auto& thread = new_thread(comm, pid);
    push_frame(thread, step_key(step), {});
    ensure_task(thread);
    return thread;
}

Step Kernel::kernel_thread(Kernel&, Frame& frame)
{
    if (frame.phase++) return Exit{};
    return CallGuest{{frame.arguments[0]}, {frame.arguments[1]}, 1, "kernel thread"};
}

std::uint32_t Kernel::start_kernel_thread(GuestAddr function, std::uint64_t argument, std::string_view comm)
{
    auto& thread = start_step_thread("kernel thread", comm);
    thread.frames[0].arguments[0] = function.value;
    thread.frames[0].arguments[1] = argument;
    return thread.pid;
}

std::string Kernel::describe_threads()
{
    std::string text;
    for (const auto& thread : machine_.table<ThreadRow>()) {
        if (thread.state != ThreadState::sleeping) continue;
        if (!text.empty()) text += "; ";
        text += fmt::format("{} (pid {}) waits for {}", thread.name, thread.pid,
                            thread.waits_for[0] ? thread.waits_for : "a wake-up");
        if (thread.deadline != ~std::uint64_t{0}) text += fmt::format(" until tick {}", thread.deadline);
    }
    return text;
}

} // namespace retromod
