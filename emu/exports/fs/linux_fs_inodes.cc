// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h: inodes. Source: fs/inode.c, fs/bad_inode.c, fs/attr.c, fs/namei.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/fs/fs_objects.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <array>

namespace retromod {
namespace {

GuestStruct inode_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct inode", at}; }

constexpr std::uint64_t format_bits = 0170000;
bool is_directory(std::uint64_t mode) { return (mode & format_bits) == 0040000; }

GuestAddr get_empty_inode(Kernel& kernel) { return make_inode(kernel, {}); }

Step iput(Kernel& kernel, Frame& frame, GuestAddr inode)
{
    auto& state = frame.local<InodePut>();
    if (!frame.phase++) state.inode = inode;
    if (const auto call = put_inode(kernel, state)) return *call;
    return Return{};
}

void hash_inode(Kernel& kernel, GuestAddr at)
{
    const auto inode = inode_at(kernel, at);
    guest_list::remove(kernel, inode.address("i_hash"));
    guest_list::add(kernel, inode.address("i_hash"), inode_hash(kernel));
}
void unhash_inode(Kernel& kernel, GuestAddr at)
{
    const auto inode = inode_at(kernel, at);
    guest_list::remove(kernel, inode.address("i_hash"));
    guest_list::init(kernel, inode.address("i_hash"));
}

/// The hashed inode of that number behind `before` (NULL: the first).
GuestAddr find_hashed(Kernel& kernel, GuestAddr super_block, std::uint64_t number, GuestAddr before)
{
    GuestAddr found;
    bool behind = !before;
    const auto link = kernel.layouts().field("struct inode", "i_hash").offset;
    guest_list::for_each(kernel, inode_hash(kernel), [&](GuestAddr node) {
        const auto inode = inode_at(kernel, node - link);
        if (behind && inode.pointer("i_sb") == super_block && inode.get("i_ino") == number) found = inode.at();
        if (inode.at() == before) behind = true;
        return !found;
    });
    return found;
}

struct Getting {
    GuestAddr inode;
    std::uint32_t reading, reserved;
};
/// The hashed inode that the file system's own test takes, and the step to it; nothing when state.inode is a new one, in
/// `fresh_state`.
std::optional<Step> find_or_make(Kernel& kernel, Frame& frame, GuestAddr super_block, ULong number, GuestFunction test,
                                 GuestAddr argument, std::uint64_t fresh_state)
{
    auto& state = frame.local<Getting>();
    const bool taken = frame.phase++ && static_cast<std::int32_t>(frame.result);
    if (!taken) state.inode = find_hashed(kernel, super_block, number.value, state.inode);
    if (state.inode && !taken && test.address)
        return CallGuest{test.address, {state.inode.value, number.value, argument.value}, 3, "find_actor"};
    if (state.inode) {
        auto inode = inode_at(kernel, state.inode);
        add_counter(inode, "i_count", 1);
        return Return{state.inode.value};
    }
    state.inode = make_inode(kernel, super_block);
    if (!state.inode) return Return{0};
    auto inode = inode_at(kernel, state.inode);
    inode.set("i_ino", number.value);
    inode.set("i_state", fresh_state);
    hash_inode(kernel, state.inode);
    return std::nullopt;
}

/// iget4: a hashed inode, or a new one that the file system's read_inode has filled.
Step iget4(Kernel& kernel, Frame& frame, GuestAddr super_block, ULong number, GuestFunction test, GuestAddr argument)
{
    auto& state = frame.local<Getting>();
    if (state.reading) {
        auto inode = inode_at(kernel, state.inode);
        inode.set("i_state", inode.get("i_state") & ~inode_state::locked);
        return Return{state.inode.value};
    }
    if (const auto step = find_or_make(kernel, frame, super_block, number, test, argument, inode_state::locked)) return *step;
    state.reading = 1;
    if (const auto read = super_operation(kernel, state.inode, "read_inode2"))
        return CallGuest{read, {state.inode.value, argument.value}, 2, "read_inode2"};
    if (const auto read = super_operation(kernel, state.inode, "read_inode"))
        return CallGuest{read, {state.inode.value}, 1, "read_inode"};
    return Return{state.inode.value};
}

/// 2.2's iget: no test of the file system's own.
Step iget(Kernel& kernel, Frame& frame, GuestAddr super_block, ULong number)
{
    return iget4(kernel, frame, super_block, number, {}, {});
}

Step clear_inode(Kernel& kernel, Frame& frame, GuestAddr at)
{
    auto inode = inode_at(kernel, at);
    if (!frame.phase++) {
        if (!(inode.get("i_state") & inode_state::freeing)) throw KernelBug{"clear_inode of an inode in use"};
        if (const auto clear = super_operation(kernel, at, "clear_inode")) return CallGuest{clear, {at.value}, 1, "clear_inode"};
    }
    inode.set("i_state", inode_state::clear);
    return Return{};
}

// --- bad inodes -------------------------------------------------------------------------------------------------------

/// The operations of bad inodes; fixed format, one row.
struct BadInodeRow {
    static constexpr std::string_view table_name = "bad_inode";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t operations;
};
GuestAddr bad_operations(Kernel& kernel)
{
    auto& row = kernel.machine().single<BadInodeRow>();
    if (!row.operations) row.operations = new_struct(kernel, "struct inode_operations").value;
    return {row.operations};
}

void make_bad_inode(Kernel& kernel, GuestAddr at)
{
    auto inode = inode_at(kernel, at);
    inode.set("i_mode", std::uint64_t{0100000});
    inode.set("i_op", bad_operations(kernel));
}
std::int32_t is_bad_inode(Kernel& kernel, GuestAddr at) { return inode_at(kernel, at).pointer("i_op") == bad_operations(kernel); }

// --- attributes, permission -------------------------------------------------------------------------------------------

std::uint32_t now(Kernel& kernel) { return static_cast<std::uint32_t>(kernel.state().boot_time + kernel.clock().jiffies() / hz); }

void mark_inode_dirty(Kernel& kernel, GuestAddr at, std::int32_t flags)
{
    auto inode = inode_at(kernel, at);
    inode.set("i_state", inode.get("i_state") | static_cast<std::uint32_t>(flags));
}

void update_atime(Kernel& kernel, GuestAddr at)
{
    auto inode = inode_at(kernel, at);
    if (inode.get("i_atime") == now(kernel)) return;
    inode.set("i_atime", now(kernel));
    mark_inode_dirty(kernel, at, 1); // I_DIRTY_SYNC
}

struct Identity {
    std::uint64_t user, group;
    bool root;
};
Identity caller(Kernel& kernel)
{
    const GuestStruct task(kernel, "struct task_struct", kernel.threads().current_task());
    const auto user = task.get("fsuid");
    return {user, task.get("fsgid"), user == 0};
}

std::int32_t in_group_p(Kernel& kernel, std::uint32_t group) { return caller(kernel).group == group || caller(kernel).group == 0; }

/// vfs_permission: the class of bits that fits the caller; root may everything but execute what nobody may.
std::int32_t vfs_permission(Kernel& kernel, GuestAddr at, std::int32_t mask)
{
    constexpr std::uint64_t execute = 1, any_execute = 0111;
    const auto inode = inode_at(kernel, at);
    auto mode = inode.get("i_mode");
    const auto who = caller(kernel);
    if (who.user == inode.get("i_uid")) mode >>= 6;
    else if (who.group == inode.get("i_gid")) mode >>= 3;
    const auto wanted = static_cast<std::uint64_t>(mask) & 7;
    if ((mode & wanted) == wanted) return 0;
    const bool may_execute = !(wanted & execute) || is_directory(inode.get("i_mode")) || inode.get("i_mode") & any_execute;
    return who.root && may_execute ? 0 : error_code(kernel, Errno::eacces);
}

Step permission(Kernel& kernel, Frame& frame, GuestAddr at, std::int32_t mask)
{
    if (frame.phase++) return Return{frame.result};
    const auto operations = inode_at(kernel, at).pointer("i_op");
    const auto own = operations ? GuestStruct(kernel, "struct inode_operations", operations).pointer("permission") : GuestAddr{};
    if (own) return CallGuest{own, {at.value, static_cast<std::uint32_t>(mask)}, 2, "permission"};
    return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{vfs_permission(kernel, at, mask)}))};
}

