// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

std::uint32_t word(GuestAddr at) { return static_cast<std::uint32_t>(at.value); }

/// A function of guest code: incl counter; mov in_interrupt's count, %eax; mov %eax, seen; ret.
struct Probe {
    Guest& guest;
    GuestAddr counter = guest.buffer(4), seen = guest.buffer(4), code = guest.buffer(64);

    explicit Probe(Guest& the_guest) : guest(the_guest)
    {
        auto& memory = guest.memory();
        const auto offset = guest.kernel().layouts().field("irq_cpustat_t", "__local_bh_count").offset;
        memory.store<std::uint16_t>(code, 0x05ff);
        memory.store<std::uint32_t>(code + 2, word(counter));
        memory.store<std::uint8_t>(code + 6, 0xa1);
        memory.store<std::uint32_t>(code + 7, word(guest.kernel().symbols().variable("irq_stat") + offset));
        memory.store<std::uint8_t>(code + 11, 0xa3);
        memory.store<std::uint32_t>(code + 12, word(seen));
        memory.store<std::uint8_t>(code + 16, 0xc3);
    }
    std::uint32_t runs() const { return guest.memory().load<std::uint32_t>(counter); }
    std::uint32_t bh_count() const { return guest.memory().load<std::uint32_t>(seen); }
};

GuestStruct make_tasklet(Guest& guest, const Probe& probe)
{
    auto tasklet = guest.make("struct tasklet_struct");
    tasklet.set("func", probe.code);
    tasklet.set("state", tasklet_state::scheduled);
    return tasklet;
}

/// mov tasklet, %eax; call function; mov counter, %eax; ret: what the caller sees when its call has returned.
GuestAddr schedule_and_look(Guest& guest, const char* function, GuestAddr object, GuestAddr counter)
{
    const auto code = guest.buffer(32);
    auto& memory = guest.memory();
    const auto entry = word(guest.kernel().symbols().address(function).value());
    memory.store<std::uint8_t>(code, 0xb8);
    memory.store<std::uint32_t>(code + 1, word(object));
    memory.store<std::uint8_t>(code + 5, 0xe8);
    memory.store<std::uint32_t>(code + 6, entry - word(code) - 10);
    memory.store<std::uint8_t>(code + 10, 0xa1);
    memory.store<std::uint32_t>(code + 11, word(counter));
    memory.store<std::uint8_t>(code + 15, 0xc3);
    return code;
}

/// A struct tq_struct of 2.4 on a task queue.
GuestStruct queue_task(Guest& guest, const char* queue, GuestAddr routine)
{
    auto task = guest.make("struct tq_struct");
    task.set("routine", routine);
    task.set("sync", std::uint64_t{1});
    auto& memory = guest.memory();
    const auto head = guest.kernel().symbols().variable(queue);
    const auto node = task.address("list"), last = memory.load_pointer(head + 4);
    memory.store_word(node, head.value);
    memory.store_word(node + 4, last.value);
    memory.store_word(last, node.value);
    memory.store_word(head + 4, node.value);
    return task;
}

} // namespace

TEST_CASE("a tasklet runs after its caller goes on, in interrupt context, not inside tasklet_schedule", "[exports][softirq]")
{
    const auto* release = GENERATE("2.4.18-14", "2.4.20", "2.4.37.11");
    Guest guest(release);
    Probe probe(guest);
    const auto tasklet = make_tasklet(guest, probe);
    CHECK(guest.run_code(schedule_and_look(guest, "__tasklet_schedule", tasklet.at(), probe.counter)) == 0);
    CHECK(probe.runs() == 1);
    CHECK(probe.bh_count() == 1);
    CHECK(tasklet.get("state") == 0);
    CHECK_FALSE(in_interrupt(guest.kernel()));
}

TEST_CASE("2.4.0 runs at the end of the call a tasklet that module code put on tasklet_vec itself", "[exports][softirq]")
{
    Guest guest("2.4.0");
    Probe probe(guest);
    const auto tasklet = make_tasklet(guest, probe);
    guest.memory().store_word(guest.kernel().symbols().variable("tasklet_vec"), tasklet.at().value);
    IrqStat(guest.kernel()).raise(softirq_number::tasklet);
    guest.call("sprintf", {guest.buffer(8).value, guest.text("x")});
    CHECK(probe.runs() == 1);
    CHECK(probe.bh_count() == 1);
}

TEST_CASE("a tasklet that is disabled waits until it is enabled", "[exports][softirq]")
{
    Guest guest;
    Probe probe(guest);
    auto tasklet = make_tasklet(guest, probe);
    tasklet.set("count.counter", std::uint64_t{1});
    guest.fastcall("__tasklet_schedule", word(tasklet.at()));
    guest.kernel().scheduler().settle(3);
    CHECK(probe.runs() == 0);
    tasklet.set("count.counter", std::uint64_t{0});
    guest.kernel().scheduler().settle(3);
    CHECK(probe.runs() == 1);
}

