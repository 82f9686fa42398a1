// SPDX-License-Identifier: GPL-2.0-or-later
// Memory: linux/mm.h, linux/mmzone.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member mm_struct_rows[] = {
    {"mmap", "struct vm_area_struct*"},
    {"mmap_avl", "struct vm_area_struct*", {.until = v2_4_0}},
    {"mm_rb", "rb_root_t", {.since = v2_4_18_14}},
    {"mmap_cache", "struct vm_area_struct*"},
    {"pgd", "pgd_t*"},
    {"count", "atomic_t", {.until = v2_2_26}},
    {"mm_users", "atomic_t", {.since = v2_4_0}},
    {"mm_count", "atomic_t", {.since = v2_4_0}},
    {"map_count", "int"},
    {"mmap_sem", "struct semaphore", {.until = v2_4_0}},
    {"mmap_sem", "struct rw_semaphore", {.since = v2_4_18_14}},
    {"context", "long unsigned int", {.until = v2_2_26}},
    {"page_table_lock", "spinlock_t", {.since = v2_4_0}},
    {"mmlist", "struct list_head", {.since = v2_4_0}},
    {"start_code", "long unsigned int"},
    {"end_code", "long unsigned int"},
    {"start_data", "long unsigned int"},
    {"end_data", "long unsigned int"},
    {"start_brk", "long unsigned int"},
    {"brk", "long unsigned int"},
    {"start_stack", "long unsigned int"},
    {"arg_start", "long unsigned int"},
    {"arg_end", "long unsigned int"},
    {"env_start", "long unsigned int"},
    {"env_end", "long unsigned int"},
    {"rss", "long unsigned int"},
    {"total_vm", "long unsigned int"},
    {"locked_vm", "long unsigned int"},
    {"def_flags", "long unsigned int"},
    {"cpu_vm_mask", "long unsigned int"},
    {"swap_cnt", "long unsigned int", {.since = v2_2_6, .until = v2_4_0}},
    {"swap_address", "long unsigned int", {.since = v2_2_6, .vendor = Vendor::no}},
    {"segments", "void*", {.until = v2_2_26}},
    {"rlimit_rss", "long unsigned int", {.vendor = Vendor::yes}},
    {"dumpable", "unsigned int:1", {.since = v2_4_18_14}},
    {"context", "mm_context_t", {.since = v2_4_0}},
};

constexpr Member mm_context_t_x86_64_rows[] = {
    {"segments", "void*"},
    {"cpuvalid", "long unsigned int"},
    {"ldtlock", "rwlock_t"},
};

constexpr Member mm_context_t_rows[] = {
    {"segments", "void*", {.until = v2_4_22}},
    {"cpuvalid", "long unsigned int", {.since = v2_4_18_14, .until = v2_4_22}},
    {"size", "int", {.since = v2_4_27}},
    {"sem", "struct semaphore", {.since = v2_4_27}},
    {"ldt", "void*", {.since = v2_4_27}},
};

constexpr Member vm_area_struct_rows[] = {
    {"vm_mm", "struct mm_struct*"},
    {"vm_start", "long unsigned int"},
    {"vm_end", "long unsigned int"},
    {"vm_next", "struct vm_area_struct*"},
    {"vm_page_prot", "pgprot_t"},
    {"vm_flags", "short unsigned int", {.until = v2_2_26}},
    {"vm_flags", "long unsigned int", {.since = v2_4_0}},
    {"vm_avl_height", "short int", {.until = v2_4_0}},
    {"vm_avl_left", "struct vm_area_struct*", {.until = v2_4_0}},
    {"vm_avl_right", "struct vm_area_struct*", {.until = v2_4_0}},
    {"vm_rb", "rb_node_t", {.since = v2_4_18_14}},
    {"vm_next_share", "struct vm_area_struct*"},
    {"vm_pprev_share", "struct vm_area_struct**"},
    {"vm_ops", "struct vm_operations_struct*"},
    {"vm_offset", "long unsigned int", {.until = v2_2_26}},
    {"vm_pgoff", "long unsigned int", {.since = v2_4_0}},
    {"vm_file", "struct file*"},
    {"vm_pte", "long unsigned int", {.until = v2_2_26}},
    {"vm_raend", "long unsigned int", {.since = v2_4_0}},
    {"vm_private_data", "void*", {.since = v2_4_0}},
};

