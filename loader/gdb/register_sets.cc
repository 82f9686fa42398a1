// SPDX-License-Identifier: GPL-2.0-or-later
// Each CPU's registers in gdb's order. Source: gdb manual, appendix G.5; for alpha, gdb's own numbers.
#include "emu/cpu/alpha/alpha_registers.h"
#include "emu/cpu/arm_registers.h"
#include "emu/cpu/i386_registers.h"
#include "emu/cpu/m68k_registers.h"
#include "emu/cpu/mips_registers.h"
#include "emu/cpu/ppc_registers.h"
#include "emu/cpu/sparc_registers.h"
#include "emu/cpu/x86_64_registers.h"
#include "loader/gdb/register_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr auto absent = GdbRegister::absent;
constexpr std::string_view code = "code_ptr", data = "data_ptr";

/// Adds `count` registers of one prefix, r0, r1, ...; their numbers follow each other, or are all absent.
void add_row(std::vector<GdbRegister>& to, std::string_view prefix, unsigned count, unsigned bits, std::string_view type, int first)
{
    for (unsigned i = 0; i < count; ++i)
        to.push_back({fmt::format("{}{}", prefix, i), bits, type, first == absent ? absent : first + static_cast<int>(i)});
}

void add_x87(std::vector<GdbRegister>& to, bool engine_has_it)
{
    for (int i = 0; i < 8; ++i)
        to.push_back({fmt::format("st{}", i), 80, "i387_ext", engine_has_it ? static_cast<int>(i386_st0) + 2 * i : absent});
    const auto number = [&](unsigned ours) { return engine_has_it ? static_cast<int>(ours) : absent; };
    to.push_back({"fctrl", 32, "int", number(i386_fpu_control)});
    to.push_back({"fstat", 32, "int", number(i386_fpu_status)});
    to.push_back({"ftag", 32, "int", number(i386_fpu_tags)});
    for (const auto* name : {"fiseg", "fioff", "foseg", "fooff", "fop"}) to.push_back({name, 32, "int", absent});
}

GdbRegisterSet i386_set()
{
    std::vector<GdbRegister> core = {
        {"eax", 32, "int", i386_eax}, {"ecx", 32, "int", i386_ecx}, {"edx", 32, "int", i386_edx}, {"ebx", 32, "int", i386_ebx},
        {"esp", 32, data, i386_esp},  {"ebp", 32, data, i386_ebp},  {"esi", 32, "int", i386_esi}, {"edi", 32, "int", i386_edi},
        {"eip", 32, code, i386_eip},  {"eflags", 32, "int", i386_eflags},
        {"cs", 32, "int", i386_cs},   {"ss", 32, "int", i386_ss},   {"ds", 32, "int", i386_ds},   {"es", 32, "int", i386_es},
        {"fs", 32, "int", i386_fs},   {"gs", 32, "int", i386_gs},
    };
    add_x87(core, true);
    return {"i386", {{"org.gnu.gdb.i386.core", core}}};
}

GdbRegisterSet x86_64_set()
{
    std::vector<GdbRegister> core = {
        {"rax", 64, "int64", x86_64_rax}, {"rbx", 64, "int64", x86_64_rbx}, {"rcx", 64, "int64", x86_64_rcx},
        {"rdx", 64, "int64", x86_64_rdx}, {"rsi", 64, "int64", x86_64_rsi}, {"rdi", 64, "int64", x86_64_rdi},
        {"rbp", 64, data, x86_64_rbp},    {"rsp", 64, data, x86_64_rsp},
    };
    for (int i = 8; i < 16; ++i) core.push_back({fmt::format("r{}", i), 64, "int64", static_cast<int>(x86_64_r8) + i - 8});
    core.push_back({"rip", 64, code, x86_64_rip});
    core.push_back({"eflags", 32, "int", x86_64_rflags});
    for (const auto* name : {"cs", "ss", "ds", "es", "fs", "gs"}) core.push_back({name, 32, "int", absent});
    add_x87(core, false);
    std::vector<GdbRegister> segments = {{"fs_base", 64, "int", x86_64_fs_base}, {"gs_base", 64, "int", x86_64_gs_base}};
    return {"i386:x86-64", {{"org.gnu.gdb.i386.core", core}, {"org.gnu.gdb.i386.segments", segments}}};
}

GdbRegisterSet mips_set()
{
    std::vector<GdbRegister> cpu, fpu;
    add_row(cpu, "r", 32, 32, "int", 0);
    cpu.push_back({"lo", 32, "int", mips_lo});
    cpu.push_back({"hi", 32, "int", mips_hi});
    cpu.push_back({"pc", 32, "int", mips_pc});
    std::vector<GdbRegister> cp0 = {
        {"status", 32, "int", mips_status}, {"badvaddr", 32, "int", absent}, {"cause", 32, "int", absent},
    };
    add_row(fpu, "f", 32, 32, "ieee_single", absent);
    fpu.push_back({"fcsr", 32, "int", absent});
    fpu.push_back({"fir", 32, "int", absent});
    return {"mips", {{"org.gnu.gdb.mips.cpu", cpu}, {"org.gnu.gdb.mips.cp0", cp0}, {"org.gnu.gdb.mips.fpu", fpu}}};
}

