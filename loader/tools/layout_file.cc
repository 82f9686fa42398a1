// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/layout_file.h"

#include "emu/cpu/cpu.h"
#include "loader/elf/modinfo.h"
#include "loader/legacy/insmod.h"
#include "loader/legacy/module_header.h"
#include "loader/legacy/module_tables.h"
#include "loader/legacy/resolve.h"
#include "loader/legacy/versions.h"
#include "loader/link/relocate.h"
#include "loader/link/relocation.h"
#include "loader/tools/command.h"
#include "loader/tools/layout_kernel_module.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// The members of struct module in their order, as modutils builds it.
constexpr std::string_view members[] = {
    "size_of_struct", "next", "name", "size", "usecount", "flags", "nsyms", "ndeps", "syms", "deps", "refs", "init",
    "cleanup", "ex_table_start", "ex_table_end", "gp", "persist_start", "persist_end", "can_unload", "runsize",
    "kallsyms_start", "kallsyms_end", "archdata_start", "archdata_end", "kernel_data",
};

int refuse(const Problem& problem, const std::string& path)
{
    complain(explain(problem, path));
    return exit_status::failure;
}

std::string machine_name(const ElfHeader& header)
{
    const auto* arch = header.arch();
    return arch ? std::string(arch->name) : "unknown";
}

std::string engine_sentence(const Arch& arch)
{
    return find_cpu(arch) ? std::string()
                          : fmt::format("no engine exists for {}: the module can be looked at, not loaded", arch.name);
}

void print_header(const std::string& path, const ElfFile& file)
{
    const auto& header = file.header();
    std::size_t relocations = 0;
    for (const auto& section : file.sections())
        if ((section.type == elf::sht_rel || section.type == elf::sht_rela) && section.entry_bytes)
            relocations += section.size / section.entry_bytes;
    fmt::print("{}: ELF{} {} for e_machine {} ({}), e_flags {:#x}, {} sections, {} relocations\n", path, 8 * header.word_bytes,
               header.order == ByteOrder::big ? "big-endian" : "little-endian", header.machine, machine_name(header), header.flags,
               file.sections().size(), relocations);
}

void print_sections(const Object& object)
{
    fmt::print("{:>10} {:>8} {:>5} {:<5}  {}\n", "offset", "size", "align", "flags", "section");
    for (const auto index : object.load_order()) {
        const auto& section = object.section(index);
        if (!section.is_loaded()) continue;
        const auto flags =
            fmt::format("{}{}", section.flags & elf::shf_write ? "w" : "-", section.flags & elf::shf_execinstr ? "x" : "-");
        fmt::print("{:>#10x} {:>8} {:>5} {:<5}  {}\n", section.address.value, section.size, section.alignment, flags, section.name);
    }
}

void print_struct(const Object& object)
{
    const auto& arch = object.arch();
    const auto header = object.section(*object.find_section(".this")).contents();
    fmt::print("struct module of {} bytes; addresses count from the module's base\n", header.size());
    fmt::print("{:>6} {:>4}  {:<18} {:>10}\n", "offset", "size", "member", "value");
    for (std::size_t i = 0; i < std::size(members); ++i) {
        const auto field = header_field(arch, static_cast<HeaderMember>(i));
        if (!field.size) continue;
        const auto value = load_unsigned(header.data() + field.offset, field.size, arch.order);
        fmt::print("{:>6} {:>4}  {:<18} {:>#10x}\n", field.offset, field.size, members[i], value);
    }
}

/// The object as insmod lays it out for a kernel that offers nothing: what it exports is all that insmod would add.
std::uint64_t build(Object& object, const ModuleFile& file, const Modinfo& modinfo, const std::string& path)
{
    const auto name = module_name_of(path);
    create_this_module(object, name);
    create_got(object);
    settle_undefined(object, {});
    create_veneers(object);
    object.allocate_commons();
    hide_special_symbols(object);
    const FileStamp stamp{module_version(object, modinfo).code, 2 * object.arch().word_bytes};
    add_ksymoops_symbols(object, file, name, stamp, {}, ExportAll::yes);
    create_module_tables(object, {}, {}, ExportAll::yes);
    fill_archdata(object);
    const auto size = object.lay_out();
    if (relocation_arch(object.arch())) relocate(object, {}); // fills in addresses; what is out of reach at 0 is no matter
    fill_archdata(object);
    fill_module_header(object, {.size = size});
    return size;
}

} // namespace

int print_file_layout(const std::string& path)
{
    const auto bytes = read_module_file(path, Unpacks::everything);
    if (!bytes) return refuse(bytes.problem(), path);
    const auto file = ElfFile::open(bytes->bytes);
    if (!file) return refuse(file.problem(), path);
    print_header(path, *file);
    const auto* arch = file->header().arch();
    if (!arch) {
        complain(fmt::format("{}: e_machine {}, {}-bit: no architecture that is known here", path, file->header().machine,
                             8 * file->header().word_bytes));
        return exit_status::failure;
    }
    if (file->find_section(this_module_section)) return print_kernel_module_layout(*file, path);
    std::vector<Problem> complaints;
    auto object = Object::load(*file, *arch, complaints);
    if (!object) return refuse(object.problem(), path);
    const auto size = build(*object, *bytes, Modinfo(*file), path);
    if (const auto sentence = engine_sentence(*arch); !sentence.empty()) fmt::print("{}\n", sentence);
    fmt::print("module of {} bytes\n", size);
    print_sections(*object);
    print_struct(*object);
    return 0;
}

} // namespace retromod
