// SPDX-License-Identifier: GPL-2.0-or-later
// Faults of kernel code that a module's exception table saves. Most architectures keep pairs of addresses, instruction
// and fixup. Alpha's entries are {instruction relative to the module's gp, lda instruction}: the lda's displacement
// leads to the instruction to go on at, its registers are told the error (rb) and zeroed (ra). Source:
// arch/*/mm/extable.c and fault.c, include/asm-alpha/uaccess.h of 2.4.37.11.
#include "emu/kernel/exception_table.h"

#include "emu/abi/errno_or.h"
#include "emu/abi/syscall_result.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

/// What one entry says of a fault.
struct Fixup {
    GuestAddr pc;
    std::optional<unsigned> error_register, value_register;
};

std::optional<Fixup> match_pair(const AddressSpace& memory, const ModuleView&, GuestAddr entry, GuestAddr pc)
{
    if (memory.load_pointer(entry) != pc) return std::nullopt;
    return Fixup{memory.load_pointer(entry + memory.arch().word_bytes), {}, {}};
}

std::optional<Fixup> match_alpha(const AddressSpace& memory, const ModuleView& module, GuestAddr entry, GuestAddr pc)
{
    const auto relative = memory.load<std::int32_t>(entry);
    const auto gp = module.get(ModuleField::gp);
    if (gp + static_cast<std::uint64_t>(std::int64_t{relative}) != pc.value) return std::nullopt;
    constexpr unsigned no_register = 31;
    const auto lda = memory.load<std::uint32_t>(entry + 4);
    const auto named = [&](unsigned shift) {
        const unsigned number = lda >> shift & 31;
        return number == no_register ? std::nullopt : std::optional(number);
    };
    const std::int64_t distance = static_cast<std::int16_t>(lda);
    return Fixup{pc + static_cast<std::uint64_t>(distance), named(16), named(21)};
}

} // namespace

std::optional<GuestAddr> search_exception_table(Kernel& kernel, GuestAddr pc)
try {
    const auto match = kernel.arch().has_gp ? match_alpha : match_pair;
    std::optional<Fixup> fixup;
    kernel.modules().for_each([&](const ModuleView& module) {
        if (fixup) return;
        const auto live = module_flag::running | module_flag::initializing;
        if (kernel.rules().faults_search_live_only && !module.flag(live)) return;
        const auto start = module.pointer(ModuleField::ex_table_start);
        const auto end = module.pointer(ModuleField::ex_table_end);
        if (!start || end < start) return;
        for (auto entry = start; entry < end && !fixup; entry += kernel.arch().exception_entry_bytes)
            fixup = match(kernel.memory(), module, entry, pc);
    });
    if (!fixup) return std::nullopt;
    if (fixup->error_register)
        kernel.processor().engine().set_reg(*fixup->error_register, SyscallResult::failure(Errno::efault, kernel.arch()).word);
    if (fixup->value_register) kernel.processor().engine().set_reg(*fixup->value_register, 0);
    return fixup->pc;
} catch (const KernelFault&) {
    return std::nullopt; // a table that leaves the mapped memory: the search itself would fault
} catch (const KernelHang&) {
    return std::nullopt;
}

void note_exception_table(Kernel& kernel, const ModuleView& module)
try {
    auto* engine = kernel.processor().made_engine();
    if (!engine || kernel.arch().has_gp) return; // alpha's engine is always precise
    const auto start = module.pointer(ModuleField::ex_table_start), end = module.pointer(ModuleField::ex_table_end);
    const auto area = kernel.memory().vmalloc_area(module.address());
    if (!start || !area || !area->contains(start) || end < start || end - start > area->bytes) return;
    for (auto entry = start; entry < end; entry += kernel.arch().exception_entry_bytes)
        engine->add_precise(kernel.memory().load_pointer(entry));
} catch (const KernelFault&) {
    // A table that leaves the mapped memory helps nobody: its faults become oopses.
}

void forget_exception_table(Kernel& kernel, GuestAddr module)
{
    auto* engine = kernel.processor().made_engine();
    const auto area = kernel.memory().vmalloc_area(module);
    if (engine && area) engine->remove_precise(*area);
}

} // namespace retromod
