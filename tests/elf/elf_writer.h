// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "loader/elf/constants.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retromod::test {

/// Writes small relocatable objects for tests, so that no compiler is needed: sections, symbols and relocations are
/// added by name, `bytes()` lays the file out. Section numbers begin at 1, in the order they are added.
class ElfWriter {
public:
    explicit ElfWriter(const Arch& arch = i386()) : arch_(arch) {}

    struct SectionOptions {
        std::uint32_t type = elf::sht_progbits;
        std::uint64_t flags = elf::shf_alloc;
        std::uint64_t alignment = 1;
        std::uint64_t nobits_size = 0; ///< for SHT_NOBITS
    };
    std::uint32_t section(std::string name, std::vector<std::uint8_t> contents, SectionOptions options);
    std::uint32_t text(std::vector<std::uint8_t> contents)
    {
        return section(".text", std::move(contents), {.flags = elf::shf_alloc | elf::shf_execinstr, .alignment = 4});
    }
    std::uint32_t data(std::vector<std::uint8_t> contents)
    {
        return section(".data", std::move(contents), {.flags = elf::shf_alloc | elf::shf_write, .alignment = 4});
    }
    std::uint32_t bss(std::uint64_t size)
    {
        return section(
            ".bss", {},
            {.type = elf::sht_nobits, .flags = elf::shf_alloc | elf::shf_write, .alignment = 4, .nobits_size = size});
    }
    /// `strings` joined by NULs as .modinfo.
    std::uint32_t modinfo(const std::vector<std::string>& strings);

    struct SymbolOptions {
        std::uint64_t value = 0;
        std::uint64_t size = 0;
        std::uint8_t binding = elf::stb_global;
        std::uint8_t type = elf::stt_notype;
    };
    /// Adds a symbol; local ones must come first. Returns its index.
    std::uint32_t symbol(std::string name, std::uint32_t section, SymbolOptions options);
    std::uint32_t symbol(std::string name, std::uint32_t section)
    {
        return symbol(std::move(name), section, SymbolOptions{});
    }
    std::uint32_t undefined(std::string name) { return symbol(std::move(name), elf::shn_undef); }

    /// Adds a relocation of `section`, in the architecture's form.
    void relocate(std::uint32_t section, std::uint64_t offset, std::uint32_t type, std::uint32_t symbol,
                  std::int64_t addend = 0);

    std::vector<std::byte> bytes() const;

private:
    struct Section {
        std::string name;
        std::vector<std::uint8_t> contents;
        SectionOptions options;
    };
    struct Symbol {
        std::string name;
        std::uint32_t section;
        SymbolOptions options;
    };
    struct Relocation {
        std::uint32_t section;
        std::uint64_t offset;
        std::uint32_t type;
        std::uint32_t symbol;
        std::int64_t addend;
    };
    const Arch& arch_;
    std::vector<Section> sections_;
    std::vector<Symbol> symbols_;
    std::vector<Relocation> relocations_;
};

namespace detail {

/// Collects fields in one byte order.
class Bytes {
public:
    Bytes(const Arch& arch) : order_(arch.order), word_(arch.word_bytes) {}

    void field(std::uint64_t value, unsigned size)
    {
        bytes_.resize(bytes_.size() + size);
        store_unsigned(bytes_.data() + bytes_.size() - size, size, order_, value);
    }
    void word(std::uint64_t value) { field(value, word_); }
    void append(const std::vector<std::uint8_t>& other)
    {
        for (const auto byte : other) bytes_.push_back(std::byte{byte});
    }
    void align(std::size_t unit) { bytes_.resize(round_up(bytes_.size(), unit)); }
    std::size_t size() const { return bytes_.size(); }
    std::vector<std::uint8_t> octets() const
    {
        std::vector<std::uint8_t> result;
        for (const auto byte : bytes_) result.push_back(std::to_integer<std::uint8_t>(byte));
        return result;
    }
    std::vector<std::byte> bytes_;

private:
    ByteOrder order_;
    unsigned word_;
};

/// A string table: an empty string first.
struct Strings {
    std::vector<std::uint8_t> contents{0};
    std::uint32_t add(std::string_view text)
    {
        if (text.empty()) return 0;
        const auto at = static_cast<std::uint32_t>(contents.size());
        contents.insert(contents.end(), text.begin(), text.end());
        contents.push_back(0);
        return at;
    }
};

struct Header {
    std::string name;
    std::uint32_t type = 0;
    std::uint64_t flags = 0, size = 0, alignment = 0, entry = 0;
    std::uint32_t link = 0, info = 0;
    std::vector<std::uint8_t> contents;
};

} // namespace detail
inline std::uint32_t ElfWriter::section(std::string name, std::vector<std::uint8_t> contents, SectionOptions options)
{
    sections_.push_back({std::move(name), std::move(contents), options});
    return static_cast<std::uint32_t>(sections_.size());
}

inline std::uint32_t ElfWriter::modinfo(const std::vector<std::string>& strings)
{
    std::vector<std::uint8_t> contents;
    for (const auto& text : strings) {
        contents.insert(contents.end(), text.begin(), text.end());
        contents.push_back(0);
    }
    return section(".modinfo", std::move(contents), {});
}

inline std::uint32_t ElfWriter::symbol(std::string name, std::uint32_t section, SymbolOptions options)
{
    symbols_.push_back({std::move(name), section, options});
    return static_cast<std::uint32_t>(symbols_.size());
}

inline void ElfWriter::relocate(std::uint32_t section, std::uint64_t offset, std::uint32_t type, std::uint32_t symbol,
                                std::int64_t addend)
{
    relocations_.push_back({section, offset, type, symbol, addend});
}

