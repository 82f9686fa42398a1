// SPDX-License-Identifier: GPL-2.0-or-later
// Does a scenario's steps on a fresh machine, step by step, and gives each result in the form that scenario files use.
#include "loader/scenario/runner.h"

#include "emu/exports/standard_exports.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"
#include "emu/machine/machine_layout.h"
#include "loader/scenario/callback.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {

using nlohmann::json;

namespace {

constexpr std::size_t trap_limit = 10'000; ///< breakpoints in one callback; more is taken for a hang

BootOptions scenario_boot(const Arch& arch, std::span<const std::string> symbols)
{
    BootOptions boot;
    for (const auto& name : symbols) boot.only_symbols.push_back({name, {}});
    if (!symbols.empty()) return boot;
    boot.only_symbols = {
        {"printk", arch.kernel_text + 0x13e10},
        {"kmalloc_R93d4cfe6", arch.kernel_text + 0x28a40},
        {"kernel_symbol_whose_name_is_longer_than_the_sixty_byte_field_of_kernel_sym", arch.kernel_text + 0x100004},
    };
    return boot;
}

std::uint64_t scenario_memory_bytes(const Arch& arch)
{
    constexpr std::uint64_t wanted = 256 << 20, short_of_that = 128 << 20; // sparc's addresses have no room for more
    return guest_windows_problem(arch, guest_windows(arch, wanted, {})) ? short_of_that : wanted;
}

/// Where modules start: behind a hole, in which scenarios have the address that nothing is at.
GuestAddr scenario_modules(const Arch& arch)
{
    constexpr std::uint64_t hole = 1 << 20;
    if (arch.name == i386().name) return {0xd0800000}; // as in the measured results
    return scenario_nowhere(arch) + hole;
}

} // namespace

GuestAddr scenario_nowhere(const Arch& arch)
{
    if (arch.name == i386().name) return {0xd0000000};
    return guest_windows(arch, scenario_memory_bytes(arch), {}).vmalloc_start;
}

MachineOptions scenario_machine(const Release& release, const Arch& arch)
{
    const auto* own = arch_in_release(arch, release);
    if (!own) throw ScenarioError(fmt::format("{} did not run on {}", release.name, arch.name));
    MachineOptions options;
    options.arch = own;
    options.release = &release;
    options.memory_bytes = scenario_memory_bytes(*own);
    options.vmalloc_start = scenario_modules(*own);
    options.reuse_addresses = false;
    return options;
}

ScenarioRunner::ScenarioRunner(const Release& release, const Arch& arch, std::span<const std::string> symbols)
try : machine_(scenario_machine(release, arch)),
      kernel_(machine_, symbols.empty() ? scenario_exports() : standard_exports(), scenario_boot(arch, symbols)),
      kernel_module_{kernel_.state().kernel_module}
{
    for (const auto& name : symbols) symbols_.emplace(kernel_.symbols().address(without_version(name))->value, name);
    machine_.memory().set_user_memory(&user_);
    kernel_.set_sink(this);
    kernel_.module_requests().set_helper(this);
} catch (const UnknownSymbol& unknown) {
    throw ScenarioError(fmt::format("the kernel exports no '{}'", unknown.name));
}

/// Scenarios have no modprobe: that the kernel asked for it appears among the log lines.
void ScenarioRunner::request_module(std::string_view name)
{
    log_lines_.back().push_back(fmt::format("[request_module {}]", text_of_bytes(name)));
}