constexpr Member pgprot_t_rows[] = {
    {"pgprot", "long unsigned int"},
};

constexpr Member page_rows[] = {
    {"next", "struct page*", {.until = v2_2_26}},
    {"prev", "struct page*", {.until = v2_2_26}},
    {"inode", "struct inode*", {.until = v2_2_26}},
    {"offset", "long unsigned int", {.until = v2_2_26}},
    {"list", "struct list_head", {.since = v2_4_0}},
    {"mapping", "struct address_space*", {.since = v2_4_0}},
    {"index", "long unsigned int", {.since = v2_4_0}},
    {"next_hash", "struct page*"},
    {"count", "atomic_t"},
    {"flags", "long unsigned int"},
    {"lru", "struct list_head", {.since = v2_4_0}},
    {"age", "long unsigned int", {.since = v2_4_0, .until = v2_4_0}},
    {"age", "unsigned char", {.vendor = Vendor::yes}},
    {"pte_chain", "struct pte_chain*", {.vendor = Vendor::yes}},
    {"wait", "struct wait_queue*", {.until = v2_2_26}},
    {"wait", "wait_queue_head_t", {.since = v2_4_0, .until = v2_4_0}},
    {"pprev_hash", "struct page**"},
    {"buffers", "struct buffer_head*"},
    {"virtual", "void*", {.since = v2_4_0, .until = v2_4_0}},
    {"virtual", "void*", {.since = v2_4_18_14, .arches = cpu::m68k | cpu::sparc}},
    {"virtual", "void*", {.since = v2_4_18_14, .arches = cpu::all_but(cpu::m68k | cpu::sparc), .highmem = Highmem::yes}},
    {"zone", "struct zone_struct*", {.since = v2_4_0, .until = v2_4_0}},
};

constexpr Member address_space_rows[] = {
    {"clean_pages", "struct list_head"},
    {"dirty_pages", "struct list_head"},
    {"locked_pages", "struct list_head"},
    {"nrpages", "long unsigned int"},
    {"a_ops", "struct address_space_operations*"},
    {"host", "struct inode*"},
    {"i_mmap", "struct vm_area_struct*"},
    {"i_mmap_shared", "struct vm_area_struct*"},
    {"i_shared_lock", "spinlock_t"},
    {"gfp_mask", "int", {.since = v2_4_18_14}},
};

constexpr Member address_space_operations_rows[] = {
    {"writepage", "fn int(struct page*)*"},
    {"readpage", "fn int(struct file*,struct page*)*"},
    {"sync_page", "fn int(struct page*)*"},
    {"prepare_write", "fn int(struct file*,struct page*,unsigned int,unsigned int)*"},
    {"commit_write", "fn int(struct file*,struct page*,unsigned int,unsigned int)*"},
    {"bmap", "fn int(struct address_space*,long int)*"},
    {"flushpage", "fn int(struct page*,long unsigned int)*", {.since = v2_4_18_14}},
    {"releasepage", "fn int(struct page*,int)*", {.since = v2_4_18_14}},
    {"direct_IO", "fn int(int,struct inode*,struct kiobuf*,long unsigned int,int)*", {.since = v2_4_18_14}},
    {"direct_fileIO", "fn int(int,struct file*,struct kiobuf*,long unsigned int,int)*", {.since = v2_4_22}},
    {"removepage", "fn void(struct page*)*", {.vendor = Vendor::yes}},
    {"removepage", "fn void(struct page*)*", {.since = v2_4_22}},
};

