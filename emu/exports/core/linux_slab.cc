// SPDX-License-Identifier: GPL-2.0-or-later
// linux/slab.h. Source: mm/slab.c of 2.4. Objects of a cache are kmalloc'ed blocks.
// Differs from 2.4: a constructor runs at each allocation, not once per slab.
#include "emu/exports/core/caches.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint64_t slab_ctor_constructor = 1; // SLAB_CTOR_CONSTRUCTOR
constexpr std::uint64_t slab_ctor_atomic = 2;
constexpr std::uint64_t gfp_wait = 0x10; // __GFP_WAIT of 2.4

/// A block for a module; NULL when there is no memory.
GuestAddr make_block(Heap& heap, std::uint64_t bytes)
{
    if (!heap.allows(AllocationKind::kmalloc)) return {};
    if (!heap.watch()) return heap.allocate(bytes);
    const auto block = heap.allocate(heap.watch()->padded(bytes));
    if (block) heap.watch()->made(block, bytes);
    return block;
}

/// A module's free; false where no block starts.
bool free_block(Heap& heap, GuestAddr block)
{
    if (heap.watch() && !heap.watch()->may_free(block)) return true;
    return heap.free(block);
}

GuestAddr kmalloc(Kernel& kernel, ULong bytes, std::uint32_t) { return make_block(kernel.heap(), bytes.value); }

/// As without CONFIG_DEBUG_SLAB: nobody notices a wrong pointer. Differs from 2.4: it frees nothing, where the kernel's
/// would damage its lists.
void kfree(Kernel& kernel, GuestAddr block)
{
    if (block) free_block(kernel.heap(), block);
}

void kfree_s(Kernel& kernel, GuestAddr block, ULong) { kfree(kernel, block); }

GuestAddr kmem_cache_create(Kernel& kernel, const GuestString& name, ULong bytes, ULong, ULong flags,
                            GuestFunction constructor, GuestFunction destructor)
{
    if (name.text.empty() || bytes.value < kernel.arch().word_bytes || bytes.value > (128 << 10)
        || (destructor.address && !constructor.address))
        throw KernelBug{fmt::format("kmem_cache_create({}, {}): bad arguments", name.text, bytes.value)};
    auto caches = kernel.machine().table<CacheRow>();
    for (const auto& cache : caches)
        if (name.text == cache.name) throw KernelBug{fmt::format("kmem_cache_create: '{}' exists", name.text)};
    const auto handle = kernel.heap().allocate(256);
    auto* row = handle ? caches.insert() : nullptr;
    if (!row) return {};
    row->handle = handle.value;
    row->object_bytes = bytes.value;
    row->flags = flags.value;
    row->constructor = constructor.address.value;
    row->destructor = destructor.address.value;
    name.text.copy(row->name, sizeof row->name - 1);
    return handle;
}

CacheRow& cache_of(Kernel& kernel, GuestAddr handle)
{
    auto* row = kernel.machine().table<CacheRow>().find_if([&](const CacheRow& c) { return c.handle == handle.value; });
    if (!row) throw KernelFault{{handle, Access::read}};
    return *row;
}

Step kmem_cache_alloc(Kernel& kernel, Frame& frame, GuestAddr handle, std::uint32_t flags)
{
    auto& object = frame.local<GuestAddr>();
    if (frame.phase++) return Return{object.value};
    auto& cache = cache_of(kernel, handle);
    object = make_block(kernel.heap(), cache.object_bytes);
    if (!object) return Return{0};
    ++cache.objects;
    if (!cache.constructor) return Return{object.value};
    const auto mode = slab_ctor_constructor | (flags & gfp_wait ? 0 : slab_ctor_atomic);
    return CallGuest{{cache.constructor}, {object.value, handle.value, mode}, 3, "constructor"};
}

void kmem_cache_free(Kernel& kernel, GuestAddr handle, GuestAddr object)
{
    auto& cache = cache_of(kernel, handle);
    if (!free_block(kernel.heap(), object))
        throw KernelBug{fmt::format("kmem_cache_free of {:#x}, where no object starts", object.value)};
    if (cache.objects) --cache.objects;
}

std::int32_t kmem_cache_destroy(Kernel& kernel, GuestAddr handle)
{
    auto& cache = cache_of(kernel, handle);
    if (cache.objects) {
        kernel.log().write(fmt::format("<3>kmem_cache_destroy: Can't free all objects {:08x}\n", handle.value));
        return 1;
    }
    kernel.machine().table<CacheRow>().erase(cache);
    kernel.heap().free(handle);
    return 0;
}

std::int32_t kmem_cache_shrink(Kernel& kernel, GuestAddr handle)
{
    cache_of(kernel, handle);
    return 0;
}

constexpr Export functions[] = {
    full<kmalloc>("kmalloc"),
    full<kfree>("kfree"),
    full<kfree_s>("kfree_s", only_2_2),
    full<kmem_cache_create>("kmem_cache_create"),
    full<kmem_cache_alloc>("kmem_cache_alloc"),
    full<kmem_cache_free>("kmem_cache_free"),
    full<kmem_cache_destroy>("kmem_cache_destroy", since_2_4),
    full<kmem_cache_shrink>("kmem_cache_shrink"),
};

void tell(RowVisitor& visitor, const CacheRow& row)
{
    visitor.ends("the name of a cache", row.name);
    visitor.block("a kmem_cache_t", row.handle);
    visitor.pointer("the constructor of a cache", row.constructor);
    visitor.pointer("the destructor of a cache", row.destructor);
}
constexpr TableKind tables[] = {table<CacheRow, tell>("slab caches")};

} // namespace

GuestAddr create_cache(Kernel& kernel, const std::string& name, std::uint64_t object_bytes)
{
    return kmem_cache_create(kernel, GuestString{{}, name}, {object_bytes}, {}, {}, {}, {});
}

extern const Family linux_slab{.header = "linux/slab.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
