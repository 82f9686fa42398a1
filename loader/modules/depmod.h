// SPDX-License-Identifier: GPL-2.0-or-later
// depmod of modutils 2.4: which module needs which, and which devices each is for.
#pragma once

#include "loader/elf/problem.h"
#include "loader/modules/dep_file.h"
#include "loader/modules/device_tables.h"
#include "loader/modules/module_walk.h"

#include <set>

namespace retromod {

/// What depmod knows of one module.
struct DepmodModule {
    std::string path; ///< as it was found
    std::vector<std::string> exports;
    std::vector<std::string> imports; ///< undefined, relocated and not weak
    MapRows maps;
};

/// How the words of a faulty file are told: Problem and file.
using ProblemSentence = std::function<std::string(const Problem&, std::string_view)>;

/// Reads module files and finds out who needs whom.
class Depmod {
public:
    /// With `ignores_versions` (-F) an import `x_R01234567` that nobody offers is also what `x` satisfies.
    Depmod(std::vector<std::string> kernel_symbols, bool ignores_versions, ProblemSentence sentence, const Speech& speech);

    /// Reads a file of the host that is to be called `path`. One that cannot be read is told of and left out.
    void add(const std::string& host_path, const std::string& path);

    /// Tells whose imports nobody offers: `*** Unresolved symbols in PATH` (-q: not; -e: with each name). modutils does not
    /// count these as errors.
    struct UnresolvedWords {
        bool quiet = false;
        bool names = false;
    };
    struct Resolved {
        std::vector<DepModule> modules; ///< direct dependencies, in the order of the imports
        bool unresolved = false;
    };
    Resolved resolve(UnresolvedWords words) const;

    const std::vector<DepmodModule>& modules() const { return modules_; }
    /// The text of a map file.
    std::string map_text(GeneratedFile which) const;

private:
    std::set<std::string, std::less<>> kernel_;
    std::unordered_map<std::string, std::size_t> exporters_; ///< the first module that exports a name
    std::vector<DepmodModule> modules_;
    TableVersions versions_;
    bool ignores_versions_;
    ProblemSentence sentence_;
    const Speech& speech_;

    std::optional<Problem> read(const std::string& host_path, DepmodModule& module);
    /// Nobody (no value), the kernel (none), or a module.
    struct Provider {
        bool found = false;
        std::optional<std::size_t> module{};
    };
    Provider provider_of(const std::string& import) const;
};

/// The names that a copy of /proc/ksyms or a System.map offers to modules (-F). Nothing when it cannot be read or is
/// neither, which was told.
std::optional<std::vector<std::string>> read_kernel_symbols(const std::string& host_path, std::string_view shown,
                                                            const Speech& speech);

} // namespace retromod
