// SPDX-License-Identifier: GPL-2.0-or-later
// asm/rwsem.h: the slow paths of the read-write semaphores whose fast paths are inline in modules. `count` is the number
// of active holders in its low half, minus 0x10000 for each waiter and for an active writer. Source: lib/rwsem.c of 2.4.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/threads.h"

namespace retromod {
namespace {

constexpr std::int32_t active_bias = 1, waiting_bias = -0x10000;
constexpr std::uint32_t active_mask = 0xffff;
constexpr std::uint64_t for_read = 1, for_write = 2;

/// struct rwsem_waiter on the sleeper's stack: {list, task, flags}; flags are 0 once it holds the semaphore.
struct Waiter {
    Kernel& kernel;
    GuestAddr at;
    GuestAddr task_at() const { return at + 2 * kernel.arch().word_bytes; }
    GuestAddr flags_at() const { return at + 3 * kernel.arch().word_bytes; }
    std::uint64_t flags() const { return kernel.memory().load_word(flags_at()); }
};

/// lib/rwsem-spinlock.c calls its count of holders `activity`.
std::string_view counter_of(const GuestStruct& semaphore) { return semaphore.has("activity") ? "activity" : "count"; }

std::int32_t add(GuestStruct& semaphore, std::int32_t amount)
{
    const auto count = semaphore.get_int(counter_of(semaphore)) + amount;
    semaphore.set(counter_of(semaphore), static_cast<std::uint32_t>(count));
    return count;
}

/// Gives a free semaphore to the first waiter, or to all readers in front.
void grant(Kernel& kernel, GuestStruct& semaphore)
{
    const auto head = semaphore.address("wait_list");
    bool readers_only = false;
    guest_list::for_each(kernel, head, [&](GuestAddr node) {
        const Waiter waiter{kernel, node};
        const bool writer = waiter.flags() & for_write;
        if (writer && readers_only) return false;
        guest_list::remove(kernel, node);
        add(semaphore, writer ? active_bias : active_bias - waiting_bias);
        kernel.memory().store_word(waiter.flags_at(), 0);
        kernel.threads().wake(kernel.memory().load_pointer(waiter.task_at()));
        readers_only = true;
        return !writer;
    });
}

Step down_failed(Kernel& kernel, Frame& frame, GuestAddr at, std::uint64_t wish)
{
    GuestStruct semaphore(kernel, "struct rw_semaphore", at);
    const Waiter waiter{kernel, {round_down(frame.caller.reg[kernel.cpu().sp] - 64, 16)}};
    if (!frame.phase++) {
        kernel.memory().store_word(waiter.task_at(), kernel.threads().current_task().value);
        kernel.memory().store_word(waiter.flags_at(), wish);
        guest_list::add_tail(kernel, waiter.at, semaphore.address("wait_list"));
        const auto count = add(semaphore, wish == for_read ? waiting_bias - active_bias : -active_bias);
        if (!(static_cast<std::uint32_t>(count) & active_mask)) grant(kernel, semaphore);
    }
    if (!waiter.flags()) {
        set_current_state(kernel, task_state::running);
        return Return{at.value};
    }
    set_current_state(kernel, task_state::uninterruptible);
    return wait_step(kernel, "a read-write semaphore");
}

Step rwsem_down_read_failed(Kernel& kernel, Frame& frame, GuestAddr at) { return down_failed(kernel, frame, at, for_read); }
Step rwsem_down_write_failed(Kernel& kernel, Frame& frame, GuestAddr at) { return down_failed(kernel, frame, at, for_write); }

GuestAddr rwsem_wake(Kernel& kernel, GuestAddr at)
{
    GuestStruct semaphore(kernel, "struct rw_semaphore", at);
    if (!(semaphore.get("count") & active_mask)) grant(kernel, semaphore);
    return at;
}

// --- kernels for a 386: all in functions. `count` is the number of readers, or -1 for a writer. Source: lib/rwsem-spinlock.c.

void init_rwsem(Kernel& kernel, GuestAddr at)
{
    GuestStruct semaphore(kernel, "struct rw_semaphore", at);
    semaphore.set(counter_of(semaphore), std::uint32_t{0});
    guest_list::init(kernel, semaphore.address("wait_list"));
}

/// Gives a free semaphore to the first waiter, and to the readers behind a reader.
void grant_in_turn(Kernel& kernel, GuestStruct& semaphore)
{
    bool readers_only = false;
    guest_list::for_each(kernel, semaphore.address("wait_list"), [&](GuestAddr node) {
        const Waiter waiter{kernel, node};
        const bool writer = waiter.flags() & for_write;
        if (writer && readers_only) return false;
        guest_list::remove(kernel, node);
        add(semaphore, writer ? -1 : 1);
        kernel.memory().store_word(waiter.flags_at(), 0);
        kernel.threads().wake(kernel.memory().load_pointer(waiter.task_at()));
        readers_only = true;
        return !writer;
    });
}

Step down_in_turn(Kernel& kernel, Frame& frame, GuestAddr at, std::uint64_t wish)
{
    GuestStruct semaphore(kernel, "struct rw_semaphore", at);
    const Waiter waiter{kernel, {round_down(frame.caller.reg[kernel.cpu().sp] - 64, 16)}};
    const auto list = semaphore.address("wait_list");
    if (!frame.phase++) {
        const auto holders = semaphore.get_int(counter_of(semaphore));
        if (guest_list::empty(kernel, list) && (wish == for_read ? holders >= 0 : holders == 0)) {
            add(semaphore, wish == for_read ? 1 : -1);
            return Return{};
        }
        kernel.memory().store_word(waiter.task_at(), kernel.threads().current_task().value);
        kernel.memory().store_word(waiter.flags_at(), wish);
        guest_list::add_tail(kernel, waiter.at, list);
    }
    if (!waiter.flags()) {
        set_current_state(kernel, task_state::running);
        return Return{};
    }
    set_current_state(kernel, task_state::uninterruptible);
    return wait_step(kernel, "a read-write semaphore");
}

Step down_read(Kernel& kernel, Frame& frame, GuestAddr at) { return down_in_turn(kernel, frame, at, for_read); }
Step down_write(Kernel& kernel, Frame& frame, GuestAddr at) { return down_in_turn(kernel, frame, at, for_write); }

void up_read(Kernel& kernel, GuestAddr at)
{
    GuestStruct semaphore(kernel, "struct rw_semaphore", at);
    if (add(semaphore, -1) == 0) grant_in_turn(kernel, semaphore);
}
void up_write(Kernel& kernel, GuestAddr at)
{
    GuestStruct semaphore(kernel, "struct rw_semaphore", at);
    semaphore.set(counter_of(semaphore), std::uint32_t{0});
    grant_in_turn(kernel, semaphore);
}

constexpr auto since_2_4_18 = from(LayoutVersion::v2_4_18_14);

/// lib/rwsem-spinlock.c; i386 as a vendor's kernel has it.
constexpr std::string_view with_own = "i386 arm m68k mips mipsel sparc x86_64";

/// lib/rwsem.c.
constexpr std::string_view with_common = "i386 alpha ppc";

constexpr Export rows[] = {
    full<init_rwsem>("init_rwsem", since_2_4_18, with_own),
    full<down_read>("__down_read", since_2_4_18, with_own),
    full<down_write>("__down_write", since_2_4_18, with_own),
    full<up_read>("__up_read", since_2_4_18, with_own),
    full<up_write>("__up_write", since_2_4_18, with_own),
    full<rwsem_down_read_failed>("rwsem_down_read_failed", since_2_4_18, with_common),
    full<rwsem_down_write_failed>("rwsem_down_write_failed", since_2_4_18, with_common),
    full<rwsem_wake>("rwsem_wake", since_2_4_18, with_common),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

} // namespace

extern const Family asm_rwsem{.header = "asm/rwsem.h", .functions = functions};

} // namespace retromod
