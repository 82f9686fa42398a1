// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

#include <cstdint>
#include <memory>

namespace retromod {

/// The options of one of our own commands (modutils' commands read theirs as modutils did). Variables keep the value
/// they had unless the command line says otherwise.
class Options {
public:
    explicit Options(const Invocation& invocation);
    ~Options();
    Options(const Options&) = delete;
    Options& operator=(const Options&) = delete;

    Options& flag(const std::string& names, bool& into, const std::string& help);
    Options& value(const std::string& names, std::string& into, const std::string& help);
    Options& value(const std::string& names, std::optional<std::string>& into, const std::string& help);
    Options& value(const std::string& names, std::uint64_t& into, const std::string& help);
    /// An option that may be given several times, one value each.
    Options& values(const std::string& name, std::vector<std::string>& into, const std::string& help);
    /// Text that must be one of these.
    Options& choice(const std::string& names, std::string& into, std::vector<std::string> allowed, const std::string& help);
    Options& positional(const std::string& name, std::string& into, const std::string& help);
    Options& positional(const std::string& name, std::uint64_t& into, const std::string& help);
    /// One or more of them; options may stand before, behind and between them.
    Options& positionals(const std::string& name, std::vector<std::string>& into, const std::string& help);
    /// The same, or none of them.
    Options& words(const std::string& name, std::vector<std::string>& into, const std::string& help);
    /// What is left over; options behind the first of them belong to it.
    Options& rest(const std::string& name, std::vector<std::string>& into, const std::string& help);

    /// What the usage line of --help ends on, where that is no option: `-- COMMAND`.
    Options& usage_tail(const std::string& tail);

    /// Reads the command line. Nothing: go on; else the exit status: help was printed, or the one line that says what
    /// is wrong.
    std::optional<int> parse();

private:
    std::string suggestion() const;

    struct Parser;
    const Invocation& invocation_;
    std::unique_ptr<Parser> parser_;
    std::vector<std::string>* rest_ = nullptr;
};

} // namespace retromod
