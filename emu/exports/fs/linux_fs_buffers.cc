// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h: buffers of block devices. No device has blocks to give: reading one ends as it does on a device that is not
// there. Source: fs/buffer.c, drivers/block/ll_rw_blk.c of 2.2.
#include "emu/exports/answers.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/fs/fs_objects.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// Bits of buffer_head.b_state.
namespace bit {
constexpr std::uint64_t uptodate = 1, dirty = 2, locked = 4;
}

/// A buffer that getblk made; fixed format.
struct BufferRow {
    static constexpr std::string_view table_name = "buffers";
    static constexpr std::uint32_t table_capacity = 4096;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t head; ///< struct buffer_head
};

GuestStruct buffer_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct buffer_head", at}; }

GuestAddr get_hash_table(Kernel& kernel, std::uint32_t device, std::int32_t block, std::int32_t bytes)
{
    for (const auto& row : kernel.machine().table<BufferRow>()) {
        auto buffer = buffer_at(kernel, {row.head});
        if (buffer.get("b_dev") != (device & 0xffff) || buffer.get_int("b_blocknr") != block) continue;
        if (buffer.get_int("b_size") != bytes) continue;
        add_counter(buffer, "b_count", 1);
        return buffer.at();
    }
    return {};
}

/// The buffer of a block, new ones without contents. NULL without memory, where the kernel would wait for some.
GuestAddr getblk(Kernel& kernel, std::uint32_t device, std::int32_t block, std::int32_t bytes)
{
    if (const auto known = get_hash_table(kernel, device, block, bytes)) return known;
    auto rows = kernel.machine().table<BufferRow>();
    auto* row = bytes > 0 ? rows.insert() : nullptr;
    if (!row) return {};
    auto buffer = buffer_at(kernel, new_struct(kernel, "struct buffer_head"));
    const auto data = buffer.at() ? kernel.heap().allocate(static_cast<std::uint32_t>(bytes)) : GuestAddr{};
    if (!data) {
        if (buffer.at()) kernel.heap().free(buffer.at());
        rows.erase(*row);
        return {};
    }
    row->head = buffer.at().value;
    buffer.set("b_blocknr", static_cast<std::uint32_t>(block));
    buffer.set("b_size", static_cast<std::uint32_t>(bytes));
    for (const auto member : {"b_dev", "b_rdev"}) buffer.set(member, device & 0xffff);
    set_counter(buffer, "b_count", 1);
    buffer.set("b_data", data);
    init_wait_head(kernel, buffer.address("b_wait"));
    return buffer.at();
}

void forget(Kernel& kernel, GuestAddr at)
{
    auto rows = kernel.machine().table<BufferRow>();
    auto* row = rows.find_if([&](const BufferRow& r) { return r.head == at.value; });
    if (!row) return; // a caller's own
    kernel.heap().free(buffer_at(kernel, at).pointer("b_data"));
    kernel.heap().free(at);
    rows.erase(*row);
}

/// A buffer that nobody uses is not kept: the next reader would find its device as empty.
void brelse(Kernel& kernel, GuestAddr at)
{
    auto buffer = buffer_at(kernel, at);
    if (!get_counter(buffer, "b_count")) return kernel.log().write("<3>VFS: brelse: Trying to free free buffer\n");
    if (add_counter(buffer, "b_count", -1) == 0) forget(kernel, at);
}

void bforget(Kernel& kernel, GuestAddr at)
{
    auto buffer = buffer_at(kernel, at);
    buffer.set("b_state", buffer.get("b_state") & ~bit::dirty);
    brelse(kernel, at);
}

void unlock_buffer(Kernel& kernel, GuestAddr at)
{
    auto buffer = buffer_at(kernel, at);
    buffer.set("b_state", buffer.get("b_state") & ~bit::locked);
    wake_queue(kernel, buffer.address("b_wait"), task_state::interruptible | task_state::uninterruptible, 0);
}

/// Sleeps until nobody holds the buffer.
Step wait_on_buffer(Kernel& kernel, Frame& frame, GuestAddr at)
{
    const auto buffer = buffer_at(kernel, at);
    auto& entry = frame.local<GuestAddr>();
    if (!(buffer.get("b_state") & bit::locked)) {
        if (entry) leave_queue(kernel, buffer.address("b_wait"), entry);
        set_current_state(kernel, task_state::running);
        return Return{};
    }
    if (!entry) entry = join_queue(kernel, frame, buffer.address("b_wait"), Exclusive::no);
    set_current_state(kernel, task_state::uninterruptible);
    return wait_step(kernel, "wait_on_buffer");
}

