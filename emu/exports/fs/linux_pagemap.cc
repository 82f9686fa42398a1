// SPDX-License-Identifier: GPL-2.0-or-later
// linux/pagemap.h, linux/iobuf.h: the page cache and raw I/O, which no file here reaches. Source: mm/filemap.c, fs/buffer.c,
// fs/iobuf.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<do_nothing<GuestAddr>>("wakeup_page_waiters", from(LayoutVersion::v2_4_22)),
    inert<do_nothing<>>("balance_dirty", from(LayoutVersion::v2_4_22)),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong>>("generic_file_read", only_2_2),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong>>("generic_file_write", only_2_2),
    inert<refuse<Errno::enodev, GuestAddr, GuestAddr>>("generic_file_mmap", only_2_2),
    inert<answer<0, GuestAddr, std::int32_t>>("bmap", only_2_2),
    inert<no_object<GuestAddr, ULong, std::uint32_t>>("filemap_nopage", since_2_4),
    inert<refuse<Errno::eio, std::int32_t, GuestAddr, GuestAddr, ULong, GuestAddr>>("generic_direct_IO",
                                                                                    from(LayoutVersion::v2_4_18_14)),
    inert<refuse<Errno::enomem, std::int32_t, GuestAddr>>("alloc_kiovec", since_2_4),
    inert<do_nothing<std::int32_t, GuestAddr>>("free_kiovec", since_2_4),
    inert<refuse<Errno::enomem, GuestAddr, std::int32_t>>("expand_kiobuf", since_2_4),
    inert<refuse<Errno::efault, std::int32_t, GuestAddr, ULong, std::uint32_t>>("map_user_kiobuf", since_2_4),
    inert<do_nothing<GuestAddr>>("unmap_kiobuf", since_2_4),
    inert<refuse<Errno::eio, std::int32_t, std::int32_t, GuestAddr, std::uint32_t, GuestAddr, std::int32_t>>("brw_kiovec",
                                                                                                             since_2_4),
    inert<answer<0, GuestAddr>>("kiobuf_wait_for_io", from(LayoutVersion::v2_4_18_14)),
};

constexpr DataExport data[] = {
    {"page_hash_table", words<1>, nullptr, since_2_4},
    {"page_hash_bits", fixed_bytes<4>, nullptr, since_2_4},
    {"page_symlink_inode_operations",
     [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct inode_operations"); }, nullptr, since_2_4},
    {"vm_max_readahead", fixed_bytes<4>, [](Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 31); },
     from(LayoutVersion::v2_4_18_14)},
    {"page_cache_size", words<1>, nullptr, Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}},
};

} // namespace

extern const Family linux_pagemap{.header = "linux/pagemap.h", .functions = functions, .data = data};

} // namespace retromod
