// SPDX-License-Identifier: GPL-2.0-or-later
// Block devices: linux/blkdev.h, linux/genhd.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member buffer_head_rows[] = {
    {"b_next", "struct buffer_head*"},
    {"b_blocknr", "long unsigned int"},
    {"b_size", "long unsigned int", {.until = v2_2_26}},
    {"b_size", "short unsigned int", {.since = v2_4_0}},
    {"b_list", "short unsigned int", {.since = v2_4_0}},
    {"b_dev", "kdev_t"},
    {"b_count", "atomic_t", {.since = v2_4_0}},
    {"b_rdev", "kdev_t"},
    {"b_state", "long unsigned int", {.since = v2_4_0}},
    {"b_flushtime", "long unsigned int", {.since = v2_4_0}},
    {"b_next_free", "struct buffer_head*", {.since = v2_4_0}},
    {"b_prev_free", "struct buffer_head*", {.since = v2_4_0}},
    {"b_this_page", "struct buffer_head*", {.since = v2_4_0}},
    {"b_reqnext", "struct buffer_head*", {.since = v2_4_0}},
    {"b_pprev", "struct buffer_head**", {.since = v2_4_0}},
    {"b_data", "char*", {.since = v2_4_0}},
    {"b_page", "struct page*", {.since = v2_4_0}},
    {"b_end_io", "fn void(struct buffer_head*,int)*", {.since = v2_4_0}},
    {"b_private", "void*", {.since = v2_4_0}},
    {"b_rsector", "long unsigned int"},
    {"b_this_page", "struct buffer_head*", {.until = v2_2_26}},
    {"b_state", "long unsigned int", {.until = v2_2_26}},
    {"b_next_free", "struct buffer_head*", {.until = v2_2_26}},
    {"b_count", "unsigned int", {.until = v2_2_26}},
    {"b_data", "char*", {.until = v2_2_26}},
    {"b_list", "unsigned int", {.until = v2_2_26}},
    {"b_flushtime", "long unsigned int", {.until = v2_2_26}},
    {"b_wait", "struct wait_queue*", {.until = v2_2_26}},
    {"b_wait", "wait_queue_head_t", {.since = v2_4_0}},
    {"b_inode", "struct inode*", {.since = v2_4_0, .until = v2_4_20}},
    {"b_inode_buffers", "struct list_head", {.since = v2_4_0}},
    {"b_pprev", "struct buffer_head**", {.until = v2_2_26}},
    {"b_prev_free", "struct buffer_head*", {.until = v2_2_26}},
    {"b_reqnext", "struct buffer_head*", {.until = v2_2_26}},
    {"b_end_io", "fn void(struct buffer_head*,int)*", {.until = v2_2_26}},
    {"b_dev_id", "void*", {.until = v2_2_26}},
};

constexpr Member request_rows[] = {
    {"queue", "struct list_head", {.since = v2_4_0}},
    {"elevator_sequence", "int", {.since = v2_4_0}},
    {"table", "struct list_head", {.since = v2_4_0, .until = v2_4_0}},
    {"free_list", "struct list_head*", {.since = v2_4_0, .until = v2_4_0}},
    {"rq_status", "volatile int"},
    {"rq_dev", "kdev_t"},
    {"cmd", "int"},
    {"errors", "int"},
    {"start_time", "long unsigned int", {.since = v2_4_18_14}},
    {"sector", "long unsigned int"},
    {"nr_sectors", "long unsigned int"},
    {"hard_sector", "long unsigned int", {.since = v2_4_0}},
    {"hard_nr_sectors", "long unsigned int", {.since = v2_4_0}},
    {"nr_segments", "long unsigned int", {.since = v2_2_26, .until = v2_2_26}},
    {"nr_segments", "unsigned int", {.since = v2_4_0}},
    {"nr_hw_segments", "unsigned int", {.since = v2_4_0}},
    {"current_nr_sectors", "long unsigned int"},
    {"hard_cur_sectors", "long unsigned int", {.since = v2_4_18_14}},
    {"special", "void*", {.since = v2_4_0}},
    {"buffer", "char*"},
    {"sem", "struct semaphore*", {.until = v2_4_0}},
    {"waiting", "struct completion*", {.since = v2_4_18_14}},
    {"bh", "struct buffer_head*"},
    {"bhtail", "struct buffer_head*"},
    {"next", "struct request*", {.until = v2_2_26}},
    {"elevator_latency", "int", {.since = v2_2_26, .until = v2_2_26}},
    {"q", "request_queue_t*", {.since = v2_4_0}},
    {"e", "elevator_t*", {.since = v2_4_0, .until = v2_4_0}},
    {"io_account", "char", {.since = v2_4_37_11}},
};

