// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/clock.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

std::uint32_t word(GuestAddr at) { return static_cast<std::uint32_t>(at.value); }

/// A wait_queue_head_t with nobody in it.
GuestStruct make_queue(Guest& guest)
{
    auto queue = guest.make("struct __wait_queue_head");
    const auto head = queue.address("task_list");
    guest.memory().store_word(head, head.value);
    guest.memory().store_word(head + 4, head.value);
    return queue;
}

GuestStruct make_semaphore(Guest& guest, std::int32_t count)
{
    auto semaphore = guest.make("struct semaphore");
    semaphore.set("count.counter", static_cast<std::uint32_t>(count));
    const GuestStruct queue(guest.kernel(), "struct __wait_queue_head", semaphore.address("wait"));
    const auto head = queue.address("task_list");
    guest.memory().store_word(head, head.value);
    guest.memory().store_word(head + 4, head.value);
    return semaphore;
}

/// mov $semaphore, %ecx; decl (%ecx); js: call the slow path; ret. What down() compiles to.
GuestAddr down_code(Guest& guest, GuestAddr semaphore)
{
    const auto code = guest.buffer(32);
    const auto entry = word(guest.kernel().symbols().address("__down_failed").value());
    auto& memory = guest.memory();
    memory.store<std::uint8_t>(code, 0xb9);
    memory.store<std::uint32_t>(code + 1, word(semaphore));
    memory.store<std::uint16_t>(code + 5, 0x09ff);        // decl (%ecx)
    memory.store<std::uint16_t>(code + 7, 0x0579);        // jns +5
    memory.store<std::uint8_t>(code + 9, 0xe8);           // call
    memory.store<std::uint32_t>(code + 10, entry - word(code) - 14);
    memory.store<std::uint8_t>(code + 14, 0xc3);
    return code;
}

/// mov $semaphore, %ecx; incl (%ecx); jle: call the slow path; ret. up().
GuestAddr up_code(Guest& guest, GuestAddr semaphore)
{
    const auto code = down_code(guest, semaphore);
    const auto entry = word(guest.kernel().symbols().address("__up_wakeup").value());
    guest.memory().store<std::uint16_t>(code + 5, 0x01ff); // incl (%ecx)
    guest.memory().store<std::uint16_t>(code + 7, 0x057f); // jg +5
    guest.memory().store<std::uint32_t>(code + 10, entry - word(code) - 14);
    return code;
}

} // namespace

TEST_CASE("schedule_timeout does not wait for a task that is not about to sleep", "[exports][waiting]")
{
    Guest guest;
    const auto begin = guest.kernel().clock().jiffies();
    CHECK(guest.fastcall("schedule_timeout", 25) == 25);
    CHECK(guest.kernel().clock().jiffies() == begin);
}

TEST_CASE("sleeping in a queue with a timeout ends at the timeout when nobody wakes it", "[exports][waiting]")
{
    Guest guest;
    auto queue = make_queue(guest);
    const auto begin = guest.kernel().clock().jiffies();
    CHECK(guest.fastcall("interruptible_sleep_on_timeout", word(queue.at()), 10) == 0);
    CHECK(guest.kernel().clock().jiffies() == begin + 10);
    CHECK(guest.memory().load_pointer(queue.address("task_list")) == queue.address("task_list"));
}

TEST_CASE("__wake_up wakes a sleeper before its timeout, with what is left of it", "[exports][waiting]")
{
    Guest guest;
    auto queue = make_queue(guest);
    const auto sleeper = guest.kernel().scheduler().begin(
        {"call_function", {guest.fastcall_code("interruptible_sleep_on_timeout", word(queue.at()), 100).value}, 6});
    guest.kernel().scheduler().settle(40);
    guest.fastcall("__wake_up", word(queue.at()), 1, 1);
    const auto done = guest.kernel().scheduler().run(sleeper);
    REQUIRE(done.kind == Outcome::Kind::done);
    CHECK(done.result.word == 60);
    guest.kernel().threads().reap(sleeper);
}

