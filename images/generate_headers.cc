// SPDX-License-Identifier: GPL-2.0-or-later
// Prints the kernel's structures as a C header for one architecture, from the rows that LayoutSet computes offsets of.
// Every offset and size is asserted, so that a compiler that lays out otherwise refuses the header.
//
// usage: generate_headers ARCH LAYOUTS up|smp gcc2.95|gcc3        (generate_headers i386 2.4.22 up gcc3)
#include "emu/abi/layouts/placement.h"
#include "images/c_declaration.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <set>
#include <vector>

namespace retromod {
namespace {

using namespace layouts;

/// Function types that linux/function_types.h declares.
constexpr std::string_view function_types[] = {"read_proc_t", "write_proc_t", "get_info_t", "filldir_t"};

bool lies_in(std::string_view member, std::string_view outer)
{
    return member.size() > outer.size() && member.starts_with(outer) && member[outer.size()] == '.';
}

std::string_view element_of(std::string_view type) { return type.substr(0, type.find('[')); }

/// "struct file" and "union x" carry their kind; a name alone is a typedef's.
bool has_tag(std::string_view name) { return name.starts_with("struct ") || name.starts_with("union "); }

class HeaderWriter {
public:
    explicit HeaderWriter(const Build& build) : build_(build), placer_(build) {}

    std::string write()
    {
        write_typedefs();
        out_ += "\n#include <linux/function_types.h>\n";
        for (const auto name : structure_names(build_)) write_structure(name);
        std::string forward;
        for (const auto& tag : tags_) forward += tag + ";\n";
        return forward + "\n" + out_;
    }

private:
    void write_typedefs()
    {
        std::set<std::string_view> seen;
        for (const auto& row : typedefs()) {
            if (!holds(row.when, build_) || !seen.insert(row.name).second) continue;
            const auto is_size = row.name == "size_t" || row.name == "__kernel_size_t";
            out_ += fmt::format("typedef {};\n", declare(is_size ? "__SIZE_TYPE__" : row.type, row.name));
        }
    }

    /// Writes a structure behind those that it holds by value; nothing where a part of it is unknown.
    void write_structure(std::string_view name)
    {
        const auto* row = find_structure(name, build_);
        if (!row || !placer_.structure(name) || !written_.insert(row->name).second) return;
        std::vector<const Member*> members;
        for (const auto& member : row->members)
            if (holds(member.when, build_)) members.push_back(&member);
        for (const auto* member : members) write_needed(member->type);

        const auto attribute = row->alignment ? fmt::format(" __attribute__((aligned({})))", row->alignment) : "";
        out_ += has_tag(name) ? fmt::format("\n{} {{\n", name) : std::string("\ntypedef struct {\n");
        write_members(name, members, "    ");
        out_ += has_tag(name) ? fmt::format("}}{};\n", attribute) : fmt::format("}}{} {};\n", attribute, name);
        write_assertions(*row, members);
    }

    void write_needed(std::string_view type)
    {
        type = element_of(type.substr(0, type.find(':')));
        if (type.ends_with('*') || type.ends_with("{anonymous}")) return;
        if (const auto* alias = find_typedef(type, build_)) return write_needed(alias->type);
        if (find_structure(type, build_)) return write_structure(type);
        if (find_opaque(type, build_)) write_opaque(type);
    }

    void write_opaque(std::string_view name)
    {
        if (!written_.insert(find_opaque(name, build_)->name).second) return;
        const auto extent = *placer_.extent_of(name);
        const auto body = fmt::format("{{ unsigned char bytes[{}]; }} __attribute__((aligned({})))", extent.size, extent.alignment);
        out_ += has_tag(name) ? fmt::format("\n{} {};\n", name, body) : fmt::format("\ntypedef struct {} {};\n", body, name);
    }

    void write_members(std::string_view structure, std::span<const Member* const> members, const std::string& indent)
    {
        for (std::size_t at = 0; at < members.size();) {
            const auto& member = *members[at++];
            const auto first_child = at;
            while (at < members.size() && lies_in(members[at]->name, member.name)) ++at;
            write_member(structure, member, members.subspan(first_child, at - first_child), indent);
        }
    }

