// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/explain/header_refusal.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace retromod {
namespace {

/// What a value was held against.
enum class Against : std::uint8_t { nothing, module_end, created_size, header_limits };

struct Row {
    std::string_view message; ///< how the kernel's line begins, behind "init_module: "
    std::vector<ModuleField> members;
    Against against = Against::nothing;
    std::optional<ModuleField> count{}; ///< how many of them
};

// docs/syscalls.md, init_module: the checks that log a line.
const std::vector<Row>& rows()
{
    using enum ModuleField;
    static const std::vector<Row> table = {
        {"Invalid module header size", {size_of_struct}, Against::header_limits},
        {"Size of initialized module exceeds", {size}, Against::created_size},
        {"mod->name out of bounds", {name}, Against::module_end},
        {"mod->syms out of bounds", {syms}, Against::module_end, nsyms},
        {"mod->deps out of bounds", {deps}, Against::module_end, ndeps},
        {"mod->init out of bounds", {init}, Against::module_end},
        {"mod->cleanup out of bounds", {cleanup}, Against::module_end},
        {"mod->ex_table_* invalid", {ex_table_start, ex_table_end}, Against::module_end},
        {"mod->flags invalid", {flags}},
        {"mod->gp out of bounds", {gp}, Against::module_end},
        {"mod->can_unload out of bounds", {can_unload}, Against::module_end},
        {"mod->kallsyms out of bounds", {kallsyms_start, kallsyms_end}, Against::module_end},
        {"mod->kallsyms invalid", {kallsyms_start, kallsyms_end}},
        {"mod->archdata out of bounds", {archdata_start, archdata_end}, Against::module_end},
        {"mod->archdata invalid", {archdata_start, archdata_end}},
        {"mod->kernel_data must be zero", {kernel_data}},
        {"get_mod_name failure", {name}},
        {"changed module name", {name}},
        {"self-referential dependency", {deps}, Against::nothing, ndeps},
        {"found dependency that is", {deps}, Against::nothing, ndeps},
    };
    return table;
}

std::optional<std::uint64_t> member_of(Kernel& kernel, std::span<const std::byte> image, ModuleField member)
{
    const auto field = kernel.modules().layout().field(member);
    if (field.size == 0 || field.offset + field.size > image.size()) return std::nullopt;
    return load_unsigned(image.data() + field.offset, field.size, kernel.arch().order);
}

std::string shown(ModuleField member, std::uint64_t value)
{
    switch (member) {
    case ModuleField::size_of_struct:
    case ModuleField::size:
    case ModuleField::nsyms:
    case ModuleField::ndeps: return fmt::format("{}={}", module_field_name(member), value);
    default: return fmt::format("{}={:#x}", module_field_name(member), value);
    }
}

std::string held_against(Kernel& kernel, const ModuleView& module, std::span<const std::byte> image, Against against)
{
    const auto& layout = kernel.modules().layout();
    const auto size = member_of(kernel, image, ModuleField::size).value_or(0);
    switch (against) {
    case Against::module_end: return fmt::format("module ends at {:#x}", kernel.arch().word(module.address().value + size));
    case Against::created_size: return fmt::format("created with {}", module.get(ModuleField::size));
    case Against::header_limits:
        return fmt::format("the kernel's has {}, it takes {} to {}", layout.header_bytes(),
                           layout.field(ModuleField::persist_start).offset, layout.header_bytes() + 16 * layout.word());
    case Against::nothing: break;
    }
    return "";
}

std::string values_of(const Row& row, Kernel& kernel, const ModuleView& module, std::span<const std::byte> image)
{
    std::vector<std::string> values;
    const auto show = [&](ModuleField member) {
        if (const auto value = member_of(kernel, image, member)) values.push_back(shown(member, *value));
    };
    std::ranges::for_each(row.members, show);
    if (row.against != Against::nothing) values.push_back(held_against(kernel, module, image, row.against));
    if (row.count) show(*row.count);
    return fmt::format("{}", fmt::join(values, ", "));
}

} // namespace

std::string header_values(Kernel& kernel, const ModuleView& module, std::span<const std::byte> image, std::string_view message)
{
    if (message.empty()) return "";
    for (const auto& row : rows())
        if (row.message.starts_with(message) || message.starts_with(row.message)) return values_of(row, kernel, module, image);
    return "";
}

std::optional<std::string> explain_header(Kernel& kernel, const ModuleView& module, std::span<const std::byte> image,
                                          const std::string& log)
{
    constexpr std::string_view prefix = "init_module: ";
    for (const auto& row : rows()) {
        const auto start = log.find(fmt::format("{}{}", prefix, row.message));
        if (start == std::string::npos) continue;
        auto line = log.substr(start + prefix.size(), log.find('\n', start) - start - prefix.size());
        if (line.ends_with('.')) line.pop_back();
        return fmt::format("{} ({})", line, values_of(row, kernel, module, image));
    }
    return std::nullopt;
}

} // namespace retromod