constexpr Member zone_struct_rows[] = {
    {"cpu_pages", "per_cpu_t[32]", {.smp = Smp::yes, .vendor = Vendor::yes}},
    {"cpu_pages", "per_cpu_t[1]", {.smp = Smp::no, .vendor = Vendor::yes}},
    {"lock", "spinlock_t"},
    {"offset", "long unsigned int", {.until = v2_4_0}},
    {"free_pages", "long unsigned int"},
    {"watermarks", "zone_watermarks_t[3]", {.since = v2_4_27}},
    {"active_pages", "long unsigned int", {.vendor = Vendor::yes}},
    {"inactive_dirty_pages", "long unsigned int", {.vendor = Vendor::yes}},
    {"inactive_clean_pages", "long unsigned int", {.until = v2_4_18_14}},
    {"inactive_dirty_pages", "long unsigned int", {.until = v2_4_0}},
    {"pages_min", "long unsigned int", {.until = v2_4_22}},
    {"pages_low", "long unsigned int", {.until = v2_4_22}},
    {"pages_high", "long unsigned int", {.until = v2_4_22}},
    {"pages_plenty", "long unsigned int", {.vendor = Vendor::yes}},
    {"need_balance", "int", {.since = v2_4_18_14, .until = v2_4_22}},
    {"need_balance", "long unsigned int", {.since = v2_4_27}},
    {"nr_active_pages", "long unsigned int", {.since = v2_4_27}},
    {"nr_inactive_pages", "long unsigned int", {.since = v2_4_27}},
    {"nr_cache_pages", "long unsigned int", {.since = v2_4_27}},
    {"active_list", "struct list_head", {.vendor = Vendor::yes}},
    {"inactive_dirty_list", "struct list_head", {.vendor = Vendor::yes}},
    {"inactive_clean_list", "struct list_head", {.until = v2_4_18_14}},
    {"free_area", "free_area_t[10]"},
    {"pte_chain_freelist_lock", "spinlock_t", {.vendor = Vendor::yes}},
    {"pte_chain_freelist", "struct pte_chain*", {.vendor = Vendor::yes}},
    {"wait_table", "wait_queue_head_t*", {.since = v2_4_18_14}},
    {"wait_table_size", "long unsigned int", {.since = v2_4_18_14}},
    {"wait_table_shift", "long unsigned int", {.since = v2_4_18_14}},
    {"zone_pgdat", "struct pglist_data*", {.since = v2_4_18_14}},
    {"zone_mem_map", "struct page*", {.since = v2_4_18_14}},
    {"zone_start_paddr", "long unsigned int", {.since = v2_4_18_14}},
    {"zone_start_mapnr", "long unsigned int", {.since = v2_4_18_14}},
    {"name", "char*"},
    {"size", "long unsigned int"},
    {"zone_pgdat", "struct pglist_data*", {.until = v2_4_0}},
    {"zone_start_paddr", "long unsigned int", {.until = v2_4_0}},
    {"zone_start_mapnr", "long unsigned int", {.until = v2_4_0}},
    {"zone_mem_map", "struct page*", {.until = v2_4_0}},
    {"realsize", "long unsigned int", {.since = v2_4_27}},
};

constexpr Member pglist_data_rows[] = {
    {"node_zones", "zone_t[3]"},
    {"node_zonelists", "zonelist_t[256]", {.until = v2_4_0}},
    {"node_zonelists", "zonelist_t[16]", {.since = v2_4_18_14}},
    {"nr_zones", "int", {.since = v2_4_18_14}},
    {"node_mem_map", "struct page*"},
    {"valid_addr_bitmap", "long unsigned int*"},
    {"bdata", "struct bootmem_data*"},
    {"node_start_paddr", "long unsigned int"},
    {"node_start_mapnr", "long unsigned int"},
    {"node_size", "long unsigned int"},
    {"node_id", "int"},
    {"node_next", "struct pglist_data*"},
};

constexpr Structure table[] = {
    {"struct mm_struct", mm_struct_rows},
    {"mm_context_t", mm_context_t_x86_64_rows, {.since = v2_4_20, .arches = cpu::x86_64}},
    {"mm_context_t", mm_context_t_rows, {.since = v2_4_0, .arches = cpu::i386}},
    {"struct vm_area_struct", vm_area_struct_rows},
    {"pgprot_t", pgprot_t_rows, {.arches = cpu::all_but(cpu::sparc)}},
    {"struct page", page_rows},
    {"struct address_space", address_space_rows, {.since = v2_4_0}},
    {"struct address_space_operations", address_space_operations_rows, {.since = v2_4_0}},
    {"struct zone_struct", zone_struct_rows, {.since = v2_4_18_14, .until = v2_4_18_14}, 32},
    {"struct zone_struct", zone_struct_rows, {.since = v2_4_0}},
    {"struct pglist_data", pglist_data_rows, {.since = v2_4_0}},
};

} // namespace

std::span<const Structure> memory_structures() { return table; }

} // namespace retromod::layouts