    void write_member(std::string_view structure, const Member& member, std::span<const Member* const> children,
                      const std::string& indent)
    {
        const std::string name(member.name.substr(member.name.rfind('.') + 1)); // npos + 1 is 0
        const auto attribute = member.alignment ? fmt::format(" __attribute__((aligned({})))", member.alignment) : "";
        if (!children.empty()) {
            out_ += fmt::format("{}{} {{\n", indent, member.type.substr(0, member.type.find(' ')));
            write_members(structure, children, indent + "    ");
            out_ += fmt::format("{}}} {};\n", indent, name);
        } else if (element_of(member.type).ends_with("{anonymous}")) {
            const auto extent = *placer_.extent_of(element_of(member.type), fmt::format("{}.{}", structure, member.name));
            out_ += fmt::format("{}struct {{ unsigned char bytes[{}]; }} __attribute__((aligned({}))) {}{};\n", indent,
                                extent.size, extent.alignment, name, member.type.substr(std::min(member.type.find('['), member.type.size())));
        } else if (const auto colon = member.type.find(':'); colon != member.type.npos) {
            out_ += fmt::format("{}{} {}{};\n", indent, member.type.substr(0, colon), name, member.type.substr(colon));
        } else {
            out_ += fmt::format("{}{}{};\n", indent, declare(member.type, name), attribute);
        }
    }

    void write_assertions(const Structure& row, std::span<const Member* const> members)
    {
        const auto* placed = placer_.structure(row.name);
        for (const auto* member : members) {
            if (member->type.find(':') != member->type.npos) continue; // a bit-field has no address
            out_ += fmt::format("_Static_assert(__builtin_offsetof({}, {}) == {}, \"{}\");\n", row.name, member->name,
                                placed->fields.at(member->name).offset, member->name);
        }
        out_ += fmt::format("_Static_assert(sizeof({}) == {}, \"size\");\n", row.name, placed->extent.size);
    }

    /// Notes the structures that a type speaks of, to be declared in front of all.
    void note_tags(std::string_view type)
    {
        constexpr std::string_view name_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
        for (const std::string_view kind : {"struct ", "union "})
            for (auto at = type.find(kind); at != type.npos; at = type.find(kind, at + 1)) {
                const auto end = type.find_first_not_of(name_characters, at + kind.size());
                tags_.emplace(type.substr(at, end == type.npos ? end : end - at));
            }
    }

    std::string declare(std::string_view type, std::string_view name)
    {
        note_tags(type);
        return c_declaration(type, std::string(name), [&](std::string_view target) {
            return find_typedef(target, build_) || find_structure(target, build_) || find_opaque(target, build_)
                || target == "char" || target == "int"
                || std::ranges::find(function_types, target) != std::end(function_types);
        });
    }

    Build build_;
    Placer placer_;
    std::set<std::string_view> written_;
    std::set<std::string> tags_;
    std::string out_;
};

std::optional<LayoutVersion> version_of(std::string_view name)
{
    for (auto number = 0; number <= static_cast<int>(LayoutVersion::v2_4_37_11); ++number)
        if (layout_version_name(static_cast<LayoutVersion>(number)) == name) return static_cast<LayoutVersion>(number);
    return std::nullopt;
}

int run(std::span<char*> arguments)
{
    if (arguments.size() != 5) {
        fmt::print(stderr, "usage: generate_headers ARCH LAYOUTS up|smp gcc2.95|gcc3\n");
        return 2;
    }
    const std::string_view arch_name = arguments[1], layouts = arguments[2], cpus = arguments[3], compiler = arguments[4];
    const auto* arch = find_arch(arch_name);
    const auto version = version_of(layouts);
    if (!arch || !version || (cpus != "up" && cpus != "smp") || (compiler != "gcc2.95" && compiler != "gcc3")) {
        fmt::print(stderr, "generate_headers: no layouts for {} {} {} {}\n", arch_name, layouts, cpus, compiler);
        return 1;
    }
    const Build build{arch, *version, cpus == "smp", compiler == "gcc3" ? Compiler::gcc_3 : Compiler::gcc_2_95, cpu_of(*arch)};
    fmt::print("/* Structures of Linux {} on {}, {}, {}: printed by generate_headers from the rows of emu/abi/layouts. */\n"
               "#pragma once\n\n{}", layouts, arch_name, cpus, compiler, HeaderWriter(build).write());
    return 0;
}

} // namespace
} // namespace retromod

int main(int argc, char** argv) { return retromod::run({argv, static_cast<std::size_t>(argc)}); }
