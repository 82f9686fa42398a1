// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/elf_file.h"
#include "loader/link/symbol_table.h"

#include <array>
#include <map>

namespace retromod {

/// A section that is larger cannot be written to. No machine has as much memory for modules.
constexpr std::uint64_t largest_section_bytes = std::uint64_t{256} << 20;

/// One section of a module that is being linked: from the file, or made by the linker.
struct LinkSection {
    std::string name;
    std::uint32_t type = 0;
    std::uint64_t flags = 0;
    std::uint64_t alignment = 0;
    std::uint64_t size = 0; ///< bytes in the image
    GuestAddr address{};    ///< relative to the module's base until `relocate`

    bool is_loaded() const { return (flags & elf::shf_alloc) != 0; }
    bool is_nobits() const { return type == elf::sht_nobits; }

    /// What is in it so far; shorter than `size` when the rest is zeros.
    std::span<const std::byte> contents() const { return changed_ ? std::span<const std::byte>(own_) : file_; }
    /// Every byte of it is in the file or was written.
    bool is_filled() const { return contents().size() == size; }
    /// The same, all `size` bytes of it, to be written.
    std::span<std::byte> writable();

private:
    friend class Object;
    std::span<const std::byte> file_{};
    std::vector<std::byte> own_{};
    bool changed_ = false;
};

/// A word of the image that gets an address when those are known.
struct AddressPatch {
    std::uint32_t section = 0;
    std::uint64_t offset = 0;           ///< bytes
    const LinkSymbol* symbol = nullptr; ///< the value of this symbol, or
    std::uint64_t string = 0;           ///< of the string at this offset of .kstrtab
};

/// The relocations of one loaded section.
struct RelocationTable {
    std::uint32_t target = 0;  ///< section
    std::uint32_t symbols = 0; ///< section of the symbol table
    std::vector<ElfFile::Relocation> entries;
};

/// A module between file and image: sections, symbols and relocations, open for additions until it is laid out.
/// It points into the file's bytes, which must outlive it.
class Object {
public:
    /// Takes everything over from `file`, as insmod does. Problems that insmod only counts (a symbol defined twice, a
    /// relocation's bad symbol index) go to `complaints`. `arch` is that of the file.
    static ProblemOr<Object> load(const ElfFile& file, const Arch& arch, std::vector<Problem>& complaints);

    const Arch& arch() const { return *arch_; }
    const std::vector<LinkSection>& sections() const { return sections_; }
    LinkSection& section(std::uint32_t index) { return sections_[index]; }
    const LinkSection& section(std::uint32_t index) const { return sections_[index]; }
    SymbolTable& symbols() { return symbols_; }
    const SymbolTable& symbols() const { return symbols_; }
    const std::vector<RelocationTable>& relocations() const { return relocations_; }
    /// Slots in .got of relocations without a symbol: an addend each.
    std::vector<GotSlot>& symbolless_got_slots() { return symbolless_got_slots_; }
    const std::vector<AddressPatch>& patches() const { return patches_; }

    /// The section of that name: the linker's own, else the file's first.
    std::optional<std::uint32_t> find_section(std::string_view name) const;
    void rename_section(std::uint32_t index, std::string name);

    /// The symbol that an entry of `table` refers to, or nothing for entry 0 and bad indices.
    LinkSymbol* symbol_of(const RelocationTable& table, const ElfFile::Relocation& entry) const;

    /// Adds a section of zeros to the load order, by its priority; from now on it is the one of that name. Sizes and
    /// alignments in bytes.
    std::uint32_t create_section(std::string name, std::uint64_t alignment, std::uint64_t size, std::uint64_t flags);
    /// The same at the very front of the load order, whatever its priority.
    std::uint32_t create_first_section(std::string name, std::uint64_t alignment, std::uint64_t size);
    /// Appends zeros; the offset of the first.
    std::uint64_t extend_section(std::uint32_t index, std::uint64_t bytes);
    /// Replaces a section's contents.
    void set_contents(std::uint32_t index, std::vector<std::byte> contents);

    /// `size` writable bytes of a section; empty when they do not lie within it.
    std::span<std::byte> place(std::uint32_t section, std::uint64_t offset, std::uint64_t size);

    /// Puts `text` into .kstrtab and, on relocation, its address into the word at `offset`.
    void patch_string(std::uint32_t section, std::uint64_t offset, std::string_view text);
    /// On relocation, puts the symbol's address into the word at `offset`.
    void patch_symbol(std::uint32_t section, std::uint64_t offset, const LinkSymbol& symbol);

    /// The linker's own global offset table, if it made one.
    std::optional<std::uint32_t> got() const { return got_; }
    void set_got(std::uint32_t section) { got_ = section; }

    /// The linker's own section of veneers, if it made one.
    std::optional<std::uint32_t> veneers() const { return veneers_; }
    void set_veneers(std::uint32_t section) { veneers_ = section; }

    /// Loaded sections in the order in which they lie in memory.
    std::vector<std::uint32_t> load_order() const;

    /// Turns common symbols into space at the end of .bss. Call once, when all symbols are resolved.
    void allocate_commons();

    /// Gives loaded sections their addresses, counted from the module's base; the bytes they need in all.
    std::uint64_t lay_out();

    /// Moves all sections to `base`.
    void move_to(GuestAddr base);

    /// Where a symbol is, by the addresses that sections have now.
    GuestAddr address_of(const LinkSymbol& symbol) const;

private:
    static constexpr std::size_t priority_count = 128;

    const Arch* arch_ = nullptr;
    std::vector<LinkSection> sections_;
    std::unordered_map<std::string, std::uint32_t> section_by_name_;
    SymbolTable symbols_;
    std::map<std::uint32_t, std::vector<LinkSymbol*>> symbols_by_index_; ///< by section of the symbol table
    std::vector<RelocationTable> relocations_;
    std::vector<AddressPatch> patches_;
    std::optional<std::uint32_t> got_;
    std::optional<std::uint32_t> veneers_;
    std::vector<std::uint32_t> first_sections_;
    std::array<std::vector<std::uint32_t>, priority_count> by_priority_;
    std::optional<std::vector<std::uint32_t>> settled_order_; ///< instead of them, since common symbols have their places
    std::vector<GotSlot> symbolless_got_slots_;

    std::optional<Problem> take_sections(const ElfFile& file);
    std::optional<Problem> take_symbols(const ElfFile& file, const ElfFile::Section& table,
                                        std::vector<Problem>& complaints);
    std::optional<Problem> take_relocations(const ElfFile& file, const ElfFile::Section& table,
                                            std::vector<Problem>& complaints);
    std::uint32_t append_section(LinkSection section);
    void insert_in_load_order(std::uint32_t index);
    void settle_load_order();
    std::uint32_t common_section();
};

/// The place in memory that insmod gives a section: sections with a higher number come first; those with the flag of small data
/// behind other data. Source: modutils 2.4 obj_common.c.
unsigned load_priority(const LinkSection& section, std::uint64_t small_data_flag);

} // namespace retromod
