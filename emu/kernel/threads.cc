// SPDX-License-Identifier: GPL-2.0-or-later
// Guest threads and their task_structs.
#include "emu/kernel/threads.h"

#include "emu/kernel/guest_core.h"
#include "emu/kernel/address_limit.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

constexpr std::uint64_t task_running = 0;

/// A member of struct task_struct, or "thread.X": one of the struct thread_struct inside it, which 2.2 calls tss.
Field find_task_member(const LayoutSet& layouts, std::string_view member)
{
    constexpr std::string_view inside = "thread.";
    if (!member.starts_with(inside)) return layouts.field("struct task_struct", member);
    auto field = layouts.field("struct thread_struct", member.substr(inside.size()));
    const bool is_tss = !layouts.has("struct task_struct", "thread");
    field.offset += layouts.field("struct task_struct", is_tss ? "tss" : "thread").offset;
    return field;
}

} // namespace

Field Threads::task_member(std::string_view member) const
{
    const auto known = task_fields_.find(member);
    if (known != task_fields_.end()) return known->second;
    // The caller's text is a literal: it outlives the map.
    return task_fields_.emplace(member, find_task_member(machine_.layouts(), member)).first->second;
}

std::uint64_t Threads::task_field(GuestAddr task, std::string_view member)
{
    const auto field = task_member(member);
    return machine_.memory().load_sized(task + field.offset, field.size);
}

void Threads::set_task_field(GuestAddr task, std::string_view member, std::uint64_t value)
{
    const auto field = task_member(member);
    machine_.memory().store_sized(task + field.offset, field.size, value);
}

void Threads::set_if_there(GuestAddr task, std::string_view member, std::uint64_t value)
{
    if (machine_.layouts().has("struct task_struct", member)) set_task_field(task, member, value);
}

GuestAddr Threads::current_task()
{
    return {current_ && current_->task ? current_->task : state_->init_task};
}

ThreadRow& Threads::add(std::string_view comm, std::uint32_t pid)
{
    auto* thread = machine_.table<ThreadRow>().insert();
    if (!thread) throw std::length_error("the machine has no room for another guest thread");
    thread->pid = pid;
    comm.copy(thread->name, sizeof thread->name - 1);
    return *thread;
}

// The task_struct lies at the base of the kernel stack, where `current` looks for it (stack pointer & -THREAD_SIZE).
void Threads::ensure_task(ThreadRow& thread)
{
    if (thread.task) return;
    const auto pages = machine_.arch().thread_bytes / machine_.arch().page_bytes;
    const auto stack = machine_.memory().allocate_frame_run(pages, pages);
    if (!stack) throw std::length_error("the guest has no memory for another kernel stack");
    machine_.memory().fill(*stack, machine_.arch().thread_bytes, std::byte{0});
    thread.task = stack->value;
    set_up_task(thread, *stack);
    link_task(*stack);
    thread.context = cpu_.initial(*stack + machine_.arch().thread_bytes, *stack);
    if (const auto data = processor_data()) thread.context.reg[*cpu_.processor_data] = data.value;
    if (&thread == current_) note_current_task();
    if (thread.depth) thread.frames[0].caller = thread.context;
}

/// Source: copy_process of kernel/fork.c for what a fresh task holds.
void Threads::set_up_task(ThreadRow& thread, GuestAddr task)
{
    const auto set = [&](std::string_view member, std::uint64_t value) { set_if_there(task, member, value); };
    for (const auto member : {"pid", "pgrp", "session", "tgid"}) set(member, thread.pid);
    const auto limit = address_limit(machine_.arch(), machine_.release().exports);
    set_task_field(task, limit.member, thread.awaited ? limit.user : limit.kernel);
    for (const auto member : {"cap_effective", "cap_inheritable", "cap_permitted"}) set(member, 0xfffffeff);
    set("counter", 10);
    share_context(thread, task);
    if (const auto fs = machine_.single<CoreRow>().init_fs) set("fs", fs);
    machine_.memory().write(task + task_member("comm").offset, std::as_bytes(std::span(thread.name)));
}

/// Every task has the idle task's directory and files; one that a system call made has its memory, too.
void Threads::share_context(const ThreadRow& thread, GuestAddr task)
{
    const GuestAddr idle{state_->init_task};
    if (!idle) return;
    for (const auto member : {"fs", "files", "mm"}) {
        if (std::string_view(member) == "mm" && !thread.awaited) continue;
        if (machine_.layouts().has("struct task_struct", member)) set_task_field(task, member, task_field(idle, member));
    }
}

/// for_each_task walks next_task from the idle task and back to it; the new task is the first behind the idle task.
void Threads::link_task(GuestAddr task)
{
    const GuestAddr idle{state_->init_task};
    const GuestAddr next{idle ? task_field(idle, "next_task") : task.value};
    const GuestAddr previous{idle ? idle : task};
    const auto set = [&](std::string_view member, std::uint64_t value) { set_if_there(task, member, value); };
    set("next_task", next.value);
    set("prev_task", previous.value);
    set("p_opptr", previous.value);
    set("p_pptr", previous.value);
    set_task_field(previous, "next_task", task.value);
    set_task_field(next, "prev_task", task.value);
}