GdbRegisterSet ppc_set()
{
    std::vector<GdbRegister> core;
    add_row(core, "r", 32, 32, "uint32", 0);
    core.push_back({"pc", 32, code, ppc_pc});
    core.push_back({"msr", 32, "uint32", ppc_msr});
    core.push_back({"cr", 32, "uint32", ppc_cr});
    core.push_back({"lr", 32, code, ppc_lr});
    core.push_back({"ctr", 32, "uint32", ppc_ctr});
    core.push_back({"xer", 32, "uint32", ppc_xer});
    return {"powerpc:common", {{"org.gnu.gdb.power.core", core}}};
}

GdbRegisterSet arm_set()
{
    std::vector<GdbRegister> core;
    add_row(core, "r", 13, 32, "uint32", arm_r0);
    core.push_back({"sp", 32, data, arm_sp});
    core.push_back({"lr", 32, "int", arm_lr});
    core.push_back({"pc", 32, code, arm_pc});
    core.push_back({"cpsr", 32, "int", arm_cpsr});
    return {"arm", {{"org.gnu.gdb.arm.core", core}}};
}

GdbRegisterSet m68k_set()
{
    std::vector<GdbRegister> core;
    add_row(core, "d", 8, 32, "int", m68k_d0);
    add_row(core, "a", 6, 32, data, m68k_a0);
    core.push_back({"fp", 32, data, m68k_sp - 1});
    core.push_back({"sp", 32, data, m68k_sp});
    core.push_back({"ps", 32, "int", m68k_sr});
    core.push_back({"pc", 32, code, m68k_pc});
    return {"m68k", {{"org.gnu.gdb.m68k.core", core}}};
}

GdbRegisterSet sparc_set()
{
    std::vector<GdbRegister> cpu, fpu;
    add_row(cpu, "g", 8, 32, "int", 0);
    add_row(cpu, "o", 6, 32, "int", sparc_o0);
    cpu.push_back({"sp", 32, data, sparc_sp});
    cpu.push_back({"o7", 32, code, sparc_o7});
    add_row(cpu, "l", 8, 32, "int", sparc_o7 + 1);
    add_row(cpu, "i", 6, 32, "int", sparc_o7 + 9);
    cpu.push_back({"fp", 32, data, sparc_fp});
    cpu.push_back({"i7", 32, code, sparc_fp + 1});
    std::vector<GdbRegister> cp0 = {
        {"y", 32, "int", sparc_y},    {"psr", 32, "int", sparc_psr}, {"wim", 32, "int", absent}, {"tbr", 32, "int", absent},
        {"pc", 32, code, sparc_pc},   {"npc", 32, code, GdbRegister::next_pc},
        {"fsr", 32, "int", absent},   {"csr", 32, "int", absent},
    };
    add_row(fpu, "f", 32, 32, "ieee_single", absent);
    return {"sparc", {{"org.gnu.gdb.sparc.cpu", cpu}, {"org.gnu.gdb.sparc.cp0", cp0}, {"org.gnu.gdb.sparc.fpu", fpu}}};
}

GdbRegisterSet alpha_set()
{
    std::vector<GdbRegister> all; // gdb has no feature of an Alpha: its own numbers 0 to 66
    add_row(all, "r", 31, 64, "int64", 0);
    all.push_back({"zero", 64, "int64", GdbRegister::zero});
    add_row(all, "f", 31, 64, "ieee_double", alpha_f0);
    all.push_back({"fpcr", 64, "int64", alpha_fpcr});
    all.push_back({"pc", 64, code, alpha_pc});
    all.push_back({"", 64, "int64", absent});
    all.push_back({"unique", 64, "int64", alpha_unique});
    return {"alpha", {{"", all}}};
}

struct SetRow {
    std::string_view arch;
    GdbRegisterSet (*make)();
};
constexpr std::array rows = {
    SetRow{"i386", i386_set}, SetRow{"x86_64", x86_64_set}, SetRow{"mipsel", mips_set}, SetRow{"mips", mips_set},
    SetRow{"ppc", ppc_set},   SetRow{"arm", arm_set},       SetRow{"m68k", m68k_set},   SetRow{"sparc", sparc_set},
    SetRow{"alpha", alpha_set},
};

} // namespace

std::optional<GdbRegisterSet> find_register_set(const Arch& arch)
{
    const auto row = std::ranges::find(rows, arch.name, &SetRow::arch);
    if (row == rows.end()) return std::nullopt;
    return row->make();
}

} // namespace retromod
