// SPDX-License-Identifier: GPL-2.0-or-later
// linux/interrupt.h: interrupt lines and bottom halves. No device of the machine interrupts by itself: `retromod irq` does.
// Source: arch/i386/kernel/irq.c, kernel/softirq.c of 2.4.
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/family.h"
#include "emu/kernel/bottom_half.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/exports/core/interrupts.h"
#include "emu/kernel/irq_stat.h"
#include "emu/kernel/log.h"
#include "emu/kernel/softirqs.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t sa_shirq = 0x04000000; // SA_SHIRQ

/// NR_IRQS: with and without the I/O APIC of later kernels' configurations.
std::uint32_t line_count(Kernel& kernel) { return kernel.machine().release().series_minor >= 4 ? 224 : 16; }

std::int32_t request_irq(Kernel& kernel, std::uint32_t line, GuestFunction handler, ULong flags, GuestString name, GuestAddr device)
{
    if (flags.value & sa_shirq && !device) kernel.log().write(fmt::format("Bad boy: {} called us without a dev_id!\n", name.text));
    if (line >= line_count(kernel) || !handler.address) return error_code(kernel, Errno::einval);
    auto rows = kernel.machine().table<InterruptRow>();
    std::uint64_t order = 0;
    for (const auto& row : rows) {
        if (row.line == line && !(row.flags & flags.value & sa_shirq)) return error_code(kernel, Errno::ebusy);
        order = std::max(order, row.order);
    }
    auto* row = kernel.heap().allows(AllocationKind::kmalloc) ? rows.insert() : nullptr;
    if (!row) return error_code(kernel, Errno::enomem);
    row->line = line;
    row->handler = handler.address.value;
    row->flags = flags.value;
    row->name = name.address.value;
    row->device = device.value;
    row->order = order + 1;
    return 0;
}

void free_irq(Kernel& kernel, std::uint32_t line, GuestAddr device)
{
    if (line >= line_count(kernel)) return;
    auto rows = kernel.machine().table<InterruptRow>();
    auto* row = rows.find_if([&](const InterruptRow& r) { return r.line == line && r.device == device.value; });
    if (row) rows.erase(*row);
    else kernel.log().write(fmt::format("<3>Trying to free free IRQ{}\n", line));
}

void nothing_with_line(Kernel&, std::uint32_t) {}
void synchronize_irq(Kernel&) {}

/// Waits as long as the real one does for interrupts that already came, and says which lines could be probed.
ULong probe_irq_on(Kernel& kernel)
{
    kernel.clock().pass(12 * blocks_per_jiffy); // HZ/50 and HZ/10
    std::uint64_t free = 0xfffe;
    for (const auto& row : kernel.machine().table<InterruptRow>())
        if (row.line < 16) free &= ~(std::uint64_t{1} << row.line);
    return {free};
}
std::int32_t probe_irq_off(Kernel&, ULong) { return 0; }
std::uint32_t probe_irq_mask(Kernel&, ULong) { return 0; }

std::int32_t autoirq_setup(Kernel& kernel, std::int32_t)
{
    probe_irq_on(kernel);
    return 0;
}
std::int32_t autoirq_report(Kernel& kernel, std::int32_t jiffies)
{
    kernel.clock().pass(static_cast<std::uint64_t>(std::max(jiffies, 0)) * blocks_per_jiffy);
    return 0;
}

// --- interrupts that come -----------------------------------------------------------------------------------------

constexpr std::string_view irq_step = "do_IRQ";

/// The oldest request for a line that is younger than the request `after` and has a handler.
const InterruptRow* next_handler(Kernel& kernel, std::uint32_t line, std::uint64_t after)
{
    const InterruptRow* next = nullptr;
    for (const auto& row : kernel.machine().table<InterruptRow>())
        if (row.line == line && row.handler && row.order > after && (!next || row.order < next->order)) next = &row;
    return next;
}

std::uint64_t interrupt_count(Kernel& kernel, std::uint32_t line)
{
    if (line == 0) return kernel.clock().jiffies(); // the timer's
    const auto* row = kernel.machine().table<InterruptCountRow>().find_if([&](const auto& r) { return r.line == line; });
    return row ? row->count : 0;
}

void count_interrupt(Kernel& kernel, std::uint32_t line)
{
    auto rows = kernel.machine().table<InterruptCountRow>();
    auto* row = rows.find_if([&](const auto& r) { return r.line == line; });
    if (!row) row = &rows.insert_or_throw();
    row->line = line;
    ++row->count;
}

/// do_IRQ and handle_IRQ_event: (line). Its softirqs run when it is over.
Step do_irq(Kernel& kernel, Frame& frame)
{
    auto& after = frame.local<std::uint64_t>();
    const auto line = static_cast<std::uint32_t>(frame.arguments[0]);
    if (!frame.phase++) {
        count_interrupt(kernel, line);
        IrqStat(kernel).irq_enter();
    }
    if (const auto* next = next_handler(kernel, line, after)) {
        after = next->order;
        return CallGuest{{next->handler}, {line, next->device, 0}, 3, "interrupt"};
    }
    IrqStat(kernel).irq_exit();
    if (has_softirq_work(kernel) && !in_interrupt(kernel)) kernel.threads().start_step(softirq_step, "swapper", 0);
    return Exit{};
}

constexpr StepEntry steps[] = {{irq_step, do_irq}};

// --- tasklets and bottom halves -----------------------------------------------------------------------------------

void tasklet_init(Kernel& kernel, GuestAddr tasklet, GuestFunction function, ULong data)
{
    GuestStruct fields(kernel, "struct tasklet_struct", tasklet);
    fields.clear();
    fields.set("func", function.address);
    fields.set("data", data.value);
}

