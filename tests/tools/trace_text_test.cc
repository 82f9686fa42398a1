// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/trace_sinks.h"

#include "loader/tools/traced_ports.h"

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

TEST_CASE("a port that nobody answers reads as all ones, and is traced", "[tools][trace]")
{
    CHECK(printed([&](EventSink& sink) {
              TracedPorts ports(sink);
              CHECK(ports.in(0x3f8, 1) == 0xff);
              CHECK(ports.in(0x3f8, 4) == 0xffffffff);
              ports.out(0x80, 2, 0x1234);
          }) == "inb(0x3f8) = 0xff\ninl(0x3f8) = 0xffffffff\noutw(0x80) <- 0x1234\n");
}
