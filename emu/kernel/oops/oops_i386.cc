// SPDX-License-Identifier: GPL-2.0-or-later
// The report of an i386 kernel. Source: do_page_fault of arch/i386/mm/fault.c, die and show_registers of
// arch/i386/kernel/traps.c of 2.2.1, 2.4.0, 2.4.18-14, 2.4.22 and 2.4.37.11.
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/oops/oops_report.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

constexpr std::size_t stack_words = 24; // kstack_depth_to_print
constexpr std::size_t code_bytes = 20;
constexpr std::uint64_t resume_flag = 0x10000;

/// What a release's report has that others do not.
struct Form {
    bool names_symbols;      ///< the vendor's: modules, symbols
    bool is_2_2;
    bool has_taint;
    std::string_view trace;  ///< begins the call trace
    unsigned trace_columns;  ///< addresses in a line
    std::string_view trace_break, address_before, address_behind;
};

const Form& form_of(LayoutVersion version)
{
    static constexpr Form v2_2_1{false, true, false, "Call Trace: ", 8, "\n       ", "", " "};
    static constexpr Form v2_4_0{false, false, false, "Call Trace: ", 8, "\n       ", "", " "};
    static constexpr Form vendor{true, false, true, "Call Trace: ", 0, "", "", ""};
    static constexpr Form later{false, false, true, "Call Trace:   ", 6, "\n ", " ", ""};
    switch (version) {
    case LayoutVersion::v2_2_1: return v2_2_1;
    case LayoutVersion::v2_4_0: return v2_4_0;
    case LayoutVersion::v2_4_18_14: return vendor;
    default: return later;
    }
}

/// lookup_symbol of the vendor's kernel: "f [module] 0x1c".
std::string vendor_symbol(Kernel& kernel, std::uint64_t address)
{
    const auto name = kernel.symbols().describe({address});
    if (name.empty()) return "[unresolved]";
    const auto bracket = name.find(" [");
    const auto symbol = name.substr(0, bracket);
    const auto module = bracket == std::string::npos ? std::string("kernel") : name.substr(bracket + 2, name.size() - bracket - 3);
    const auto plus = symbol.find('+');
    return fmt::format("{} [{}] {}", symbol.substr(0, plus), module, plus == std::string::npos ? "0x0" : symbol.substr(plus + 1));
}

void print_modules(OopsReport& report)
{
    constexpr std::size_t most = 79; // characters that fit
    std::string names;
    report.kernel.modules().for_each([&](const ModuleView& module) { names += module.name() + " "; });
    report.print("{}\n", (names + " ").substr(0, most));
}

void print_page_fault(OopsReport& report, const Form& form)
{
    report.print("<1>Unable to handle kernel {} at virtual address {:08x}\n",
                 report.is_null() ? "NULL pointer dereference" : "paging request", report.address());
    // Differs from 2.4: there are no page tables to show. The directory's entry is that of an address with nothing there.
    if (form.is_2_2) report.print("<1>current->tss.cr3 = 00101000, %cr3 = 00101000\n");
    else report.print(" printing eip:\n{:08x}\n", report.pc());
    report.print("<1>*pde = 00000000\n");
}

/// handle_BUG; of 2.4.0, whose BUG() prints in its own code, only what the kernel's own said.
void print_bug(OopsReport& report, const Form& form)
{
    if (report.oops.bug) {
        if (form.names_symbols) report.print("------------[ cut here ]------------\n");
        if (report.oops.bug->line) report.print("kernel BUG at {}:{}!\n", report.oops.bug->file, report.oops.bug->line);
        return;
    }
    if (report.oops.stop.kind != StopKind::illegal || !form.has_taint) return;
    const auto place = x86_bug_place(report.kernel, report.oops.stop.pc);
    if (!place) return;
    if (!place->line) return report.print("Kernel BUG\n");
    if (form.names_symbols) report.print("------------[ cut here ]------------\n");
    report.print("kernel BUG at {}:{}!\n", place->file.empty() ? "<bad filename>" : place->file, *place->line);
}

