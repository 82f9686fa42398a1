// SPDX-License-Identifier: GPL-2.0-or-later
// Modules and what surrounds them: linux/module.h, asm/uaccess.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member module_rows[] = {
    {"size_of_struct", "long unsigned int"},
    {"next", "struct module*"},
    {"name", "const char*"},
    {"size", "long unsigned int"},
    {"uc", "union {anonymous}"},
    {"uc.usecount", "atomic_t"},
    {"uc.pad", "long int"},
    {"flags", "long unsigned int"},
    {"nsyms", "unsigned int"},
    {"ndeps", "unsigned int"},
    {"syms", "struct module_symbol*"},
    {"deps", "struct module_ref*"},
    {"refs", "struct module_ref*"},
    {"init", "fn int()*"},
    {"cleanup", "fn void()*"},
    {"ex_table_start", "const struct exception_table_entry*"},
    {"ex_table_end", "const struct exception_table_entry*"},
    {"gp", "long unsigned int", {.arches = cpu::alpha}},
    {"persist_start", "const struct module_persist*"},
    {"persist_end", "const struct module_persist*"},
    {"can_unload", "fn int()*"},
    {"runsize", "int", {.since = v2_4_0}},
    {"kallsyms_start", "const char*", {.since = v2_4_0}},
    {"kallsyms_end", "const char*", {.since = v2_4_0}},
    {"archdata_start", "const char*", {.since = v2_4_0}},
    {"archdata_end", "const char*", {.since = v2_4_0}},
    {"kernel_data", "const char*", {.since = v2_4_0}},
};

constexpr Member module_symbol_rows[] = {
    {"value", "long unsigned int"},
    {"name", "const char*"},
};

constexpr Member module_ref_rows[] = {
    {"dep", "struct module*"},
    {"ref", "struct module*"},
    {"next_ref", "struct module_ref*"},
};

constexpr Member module_info_rows[] = {
    {"addr", "long unsigned int"},
    {"size", "long unsigned int"},
    {"flags", "long unsigned int"},
    {"usecount", "long int"},
};

constexpr Member kernel_sym_rows[] = {
    {"value", "long unsigned int"},
    {"name", "char[60]"},
};

constexpr Member exception_table_entry_rows[] = {
    {"insn", "long unsigned int"},
    {"fixup", "long unsigned int"},
};

constexpr Member exception_table_entry_alpha_rows[] = {
    {"insn", "int"},
    {"fixup", "union exception_fixup"},
};

constexpr Member exception_table_entry_mips_rows[] = {
    {"insn", "long unsigned int"},
    {"nextinsn", "long unsigned int"},
};

constexpr Member inter_module_entry_rows[] = {
    {"list", "struct list_head"},
    {"im_name", "const char*"},
    {"owner", "struct module*"},
    {"userdata", "const void*"},
};

constexpr Structure table[] = {
    {"struct module", module_rows},
    {"struct module_symbol", module_symbol_rows},
    {"struct module_ref", module_ref_rows},
    {"struct module_info", module_info_rows},
    {"struct kernel_sym", kernel_sym_rows},
    {"struct exception_table_entry",
     exception_table_entry_rows,
     {.arches = cpu::i386 | cpu::arm | cpu::m68k | cpu::ppc | cpu::sparc | cpu::x86_64 | cpu::others}},
    {"struct exception_table_entry", exception_table_entry_alpha_rows, {.arches = cpu::alpha}},
    {"struct exception_table_entry", exception_table_entry_mips_rows, {.arches = cpu::mips}},
    {"struct inter_module_entry", inter_module_entry_rows, {.since = v2_4_0}},
};

} // namespace

std::span<const Structure> module_structures() { return table; }

} // namespace retromod::layouts
