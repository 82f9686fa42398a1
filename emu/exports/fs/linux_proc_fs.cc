// SPDX-License-Identifier: GPL-2.0-or-later
// linux/proc_fs.h: the tree of struct proc_dir_entry, in guest memory. Source: fs/proc/generic.c, fs/proc/root.c of 2.2
// and 2.4.
#include "emu/exports/family.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/log.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint64_t format_bits = 0170000, directory = 0040000, regular = 0100000, symbolic_link = 0120000;
constexpr std::uint64_t all_bits = 07777, read_by_all = 0444, search_by_all = 0111;

GuestStruct entry_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct proc_dir_entry", at}; }

GuestAddr root(Kernel& kernel) { return kernel.symbols().variable("proc_root"); }

/// xlate_proc_name: splits "driver/foo" into the directory of its last part and that part. A directory that is not there,
/// or has no name, gives NULL. A name below a `parent` is taken as it is.
GuestAddr parent_of(Kernel& kernel, GuestAddr parent, const std::string& path, std::string& last)
{
    last = path;
    if (parent) return parent;
    auto at = root(kernel);
    for (auto slash = last.find('/'); slash != std::string::npos; slash = last.find('/')) {
        at = slash ? find_proc_child(kernel, at, last.substr(0, slash)) : GuestAddr{};
        if (!at) return {};
        last.erase(0, slash + 1);
    }
    return at;
}

/// A fresh entry with its name behind it, not linked yet.
GuestAddr make_entry(Kernel& kernel, const std::string& name, std::uint64_t mode, std::uint64_t links)
{
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const auto at = new_struct(kernel, "struct proc_dir_entry", name.size() + 1);
    if (!at) return {};
    auto entry = entry_at(kernel, at);
    store_string(kernel, at + entry.bytes(), name);
    entry.set("name", at + entry.bytes());
    entry.set("namelen", name.size());
    entry.set("mode", mode);
    entry.set("nlink", links);
    return at;
}

/// 2.2: an entry has inode operations, of which modules make their own.
void give_operations(Kernel& kernel, GuestAddr at)
{
    auto entry = entry_at(kernel, at);
    const auto operations = kernel.symbols().find_variable("proc_dir_inode_operations");
    if (operations && entry.has("ops")) entry.set("ops", *operations);
}

GuestAddr create(Kernel& kernel, const std::string& path, std::uint64_t mode, std::uint64_t links, GuestAddr parent)
{
    std::string name;
    const auto where = parent_of(kernel, parent, path, name);
    if (!where || name.empty()) return {};
    const auto at = make_entry(kernel, name, mode, links);
    if (at) link_proc_entry(kernel, where, at);
    if (at) give_operations(kernel, at);
    return at;
}

GuestAddr create_proc_entry(Kernel& kernel, GuestString path, std::uint32_t mode, GuestAddr parent)
{
    return create_proc(kernel, path.text, mode & 0xffff, parent);
}

GuestAddr proc_mkdir(Kernel& kernel, GuestString path, GuestAddr parent)
{
    return create(kernel, path.text, directory | read_by_all | search_by_all, 2, parent);
}

GuestAddr proc_symlink(Kernel& kernel, GuestString name, GuestAddr parent, GuestString target)
{
    const auto at = create(kernel, name.text, symbolic_link | 0777, 1, parent);
    if (!at) return {};
    const auto text = kernel.heap().allocate(target.text.size() + 1);
    if (!text) return {};
    store_string(kernel, text, target.text);
    entry_at(kernel, at).set("data", text);
    return at;
}

GuestAddr proc_mknod(Kernel& kernel, GuestString name, std::uint32_t mode, GuestAddr parent, std::uint32_t device)
{
    const auto at = create(kernel, name.text, mode & 0xffff, 1, parent);
    if (at) entry_at(kernel, at).set_if_there("rdev", device);
    return at;
}

void unlink(Kernel& kernel, GuestAddr directory, GuestAddr gone)
{
    auto link = entry_at(kernel, directory).address("subdir");
    for (std::size_t steps = 0; const auto at = kernel.memory().load_pointer(link); ++steps) {
        if (steps > 65536) throw KernelHang{"a /proc directory is a circle"};
        if (at == gone) {
            kernel.memory().store_word(link, entry_at(kernel, gone).get("next"));
            return;
        }
        link = entry_at(kernel, at).address("next");
    }
}

void remove_proc_entry(Kernel& kernel, GuestString path, GuestAddr parent) { remove_proc(kernel, path.text, parent); }

// 2.2: the entry is the caller's own.
std::int32_t proc_register(Kernel& kernel, GuestAddr parent, GuestAddr entry)
{
    link_proc_entry(kernel, parent, entry);
    return 0;
}

std::int32_t proc_unregister(Kernel& kernel, GuestAddr parent, std::int32_t inode)
{
    GuestAddr found;
    for_each_proc_child(kernel, parent, [&](GuestAddr child) {
        if (!found && entry_at(kernel, child).get_int("low_ino") == inode) found = child;
    });
    if (!found) return error_code(kernel, Errno::einval);
    unlink(kernel, parent, found);
    return 0;
}

