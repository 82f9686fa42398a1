// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }

/// Code: kmalloc or kfree as mempool functions: a stub that returns its second argument, or nothing.
GuestAddr returns_second(Guest& guest)
{
    const auto code = guest.buffer(16);
    guest.memory().store<std::uint32_t>(code, 0x0824448b); // mov 8(%esp), %eax
    guest.memory().store<std::uint8_t>(code + 4, 0xc3);
    return code;
}

/// Of hdb2, from sector 7 on, with two buffers of 1 KB.
GuestStruct request_of_two_buffers(Guest& guest)
{
    auto request = guest.make("struct request"), first = guest.make("struct buffer_head"),
         second = guest.make("struct buffer_head");
    const auto code = guest.buffer(4);
    guest.memory().store<std::uint8_t>(code, 0xc3);
    for (auto* buffer : {&first, &second}) {
        buffer->set("b_size", std::uint64_t{1024});
        buffer->set("b_end_io", code);
    }
    first.set("b_reqnext", second.at());
    request.set("bh", first.at());
    request.set("rq_dev", std::uint64_t{0x0342});
    request.set("sector", std::uint64_t{7});
    return request;
}

} // namespace

TEST_CASE("blk_queue_bounce_limit speaks of a limit that is not all of low memory", "[exports][blocks]")
{
    Guest guest("2.4.18-14");
    auto queue = guest.make("struct request_queue");
    guest.call("blk_queue_bounce_limit", {queue.at().value, 0xffffffff, 0xffffffff});
    CHECK(guest.log().find(fmt::format("blk: queue {:08x}, no I/O memory limit\n", queue.at().value)) != std::string::npos);
    guest.call("blk_queue_bounce_limit", {queue.at().value, 0xffffff, 0});
    CHECK(guest.log().find(fmt::format("blk: queue {:08x}, I/O limit 15Mb (mask 0xffffff)\n", queue.at().value))
          != std::string::npos);
    CHECK(queue.get("bounce_pfn") == 0xfff);
    const auto said = guest.log();
    guest.call("blk_queue_bounce_limit", {queue.at().value, 32 << 20, 0});
    CHECK(guest.log() == said);
}

TEST_CASE("a device is read-only until it is not", "[exports][blocks]")
{
    Guest guest("2.4.18-14");
    CHECK(guest.call("is_read_only", {0x0300}) == 0);
    guest.call("set_device_ro", {0x0300, 1});
    CHECK(guest.call("is_read_only", {0x0300}) == 1);
    CHECK(guest.call("is_read_only", {0x0301}) == 0);
    guest.call("set_device_ro", {0x0300, 0});
    CHECK(guest.call("is_read_only", {0x0300}) == 0);
    CHECK(guest.call("blk_ioctl", {0, 0x1260, 0}) == -22);
    CHECK(guest.call("blk_ioctl", {0x0300, 0x1262, 300}) == -22);
    CHECK(guest.call("blk_ioctl", {0x0300, 0x1262, 64}) == 0);
    CHECK(guest.memory().load<std::uint32_t>(guest.kernel().symbols().variable("read_ahead") + 3 * 4) == 64);
}

TEST_CASE("a request loses its first buffer and tells an I/O error; the last end wakes the waiter", "[exports][blocks]")
{
    Guest guest("2.4.18-14");
    auto request = request_of_two_buffers(guest);
    request.set("hard_sector", std::uint64_t{7});
    request.set("hard_nr_sectors", std::uint64_t{4});
    CHECK(guest.call("end_that_request_first", {request.at().value, 0, guest.text("test")}) == 1);
    CHECK(guest.log().find("end_request: I/O error, dev 03:42 (test), sector 7\n") != std::string::npos);
    CHECK(request.get("sector") == 9);
    CHECK(request.get("nr_sectors") == 2);
    CHECK(guest.call("end_that_request_first", {request.at().value, 1, guest.text("test")}) == 0);
    auto completion = guest.make("struct completion");
    const auto list = GuestStruct(guest.kernel(), "struct __wait_queue_head", completion.address("wait")).address("task_list");
    guest.memory().store_word(list, list.value);
    guest.memory().store_word(list + 4, list.value);
    request.set("waiting", completion.at());
    guest.call("end_that_request_last", {request.at().value});
    CHECK(completion.get("done") == 1);
    CHECK(request.get_int("rq_status") == -1);
}

TEST_CASE("a request of 2.2 passes over a buffer that failed, and its last end is an up of its semaphore", "[exports][blocks]")
{
    Guest guest("2.2.1");
    auto request = request_of_two_buffers(guest), semaphore = guest.make("struct semaphore");
    request.set("nr_sectors", std::uint64_t{4});
    CHECK(guest.call("end_that_request_first", {request.at().value, 0, guest.text("test")}) == 1);
    CHECK(guest.log().find("end_request: I/O error, dev 03:42 (test), sector 7\n") != std::string::npos);
    CHECK(request.get("sector") == 8); // 7 + 2, counted in buffers of two
    CHECK(request.get("nr_sectors") == 2);
    CHECK(request.get("current_nr_sectors") == 2);
    CHECK(guest.call("end_that_request_first", {request.at().value, 1, guest.text("test")}) == 0);
    semaphore.set("count.counter", std::uint32_t{0xffffffff});
    request.set("sem", semaphore.at());
    guest.call("end_that_request_last", {request.at().value});
    CHECK(semaphore.get_int("count.counter") == 0);
    CHECK(semaphore.get_int("waking") == 1);
    CHECK(request.get_int("rq_status") == -1);
}

TEST_CASE("a mempool keeps its elements and gives them out when its allocator has none", "[exports][blocks]")
{
    Guest guest("2.4.18-14");
    const auto allocate = returns_second(guest), free = returns_second(guest);
    const auto pool = address(guest.call("mempool_create", {3, allocate.value, free.value, 0x1234}));
    REQUIRE(pool);
    CHECK(guest.memory().load<std::uint32_t>(pool + 8) == 0x1234);
    CHECK(guest.call("mempool_alloc", {pool.value, 0}) == 0x1234);
    guest.memory().store<std::uint32_t>(allocate, 0x90c3c031); // xor eax, eax; ret: no memory
    CHECK(guest.call("mempool_alloc", {pool.value, 0}) == 0x1234);
    guest.call("mempool_free", {0x5678, pool.value});
    CHECK(guest.memory().load<std::uint32_t>(pool + 8) == 0x5678);
    guest.call("mempool_destroy", {pool.value});
    CHECK(guest.outcome().kind == Outcome::Kind::done);
    CHECK(guest.kernel().heap().size_of(pool) == 0);
    CHECK(guest.call("mempool_create", {2, allocate.value, free.value, 0}) == 0);
}

TEST_CASE("block requests of an IDE driver find no drive", "[exports][blocks]")
{
    Guest guest("2.4.18-14");
    const auto module = guest.buffer(16);
    CHECK(guest.call("ide_register_module", {module.value}) == 0);
    CHECK(guest.call("ide_register_module", {module.value}) == 1);
    CHECK(guest.call("ide_scan_devices", {5, guest.text("ide-cd"), 0, 0}) == 0);
    guest.call("ide_unregister_module", {module.value});
    CHECK(guest.call("ide_register_module", {module.value}) == 0);
    const auto text = GuestAddr{guest.text("  AB  CD  ")};
    guest.call("ide_fixstring", {text.value, 10, 0});
    CHECK(guest.load_text(text) == "AB CD");
}
