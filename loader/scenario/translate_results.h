// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/translate_steps.h"

namespace retromod {

/// Translates what i386 answered, once all steps have been translated.
class ResultTranslator {
public:
    explicit ResultTranslator(const StepTranslator& steps) : steps_(steps), numbers_(steps.numbers()) {}

    /// The results of `steps`, which are the untranslated ones; there may be fewer of them than steps.
    nlohmann::json results(const nlohmann::json& steps, const nlohmann::json& results) const;

private:
    using json = nlohmann::json;

    json result(const json& step, json result) const;
    json address(const json& shown) const;
    json error(const json& ret) const;
    json module(json module) const;
    json header_member(const std::string& name, const json& value, std::uint64_t header_bytes) const;
    json text_in_header(std::string_view name, std::uint64_t i386_word) const;
    void query(const json& step, json& result) const;
    json memory(const json& step, const std::string& hex) const;
    json kernel_symbols_text(const std::string& text) const;
    json modules_text(const std::string& text) const;

    const StepTranslator& steps_;
    const ArchNumbers& numbers_;
};

} // namespace retromod
