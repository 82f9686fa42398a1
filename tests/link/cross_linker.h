// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/link/object.h"

#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace retromod::test {

/// An architecture's linker, which knows nothing of ours.
struct CrossLinker {
    std::string_view arch;
    std::string_view tools;            ///< prefix of the tools' names
    std::string_view assembler_options;
    std::string_view linker_options;
    std::string_view table;            ///< the section that its _GLOBAL_OFFSET_TABLE_ begins
    std::uint64_t lowest, highest;     ///< where modules can be, and the kernel near enough for each relocation type
};

/// A folder for the files of one test, removed at the end.
class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string name = std::filesystem::temp_directory_path() / "retromod-link-XXXXXX";
        if (!mkdtemp(name.data())) throw std::runtime_error("no folder for files: " + name);
        path_ = name;
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    std::string path_;
};

inline std::vector<std::byte> read_file(const std::string& path)
{
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw std::runtime_error(path + " cannot be read");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

inline void run_tool(const std::string& command, const ScratchFolder& folder)
{
    const auto said = folder.file("said");
    if (std::system((command + " >" + said + " 2>&1").c_str()) == 0) return;
    const auto text = read_file(said);
    throw std::runtime_error(command + ": " + std::string(reinterpret_cast<const char*>(text.data()), text.size()));
}

inline bool is_installed(const CrossLinker& linker)
{
    return std::system(fmt::format("command -v {0}ld >/dev/null && command -v {0}as >/dev/null", linker.tools).c_str()) == 0;
}

inline std::vector<std::byte> assemble(const CrossLinker& linker, const std::string& source)
{
    const ScratchFolder folder;
    run_tool(fmt::format("{}as {} -o {} {}", linker.tools, linker.assembler_options, folder.file("it.o"), source), folder);
    // What insmod 2.4 would refuse: sections of types that it does not know.
    run_tool(fmt::format("{}objcopy -R .gnu.attributes -R .MIPS.abiflags -R .note.gnu.property {}", linker.tools, folder.file("it.o")), folder);
    return read_file(folder.file("it.o"));
}

/// Contents of sections, by name.
using SectionContents = std::map<std::string, std::vector<std::byte>, std::less<>>;

/// The sections of a linked file. Source: ELF specification, tables of the file and the section header.
inline SectionContents sections_of(const std::vector<std::byte>& file, const Arch& arch)
{
    const bool wide = arch.word_bytes == 8;
    const auto number = [&](std::uint64_t at, unsigned bytes) {
        if (at + bytes > file.size()) throw std::runtime_error("the linked file is cut off");
        return load_unsigned(file.data() + at, bytes, arch.order);
    };
    const auto table = number(wide ? 40 : 32, arch.word_bytes);
    const auto entry_bytes = number(wide ? 58 : 46, 2), count = number(wide ? 60 : 48, 2), names = number(wide ? 62 : 50, 2);
    const auto offset_of = [&](std::uint64_t section) { return number(table + section * entry_bytes + (wide ? 24 : 16), arch.word_bytes); };
    SectionContents sections;
    for (std::uint64_t section = 1; section < count; ++section) {
        const auto header = table + section * entry_bytes;
        if (number(header + 4, 4) == elf::sht_nobits) continue;
        const auto* name = reinterpret_cast<const char*>(file.data() + offset_of(names) + number(header, 4));
        const auto at = offset_of(section), bytes = number(header + (wide ? 32 : 20), arch.word_bytes);
        if (at + bytes > file.size()) throw std::runtime_error("the linked file is cut off");
        sections[name].assign(file.begin() + static_cast<std::ptrdiff_t>(at), file.begin() + static_cast<std::ptrdiff_t>(at + bytes));
    }
    return sections;
}

/// Links `file` by the cross linker, each loaded section of `placed` where ours put it, and the symbols `given` (undefined
/// or common ones of the file) where ours has them. Throws std::runtime_error with what the linker said.
inline SectionContents link_independently(const CrossLinker& linker, std::span<const std::byte> file, const Object& placed,
                                          const std::set<std::string>& given)
{
    const ScratchFolder folder;
    std::ofstream(folder.file("it.o"), std::ios::binary).write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    std::ofstream script(folder.file("script"));
    script << "SECTIONS {\n";
    for (const auto index : placed.load_order()) {
        const auto& section = placed.section(index);
        if (section.name == ".got") script << fmt::format("{0} {1:#x} : {{ *({0}) }}\n", linker.table, section.address.value);
        else if (section.is_loaded())
            script << fmt::format("\"{0}\" {1:#x} : SUBALIGN(1) {{ *(\"{0}\") }}\n", section.name, section.address.value);
    }
    script << "/DISCARD/ : { *(.reginfo) *(.MIPS.abiflags) *(.note*) *(.gnu.attributes) *(.pdr) }\n}\n";
    for (const auto& name : given)
        script << fmt::format("\"{}\" = {:#x};\n", name, placed.address_of(*placed.symbols().find(name)).value);
    script.close();
    run_tool(fmt::format("{}ld {} -static -e 0 --build-id=none --no-check-sections --no-relax -T {} -o {} {}", linker.tools, linker.linker_options,
                         folder.file("script"), folder.file("linked"), folder.file("it.o")),
             folder);
    return sections_of(read_file(folder.file("linked")), placed.arch());
}

} // namespace retromod::test