void init_buffer(Kernel& kernel, GuestAddr at, std::uint32_t device, std::int32_t block, GuestFunction end, GuestAddr argument)
{
    auto buffer = buffer_at(kernel, at);
    buffer.set("b_count", std::uint64_t{1});
    buffer.set("b_list", std::uint64_t{0}); // BUF_CLEAN
    buffer.set("b_flushtime", std::uint64_t{0});
    buffer.set("b_dev", device & 0xffff);
    buffer.set("b_blocknr", static_cast<std::uint32_t>(block));
    buffer.set("b_end_io", end.address);
    buffer.set("b_dev_id", argument);
}

// --- requests ---------------------------------------------------------------------------------------------------------

/// Says so where the device of a buffer has no driver.
/// Differs from 2.2: a driver's request_fn sees no request; its buffers end with an error, too.
void look_for_driver(Kernel& kernel, const GuestStruct& buffer)
{
    const auto device = buffer.get("b_dev");
    const auto slot_bytes = kernel.layouts().size("struct blk_dev_struct");
    const GuestStruct slot(kernel, "struct blk_dev_struct", kernel.symbols().variable("blk_dev") + (device >> 8) * slot_bytes);
    if (!slot.get("request_fn"))
        kernel.log().write(fmt::format("<3>ll_rw_block: Trying to read nonexistent block-device {:02x}:{:02x} ({})\n", device >> 8,
                                       device & 0xff, kernel.arch().signed_word(buffer.get("b_blocknr"))));
}

/// Ends a buffer with an error: by its own b_end_io where it has one.
Step end_buffer(Kernel& kernel, GuestAddr at)
{
    auto buffer = buffer_at(kernel, at);
    buffer.set("b_state", buffer.get("b_state") & ~(bit::uptodate | bit::dirty));
    if (const auto end = buffer.pointer("b_end_io")) return CallGuest{end, {at.value, 0}, 2, "b_end_io"};
    unlock_buffer(kernel, at);
    return Return{};
}

Step ll_rw_block(Kernel& kernel, Frame& frame, std::int32_t, std::int32_t count, GuestAddr buffers)
{
    auto& next = frame.local<std::int32_t>();
    while (next < count) {
        const auto at = kernel.memory().load_pointer(buffers + static_cast<std::uint64_t>(next) * kernel.arch().word_bytes);
        if (!next++) look_for_driver(kernel, buffer_at(kernel, at));
        if (!at) continue;
        const auto step = end_buffer(kernel, at);
        if (!std::holds_alternative<Return>(step)) return step;
    }
    return Return{};
}

/// The buffer with its contents, or NULL when the device cannot give them.
Step bread(Kernel& kernel, Frame& frame, std::uint32_t device, std::int32_t block, std::int32_t bytes)
{
    auto& at = frame.local<GuestAddr>();
    if (!frame.phase++) {
        at = getblk(kernel, device, block, bytes);
        if (!at || buffer_at(kernel, at).get("b_state") & bit::uptodate) return Return{at.value};
        look_for_driver(kernel, buffer_at(kernel, at));
        const auto step = end_buffer(kernel, at);
        if (!std::holds_alternative<Return>(step)) return step;
    }
    if (buffer_at(kernel, at).get("b_state") & bit::uptodate) return Return{at.value};
    brelse(kernel, at);
    return Return{0};
}

constexpr Export functions[] = {
    full<getblk>("getblk", only_2_2),
    full<get_hash_table>("get_hash_table", only_2_2),
    init<bread>("bread", only_2_2),
    full<brelse>("__brelse", only_2_2),
    full<bforget>("__bforget", only_2_2),
    full<wait_on_buffer>("__wait_on_buffer", only_2_2),
    full<init_buffer>("init_buffer", only_2_2),
    init<ll_rw_block>("ll_rw_block", only_2_2),
    inert<do_nothing<GuestAddr>>("refile_buffer", only_2_2),
    inert<answer<0, std::uint32_t>>("fsync_dev_lockfs", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<std::uint32_t>>("unlockfs", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<do_nothing<GuestAddr>>("set_buffer_flushtime", from(LayoutVersion::v2_4_18_14)),
};

constexpr DataExport data[] = {
    {"bh_cachep", words<1>, nullptr, from(LayoutVersion::v2_4_18_14)}, // filled by its cache's family
    {"buffermem_pages", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
};

void tell(RowVisitor& visitor, const BufferRow& row) { visitor.block("a struct buffer_head", row.head); }
constexpr TableKind tables[] = {table<BufferRow, tell>()};

} // namespace

extern const Family linux_fs_buffers{
    .header = "linux/fs.h, buffers", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
