// SPDX-License-Identifier: GPL-2.0-or-later
// sys_call_table, and the interrupt that leads through it. Numbers: include/asm-*/unistd.h of 2.4.37.11; those of earlier
// releases are the same, as far as they had the call.
#include "emu/kernel/system_call_table.h"

#include "emu/cpu/i386_registers.h"
#include "emu/kernel/core_calls.h"
#include "emu/kernel/export.h"
#include "emu/kernel/processor.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/threads.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

/// An architecture whose modules can reach the table (mips does not export it), and how long the table is: NR_syscalls of i386
/// and of alpha, 2.4.37; the others have at most as many as i386.
struct Column {
    std::string_view arch;
    std::uint64_t slots;
};
constexpr std::uint64_t usual_slots = 270;
/// In the order of a row's numbers.
constexpr std::array<Column, 7> columns = {{{"i386", usual_slots},
                                            {"arm", usual_slots},
                                            {"m68k", usual_slots},
                                            {"ppc", usual_slots},
                                            {"sparc", usual_slots},
                                            {"alpha", 400},
                                            {"x86_64", usual_slots}}};

struct NumberedCall {
    std::string_view entry; ///< "sys_open"
    std::array<std::uint16_t, columns.size()> numbers;

    constexpr std::string_view name() const { return entry.substr(system_call_prefix.size()); }
};

constexpr NumberedCall calls[] = {
    {"sys_read", {3, 3, 3, 3, 3, 3, 0}},
    {"sys_write", {4, 4, 4, 4, 4, 4, 1}},
    {"sys_open", {5, 5, 5, 5, 5, 45, 2}},
    {"sys_close", {6, 6, 6, 6, 6, 6, 3}},
    {"sys_link", {9, 9, 9, 9, 9, 9, 86}},
    {"sys_unlink", {10, 10, 10, 10, 10, 10, 87}},
    {"sys_chdir", {12, 12, 12, 12, 12, 12, 80}},
    {"sys_mknod", {14, 14, 14, 14, 14, 14, 133}},
    {"sys_chmod", {15, 15, 15, 15, 15, 15, 90}},
    {"sys_lseek", {19, 19, 19, 19, 19, 19, 8}},
    {"sys_mount", {21, 21, 21, 21, 167, 302, 165}},
    {"sys_access", {33, 33, 33, 33, 33, 33, 21}},
    {"sys_sync", {36, 36, 36, 36, 36, 36, 162}},
    {"sys_rename", {38, 38, 38, 38, 128, 128, 82}},
    {"sys_mkdir", {39, 39, 39, 39, 136, 136, 83}},
    {"sys_rmdir", {40, 40, 40, 40, 137, 137, 84}},
    {"sys_umount", {52, 52, 52, 52, 45, 22, 166}},
    {"sys_ioctl", {54, 54, 54, 54, 54, 54, 16}},
    {"sys_fcntl", {55, 55, 55, 55, 92, 92, 72}},
    {"sys_chroot", {61, 61, 61, 61, 61, 61, 161}},
    {"sys_symlink", {83, 83, 83, 83, 57, 57, 88}},
    {"sys_readlink", {85, 85, 85, 85, 58, 58, 89}},
    {"sys_truncate", {92, 92, 92, 92, 129, 129, 76}},
    {"sys_ftruncate", {93, 93, 93, 93, 130, 130, 77}},
    {"sys_fsync", {118, 118, 118, 118, 95, 95, 74}},
    {"sys_create_module", {127, 127, 127, 127, 221, 306, 174}},
    {"sys_init_module", {128, 128, 128, 128, 190, 307, 175}},
    {"sys_delete_module", {129, 129, 129, 129, 222, 308, 176}},
    {"sys_get_kernel_syms", {130, 130, 130, 130, 223, 309, 177}},
    {"sys_query_module", {167, 167, 167, 166, 184, 347, 178}},
    {"sys_getdents64", {220, 217, 220, 202, 154, 377, 217}},
};