constexpr Member request_queue_rows[] = {
    {"request_freelist", "struct list_head[2]", {.until = v2_4_0}},
    {"rq", "struct request_list[2]", {.since = v2_4_18_14, .until = v2_4_20}},
    {"rq", "struct request_list", {.since = v2_4_22}},
    {"nr_requests", "int", {.since = v2_4_20}},
    {"batch_requests", "int", {.since = v2_4_20}},
    {"nr_sectors", "atomic_t", {.since = v2_4_22}},
    {"batch_sectors", "int", {.since = v2_4_22}},
    {"max_queue_sectors", "int", {.since = v2_4_22}},
    {"queue_head", "struct list_head"},
    {"elevator", "elevator_t"},
    {"request_fn", "request_fn_proc*"},
    {"back_merge_fn", "merge_request_fn*"},
    {"front_merge_fn", "merge_request_fn*"},
    {"merge_requests_fn", "merge_requests_fn*"},
    {"make_request_fn", "make_request_fn*"},
    {"plug_device_fn", "plug_device_fn*"},
    {"queuedata", "void*"},
    {"plug_tq", "struct tq_struct"},
    {"plugged", "char", {.until = v2_4_20}},
    {"plugged", "int:1", {.since = v2_4_22}},
    {"head_active", "char", {.until = v2_4_20}},
    {"head_active", "int:1", {.since = v2_4_22}},
    {"can_throttle", "int:1", {.since = v2_4_22}},
    {"request_lock", "spinlock_t", {.until = v2_4_0}},
    {"wait_for_request", "wait_queue_head_t", {.until = v2_4_0}},
    {"bounce_pfn", "long unsigned int", {.since = v2_4_18_14}},
    {"queue_lock", "spinlock_t*", {.vendor = Vendor::yes}},
    {"queue_lock", "spinlock_t", {.since = v2_4_20}},
    {"wait_for_requests", "wait_queue_head_t[2]", {.since = v2_4_18_14, .until = v2_4_20}},
    {"wait_for_requests", "wait_queue_head_t", {.since = v2_4_22}},
};

constexpr Member elevator_s_rows[] = {
    {"sequence", "int", {.until = v2_4_0}},
    {"read_latency", "int"},
    {"write_latency", "int"},
    {"max_bomb_segments", "int", {.until = v2_4_18_14}},
    {"nr_segments", "unsigned int", {.until = v2_4_0}},
    {"read_pendings", "int", {.until = v2_4_0}},
    {"elevator_fn", "elevator_fn*", {.until = v2_4_0}},
    {"elevator_merge_fn", "elevator_merge_fn*"},
    {"dequeue_fn", "elevator_dequeue_fn*", {.until = v2_4_0}},
    {"elevator_merge_req_fn", "elevator_merge_req_fn*", {.since = v2_4_18_14}},
    {"queue_ID", "unsigned int"},
};

constexpr Member blk_dev_struct_rows[] = {
    {"request_fn", "request_fn_proc*", {.until = v2_2_26}},
    {"request_queue", "request_queue_t", {.since = v2_4_0}},
    {"queue", "queue_proc*"},
    {"data", "void*"},
    {"current_request", "struct request*", {.until = v2_2_26}},
    {"plug", "struct request", {.until = v2_2_26}},
    {"plug_tq", "struct tq_struct", {.until = v2_2_26}},
    {"elevator", "elevator_t", {.since = v2_2_26, .until = v2_2_26}},
    {"gd", "struct gendisk*", {.until = v2_2_1}},
};

constexpr Member block_device_rows[] = {
    {"bd_hash", "struct list_head"},
    {"bd_count", "atomic_t"},
    {"bd_inode", "struct inode*", {.since = v2_4_18_14}},
    {"bd_dev", "dev_t"},
    {"bd_openers", "atomic_t", {.until = v2_4_0}},
    {"bd_openers", "int", {.since = v2_4_18_14}},
    {"bd_op", "const struct block_device_operations*"},
    {"bd_sem", "struct semaphore"},
    {"bd_inodes", "struct list_head", {.since = v2_4_18_14}},
};

