// SPDX-License-Identifier: GPL-2.0-or-later
// What is asked of an image before anything is believed. Source: elf_validity_check and setup_load_info of
// kernel/module/main.c of 6.1, elf_validity_cache_copy of 6.12, the start of load_module of 2.6.17, as measured.
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

namespace retromod {

using namespace modern_elf;

namespace {

constexpr std::string_view this_module = ".gnu.linkonce.this_module";

bool fits(const LoadInfo& info, const ModernSection& section)
{
    const auto end = section.offset + section.size;
    return end >= section.offset && end <= info.image.size();
}

} // namespace

std::optional<Errno> ModernKernel::check_elf(LoadInfo& info)
{
    const auto refuse = [&](std::string_view why) {
        log(3, why);
        return Errno::enoexec;
    };
    if (info.image.size() < info.image.header_bytes()) return refuse(fmt::format("Invalid ELF header len {}", info.image.size()));
    if (!rules().strict_elf) return check_elf_2_6(info);
    if (!info.image.has_magic()) return refuse("Invalid ELF header magic: != \x7f" "ELF");
    info.header = info.image.header();
    const auto& header = info.header;
    if (header.type != relocatable) return refuse(fmt::format("Invalid ELF header type: {} != {}", header.type, relocatable));
    if (header.machine != kernel_.arch().elf_machine)
        return refuse(fmt::format("Invalid architecture in ELF header: {}", header.machine));
    if (header.section_size != info.image.section_header_bytes()) return refuse("Invalid ELF section header size");
    const auto table_bytes = header.sections * info.image.section_header_bytes();
    if (header.section_table >= info.image.size() || table_bytes > info.image.size() - header.section_table)
        return refuse("Invalid ELF section header overflow");
    read_sections(info);
    if (const auto wrong = check_section_names(info)) return wrong;
    if (const auto wrong = check_sections(info)) return wrong;
    return rules().strict_this_module ? find_parts_strictly(info) : find_parts(info);
}

void ModernKernel::read_sections(LoadInfo& info)
{
    info.sections.clear();
    for (unsigned number = 0; number < info.header.sections; ++number)
        info.sections.push_back(info.image.section(info.header, number));
}

std::optional<Errno> ModernKernel::check_section_names(LoadInfo& info)
{
    const auto index = info.header.name_section, count = info.header.sections;
    if (index == undefined || index >= count) {
        log(3, fmt::format("Invalid ELF section name index: {} || e_shstrndx ({}) >= e_shnum ({})", index, index, count));
        return Errno::enoexec;
    }
    const auto& names = info.sections[index];
    if (!fits(info, names)) {
        log(3, fmt::format("Invalid ELF section hdr(type {})", names.type));
        return Errno::enoexec;
    }
    info.names_at = names.offset;
    if (names.size == 0) {
        log(3, "empty section name table");
        return Errno::enoexec;
    }
    if (info.image.load(names.offset + names.size - 1, 1) != 0) {
        log(3, "ELF Spec violation: section name table isn't null terminated");
        return Errno::enoexec;
    }
    const auto& first = info.sections[0];
    if (first.type != type_null || first.size != 0 || first.address != 0) {
        log(3, fmt::format("ELF Spec violation: section 0 type({})!=SH_NULL or non-zero len or addr",
                           static_cast<std::int32_t>(first.type)));
        return Errno::enoexec;
    }
    return std::nullopt;
}

std::optional<Errno> ModernKernel::check_sections(LoadInfo& info)
{
    const auto& sections = info.sections;
    const auto name_bytes = sections[info.header.name_section].size;
    for (unsigned number = 1; number < sections.size(); ++number) {
        const auto& section = sections[number];
        if (section.type == type_null || section.type == type_nobits) continue;
        if (section.type == type_symtab && (section.link == undefined || section.link >= sections.size())) {
            log(3, fmt::format("Invalid ELF sh_link!=SHN_UNDEF({}) or (sh_link({}) >= hdr->e_shnum({})",
                               static_cast<std::int32_t>(section.link), static_cast<std::int32_t>(section.link), sections.size()));
            return Errno::enoexec;
        }
        if (!fits(info, section)) {
            log(3, fmt::format("Invalid ELF section in module (section {} type {})", number, section.type));
            return Errno::enoexec;
        }
        // The strict loader compares each section's name before it looks whether the name is in its table.
        if (rules().strict_this_module) info.section_name(number);
        if (!(section.flags & flag_alloc) || section.name < name_bytes) continue;
        log(3, fmt::format("Invalid ELF section name in module (section {} type {})", number, section.type));
        return Errno::enoexec;
    }
    return std::nullopt;
}

// --- the sections that make it a module -------------------------------------------------------------------------

std::optional<Errno> ModernKernel::find_parts(LoadInfo& info)
{
    info.index.info = info.find(".modinfo");
    info.name = info.modinfo("name");
    for (unsigned number = 1; number < info.sections.size() && !info.index.symbols; ++number)
        if (info.sections[number].type == type_symtab) info.index.symbols = number;
    if (!info.index.symbols) {
        log(4, fmt::format("{}: module has no symbols (stripped?)", info.shown_name()));
        return Errno::enoexec;
    }
    info.index.strings = info.sections[info.index.symbols].link;
    info.index.module = info.find(this_module);
    if (!info.index.module) {
        log(4, fmt::format("{}: No module found in object", info.shown_name()));
        return Errno::enoexec;
    }
    if (!info.name) info.name = struct_name(info);
    if (!(info.flags & load_flag::ignore_modversions)) info.index.versions = info.find("__versions");
    info.index.percpu = info.find(".data..percpu");
    return std::nullopt;
}

// Sections without content do not count here, unallocated ones do.
std::optional<Errno> ModernKernel::find_parts_strictly(LoadInfo& info)
{
    unsigned modules = 0, infos = 0, tables = 0;
    for (unsigned number = 1; number < info.sections.size(); ++number) {
        const auto& section = info.sections[number];
        if (section.type == type_null || section.type == type_nobits) continue;
        const auto name = info.section_name(number);
        if (section.type == type_symtab) ++tables, info.index.symbols = number;
        if (name == this_module) ++modules, info.index.module = number;
        if (name == ".modinfo") ++infos, info.index.info = number;
    }
    const auto refuse = [&](unsigned level, std::string_view why) {
        log(level, why);
        return Errno::enoexec;
    };
    if (infos > 1) return refuse(3, "Only one .modinfo section must exist.");
    info.name = info.modinfo("name");
    if (tables != 1) return refuse(4, fmt::format("{}: module has no symbols (stripped?)", info.shown_name()));
    info.index.strings = info.sections[info.index.symbols].link;
    if (modules != 1) return refuse(3, fmt::format("module {}: Only one {} section must exist.", info.shown_name(), this_module));
    const auto& module = info.sections[info.index.module];
    if (!(module.flags & flag_alloc))
        return refuse(3, fmt::format("module {}: {} must occupy memory during process execution", info.shown_name(), this_module));
    if (module.size != rules().module_bytes)
        return refuse(3, fmt::format("module {}: {} section size must match the kernel's built struct module size at run time",
                                     info.shown_name(), this_module));
    if (!info.name) info.name = struct_name(info);
    if (!(info.flags & load_flag::ignore_modversions)) info.index.versions = info.find("__versions");
    info.index.percpu = info.find(".data..percpu");
    return std::nullopt;
}

// --- 2.6 --------------------------------------------------------------------------------------------------------

std::optional<Errno> ModernKernel::check_elf_2_6(LoadInfo& info)
{
    if (!info.image.has_magic()) return Errno::enoexec;
    info.header = info.image.header();
    const auto& header = info.header;
    if (header.type != relocatable || header.machine != kernel_.arch().elf_machine ||
        header.section_size != info.image.section_header_bytes())
        return Errno::enoexec;
    const auto truncated = [&] {
        log(3, fmt::format("Module len {} truncated", info.image.size()));
        return Errno::enoexec;
    };
    // A 32-bit sum that overflows is not noticed there; we notice it.
    if (info.image.size() < header.section_table + header.sections * info.image.section_header_bytes()) return truncated();
    read_sections(info);
    if (header.name_section >= header.sections)
        throw WouldCrash{fmt::format("e_shstrndx {} is taken as it is", header.name_section)};
    info.names_at = info.sections[header.name_section].offset;
    for (unsigned number = 1; number < info.sections.size(); ++number) {
        const auto& section = info.sections[number];
        if (section.type != type_nobits && info.image.size() < section.offset + section.size) return truncated();
        if (section.type != type_symtab) continue;
        info.index.symbols = number;
        if (section.link >= info.sections.size()) throw WouldCrash{fmt::format("sh_link {} is taken as it is", section.link)};
        info.index.strings = section.link;
    }
    info.index.module = info.find(this_module);
    if (!info.index.module) {
        log(4, "No module found in object");
        return Errno::enoexec;
    }
    info.name = struct_name(info);
    if (!info.index.symbols) {
        log(4, fmt::format("{}: module has no symbols (stripped?)", *info.name));
        return Errno::enoexec;
    }
    info.index.versions = info.find("__versions");
    info.index.info = info.find(".modinfo");
    info.index.percpu = info.find(".data.percpu");
    return std::nullopt;
}

} // namespace retromod
