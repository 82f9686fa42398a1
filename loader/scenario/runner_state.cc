// SPDX-License-Identifier: GPL-2.0-or-later
// The steps that look at the kernel: its list of modules, its memory, its /proc files.
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/trouble.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {

using nlohmann::json;

json ScenarioRunner::state(const json&)
{
    auto modules = json::array();
    try {
        kernel_.modules().for_each([&](const ModuleView& module) { modules.push_back(state_of(module)); });
    } catch (const KernelFault&) {
        modules.push_back({{"fault", true}});
    } catch (const KernelHang&) {
        modules.push_back({{"cycle", true}});
    }
    return {{"modules", std::move(modules)}};
}

json ScenarioRunner::state_of(const ModuleView& module)
{
    auto shown = json::object();
    for (const auto& [label, known] : labels_)
        if (known.base == module.address().value) shown["mod"] = label;
    shown["name"] = text_of_bytes(module.name());
    shown["hdr"] = header_of(module);
    auto references = references_of(module);
    if (!references.empty()) shown["refs"] = std::move(references);
    return shown;
}

/// A word of struct module: gp by the place that it reaches down to.
json ScenarioRunner::show_member(ModuleField field, const ModuleView& module) const
{
    constexpr std::uint64_t reach = 0x8000; // of a 16-bit displacement
    const auto word = module.get(field);
    if (field == ModuleField::usecount) return module.usecount();
    if (field != ModuleField::gp) return show(word);
    const auto lowest = show(kernel_.arch().word(word - reach));
    return lowest.is_string() ? json(fmt::format("{}+{}", lowest.get<std::string>(), reach)) : json(word);
}

/// Every word of the header that is not 0, by name.
json ScenarioRunner::header_of(const ModuleView& module)
{
    auto header = json::object();
    for (std::size_t i = 0; i < static_cast<std::size_t>(ModuleField::count_); ++i) {
        const auto field = static_cast<ModuleField>(i);
        if (kernel_.modules().layout().has(field) && module.get(field))
            header[std::string(module_field_name(field))] = show_member(field, module);
    }
    return header;
}

json ScenarioRunner::references_of(const ModuleView& module)
{
    constexpr std::size_t longest = 64; // more of them than any scenario makes: a circle
    auto names = json::array();
    for (auto at = module.pointer(ModuleField::refs); at;) {
        if (names.size() == longest) {
            names.push_back({{"cycle", true}});
            break;
        }
        const auto ref = kernel_.modules().load_ref(at);
        names.push_back(text_of_bytes(kernel_.modules().view(ref.ref).name()));
        at = ref.next_ref;
    }
    return names;
}

json ScenarioRunner::peek(const json& step)
{
    const auto length = value(step["len"]);
    if (length > scenario_limits::buffer_bytes) throw ScenarioError(fmt::format("{} bytes are too many to look at", length));
    std::vector<std::byte> bytes(length);
    if (kernel_.memory().read({value(step["at"])}, bytes) != bytes.size()) return {{"fault", true}};
    return {{"hex", hex_of_bytes(bytes.data(), bytes.size())}};
}

json ScenarioRunner::proc_modules(const json& step)
{
    const auto text = proc_modules_text(kernel_);
    if (!step.contains("tail")) return {{"text", text_of_bytes(text)}};
    const auto tail = std::min(step["tail"].get<std::size_t>(), text.size());
    return {{"len", text.size()}, {"tail", text_of_bytes(text.substr(text.size() - tail))}};
}

json ScenarioRunner::proc_ksyms(const json&)
{
    const auto text = proc_ksyms_text(kernel_);
    return {{"text", text ? text_of_bytes(*text) : ""}}; // a read that fails gives no text
}

} // namespace retromod
