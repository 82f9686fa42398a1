// SPDX-License-Identifier: GPL-2.0-or-later
// modules.dep of modutils: which module needs which.
#pragma once

#include "loader/modules/speech.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace retromod {

/// One module of modules.dep.
struct DepModule {
    std::string path;
    std::string key;                       ///< module_key of the path
    std::vector<std::string> dependencies; ///< paths, as the file has them
};

/// Modules by path and by key, in the file's order.
class DepFile {
public:
    void add(DepModule module);
    const std::vector<DepModule>& modules() const { return modules_; }
    const DepModule* by_path(std::string_view path) const;
    /// The first of that key.
    const DepModule* by_key(std::string_view key) const;
    /// The next of the same key after `module`.
    const DepModule* next_of_key(const DepModule& module) const;

private:
    std::vector<DepModule> modules_;
    std::unordered_map<std::string, std::size_t> by_path_;
    std::unordered_map<std::string, std::vector<std::size_t>> by_key_;
};

/// Reads the text of a modules.dep. Nothing when a line of it is none, which was told.
std::optional<DepFile> parse_dep_file(std::string_view text, const Speech& speech);

/// The text of it: a module a paragraph.
std::string dep_file_text(const std::vector<DepModule>& modules);

} // namespace retromod
