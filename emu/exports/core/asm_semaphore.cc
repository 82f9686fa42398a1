// SPDX-License-Identifier: GPL-2.0-or-later
// asm/semaphore.h: the slow paths of down() and up(), whose fast paths are inline in modules. Source: arch/i386/kernel/
// semaphore.c of 2.4: `count` is decremented by everybody who wants the semaphore, `sleepers` says whether the one
// decrement that all sleepers share is in it. 2.2 has `waking` instead: wake-ups that nobody has taken yet.
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"

namespace retromod {
namespace {

class Semaphore {
public:
    Semaphore(Kernel& kernel, GuestAddr at) : fields_(kernel, "struct semaphore", at) {}

    GuestAddr queue() const { return fields_.address("wait"); }

    /// A sleeper looks whether it has the semaphore now.
    bool try_take()
    {
        if (fields_.has("waking")) {
            const auto waking = fields_.get_int("waking");
            if (waking > 0) fields_.set("waking", static_cast<std::uint32_t>(waking - 1));
            return waking > 0;
        }
        const auto count = add(fields_.get_int("sleepers") - 1);
        set("sleepers", count < 0 ? 1 : 0);
        return count >= 0;
    }
    void begin_sleep()
    {
        if (fields_.has("sleepers")) set("sleepers", fields_.get_int("sleepers") + 1);
    }
    /// A sleeper goes without it.
    void give_up()
    {
        if (fields_.has("waking")) {
            add(1);
        } else {
            add(fields_.get_int("sleepers"));
            set("sleepers", 0);
        }
    }
    void up()
    {
        if (fields_.has("waking")) set("waking", fields_.get_int("waking") + 1);
    }
    std::int32_t add(std::int32_t amount)
    {
        const auto count = fields_.get_int("count.counter") + amount;
        set("count.counter", count);
        return count;
    }
    std::int32_t sleepers() const { return fields_.get_int("sleepers"); }
    void set(std::string_view member, std::int32_t value) { fields_.set(member, static_cast<std::uint32_t>(value)); }

private:
    GuestStruct fields_;
};

constexpr auto any = task_state::interruptible | task_state::uninterruptible;

Step down(Kernel& kernel, Frame& frame, GuestAddr at, std::uint64_t state)
{
    auto& entry = frame.local<GuestAddr>();
    Semaphore semaphore(kernel, at);
    if (!frame.phase++) {
        entry = join_queue(kernel, frame, semaphore.queue(), Exclusive::yes);
        semaphore.begin_sleep();
    }
    const auto leave = [&](std::uint64_t result) -> Step {
        leave_queue(kernel, semaphore.queue(), entry);
        set_current_state(kernel, task_state::running);
        wake_queue(kernel, semaphore.queue(), any, 1);
        return Return{result};
    };
    if (state == task_state::interruptible && signal_pending(kernel)) {
        semaphore.give_up();
        return leave(static_cast<std::uint64_t>(error_code(kernel, Errno::eintr)));
    }
    if (semaphore.try_take()) return leave(0);
    set_current_state(kernel, state);
    return wait_step(kernel, "a semaphore");
}

Step down_failed(Kernel& kernel, Frame& frame, GuestAddr at) { return down(kernel, frame, at, task_state::uninterruptible); }
Step down_failed_interruptible(Kernel& kernel, Frame& frame, GuestAddr at)
{
    return down(kernel, frame, at, task_state::interruptible);
}

/// down_trylock's decrement found no semaphore: it is taken back.
std::int32_t down_failed_trylock(Kernel& kernel, GuestAddr at)
{
    Semaphore semaphore(kernel, at);
    const auto taken = semaphore.sleepers() + 1;
    semaphore.set("sleepers", 0);
    if (semaphore.add(taken) >= 0) wake_queue(kernel, semaphore.queue(), any, 1);
    return 1;
}

void up_wakeup(Kernel& kernel, GuestAddr at)
{
    Semaphore semaphore(kernel, at);
    semaphore.up();
    wake_queue(kernel, semaphore.queue(), any, 1);
}

constexpr Export functions[] = {
    full<down_failed>("__down_failed", {}, "i386"),
    full<down_failed_interruptible>("__down_failed_interruptible", {}, "i386"),
    full<down_failed_trylock>("__down_failed_trylock", since_2_4, "i386"),
    full<up_wakeup>("__up_wakeup", {}, "i386"),
    full<down_failed>("kc_down"),
    full<up_wakeup>("kc_up"),
    full<down_failed>("__down_failed", from(LayoutVersion::v2_4_22), "x86_64"),
    full<down_failed_interruptible>("__down_failed_interruptible", from(LayoutVersion::v2_4_22), "x86_64"),
    full<down_failed_trylock>("__down_failed_trylock", from(LayoutVersion::v2_4_22), "x86_64"),
    full<up_wakeup>("__up_wakeup", from(LayoutVersion::v2_4_22), "x86_64"),
};

} // namespace

extern const Family asm_semaphore{.header = "asm/semaphore.h", .functions = functions};

} // namespace retromod
