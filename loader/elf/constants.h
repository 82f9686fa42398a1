// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

/// Numbers of the ELF format. Source: System V gABI, chapter 4; <elf.h>'s macros would clash with names of ours.
namespace retromod::elf {

constexpr std::uint16_t et_rel = 1;
constexpr std::uint16_t et_exec = 2;

constexpr std::uint32_t sht_null = 0;
constexpr std::uint32_t sht_progbits = 1;
constexpr std::uint32_t sht_symtab = 2;
constexpr std::uint32_t sht_strtab = 3;
constexpr std::uint32_t sht_rela = 4;
constexpr std::uint32_t sht_note = 7;
constexpr std::uint32_t sht_nobits = 8;
constexpr std::uint32_t sht_rel = 9;
constexpr std::uint32_t sht_loproc = 0x70000000;

constexpr std::uint64_t shf_write = 1;
constexpr std::uint64_t shf_alloc = 2;
constexpr std::uint64_t shf_execinstr = 4;

constexpr std::uint32_t shn_undef = 0;
constexpr std::uint32_t shn_loreserve = 0xff00;
constexpr std::uint32_t shn_abs = 0xfff1;
constexpr std::uint32_t shn_common = 0xfff2;
constexpr std::uint32_t shn_hireserve = 0xffff;

constexpr std::uint8_t stb_local = 0;
constexpr std::uint8_t stb_global = 1;
constexpr std::uint8_t stb_weak = 2;

constexpr std::uint8_t stt_notype = 0;
constexpr std::uint8_t stt_object = 1;
constexpr std::uint8_t stt_func = 2;
constexpr std::uint8_t stt_section = 3;
constexpr std::uint8_t stt_file = 4;

} // namespace retromod::elf
