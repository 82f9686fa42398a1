// SPDX-License-Identifier: GPL-2.0-or-later
// What modules since 2.6 import and our kernel can do. Source: linux/printk.h, linux/delay.h, linux/module.h,
// linux/moduleparam.h of 6.1; what 2.6.17 names otherwise beside it.
#include "emu/exports/families.h"
#include "emu/exports/family.h"
#include "emu/exports/standard_exports.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/format.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// Since 2.6.37 a level is "\001" and a digit.
std::string with_level(std::string_view text)
{
    if (text.size() >= 2 && text[0] == '\001') return fmt::format("<{}>{}", text[1] == 'c' ? '4' : text[1], text.substr(2));
    return std::string(text);
}

std::int32_t printk(Kernel& kernel, const GuestString& format, VarArgs arguments)
{
    const auto text = format_text(kernel, format.text, arguments.cursor);
    kernel.log().write(with_level(text));
    return static_cast<std::int32_t>(text.size());
}

void nothing(Kernel&) {}

Step msleep(Kernel& kernel, Frame& frame, std::uint32_t milliseconds)
{
    constexpr std::uint64_t uninterruptible = 2;
    if (frame.phase++) return Return{0};
    kernel.threads().set_task_field(kernel.threads().current_task(), "state", uninterruptible);
    return Sleep{"msleep", kernel.clock().jiffies() + (milliseconds * std::uint64_t{hz} + 999) / 1000 + 1};
}

void module_get(Kernel& kernel, GuestAddr module)
{
    if (module) ModernKernel::of(kernel).change_references(module, 1);
}

std::int32_t try_module_get(Kernel& kernel, GuestAddr module)
{
    auto& modern = ModernKernel::of(kernel);
    const auto* row = modern.module_at(module);
    if (!module) return 1;
    if (!row || row->state == ModuleState::going) return 0;
    modern.change_references(module, 1);
    return 1;
}

// Source: module_put: a count below zero is warned about, and stays.
void module_put(Kernel& kernel, GuestAddr module)
{
    if (module) ModernKernel::of(kernel).put_reference(module);
}

std::int32_t module_refcount(Kernel& kernel, GuestAddr module)
{
    const auto* row = ModernKernel::of(kernel).module_at(module);
    return row ? ModernKernel::of(kernel).reference_count(*row) : 0;
}

void stack_check_failed(Kernel& kernel)
{
    kernel.log().write("<0>Kernel panic - not syncing: stack-protector: Kernel stack is corrupted\n");
    throw KernelHang{"the kernel stack is corrupted"};
}

GuestAddr kernel_malloc(Kernel& kernel, ULong bytes, std::uint32_t) { return kernel.heap().allocate(bytes.value); }
void kernel_free(Kernel& kernel, GuestAddr block)
{
    if (block) kernel.heap().free(block);
}

/// param_set_KIND(const char *val, const struct kernel_param *kp).
template <std::size_t Kind>
std::int32_t param_set(Kernel& kernel, const GuestString& value, GuestAddr record)
{
    constexpr std::string_view kinds[] = {"byte", "short", "ushort", "int", "uint", "long", "ulong", "ullong", "hexint",
                                          "charp", "bool", "bool_enable_only", "invbool", "bint", "string"};
    auto& memory = kernel.memory();
    const auto variable = memory.load_pointer(record + (kernel.arch().word_bytes == 8 ? 32 : 16));
    const auto text = value.address ? std::optional(value.text) : std::nullopt;
    return static_cast<std::int32_t>(ModernKernel::of(kernel).set_parameter_of_kind(
        kinds[Kind], memory.load_string(memory.load_pointer(record)), variable, text));
}

constexpr Export functions[] = {
    full<printk>("_printk"),
    full<printk>("printk"),
    full<nothing>("__fentry__"),
    full<nothing>("__x86_return_thunk"),
    full<stack_check_failed>("__stack_chk_fail"),
    full<msleep>("msleep"),
    full<module_get>("__module_get"),
    full<try_module_get>("try_module_get"),
    full<module_put>("module_put"),
    full<module_refcount>("module_refcount"),
    full<kernel_malloc>("__kmalloc"),
    full<kernel_free>("kfree"),
    full<param_set<0>>("param_set_byte"),
    full<param_set<1>>("param_set_short"),
    full<param_set<2>>("param_set_ushort"),
    full<param_set<3>>("param_set_int"),
    full<param_set<4>>("param_set_uint"),
    full<param_set<5>>("param_set_long"),
    full<param_set<6>>("param_set_ulong"),
    full<param_set<7>>("param_set_ullong"),
    full<param_set<8>>("param_set_hexint"),
    full<param_set<9>>("param_set_charp"),
    full<param_set<10>>("param_set_bool"),
    full<param_set<11>>("param_set_bool_enable_only"),
    full<param_set<12>>("param_set_invbool"),
    full<param_set<13>>("param_set_bint"),
    full<param_set<14>>("param_set_copystring"),
};