TEST_CASE("a thread that waits by calling schedule lets kernel threads run", "[exports][waiting]")
{
    Guest guest;
    const auto flag = guest.buffer(4), setter = guest.buffer(16), waiter = guest.buffer(32);
    auto& memory = guest.memory();
    memory.store<std::uint16_t>(setter, 0x05ff); // incl flag; ret
    memory.store<std::uint32_t>(setter + 2, word(flag));
    memory.store<std::uint8_t>(setter + 6, 0xc3);
    // again: call schedule; cmpl $0, flag; je again; ret
    memory.store<std::uint8_t>(waiter, 0xe8);
    memory.store<std::uint32_t>(waiter + 1, word(guest.kernel().symbols().address("schedule").value()) - word(waiter) - 5);
    memory.store<std::uint16_t>(waiter + 5, 0x3d83);
    memory.store<std::uint32_t>(waiter + 7, word(flag));
    memory.store<std::uint8_t>(waiter + 11, 0);
    memory.store<std::uint16_t>(waiter + 12, 0xf274);
    memory.store<std::uint8_t>(waiter + 14, 0xc3);
    CHECK(guest.call("kernel_thread", {setter.value, 0, 0}) > 0);
    guest.run_code(waiter);
    CHECK(guest.outcome().kind == Outcome::Kind::done);
    CHECK(memory.load<std::uint32_t>(flag) == 1);
}

TEST_CASE("__wake_up of uninterruptible sleepers only leaves an interruptible one asleep", "[exports][waiting]")
{
    Guest guest;
    auto queue = make_queue(guest);
    const auto sleeper = guest.kernel().scheduler().begin(
        {"call_function", {guest.fastcall_code("interruptible_sleep_on", word(queue.at())).value}, 6});
    CHECK(guest.kernel().scheduler().run(sleeper).kind == Outcome::Kind::deadlock);
    guest.fastcall("__wake_up", word(queue.at()), 2, 1);
    CHECK(guest.kernel().scheduler().run(sleeper).kind == Outcome::Kind::deadlock);
    guest.fastcall("__wake_up", word(queue.at()), 3, 1);
    CHECK(guest.kernel().scheduler().run(sleeper).kind == Outcome::Kind::done);
    guest.kernel().threads().reap(sleeper);
}

TEST_CASE("a semaphore that is taken blocks the next taker until it is given back, and then counts right", "[exports][waiting]")
{
    Guest guest;
    auto semaphore = make_semaphore(guest, 1);
    const auto down = down_code(guest, semaphore.at()), up = up_code(guest, semaphore.at());
    guest.run_code(down);
    CHECK(semaphore.get_int("count.counter") == 0);
    const auto second = guest.kernel().scheduler().begin({"call_function", {down.value}, 6});
    const auto third = guest.kernel().scheduler().begin({"call_function", {down.value}, 6});
    CHECK(guest.kernel().scheduler().run(second).kind == Outcome::Kind::deadlock);
    CHECK(guest.kernel().scheduler().run(third).kind == Outcome::Kind::deadlock);
    CHECK(guest.kernel().threads().describe().find("a semaphore") != std::string::npos);
    guest.run_code(up);
    CHECK(guest.kernel().scheduler().run(second).kind == Outcome::Kind::done);
    CHECK(guest.kernel().scheduler().run(third).kind == Outcome::Kind::deadlock);
    guest.run_code(up);
    CHECK(guest.kernel().scheduler().run(third).kind == Outcome::Kind::done);
    guest.run_code(up);
    CHECK(semaphore.get_int("count.counter") == 1);
    guest.kernel().threads().reap(second);
    guest.kernel().threads().reap(third);
}

