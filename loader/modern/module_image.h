// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// A place where the real kernel would follow a hostile image off its memory and crash. We refuse the image instead, and
/// say so. Differs from 6.1.176: docs/fidelity.md.
struct WouldCrash {
    std::string what;
};

/// ELF's numbers as the loader compares them.
namespace modern_elf {
constexpr std::uint16_t relocatable = 1;
constexpr std::uint32_t type_null = 0, type_symtab = 2, type_rela = 4, type_note = 7, type_nobits = 8, type_rel = 9;
constexpr std::uint64_t flag_write = 1, flag_alloc = 2, flag_exec = 4;
constexpr std::uint64_t flag_live_patch = 0x00100000; ///< SHF_RELA_LIVEPATCH
constexpr std::uint64_t flag_ro_after_init = 0x00200000;
constexpr std::uint16_t undefined = 0, absolute = 0xfff1, common = 0xfff2, livepatch = 0xff20;
constexpr unsigned weak = 2;
} // namespace modern_elf

struct ModernHeader {
    std::uint16_t type = 0, machine = 0, section_size = 0, sections = 0, name_section = 0;
    std::uint64_t section_table = 0;
};

struct ModernSection {
    std::uint32_t name = 0, type = 0, link = 0, info = 0;
    std::uint64_t flags = 0, address = 0, offset = 0, size = 0, alignment = 0;
    /// The kernel's copy of the headers notes where a section goes.
    std::uint64_t entry_size = 0;
};

struct ModernSymbol {
    std::uint32_t name = 0;
    std::uint8_t info = 0, other = 0;
    std::uint16_t section = 0;
    std::uint64_t value = 0, size = 0;
    unsigned binding() const { return info >> 4; }
};

struct ModernRelocation {
    std::uint64_t offset = 0;
    std::uint32_t symbol = 0, type = 0;
    std::int64_t addend = 0;
};

/// An image as it came from user space, little endian, of 32 or 64 bits whatever its header says, as a kernel reads it.
/// Reading past its end, up to the end of its last page, gives zeros; beyond is WouldCrash.
class ModuleImage {
public:
    ModuleImage(std::vector<std::byte> bytes, unsigned word_bytes) : bytes_(std::move(bytes)), word_(word_bytes) {}

    std::span<const std::byte> bytes() const { return bytes_; }
    std::uint64_t size() const { return bytes_.size(); }
    void cut(std::uint64_t size) { bytes_.resize(size); }
    std::vector<std::byte>& content() { return bytes_; }
    unsigned word_bytes() const { return word_; }

    std::uint64_t header_bytes() const { return word_ == 8 ? 64 : 52; }
    std::uint64_t section_header_bytes() const { return word_ == 8 ? 64 : 40; }
    std::uint64_t symbol_bytes() const { return word_ == 8 ? 24 : 16; }
    std::uint64_t relocation_bytes(bool with_addend) const { return (with_addend ? 3 : 2) * std::uint64_t{word_}; }

    bool has_magic() const;
    ModernHeader header() const;
    ModernSection section(const ModernHeader& header, unsigned index) const;
    ModernSymbol symbol(const ModernSection& table, std::uint64_t index) const;
    ModernRelocation relocation(const ModernSection& table, std::uint64_t index, bool with_addend) const;

    std::uint64_t load(std::uint64_t offset, unsigned bytes) const;
    /// The text at that offset, up to its NUL.
    std::string string(std::uint64_t offset, std::string_view what) const;

private:
    std::uint64_t word(std::uint64_t offset) const { return load(offset, word_); }

    std::vector<std::byte> bytes_;
    unsigned word_;
};

} // namespace retromod
