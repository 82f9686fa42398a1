// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/problem.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retromod {

/// A module file of a folder, and what it gives to and wants of others.
struct FolderModule {
    std::string name; ///< file name without .o, .o.gz; of a .ko with _ for -, as the kernel has it
    std::string path;
    std::string shown; ///< what it is called: its path, but for one out of an archive
    std::vector<std::string> exports; ///< with their versions
    std::vector<std::string> imports;
    bool loadable = false;            ///< it has an init_module or says what kernel it is for: not only a part of one
    std::optional<Problem> problem;   ///< why it could not be read; then exports and imports are empty
};

/// Who links a folder's modules: insmod takes .o files, kernels since 2.6 take .ko files.
enum class LinkedBy : std::uint8_t { insmod, kernel };

/// Whether a file's name is one of a module: .o or .o.gz, or .ko and its packed forms.
bool is_module_file_name(const std::string& file_name, LinkedBy linked_by);

/// A folder of module files, and what it is called: what was taken out of an archive lies elsewhere.
struct ModuleRoot {
    std::string path, shown;
};

/// Whether folders in a folder count.
enum class Below : bool { no, yes };

/// The module files of a folder or tree, and which of them need which. Symbols that only a string at run time names (load_nls,
/// request_module) are not seen.
class ModuleFolder {
public:
    /// Reads every .o and .o.gz (.ko, .ko.gz, .ko.xz and .ko.zst) in `folder` and below it, in the order of their paths.
    /// Throws std::runtime_error when there is no such folder.
    explicit ModuleFolder(const std::string& folder, LinkedBy linked_by = LinkedBy::insmod, Below below = Below::yes);

    /// Likewise of several trees, in the order of what the files are called.
    explicit ModuleFolder(const std::vector<ModuleRoot>& roots, LinkedBy linked_by = LinkedBy::insmod, Below below = Below::yes);

    const std::vector<FolderModule>& modules() const { return modules_; }
    /// The module of that name; where several files have it, the first one that is loadable.
    const FolderModule* find(std::string_view name) const;

    /// The modules to load before `module`, in order: whoever supplies an import that the kernel does not, and what those
    /// need. Where several export a name: one that is loaded already, else a loadable one, else the one that supplies most
    /// of what is imported, else the nearest in the tree, else the first by path.
    std::vector<const FolderModule*> dependencies(const FolderModule& module,
                                                  const std::function<bool(const std::string&)>& kernel_offers) const;

private:
    std::vector<FolderModule> modules_;
    std::unordered_map<std::string_view, std::vector<const FolderModule*>> exporters_;

    const FolderModule* choose(const FolderModule& user, std::string_view symbol,
                               const std::set<const FolderModule*>& loaded) const;
};

} // namespace retromod
