// SPDX-License-Identifier: GPL-2.0-or-later
// Names for other types: asm/posix_types.h, linux/types.h, and those of single structures.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Typedef table[] = {
    {"u8", "unsigned char"},
    {"u16", "short unsigned int"},
    {"u32", "unsigned int"},
    {"u64", "long long unsigned int"},
    {"__u8", "unsigned char"},
    {"__u16", "short unsigned int"},
    {"__u32", "unsigned int"},
    {"__s32", "int"},

    {"kdev_t", "short unsigned int"},
    {"dev_t", "long unsigned int", {.arches = cpu::x86_64}},
    {"dev_t", "unsigned int", {.arches = cpu::alpha | cpu::mips | cpu::ppc}},
    {"dev_t", "short unsigned int"},
    {"mode_t", "unsigned int", {.arches = cpu::alpha | cpu::mips | cpu::ppc | cpu::x86_64}},
    {"mode_t", "short unsigned int"},
    {"umode_t", "unsigned int", {.arches = cpu::alpha}},
    {"umode_t", "short unsigned int"},
    {"nlink_t", "long unsigned int", {.arches = cpu::x86_64}},
    {"nlink_t", "unsigned int", {.arches = cpu::alpha | cpu::mips}},
    {"nlink_t", "short unsigned int"},
    {"uid_t", "short unsigned int", {.until = v2_2_26, .arches = cpu::i386}},
    {"uid_t", "unsigned int"},
    {"gid_t", "short unsigned int", {.until = v2_2_26, .arches = cpu::i386}},
    {"gid_t", "unsigned int"},
    {"pid_t", "int"},
    {"off_t", "long int"},
    {"loff_t", "long long int"},
    {"size_t", "long unsigned int"}, // unsigned int on most 32-bit machines: of one size with long there
    {"__kernel_size_t", "long unsigned int"},
    {"time_t", "long int"},
    {"suseconds_t", "long int"},
    {"cycles_t", "long unsigned int"},
    {"dma_addr_t", "unsigned int"},
    {"kernel_cap_t", "unsigned int"},
    {"sa_family_t", "short unsigned int"},
    {"socket_state", "int"}, // an enum
    {"tcflag_t", "unsigned int"},
    {"speed_t", "unsigned int"},
    {"cc_t", "unsigned char"},
    {"pm_dev_t", "int"},
    {"qsize_t", "unsigned int"},

    {"fl_owner_t", "struct files_struct*"},
    {"devfs_handle_t", "struct devfs_entry*"},
    {"handler_t", "fn void(int,struct pt_regs*)*"},
    {"lcall7_func", "fn void(struct pt_regs*)*"},
    {"pm_callback", "fn int(struct pm_dev*,int,void*)*"},

    {"list_t", "struct list_head"},
    {"wait_queue_head_t", "struct __wait_queue_head"},
    {"request_queue_t", "struct request_queue"},
    {"elevator_t", "struct elevator_s"},
    {"zone_t", "struct zone_struct"},
    {"skb_frag_t", "struct skb_frag_struct"},
    {"free_area_t", "struct free_area_struct"},
    {"zonelist_t", "struct zonelist_struct"},
    {"zone_watermarks_t", "struct zone_watermarks_s"},
    {"rb_node_t", "struct rb_node_s"},
    {"rb_root_t", "struct rb_root_s"},

    // structures elsewhere, plain words here
    {"mm_segment_t", "long unsigned int", {.arches = cpu::arm}},
    {"pgprot_t", "long unsigned int", {.arches = cpu::sparc}},
    {"mm_context_t", "long unsigned int", {.arches = cpu::alpha | cpu::m68k | cpu::mips | cpu::ppc | cpu::sparc}},
};

} // namespace

std::span<const Typedef> typedefs() { return table; }

} // namespace retromod::layouts