constexpr Member block_device_operations_rows[] = {
    {"open", "fn int(struct inode*,struct file*)*"},
    {"release", "fn int(struct inode*,struct file*)*"},
    {"ioctl", "fn int(struct inode*,struct file*,unsigned int,long unsigned int)*"},
    {"check_media_change", "fn int(kdev_t)*"},
    {"revalidate", "fn int(kdev_t)*"},
    {"owner", "struct module*", {.since = v2_4_18_14}},
};

constexpr Member gendisk_rows[] = {
    {"major", "int"},
    {"major_name", "const char*"},
    {"minor_shift", "int"},
    {"max_p", "int"},
    {"max_nr", "int", {.until = v2_2_26}},
    {"init", "fn void(struct gendisk*)*", {.until = v2_2_26}},
    {"part", "struct hd_struct*"},
    {"sizes", "int*"},
    {"nr_real", "int"},
    {"real_devices", "void*"},
    {"next", "struct gendisk*"},
    {"fops", "struct block_device_operations*", {.since = v2_4_0}},
    {"de_arr", "devfs_handle_t*", {.since = v2_4_0}},
    {"flags", "char*", {.since = v2_4_0}},
};

constexpr Member hd_struct_rows[] = {
    {"start_sect", "long int", {.until = v2_4_0}},
    {"start_sect", "long unsigned int", {.since = v2_4_18_14}},
    {"nr_sects", "long int", {.until = v2_4_0}},
    {"nr_sects", "long unsigned int", {.since = v2_4_18_14}},
    {"nr_segs", "int", {.until = v2_2_1}},
    {"seg", "struct hd_seg_struct*", {.until = v2_2_1}},
    {"hash_unit", "long int", {.until = v2_2_1}},
    {"hash", "struct hd_seg_struct**", {.until = v2_2_1}},
    {"version", "int", {.until = v2_2_1}},
    {"type", "int", {.since = v2_2_26, .until = v2_2_26}},
    {"de", "devfs_handle_t", {.since = v2_4_0}},
    {"number", "int", {.vendor = Vendor::yes}},
    {"number", "int", {.vendor = Vendor::no, .arches = cpu::ppc}},
    {"ios_in_flight", "unsigned int", {.vendor = Vendor::yes}},
    {"io_ticks", "unsigned int", {.vendor = Vendor::yes}},
    {"last_idle_time", "unsigned int", {.vendor = Vendor::yes}},
    {"last_queue_change", "unsigned int", {.vendor = Vendor::yes}},
    {"aveq", "unsigned int", {.vendor = Vendor::yes}},
    {"rd_ios", "unsigned int", {.vendor = Vendor::yes}},
    {"rd_merges", "unsigned int", {.vendor = Vendor::yes}},
    {"rd_ticks", "unsigned int", {.vendor = Vendor::yes}},
    {"rd_sectors", "unsigned int", {.vendor = Vendor::yes}},
    {"wr_ios", "unsigned int", {.vendor = Vendor::yes}},
    {"wr_merges", "unsigned int", {.vendor = Vendor::yes}},
    {"wr_ticks", "unsigned int", {.vendor = Vendor::yes}},
    {"wr_sectors", "unsigned int", {.vendor = Vendor::yes}},
};

constexpr Member partition_rows[] = {
    {"boot_ind", "unsigned char"},
    {"head", "unsigned char"},
    {"sector", "unsigned char"},
    {"cyl", "unsigned char"},
    {"sys_ind", "unsigned char"},
    {"end_head", "unsigned char"},
    {"end_sector", "unsigned char"},
    {"end_cyl", "unsigned char"},
    {"start_sect", "unsigned int"},
    {"nr_sects", "unsigned int"},
};

constexpr Structure table[] = {
    {"struct buffer_head", buffer_head_rows},
    {"struct request", request_rows},
    {"struct request_queue", request_queue_rows, {.since = v2_4_0}},
    {"struct elevator_s", elevator_s_rows, {.since = v2_4_0}},
    {"struct blk_dev_struct", blk_dev_struct_rows},
    {"struct block_device", block_device_rows, {.since = v2_4_0}},
    {"struct block_device_operations", block_device_operations_rows, {.since = v2_4_0}},
    {"struct gendisk", gendisk_rows},
    {"struct hd_struct", hd_struct_rows},
    {"struct partition", partition_rows},
};

} // namespace

std::span<const Structure> block_structures() { return table; }

} // namespace retromod::layouts
