// SPDX-License-Identifier: GPL-2.0-or-later
// A machine that hostile calls are made on, and what must hold after each of them.
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/exports/core/module_functions.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/threads.h"
#include "loader/scenario/scenario_memory.h"

#include <array>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace retromod {

/// What must hold after every call does not.
struct InvariantBroken : std::logic_error {
    using std::logic_error::logic_error;
};

#define REQUIRE_THAT_HOLDS(condition)                                                                                              \
    do {                                                                                                                           \
        if (!(condition)) throw InvariantBroken("does not hold: " #condition);                                                     \
    } while (0)

/// What the calls can leave behind.
struct WorldState {
    std::uint64_t vmalloc_pages = 0, frames = 0;
    std::map<std::uint64_t, std::vector<std::byte>> modules; ///< by address: the first bytes of each that is mapped

    bool operator==(const WorldState&) const = default;
};

/// A guest with up to six module names, and the model of which of its modules are mapped.
class CallWorld final : private EventSink {
public:
    explicit CallWorld(const Release& release) : machine_(options(release)), kernel_(machine_, exports())
    {
        machine_.memory().set_user_memory(&user);
        kernel_.set_sink(this);
    }

    ScenarioMemory user;
    bool capable = true;

    Kernel& kernel() { return kernel_; }
    AddressSpace& memory() { return machine_.memory(); }
    std::uint64_t header() { return kernel_.modules().layout().header_bytes(); }
    GuestAddr base(std::size_t slot) const { return bases_[slot % bases_.size()]; }
    std::uint64_t size(std::size_t slot) const { return sizes_[slot % sizes_.size()]; }

    /// Makes a call and checks what must hold after it. `at_trap` is run at each int3. Throws InvariantBroken.
    template <class AtTrap>
    Outcome call(const SystemCall& call, AtTrap at_trap)
    {
        const auto before = state();
        const auto thread = kernel_.scheduler().begin(call, {capable, "insmod"});
        guest_ran_ = false;
        auto outcome = kernel_.scheduler().run(thread, limits);
        bool nested = false;
        for (int trap = 0; outcome.kind == Outcome::Kind::breakpoint && trap < 3; ++trap) {
            nested = true;
            at_trap();
            guest_ran_ = true;
            outcome = kernel_.scheduler().run(thread, limits);
        }
        kernel_.threads().reap(thread);
        const auto after = state();
        std::erase_if(mapped_, [&](const auto& module) { return !after.modules.contains(module.first); });
        REQUIRE_THAT_HOLDS(after.frames == before.frames); // no kernel stack stays behind
        if (outcome.kind == Outcome::Kind::done && !nested) check_rules(call, outcome.result, before, after);
        check_index();
        return outcome;
    }

    void created(std::size_t slot, GuestAddr at, std::uint64_t bytes)
    {
        bases_[slot % bases_.size()] = at;
        sizes_[slot % sizes_.size()] = bytes;
        mapped_[at.value] = round_up(bytes, kernel_.arch().page_bytes) / kernel_.arch().page_bytes;
    }

    /// The module list as guest memory has it; nothing when it is broken.
    std::optional<std::vector<GuestAddr>> walk()
    try {
        constexpr std::size_t longest = 1000;
        std::vector<GuestAddr> modules;
        for (auto at = kernel_.modules().first(); !kernel_.modules().is_end(at);
             at = kernel_.modules().view(at).pointer(ModuleField::next)) {
            if (modules.size() == longest) return std::nullopt;
            modules.push_back(at);
        }
        return modules;
    } catch (const KernelFault&) {
        return std::nullopt;
    }

    /// Every look-up by name gives what a walk over guest memory gives.
    void check_index()
    {
        const auto list = walk();
        for (const auto* name : {"a", "b", "c", "d", "e", "twenty_characters_nm"}) {
            const auto walked = find_by_walking(list, name);
            if (!walked) continue;
            const auto found = kernel_.modules().find(name);
            REQUIRE_THAT_HOLDS((found ? found->address() : GuestAddr{}) == *walked);
        }
        if (!list) return;
        for (const auto at : *list) REQUIRE_THAT_HOLDS(kernel_.modules().contains(at));
        REQUIRE_THAT_HOLDS(kernel_.modules().size() == list->size());
    }

    WorldState state()
    {
        const auto& numbers = machine_.header().memory;
        WorldState state{numbers.vmalloc_in_use, numbers.frames_in_use, {}};
        for (const auto& [at, pages] : mapped_) {
            const auto area = memory().vmalloc_area({at});
            if (!area || area->start.value != at) continue;
            std::vector<std::byte> bytes(kept_bytes);
            memory().read({at}, bytes);
            state.modules.emplace(at, std::move(bytes));
        }
        return state;
    }

    /// What a call of that result may have changed. Throws InvariantBroken.
    void check_rules(const SystemCall& call, SyscallResult result, const WorldState& before, const WorldState& after)
    {
        const bool failed = result.failed(kernel_.arch());
        if (call.name == "create_module" && !failed) {
            check_memory(after, round_up(call.arguments[1], kernel_.arch().page_bytes) / kernel_.arch().page_bytes);
            return;
        }
        check_memory(after, 0);
        const bool removes = call.name == "delete_module" && !failed;
        const auto gone = before.modules.size() - after.modules.size();
        if (!removes) REQUIRE_THAT_HOLDS(gone == 0);
        else if (call.arguments[0]) REQUIRE_THAT_HOLDS(gone == 1);
        if (guest_ran_) return;
        if (call.name == "query_module" || call.name == "get_kernel_syms" || call.name == "create_module")
            REQUIRE_THAT_HOLDS(before == after);
        if (call.name == "delete_module" && failed) REQUIRE_THAT_HOLDS(before == after);
        if (call.name == "init_module" && failed) check_headers(before, after);
    }

private:
    static constexpr RunLimits limits{.blocks = 20'000, .breakpoints = Breakpoints::stop};
    static constexpr std::size_t kept_bytes = 512;

    static MachineOptions options(const Release& release)
    {
        MachineOptions options;
        options.release = &release;
        options.memory_bytes = 16 << 20;
        return options;
    }
    static const ExportTable& exports()
    {
        static const ExportTable table = [] {
            ExportTable exports;
            exports.functions = {module_functions()};
            return exports;
        }();
        return table;
    }
    void guest_called(GuestAddr, std::string_view) override { guest_ran_ = true; }

    /// The module of that name by a plain walk; null when there is none, nothing when the walk itself would fault.
    std::optional<GuestAddr> find_by_walking(const std::optional<std::vector<GuestAddr>>& list, std::string_view name)
    try {
        if (!list) return std::nullopt;
        for (const auto at : *list)
            if (!kernel_.modules().view(at).flag(module_flag::deleted) && kernel_.modules().view(at).name() == name) return at;
        return GuestAddr{};
    } catch (const KernelFault&) {
        return std::nullopt;
    }

    /// The pages of the modules that are mapped are all that is in use.
    void check_memory(const WorldState& after, std::uint64_t fresh_pages)
    {
        std::uint64_t pages = fresh_pages;
        for (const auto& [at, content] : after.modules) pages += mapped_.at(at);
        REQUIRE_THAT_HOLDS(after.vmalloc_pages == pages);
    }

    /// A refused image leaves every header as it was; 2.2's links of earlier dependencies are the exception.
    void check_headers(const WorldState& before, const WorldState& after)
    {
        if (!kernel_.rules().checks_deps_first) return;
        for (const auto& [at, content] : before.modules) {
            const auto& now = after.modules.at(at);
            REQUIRE_THAT_HOLDS(std::equal(content.begin(), content.begin() + static_cast<std::ptrdiff_t>(header()), now.begin()));
        }
    }

    Machine machine_;
    Kernel kernel_;
    std::array<GuestAddr, 6> bases_{};
    std::array<std::uint64_t, 6> sizes_{};
    std::map<std::uint64_t, std::uint64_t> mapped_; ///< pages of each module ever created, by address
    bool guest_ran_ = false;
};

} // namespace retromod