std::optional<std::size_t> column_of(const Arch& arch)
{
    const auto found = std::ranges::find(columns, arch.name, &Column::arch);
    if (found == columns.end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

const NumberedCall* find_call(std::string_view name) { return std::ranges::find(calls, name, &NumberedCall::name); }

GuestAddr slot(Kernel& kernel, GuestAddr table, std::uint64_t number) { return table + number * kernel.arch().word_bytes; }

/// The interrupt by which kernel code of an architecture makes system calls, as programs do.
struct Gate {
    std::string_view arch;
    unsigned vector;
    unsigned number;                   ///< the register of the call's number
    std::array<unsigned, 5> arguments; ///< those of its arguments
};

constexpr Gate i386_gate = {"i386", 0x80, i386_eax, {i386_ebx, i386_ecx, i386_edx, i386_esi, i386_edi}};

/// The function that a number leads to: what the table says; on a kernel that has none for modules, the kernel's own.
GuestAddr function_of(Kernel& kernel, std::uint64_t number)
{
    if (const auto table = kernel.symbols().find_variable("sys_call_table"))
        return kernel.memory().load_pointer(slot(kernel, *table, number));
    const auto column = column_of(kernel.arch());
    const auto call = std::ranges::find_if(calls, [&](const NumberedCall& row) { return row.numbers[*column] == number; });
    return *kernel.symbols().address(call == std::end(calls) ? no_system_call : call->entry);
}

} // namespace

std::vector<std::string_view> system_call_entries(const Machine& machine)
{
    if (machine.release().modern || !column_of(machine.arch())) return {};
    std::vector<std::string_view> names{no_system_call};
    for (const auto& call : calls) names.push_back(call.entry);
    return names;
}

std::uint64_t system_call_table_bytes(Kernel& kernel)
{
    const auto column = column_of(kernel.arch());
    return (column ? columns[*column].slots : usual_slots) * kernel.arch().word_bytes;
}

void fill_system_call_table(Kernel& kernel, GuestAddr table)
{
    const auto column = column_of(kernel.arch());
    if (!column) return;
    const auto& symbols = kernel.symbols();
    const auto count = system_call_table_bytes(kernel) / kernel.arch().word_bytes;
    for (std::uint64_t number = 0; number < count; ++number)
        kernel.memory().store_word(slot(kernel, table, number), symbols.address(no_system_call)->value);
    for (const auto& call : calls)
        kernel.memory().store_word(slot(kernel, table, call.numbers[*column]), symbols.address(call.entry)->value);
}

std::optional<GuestAddr> replaced_system_call(Kernel& kernel, std::string_view name)
{
    const auto* call = find_call(name);
    const auto column = column_of(kernel.arch());
    const auto table = kernel.symbols().find_variable("sys_call_table");
    if (call == std::end(calls) || !column || !table) return std::nullopt;
    const auto function = kernel.memory().load_pointer(slot(kernel, *table, call->numbers[*column]));
    const auto own = kernel.symbols().address(call->entry);
    if (!own || function == *own) return std::nullopt;
    return function;
}

std::vector<ReplacedCall> replaced_system_calls(Kernel& kernel)
{
    std::vector<ReplacedCall> replaced;
    for (const auto& call : calls)
        if (const auto by = replaced_system_call(kernel, call.name())) replaced.push_back({call.name(), *by});
    return replaced;
}

Step call_by_entry(Kernel& kernel, Frame& frame)
{
    const auto* row = kernel.symbols().export_at({frame.entry});
    const auto function = find_system_call(row->name.substr(system_call_prefix.size()));
    return function ? function(kernel, frame) : failure(kernel, Errno::enosys);
}

bool is_system_call_gate(Kernel& kernel, const Stop& stop)
{
    return stop.kind == StopKind::trap && kernel.arch().name == i386_gate.arch && stop.vector == i386_gate.vector &&
           !system_call_entries(kernel.machine()).empty();
}

void enter_system_call_gate(Kernel& kernel)
{
    auto& engine = kernel.processor().engine();
    auto& thread = *kernel.threads().current();
    kernel.threads().push_frame(thread, step_key(system_call_gate_step), {});
    auto& arguments = thread.frames[thread.depth - 1].arguments;
    arguments[0] = engine.reg(i386_gate.number);
    for (std::size_t i = 0; i < i386_gate.arguments.size(); ++i) arguments[i + 1] = engine.reg(i386_gate.arguments[i]);
}

Step system_call_gate(Kernel& kernel, Frame& frame)
{
    auto& result = frame.caller.reg[i386_gate.number];
    if (frame.phase++) {
        result = frame.result;
        return Return{};
    }
    if (frame.arguments[0] >= usual_slots) {
        result = SyscallResult::failure(Errno::enosys, kernel.arch()).word;
        return Return{};
    }
    CallGuest call{function_of(kernel, frame.arguments[0]), {}, 5, "system call", ResultType::word};
    std::copy_n(frame.arguments.begin() + 1, call.argument_count, call.arguments.begin());
    return call;
}

} // namespace retromod
