// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/cpu.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/oops.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"

#include <fmt/format.h>

namespace retromod {

/// What a kernel's report of an oops is written from, and where it goes: its log. A line without a level gets <4> there.
class OopsReport {
public:
    OopsReport(Kernel& kernel, const Oops& oops, const CpuContext& context);

    template <class... A>
    void print(fmt::format_string<A...> format, A&&... arguments)
    {
        kernel.log().write(fmt::format(format, std::forward<A>(arguments)...));
    }
    /// A register by its name in the Cpu row; 0 where the row has none of it.
    std::uint64_t reg(std::string_view name) const;
    std::uint64_t pc() const { return oops.stop.pc.value; }
    std::uint64_t sp() const;
    bool is_fault() const { return !oops.bug && oops.stop.kind == StopKind::fault; }
    bool is_null() const { return oops.stop.fault.address.value < 4096; }
    std::uint64_t address() const { return oops.stop.fault.address.value; }
    LayoutVersion version() const { return kernel.machine().release().exports; }

    /// print_tainted: "Tainted: P ", "Not tainted".
    std::string tainted() const;
    /// The same as it stands at the end of a line of registers; nothing up to 2.4.0.
    std::string taint_column() const { return version() >= LayoutVersion::v2_4_18_14 ? "    " + tainted() : ""; }
    /// Whether a word may be a return address: kernel text, or in a module.
    bool is_text(std::uint64_t word) const;
    /// Where the kernel stack that holds `sp` ends.
    std::uint64_t stack_end() const;
    std::optional<std::uint64_t> word_at(std::uint64_t at) const;
    std::string_view comm() const { return kernel.threads().current()->name; }
    std::uint32_t pid() const { return kernel.threads().current()->pid; }
    std::uint64_t task() const { return kernel.threads().current_task().value; }

    /// Calls show(address, word) for the words of the stack from `from` on until it returns false, and to the end of the
    /// `size` bytes (a power of two) that `from` lies in.
    template <class Show>
    void for_stack(std::uint64_t from, std::uint64_t size, Show show) const
    {
        const auto bytes = kernel.arch().word_bytes;
        for (auto at = from; at & (size - 1); at += bytes) {
            const auto word = word_at(at);
            if (!word || !show(at, *word)) return;
        }
    }

    Kernel& kernel;
    const Oops& oops;
    const CpuContext& context;
};

// The report of each architecture.
void report_i386(OopsReport& report);
void report_x86_64(OopsReport& report);
void report_alpha(OopsReport& report);
void report_arm(OopsReport& report);
void report_m68k(OopsReport& report);
void report_mips(OopsReport& report);
void report_ppc(OopsReport& report);
void report_sparc(OopsReport& report);

/// The headlines of traps, by vector; of i386 and x86-64. Empty: the kernel has no handler of that name.
std::string_view x86_trap_headline(unsigned vector);
/// The error code that an i386 or x86-64 trap pushed.
std::uint32_t x86_error_code(const OopsReport& report);
/// Where a BUG() of module code says it is: the file and line behind its ud2; nothing when it is none.
struct BugPlace {
    std::string file; ///< empty: the file cannot be read
    std::optional<unsigned> line;
};
std::optional<BugPlace> x86_bug_place(const Kernel& kernel, GuestAddr pc);

} // namespace retromod
