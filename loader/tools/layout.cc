// SPDX-License-Identifier: GPL-2.0-or-later
// retromod layout MODULE: its struct module in guest memory, field by field; or of a file, as insmod would build it.
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/symbols.h"
#include "loader/tools/commands.h"
#include "loader/tools/layout_file.h"
#include "loader/tools/options.h"
#include "loader/tools/sample.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::size_t most_names = 8; ///< of a list, shown in one line

std::string joined(const std::vector<std::string>& names, std::uint64_t count)
{
    return fmt::format("{}{}", fmt::join(names, ", "), count > names.size() ? ", ..." : "");
}

std::string flag_names(std::uint64_t flags)
{
    constexpr std::pair<std::uint64_t, std::string_view> bits[] = {
        {module_flag::running, "MOD_RUNNING"},       {module_flag::deleted, "MOD_DELETED"},
        {module_flag::autoclean, "MOD_AUTOCLEAN"},   {module_flag::visited, "MOD_VISITED"},
        {module_flag::used_once, "MOD_USED_ONCE"},   {module_flag::just_freed, "MOD_JUST_FREED"},
        {module_flag::initializing, "MOD_INITIALIZING"},
    };
    std::vector<std::string_view> names;
    for (const auto& [bit, name] : bits)
        if (flags & bit) names.push_back(name);
    return fmt::format("{}", fmt::join(names, "|"));
}

/// Says what the members of one module hold.
class Describer {
public:
    Describer(Kernel& kernel, const ModuleView& module) : kernel_(kernel), module_(module) {}

    std::string operator()(std::string_view member, std::uint64_t value) const
    {
        if (member == "flags") return flag_names(value);
        if (!value) return "";
        if (member == "name") return quoted_text({value});
        if (member == "next") return module_name({value});
        if (member == "syms") return symbols();
        if (member == "deps") return dependencies();
        if (member == "refs") return users({value});
        if (member == "ex_table_start") return exception_entries();
        return value > kernel_.arch().task_size.value ? kernel_.symbols().describe({value}) : "";
    }

private:
    std::string quoted_text(GuestAddr at) const { return '"' + kernel_.memory().load_string(at, 256) + '"'; }

    std::string module_name(GuestAddr at) const
    {
        if (kernel_.modules().is_end(at)) return "the kernel";
        return quoted_text(kernel_.modules().view(at).pointer(ModuleField::name));
    }

    std::string symbols() const
    {
        const auto count = module_.get(ModuleField::nsyms);
        const auto first = module_.pointer(ModuleField::syms);
        std::vector<std::string> names;
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, most_names); ++i) {
            const auto entry = first + i * kernel_.modules().layout().symbol_bytes();
            names.push_back(kernel_.memory().load_string(kernel_.memory().load_pointer(entry + kernel_.arch().word_bytes), 256));
        }
        return joined(names, count);
    }

    std::string dependencies() const
    {
        const auto count = module_.get(ModuleField::ndeps);
        std::vector<std::string> names;
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(count, most_names); ++i) {
            const auto ref =
                kernel_.modules().load_ref(module_.pointer(ModuleField::deps) + i * kernel_.modules().layout().ref_bytes());
            names.push_back(module_name(ref.dep));
        }
        return joined(names, count);
    }

    std::string users(GuestAddr at) const
    {
        std::vector<std::string> names;
        for (; at && names.size() < most_names; at = kernel_.modules().load_ref(at).next_ref)
            names.push_back(module_name(kernel_.modules().load_ref(at).ref));
        return joined(names, names.size() + (at ? 1 : 0));
    }

    std::string exception_entries() const
    {
        const auto bytes = module_.get(ModuleField::ex_table_end) - module_.get(ModuleField::ex_table_start);
        return fmt::format("{} entries", bytes / kernel_.arch().exception_entry_bytes);
    }

    Kernel& kernel_;
    ModuleView module_;
};

/// What a member points to, or that it points nowhere good.
std::string describe(const Describer& describer, std::string_view member, std::uint64_t value)
try {
    return describer(member, value);
} catch (const KernelFault& fault) {
    return fmt::format("bad pointer: {:#x} is not mapped", fault.fault.address.value);
}

void print_layout(Kernel& kernel, const ModuleView& module)
{
    const auto reach = module.get(ModuleField::size_of_struct);
    const Describer describer(kernel, module);
    fmt::print("{:#x}  struct module of {} bytes, {}\n", module.address().value, reach,
               module.flag(module_flag::running) ? "running" : "not running");
    fmt::print("{:>6} {:>4}  {:<18} {:>10}\n", "offset", "size", "member", "value");
    for (const auto& member : kernel.layouts().members("struct module")) {
        const auto& field = member.field;
        const bool inside_another = member.name.find('.') != std::string_view::npos;
        if (inside_another || field.size > kernel.arch().word_bytes || field.offset + field.size > reach) continue;
        const auto value = kernel.memory().load_sized(module.address() + field.offset, field.size);
        const auto meaning = describe(describer, member.name, value);
        const auto line = fmt::format("{:>6} {:>4}  {:<18} {:>#10x}  {}", field.offset, field.size, member.name, value, meaning);
        fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
    }
}

} // namespace

int layout_command(const Invocation& invocation)
{
    std::string name;
    Options options(invocation);
    options.positional("MODULE|FILE", name, "a loaded module, or a module file (with a / or . in its name)");
    if (const auto status = options.parse()) return *status;

    if (name.find_first_of("/.") != std::string::npos) return print_file_layout(module_or_sample(invocation, name));
    ToolSession session(invocation, Purpose::look);
    auto& kernel = session->kernel();
    const auto module = kernel.modules().find(name);
    if (!module) {
        complain(fmt::format("layout: no module '{}' is loaded", name));
        return exit_status::failure;
    }
    print_layout(kernel, *module);
    return 0;
}

} // namespace retromod
