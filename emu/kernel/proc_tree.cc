// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/proc_tree.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

constexpr std::uint64_t format_bits = 0170000, directory_format = 0040000; // S_IFMT, S_IFDIR
constexpr unsigned depth_limit = 32;

GuestStruct entry_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct proc_dir_entry", at}; }

void list(Kernel& kernel, GuestAddr directory, const std::string& path, unsigned depth, std::vector<std::string>& lines)
{
    if (depth > depth_limit) throw KernelHang{"/proc is deeper than its directories go"};
    for_each_proc_child(kernel, directory, [&](GuestAddr child) {
        const auto name = path + "/" + proc_entry_name(kernel, child);
        const bool inner = is_proc_directory(kernel, child);
        lines.push_back(inner ? name + "/" : name);
        if (inner) list(kernel, child, name, depth + 1, lines);
    });
}

} // namespace

std::string proc_entry_name(Kernel& kernel, GuestAddr entry)
{
    const auto fields = entry_at(kernel, entry);
    return kernel.memory().load_string(fields.pointer("name"), fields.get("namelen"));
}

bool is_proc_directory(Kernel& kernel, GuestAddr entry)
{
    return (entry_at(kernel, entry).get("mode") & format_bits) == directory_format;
}

GuestAddr find_proc_child(Kernel& kernel, GuestAddr directory, std::string_view name)
{
    GuestAddr found;
    for_each_proc_child(kernel, directory, [&](GuestAddr child) {
        if (!found && proc_entry_name(kernel, child) == name) found = child;
    });
    return found;
}

GuestAddr find_proc_entry(Kernel& kernel, GuestAddr start, std::string_view path)
{
    auto at = start;
    while (at && !path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        if (slash) at = find_proc_child(kernel, at, path.substr(0, slash));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return at;
}

std::vector<std::string> proc_listing(Kernel& kernel)
{
    std::vector<std::string> lines;
    if (const auto root = kernel.symbols().find_variable("proc_root")) list(kernel, *root, "/proc", 0, lines);
    return lines;
}

void link_proc_entry(Kernel& kernel, GuestAddr directory, GuestAddr entry)
{
    auto fields = entry_at(kernel, entry), parent = entry_at(kernel, directory);
    fields.set("next", parent.pointer("subdir"));
    fields.set("parent", directory);
    parent.set("subdir", entry);
}

} // namespace retromod
