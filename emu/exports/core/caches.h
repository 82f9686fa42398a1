// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

#include <cstdint>
#include <string_view>

namespace retromod {

/// A kmem_cache_t; fixed format.
struct CacheRow {
    static constexpr std::string_view table_name = "caches";
    static constexpr std::uint32_t table_capacity = 1024;
    std::uint32_t used;
    std::uint32_t objects;      ///< allocated now
    std::uint64_t handle;       ///< the guest's kmem_cache_t *
    std::uint64_t object_bytes;
    std::uint64_t flags;
    std::uint64_t constructor, destructor;
    char name[32];
};

/// kmem_cache_create without constructor and destructor: the handle, or NULL when memory is short. A name that is taken is a BUG.
GuestAddr create_cache(Kernel& kernel, const std::string& name, std::uint64_t object_bytes);

} // namespace retromod
