// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/constants.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retromod {

/// The "section" of a symbol that the kernel supplied; the i-th module's is `first_module_section + i`.
constexpr std::uint32_t kernel_section = elf::shn_hireserve + 1;
constexpr std::uint32_t first_module_section = kernel_section + 1;

/// A slot of the global offset table: it holds the symbol's value plus the addend.
struct GotSlot {
    std::uint64_t addend = 0;
    std::uint64_t offset = 0; ///< bytes into .got or .plt
};

/// One symbol of a module that is being linked.
struct LinkSymbol {
    std::string_view name;
    std::uint64_t value =
        0; ///< relative to its section's start; absolute when the section is a reserved number or above
    std::uint64_t size = 0; ///< bytes
    std::uint32_t section = elf::shn_undef;
    std::uint8_t binding = elf::stb_local;
    std::uint8_t type = elf::stt_notype;
    std::uint32_t relocated_as = 0;            ///< type of a relocation that refers to it; 0 when none does
    std::vector<GotSlot> got_slots{}; ///< its slots in .got, one for each addend
    std::vector<GotSlot> veneers{};   ///< its veneers in .plt, likewise

    bool is_local() const { return binding == elf::stb_local; }
    bool is_undefined() const { return section == elf::shn_undef; }
    /// The kernel or another module defines it.
    bool is_imported() const { return section > elf::shn_hireserve; }

    std::uint64_t order = 0;  ///< grows with each symbol added
    std::size_t position = 0; ///< in its hash chain
};

/// The symbols of one module by name, local ones included, with modutils' rules of redefinition. modutils keeps 521
/// hash chains, newest first; what it prints or exports comes in the order of those chains, so that order is kept.
/// Source: modutils 2.4 obj_common.c.
class SymbolTable {
public:
    SymbolTable() = default;
    SymbolTable(SymbolTable&&) = default;
    SymbolTable& operator=(SymbolTable&&) = default;

    struct Added {
        LinkSymbol* symbol = nullptr; ///< the table's symbol of that name, or the new one
        bool multiply_defined = false;
    };
    /// Adds `symbol` by the rules for one that may be there already. A local symbol whose name is taken gets an entry
    /// that `find` does not see. `symbol.name` must outlive the table: see `keep`.
    Added add(const LinkSymbol& symbol);

    LinkSymbol* find(std::string_view name);
    const LinkSymbol* find(std::string_view name) const { return const_cast<SymbolTable*>(this)->find(name); }

    /// From now on `foo` and `foo_R<prefix><8 hex digits>` are the same name.
    void ignore_versions(std::string_view prefix);

    /// All symbols that `find` can see, chain by chain, each newest first.
    std::vector<LinkSymbol*> in_chain_order();
    std::vector<const LinkSymbol*> in_chain_order() const;

    /// Every symbol, those that `find` cannot see included, in the order they came.
    const std::deque<LinkSymbol>& all() const { return symbols_; }

    /// A copy of `name` that lives as long as the table.
    std::string_view keep(std::string name) { return kept_names_.emplace_back(std::move(name)); }

private:
    static constexpr std::size_t chain_count = 521;

    std::deque<LinkSymbol> symbols_;
    std::deque<std::string> kept_names_;
    std::array<std::vector<LinkSymbol*>, chain_count> chains_;
    std::unordered_map<std::string_view, LinkSymbol*> by_name_;
    std::unordered_map<std::string_view, LinkSymbol*> by_unversioned_name_; ///< only names that end in a version
    std::optional<std::string> version_prefix_;

    std::string_view without_version(std::string_view name) const;
    std::size_t chain_of(std::string_view name) const;
    LinkSymbol* make(const LinkSymbol& symbol);
    void index(LinkSymbol* symbol);
    void unindex(LinkSymbol* symbol);
    void redefine(LinkSymbol& old, const LinkSymbol& symbol);
};

/// `name` without a tail `_R<prefix><8 hex digits>`; the whole name when it has none.
std::string_view strip_version(std::string_view name, std::string_view prefix);

} // namespace retromod