inline std::vector<std::byte> ElfWriter::bytes() const
{
    const bool wide = arch_.word_bytes == 8;
    const bool rela = arch_.relocation_form == RelocationForm::rela;
    std::vector<detail::Header> headers(1);
    for (const auto& section : sections_) {
        detail::Header header;
        header.name = section.name;
        header.type = section.options.type;
        header.flags = section.options.flags;
        header.contents = section.contents;
        header.size = header.type == elf::sht_nobits ? section.options.nobits_size : section.contents.size();
        header.alignment = section.options.alignment;
        headers.push_back(std::move(header));
    }
    const auto relocated = headers.size();
    const auto symtab = static_cast<std::uint32_t>(
        relocated + std::ranges::count_if(sections_, [&](const Section& section) {
            const auto index = static_cast<std::uint32_t>(&section - sections_.data()) + 1;
            return std::ranges::find(relocations_, index, &Relocation::section) != relocations_.end();
        }));
    for (std::uint32_t index = 1; index < relocated; ++index) {
        detail::Bytes table(arch_);
        for (const auto& relocation : relocations_) {
            if (relocation.section != index) continue;
            table.word(relocation.offset);
            table.word(wide ? std::uint64_t{relocation.symbol} << 32 | relocation.type
                            : relocation.symbol << 8 | relocation.type);
            if (rela) table.word(static_cast<std::uint64_t>(relocation.addend));
        }
        if (table.size() == 0) continue;
        detail::Header header;
        header.name = (rela ? ".rela" : ".rel") + headers[index].name;
        header.type = rela ? elf::sht_rela : elf::sht_rel;
        header.contents = table.octets();
        header.size = table.size();
        header.alignment = arch_.word_bytes;
        header.entry = arch_.word_bytes * (rela ? 3 : 2);
        header.link = symtab;
        header.info = index;
        headers.push_back(std::move(header));
    }

    detail::Strings names;
    detail::Bytes symbols(arch_);
    for (unsigned i = 0; i < (wide ? 24U : 16U); ++i) symbols.field(0, 1);
    for (const auto& symbol : symbols_) {
        const auto info = symbol.options.binding << 4 | symbol.options.type;
        symbols.field(names.add(symbol.name), 4);
        if (!wide) symbols.word(symbol.options.value), symbols.word(symbol.options.size);
        symbols.field(static_cast<std::uint64_t>(info), 1);
        symbols.field(0, 1);
        symbols.field(symbol.section, 2);
        if (wide) symbols.word(symbol.options.value), symbols.word(symbol.options.size);
    }
    const auto locals =
        std::ranges::count_if(symbols_, [](const Symbol& symbol) { return symbol.options.binding == elf::stb_local; });
    detail::Header table;
    table.name = ".symtab";
    table.type = elf::sht_symtab;
    table.contents = symbols.octets();
    table.size = symbols.size();
    table.alignment = arch_.word_bytes;
    table.entry = wide ? 24 : 16;
    table.link = symtab + 1;
    table.info = static_cast<std::uint32_t>(locals) + 1;
    headers.push_back(table);
    detail::Header strings;
    strings.name = ".strtab";
    strings.type = elf::sht_strtab;
    strings.contents = names.contents;
    strings.size = names.contents.size();
    strings.alignment = 1;
    headers.push_back(strings);
    detail::Header section_names;
    section_names.name = ".shstrtab";
    section_names.type = elf::sht_strtab;
    section_names.alignment = 1;
    headers.push_back(section_names);

    detail::Strings shstrtab;
    std::vector<std::uint32_t> name_offsets;
    for (const auto& header : headers) name_offsets.push_back(shstrtab.add(header.name));
    headers.back().contents = shstrtab.contents;
    headers.back().size = shstrtab.contents.size();

    detail::Bytes body(arch_);
    const std::size_t header_bytes = wide ? 64 : 52;
    std::vector<std::uint64_t> offsets;
    for (const auto& header : headers) {
        body.align(16);
        offsets.push_back(header_bytes + body.size());
        body.append(header.contents);
    }
    body.align(16);
    const auto section_headers = header_bytes + body.size();

    detail::Bytes file(arch_);
    file.append({0x7f, 'E', 'L', 'F', static_cast<std::uint8_t>(wide ? 2 : 1),
                 static_cast<std::uint8_t>(arch_.order == ByteOrder::big ? 2 : 1), 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    file.field(elf::et_rel, 2);
    file.field(arch_.elf_machine, 2);
    file.field(1, 4);
    file.word(0);
    file.word(0);
    file.word(section_headers);
    file.field(0, 4);
    file.field(header_bytes, 2);
    file.field(0, 2);
    file.field(0, 2);
    file.field(wide ? 64 : 40, 2);
    file.field(headers.size(), 2);
    file.field(headers.size() - 1, 2);
    file.append(body.octets());
    for (std::size_t index = 0; index < headers.size(); ++index) {
        const auto& header = headers[index];
        file.field(name_offsets[index], 4);
        file.field(header.type, 4);
        file.word(header.flags);
        file.word(0);
        file.word(index == 0 ? 0 : offsets[index]);
        file.word(header.size);
        file.field(header.link, 4);
        file.field(header.info, 4);
        file.word(header.alignment);
        file.word(header.entry);
    }
    return file.bytes_;
}

/// Values in the architecture's byte order, four bytes each.
inline std::vector<std::uint8_t> words(const Arch& arch, const std::vector<std::uint32_t>& values)
{
    detail::Bytes result(arch);
    for (const auto value : values) result.field(value, 4);
    return result.octets();
}

} // namespace retromod::test
