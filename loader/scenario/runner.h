// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/outcome.h"
#include "loader/scenario/scenario.h"
#include "loader/scenario/scenario_memory.h"

#include <map>
#include <nlohmann/json.hpp>
#include <span>

namespace retromod {

/// What scenarios that name no symbols can call: the module functions of the kernel.
const ExportTable& scenario_exports();

/// The machine that scenarios run on: fixed addresses, never handed out twice.
MachineOptions scenario_machine(const Release& release, const Arch& arch = i386());

/// What a label that is not set stands for: an address of the kernel's where there never is anything.
GuestAddr scenario_nowhere(const Arch& arch);

/// One scenario's machine, and what its labels stand for. Steps must have passed the check of their form.
class ScenarioRunner final : private EventSink, private UsermodeHelper {
public:
    /// `symbols` are the exports that the kernel offers, with versions if need be; none: the three symbols of the reference kernel.
    /// Throws ScenarioError when one does not exist.
    explicit ScenarioRunner(const Release& release, const Arch& arch = i386(), std::span<const std::string> symbols = {});

    /// Does one step and gives its result. Throws ScenarioError.
    nlohmann::json step(const nlohmann::json& step);

    /// The bytes of an `init` step's image, for a call by that name. It must not be a bad pointer.
    std::vector<std::byte> image_bytes(const nlohmann::json& image, const nlohmann::json& name);

    /// How the kernel broke in the last step ("oops: ..."), empty while it is whole.
    const std::string& broke() const { return broke_; }

private:
    using json = nlohmann::json;
    struct Label {
        std::uint64_t base = 0;
        std::uint64_t size = 0;
    };
    /// What a step does, by its "op".
    struct Operation {
        std::string_view op;
        json (ScenarioRunner::*run)(const json& step);
    };
    static std::span<const Operation> operations();

    void logged(std::string_view text) override;
    void request_module(std::string_view name) override;

    // runner_values.cc
    std::uint64_t address_of(std::string_view label) const;
    std::uint64_t value(const json& value, std::string_view own_label = {}) const;
    std::uint64_t symbol_value(std::string_view name) const;
    Field header_field(const std::string& name) const;
    json show(std::uint64_t address) const;
    json show_return(std::uint64_t word) const;

    // runner_arguments.cc
    GuestAddr string_argument(const json& argument);
    GuestAddr image_argument(const json& image, const json& name);
    /// Room that a call writes to; `visible` when the result shows what is in it.
    struct Buffer {
        GuestAddr at;
        bool visible = true;
    };
    Buffer buffer_argument(const json& form, std::uint64_t size);
    GuestAddr ret_argument(const json& form);
    std::vector<std::byte> number_bytes(std::uint64_t number, unsigned bytes) const;
    std::vector<std::byte> numbers(const json& list, unsigned bytes, std::string_view label) const;
    std::vector<std::byte> callback(const json& operations, std::string_view label) const;
    std::vector<std::byte> body_item(const json& item, std::string_view label) const;

    // runner.cc
    Outcome call(const SystemCall& call, const json& step, json& result);
    json run_trap(const json& step, std::size_t number, GuestAddr at);
    void note_break(const Outcome& outcome);
    json with_module(const json& step, void (*change)(ScenarioRunner&, ModuleView, const json&));
    json set_capability(const json& step);
    json tweak(const json& step);
    json increment(const json& step);
    json decrement(const json& step);
    json fail_allocation(const json& step);

    // runner_calls.cc
    json create(const json& step);
    json init(const json& step);
    json remove(const json& step);
    json query(const json& step);
    void add_content(json& result, std::uint64_t which, std::span<const std::byte> room) const;
    json kernel_syms(const json& step);
    json kernel_function(const json& step);

    // runner_state.cc
    json state(const json& step);
    json state_of(const ModuleView& module);
    json header_of(const ModuleView& module);
    json show_member(ModuleField field, const ModuleView& module) const;
    json references_of(const ModuleView& module);
    json peek(const json& step);
    json proc_modules(const json& step);
    json proc_ksyms(const json& step);

    Machine machine_;
    ScenarioMemory user_;
    Kernel kernel_;
    const ModuleLayout& module_layout_ = kernel_.modules().layout();
    GuestAddr kernel_module_;
    std::map<std::uint64_t, std::string> symbols_; ///< by address, when the scenario names its symbols
    bool capable_ = true;
    std::map<std::string, Label, std::less<>> labels_;
    std::vector<std::vector<std::string>> log_lines_{1}; ///< of the steps under way, outermost first
    std::string broke_;
};

} // namespace retromod