// --- variables --------------------------------------------------------------------------------------------------

/// struct kernel_param_ops {unsigned int flags; set; get; free}.
std::uint64_t operations_bytes(Kernel& kernel) { return 4 * std::uint64_t{kernel.arch().word_bytes}; }
std::uint64_t word_bytes(Kernel& kernel) { return kernel.arch().word_bytes; }

void fill_operations(Kernel& kernel, GuestAddr at, std::string_view setter, bool needs_no_value)
{
    kernel.memory().store<std::uint32_t>(at, needs_no_value);
    if (const auto address = kernel.symbols().address(setter))
        kernel.memory().store_word(at + kernel.arch().word_bytes, address->value);
}

#define RETROMOD_OPERATIONS(kind, flag)                                                                                          \
    {"param_ops_" #kind, operations_bytes,                                                                                       \
     [](Kernel& kernel, GuestAddr at) { fill_operations(kernel, at, "param_set_" #kind, flag); }}

constexpr DataExport data[] = {
    RETROMOD_OPERATIONS(byte, false),
    RETROMOD_OPERATIONS(short, false),
    RETROMOD_OPERATIONS(ushort, false),
    RETROMOD_OPERATIONS(int, false),
    RETROMOD_OPERATIONS(uint, false),
    RETROMOD_OPERATIONS(long, false),
    RETROMOD_OPERATIONS(ulong, false),
    RETROMOD_OPERATIONS(ullong, false),
    RETROMOD_OPERATIONS(hexint, false),
    RETROMOD_OPERATIONS(charp, false),
    RETROMOD_OPERATIONS(bool, true),
    RETROMOD_OPERATIONS(bool_enable_only, true),
    RETROMOD_OPERATIONS(invbool, false),
    RETROMOD_OPERATIONS(bint, true),
    {"param_ops_string", operations_bytes,
     [](Kernel& kernel, GuestAddr at) { fill_operations(kernel, at, "param_set_copystring", false); }},
    {"param_array_ops", operations_bytes, nullptr},
    {"jiffies", word_bytes, nullptr},
    {"this_cpu_off", word_bytes, nullptr},
};
#undef RETROMOD_OPERATIONS

/// Entries that stand in the middle of code must leave every register alone.
Convention convention(const Arch&, LayoutVersion, std::string_view name)
{
    Convention row;
    row.returns_value = name != "__fentry__" && name != "__x86_return_thunk";
    return row;
}

/// Symbols that the kernel offers and we have no code for: calling one stops the guest with its name.
std::vector<Export> known_only()
{
    std::vector<Export> rows;
    const auto has_code = [](std::string_view name) {
        for (const auto& row : functions) if (row.name == name) return true;
        for (const auto& row : data) if (row.name == name) return true;
        for (const auto& row : linux_string.functions) if (row.name == name) return true;
        return false;
    };
    for (const auto& symbol : kernel_symbol_names()) {
        if (has_code(symbol.name)) continue;
        Export row{symbol.name, Grade::trap};
        row.plain = [](ExportContext&) { throw KernelHang{"a kernel function that this program does not have"}; };
        rows.push_back(row);
    }
    return rows;
}

} // namespace

const ExportTable& modern_exports()
{
    static const std::vector<Export> traps = known_only();
    static constexpr StepEntry steps[] = {{"modern set parameter", &ModernKernel::set_parameter_step}};
    static const ExportTable table = [] {
        ExportTable table;
        table.functions = {functions, linux_string.functions, traps};
        table.data = {data};
        table.steps = {steps};
        table.subsystems = standard_exports().subsystems; // their files of /proc are there, empty
        table.convention = convention;
        table.module_loader = [](Kernel& kernel) -> std::unique_ptr<ModuleLoader> {
            return std::make_unique<ModernKernel>(kernel);
        };
        return table;
    }();
    return table;
}

} // namespace retromod