/// Which members of struct iattr are valid, and which inode member each goes to.
struct Attribute {
    std::uint64_t bit;
    std::string_view from, to;
};
constexpr Attribute attributes[] = {{2, "ia_uid", "i_uid"},     {4, "ia_gid", "i_gid"},     {8, "ia_size", "i_size"},
                                    {16, "ia_atime", "i_atime"}, {32, "ia_mtime", "i_mtime"}, {64, "ia_ctime", "i_ctime"},
                                    {1, "ia_mode", "i_mode"}};

/// Differs from 2.4: a changed size frees no pages of the cache.
std::int32_t inode_setattr(Kernel& kernel, GuestAddr at, GuestAddr changes)
{
    auto inode = inode_at(kernel, at);
    const GuestStruct attr(kernel, "struct iattr", changes);
    for (const auto& item : attributes)
        if (attr.get("ia_valid") & item.bit) inode.set(item.to, attr.get(item.from));
    mark_inode_dirty(kernel, at, 1);
    return 0;
}

std::int32_t inode_change_ok(Kernel& kernel, GuestAddr at, GuestAddr changes)
{
    constexpr std::uint64_t force = 512, mode = 1, user = 2, group = 4, set_times = 128 | 256; // ATTR_*
    const auto inode = inode_at(kernel, at);
    const GuestStruct attr(kernel, "struct iattr", changes);
    const auto valid = attr.get("ia_valid");
    const auto who = caller(kernel);
    const bool owner = who.user == inode.get("i_uid");
    if (valid & force || who.root) return 0;
    const bool changes_user = valid & user && (!owner || attr.get("ia_uid") != inode.get("i_uid"));
    const bool changes_group = valid & group && (!owner || attr.get("ia_gid") != who.group);
    if (changes_user || changes_group || (valid & (mode | set_times) && !owner)) return error_code(kernel, Errno::eperm);
    return 0;
}

