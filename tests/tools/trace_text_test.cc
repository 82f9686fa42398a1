// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/trace_sinks.h"

#include "loader/tools/traced_ports.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/described_devices.h"
#include "emu/kernel/processor.h"
#include "loader/api/session.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <functional>

using namespace retromod;

namespace {

/// What a trace prints of some events.
std::string printed(const std::function<void(EventSink&)>& events)
{
    char* text = nullptr;
    std::size_t size = 0;
    auto* file = open_memstream(&text, &size);
    TraceOptions options;
    options.into = file;
    events(*make_text_trace(options));
    std::fclose(file);
    std::string result(text, size);
    std::free(text);
    return result;
}

SyscallResult failed(Errno error) { return SyscallResult::failure(error, i386()); }

} // namespace

TEST_CASE("a call during which nothing happens is one line", "[tools][trace]")
{
    const std::string arguments[] = {"\"hello\""};
    CHECK(printed([&](EventSink& sink) {
              sink.syscall_entered("delete_module", arguments);
              sink.syscall_returned("delete_module", failed(Errno::enoent));
          }) == "delete_module(\"hello\") = -1 ENOENT (No such file or directory)\n");
}

TEST_CASE("what happens during a call stands indented between its two lines", "[tools][trace]")
{
    CHECK(printed([&](EventSink& sink) {
              sink.syscall_entered("init_module", {});
              sink.guest_called({0xc8800060}, "init");
              sink.export_called({"printk", Grade::full, {}, {"\"x\"", "..."}, "1", true});
              sink.syscall_returned("init_module", {});
          }) == "init_module() ...\n  --- init: 0xc8800060\n  printk(\"x\", ...) = 1\n<... init_module> = 0\n");
}

TEST_CASE("an export that is not the whole kernel function says so", "[tools][trace]")
{
    CHECK(printed([&](EventSink& sink) { sink.export_called({"request_irq", Grade::inert, {}, {"7"}, "0", true}); }) ==
          "request_irq(7) = 0  [inert]\n");
}

TEST_CASE("an export that calls the guest gets its result when it is over", "[tools][trace]")
{
    CHECK(printed([&](EventSink& sink) {
              sink.export_called({"pci_module_init", Grade::full, {}, {"0x1"}, "", false});
              sink.guest_called({0x2}, "probe");
              sink.export_called({"pci_module_init", Grade::full, {}, {}, "0x0", true});
          }) == "pci_module_init(0x1) ...\n  --- probe: 0x2\n<... pci_module_init> = 0x0\n");
}

TEST_CASE("a result that is no error of the architecture is shown as the word it is", "[tools][trace]")
{
    CHECK(show_result({5}, i386()) == "5");
    CHECK(show_result({0xc8800000}, i386()) == "0xc8800000");
    CHECK(show_result({0xffffffff}, i386()) == "-1 EPERM (Operation not permitted)");
    CHECK(show_result({0xfffff001}, i386()) == "-1 errno 4095");
    CHECK(show_result({0xfffff000}, i386()) == "0xfffff000");
}

TEST_CASE("a port that nobody answers reads as all ones, and is traced with who asked", "[tools][trace]")
{
    auto session = Session::in_memory({});
    CHECK(printed([&](EventSink& sink) {
              TracedPorts ports(session.kernel(), sink);
              CHECK(ports.in(0x278, 1) == 0xff);
              CHECK(ports.in(0x278, 4) == 0xffffffff);
              ports.out(0x80, 2, 0x1234);
          }) == "inb(0x278) = 0xff  at 0x0\ninl(0x278) = 0xffffffff  at 0x0\noutw(0x80) <- 0x1234  at 0x0\n");
}

TEST_CASE("device memory is traced by its physical address, other memory is not", "[tools][trace]")
{
    auto session = Session::in_memory({});
    auto* mapping = session.machine().table<IoMappingRow>().insert();
    mapping->area = 0xc8802000;
    mapping->physical = 0xfebf0000;
    mapping->bytes = 4096;
    CHECK(printed([&](EventSink& sink) {
              TracedPorts ports(session.kernel(), sink);
              ports.memory_accessed(true, {0xc8802010}, 4, 7);
              ports.memory_accessed(false, {0xc8803000}, 4, 7);
          }) == "writel(0xfebf0010) <- 0x7  at 0x0\n");
}

TEST_CASE("the board's clock, serial line and PCI functions answer at their ports", "[tools][trace][ports]")
{
    auto session = Session::in_memory({});
    auto& ports = session.kernel().processor().ports();
    const auto cmos = [&](std::uint8_t index) { return ports.out(0x70, 1, index), ports.in(0x71, 1); };
    CHECK(cmos(0x09) == 0x03); // 2003-10-23 07:01: up for 100 s
    CHECK(cmos(0x08) == 0x10);
    CHECK(cmos(0x04) == 0x07);
    CHECK(cmos(0x02) == 0x01);
    CHECK(ports.in(0x3fd, 1) == 0x60);
    ports.out(0x3ff, 1, 0x5a);
    CHECK(ports.in(0x3ff, 1) == 0x5a);
    ports.out(0x3fb, 1, 0x80); // the divisor instead of the data
    ports.out(0x3f8, 1, 12);
    CHECK(ports.in(0x3f8, 1) == 12);
    ports.out(0xcf8, 4, 0x80000900); // 00:01.1
    CHECK(ports.in(0xcfc, 4) == 0x70108086);
    ports.out(0xcf8, 4, 0x80001000); // 00:02.0: nobody
    CHECK(ports.in(0xcfc, 4) == 0xffffffff);
    ports.out(0xcf8, 4, 0);
    CHECK(ports.in(0xcfc, 4) == 0xffffffff);
}