void Threads::free_task(ThreadRow& thread)
{
    if (!thread.task) return;
    const GuestAddr task{thread.task};
    const GuestAddr next{task_field(task, "next_task")}, previous{task_field(task, "prev_task")};
    if (machine_.memory().in_direct_map(next) && machine_.memory().in_direct_map(previous)) {
        set_task_field(previous, "next_task", next.value);
        set_task_field(next, "prev_task", previous.value);
    }
    machine_.memory().free_frames(task, machine_.arch().thread_bytes / machine_.arch().page_bytes);
    thread.task = 0;
}

void Threads::push_frame(ThreadRow& thread, std::uint32_t step, GuestAddr entry)
{
    if (thread.depth == ThreadRow::frame_limit) throw KernelFault{{GuestAddr{thread.task}, Access::write, true}};
    auto& frame = thread.frames[thread.depth++];
    frame = Frame{};
    frame.step = step;
    frame.entry = entry.value;
    if (thread.task) frame.caller = &thread == current_ && thread.in_guest ? processor_.engine().save() : thread.context;
    thread.in_guest = 0;
}

void Threads::restart(ThreadRow& thread, std::uint32_t step)
{
    ensure_task(thread);
    thread.depth = 0;
    thread.in_guest = 0;
    thread.context = cpu_.initial(GuestAddr{thread.task} + machine_.arch().thread_bytes, {thread.task});
    if (const auto data = processor_data()) thread.context.reg[*cpu_.processor_data] = data.value;
    set_task_field({thread.task}, "state", task_running);
    push_frame(thread, step, {});
}

void Threads::finish(ThreadRow& thread, ThreadState state)
{
    free_task(thread);
    thread.state = state;
    thread.depth = 0;
    if (&thread != current_) return;
    current_ = nullptr;
}

ThreadRow* Threads::find(ThreadId id) { return machine_.table<ThreadRow>().find(id); }

void Threads::reap(ThreadId id)
{
    auto threads = machine_.table<ThreadRow>();
    auto* thread = threads.find(id);
    if (!thread) return;
    finish(*thread, ThreadState::dead);
    threads.erase(*thread);
}

ThreadRow* Threads::of_task(GuestAddr task)
{
    return machine_.table<ThreadRow>().find_if([&](const ThreadRow& thread) { return thread.task == task.value; });
}

bool Threads::wake(GuestAddr task)
{
    const bool slept = task_field(task, "state") != task_running;
    set_task_field(task, "state", task_running);
    auto* thread = of_task(task);
    if (thread && thread->state == ThreadState::sleeping) thread->state = ThreadState::runnable;
    return slept;
}

// Differs from 2.4: the signal itself is not kept, only that there is one; nothing runs a handler on return to user mode.
void Threads::signal(GuestAddr task)
{
    constexpr std::uint64_t task_interruptible = 1;
    set_task_field(task, "sigpending", 1);
    if (task_field(task, "state") == task_interruptible) wake(task);
}

bool Threads::is_runnable(ThreadRow& thread)
{
    if (thread.state == ThreadState::runnable) return true;
    if (thread.state != ThreadState::sleeping) return false;
    const bool woken = thread.task && task_field({thread.task}, "state") == task_running;
    if (!woken && state_->jiffies < thread.deadline) return false;
    if (thread.task) set_task_field({thread.task}, "state", task_running);
    thread.state = ThreadState::runnable;
    return true;
}

GuestAddr Threads::processor_data() const
{
    return state_->processor_data ? machine_.arch().kernel_text + state_->processor_data : GuestAddr{};
}

/// Where the kernel keeps `current` in the processor's own data, it is there for modules to read.
/// Source: __switch_to of arch/x86_64/kernel/process.c, 2.4.37.11.
void Threads::note_current_task()
{
    const auto data = processor_data();
    if (!data) return;
    constexpr std::uint64_t kept_free = 5 * 8; // PDA_STACKOFFSET
    const auto task = current_task();
    const auto at = [&](std::string_view member) { return data + machine_.layouts().field("struct x8664_pda", member).offset; };
    machine_.memory().store_word(at("pcurrent"), task.value);
    machine_.memory().store_word(at("kernelstack"), task.value + machine_.arch().thread_bytes - kept_free);
}

void Threads::switch_to(ThreadRow* thread)
{
    if (current_ == thread) return;
    if (const auto* engine = processor_.made_engine(); engine && current_ && current_->task) current_->context = engine->save();
    current_ = thread;
    note_current_task();
    if (thread && thread->task && thread->in_guest) processor_.engine().restore(thread->context);
}

ThreadRow& Threads::start_step(std::string_view step, std::string_view comm)
{
    return start_step(step, comm, ++state_->next_pid);
}

ThreadRow& Threads::start_step(std::string_view step, std::string_view comm, std::uint32_t pid)
{
    auto& thread = add(comm, pid);
    push_frame(thread, step_key(step), {});
    ensure_task(thread);
    return thread;
}

Step run_kernel_thread(Kernel&, Frame& frame)
{
    if (frame.phase++) return Exit{};
    return CallGuest{{frame.arguments[0]}, {frame.arguments[1]}, 1, "kernel thread"};
}

std::uint32_t Threads::start_kernel(GuestAddr function, std::uint64_t argument, std::string_view comm)
{
    auto& thread = start_step(kernel_thread_step, comm);
    thread.frames[0].arguments[0] = function.value;
    thread.frames[0].arguments[1] = argument;
    return thread.pid;
}

std::string Threads::describe()
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
