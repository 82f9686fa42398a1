// SPDX-License-Identifier: GPL-2.0-or-later
// What each kind of step of a scenario must look like.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// What is wrong with a JSON value ("'size' is a list, not a value"), or nothing.
using FormProblem = std::optional<std::string>;

enum class Presence : std::uint8_t { needed, optional };

/// One member of a step.
struct MemberForm {
    std::string_view name;
    Presence presence;
    FormProblem (*check)(const nlohmann::json&);
};

/// One kind of step.
struct StepForm {
    std::string_view op;
    std::span<const MemberForm> members;
};

/// The kinds of steps that scenarios have.
std::span<const StepForm> step_forms();

/// What is wrong with `object`, whose members are to be as `form` says, or nothing. `on_trap` is not looked at.
FormProblem check_step_form(const StepForm& form, const nlohmann::json& object);

/// Members of `object` that mean nothing in such a step, for a warning.
std::vector<std::string> unknown_members(const StepForm& form, const nlohmann::json& object);

} // namespace retromod