TEST_CASE("a read-write semaphore of a 386 kernel has readers together, a writer alone, and takes turns", "[exports][waiting]")
{
    Guest guest;
    auto semaphore = guest.make("struct rw_semaphore");
    const auto at = word(semaphore.at());
    guest.fastcall("init_rwsem", at);
    const auto begin = [&](const char* name) {
        return guest.kernel().scheduler().begin({"call_function", {guest.fastcall_code(name, at).value}, 6});
    };
    guest.fastcall("__down_read", at);
    guest.fastcall("__down_read", at);
    CHECK(semaphore.get_int("count") == 2);
    const auto writer = begin("__down_write"), reader = begin("__down_read");
    CHECK(guest.kernel().scheduler().run(writer).kind == Outcome::Kind::deadlock);
    CHECK(guest.kernel().scheduler().run(reader).kind == Outcome::Kind::deadlock); // behind the writer
    guest.fastcall("__up_read", at);
    CHECK(guest.kernel().scheduler().run(writer).kind == Outcome::Kind::deadlock);
    guest.fastcall("__up_read", at);
    CHECK(guest.kernel().scheduler().run(writer).kind == Outcome::Kind::done);
    CHECK(semaphore.get_int("count") == -1);
    CHECK(guest.kernel().scheduler().run(reader).kind == Outcome::Kind::deadlock);
    guest.fastcall("__up_write", at);
    CHECK(guest.kernel().scheduler().run(reader).kind == Outcome::Kind::done);
    CHECK(semaphore.get_int("count") == 1);
    guest.fastcall("__up_read", at);
    CHECK(semaphore.get_int("count") == 0);
    guest.kernel().threads().reap(writer);
    guest.kernel().threads().reap(reader);
}

TEST_CASE("the slow path of down keeps eax, edx and ecx", "[exports][waiting]")
{
    Guest guest;
    auto semaphore = make_semaphore(guest, 0); // one was taken: count -1 after the decrement below
    const auto code = guest.buffer(48);
    auto& memory = guest.memory();
    // mov $0x1234, %eax; mov $0x5678, %edx; mov $semaphore, %ecx; incl (%ecx); call __down_failed; add %edx, %eax; add %ecx, %eax;
    // ret
    memory.store<std::uint8_t>(code, 0xb8);
    memory.store<std::uint32_t>(code + 1, 0x1234);
    memory.store<std::uint8_t>(code + 5, 0xba);
    memory.store<std::uint32_t>(code + 6, 0x5678);
    memory.store<std::uint8_t>(code + 10, 0xb9);
    memory.store<std::uint32_t>(code + 11, word(semaphore.at()));
    memory.store<std::uint16_t>(code + 15, 0x01ff);
    memory.store<std::uint8_t>(code + 17, 0xe8);
    memory.store<std::uint32_t>(code + 18, word(guest.kernel().symbols().address("__down_failed").value()) - word(code) - 22);
    memory.store<std::uint32_t>(code + 22, 0xc801d001);
    memory.store<std::uint8_t>(code + 26, 0xc3);
    CHECK(static_cast<std::uint32_t>(guest.run_code(code)) == 0x1234 + 0x5678 + word(semaphore.at()));
}

TEST_CASE("a completion that came first lets its waiter through", "[exports][waiting]")
{
    Guest guest("2.4.18-14");
    auto completion = guest.make("struct completion");
    const GuestStruct queue(guest.kernel(), "struct __wait_queue_head", completion.address("wait"));
    guest.memory().store_word(queue.address("task_list"), queue.address("task_list").value);
    guest.memory().store_word(queue.address("task_list") + 4, queue.address("task_list").value);
    const auto waiter = guest.kernel().scheduler().begin(
        {"call_function", {guest.fastcall_code("wait_for_completion", word(completion.at())).value}, 6});
    CHECK(guest.kernel().scheduler().run(waiter).kind == Outcome::Kind::deadlock);
    guest.fastcall("complete", word(completion.at()));
    CHECK(guest.kernel().scheduler().run(waiter).kind == Outcome::Kind::done);
    CHECK(completion.get("done") == 0);
    guest.fastcall("complete", word(completion.at()));
    guest.fastcall("wait_for_completion", word(completion.at()));
    CHECK(guest.outcome().kind == Outcome::Kind::done);
    guest.kernel().threads().reap(waiter);
}

