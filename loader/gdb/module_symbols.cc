// SPDX-License-Identifier: GPL-2.0-or-later
// Where gdb finds the symbols of loaded modules.
#include "loader/gdb/module_symbols.h"

#include "emu/kernel/module_list.h"
#include "loader/modern/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

namespace retromod {
namespace {

struct LoadedSection {
    std::string name;
    std::uint64_t address;
};

struct LoadedFile {
    std::string module;
    std::string path; ///< empty: not known
    std::vector<LoadedSection> sections;
};

/// gdb's words: blanks and quotes need a backslash.
std::string quoted(const std::string& path)
{
    std::string text;
    for (const char c : path) {
        if (c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '\\') text += '\\';
        text += c == '\n' ? '?' : c; // no line of ours is to become two
    }
    return text;
}

std::string line_of(const LoadedFile& file)
{
    const auto text = std::ranges::find(file.sections, ".text", &LoadedSection::name);
    if (file.path.empty() || text == file.sections.end()) return fmt::format("# {}: its file is not known\n", quoted(file.module));
    auto line = fmt::format("add-symbol-file {} {:#x}", quoted(file.path), text->address);
    for (const auto& section : file.sections)
        if (section.name != ".text") line += fmt::format(" -s {} {:#x}", quoted(section.name), section.address);
    return line + "\n";
}

/// What is between `begins` and the last `ends` of a name; nothing where it is another name.
std::optional<std::string> between(const std::string& name, const std::string& begins, const std::string& ends)
{
    if (!name.starts_with(begins)) return std::nullopt;
    const auto end = name.rfind(ends);
    if (end == name.npos || end < begins.size()) return std::nullopt;
    return name.substr(begins.size(), end - begins.size());
}

/// Reads the symbols that insmod gave a module for ksymoops. Source: modutils 2.4 insmod.c, add_ksymoops_symbols.
LoadedFile loaded_file(Kernel& kernel, const ModuleView& module)
{
    constexpr std::uint64_t most_symbols = 1 << 16;
    constexpr std::size_t longest_name = 8192;
    auto& memory = kernel.memory();
    LoadedFile file{module.name(), {}, {}};
    const auto prefix = "__insmod_" + file.module + "_";
    const auto count = std::min(module.get(ModuleField::nsyms), most_symbols);
    auto at = module.pointer(ModuleField::syms);
    const auto word = kernel.arch().word_bytes;
    for (std::uint64_t i = 0; i < count; ++i, at += 2 * word) {
        const auto value = memory.load_word(at);
        const auto name = memory.load_string(memory.load_pointer(at + word), longest_name);
        if (const auto stamped = between(name, prefix + "O", "_V")) file.path = stamped->substr(0, stamped->rfind("_M"));
        else if (const auto section = between(name, prefix + "S", "_L")) file.sections.push_back({*section, value});
    }
    return file;
}

/// Names of modules have underscores where files may have hyphens.
std::string module_name(const std::string& path)
{
    auto name = std::filesystem::path(path).filename().string();
    name = name.substr(0, name.find('.'));
    std::ranges::replace(name, '-', '_');
    return name;
}

std::vector<LoadedFile> modern_files(Kernel& kernel, std::span<const std::string> files)
{
    std::vector<LoadedFile> found;
    const auto& modules = kernel.machine().table<ModernModuleRow>();
    const auto& sections = kernel.machine().table<ModernSectionRow>();
    for (const auto& module : modules) {
        LoadedFile loaded{module.name, {}, {}};
        const auto path = std::ranges::find(files, loaded.module, module_name);
        if (path != files.end()) loaded.path = std::filesystem::absolute(*path);
        const auto row = modules.number_of(module);
        for (const auto& section : sections)
            if (section.module == row && !section.is_note) loaded.sections.push_back({section.name, section.address});
        found.push_back(std::move(loaded));
    }
    return found;
}

} // namespace

std::string symbol_lines(Kernel& kernel, std::span<const std::string> files)
{
    std::string lines;
    if (kernel.module_loader()) {
        for (const auto& file : modern_files(kernel, files)) lines += line_of(file);
        return lines;
    }
    kernel.modules().for_each([&](const ModuleView& module) { lines += line_of(loaded_file(kernel, module)); });
    return lines;
}

} // namespace retromod
