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

/// A registered file system, its module held; one that is not there is asked for.
Step get_fs_type(Kernel& kernel, Frame& frame, GuestString name)
{
    auto type = find_type(kernel, name.text);
    if (!type && !frame.phase++) {
        const auto asked = kernel.module_requests().ask(name.text);
        if (asked && *asked) return **asked;
        type = find_type(kernel, name.text);
    }
    if (!type || !kernel.layouts().has("struct file_system_type", "owner")) return Return{type.value};
    return Return{hold_module(kernel, GuestStruct(kernel, "struct file_system_type", type).pointer("owner")) ? type.value : 0};
}

/// The unnamed device number given last; fixed format, one row.
struct UnnamedDeviceRow {
    static constexpr std::string_view table_name = "unnamed_devices";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t last;
};

GuestAddr make_super_block(Kernel& kernel, GuestAddr type)
{
    GuestStruct block(kernel, "struct super_block", new_struct(kernel, "struct super_block"));
    if (!block.at()) return {};
    for (const auto list : {"s_list", "s_dirty", "s_locked_inodes", "s_files", "s_instances"})
        if (block.has(list)) guest_list::init(kernel, block.address(list));
    for (const auto mutex : {"s_lock", "s_vfs_rename_sem", "s_nfsd_free_path_sem"})
        if (block.has(mutex)) init_mutex(kernel, block.address(mutex));
    constexpr std::uint64_t largest_file = 0x7fffffff; // MAX_NON_LFS
    block.set_if_there("s_maxbytes", largest_file);
    block.set("s_type", type);
    block.set("s_dev", ++kernel.machine().single<UnnamedDeviceRow>().last);
    if (block.has("s_active.counter")) set_counter(block, "s_active", 1);
    if (block.has("s_count")) block.set("s_count", std::uint64_t{1});
    return block.at();
}

GuestAddr make_mount(Kernel& kernel, GuestAddr super_block, GuestAddr name)
{
    GuestStruct mount(kernel, "struct vfsmount", new_struct(kernel, "struct vfsmount"));
    if (!mount.at()) return {};
    for (const auto list : {"mnt_hash", "mnt_mounts", "mnt_child", "mnt_list"})
        if (mount.has(list)) guest_list::init(kernel, mount.address(list));
    const auto root = GuestStruct(kernel, "struct super_block", super_block).pointer("s_root");
    GuestStruct dentry(kernel, "struct dentry", root);
    add_counter(dentry, "d_count", 1);
    for (const auto member : {"mnt_root", "mnt_mountpoint"}) mount.set(member, root);
    mount.set("mnt_sb", super_block);
    mount.set("mnt_parent", mount.at());
    if (mount.has("mnt_devname")) mount.set("mnt_devname", name);
    set_counter(mount, "mnt_count", 1);
    return mount.at();
}

/// The file system's own read_super fills the super block; its mount, or an error as a pointer.
Step kern_mount(Kernel& kernel, Frame& frame, GuestAddr type_at)
{
    const auto failed = [&](Errno error) {
        return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{error_code(kernel, error)}))};
    };
    const GuestStruct type(kernel, "struct file_system_type", type_at);
    auto& block = frame.local<GuestAddr>();
    if (!frame.phase++) {
        if (!hold_module(kernel, type.pointer("owner"))) return failed(Errno::enodev);
        block = make_super_block(kernel, type_at);
        if (!block) return failed(Errno::enomem);
        return CallGuest{type.pointer("read_super"), {block.value, 0, 0}, 3, "read_super", ResultType::word};
    }
    if (!frame.result) {
        kernel.heap().free(block);
        release_module(kernel, type.pointer("owner"));
        return failed(Errno::einval);
    }
    constexpr std::uint64_t active = 1u << 30; // MS_ACTIVE
    GuestStruct super_block(kernel, "struct super_block", block);
    super_block.set("s_flags", super_block.get("s_flags") | active);
    const auto mount = make_mount(kernel, block, type.pointer("name"));
    return mount ? Return{mount.value} : failed(Errno::enomem);
}

/// A super block's size of blocks, at least its device's.
std::int32_t sb_set_blocksize(Kernel& kernel, GuestAddr at, std::int32_t bytes)
{
    constexpr std::int32_t smallest = 512, largest = 4096;
    GuestStruct block(kernel, "struct super_block", at);
    if (bytes < smallest || bytes > largest || bytes & (bytes - 1)) return 0;
    block.set("s_blocksize", static_cast<std::uint32_t>(bytes));
    std::uint64_t bits = 9;
    while (std::int32_t{1} << bits < bytes) ++bits;
    block.set("s_blocksize_bits", bits);
    return bytes;
}
std::int32_t sb_min_blocksize(Kernel& kernel, GuestAddr at, std::int32_t bytes)
{
    return sb_set_blocksize(kernel, at, std::max(bytes, 512));
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
    init<fput>("fput"),
    full<pollwait>("__pollwait"),
    full<poll_freewait>("poll_freewait", since_2_4),
    full<get_fs_type>("get_fs_type"),
    init<kern_mount>("kern_mount", since_2_4),
    full<sb_set_blocksize>("sb_set_blocksize", from(LayoutVersion::v2_4_18_14)),
    full<sb_min_blocksize>("sb_min_blocksize", from(LayoutVersion::v2_4_18_14)),
    full<locks_init_lock>("locks_init_lock", since_2_4),
    full<locks_copy_lock>("locks_copy_lock", since_2_4),
    full<tty_hung_up_p>("tty_hung_up_p"),
    inert<refuse<Errno::enotty, GuestAddr, GuestAddr, std::uint32_t, ULong>>("n_tty_ioctl"),
};

constexpr TableKind tables[] = {table<UnnamedDeviceRow>()};

} // namespace

extern const Family linux_files{.header = "linux/file.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
