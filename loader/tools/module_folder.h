// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/problem.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retromod {

/// A module file of a folder, and what it gives to and wants of others.
struct FolderModule {
    std::string name; ///< file name without .o, .o.gz
    std::string path;
    std::vector<std::string> exports; ///< with their versions
    std::vector<std::string> imports;
    std::optional<Problem> problem;   ///< why it could not be read; then exports and imports are empty
};

/// The module files of a folder, and which of them need which. Symbols that only a string at run time names (load_nls,
/// request_module) are not seen.
class ModuleFolder {
public:
    /// Reads every .o and .o.gz in `folder`, by name; not below it. Throws std::runtime_error when there is no such
    /// folder.
    explicit ModuleFolder(const std::string& folder);

    const std::vector<FolderModule>& modules() const { return modules_; }
    const FolderModule* find(std::string_view name) const;

    /// The modules to load before `module`, in order: whoever supplies an import that the kernel does not. Where several
    /// export a name, the first by file name.
    std::vector<const FolderModule*> dependencies(const FolderModule& module,
                                                  const std::function<bool(const std::string&)>& kernel_offers) const;

private:
    std::vector<FolderModule> modules_;
    std::unordered_map<std::string_view, const FolderModule*> exporters_;
};

} // namespace retromod