constexpr Export functions[] = {
    full<get_empty_inode>("get_empty_inode", only_2_2),
    full<iput>("iput", only_2_2),
    full<iget>("iget", only_2_2),
    full<hash_inode>("insert_inode_hash", only_2_2),
    full<unhash_inode>("remove_inode_hash", only_2_2),
    full<clear_inode>("clear_inode", only_2_2),
    init<make_bad_inode>("make_bad_inode", only_2_2),
    full<is_bad_inode>("is_bad_inode", only_2_2),
    full<mark_inode_dirty>("__mark_inode_dirty", only_2_2),
    full<update_atime>("update_atime", only_2_2),
    full<in_group_p>("in_group_p", only_2_2),
    full<permission>("permission", only_2_2),
    init<inode_setattr>("inode_setattr", only_2_2),
    init<inode_change_ok>("inode_change_ok", only_2_2),
    inert<do_nothing<GuestAddr, std::int32_t>>("write_inode_now", only_2_2),
    inert<answer<0, GuestAddr>>("invalidate_inodes", only_2_2),
    inert<do_nothing<GuestAddr>>("invalidate_inode_pages", only_2_2),
    inert<do_nothing<GuestAddr>>("truncate_inode_pages", only_2_2),
    inert<answer<0, GuestAddr, ULong>>("vmtruncate", only_2_2),
};

constexpr DataExport data[] = {
    {"fs_overflowuid", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 65534); },
     since_2_4},
    {"fs_overflowgid", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 65534); },
     since_2_4},
    {"overflowuid", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 65534); },
     since_2_4},
    {"overflowgid", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 65534); },
     since_2_4},
};

void tell(RowVisitor& visitor, const BadInodeRow& row) { visitor.block("the operations of a bad inode", row.operations); }
constexpr TableKind tables[] = {table<BadInodeRow, tell>()};

} // namespace

extern const Family linux_fs_inodes{
    .header = "linux/fs.h, inodes", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
