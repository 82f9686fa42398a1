// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/clock.h"
#include "emu/kernel/export_call.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/threads.h"
#include "tests/kernel/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

void note(Kernel& kernel, GuestString text) { kernel.log().write("<6>" + text.text + "\n"); }
std::int32_t reads(Kernel& kernel, GuestAddr at) { return kernel.memory().load<std::int32_t>(at); }

Step sleeps(Kernel& kernel, Frame& frame, ULong ticks)
{
    if (frame.phase++) return Return{kernel.clock().jiffies()};
    kernel.threads().set_task_field(kernel.threads().current_task(), "state", 1);
    return Sleep{"a test", ticks.value ? kernel.clock().jiffies() + ticks.value : ~std::uint64_t{0}};
}

constexpr Export functions[] = {
    {"note", Grade::full, plain<note>},
    {"reads", Grade::full, plain<reads>},
    step_export<sleeps>("sleeps", Grade::full),
};
constexpr DataExport data[] = {{"jiffies", [](Kernel&) -> std::uint64_t { return 4; }}};

const ExportTable& exports()
{
    static const ExportTable table = [] {
        ExportTable made;
        made.functions = {functions};
        made.data = {data};
        return made;
    }();
    return table;
}

/// push argument; call function; add esp, 4; ret, for an init routine at `at`.
std::vector<unsigned> calls(GuestAddr at, GuestAddr function, GuestAddr argument)
{
    return assemble({{0x68}, word(argument), {0xe8}, word({(function - (at + 10)) & 0xffffffff}), {0x83, 0xc4, 0x04, 0xc3}});
}

GuestAddr code_of(GuestAddr module) { return module + Guest::code_at; }

} // namespace

TEST_CASE("an init routine that reads through NULL is killed by an oops, its module left initializing", "[kernel][oops]")
{
    Guest guest(exports());
    const auto module = guest.create("bad");
    const auto outcome = guest.init("bad", module, {0x90, 0xa1, 0x04, 0, 0, 0, 0xc3}); // nop; mov eax, [4]; ret
    CHECK(outcome.kind == Outcome::Kind::oops);
    CHECK(outcome.at == code_of(module) + 1);
    CHECK(outcome.what == "Unable to handle kernel NULL pointer dereference at virtual address 00000004");
    CHECK(proc_modules_text(guest.kernel) == "bad                      512 (initializing)\n");
    CHECK(guest.kernel.modules().view(module).usecount() == 1);
    const auto log = guest.kernel.log().text();
    for (const auto* line :
         {"<1>Unable to handle kernel NULL pointer dereference at virtual address 00000004\n", "<4>Oops: 0000\n",
          "<4>EIP:    0010:[<c8800101>]    Not tainted\n", "Code: a1 04 00 00 00 c3", "<4>EFLAGS: ", "Process insmod (pid: "})
        CHECK(log.find(line) != std::string::npos);
    CHECK(guest.remove("bad").result.error(guest.machine.arch()) == Errno::ebusy);
}

TEST_CASE("a fault at an instruction that __ex_table names goes on at its fixup", "[kernel][oops]")
{
    Guest guest(exports());
    const auto module = guest.create("saved");
    const auto code = code_of(module);
    // mov eax, [0x10]; ret; fixup: mov eax, -14; ret
    const auto text = assemble({{0xa1, 0x10, 0, 0, 0, 0xc3}, {0xb8, 0xf2, 0xff, 0xff, 0xff, 0xc3}});
    const auto table = module + Guest::table_at;
    const auto outcome = guest.init("saved", module, text, {{52, table.value}, {56, table.value + 8},
        {Guest::table_at, code.value}, {Guest::table_at + 4, code.value + 6}});
    CHECK(outcome.kind == Outcome::Kind::done);
    CHECK(outcome.result.error(guest.machine.arch()) == Errno::efault);
}

