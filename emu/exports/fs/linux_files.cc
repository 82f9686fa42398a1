// SPDX-License-Identifier: GPL-2.0-or-later
// linux/file.h, linux/poll.h, linux/mount.h: open files by number, waiting for several of them, and file systems that their
// modules mount for themselves. Source: fs/{file_table,select,super}.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/fs/filesystems.h"
#include "emu/exports/fs/fs_objects.h"
#include "emu/kernel/file.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/ordered_rows.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"

#include <algorithm>

namespace retromod {
namespace {

/// fget: the struct file of a descriptor, held once more.
GuestAddr fget(Kernel& kernel, std::uint32_t descriptor)
{
    const auto* row = find_open_file(kernel, descriptor);
    if (!row || !row->file) return {};
    GuestStruct file(kernel, "struct file", {row->file});
    add_counter(file, "f_count", 1);
    return file.at();
}
/// Differs from 2.4: a file goes by close, not by its last fput.
void fput(Kernel& kernel, GuestAddr at)
{
    GuestStruct file(kernel, "struct file", at);
    add_counter(file, "f_count", -1);
}

// --- poll ---------------------------------------------------------------------------------------------------------------

/// __pollwait: the caller joins the queue, by an entry in memory of its poll table: struct poll_table_struct {error, table}.
/// The entries are a list: {wait queue, entry ..., next}.
struct PollEntry {
    std::uint64_t queue_at, entry_at, next_at;
};
PollEntry parts(Kernel& kernel)
{
    const auto word = std::uint64_t{kernel.arch().word_bytes};
    return {0, 2 * word, word};
}

void pollwait(Kernel& kernel, GuestAddr, GuestAddr queue, GuestAddr table_at)
{
    GuestStruct table(kernel, "struct poll_table_struct", table_at);
    const auto at = parts(kernel);
    const auto block = kernel.heap().allocate(64);
    if (!block) return table.set("error", static_cast<std::uint32_t>(error_code(kernel, Errno::enomem)));
    auto& memory = kernel.memory();
    memory.store_word(block + at.queue_at, queue.value);
    memory.store_word(block + at.next_at, table.get("table"));
    table.set("table", block);
    GuestStruct entry(kernel, "struct __wait_queue", block + at.entry_at);
    entry.set("flags", std::uint64_t{0});
    entry.set("task", kernel.threads().current_task());
    guest_list::add(kernel, entry.address("task_list"),
                    GuestStruct(kernel, "struct __wait_queue_head", queue).address("task_list"));
}

void poll_freewait(Kernel& kernel, GuestAddr table_at)
{
    GuestStruct table(kernel, "struct poll_table_struct", table_at);
    const auto at = parts(kernel);
    std::size_t steps = 0;
    for (auto block = table.pointer("table"); block;) {
        if (++steps > guest_list::walk_limit) throw KernelHang{"a poll table is a circle"};
        guest_list::remove(kernel, GuestStruct(kernel, "struct __wait_queue", block + at.entry_at).address("task_list"));
        const auto next = kernel.memory().load_pointer(block + at.next_at);
        kernel.heap().free(block);
        block = next;
    }
    table.set("table", std::uint64_t{0});
}

// --- mounts that only the kernel sees -----------------------------------------------------------------------------------

GuestAddr find_type(Kernel& kernel, std::string_view name)
{
    for (const auto* row : ordered_rows<FilesystemRow>(kernel)) {
        const GuestStruct type(kernel, "struct file_system_type", {row->object});
        if (type.string("name") == name) return type.at();
    }
    return {};
}

/// A registered file system, its module held; one that is not there is asked for, by its name with each prefix in turn.
Step get_fs_type_asking(Kernel& kernel, Frame& frame, std::string_view name, std::span<const std::string_view> prefixes)
{
    auto type = find_type(kernel, name);
    while (!type && frame.phase < prefixes.size()) {
        const auto asked = kernel.module_requests().ask(std::string(prefixes[frame.phase++]).append(name));
        if (asked && *asked) return **asked;
        type = find_type(kernel, name);
    }
    if (!type || !kernel.layouts().has("struct file_system_type", "owner")) return Return{type.value};
    return Return{hold_module(kernel, GuestStruct(kernel, "struct file_system_type", type).pointer("owner")) ? type.value : 0};
}

Step get_fs_type(Kernel& kernel, Frame& frame, GuestString name)
{
    static constexpr std::string_view prefixes[] = {""};
    return get_fs_type_asking(kernel, frame, name.text, prefixes);
}

/// The vendor's kernel of 2.4.18-14 asks for "vxfs" as "freevxfs", too.
Step get_fs_type_of_vendor(Kernel& kernel, Frame& frame, GuestString name)
{
    static constexpr std::string_view prefixes[] = {"", "free"};
    return get_fs_type_asking(kernel, frame, name.text, prefixes);
}

// --- locks that nobody contends -----------------------------------------------------------------------------------------

void locks_init_lock(Kernel& kernel, GuestAddr at)
{
    GuestStruct lock(kernel, "struct file_lock", at);
    lock.clear();
    for (const auto list : {"fl_link", "fl_block"})
        if (lock.has(list)) guest_list::init(kernel, lock.address(list));
    init_wait_head(kernel, lock.address("fl_wait"));
}
void locks_copy_lock(Kernel& kernel, GuestAddr to_at, GuestAddr from_at)
{
    GuestStruct to(kernel, "struct file_lock", to_at), from(kernel, "struct file_lock", from_at);
    for (const auto member :
         {"fl_owner", "fl_pid", "fl_file", "fl_flags", "fl_type", "fl_start", "fl_end", "fl_notify", "fl_insert", "fl_remove"})
        if (to.has(member)) to.set(member, from.get(member));
}

/// tty_hung_up_p: whether a terminal was taken from under an open file.
std::int32_t tty_hung_up_p(Kernel&, GuestAddr) { return 0; }

constexpr Export functions[] = {
    full<fget>("fget", since_2_4),
    init<fput>("fput", only_2_2),
    full<pollwait>("__pollwait", since_2_4),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("__pollwait", only_2_2), // its poll tables are not known
    full<poll_freewait>("poll_freewait", since_2_4),
    full<get_fs_type>("get_fs_type", until(LayoutVersion::v2_4_0)),
    full<get_fs_type_of_vendor>("get_fs_type", {LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<get_fs_type>("get_fs_type", from(LayoutVersion::v2_4_22)),
    full<get_fs_type>("kc_get_fs_type", until(LayoutVersion::v2_4_0)),
    full<get_fs_type_of_vendor>("kc_get_fs_type", {LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<get_fs_type>("kc_get_fs_type", from(LayoutVersion::v2_4_22)),
    full<locks_init_lock>("locks_init_lock", since_2_4),
    full<locks_copy_lock>("locks_copy_lock", since_2_4),
    full<tty_hung_up_p>("tty_hung_up_p"),
    inert<refuse<Errno::enotty, GuestAddr, GuestAddr, std::uint32_t, ULong>>("n_tty_ioctl"),
};

} // namespace

extern const Family linux_files{.header = "linux/file.h", .functions = functions};

} // namespace retromod