TEST_CASE("timers and tasklets of a sample run at their ticks", "[exports][waiting]")
{
    Guest guest;
    REQUIRE(guest.load_sample("timers", {"period=3", "ticks=2"}) == "");
    guest.kernel().scheduler().settle(20);
    CHECK(guest.log() == "<6>timers: tick 1 at 3 jiffies\n<6>timers: tasklet 1\n"
                         "<6>timers: tick 2 at 6 jiffies\n<6>timers: tasklet 2\n");
    CHECK(guest.unload("timers"));
    CHECK(guest.log().ends_with("<6>timers: 2 ticks, 2 tasklets, timer idle\n"));
}

TEST_CASE("a task given to keventd runs in process context, once per scheduling", "[exports][waiting]")
{
    Guest guest;
    const auto count_at = guest.buffer(4), code = guest.buffer(16);
    guest.memory().store<std::uint16_t>(code, 0x05ff); // incl count; ret
    guest.memory().store<std::uint32_t>(code + 2, word(count_at));
    guest.memory().store<std::uint8_t>(code + 6, 0xc3);
    auto task = guest.make("struct tq_struct");
    task.set("routine", code);
    CHECK(guest.call("schedule_task", {task.at().value}) == 1);
    CHECK(guest.call("schedule_task", {task.at().value}) == 0); // still queued
    guest.kernel().scheduler().settle(2);
    CHECK(guest.memory().load<std::uint32_t>(count_at) == 1);
    CHECK(guest.call("schedule_task", {task.at().value}) == 1);
    guest.call("flush_scheduled_tasks");
    CHECK(guest.memory().load<std::uint32_t>(count_at) == 2);
}

TEST_CASE("__run_task_queue calls every task of a queue and leaves it empty", "[exports][waiting]")
{
    Guest guest;
    const auto sum_at = guest.buffer(4), code = guest.buffer(16);
    // mov 4(%esp), %eax; add %eax, sum; ret
    guest.memory().store<std::uint32_t>(code, 0x0424448b);
    guest.memory().store<std::uint16_t>(code + 4, 0x0501);
    guest.memory().store<std::uint32_t>(code + 6, word(sum_at));
    guest.memory().store<std::uint8_t>(code + 10, 0xc3);
    const auto queue = guest.kernel().symbols().variable("tq_disk");
    for (const std::uint64_t data : {5, 7}) {
        auto task = guest.make("struct tq_struct");
        task.set("sync", std::uint64_t{1});
        task.set("routine", code);
        task.set("data", data);
        const auto last = guest.memory().load_pointer(queue + 4); // queue_task: list_add_tail
        guest.memory().store_word(task.at(), queue.value);
        guest.memory().store_word(task.at() + 4, last.value);
        guest.memory().store_word(last, task.at().value);
        guest.memory().store_word(queue + 4, task.at().value);
    }
    guest.call("__run_task_queue", {queue.value});
    CHECK(guest.memory().load<std::uint32_t>(sum_at) == 12);
    CHECK(guest.memory().load_pointer(queue) == queue);
}

TEST_CASE("a signal ends an interruptible sleep and stays pending until it is flushed", "[exports][waiting]")
{
    Guest guest;
    auto queue = make_queue(guest);
    const auto pid = guest.call("kernel_thread", {guest.fastcall_code("interruptible_sleep_on", word(queue.at())).value, 0, 0});
    guest.kernel().scheduler().settle(2);
    CHECK(guest.memory().load_pointer(queue.address("task_list")) != queue.address("task_list"));
    CHECK(guest.call("kill_proc", {static_cast<std::uint64_t>(pid), 0, 1}) == 0);
    CHECK(guest.call("kill_proc", {static_cast<std::uint64_t>(pid), 15, 1}) == 0);
    guest.kernel().scheduler().settle(2);
    CHECK(guest.memory().load_pointer(queue.address("task_list")) == queue.address("task_list"));
    CHECK(guest.call("kill_proc", {static_cast<std::uint64_t>(pid), 15, 1}) == -3); // ESRCH: the thread is gone
}
