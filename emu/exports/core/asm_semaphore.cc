// SPDX-License-Identifier: GPL-2.0-or-later
// asm/semaphore.h: the slow paths of down() and up(), whose fast paths are inline in modules. Source: arch/*/kernel/semaphore.c
// of 2.4: `count` is decremented by everybody who wants the semaphore. There are three kinds of what else it holds:
// `sleepers` says whether the one decrement that all sleepers share is in the count (i386, x86_64, arm, sparc);
// `waking` counts wake-ups that nobody has taken yet, on alpha one less (2.2, alpha, m68k, mips);
// on ppc any negative count is 0 with sleepers.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"

#include <algorithm>

namespace retromod {
namespace {

class Semaphore {
public:
    Semaphore(Kernel& kernel, GuestAddr at)
        : fields_(kernel, "struct semaphore", at), no_waking_(kernel.arch().name == "alpha" ? -1 : 0),
          up_counts_(names_arch("alpha mips mipsel", kernel.arch().name))
    {
    }

    GuestAddr queue() const { return fields_.address("wait"); }

    /// A sleeper looks whether it has the semaphore now.
    bool try_take()
    {
        if (fields_.has("waking")) {
            const auto waking = waking_ups();
            if (waking > no_waking_) set_waking(waking - 1);
            return waking > no_waking_;
        }
        if (!fields_.has("sleepers")) return update_count(-1) > 0;
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
        } else if (fields_.has("sleepers")) {
            add(fields_.get_int("sleepers"));
            set("sleepers", 0);
        } else {
            update_count(0);
        }
    }
    /// down_trylock's decrement found no semaphore: whether one is there all the same. The decrement is taken back else.
    bool retry()
    {
        if (try_take()) return true;
        add(1);
        return false;
    }
    /// The slow path of up(), whose inline part has counted the wake-up on some CPUs.
    void up()
    {
        if (fields_.has("waking") && !up_counts_) set_waking(waking_ups() + 1);
        else if (!fields_.has("waking") && !fields_.has("sleepers")) update_count(1);
    }
    /// The whole of up(): whether somebody sleeps.
    bool up_at_once()
    {
        if (add(1) > 0) return false;
        set_waking(waking_ups() + 1);
        return true;
    }
    bool has_sleepers() const { return fields_.has("sleepers"); }
    std::int32_t add(std::int32_t amount)
    {
        const auto count = fields_.get_int("count.counter") + amount;
        set("count.counter", count);
        return count;
    }
    std::int32_t sleepers() const { return fields_.get_int("sleepers"); }
    void set(std::string_view member, std::int32_t value) { fields_.set(member, static_cast<std::uint32_t>(value)); }

private:
    std::int32_t waking_ups() const { return fields_.get_int("waking"); }
    void set_waking(std::int32_t value) { set("waking", value); }
    /// ppc's count, of which a negative one is 0; returns what it was.
    std::int32_t update_count(std::int32_t amount)
    {
        const auto old = fields_.get_int("count.counter");
        set("count.counter", std::max(old, 0) + amount);
        return old;
    }

    GuestStruct fields_;
    std::int32_t no_waking_;
    bool up_counts_;
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
    if (!semaphore.has_sleepers()) return semaphore.retry() ? 0 : 1;
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

// --- alpha exports the whole operations, too ------------------------------------------------------------------------------

Step down_at_once(Kernel& kernel, Frame& frame, GuestAddr at)
{
    if (!frame.phase && Semaphore(kernel, at).add(-1) >= 0) return Return{0};
    return down_failed(kernel, frame, at);
}
Step down_interruptible_at_once(Kernel& kernel, Frame& frame, GuestAddr at)
{
    if (!frame.phase && Semaphore(kernel, at).add(-1) >= 0) return Return{0};
    return down_failed_interruptible(kernel, frame, at);
}
std::int32_t down_trylock(Kernel& kernel, GuestAddr at)
{
    return Semaphore(kernel, at).add(-1) >= 0 ? 0 : down_failed_trylock(kernel, at);
}
void up_at_once(Kernel& kernel, GuestAddr at)
{
    if (Semaphore(kernel, at).up_at_once()) up_wakeup(kernel, at);
}

constexpr std::string_view alike = "alpha m68k mips mipsel", sparc_and_ppc = "ppc sparc", alpha = "alpha", arm = "arm";

constexpr Export rows[] = {
    full<down_failed>("__down_failed", {}, alike),
    full<down_failed_interruptible>("__down_failed_interruptible", {}, alike),
    full<down_failed_trylock>("__down_failed_trylock", {}, "m68k"),
    full<up_wakeup>("__up_wakeup", {}, alike),
    full<down_failed>("__down", {}, sparc_and_ppc),
    full<down_failed_interruptible>("__down_interruptible", {}, sparc_and_ppc),
    full<down_failed_trylock>("__down_trylock", {}, "sparc"),
    full<up_wakeup>("__up", {}, sparc_and_ppc),
    full<down_at_once>("down", {}, alpha),
    full<down_interruptible_at_once>("down_interruptible", {}, alpha),
    full<down_trylock>("down_trylock", {}, alpha),
    full<up_at_once>("up", {}, alpha),
    full<down_failed>("__down_failed", {}, arm),
    full<down_failed_interruptible>("__down_interruptible_failed", {}, arm),
    full<down_failed_trylock>("__down_trylock_failed", {}, arm),
    full<up_wakeup>("__up_wakeup", {}, arm),
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
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

} // namespace

void up(Kernel& kernel, GuestAddr at)
{
    if (Semaphore(kernel, at).add(1) <= 0) up_wakeup(kernel, at);
}

extern const Family asm_semaphore{.header = "asm/semaphore.h", .functions = functions};

} // namespace retromod
