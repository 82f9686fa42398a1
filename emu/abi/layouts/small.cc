// SPDX-License-Identifier: GPL-2.0-or-later
// Small structures that others hold by value.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member fown_struct_rows[] = {
    {"pid", "int"},
    {"uid", "uid_t"},
    {"euid", "uid_t"},
    {"signum", "int"},
};

constexpr Member rlimit_rows[] = {
    {"rlim_cur", "long unsigned int"},
    {"rlim_max", "long unsigned int"},
};

constexpr Member tms_rows[] = {
    {"tms_utime", "long int"},
    {"tms_stime", "long int"},
    {"tms_cutime", "long int"},
    {"tms_cstime", "long int"},
};

constexpr Member ifmap_rows[] = {
    {"mem_start", "long unsigned int"},
    {"mem_end", "long unsigned int"},
    {"base_addr", "short unsigned int"},
    {"irq", "unsigned char"},
    {"dma", "unsigned char"},
    {"port", "unsigned char"},
};

constexpr Member if_settings_rows[] = {
    {"type", "unsigned int"},
    {"size", "unsigned int"},
    {"ifs_ifsu", "union {anonymous}"},
    {"ifs_ifsu.raw_hdlc", "void*"},
};

constexpr Member ucred_rows[] = {
    {"pid", "__u32"},
    {"uid", "__u32"},
    {"gid", "__u32"},
};

constexpr Member free_area_struct_rows[] = {
    {"free_list", "struct list_head"},
    {"map", "long unsigned int*"},
};

constexpr Member zonelist_struct_rows[] = {
    {"zones", "zone_t*[4]"},
    {"gfp_mask", "int", {.until = v2_4_0}},
};

constexpr Member zone_watermarks_s_rows[] = {
    {"min", "long unsigned int"},
    {"low", "long unsigned int"},
    {"high", "long unsigned int"},
};

constexpr Member rb_node_s_rows[] = {
    {"rb_parent", "rb_node_t*"},
    {"rb_color", "int"},
    {"rb_right", "rb_node_t*"},
    {"rb_left", "rb_node_t*"},
};

constexpr Member rb_root_s_rows[] = {
    {"rb_node", "rb_node_t*"},
};

constexpr Member request_list_rows[] = {
    {"count", "unsigned int"},
    {"pending", "unsigned int[2]", {.since = v2_4_22}},
    {"free", "struct list_head"},
};

constexpr Member vector128_rows[] = {
    {"u", "__u32[4]"},
};

constexpr Structure table[] = {
    {"struct fown_struct", fown_struct_rows},
    {"struct rlimit", rlimit_rows},
    {"struct tms", tms_rows},
    {"struct ifmap", ifmap_rows},
    {"struct if_settings", if_settings_rows, {.since = v2_4_22}},
    {"struct ucred", ucred_rows},
    {"struct free_area_struct", free_area_struct_rows, {.since = v2_4_0}},
    {"struct zonelist_struct", zonelist_struct_rows, {.since = v2_4_0}},
    {"struct zone_watermarks_s", zone_watermarks_s_rows, {.since = v2_4_27}},
    {"struct rb_node_s", rb_node_s_rows, {.since = v2_4_18_14}},
    {"struct rb_root_s", rb_root_s_rows, {.since = v2_4_18_14}},
    {"struct request_list", request_list_rows, {.since = v2_4_18_14}},
    {"vector128", vector128_rows, {.arches = cpu::ppc}, 16},
};

} // namespace

std::span<const Structure> small_structures() { return table; }

} // namespace retromod::layouts
