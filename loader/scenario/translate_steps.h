// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/arch_numbers.h"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <string>

namespace retromod {

/// An architecture cannot have the scenario; says why.
struct Untranslatable : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Translates a scenario's steps in their order, and remembers of them what their results need.
class StepTranslator {
public:
    StepTranslator(const Release& release, const Arch& arch) : numbers_(release, arch) {}

    nlohmann::json step(const nlohmann::json& step);
    nlohmann::json steps(const nlohmann::json& steps);

    const ArchNumbers& numbers() const { return numbers_; }
    /// Symbols of the module that a query step asks for: how long the table is that its answer begins with.
    std::uint64_t symbols_of(const nlohmann::json& query) const;
    /// Whether callbacks store numbers at that place ("@z+500").
    bool holds_numbers(const nlohmann::json& at) const { return at.is_string() && stored_.contains(at.get<std::string>()); }

private:
    using json = nlohmann::json;

    void translate_image(json& image, const json& name);
    void translate_fields(json& fields);
    json body_item(const json& item);
    json code(const json& code);
    json query(json step) const;
    json value(const json& value) const;
    json size(const json& size);
    std::uint64_t plain_number(const json& value) const;
    json header_size(const json& value) const;
    json table_end(const json& start, const json& end, std::uint64_t image_bytes) const;
    void refuse_wrapping(const json& fields) const;

    ArchNumbers numbers_;
    std::map<std::string, std::uint64_t> symbol_counts_; ///< by a module's name in JSON, of the last image it got
    std::set<std::string> stored_;                       ///< places of numbers that callbacks use: "@z+500"
    std::string label_;                                  ///< of the module whose image is under way
};

} // namespace retromod