void ScenarioRunner::logged(std::string_view text)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        log_lines_.back().push_back(text_of_bytes(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

// --- calls ------------------------------------------------------------------------------------------------------

/// Makes a call; breakpoints run the step lists of `on_trap` while it is under way.
Outcome ScenarioRunner::call(const SystemCall& call, const json& step, json& result)
{
    const RunLimits limits{.blocks = scenario_limits::guest_blocks, .breakpoints = Breakpoints::stop};
    const auto thread = kernel_.scheduler().begin(call, {capable_, "insmod"});
    auto outcome = kernel_.scheduler().run(thread, limits);
    for (std::size_t trap = 0; outcome.kind == Outcome::Kind::breakpoint && broke_.empty(); ++trap) {
        if (trap == trap_limit) {
            outcome.kind = Outcome::Kind::hang;
            outcome.what = fmt::format("more than {} breakpoints", trap_limit);
            break;
        }
        result["traps"].push_back(run_trap(step, trap, outcome.at));
        if (broke_.empty()) outcome = kernel_.scheduler().run(thread, limits);
    }
    kernel_.threads().reap(thread);
    if (outcome.kind != Outcome::Kind::done) note_break(outcome);
    return outcome;
}

json ScenarioRunner::run_trap(const json& step, std::size_t number, GuestAddr at)
{
    json trap{{"at", show(at.value - breakpoint_bytes(kernel_.arch()))}}; // the breakpoint is behind us
    const auto lists = step.find("on_trap");
    if (lists == step.end() || number >= lists->size()) return trap;
    auto results = json::array();
    for (const auto& nested : (*lists)[number]) {
        results.push_back(this->step(nested));
        if (!broke_.empty()) break;
    }
    trap["results"] = std::move(results);
    return trap;
}

void ScenarioRunner::note_break(const Outcome& outcome)
{
    if (!broke_.empty()) return;
    const auto what = outcome.kind == Outcome::Kind::budget
                          ? fmt::format("guest code is still running after {} basic blocks", scenario_limits::guest_blocks)
                          : outcome.what;
    const auto kind = outcome.kind == Outcome::Kind::budget ? Outcome::Kind::hang : outcome.kind;
    broke_ = fmt::format("{}: {}", outcome_word(kind), what);
}

// --- steps that change the machine ------------------------------------------------------------------------------

json ScenarioRunner::with_module(const json& step, void (*change)(ScenarioRunner&, ModuleView, const json&))
{
    const auto label = labels_.find(step["mod"].get_ref<const std::string&>());
    if (label == labels_.end()) return {{"skipped", true}};
    change(*this, kernel_.modules().view({label->second.base}), step);
    return json::object();
}

json ScenarioRunner::tweak(const json& step)
{
    return with_module(step, [](ScenarioRunner& runner, ModuleView module, const json& step) {
        for (const auto& [name, content] : step["set"].items()) {
            const auto field = runner.header_field(name);
            runner.kernel_.memory().store_sized(module.address() + field.offset, field.size, runner.value(content));
        }
    });
}

// Source: MOD_INC_USE_COUNT and MOD_DEC_USE_COUNT of include/linux/module.h.
json ScenarioRunner::increment(const json& step)
{
    return with_module(step, [](ScenarioRunner&, ModuleView module, const json&) {
        module.set_usecount(module.usecount() + 1);
        module.set_flag(module_flag::visited | module_flag::used_once);
    });
}

json ScenarioRunner::decrement(const json& step)
{
    return with_module(step, [](ScenarioRunner&, ModuleView module, const json&) {
        module.set_usecount(module.usecount() - 1);
        module.set_flag(module_flag::visited);
    });
}

json ScenarioRunner::set_capability(const json& step)
{
    const auto& on = step["on"];
    capable_ = on.is_boolean() ? on.get<bool>() : value(on) != 0;
    return json::object();
}

json ScenarioRunner::fail_allocation(const json& step)
{
    constexpr std::pair<std::string_view, AllocationKind> kinds[] = {
        {"page", AllocationKind::page}, {"kmalloc", AllocationKind::kmalloc}, {"vmalloc", AllocationKind::vmalloc}};
    for (const auto& [name, kind] : kinds)
        kernel_.heap().fail(kind, step["kind"] == name ? step.value("nth", std::uint32_t{1}) : 0);
    return json::object();
}

// --- dispatch ---------------------------------------------------------------------------------------------------

std::span<const ScenarioRunner::Operation> ScenarioRunner::operations()
{
    static constexpr Operation table[] = {
        {"create", &ScenarioRunner::create},
        {"init", &ScenarioRunner::init},
        {"delete", &ScenarioRunner::remove},
        {"query", &ScenarioRunner::query},
        {"get_kernel_syms", &ScenarioRunner::kernel_syms},
        {"kapi", &ScenarioRunner::kernel_function},
        {"state", &ScenarioRunner::state},
        {"peek", &ScenarioRunner::peek},
        {"proc_modules", &ScenarioRunner::proc_modules},
        {"proc_ksyms", &ScenarioRunner::proc_ksyms},
        {"cap", &ScenarioRunner::set_capability},
        {"tweak", &ScenarioRunner::tweak},
        {"mod_inc", &ScenarioRunner::increment},
        {"mod_dec", &ScenarioRunner::decrement},
        {"fail_alloc", &ScenarioRunner::fail_allocation},
    };
    return table;
}

json ScenarioRunner::step(const json& step)
{
    if (log_lines_.size() == 1) user_.clear(); // no call is under way that could use it
    log_lines_.emplace_back();
    json result = json::object();
    try {
        const auto found = std::ranges::find(operations(), step.at("op").get_ref<const std::string&>(), &Operation::op);
        if (found == operations().end()) throw ScenarioError(fmt::format("there is no call '{}'", step["op"].dump()));
        result = (this->*found->run)(step);
    } catch (const KernelFault& fault) {
        broke_ = fmt::format("oops: the kernel accesses {:#x}", fault.fault.address.value);
    } catch (const KernelHang& hang) {
        broke_ = "hang: " + hang.what;
    } catch (const KernelBug& bug) {
        broke_ = "bug: " + bug.what;
    }
    if (!log_lines_.back().empty()) result["printk"] = log_lines_.back();
    log_lines_.pop_back();
    return result;
}

} // namespace retromod
