// SPDX-License-Identifier: GPL-2.0-or-later
// linux/reboot.h, linux/sysrq.h, linux/console.h, linux/serial.h, linux/cpufreq.h, linux/pm.h, linux/random.h: the machine
// as a whole. Source: kernel/{sys,printk,cpufreq}.c, drivers/char/{sysrq,serial,random}.c, arch/i386/kernel of 2.4.18.
#include "emu/exports/answers.h"
#include "emu/exports/core/notifier_chain.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <utility>

namespace retromod {
namespace {

// --- notifiers of modules' own chains -----------------------------------------------------------------------------------

/// Calls each block of the chain at `list`; what the last one returned.
Step notifier_call_chain(Kernel& kernel, Frame& frame, GuestAddr list, ULong event, GuestAddr argument)
{
    auto& walk = frame.local<NotifierWalk>();
    const auto last = frame.phase++ ? frame.result : 0;
    if (const auto call = notify_next(kernel, walk, list, event.value, argument.value, last)) return *call;
    return Return{last};
}

// --- randomness --------------------------------------------------------------------------------------------------------

/// Sixteen bytes of a version 4 UUID. Deterministic, as all randomness here.
void generate_random_uuid(Kernel& kernel, GuestAddr at)
{
    std::uint64_t state = kernel.clock().jiffies() * 6364136223846793005u + 1442695040888963407u;
    for (unsigned i = 0; i < 16; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        auto byte = static_cast<std::uint8_t>(state >> 56);
        if (i == 6) byte = static_cast<std::uint8_t>((byte & 0x0f) | 0x40);
        if (i == 8) byte = static_cast<std::uint8_t>((byte & 0x3f) | 0x80);
        kernel.memory().store<std::uint8_t>(at + i, byte);
    }
}

// --- serial ports -------------------------------------------------------------------------------------------------------

/// Ports that register_serial gave a line; fixed format.
struct SerialLineRow {
    static constexpr std::string_view table_name = "serial_lines";
    static constexpr std::uint32_t table_capacity = 64; // NR_PORTS
    std::uint32_t used;
    std::uint32_t line;
    std::uint32_t port, interrupt;
};
constexpr std::uint32_t first_free_line = 4; // ttyS0 to ttyS3 are the ISA ports
constexpr std::uint32_t line_limit = 64;

/// struct serial_struct {type, line, port, irq, ...}: the line is free, or -1. Nothing transmits.
std::int32_t register_serial(Kernel& kernel, GuestAddr request)
{
    auto rows = kernel.machine().table<SerialLineRow>();
    const auto port = kernel.memory().load<std::uint32_t>(request + 8),
               interrupt = kernel.memory().load<std::uint32_t>(request + 12);
    std::uint32_t line = first_free_line;
    const auto taken = [&] { return rows.find_if([&](const SerialLineRow& r) { return r.line == line; }) != nullptr; };
    if (const auto* same = rows.find_if([&](const SerialLineRow& r) { return r.port == port; }))
        return static_cast<std::int32_t>(same->line);
    while (line < line_limit && taken()) ++line;
    auto* row = line < line_limit ? rows.insert() : nullptr;
    if (!row) return -1;
    *row = {1, line, port, interrupt};
    kernel.log().write(fmt::format("<6>ttyS{:02} at port 0x{:04x} (irq = {}) is a 16550A\n", line, port, interrupt));
    return static_cast<std::int32_t>(line);
}
void unregister_serial(Kernel& kernel, std::int32_t line)
{
    auto rows = kernel.machine().table<SerialLineRow>();
    auto* row = rows.find_if([&](const SerialLineRow& r) { return r.line == static_cast<std::uint32_t>(line); });
    if (!row) return;
    rows.erase(*row);
    kernel.log().write(fmt::format("<6>ttyS{:02} unloaded\n", line));
}

// --- consoles -----------------------------------------------------------------------------------------------------------

/// struct console's that want the log; fixed format.
struct ConsoleRow {
    static constexpr std::string_view table_name = "consoles";
    static constexpr std::uint32_t table_capacity = 32;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t object;
};
void register_console(Kernel& kernel, GuestAddr at)
{
    if (auto* row = kernel.machine().table<ConsoleRow>().insert()) row->object = at.value;
}
std::int32_t unregister_console(Kernel& kernel, GuestAddr at)
{
    auto rows = kernel.machine().table<ConsoleRow>();
    auto* row = rows.find_if([&](const ConsoleRow& r) { return r.object == at.value; });
    if (!row) return 1;
    rows.erase(*row);
    return 0;
}
/// A text console's driver takes numbers over, if its con_startup finds the hardware. No console is drawn: only the
/// driver's name is told. Source: drivers/char/console.c.
Step take_over_console(Kernel& kernel, Frame& frame, GuestAddr driver, std::int32_t first, std::int32_t last, std::int32_t all)
{
    if (!frame.phase++) return CallGuest{kernel.memory().load_pointer(driver), {}, 0, "con_startup", ResultType::word};
    if (!frame.result) return Return{};
    const auto name = kernel.memory().load_string({frame.result});
    kernel.log().write(all ? fmt::format("Console: switching to {}\n", name)
                   : fmt::format("Console: switching consoles {}-{} to {}\n", first + 1, last + 1, name));
    return Return{};
}

void console_print(Kernel& kernel, GuestString text) { kernel.log().write(text.text); }

// --- the kernel's own tables ----------------------------------------------------------------------------------------------

/// Keys that SysRq knows: 128 pointers to struct sysrq_key_op, by letter.
struct SysrqKeyRow {
    static constexpr std::string_view table_name = "sysrq_keys";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t key;
    std::uint64_t operation;
};
GuestAddr sysrq_get_key_op(Kernel& kernel, std::int32_t key)
{
    const auto* row = kernel.machine().table<SysrqKeyRow>().find_if(
        [&](const SysrqKeyRow& r) { return r.key == static_cast<std::uint32_t>(key); });
    return row ? GuestAddr{row->operation} : GuestAddr{};
}
void sysrq_put_key_op(Kernel& kernel, std::int32_t key, GuestAddr operation)
{
    auto rows = kernel.machine().table<SysrqKeyRow>();
    auto* row = rows.find_if([&](const SysrqKeyRow& r) { return r.key == static_cast<std::uint32_t>(key); });
    if (row && !operation) return rows.erase(*row);
    if (!row && operation) row = rows.insert();
    if (row) *row = {1, static_cast<std::uint32_t>(key), operation.value};
}

/// One driver may scale the processor.
struct FrequencyDriverRow {
    static constexpr std::string_view table_name = "cpufreq_driver";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t object;
};
std::int32_t cpufreq_register(Kernel& kernel, GuestAddr driver)
{
    auto& row = kernel.machine().single<FrequencyDriverRow>();
    if (!driver) return error_code(kernel, Errno::einval);
    if (row.object) return error_code(kernel, Errno::ebusy);
    row.object = driver.value;
    return 0;
}
std::int32_t cpufreq_unregister(Kernel& kernel)
{
    auto& row = kernel.machine().single<FrequencyDriverRow>();
    if (!row.object) return error_code(kernel, Errno::einval);
    row.object = 0;
    return 0;
}

// Differs from 2.4: the machine does not restart; the caller's kernel says so and goes on.
void machine_restart(Kernel& kernel, GuestAddr) { kernel.log().write("<0>Restarting system.\n"); }

std::uint32_t get_cmos_time(Kernel& kernel)
{
    return static_cast<std::uint32_t>(kernel.state().boot_time + kernel.clock().jiffies() / hz);
}
std::uint32_t nr_free_pages(Kernel& kernel) { return static_cast<std::uint32_t>(kernel.memory().free_pages()); }
ULong nr_context_switches(Kernel& kernel) { return {kernel.clock().jiffies()}; }
/// Pages below the ISA hole and above it, to the end of memory.
std::int32_t page_is_ram(Kernel& kernel, ULong number)
{
    constexpr std::uint64_t hole = 0xa0, above_hole = 0x100;
    return number.value < kernel.memory().total_pages() && (number.value < hole || number.value >= above_hole);
}

constexpr Export functions[] = {
    full<notifier_call_chain>("notifier_call_chain", since_2_4),
    full<generate_random_uuid>("generate_random_uuid", from(LayoutVersion::v2_4_18_14)),
    init<register_serial>("register_serial"),
    full<unregister_serial>("unregister_serial"),
    init<register_console>("register_console"),
    full<unregister_console>("unregister_console"),
    full<console_print>("console_print"),
    init<take_over_console>("take_over_console"),
    init<do_nothing<GuestAddr>>("give_up_console"),
    full<sysrq_get_key_op>("__sysrq_get_key_op", from(LayoutVersion::v2_4_18_14)),
    full<sysrq_put_key_op>("__sysrq_put_key_op", from(LayoutVersion::v2_4_18_14)),
    init<do_nothing<>>("__sysrq_lock_table", from(LayoutVersion::v2_4_18_14)),
    init<do_nothing<>>("__sysrq_unlock_table", from(LayoutVersion::v2_4_18_14)),
    init<cpufreq_register>("cpufreq_register", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<cpufreq_unregister>("cpufreq_unregister", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    init<machine_restart>("machine_restart"),
    init<machine_restart>("machine_real_restart", since_2_4),
    full<get_cmos_time>("get_cmos_time", since_2_4, "i386"),
    full<nr_free_pages>("nr_free_pages", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    init<nr_context_switches>("nr_context_switches", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<page_is_ram>("page_is_ram", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<>>("enable_hlt"),
    inert<do_nothing<>>("disable_hlt"),
    inert<do_nothing<>>("default_idle", from(LayoutVersion::v2_4_18_14)),
    inert<do_nothing<std::uint32_t, std::uint32_t, std::int32_t>>("batch_entropy_store", since_2_4),
    inert<do_nothing<std::uint32_t, std::int32_t>>("handle_scancode", since_2_4),
    inert<answer<0, std::int32_t, GuestAddr>>("pm_send_all", since_2_4),
    inert<do_nothing<>>("show_mem", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<GuestAddr>>("show_regs", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<>>("show_state", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<>>("set_running_and_schedule", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, GuestAddr, std::int32_t, ULong>>("change_page_attr", from(LayoutVersion::v2_4_18_14)),
    inert<refuse<Errno::enodev, GuestAddr, ULong, ULong, ULong, ULong, ULong>>("do_mmap_pgoff", since_2_4),
    inert<refuse<Errno::enomem, ULong, ULong>>("do_brk", since_2_4),
    inert<answer<0, GuestAddr, ULong, ULong>>("do_munmap"),
    inert<do_nothing<GuestAddr, std::int32_t>>("devfs_register_partitions", since_2_4),
    inert<no_object<GuestAddr, std::int32_t, GuestAddr>>("disk_name"),
    inert<do_nothing<>>("tux_Dprintk", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<>>("tux_TDprintk", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<no_object<GuestFunction, GuestAddr, GuestString>>("md_register_thread", until(LayoutVersion::v2_4_18_14)),
};

template <std::uint32_t value>
void store_number(Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, value); }

/// The first task as modules see it: they take its directory and files for their threads.
void init_first_task(Kernel& kernel, GuestAddr at)
{
    GuestStruct task(kernel, "struct task_struct", at);
    const GuestStruct idle(kernel, "struct task_struct", {kernel.state().init_task});
    for (const auto member : {"fs", "files", "mm"})
        if (task.has(member)) task.set(member, idle.get(member));
}

constexpr DataExport data[] = {
    {"apm_info", fixed_bytes<64>, nullptr, since_2_4},
    {"cap_bset", fixed_bytes<4>, store_number<0xfffffeff>, since_2_4},
    {"disable_all_usb", fixed_bytes<4>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
    {"fg_console", fixed_bytes<4>, nullptr, since_2_4},
    {"gdt", words<1>, nullptr, since_2_4},
    {"init_task_union", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().thread_bytes; }, init_first_task, since_2_4},
    {"is_sony_vaio_laptop", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"keyboard_tasklet", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct tasklet_struct"); }, nullptr,
     since_2_4},
    {"kmap_prot", words<1>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"kmap_pte", words<1>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"netdump_func", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
    {"netdump_mode", fixed_bytes<4>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
    {"pidhash", words<1024>, nullptr, since_2_4},
    {"sys_tux_ptr", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
    {"tux_module", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
};

void tell(RowVisitor& visitor, const ConsoleRow& row) { visitor.pointer("a struct console", row.object); }
void tell(RowVisitor& visitor, const SysrqKeyRow& row) { visitor.pointer("a struct sysrq_key_op", row.operation); }
void tell(RowVisitor& visitor, const FrequencyDriverRow& row) { visitor.pointer("a struct cpufreq_driver", row.object); }
constexpr TableKind tables[] = {
    table<SerialLineRow>(),
    table<ConsoleRow, tell>("consoles"),
    table<SysrqKeyRow, tell>("SysRq keys"),
    table<FrequencyDriverRow, tell>("CPU frequency"),
};

} // namespace

extern const Family linux_system{.header = "the machine", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
