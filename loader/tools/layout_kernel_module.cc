// SPDX-License-Identifier: GPL-2.0-or-later
// The struct module that a module file for kernels since 2.6 carries.
#include "loader/tools/layout_kernel_module.h"

#include "loader/elf/constants.h"
#include "loader/tools/command.h"
#include "loader/tools/kernel_package.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace retromod {
namespace {

/// What relocation puts into the section's words: symbol names by offset.
std::map<std::uint64_t, std::string> pointers_of(const ElfFile& file, const ElfFile::Section& module)
{
    std::map<std::uint64_t, std::string> pointers;
    for (const auto& table : file.sections()) {
        if ((table.type != elf::sht_rel && table.type != elf::sht_rela) || table.info != module.index) continue;
        if (table.link >= file.sections().size()) continue;
        const auto entries = file.relocations(table);
        const auto symbols = file.symbols(file.sections()[table.link]);
        if (!entries || !symbols) continue;
        for (const auto& entry : *entries)
            if (entry.symbol < symbols->size()) pointers[entry.offset] = (*symbols)[entry.symbol].name;
    }
    return pointers;
}

/// A member's bytes: a number where they are a word or less, else the text that they begin with.
std::string value_of(std::span<const std::byte> module, const ModernMember& member, ByteOrder order)
{
    constexpr std::uint32_t widest_number = 8;
    if (member.offset > module.size() || member.size > module.size() - member.offset) return "outside the section";
    const auto bytes = module.subspan(member.offset, member.size);
    if (member.size <= widest_number) return fmt::format("{:#x}", load_unsigned(bytes.data(), member.size, order));
    if (member.name != "name") return "";
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    return fmt::format("\"{}\"", std::string_view(text, strnlen(text, bytes.size())));
}

} // namespace

int print_kernel_module_layout(const ElfFile& file, const std::string& path)
try {
    const auto like = read_likeness(path);
    ProfiledRules rules;
    apply_profile(*like.release->modern, like.profile, rules);
    const auto& module = *file.find_section(this_module_section);
    const auto pointers = pointers_of(file, module);
    fmt::print("struct module of {} bytes in {}, for {}{}\n", module.size, module.name, like.uts_release,
               like.uts_release == like.release->uts_release
                   ? std::string()
                   : fmt::format("; members that the file does not tell are {}'s", like.release->name));
    fmt::print("{:>6} {:>4}  {:<22} value\n", "offset", "size", "member");
    auto members = rules.members;
    std::ranges::sort(members, {}, &ModernMember::offset);
    for (const auto& member : members) {
        const auto pointer = pointers.find(member.offset);
        const auto value =
            pointer == pointers.end() ? value_of(module.contents, member, file.header().order) : pointer->second;
        const auto line = fmt::format("{:>6} {:>4}  {:<22} {}", member.offset, member.size, member.name, value);
        fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
    }
    return 0;
} catch (const std::runtime_error& reason) {
    complain(reason.what());
    return exit_status::failure;
}

} // namespace retromod
