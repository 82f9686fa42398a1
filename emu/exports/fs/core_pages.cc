// SPDX-License-Identifier: GPL-2.0-or-later
// The page cache and buffers of 2.4: the code is the core's in the guest (images/core).
#include "emu/abi/event_sink.h"
#include "emu/exports/core_row.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    core<void(GuestAddr)>("lock_page", Grade::full, since_2_4),
    core<void(GuestAddr)>("unlock_page", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr)>("___wait_on_page", Grade::full, since_2_4),
    core<GuestAddr(GuestAddr, ULong, std::uint32_t)>("find_or_create_page", Grade::full, from(LayoutVersion::v2_4_22)),
    core<GuestAddr(GuestAddr, ULong, GuestAddr)>("__find_lock_page", Grade::full, since_2_4),
    core<GuestAddr(GuestAddr, ULong)>("grab_cache_page", Grade::full, Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_18_14}),
    core<GuestAddr(GuestAddr, ULong)>("grab_cache_page_nowait", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<GuestAddr(GuestAddr, ULong, GuestFunction, GuestAddr)>("read_cache_page", Grade::full, since_2_4),
    core<void(GuestAddr)>("set_page_dirty", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr)>("fail_writepage", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr)>("filemap_fdatasync", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr)>("filemap_fdatawait", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr)>("writeout_one_page", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr)>("waitfor_one_page", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr, std::uint64_t)>("truncate_inode_pages", Grade::full, since_2_4),
    core<void(GuestAddr)>("invalidate_inode_pages", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::uint64_t)>("vmtruncate", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestAddr, ULong, GuestAddr)>("generic_file_read", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestAddr, ULong, GuestAddr)>("generic_file_write", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestAddr)>("generic_file_mmap", Grade::init, since_2_4),
    core<void(GuestAddr, GuestAddr, GuestAddr, GuestFunction)>("do_generic_file_read", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestFunction)>("block_read_full_page", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestFunction)>("block_write_full_page", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::uint32_t, std::uint32_t, GuestFunction)>("block_prepare_write", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::uint32_t, std::uint32_t, GuestFunction, GuestAddr)>("cont_prepare_write", Grade::full,
        since_2_4),
    core<std::int32_t(GuestAddr, std::uint64_t)>("generic_cont_expand", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr, GuestAddr, std::uint32_t, std::uint32_t)>("generic_commit_write", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::int32_t, GuestFunction)>("generic_block_bmap", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr)>("block_sync_page", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, std::uint64_t, GuestFunction)>("block_truncate_page", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestString, std::int32_t)>("block_symlink", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestAddr)>("page_follow_link", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr, GuestAddr, std::int32_t)>("page_readlink", Grade::full, since_2_4),
    core<GuestAddr(std::uint32_t, std::int32_t, std::int32_t)>("getblk", Grade::full, since_2_4),
    core<GuestAddr(std::uint32_t, std::int32_t, std::int32_t)>("get_hash_table", Grade::full, since_2_4),
    core<GuestAddr(std::uint32_t, std::int32_t, std::int32_t)>("bread", Grade::full, since_2_4),
    core<void(GuestAddr)>("__brelse", Grade::full, since_2_4),
    core<void(GuestAddr)>("__bforget", Grade::full, since_2_4),
    core<void(GuestAddr)>("mark_buffer_dirty", Grade::full, since_2_4),
    core<void(GuestAddr)>("__mark_buffer_dirty", Grade::full, since_2_4),
    core<void(GuestAddr)>("unlock_buffer", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr)>("__wait_on_buffer", Grade::full, since_2_4),
    core<void(GuestAddr, GuestFunction, GuestAddr)>("init_buffer", Grade::full, since_2_4),
    core<void(GuestAddr)>("refile_buffer", Grade::full, since_2_4),
    core<void(std::uint32_t, std::int32_t)>("__invalidate_buffers", Grade::full, since_2_4),
    core<std::int32_t(GuestAddr)>("fsync_buffers_list", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr, GuestAddr)>("buffer_insert_inode_queue", Grade::full,
        Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_18_14}),
    core<void(GuestAddr, GuestAddr)>("buffer_insert_inode_data_queue", Grade::full,
        Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    core<void(GuestAddr, GuestAddr)>("buffer_insert_list", Grade::full, from(LayoutVersion::v2_4_22)),
    core<void(GuestAddr)>("set_buffer_async_io", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr, GuestAddr, ULong)>("set_bh_page", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr, std::uint32_t, ULong)>("create_empty_buffers", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<GuestAddr(std::int32_t)>("get_unused_buffer_head", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<GuestAddr(std::int32_t, GuestAddr)>("create_bounce", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<void(GuestAddr)>("put_unused_buffer_head", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr, std::uint32_t)>("try_to_free_buffers", Grade::full, from(LayoutVersion::v2_4_18_14)),
    core<std::int32_t(GuestAddr, ULong, std::int32_t)>("discard_bh_page", Grade::full, from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family core_pages{.header = "linux/pagemap.h, linux/fs.h, pages and buffers of 2.4", .functions = functions};

} // namespace retromod
