// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/fs/fs_objects.h"

#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

GuestAddr list_at(Kernel& kernel, std::uint64_t FsListsRow::*member)
{
    auto& row = kernel.machine().single<FsListsRow>();
    if (!(row.*member)) {
        const auto head = kernel.heap().allocate(2 * kernel.arch().word_bytes);
        guest_list::init(kernel, head);
        row.*member = head.value;
    }
    return {row.*member};
}

std::string counter_member(const GuestStruct& fields, std::string_view member)
{
    const std::string name = std::string(member) + ".counter";
    return fields.has(name) ? name : std::string(member);
}

GuestStruct inode_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct inode", at}; }

} // namespace

void set_counter(GuestStruct& fields, std::string_view member, std::uint64_t value)
{
    fields.set(counter_member(fields, member), value);
}
std::int32_t get_counter(const GuestStruct& fields, std::string_view member)
{
    return fields.get_int(counter_member(fields, member));
}
std::int32_t add_counter(GuestStruct& fields, std::string_view member, std::int32_t amount)
{
    const auto value = get_counter(fields, member) + amount;
    set_counter(fields, member, static_cast<std::uint32_t>(value));
    return value;
}

void init_wait_head(Kernel& kernel, GuestAddr at)
{
    if (!kernel.layouts().has("struct __wait_queue_head")) return; // 2.2: a NULL pointer
    guest_list::init(kernel, GuestStruct(kernel, "struct __wait_queue_head", at).address("task_list"));
}

void init_mutex(Kernel& kernel, GuestAddr at)
{
    GuestStruct semaphore(kernel, "struct semaphore", at);
    semaphore.set("count.counter", std::uint64_t{1});
    init_wait_head(kernel, semaphore.address("wait"));
}

GuestAddr inode_hash(Kernel& kernel) { return list_at(kernel, &FsListsRow::inodes); }
GuestAddr dentry_hash(Kernel& kernel) { return list_at(kernel, &FsListsRow::dentries); }

GuestAddr make_inode(Kernel& kernel, GuestAddr super_block)
{
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const auto at = new_struct(kernel, "struct inode");
    if (!at) return {};
    auto inode = inode_at(kernel, at);
    for (const auto list : {"i_hash", "i_list", "i_dentry", "i_dirty_buffers", "i_dirty_data_buffers", "i_devices"})
        if (inode.has(list)) guest_list::init(kernel, inode.address(list));
    for (const auto mutex : {"i_sem", "i_zombie"})
        if (inode.has(mutex)) init_mutex(kernel, inode.address(mutex));
    init_wait_head(kernel, inode.address("i_wait"));
    set_counter(inode, "i_count", 1);
    inode.set("i_nlink", std::uint64_t{1});
    inode.set("i_sb", super_block);
    if (super_block) inode.set("i_dev", GuestStruct(kernel, "struct super_block", super_block).get("s_dev"));
    if (inode.has("i_data")) {
        GuestStruct mapping(kernel, "struct address_space", inode.address("i_data"));
        for (const auto list : {"clean_pages", "dirty_pages", "locked_pages", "pages"})
            if (mapping.has(list)) guest_list::init(kernel, mapping.address(list));
        mapping.set("host", at);
        inode.set("i_mapping", mapping.at());
    }
    return at;
}

void free_inode(Kernel& kernel, GuestAddr at)
{
    auto inode = inode_at(kernel, at);
    for (const auto list : {"i_hash", "i_list"}) guest_list::remove(kernel, inode.address(list));
    kernel.heap().free(at);
}

GuestAddr super_operation(Kernel& kernel, GuestAddr inode, std::string_view name)
{
    const auto super_block = inode_at(kernel, inode).pointer("i_sb");
    const auto operations = super_block ? GuestStruct(kernel, "struct super_block", super_block).pointer("s_op") : GuestAddr{};
    if (!operations || !kernel.layouts().has("struct super_operations", name)) return {};
    return GuestStruct(kernel, "struct super_operations", operations).pointer(name);
}

/// Source: iput of fs/inode.c, 2.4.18: put_inode always; delete_inode when no name is left; an inode that is still
/// hashed stays for its super block while that is active.
std::optional<CallGuest> put_inode(Kernel& kernel, InodePut& state)
{
    constexpr std::uint64_t active = 1u << 30; // MS_ACTIVE
    enum : std::uint32_t { entered, told, gone };
    if (!state.inode) return std::nullopt;
    auto inode = inode_at(kernel, state.inode);
    if (state.phase == entered) {
        if (inode.get("i_state") == inode_state::clear) throw KernelBug{"iput of an inode that is gone"};
        state.phase = told;
        if (const auto put = super_operation(kernel, state.inode, "put_inode"))
            return CallGuest{put, {state.inode.value}, 1, "put_inode"};
    }
    if (state.phase == told) {
        if (add_counter(inode, "i_count", -1) != 0) return std::nullopt;
        const auto super_block = inode.pointer("i_sb");
        const bool nameless = inode.get("i_nlink") == 0;
        const bool hashed = !guest_list::empty(kernel, inode.address("i_hash"));
        const bool kept = !super_block || GuestStruct(kernel, "struct super_block", super_block).get("s_flags") & active;
        if (!nameless && hashed && kept) return std::nullopt;
        guest_list::remove(kernel, inode.address("i_hash"));
        guest_list::init(kernel, inode.address("i_hash"));
        inode.set("i_state", inode.get("i_state") | inode_state::freeing);
        state.phase = gone;
        const auto remove = nameless ? super_operation(kernel, state.inode, "delete_inode") : GuestAddr{};
        if (remove) return CallGuest{remove, {state.inode.value}, 1, "delete_inode"};
        if (const auto clear = super_operation(kernel, state.inode, "clear_inode"))
            return CallGuest{clear, {state.inode.value}, 1, "clear_inode"};
    }
    free_inode(kernel, state.inode);
    return std::nullopt;
}

} // namespace retromod