void print_registers(OopsReport& report, const Form& form, std::uint64_t esp)
{
    const bool is_trap = report.oops.stop.kind == StopKind::breakpoint || report.oops.stop.vector == 4;
    const auto eflags = report.reg("eflags") | (is_trap ? 0 : resume_flag);
    if (form.names_symbols) print_modules(report);
    report.print("CPU:    0\nEIP:    {:04x}:[<{:08x}>]{}\nEFLAGS: {:08x}\n", report.reg("cs") & 0xffff, report.pc(),
                 report.taint_column(), eflags);
    if (form.names_symbols)
        report.print("\nEIP is at {} ({})\n", vendor_symbol(report.kernel, report.pc()), report.kernel.machine().uts_release());
    const auto reg = [&](const char* name) { return report.reg(name); };
    report.print("eax: {:08x}   ebx: {:08x}   ecx: {:08x}   edx: {:08x}\n", reg("eax"), reg("ebx"), reg("ecx"), reg("edx"));
    report.print("esi: {:08x}   edi: {:08x}   ebp: {:08x}   esp: {:08x}\n", reg("esi"), reg("edi"), reg("ebp"), esp);
    report.print("ds: {:04x}   es: {:04x}   ss: {:04x}\n", reg("ds") & 0xffff, reg("es") & 0xffff, 0x18);
    const auto task_number = form.is_2_2 ? fmt::format("process nr: {}, ", report.pid()) : "";
    report.print("Process {} (pid: {}, {}stackpage={:08x})", report.comm(), report.pid(), task_number, report.task() + 4096);
}

void print_stack(OopsReport& report, std::uint64_t esp, std::uint64_t stack_bytes)
{
    report.print("\nStack: ");
    std::size_t shown = 0;
    report.for_stack(esp, stack_bytes, [&](std::uint64_t, std::uint64_t word) {
        if (shown == stack_words) return false;
        report.print("{}{:08x} ", shown && shown % 8 == 0 ? "\n       " : "", word);
        return ++shown != 0;
    });
}

void print_trace(OopsReport& report, const Form& form, std::uint64_t esp, std::uint64_t stack_bytes)
{
    report.print("\n{}", form.trace);
    const bool any_vmalloc = !form.has_taint; // up to 2.4.0 the whole window counts as text
    unsigned number = 1;
    report.for_stack(esp, stack_bytes, [&](std::uint64_t at, std::uint64_t word) {
        const bool text = report.is_text(word) || (any_vmalloc && report.kernel.memory().vmalloc_area({word}));
        if (!text) return true;
        if (form.names_symbols) {
            report.print("[<{:08x}>] {} ({:#x}))\n", word, vendor_symbol(report.kernel, word), at);
        } else {
            report.print("{}{}[<{:08x}>]{}", number % form.trace_columns ? "" : form.trace_break, form.address_before, word,
                         form.address_behind);
        }
        ++number;
        return true;
    });
    if (!form.is_2_2) report.print("\n");
}

void print_code(OopsReport& report)
{
    std::vector<std::byte> code(code_bytes);
    const GuestAddr pc = report.oops.stop.pc;
    const bool readable = pc >= report.kernel.arch().page_offset;
    code.resize(readable ? report.kernel.memory().read(pc, code) : 0);
    if (report.oops.bug && code.size() >= 2)
        code[0] = std::byte{0x0f}, code[1] = std::byte{0x0b}; // the BUG() of an entry's function
    report.print("\nCode: ");
    for (const auto byte : code) report.print("{:02x} ", std::to_integer<unsigned>(byte));
    if (code.size() < code_bytes) report.print(" Bad EIP value.");
    report.print("\n");
}

} // namespace

void report_i386(OopsReport& report)
{
    const auto& form = form_of(report.version());
    if (report.is_fault()) print_page_fault(report, form);
    else print_bug(report, form);
    const auto headline = report.is_fault() ? std::string_view("Oops")
                          : report.oops.stop.kind == StopKind::illegal ? std::string_view("invalid operand")
                                                                       : std::string_view(report.oops.headline);
    report.print("{}: {:04x}\n", headline, x86_error_code(report) & 0xffff);
    constexpr std::uint64_t saved_esp_and_ss = 8; // 2.2 counts them as if they were there
    const auto esp = report.sp() + (form.is_2_2 ? saved_esp_and_ss : 0);
    const auto stack_bytes = form.is_2_2 ? 4096 : report.kernel.arch().thread_bytes;
    print_registers(report, form, esp);
    print_stack(report, esp, stack_bytes);
    print_trace(report, form, esp, stack_bytes);
    print_code(report);
    if (form.has_taint) report.print(" "); // bust_spinlocks(0)
}

} // namespace retromod
