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

/// An architecture's compiler, assembler and linker, which know nothing of ours.
struct CrossLinker {
    std::string_view arch;
    std::string_view tools;            ///< prefix of the tools' names
    std::string_view assembler_options;
    std::string_view compiler_options; ///< beside those of all
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

inline bool has_program(std::string_view tools, std::string_view name)
{
    return std::system(fmt::format("command -v {}{} >/dev/null", tools, name).c_str()) == 0;
}
inline bool is_installed(const CrossLinker& linker)
{
    return has_program(linker.tools, "ld") && has_program(linker.tools, "as") && has_program(linker.tools, "objcopy");
}
inline bool has_compiler(const CrossLinker& linker) { return has_program(linker.tools, "gcc"); }

/// The object that `command` writes to the file it is given, without what insmod 2.4 would refuse, sections of types that
/// it does not know, and without unwinding tables, which linkers rewrite.
template <class Command> std::vector<std::byte> make_object(const CrossLinker& linker, Command command)
{
    const ScratchFolder folder;
    const auto object = folder.file("it.o");
    run_tool(command(object), folder);
    run_tool(fmt::format("{}objcopy -R .gnu.attributes -R .MIPS.abiflags -R .note.gnu.property -R .ARM.attributes "
                         "-R .eh_frame -R .rel.eh_frame -R .rela.eh_frame {}",
                         linker.tools, object),
             folder);
    return read_file(object);
}

inline std::vector<std::byte> assemble(const CrossLinker& linker, const std::string& source)
{
    return make_object(linker, [&](const std::string& object) {
        return fmt::format("{}as {} -o {} {}", linker.tools, linker.assembler_options, object, source);
    });
}

inline std::vector<std::byte> compile(const CrossLinker& linker, const std::string& source, std::string_view options)
{
    return make_object(linker, [&](const std::string& object) {
        return fmt::format("{}gcc -std=gnu11 -ffreestanding -fno-builtin -fno-pic -fno-stack-protector -fno-unwind-tables "
                           "-fno-asynchronous-unwind-tables {} {} -c -o {} {}",
                           linker.tools, linker.compiler_options, options, object, source);
    });
}

/// Contents of sections, by name.
using SectionContents = std::map<std::string, std::vector<std::byte>, std::less<>>;

/// Finds section headers in an ELF file of either word size. Source: ELF specification, tables of the file and the
/// section header.
class SectionHeaders {
public:
    SectionHeaders(std::span<const std::byte> file, const Arch& arch)
        : file_(file), arch_(arch), wide_(arch.word_bytes == 8), table_(number(wide_ ? 40 : 32, arch.word_bytes)),
          entry_bytes_(number(wide_ ? 58 : 46, 2)), count_(number(wide_ ? 60 : 48, 2)), names_(number(wide_ ? 62 : 50, 2))
    {
    }

    std::uint64_t count() const { return count_; }
    std::string name(std::uint64_t section) const
    {
        return reinterpret_cast<const char*>(file_.data() + offset(names_) + number(header(section), 4));
    }
    std::uint64_t type(std::uint64_t section) const { return number(header(section) + 4, 4); }
    std::uint64_t flags_at(std::uint64_t section) const { return header(section) + 8; } ///< a word of the file
    std::uint64_t offset(std::uint64_t section) const { return number(header(section) + (wide_ ? 24 : 16), arch_.word_bytes); }
    std::span<const std::byte> contents(std::uint64_t section) const
    {
        const auto at = offset(section), bytes = number(header(section) + (wide_ ? 32 : 20), arch_.word_bytes);
        if (at > file_.size() || bytes > file_.size() - at) throw std::runtime_error("the linked file is cut off");
        return file_.subspan(at, bytes);
    }
    std::uint64_t number(std::uint64_t at, unsigned bytes) const
    {
        if (at + bytes > file_.size()) throw std::runtime_error("the linked file is cut off");
        return load_unsigned(file_.data() + at, bytes, arch_.order);
    }

private:
    std::span<const std::byte> file_;
    const Arch& arch_;
    bool wide_;
    std::uint64_t table_, entry_bytes_, count_, names_;

    std::uint64_t header(std::uint64_t section) const { return table_ + section * entry_bytes_; }
};

/// The sections of a linked file.
inline SectionContents sections_of(const std::vector<std::byte>& file, const Arch& arch)
{
    const SectionHeaders headers(file, arch);
    SectionContents sections;
    for (std::uint64_t section = 1; section < headers.count(); ++section) {
        if (headers.type(section) == elf::sht_nobits) continue;
        const auto contents = headers.contents(section);
        sections[headers.name(section)].assign(contents.begin(), contents.end());
    }
    return sections;
}

/// Without the flags by which a linker may put strings together and move them: insmod did not.
inline std::vector<std::byte> without_merging(std::span<const std::byte> file, const Arch& arch)
{
    constexpr std::uint64_t shf_merge = 0x10, shf_strings = 0x20;
    std::vector<std::byte> plain(file.begin(), file.end());
    const SectionHeaders headers(file, arch);
    for (std::uint64_t section = 1; section < headers.count(); ++section) {
        const auto at = headers.flags_at(section);
        store_unsigned(plain.data() + at, arch.word_bytes, arch.order,
                       headers.number(at, arch.word_bytes) & ~(shf_merge | shf_strings));
    }
    return plain;
}

/// Links `file` by the cross linker, each loaded section of `placed` where ours put it, and the symbols `given` (undefined
/// or common ones of the file) where ours has them. Throws std::runtime_error with what the linker said.
inline SectionContents link_independently(const CrossLinker& linker, std::span<const std::byte> file, const Object& placed,
                                          const std::set<std::string>& given)
{
    const ScratchFolder folder;
    const auto plain = without_merging(file, placed.arch());
    std::ofstream(folder.file("it.o"), std::ios::binary)
        .write(reinterpret_cast<const char*>(plain.data()), static_cast<std::streamsize>(plain.size()));
    std::ofstream script(folder.file("script"));
    script << "SECTIONS {\n";
    for (const auto index : placed.load_order()) {
        const auto& section = placed.section(index);
        if (section.name == ".got")
            script << fmt::format("{0} {1:#x} : {{ *({0}) *(.got) }}\n", linker.table, section.address.value);
        else if (section.is_loaded())
            script << fmt::format("\"{0}\" {1:#x} : SUBALIGN(1) {{ *(\"{0}\") }}\n", section.name, section.address.value);
    }
    script << "/DISCARD/ : { *(.reginfo) *(.MIPS.abiflags) *(.note*) *(.gnu.attributes) *(.pdr) }\n}\n";
    for (const auto& name : given)
        script << fmt::format("\"{}\" = {:#x};\n", name, placed.address_of(*placed.symbols().find(name)).value);
    script.close();
    run_tool(fmt::format("{}ld {} -static -e 0 --build-id=none --no-check-sections --no-warn-rwx-segments --no-relax -T {} "
                         "-o {} {}",
                         linker.tools, linker.linker_options, folder.file("script"), folder.file("linked"), folder.file("it.o")),
             folder);
    return sections_of(read_file(folder.file("linked")), placed.arch());
}

} // namespace retromod::test
