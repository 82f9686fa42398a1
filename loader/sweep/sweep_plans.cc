// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/sweep_plans.h"

#include "emu/kernel/symbols.h"
#include "loader/legacy/insmod.h"
#include "loader/sweep/sweep_modern.h"

#include <fmt/format.h>

#include <charconv>

namespace retromod {
namespace {

/// What a kernel that does not link modules itself offers, without versions.
std::unordered_set<std::string> kernel_symbols(Kernel& kernel)
{
    std::unordered_set<std::string> names;
    const auto own = kernel.modules().view({kernel.state().kernel_module});
    const auto table = own.pointer(ModuleField::syms);
    const auto word = kernel.arch().word_bytes;
    for (std::uint64_t i = 0; i < own.get(ModuleField::nsyms); ++i) {
        const auto name = kernel.memory().load_pointer(table + i * kernel.modules().layout().symbol_bytes() + word);
        names.emplace(without_version(kernel.memory().load_string(name)));
    }
    return names;
}

PlannedFile planned(const FolderModule& module) { return {module.path, module.shown}; }

} // namespace

std::optional<Shard> read_shard(std::string_view text)
{
    Shard shard;
    const auto* end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, shard.number);
    if (number.ec != std::errc{} || number.ptr == end || *number.ptr != '/') return std::nullopt;
    const auto count = std::from_chars(number.ptr + 1, end, shard.count);
    if (count.ec != std::errc{} || count.ptr != end) return std::nullopt;
    if (shard.number < 1 || shard.number > shard.count) return std::nullopt;
    return shard;
}

std::vector<SweepPlan> plans_of(const std::vector<Verdict>& verdicts, const ModuleFolder& folder, const Say& say)
{
    std::vector<SweepPlan> plans;
    for (const auto& verdict : verdicts) {
        const auto* module = folder.find(verdict.module);
        if (!module) {
            say(fmt::format("sweep: {} is not in the folder", verdict.module));
            continue;
        }
        const auto arguments = words_of(verdict.parameters);
        SweepPlan plan{.name = module->name, .file = planned(*module), .arguments = arguments, .as_in_verdicts = true};
        for (const auto& name : verdict.dependencies) {
            if (const auto* dependency = folder.find(module_name_of(name))) plan.dependencies.push_back(planned(*dependency));
            else say(fmt::format("sweep: {} is not in the folder, which {} needs", name, verdict.module));
        }
        plans.push_back(std::move(plan));
    }
    return plans;
}

std::vector<SweepPlan> plans_of(const ModuleFolder& folder, Session& session, const Say& say)
{
    const bool modern = session.machine().release().modern;
    const auto exported = modern ? modern_kernel_symbols(session) : kernel_symbols(session.kernel());
    const auto offered = [&](const std::string& name) {
        return exported.contains(modern ? name : std::string(without_version(name)));
    };
    std::vector<SweepPlan> plans;
    std::size_t parts = 0;
    for (const auto& module : folder.modules()) {
        if (!module.loadable && !module.problem) {
            ++parts;
            continue;
        }
        SweepPlan plan{.name = module.name, .file = planned(module)};
        for (const auto* dependency : folder.dependencies(module, offered)) plan.dependencies.push_back(planned(*dependency));
        plans.push_back(std::move(plan));
    }
    if (parts) say(fmt::format("sweep: {} objects are no modules: no init_module, no kernel version", parts));
    return plans;
}

std::vector<SweepPlan> part_of(std::vector<SweepPlan> plans, const Shard& shard)
{
    std::vector<SweepPlan> part;
    for (std::size_t i = shard.number - 1; i < plans.size(); i += shard.count) part.push_back(std::move(plans[i]));
    return part;
}

} // namespace retromod