constexpr Export functions[] = {
    full<create_proc_entry>("create_proc_entry"),
    full<proc_mkdir>("proc_mkdir", since_2_4),
    full<proc_symlink>("proc_symlink", since_2_4),
    full<proc_mknod>("proc_mknod", since_2_4),
    full<remove_proc_entry>("remove_proc_entry"),
    full<proc_register>("proc_register", only_2_2),
    full<proc_unregister>("proc_unregister", only_2_2),
};

void init_root(Kernel& kernel, GuestAddr at)
{
    auto entry = entry_at(kernel, at);
    entry.set("name", kernel_string(kernel, "/proc"));
    entry.set("namelen", std::uint64_t{5});
    entry.set("mode", directory | read_by_all | search_by_all);
    entry.set("nlink", std::uint64_t{2});
    entry.set("parent", at);
}

/// The directories that the kernel makes, and the exported variables that point to them.
struct BoardDirectory {
    std::string_view path, variable;
};
constexpr BoardDirectory board_directories[] = {
    {"net", "proc_net"},       {"sysvipc", {}}, {"fs", "proc_root_fs"}, {"driver", "proc_root_driver"}, {"tty", {}},
    {"tty/ldisc", {}},         {"tty/driver", {}}, {"bus", "proc_bus"}, {"bus/pci", {}},              {"sys", {}},
    {"irq", {}},               {"scsi", "proc_scsi"},   {"net/atm", "atm_proc_root"},
};

void make_directories(Kernel& kernel)
{
    for (const auto& item : board_directories) {
        const auto at = proc_mkdir(kernel, {kernel_string(kernel, item.path), std::string(item.path)}, {});
        const auto variable = item.variable.empty() ? std::nullopt : kernel.symbols().find_variable(item.variable);
        if (variable) kernel.memory().store_word(*variable, at.value);
    }
}

std::uint64_t entry_bytes(Kernel& kernel) { return kernel.layouts().size("struct proc_dir_entry"); }
std::uint64_t one_word(Kernel& kernel) { return kernel.arch().word_bytes; }

constexpr DataExport data[] = {
    {"proc_root", entry_bytes, init_root},
    {"proc_net", one_word},
    {"proc_bus", one_word},
    {"proc_root_fs", one_word},
    {"proc_root_driver", one_word, nullptr, since_2_4},
};

void search_directory(LeftBehindSearch& search, GuestAddr directory, const std::string& path, unsigned depth = 0)
{
    constexpr unsigned depth_limit = 32;
    constexpr std::string_view pointers[] = {"owner", "get_info", "read_proc", "write_proc", "proc_fops", "proc_iops"};
    if (depth > depth_limit) return;
    for_each_proc_child(search.kernel, directory, [&](GuestAddr child) {
        search.check(path + "/", "an entry", child.value);
        const GuestStruct entry(search.kernel, "struct proc_dir_entry", child);
        const auto name = path + "/" + proc_entry_name(search.kernel, child);
        for (const auto pointer : pointers)
            if (entry.has(pointer)) search.check(name, fmt::format("its {}", pointer), entry.get(pointer));
        if (is_proc_directory(search.kernel, child)) search_directory(search, child, name, depth + 1);
    });
}

void search_proc(LeftBehindSearch& search)
{
    if (const auto root = search.kernel.symbols().find_variable("proc_root")) search_directory(search, *root, "/proc");
}


} // namespace

GuestAddr create_proc(Kernel& kernel, const std::string& path, std::uint64_t mode, GuestAddr parent)
{
    const bool is_directory = (mode & format_bits) == directory;
    if (!(mode & all_bits)) mode |= is_directory ? read_by_all | search_by_all : read_by_all;
    if (!(mode & format_bits)) mode |= regular;
    return create(kernel, path, mode, is_directory ? 2 : 1, parent);
}

void remove_proc(Kernel& kernel, const std::string& path, GuestAddr parent)
{
    std::string name;
    const auto where = parent_of(kernel, parent, path, name);
    const auto at = where ? find_proc_child(kernel, where, name) : GuestAddr{};
    if (!at) return;
    auto entry = entry_at(kernel, at);
    unlink(kernel, where, at);
    entry.set("next", std::uint64_t{0});
    const auto users = entry.has("count.counter") ? entry.get_int("count.counter") : 0;
    if (users) {
        entry.set_if_there("deleted", 1);
        kernel.log().write(fmt::format("remove_proc_entry: {}/{} busy, count={}\n", proc_entry_name(kernel, where), name, users));
    } else if (kernel.heap().size_of(at)) {
        kernel.heap().free(at); // not one of the module's own (2.2's proc_register)
    }
}

extern const Family linux_proc_fs{
    .header = "linux/proc_fs.h", .functions = functions, .data = data, .boot = make_directories,
    .keeps = {.search = search_proc}};

} // namespace retromod
