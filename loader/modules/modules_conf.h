// SPDX-License-Identifier: GPL-2.0-or-later
// What modules.conf says: paths, aliases, options, commands.
#pragma once

#include "loader/modules/speech.h"
#include "loader/modules/words.h"

#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace retromod {

/// A line like `options NAME WORD...` or `alias NAME WORD`.
struct NamedWords {
    std::string name;
    std::vector<std::string> words;
    bool autoclean = true; ///< false: `options -k NAME`
};

/// Such lines of one keyword, in the order in which their names came.
class NamedList {
public:
    const std::vector<NamedWords>& rows() const { return rows_; }
    const NamedWords* find(std::string_view name) const;
    /// A row of that name: the one that is there, or a new one at the end.
    NamedWords& row(const std::string& name);

private:
    std::vector<NamedWords> rows_;
    std::unordered_map<std::string, std::size_t> index_;
};

/// When a command of modules.conf runs.
enum class HookTime : std::uint8_t { pre_install, install, post_install, pre_remove, remove, post_remove };
std::string_view hook_word(HookTime when);

/// A line like `pre-install MODULE COMMAND`.
struct HookCommand {
    HookTime when;
    std::string module;
    std::string command;
};

/// The files that depmod makes, in modutils' order.
enum class GeneratedFile : std::uint8_t { generic_string, pcimap, isapnpmap, usbmap, parportmap, ieee1394map, pnpbiosmap, dep };
constexpr std::size_t generated_file_count = 8;
constexpr std::array<std::string_view, generated_file_count> generated_file_words = {
    "generic_string", "pcimap", "isapnpmap", "usbmap", "parportmap", "ieee1394map", "pnpbiosmap", "dep"};

/// A folder to search for modules, and the type that its path line gave it.
struct ModulePath {
    std::string type;
    std::string path;
};

/// A configuration as modprobe, depmod and insmod of modutils 2.4 read it.
struct ModulesConf {
    std::vector<ModulePath> paths;
    NamedList prune, above, below, aliases, options, probe, probeall;
    std::vector<HookCommand> commands;
    std::string insmod_options;
    std::string persist_folder = "/var/lib/modules/persist";
    std::array<std::string, generated_file_count> generated;
    std::string file{};        ///< that was read; "" for none
    std::int64_t modified = 0; ///< seconds since 1970

    const std::string& generated_file(GeneratedFile which) const { return generated[static_cast<std::size_t>(which)]; }
};

/// Whether lines beside paths are read and wrong ones are errors (modprobe), or passed over (insmod, depmod).
enum class ConfScope : bool { paths, everything };

/// How a configuration is to be read.
struct ConfRequest {
    ConfScope scope = ConfScope::everything;
    std::string file{}; ///< -C: a path of the user; else $MODULECONFIG, /etc/modules.conf, /etc/conf.modules
    bool autoclean = false;                      ///< what `if -k` finds
    bool safe_mode = false;                      ///< the environment does not count
    std::map<std::string, std::string> environment{};
};

/// Reads a configuration. Nothing when it has errors, which were told; each names line and file.
/// Source: modutils 2.4 util/config.c.
std::optional<ModulesConf> read_modules_conf(const ConfRequest& request, WordContext context, const Speech& speech);

/// The lists that modutils has built in: aliases, options, names that a walk passes over; `NAME WORD...` each.
std::vector<std::string_view> built_in_aliases();
std::vector<std::string_view> built_in_options();
std::vector<std::string_view> built_in_prunes();
/// The folders below /lib/modules that have had modules of one kind each.
std::vector<std::string_view> built_in_folders();

/// The configuration as `modprobe -c` shows it.
void show_modules_conf(const ModulesConf& conf, std::string_view version, const Speech& speech);

} // namespace retromod