TEST_CASE("an init routine that never returns is stopped by its budget", "[kernel][run]")
{
    Guest guest(exports());
    const auto module = guest.create("forever");
    const auto outcome = guest.init("forever", module, {0xeb, 0xfe}, {}, {.blocks = 1'000'000});
    CHECK(outcome.kind == Outcome::Kind::budget);
    CHECK(outcome.at == code_of(module));
    // The kernel's own work in loading the module takes a little of the budget: less than a tick.
    CHECK(guest.kernel.clock().jiffies() == 10'000 + 1'000'000 / blocks_per_jiffy - 1);
}

TEST_CASE("an export gets its argument and its bad pointer is the guest's oops", "[kernel][export]")
{
    Guest guest(exports());
    const auto module = guest.create("caller");
    const auto code = code_of(module);
    CHECK(guest.init("caller", module, calls(code, *guest.kernel.symbols().address("note"), module + Guest::header)).kind
          == Outcome::Kind::done);
    CHECK(guest.kernel.log().text() == "<6>caller\n");
    const auto outcome = guest.init("caller", module, calls(code, *guest.kernel.symbols().address("reads"), {0x20}));
    CHECK(outcome.kind == Outcome::Kind::oops);
    CHECK(outcome.what == "Unable to handle kernel NULL pointer dereference at virtual address 00000020");
}

TEST_CASE("an oops report that meets a damaged list of modules ends there, and its call is an oops", "[kernel][oops]")
{
    Guest guest(exports(), {.release = find_release("2.4.18-14")});
    const auto code = code_of(guest.create("caller"));
    auto at = code;
    for (const auto byte : calls(code, *guest.kernel.symbols().address("reads"), {0x20})) {
        guest.machine.memory().store<std::uint8_t>(at, static_cast<std::uint8_t>(byte));
        at += 1;
    }
    guest.machine.memory().store<std::uint32_t>({guest.kernel.state().module_list}, 0x40);
    CHECK(guest.kernel.scheduler().call({"call_function", {code.value}, 6}).kind == Outcome::Kind::oops);
    CHECK(guest.kernel.log().text().find("Oops: 0000") != std::string::npos);
}

TEST_CASE("a sleeping call returns when its virtual time has come", "[kernel][run]")
{
    Guest guest(exports());
    const auto module = guest.create("sleeper");
    const auto outcome = guest.init("sleeper", module, calls(code_of(module), *guest.kernel.symbols().address("sleeps"), {500}));
    CHECK(outcome.kind == Outcome::Kind::done);
    CHECK(outcome.result.error(guest.machine.arch()) == Errno::ebusy); // a positive result
    CHECK(guest.kernel.clock().jiffies() == 10'500);
    CHECK(guest.machine.memory().load<std::uint32_t>(guest.kernel.symbols().variable("jiffies")) == 10'500);
}

TEST_CASE("a sleep that nothing can end is reported as a deadlock with who waits for what", "[kernel][run]")
{
    Guest guest(exports());
    const auto module = guest.create("stuck");
    const auto outcome = guest.init("stuck", module, calls(code_of(module), *guest.kernel.symbols().address("sleeps"), {0}));
    CHECK(outcome.kind == Outcome::Kind::deadlock);
    CHECK(outcome.what.find("waits for a test") != std::string::npos);
}

TEST_CASE("an import bound to a trap stops the guest with its name", "[kernel][export]")
{
    Guest guest(exports());
    const auto module = guest.create("lacking");
    const auto trap = guest.kernel.symbols().bind_trap("usb_register");
    CHECK(guest.kernel.symbols().bind_trap("usb_register") == trap);
    const auto outcome = guest.init("lacking", module, calls(code_of(module), trap, {}));
    CHECK(outcome.kind == Outcome::Kind::trap);
    CHECK(outcome.what == "usb_register");
}

TEST_CASE("dividing by zero, ud2 and a jump to NULL are oopses", "[kernel][oops]")
{
    Guest guest(exports());
    const auto headline = [&](const char* name, const std::vector<unsigned>& code) {
        return guest.init(name, guest.create(name), code).what;
    };
    CHECK(headline("div", {0x31, 0xc9, 0xf7, 0xf1, 0xc3}) == "divide error");
    CHECK(headline("bug", {0x0f, 0x0b}) == "invalid operand");
    CHECK(headline("null", {0x31, 0xc0, 0xff, 0xe0})
          == "Unable to handle kernel NULL pointer dereference at virtual address 00000000");
}

TEST_CASE("another kernel object over the same machine goes on where the first one stopped", "[kernel][boot]")
{
    Guest guest(exports());
    const auto module = guest.create("kept");
    guest.init("kept", module, calls(code_of(module), *guest.kernel.symbols().address("note"), module + Guest::header));
    Kernel second(guest.machine, exports());
    CHECK(second.modules().find("kept")->address() == module);
    CHECK(second.log().text() == "<6>kept\n");
    CHECK(second.symbols().address("note") == guest.kernel.symbols().address("note"));
    const auto outcome = second.scheduler().call({"delete_module", {guest.user.place("kept").value}, 1});
    CHECK(outcome.result.word == 0);
    CHECK(second.modules().size() == 0);
}

TEST_CASE("current is a real task_struct at the base of the kernel stack", "[kernel][threads]")
{
    Guest guest(exports());
    const auto module = guest.create("who");
    const auto pid = guest.machine.layouts().field("struct task_struct", "pid").offset;
    // mov eax, esp; and eax, ~8191; mov eax, [eax + pid]; ret
    const auto outcome = guest.init(
        "who", module, assemble({{0x89, 0xe0, 0x25, 0x00, 0xe0, 0xff, 0xff, 0x8b, 0x80}, word({pid}), {0xf7, 0xd8, 0xc3}}));
    CHECK(outcome.kind == Outcome::Kind::done);
    CHECK(guest.machine.arch().signed_word(outcome.result.word) < 0); // minus its pid
}
