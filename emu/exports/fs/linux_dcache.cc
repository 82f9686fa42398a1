// SPDX-License-Identifier: GPL-2.0-or-later
// linux/dcache.h: directory entries, whose links file systems follow inline. Source: fs/dcache.c of 2.4.
#include "emu/exports/family.h"
#include "emu/exports/fs/fs_objects.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/trouble.h"

#include <algorithm>

namespace retromod {
namespace {

GuestStruct entry_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct dentry", at}; }
GuestStruct inode_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct inode", at}; }
bool hashed(Kernel& kernel, const GuestStruct& entry) { return !guest_list::empty(kernel, entry.address("d_hash")); }
GuestAddr operation(Kernel& kernel, const GuestStruct& entry, std::string_view name)
{
    const auto operations = entry.pointer("d_op");
    return operations ? GuestStruct(kernel, "struct dentry_operations", operations).pointer(name) : GuestAddr{};
}

/// The text of a struct qstr: a pointer and a length.
std::string text_of(Kernel& kernel, GuestAddr qstr)
{
    const GuestStruct name(kernel, "struct qstr", qstr);
    return kernel.memory().load_string(name.pointer("name"), std::min<std::uint64_t>(name.get("len"), 4096));
}
std::string name_of(Kernel& kernel, const GuestStruct& entry) { return text_of(kernel, entry.address("d_name")); }

void set_name(Kernel& kernel, GuestStruct& entry, std::string_view text)
{
    const auto inline_bytes = kernel.layouts().field("struct dentry", "d_iname").size;
    const auto at = text.size() < inline_bytes ? entry.address("d_iname") : kernel.heap().allocate(text.size() + 1);
    if (!at) return;
    store_string(kernel, at, text);
    GuestStruct name(kernel, "struct qstr", entry.address("d_name"));
    name.set("name", at);
    name.set("len", text.size());
}

void take_out(Kernel& kernel, GuestAddr node)
{
    guest_list::remove(kernel, node);
    guest_list::init(kernel, node);
}

/// A fresh entry, in use once and not hashed, below `parent` (NULL: below itself).
GuestAddr make_entry(Kernel& kernel, GuestAddr parent, std::string_view name)
{
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const auto at = new_struct(kernel, "struct dentry");
    if (!at) return {};
    auto entry = entry_at(kernel, at);
    for (const auto list : {"d_hash", "d_lru", "d_child", "d_subdirs", "d_alias", "d_vfsmnt"})
        if (entry.has(list)) guest_list::init(kernel, entry.address(list));
    set_counter(entry, "d_count", 1);
    set_name(kernel, entry, name);
    entry.set("d_parent", parent ? parent : at);
    if (parent) {
        auto above = entry_at(kernel, parent);
        add_counter(above, "d_count", 1);
        entry.set("d_sb", above.get("d_sb"));
        guest_list::add(kernel, entry.address("d_child"), above.address("d_subdirs"));
    }
    return at;
}

GuestAddr d_alloc(Kernel& kernel, GuestAddr parent, GuestAddr name) { return make_entry(kernel, parent, text_of(kernel, name)); }

void d_instantiate(Kernel& kernel, GuestAddr at, GuestAddr inode)
{
    auto entry = entry_at(kernel, at);
    if (!guest_list::empty(kernel, entry.address("d_alias"))) throw KernelBug{"d_instantiate of an entry that has an inode"};
    if (inode) guest_list::add(kernel, entry.address("d_alias"), inode_at(kernel, inode).address("i_dentry"));
    entry.set("d_inode", inode);
}

GuestAddr d_alloc_root(Kernel& kernel, GuestAddr inode)
{
    const auto at = inode ? make_entry(kernel, {}, "/") : GuestAddr{};
    if (!at) return {};
    entry_at(kernel, at).set("d_sb", inode_at(kernel, inode).get("i_sb"));
    d_instantiate(kernel, at, inode);
    return at;
}

void d_rehash(Kernel& kernel, GuestAddr at)
{
    const auto entry = entry_at(kernel, at);
    if (hashed(kernel, entry)) throw KernelBug{"d_rehash of a hashed entry"};
    guest_list::add(kernel, entry.address("d_hash"), dentry_hash(kernel));
}

/// Calls `visit(child)` for each entry below one, until it returns false.
template <class Visit>
void for_each_child(Kernel& kernel, const GuestStruct& parent, Visit visit)
{
    const auto link = kernel.layouts().field("struct dentry", "d_child").offset;
    guest_list::for_each(kernel, parent.address("d_subdirs"), [&](GuestAddr node) { return visit(entry_at(kernel, node - link)); });
}

GuestAddr hold(GuestStruct entry)
{
    add_counter(entry, "d_count", 1);
    return entry.at();
}

/// Differs from 2.4: a file system's own d_compare is not asked.
GuestAddr d_lookup(Kernel& kernel, GuestAddr parent, GuestAddr name)
{
    GuestAddr found;
    const auto wanted = text_of(kernel, name);
    for_each_child(kernel, entry_at(kernel, parent), [&](const GuestStruct& child) {
        if (hashed(kernel, child) && name_of(kernel, child) == wanted) found = hold(child);
        return !found;
    });
    return found;
}

/// The number of the inode that a name in a directory stands for, 0 when there is none.
ULong find_inode_number(Kernel& kernel, GuestAddr parent, GuestAddr name)
{
    const auto found = d_lookup(kernel, parent, name);
    if (!found) return {0};
    auto entry = entry_at(kernel, found);
    add_counter(entry, "d_count", -1);
    const auto inode = entry.pointer("d_inode");
    return {inode ? inode_at(kernel, inode).get("i_ino") : 0};
}

std::int32_t is_subdir(Kernel& kernel, GuestAddr at, GuestAddr above)
{
    for (std::size_t steps = 0; steps < guest_list::walk_limit; ++steps) {
        if (at == above) return 1;
        const auto parent = entry_at(kernel, at).pointer("d_parent");
        if (parent == at) return 0;
        at = parent;
    }
    throw KernelHang{"directory entries are their own ancestors"};
}

void d_move(Kernel& kernel, GuestAddr at, GuestAddr target_at)
{
    auto entry = entry_at(kernel, at), target = entry_at(kernel, target_at);
    if (hashed(kernel, entry)) take_out(kernel, entry.address("d_hash"));
    if (hashed(kernel, target)) guest_list::add(kernel, entry.address("d_hash"), dentry_hash(kernel));
    take_out(kernel, target.address("d_hash"));
    const auto name = name_of(kernel, entry), target_name = name_of(kernel, target);
    set_name(kernel, entry, target_name);
    set_name(kernel, target, name);
    const auto parent = entry.pointer("d_parent"), target_parent = target.pointer("d_parent");
    guest_list::remove(kernel, entry.address("d_child"));
    guest_list::remove(kernel, target.address("d_child"));
    const bool root = parent == at;
    target.set("d_parent", root ? target_at : parent);
    entry.set("d_parent", target_parent == target_at ? at : target_parent);
    guest_list::add(kernel, target.address("d_child"), entry_at(kernel, target.pointer("d_parent")).address("d_subdirs"));
    guest_list::add(kernel, entry.address("d_child"), entry_at(kernel, entry.pointer("d_parent")).address("d_subdirs"));
}

std::int32_t d_invalidate(Kernel& kernel, GuestAddr at)
{
    const auto entry = entry_at(kernel, at);
    if (!hashed(kernel, entry)) return 0;
    const auto inode = entry.pointer("d_inode");
    constexpr std::uint64_t format = 0170000, directory = 0040000;
    if (get_counter(entry, "d_count") > 1 && inode && (inode_at(kernel, inode).get("i_mode") & format) == directory)
        return error_code(kernel, Errno::ebusy);
    take_out(kernel, entry.address("d_hash"));
    return 0;
}

/// Whether an address is that of a hashed entry below `parent`.
std::int32_t d_validate(Kernel& kernel, GuestAddr at, GuestAddr parent)
{
    bool found = false;
    for_each_child(kernel, entry_at(kernel, parent), [&](const GuestStruct& child) {
        found = child.at() == at && hashed(kernel, child);
        return !found;
    });
    if (found) hold(entry_at(kernel, at));
    return found;
}

// --- giving entries up ------------------------------------------------------------------------------------------------

struct Putting {
    InodePut inode;
    GuestAddr entry, parent;
    std::uint32_t phase, reserved;
};
enum : std::uint32_t { counting, asked, dropping_inode, releasing, freed };

/// Detaches the entry from its inode. The file system's d_iput, or put_inode, gives that up.
std::optional<CallGuest> begin_inode_put(Kernel& kernel, Putting& state)
{
    auto entry = entry_at(kernel, state.entry);
    const auto inode = entry.pointer("d_inode");
    if (!inode) return std::nullopt;
    entry.set("d_inode", std::uint64_t{0});
    take_out(kernel, entry.address("d_alias"));
    if (const auto own = operation(kernel, entry, "d_iput")) return CallGuest{own, {state.entry.value, inode.value}, 2, "d_iput"};
    state.inode = {inode, 0, 0};
    return std::nullopt;
}

/// dput: an unhashed entry that nobody uses goes, and its parent loses a user. A hashed one stays for later lookups.
Step dput(Kernel& kernel, Frame& frame, GuestAddr given)
{
    auto& state = frame.local<Putting>();
    if (!frame.phase++) state.entry = given;
    while (state.entry) {
        auto entry = entry_at(kernel, state.entry);
        switch (state.phase) {
        case counting:
            if (add_counter(entry, "d_count", -1) != 0) return Return{};
            state.phase = asked;
            frame.result = 0;
            if (const auto ask = operation(kernel, entry, "d_delete")) return CallGuest{ask, {state.entry.value}, 1, "d_delete"};
            [[fallthrough]];
        case asked:
            if (static_cast<std::int32_t>(frame.result)) take_out(kernel, entry.address("d_hash"));
            if (hashed(kernel, entry)) return Return{};
            take_out(kernel, entry.address("d_child"));
            state.phase = dropping_inode;
            if (const auto call = begin_inode_put(kernel, state)) return *call;
            [[fallthrough]];
        case dropping_inode:
            if (const auto call = put_inode(kernel, state.inode)) return *call;
            state.inode = {};
            state.parent = entry.pointer("d_parent");
            state.phase = releasing;
            if (const auto release = operation(kernel, entry, "d_release"))
                return CallGuest{release, {state.entry.value}, 1, "d_release"};
            [[fallthrough]];
        default:
            kernel.heap().free(state.entry);
            state.entry = state.parent == state.entry ? GuestAddr{} : state.parent;
            state.phase = counting;
        }
    }
    return Return{};
}

/// d_delete: the last user makes the entry negative; while others use it, it is only unhashed.
Step d_delete(Kernel& kernel, Frame& frame, GuestAddr at)
{
    auto& state = frame.local<Putting>();
    auto entry = entry_at(kernel, at);
    if (!frame.phase++) {
        state.entry = at;
        if (get_counter(entry, "d_count") != 1) {
            take_out(kernel, entry.address("d_hash"));
            return Return{};
        }
        if (const auto call = begin_inode_put(kernel, state)) return *call;
    }
    if (const auto call = put_inode(kernel, state.inode)) return *call;
    return Return{};
}

// Entries that nobody uses are not kept beyond what their file system holds.
void shrink(Kernel&, GuestAddr) {}

constexpr Export functions[] = {
    full<d_alloc>("d_alloc", only_2_2),
    full<d_alloc_root>("d_alloc_root", only_2_2),
    full<d_instantiate>("d_instantiate", only_2_2),
    full<d_rehash>("d_rehash", only_2_2),
    init<d_lookup>("d_lookup", only_2_2),
    init<find_inode_number>("find_inode_number", only_2_2),
    full<is_subdir>("is_subdir", only_2_2),
    full<d_move>("d_move", only_2_2),
    init<d_invalidate>("d_invalidate", only_2_2),
    init<d_validate>("d_validate"),
    full<dput>("dput", only_2_2),
    full<d_delete>("d_delete", only_2_2),
    inert<shrink>("shrink_dcache_sb", only_2_2),
    inert<shrink>("shrink_dcache_parent", only_2_2),
    inert<shrink>("flush_dentry_attributes", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
};

void tell(RowVisitor& visitor, const FsListsRow& row)
{
    visitor.block("the list of inodes", row.inodes);
    visitor.block("the list of dentries", row.dentries);
}
constexpr TableKind tables[] = {table<FsListsRow, tell>()};

} // namespace

extern const Family linux_dcache{.header = "linux/dcache.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
