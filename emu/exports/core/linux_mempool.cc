// SPDX-License-Identifier: GPL-2.0-or-later
// linux/mempool.h: elements kept back for when memory is short. Source: mm/mempool.c of the vendor's 2.4.18-14.
#include "emu/exports/answers.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

/// A mempool_t; fixed format. Its kept elements are an array in guest memory, which the handle points to.
struct PoolRow {
    static constexpr std::string_view table_name = "mempools";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t smallest; ///< elements to keep
    std::uint32_t kept;
    std::uint32_t reserved;
    std::uint64_t handle;
    std::uint64_t allocate, free, data;
};

PoolRow& pool_of(Kernel& kernel, GuestAddr handle)
{
    auto* row = kernel.machine().table<PoolRow>().find_if([&](const PoolRow& r) { return r.handle == handle.value; });
    if (!row) throw KernelFault{{handle, Access::read}};
    return *row;
}
GuestAddr slot(Kernel& kernel, const PoolRow& pool, std::uint32_t index)
{
    return GuestAddr{pool.handle} + index * kernel.arch().word_bytes;
}

CallGuest free_kept(Kernel& kernel, PoolRow& pool)
{
    const auto element = kernel.memory().load_word(slot(kernel, pool, --pool.kept));
    return {{pool.free}, {element, pool.data}, 2, "mempool_free_t"};
}

Step drop_pool(Kernel& kernel, PoolRow& pool)
{
    if (pool.kept) return free_kept(kernel, pool);
    kernel.heap().free({pool.handle});
    kernel.machine().table<PoolRow>().erase(pool);
    return Return{0};
}

Step mempool_create(Kernel& kernel, Frame& frame, std::int32_t smallest, GuestFunction allocate, GuestFunction free, GuestAddr data)
{
    constexpr std::uint64_t gfp_kernel = 0x1f0; // GFP_KERNEL of 2.4.18
    auto& handle = frame.local<GuestAddr>();
    if (!frame.phase++) {
        handle = kernel.heap().allocate(static_cast<std::uint32_t>(smallest) * std::uint64_t{kernel.arch().word_bytes});
        auto* row = handle ? kernel.machine().table<PoolRow>().insert() : nullptr;
        if (!row) return Return{0};
        *row = {1,         static_cast<std::uint32_t>(smallest), 0, 0, handle.value, allocate.address.value, free.address.value,
                data.value};
    } else if (auto& pool = pool_of(kernel, handle); frame.phase == 2 && frame.result) {
        kernel.memory().store_word(slot(kernel, pool, pool.kept++), frame.result);
    } else {
        frame.phase = 3; // no memory: all that was allocated is freed again
        return drop_pool(kernel, pool);
    }
    frame.phase = 1;
    auto& pool = pool_of(kernel, handle);
    if (pool.kept == pool.smallest) return Return{handle.value};
    return CallGuest{{pool.allocate}, {gfp_kernel, pool.data}, 2, "mempool_alloc_t", ResultType::word};
}

Step mempool_destroy(Kernel& kernel, Frame& frame, GuestAddr handle)
{
    auto& pool = pool_of(kernel, handle);
    if (!frame.phase++ && pool.kept != pool.smallest) throw KernelBug{"mempool_destroy with elements outside"};
    return drop_pool(kernel, pool);
}

/// Differs from 2.4: where the pool is empty, too, nobody waits for an element to come back.
Step mempool_alloc(Kernel& kernel, Frame& frame, GuestAddr handle, std::uint32_t flags)
{
    auto& pool = pool_of(kernel, handle);
    if (!frame.phase++) return CallGuest{{pool.allocate}, {flags, pool.data}, 2, "mempool_alloc_t", ResultType::word};
    if (frame.result || !pool.kept) return Return{frame.result};
    return Return{kernel.memory().load_word(slot(kernel, pool, --pool.kept))};
}

Step mempool_free(Kernel& kernel, Frame& frame, GuestAddr element, GuestAddr handle)
{
    auto& pool = pool_of(kernel, handle);
    if (frame.phase++) return Return{};
    if (pool.kept == pool.smallest) return CallGuest{{pool.free}, {element.value, pool.data}, 2, "mempool_free_t"};
    kernel.memory().store_word(slot(kernel, pool, pool.kept++), element.value);
    return Return{};
}

constexpr Export functions[] = {
    full<mempool_create>("mempool_create", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<mempool_destroy>("mempool_destroy", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    init<mempool_alloc>("mempool_alloc", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<mempool_free>("mempool_free", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
};

void tell(RowVisitor& visitor, const PoolRow& row)
{
    visitor.block("a mempool_t", row.handle);
    visitor.pointer("the allocating function of a pool", row.allocate);
    visitor.pointer("the freeing function of a pool", row.free);
    visitor.pointer("the data of a pool", row.data);
}
constexpr TableKind tables[] = {table<PoolRow, tell>("memory pools")};

} // namespace

extern const Family linux_mempool{.header = "linux/mempool.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