TEST_CASE("tasklets of one pass run last in, first out, those of high priority first", "[exports][softirq]")
{
    Guest guest;
    Probe first(guest), second(guest), high(guest);
    const auto a = make_tasklet(guest, first), b = make_tasklet(guest, second), c = make_tasklet(guest, high);
    std::vector<GuestAddr> list;
    guest.memory().store_word(guest.kernel().symbols().variable("tasklet_vec"), 0);
    tasklet_schedule(guest.kernel(), a.at());
    tasklet_schedule(guest.kernel(), b.at());
    tasklet_hi_schedule(guest.kernel(), c.at());
    for_each_tasklet(guest.kernel(), [&](GuestAddr at) { list.push_back(at); });
    CHECK(list == std::vector{c.at(), b.at(), a.at()});
    guest.kernel().scheduler().settle(1);
    CHECK(first.runs() + second.runs() + high.runs() == 3);
}

TEST_CASE("a task on tq_timer runs at the next tick, also when all is idle", "[exports][softirq]")
{
    Guest guest;
    Probe probe(guest);
    const auto task = queue_task(guest, "tq_timer", probe.code);
    CHECK(probe.runs() == 0);
    guest.kernel().scheduler().settle(1);
    CHECK(probe.runs() == 1);
    CHECK(probe.bh_count() == 1);
    CHECK(task.get("sync") == 0);
    guest.kernel().scheduler().settle(5);
    CHECK(probe.runs() == 1);
}

TEST_CASE("a task on tq_immediate runs when its bottom half is marked and the call is over", "[exports][softirq]")
{
    Guest guest;
    Probe probe(guest);
    queue_task(guest, "tq_immediate", probe.code);
    constexpr std::uint64_t immediate_bh = 9;
    GuestStruct tasklet(guest.kernel(), "struct tasklet_struct",
                        guest.kernel().symbols().variable("bh_task_vec")
                            + immediate_bh * guest.kernel().layouts().size("struct tasklet_struct"));
    tasklet.set("state", tasklet_state::scheduled);
    CHECK(guest.run_code(schedule_and_look(guest, "__tasklet_hi_schedule", tasklet.at(), probe.counter)) == 0);
    CHECK(probe.runs() == 1);
}

TEST_CASE("sleep_on after tasklet_schedule is woken by the tasklet", "[exports][softirq]")
{
    Guest guest;
    auto queue = guest.make("struct __wait_queue_head");
    const auto head = queue.address("task_list");
    guest.memory().store_word(head, head.value);
    guest.memory().store_word(head + 4, head.value);
    auto tasklet = guest.make("struct tasklet_struct");
    tasklet.set("func", guest.fastcall_code("__wake_up", word(queue.at()), 3, 1));
    tasklet.set("state", tasklet_state::scheduled);
    // mov tasklet, %eax; call __tasklet_schedule; then interruptible_sleep_on(queue)
    const auto sleep = guest.fastcall_code("interruptible_sleep_on", word(queue.at()));
    const auto code = guest.buffer(32);
    auto& memory = guest.memory();
    memory.store<std::uint8_t>(code, 0xb8);
    memory.store<std::uint32_t>(code + 1, word(tasklet.at()));
    memory.store<std::uint8_t>(code + 5, 0xe8);
    memory.store<std::uint32_t>(code + 6, word(guest.kernel().symbols().address("__tasklet_schedule").value()) - word(code) - 10);
    memory.store<std::uint8_t>(code + 10, 0xe9);
    memory.store<std::uint32_t>(code + 11, word(sleep) - word(code) - 15);
    guest.run_code(code);
    CHECK(guest.outcome().kind == Outcome::Kind::done);
}

TEST_CASE("a timer of 2.4.20 that sleeps is a BUG in schedule, and the machine is dead", "[exports][softirq]")
{
    Guest guest;
    REQUIRE(guest.load_sample("context", {"how=sleep"}) == "");
    const auto outcome = guest.kernel().scheduler().settle(10);
    CHECK(outcome.kind == Outcome::Kind::dead);
    const auto log = guest.log();
    CHECK(log.find("Scheduling in interrupt\n<4>kernel BUG at sched.c:564!\n<4>invalid operand: 0000\n") != std::string::npos);
    CHECK(log.find("<0>Kernel panic: Aiee, killing interrupt handler!\n<0>In interrupt handler - not syncing\n")
          != std::string::npos);
    CHECK(log.find("back") == std::string::npos);
    CHECK(guest.kernel().scheduler().call({"get_kernel_syms", {0}, 1}).kind == Outcome::Kind::dead);
}

TEST_CASE("panic ends the machine in any context and says so to every later call", "[exports][oops]")
{
    Guest guest;
    CHECK(guest.load_sample("hello") == "");
    guest.call("panic", {guest.text("it is over")});
    CHECK(guest.outcome().kind == Outcome::Kind::dead);
    CHECK(guest.outcome().what == "Kernel panic: it is over");
    CHECK(guest.log().ends_with("<0>Kernel panic: it is over\n"));
    CHECK(guest.kernel().scheduler().settle(1).kind == Outcome::Kind::dead);
}

TEST_CASE("an oops in a kernel thread is told, and the machine goes on", "[exports][oops]")
{
    Guest guest;
    REQUIRE(guest.load_sample("context", {"where=thread"}) == "");
    CHECK(guest.kernel().scheduler().settle(10).kind == Outcome::Kind::done);
    const auto told = guest.kernel().scheduler().take_background_oopses();
    REQUIRE(told.size() == 1);
    CHECK(told[0].find("was killed: Unable to handle kernel NULL pointer dereference") != std::string::npos);
    CHECK(guest.kernel().scheduler().take_background_oopses().empty());
    CHECK(guest.load_sample("hello") == "");
}
