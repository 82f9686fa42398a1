// SPDX-License-Identifier: GPL-2.0-or-later
// linux/sysctl.h: tables of settings, shown under /proc/sys. Source: kernel/sysctl.c of 2.4.
#include "emu/exports/core/scan.h"
#include "emu/exports/family.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/tick_rate.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint64_t directory = 0040000, regular = 0100000;
constexpr unsigned depth_limit = 16, entry_limit = 4096;

GuestStruct row_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct ctl_table", at}; }

void add_entries(Kernel& kernel, GuestAddr table, GuestAddr parent, unsigned depth)
{
    if (depth > depth_limit) throw KernelHang{"a table of settings contains itself"};
    for (unsigned i = 0; i < entry_limit && row_at(kernel, table).get("ctl_name"); ++i, table += row_at(kernel, table).bytes()) {
        auto row = row_at(kernel, table);
        const auto name = row.string("procname");
        const bool leaf = row.get("proc_handler") != 0;
        if (name.empty() || (!leaf && !row.get("child"))) continue;
        auto entry = leaf ? GuestAddr{} : find_proc_child(kernel, parent, name);
        if (!entry) entry = create_proc(kernel, name, row.get("mode") | (leaf ? regular : directory), parent);
        if (!entry) continue;
        GuestStruct(kernel, "struct proc_dir_entry", entry).set("data", table);
        row.set("de", entry);
        if (!leaf) add_entries(kernel, row.pointer("child"), entry, depth + 1);
    }
}

void remove_entries(Kernel& kernel, GuestAddr table, GuestAddr parent, unsigned depth)
{
    if (depth > depth_limit) throw KernelHang{"a table of settings contains itself"};
    for (unsigned i = 0; i < entry_limit && row_at(kernel, table).get("ctl_name"); ++i, table += row_at(kernel, table).bytes()) {
        auto row = row_at(kernel, table);
        const auto entry = row.pointer("de");
        if (!entry) continue;
        if (is_proc_directory(kernel, entry)) {
            if (!row.get("child")) continue;
            remove_entries(kernel, row.pointer("child"), entry, depth + 1);
            if (GuestStruct(kernel, "struct proc_dir_entry", entry).get("subdir")) continue; // others are in it
        }
        row.set("de", std::uint64_t{0});
        remove_proc(kernel, row.string("procname"), parent);
    }
}

GuestAddr sys_root(Kernel& kernel) { return find_proc_entry(kernel, kernel.symbols().variable("proc_root"), "sys"); }

GuestAddr register_sysctl_table(Kernel& kernel, GuestAddr table, std::int32_t)
{
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    GuestStruct header(kernel, "struct ctl_table_header", new_struct(kernel, "struct ctl_table_header"));
    if (!header.at()) return {};
    header.set("ctl_table", table);
    if (header.has("ctl_entry")) guest_list::init(kernel, header.address("ctl_entry"));
    add_entries(kernel, table, sys_root(kernel), 0);
    return header.at();
}

void unregister_sysctl_table(Kernel& kernel, GuestAddr header)
{
    remove_entries(kernel, GuestStruct(kernel, "struct ctl_table_header", header).pointer("ctl_table"), sys_root(kernel), 0);
    kernel.heap().free(header);
}

// --- the usual handlers: integers as text, in and out -----------------------------------------------------------------

/// What is stored is the text's number times `multiply` / `divide`.
struct Unit {
    std::int64_t multiply = 1, divide = 1;
};

/// One pass over a vector of ints.
std::int32_t integers(Kernel& kernel, GuestAddr table, std::int32_t write, GuestAddr file_at, GuestAddr buffer,
                      GuestAddr length_at, Unit unit, bool bounded)
{
    auto& memory = kernel.memory();
    const auto row = row_at(kernel, table);
    const auto values = row.pointer("data");
    const auto count = row.get("maxlen") / 4;
    const auto length = memory.load_word(length_at);
    GuestStruct file(kernel, "struct file", file_at);
    if (!values || !count || !length || (file.get("f_pos") && !write)) {
        memory.store_word(length_at, 0);
        return 0;
    }
    if (!write) {
        std::string text;
        for (std::uint64_t i = 0; i < count; ++i)
            text += fmt::format("{}{}", i ? "\t" : "", memory.load<std::int32_t>(values + i * 4) * unit.divide / unit.multiply);
        text = (text + "\n").substr(0, length);
        if (kernel.user().copy_to(buffer, std::as_bytes(std::span(text)))) return error_code(kernel, Errno::efault);
        memory.store_word(length_at, text.size());
        file.set("f_pos", file.get("f_pos") + text.size());
        return 0;
    }
    std::string text(std::min<std::uint64_t>(length, 1024), '\0');
    if (kernel.user().copy_from(std::as_writable_bytes(std::span(text)), buffer)) return error_code(kernel, Errno::efault);
    std::string_view rest = text;
    for (std::uint64_t i = 0; i < count; ++i) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n"), rest.size()));
        const bool negative = rest.starts_with('-');
        const auto number = parse_number(rest.substr(negative), 0);
        if (!number.used) break;
        const auto given = static_cast<std::int32_t>(negative ? 0 - number.value : number.value);
        const auto value = static_cast<std::int32_t>(given * unit.multiply / unit.divide);
        const auto low = bounded ? row.pointer("extra1") : GuestAddr{}, high = bounded ? row.pointer("extra2") : GuestAddr{};
        const bool inside = (!low || value >= memory.load<std::int32_t>(low + i * 4))
                            && (!high || value <= memory.load<std::int32_t>(high + i * 4));
        if (inside) memory.store<std::int32_t>(values + i * 4, value);
        rest.remove_prefix(number.used + negative);
    }
    file.set("f_pos", file.get("f_pos") + length);
    return 0;
}

