// SPDX-License-Identifier: GPL-2.0-or-later
// Prints what the core in the guest knows of the kernel's structures on one architecture: for each member a symbol that the
// boot link binds to its offset, a symbol that says whether the release has it, and its C type. The same for all releases
// of 2.4: a member whose size varies between them has no type, only a symbol for its length (docs/core.md).
//
// usage: generate_layout ARCH SERIES        (generate_layout i386 2.4)
#include "emu/abi/layouts/row_index.h"
#include "images/c_declaration.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace retromod {
namespace {

using namespace layouts;

constexpr std::string_view structures[] = {
    "inode", "inode_operations", "dentry", "dentry_operations", "qstr", "super_block", "super_operations", "file_system_type",
    "vfsmount", "iattr", "statfs", "file", "file_operations", "file_lock", "page", "address_space", "address_space_operations",
    "vm_area_struct", "buffer_head", "request", "request_queue", "request_list", "elevator_s", "blk_dev_struct", "block_device",
    "block_device_operations", "gendisk", "hd_struct", "__wait_queue", "__wait_queue_head", "semaphore", "rw_semaphore",
    "task_struct", "fs_struct", "tq_struct", "char_device", "completion", "zone_struct", "iovec",
};

/// Names of types that images/core/types.h defines.
const std::set<std::string_view> defined = {"char", "int", "loff_t", "size_t", "ssize_t", "kdev_t", "filldir_t", "__u32", "uid_t",
                                            "qsize_t"};

std::vector<LayoutSet> sets(const Arch& arch, std::string_view series)
{
    std::vector<LayoutSet> all;
    for (auto number = 0; number <= static_cast<int>(LayoutVersion::v2_4_37_11); ++number) {
        const auto version = static_cast<LayoutVersion>(number);
        if (!layout_version_name(version).starts_with(series)) continue;
        for (const bool smp : {false, true})
            for (const auto compiler : {Compiler::gcc_2_95, Compiler::gcc_3})
                for (const bool highmem : {false, true}) all.emplace_back(arch, version, smp, compiler, highmem);
    }
    return all;
}

std::string_view without(std::string_view type, std::string_view word)
{
    return type.starts_with(word) ? type.substr(word.size()) : type;
}

/// What is behind typedefs, as far as it is a scalar's spelling.
std::string_view resolved(std::string_view type, const Build& build)
{
    for (int steps = 0; steps < 8; ++steps) {
        type = without(without(type, "volatile "), "const ");
        const auto* row = find_typedef(type, build);
        if (!row) return type;
        type = row->type;
    }
    return type;
}

/// The C type of a scalar or pointer, or nothing.
std::string c_type(std::string_view type, std::string_view name, const Build& build)
{
    if (type.ends_with('*')) return c_declaration(type, std::string(name), [](std::string_view t) { return defined.contains(t); });
    const auto plain = resolved(type, build);
    if (plain.ends_with('*')) return fmt::format("void *{}", name);
    if (plain == "atomic_t") return fmt::format("int {}", name);
    if (plain.find_first_of("[:{") != plain.npos || plain.starts_with("struct ") || plain.starts_with("union ")) return "";
    const bool known = plain.find("int") != plain.npos || plain.find("char") != plain.npos || plain.find("long") != plain.npos
        || plain.find("short") != plain.npos;
    return known ? fmt::format("{} {}", plain, name) : "";
}

struct Member {
    std::string type; ///< C declaration in the newest release
    std::uint32_t size = 0;
    bool varies = false;
};

void print_structure(std::string_view structure, std::span<const LayoutSet> all, const Arch& arch, LayoutVersion newest)
{
    const auto tag = "struct " + std::string(structure);
    const Build build{&arch, newest, false, Compiler::gcc_3, cpu_of(arch), false};
    std::map<std::string, Member> members;
    for (const auto& set : all) {
        if (!set.has(tag)) continue;
        for (const auto& member : set.members(tag)) {
            if (member.name.find('.') != member.name.npos) continue;
            auto& known = members[std::string(member.name)];
            const auto type = member.type.find(':') == member.type.npos
                ? c_type(member.type, fmt::format("T__{}__{}", structure, member.name), build) : "";
            if (known.size && (known.size != member.field.size)) known.varies = true;
            if (type.empty() && !known.type.empty()) known.varies = true;
            known.size = member.field.size;
            known.type = type;
        }
    }
    if (members.empty()) return;
    fmt::print("\nextern char SIZE__{}[];\n", structure);
    for (const auto& [name, member] : members) {
        fmt::print("extern char OFF__{0}__{1}[]; extern char HAS__{0}__{1}[] __attribute__((weak));\n", structure, name);
        fmt::print("extern char LEN__{}__{}[];\n", structure, name);
        if (!member.varies && !member.type.empty()) fmt::print("typedef {};\n", member.type);
    }
}

int run(std::span<char*> arguments)
{
    const auto* arch = arguments.size() == 3 ? find_arch(std::string_view(arguments[1])) : nullptr;
    if (!arch) {
        fmt::print(stderr, "usage: generate_layout ARCH SERIES\n");
        return 2;
    }
    if (arch->name == "x86_64") arch = &x86_64_of_2_4();
    const std::string_view series = arguments[2];
    const auto all = sets(*arch, series);
    if (all.empty()) {
        fmt::print(stderr, "generate_layout: no layouts of {}\n", series);
        return 1;
    }
    const auto newest = series == "2.2" ? LayoutVersion::v2_2_1 : LayoutVersion::v2_4_37_11;
    fmt::print("/* Structures of Linux {} on {} as the core knows them: printed by generate_layout. */\n#pragma once\n\n"
               "#define PAGE_SIZE {}UL\n#define PAGE_SHIFT {}\n#define THREAD_SIZE {}UL\n",
               series, arch->name, arch->page_bytes, std::countr_zero(arch->page_bytes), arch->thread_bytes);
    for (const auto structure : structures) fmt::print("struct {};\n", structure);
    for (const auto structure : structures) print_structure(structure, all, *arch, newest);
    return 0;
}

} // namespace
} // namespace retromod

int main(int argc, char** argv) { return retromod::run({argv, static_cast<std::size_t>(argc)}); }