/// Source: tasklet_kill of kernel/softirq.c: it yields until the tasklet has begun.
Step tasklet_kill(Kernel& kernel, Frame& frame, GuestAddr tasklet)
{
    constexpr std::uint32_t yields_at_most = 1 << 16;
    GuestStruct fields(kernel, "struct tasklet_struct", tasklet);
    if (!frame.phase && in_interrupt(kernel)) kernel.log().write("Attempt to kill tasklet from interrupt\n");
    if (fields.get("state") & tasklet_state::scheduled) {
        if (++frame.phase > yields_at_most) throw KernelHang{"tasklet_kill waits for a tasklet that is disabled"};
        set_current_state(kernel, task_state::running);
        kernel.clock().pass(switch_blocks);
        return Sleep{"a tasklet to run"};
    }
    return Return{};
}

void init_bh(Kernel& kernel, std::int32_t number, GuestFunction routine) { set_bottom_half(kernel, number, routine.address); }

Step remove_bh(Kernel& kernel, Frame& frame, std::int32_t number)
{
    if (number < 0 || number >= bottom_half_limit) return Return{};
    const auto bytes = kernel.layouts().size("struct tasklet_struct");
    auto step = tasklet_kill(kernel, frame, kernel.symbols().variable("bh_task_vec") + static_cast<std::uint64_t>(number) * bytes);
    if (std::holds_alternative<Return>(step)) set_bottom_half(kernel, number, {});
    return step;
}

void cpu_raise_softirq(Kernel& kernel, std::uint32_t, std::uint32_t softirq) { raise_softirq(kernel, softirq & 31); }

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<request_irq>("request_irq"),
    full<free_irq>("free_irq"),
    full<nothing_with_line>("enable_irq"),
    full<nothing_with_line>("disable_irq"),
    full<nothing_with_line>("disable_irq_nosync", since_2_4),
    full<synchronize_irq>("synchronize_irq"),
    full<probe_irq_on>("probe_irq_on"),
    full<probe_irq_off>("probe_irq_off"),
    full<probe_irq_mask>("probe_irq_mask", since_2_4),
    full<autoirq_setup>("autoirq_setup"),
    full<autoirq_report>("autoirq_report"),
    full<tasklet_init>("tasklet_init", since_2_4),
    full<tasklet_kill>("tasklet_kill", since_2_4),
    full<tasklet_schedule>("__tasklet_schedule", v18),
    full<tasklet_hi_schedule>("__tasklet_hi_schedule", v18),
    full<init_bh>("init_bh", since_2_4),
    full<remove_bh>("remove_bh", since_2_4),
    full<do_softirq>("do_softirq", v18),
    full<do_softirq>("do_softirq_thunk", from(LayoutVersion::v2_4_22), "x86_64"),
    full<do_softirq>("__do_softirq", {}, "arm"),
    full<raise_softirq>("raise_softirq", v18),
    full<cpu_raise_softirq>("cpu_raise_softirq", v18),
};

/// The lines that the kernel's own drivers hold on a PC; they are the kernel's, without a handler here.
struct BoardLine {
    std::uint32_t line;
    std::string_view name;
};
constexpr BoardLine board_lines[] = {{0, "timer"}, {1, "keyboard"}, {2, "cascade"}, {4, "serial"}, {8, "rtc"}, {14, "ide0"}};

void hold_board_lines(Kernel& kernel)
{
    if (!kernel.arch().has_pc_board) return;
    for (const auto& item : board_lines) {
        auto* row = &kernel.machine().table<InterruptRow>().insert_or_throw();
        row->line = item.line;
        row->name = kernel_string(kernel, item.name).value;
    }
}

std::string name_at(Kernel& kernel, std::uint64_t at) { return at ? kernel.memory().load_string({at}) : std::string("<NULL>"); }

/// Source: get_irq_list of arch/i386/kernel/irq.c, 2.4.
std::string interrupts_text(Kernel& kernel)
{
    std::vector<const InterruptRow*> rows;
    for (auto& row : kernel.machine().table<InterruptRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, [](const InterruptRow* row) { return std::pair(row->line, row->order); });
    std::string text = "           CPU0       \n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool shared = i && rows[i]->line == rows[i - 1]->line;
        const auto name = name_at(kernel, rows[i]->name);
        if (shared) {
            text.back() = ',';
            text += fmt::format(" {}\n", name);
            continue;
        }
        text += fmt::format("{:3}: {:10}          XT-PIC  {}\n", rows[i]->line, interrupt_count(kernel, rows[i]->line), name);
    }
    return text + fmt::format("NMI: {:10} \nERR: {:10}\n", 0, 0);
}

void tell(RowVisitor& visitor, const InterruptRow& row)
{
    visitor.pointer(fmt::format("the handler of line {}", row.line), row.handler);
    visitor.pointer(fmt::format("the name at line {}", row.line), row.name);
}
constexpr TableKind tables[] = {table<InterruptRow, tell>("/proc/interrupts"), table<InterruptCountRow>("/proc/interrupts")};
constexpr ProcFile proc_files[] = {proc_file<interrupts_text>("/proc/interrupts")};

} // namespace

bool raise_irq(Kernel& kernel, std::uint32_t line)
{
    if (!next_handler(kernel, line, 0)) return false;
    kernel.threads().start_step(irq_step, "swapper", 0).frames[0].arguments[0] = line;
    return true;
}

extern const Family linux_interrupt{
    .header = "linux/interrupt.h", .functions = functions, .steps = steps, .boot = hold_board_lines,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