std::int32_t proc_dointvec(Kernel& kernel, GuestAddr table, std::int32_t write, GuestAddr file, GuestAddr buffer, GuestAddr length)
{
    return integers(kernel, table, write, file, buffer, length, {}, false);
}
std::int32_t proc_dointvec_minmax(Kernel& kernel, GuestAddr table, std::int32_t write, GuestAddr file, GuestAddr buffer,
                                  GuestAddr length)
{
    return integers(kernel, table, write, file, buffer, length, {}, true);
}
std::int32_t proc_dointvec_jiffies(Kernel& kernel, GuestAddr table, std::int32_t write, GuestAddr file, GuestAddr buffer,
                                   GuestAddr length)
{
    return integers(kernel, table, write, file, buffer, length, {tick_rate(kernel.machine().release(), kernel.arch()), 1}, false);
}

/// Milliseconds to people, jiffies in memory. An unsigned long has the size of an int where this is called.
std::int32_t proc_milliseconds(Kernel& kernel, GuestAddr table, std::int32_t write, GuestAddr file, GuestAddr buffer,
                               GuestAddr length)
{
    return integers(kernel, table, write, file, buffer, length, {tick_rate(kernel.machine().release(), kernel.arch()), 1000}, true);
}

std::int32_t proc_dostring(Kernel& kernel, GuestAddr table, std::int32_t write, GuestAddr file_at, GuestAddr buffer,
                           GuestAddr length_at)
{
    auto& memory = kernel.memory();
    const auto row = row_at(kernel, table);
    const auto length = memory.load_word(length_at), room = row.get("maxlen");
    GuestStruct file(kernel, "struct file", file_at);
    if (!row.get("data") || !room || !length || (file.get("f_pos") && !write)) {
        memory.store_word(length_at, 0);
        return 0;
    }
    if (write) {
        const auto taken = std::min(length, room - 1);
        require_access(kernel, row.pointer("data"), taken, Access::write);
        std::string text(taken, '\0');
        if (kernel.user().copy_from(std::as_writable_bytes(std::span(text)), buffer)) return error_code(kernel, Errno::efault);
        store_string(kernel, row.pointer("data"),
                     std::string_view(text).substr(0, text.find_first_of(std::string_view("\n\0", 2))));
    } else {
        const auto text = (memory.load_string(row.pointer("data"), room) + "\n").substr(0, length);
        if (kernel.user().copy_to(buffer, std::as_bytes(std::span(text)))) return error_code(kernel, Errno::efault);
        memory.store_word(length_at, text.size());
    }
    file.set("f_pos", file.get("f_pos") + memory.load_word(length_at));
    return 0;
}

std::int32_t no_strategy(Kernel&, GuestAddr) { return 0; }

constexpr Export functions[] = {
    full<register_sysctl_table>("register_sysctl_table"),
    full<unregister_sysctl_table>("unregister_sysctl_table"),
    full<proc_dointvec>("proc_dointvec"),
    full<proc_dointvec_minmax>("proc_dointvec_minmax"),
    full<proc_dointvec_jiffies>("proc_dointvec_jiffies"),
    full<proc_milliseconds>("proc_doulongvec_ms_jiffies_minmax", since_2_4),
    full<proc_dostring>("proc_dostring"),
    inert<no_strategy>("sysctl_intvec"), // sysctl(2) is not there to call them
    inert<no_strategy>("sysctl_jiffies", since_2_4),
    inert<no_strategy>("sysctl_string"),
};

constexpr std::string_view board_directories[] = {"kernel", "vm", "net", "net/core", "net/ipv4", "net/unix", "fs", "debug", "dev"};

void make_directories(Kernel& kernel)
{
    for (const auto path : board_directories) create_proc(kernel, "sys/" + std::string(path), directory | 0555, {});
}

} // namespace

GuestAddr register_settings(Kernel& kernel, GuestAddr table) { return register_sysctl_table(kernel, table, 0); }
void unregister_settings(Kernel& kernel, GuestAddr header) { unregister_sysctl_table(kernel, header); }

extern const Family linux_sysctl{.header = "linux/sysctl.h", .functions = functions, .boot = make_directories};

} // namespace retromod
