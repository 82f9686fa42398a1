// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "loader/scenario/scenario.h"
#include "loader/scenario/scenario_memory.h"

#include <map>
#include <nlohmann/json.hpp>

namespace retromod {

/// The exports that scenarios can call: the module functions of the kernel.
const ExportTable& scenario_exports();

/// One scenario's machine, and what its labels stand for.
class ScenarioRunner final : private EventSink, private UsermodeHelper {
public:
    explicit ScenarioRunner(const Release& release);

    /// Does one step and gives its result. Throws ScenarioError.
    nlohmann::json step(const nlohmann::json& step);

    /// How the kernel broke in the last step ("oops: ..."), empty while it is whole.
    const std::string& broke() const { return broke_; }
    void forget_break() { broke_.clear(); }

private:
    using json = nlohmann::json;
    struct Label {
        std::uint64_t base = 0;
        std::uint64_t size = 0;
    };

    void logged(std::string_view text) override;
    void request_module(std::string_view name) override;
    const KernelRow& kernel_state() const { return const_cast<Kernel&>(kernel_).state(); }

    std::uint64_t address_of(const std::string& label) const;
    std::uint32_t value(const json& value, const std::string& own_label) const;
    json show(std::uint64_t address) const;
    json show_return(std::uint64_t word) const;
    GuestAddr bad_address(const std::string& kind) const;
    GuestAddr string_argument(const json& argument);
    GuestAddr image_argument(const json& image, const json& name);
    GuestAddr buffer_argument(const json& form, std::uint64_t size, bool& visible);
    static void put(std::span<std::byte> image, std::uint64_t offset, std::span<const std::byte> bytes);
    std::vector<std::byte> words(const json& list, const std::string& label) const;
    std::vector<std::byte> body_item(const json& item, const std::string& label) const;

    Outcome call(const SystemCall& call, const json& step, json& result);
    void note_break(const Outcome& outcome);
    json do_step(const json& step);
    json create(const json& step);
    json init(const json& step);
    json remove(const json& step);
    std::uint32_t which_request(const json& which) const;
    json query(const json& step);
    void add_content(json& result, std::uint32_t which, std::span<const std::byte> room, GuestAddr name);
    json kernel_syms(const json& step);
    json state();
    json state_of(const ModuleView& module);
    json peek(const json& step);
    json proc_modules(const json& step);
    json proc_ksyms();
    json with_module(const json& step, void (*change)(ScenarioRunner&, ModuleView, const json&));
    json fail_allocation(const json& step);
    json kernel_function(const json& step);

    Machine machine_;
    ScenarioMemory user_;
    Kernel kernel_;
    bool capable_ = true;
    std::map<std::string, Label> labels_;
    std::vector<std::vector<std::string>> log_lines_{1}; ///< of the steps under way, outermost first
    std::string broke_;
};

} // namespace retromod
