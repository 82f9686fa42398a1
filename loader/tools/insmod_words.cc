// SPDX-License-Identifier: GPL-2.0-or-later
// explain's own words for what insmod decides before it asks the kernel.
#include "loader/tools/insmod_words.h"

#include "emu/abi/release.h"
#include "emu/exports/standard_exports.h"
#include "emu/kernel/export.h"
#include "emu/kernel/symbols.h"
#include "loader/elf/modinfo.h"
#include "loader/elf/module_file.h"
#include "loader/legacy/kernel_info.h"
#include "loader/modules/module_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

namespace retromod {
namespace {

/// Releases whose kernels had an exported function or variable of that name.
std::vector<std::string> releases_with(std::string_view name)
{
    std::vector<std::string> found;
    for (const auto& release : releases()) {
        const auto has = [&](const auto& rows) {
            return std::ranges::any_of(rows,
                                       [&](const auto& row) { return row.name == name && row.since.covers(release.exports); });
        };
        const auto& table = standard_exports();
        if (std::ranges::any_of(table.functions, has) || std::ranges::any_of(table.data, has)) found.emplace_back(release.name);
    }
    return found;
}

/// A name that the kernel offers, too, in another version.
std::optional<std::string> other_version_of(const std::string& name, Session& session)
{
    Messages silent({[](std::string_view) {}, [](std::string_view) {}}, "insmod");
    const auto info = get_kernel_info(session.calls(), session.arch(), {.symbols = true}, silent);
    if (!info) return std::nullopt;
    const auto plain = without_version(name);
    for (const auto& symbol : info->symbols)
        if (without_version(symbol.name) == plain) return std::string(symbol.name);
    return std::nullopt;
}

std::string words_for_unresolved(const std::string& name, const std::optional<ModuleFolder>& folder, Session& session)
{
    const std::string plain(without_version(name));
    if (const auto other = other_version_of(name, session); other && *other != name)
        return fmt::format("the module wants '{}', the kernel offers '{}': they were built from different declarations; `retromod "
                           "boot --versions FILE` makes a machine with the symbols of the module's own kernel", name, *other);
    if (folder)
        for (const auto& module : folder->modules())
            if (std::ranges::find(module.exports, name) != module.exports.end() ||
                std::ranges::find(module.exports, plain) != module.exports.end())
                return fmt::format("'{}' is exported by {}: load that first, or let modprobe do it", name, module.path);
    const auto had = releases_with(plain);
    if (had.empty())
        return fmt::format("'{}' is exported by no kernel that is modelled here, nor by a module of the same folder", name);
    return fmt::format("'{}' is exported by the kernels of {}; this one does not offer it", name, fmt::join(had, ", "));
}

bool is_loaded(const std::string& name, Session& session)
{
    Messages silent({[](std::string_view) {}, [](std::string_view) {}}, "insmod");
    const auto info = get_kernel_info(session.calls(), session.arch(), {}, silent);
    return info && std::ranges::find(info->modules, name, &ModuleStatus::name) != info->modules.end();
}

/// What makes a machine whose uname says that release.
std::string boot_words_for(std::string_view release)
{
    if (const auto* row = find_release(release); row && row->name == release) return fmt::format("--release {}", release);
    return fmt::format("--uts-release {}", release);
}

std::vector<std::string> words_for_parameters(const Modinfo& modinfo, const std::vector<std::string>& arguments)
{
    constexpr std::string_view prefix = "parm_";
    std::vector<std::string> declared;
    for (const auto& entry : modinfo.entries())
        if (entry.key.starts_with(prefix) && !entry.key.starts_with("parm_desc_"))
            declared.push_back(fmt::format("{} ({})", entry.key.substr(prefix.size()), entry.value));
    std::vector<std::string> words;
    for (const auto& argument : arguments) {
        const auto name = argument.substr(0, argument.find('='));
        if (argument.find('=') == argument.npos || modinfo.find(fmt::format("{}{}", prefix, name))) continue;
        words.push_back(fmt::format("'{}' is no parameter of the module; it declares {}", name,
                                    declared.empty() ? std::string("none") : fmt::format("{}", fmt::join(declared, ", "))));
    }
    return words;
}

} // namespace

std::vector<std::string> insmod_words(const InsmodOptions& options, const LoadReport& report, Session& session)
{
    std::vector<std::string> words;
    if (is_loaded(report.name, session))
        words.push_back(fmt::format("a module named '{0}' is loaded already: `rmmod {0}`, or `insmod -o OTHER_NAME`", report.name));
    const auto file = read_module_file(options.file);
    const auto elf = file ? ElfFile::open(file->bytes) : file.problem();
    if (elf) {
        const Modinfo modinfo(*elf);
        const auto version = modinfo.find("kernel_version");
        const auto release = session.system().release();
        if (version && *version != release)
            words.push_back(
                fmt::format("the module was compiled for {}, the kernel is {}: `retromod boot {}` makes one that fits; "
                            "`insmod -f` loads the module all the same",
                            *version, release, boot_words_for(*version)));
        for (auto& sentence : words_for_parameters(modinfo, options.arguments)) words.push_back(std::move(sentence));
    }
    if (report.unresolved.empty()) return words;
    std::optional<ModuleFolder> folder;
    const auto parent = std::filesystem::absolute(options.file).parent_path();
    std::error_code error;
    if (std::filesystem::is_directory(parent, error)) folder.emplace(parent.string(), LinkedBy::insmod, Below::no);
    for (const auto& name : report.unresolved) words.push_back(words_for_unresolved(name, folder, session));
    return words;
}

} // namespace retromod
