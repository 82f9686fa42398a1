// SPDX-License-Identifier: GPL-2.0-or-later
// depmod of kmod: modules.dep, modules.alias, modules.symbols and their indexes, for kernels since 2.6.
#pragma once

#include "loader/elf/problem.h"
#include "loader/modules/depmod_conf.h"
#include "loader/modules/index_file.h"
#include "loader/modules/speech.h"

#include <functional>
#include <unordered_map>

namespace retromod {

/// A symbol that a module exports or imports, with its version (0: none).
struct KmodSymbol {
    std::string name;
    std::uint64_t crc = 0;
    bool weak = false; ///< an import that may stay unresolved
};

/// What kmod's depmod knows of one module.
struct KmodModule {
    std::string path; ///< below the folder of the release
    std::string name; ///< with `_` for `-`
    std::vector<KmodSymbol> exports{};
    std::vector<KmodSymbol> imports{}; ///< in the order of the symbol table, then of __versions
    std::vector<std::string> aliases{};
    std::vector<std::string> soft_dependencies{};
    std::vector<std::size_t> dependencies{}; ///< direct ones, numbers of modules
    std::size_t order = 0;                   ///< in the topological sort
};

/// One file that depmod makes.
struct KmodFile {
    std::string name; ///< "modules.dep"
    std::string contents;
    bool binary = false;
};

/// depmod's options that say what is told.
struct KmodDepmodOptions {
    bool errors = false;         ///< -e: names that nobody offers
    bool warnings = false;       ///< -w: aliases that two modules have
    bool checks_versions = false; ///< -E: with -e, versions that differ
    /// What the kernel itself offers (-F, -E); without it unknown symbols cannot be told.
    std::optional<std::vector<KmodSymbol>> kernel_symbols{};
    char symbol_prefix = '\0'; ///< -P: does not count where symbols of the kernel or imports begin with it
    DepmodConf conf{};
};

/// Reads every module below HOST_FOLDER (/lib/modules/RELEASE) and finds out who needs whom. Problems of single files are
/// told, and those left out. Source: kmod 30 tools/depmod.c.
class KmodDepmod {
public:
    KmodDepmod(std::string host_folder, KmodDepmodOptions options, const Speech& speech);

    /// Reads the modules of the folder, or only these files.
    void read_all();
    void read(const std::string& path);

    /// Dependencies in order. False: they are a circle, which was told.
    bool resolve();
    /// Every file but modules.order and modules.builtin, which come from the kernel's build.
    std::vector<KmodFile> files() const;

private:
    std::string folder_;
    KmodDepmodOptions options_;
    const Speech& speech_;
    std::vector<KmodModule> modules_;
    /// Who offers a symbol: a module's number, or the kernel (nothing).
    struct Owner {
        std::optional<std::size_t> module{};
        std::uint64_t crc = 0;
    };
    std::unordered_map<std::string, Owner> owners_; ///< of symbols; of several the last one counts

    void sort_by_order_file();
    std::string without_prefix(const std::string& name) const;
    void import(std::size_t module, const KmodSymbol& symbol);
    void cannot_open(std::string_view name) const;
    bool sort_topologically();
    void tell_circle(const std::vector<std::size_t>& left) const;
    std::vector<std::size_t> all_dependencies(std::size_t module) const;
    std::string dependency_line(std::size_t module) const;
    std::string text_of(std::string_view title, std::string_view keyword, std::vector<std::string> KmodModule::*list,
                        bool name_first) const;
    KmodFile symbols(bool binary) const;
    KmodFile devices() const;
    KmodFile built_in(bool aliases) const;
};

/// The symbols of a module file that it was built against, or that it exports, with their versions; nothing where it has no
/// section of them. Problems of the file.
enum class KmodSymbols : bool { versions, exports };
ProblemOr<std::optional<std::vector<KmodSymbol>>> kmod_symbols(const std::string& host_path, KmodSymbols which);

/// The name that kmod gives a module: the last component up to its first dot, `-` as `_`.
std::string kmod_name_of(std::string_view path);
/// An alias with `_` for `-`, but within brackets. Nothing where brackets do not match.
std::optional<std::string> normalized_alias(std::string_view alias);

} // namespace retromod
