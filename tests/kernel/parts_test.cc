// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's parts, each alone over a machine.
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/timers.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

/// A machine with its parts below the scheduler.
struct Parts {
    Machine machine;
    KernelState state{machine};
    Processor processor{machine, *find_cpu(machine.arch()), state};
    unsigned ticks = 0;
    Clock clock{machine, state, processor, [this] { ++ticks; }};
    Timers timers{machine, state};
    Heap heap{machine, state};
};

} // namespace

TEST_CASE("a line of the log without a level gets <4>, and a clear hides what was before", "[kernel][log]")
{
    Machine machine;
    Log log(machine);
    log.write("one\n<1>two\nthr");
    log.write("ee\n");
    CHECK(log.text() == "<4>one\n<1>two\n<4>three\n");
    const auto position = log.position();
    log.clear();
    log.write("<6>four\n");
    CHECK(log.text() == "<6>four\n");
    CHECK(log.since(position) == "<6>four\n");
}

TEST_CASE("a block of the heap has the power of two that holds it, and is free once", "[kernel][heap]")
{
    Parts parts;
    const auto block = parts.heap.allocate(33);
    CHECK(parts.heap.size_of(block) == 64);
    CHECK(parts.heap.size_of(block + 1) == 0);
    CHECK(parts.heap.free(block));
    CHECK_FALSE(parts.heap.free(block));
    CHECK_FALSE(parts.heap.allocate((128 << 10) + 1));
}

TEST_CASE("the second allocation from now on is the one that is made to fail", "[kernel][heap]")
{
    Parts parts;
    parts.heap.fail(AllocationKind::kmalloc, 2);
    CHECK(parts.heap.allows(AllocationKind::kmalloc));
    CHECK(parts.heap.allows(AllocationKind::page));
    CHECK_FALSE(parts.heap.allows(AllocationKind::kmalloc));
    CHECK(parts.heap.allows(AllocationKind::kmalloc));
}

TEST_CASE("the clock ticks once for each 20,000 blocks, and not on the way to a tick that it skips to", "[kernel][clock]")
{
    Parts parts;
    parts.clock.pass(blocks_per_jiffy - 1);
    CHECK(parts.ticks == 0);
    CHECK(parts.clock.blocks_to_tick() == 1);
    parts.clock.pass(2 * blocks_per_jiffy);
    CHECK(parts.clock.jiffies() == 2);
    CHECK(parts.clock.blocks_in_tick() == blocks_per_jiffy - 1);
    parts.clock.advance_to(10);
    CHECK(parts.clock.jiffies() == 10);
    CHECK(parts.ticks == 3);
    parts.clock.advance_to(5);
    CHECK(parts.clock.jiffies() == 10);
}

TEST_CASE("timers that are due come by time, those of one tick as they were added", "[kernel][timers]")
{
    Parts parts;
    const auto first = parts.heap.allocate(64), second = parts.heap.allocate(64), late = parts.heap.allocate(64);
    parts.timers.add(late, 9);
    parts.timers.add(second, 5);
    parts.timers.add(first, 4);
    CHECK(parts.timers.next() == 4);
    CHECK_FALSE(parts.timers.due());
    parts.clock.advance_to(6);
    CHECK(parts.timers.due());
    CHECK(parts.timers.take_due() == first);
    CHECK(parts.timers.take_due() == second);
    CHECK_FALSE(parts.timers.take_due());
    CHECK(parts.timers.pending(late));
    CHECK(parts.timers.remove(late));
    CHECK_FALSE(parts.timers.remove(late));
}
