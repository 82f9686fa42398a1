// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"
#include "loader/modern/module_image.h"
#include "loader/modern/rows.h"

#include <optional>

namespace retromod {

namespace load_flag {
constexpr std::uint32_t ignore_modversions = 1, ignore_vermagic = 2, compressed_file = 4;
} // namespace load_flag

/// One image on its way into the kernel: what the kernel's struct load_info holds.
struct LoadInfo {
    explicit LoadInfo(ModuleImage image) : image(std::move(image)) {}

    ModuleImage image;
    std::uint32_t flags = 0; ///< load_flag
    ModernHeader header;
    std::vector<ModernSection> sections; ///< address: where it is now, in guest memory; 0 for what stays in the image
    std::uint64_t names_at = 0;          ///< offset of the section name table
    struct {
        unsigned symbols = 0, strings = 0, module = 0, versions = 0, info = 0, percpu = 0;
    } index;
    std::optional<std::string> name;     ///< modinfo's, else that of struct module
    bool signature_ok = false;
    std::vector<ModernSymbol> symbols;   ///< resolved: values are addresses
    GuestAddr arguments;                 ///< kmalloc'ed copy of params, until the module has it
    GuestAddr module;                    ///< struct module, once it is in guest memory
    static constexpr std::uint32_t no_row = ~std::uint32_t{0};
    std::uint32_t row = no_row;          ///< of ModernModuleRow, once there is one

    std::string section_name(unsigned number) const { return image.string(names_at + sections[number].name, "a section's name"); }
    std::string symbol_name(const ModernSymbol& symbol) const
    {
        return image.string(sections[index.strings].offset + symbol.name, "a symbol's name");
    }
    bool allocated(unsigned number) const { return sections[number].flags & modern_elf::flag_alloc; }
    /// The first allocated section of that name; 0 when there is none. Source: find_sec.
    unsigned find(std::string_view wanted) const;
    /// What stands behind KEY= in .modinfo, the first time or the first behind `after`.
    std::optional<std::string> modinfo(std::string_view key) const;
    std::vector<std::string> all_modinfo(std::string_view key) const;
    /// The name for messages when there may be none.
    std::string shown_name() const { return name.value_or("(missing .modinfo section or name field)"); }
};

} // namespace retromod
