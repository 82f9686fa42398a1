// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/layout_set.h"
#include "emu/memory/address_space.h"

#include <array>
#include <optional>
#include <string_view>

namespace retromod {

/// The members of struct module that the calls use. Source: include/linux/module.h.
enum class ModuleField : std::uint8_t {
    size_of_struct, next, name, size, usecount, flags, nsyms, ndeps, syms, deps, refs, init, cleanup,
    ex_table_start, ex_table_end, gp, persist_start, persist_end, can_unload,
    runsize, kallsyms_start, kallsyms_end, archdata_start, archdata_end, kernel_data,
    count_,
};

std::string_view module_field_name(ModuleField field);

/// Bits of struct module's flags. Source: include/linux/module.h.
namespace module_flag {
constexpr std::uint64_t running = 1, deleted = 2, autoclean = 4, visited = 8, used_once = 16, just_freed = 32,
                        initializing = 64;
}

/// Where the members of struct module and of the structures around it lie, for one machine.
class ModuleLayout {
public:
    explicit ModuleLayout(const LayoutSet& layouts);

    std::uint64_t header_bytes() const { return header_bytes_; } ///< sizeof(struct module), H
    bool has(ModuleField field) const { return fields_[index(field)].size != 0; }
    Field field(ModuleField field) const { return fields_[index(field)]; }
    std::uint64_t end_of(ModuleField f) const { return field(f).offset + field(f).size; }

    std::uint64_t word() const { return word_; }
    std::uint64_t symbol_bytes() const { return 2 * word_; } ///< struct module_symbol {value, name}
    std::uint64_t ref_bytes() const { return 3 * word_; }    ///< struct module_ref {dep, ref, next_ref}

private:
    static std::size_t index(ModuleField field) { return static_cast<std::size_t>(field); }

    std::array<Field, static_cast<std::size_t>(ModuleField::count_)> fields_{};
    std::uint64_t header_bytes_;
    std::uint64_t word_;
};

/// A struct module in guest memory. Every access can meet a bad pointer: KernelFault.
class ModuleView {
public:
    ModuleView(AddressSpace& memory, const ModuleLayout& layout, GuestAddr at)
        : memory_(&memory), layout_(&layout), at_(at) {}

    GuestAddr address() const { return at_; }
    std::uint64_t get(ModuleField field) const
    {
        const auto f = layout_->field(field);
        return memory_->load_sized(at_ + f.offset, f.size);
    }
    void set(ModuleField field, std::uint64_t value)
    {
        const auto f = layout_->field(field);
        memory_->store_sized(at_ + f.offset, f.size, value);
    }
    GuestAddr pointer(ModuleField field) const { return {get(field)}; }
    /// The live header says that it reaches to the end of that member.
    bool has(ModuleField field) const
    {
        return layout_->has(field) && layout_->end_of(field) <= get(ModuleField::size_of_struct);
    }
    std::string name() const { return memory_->load_string(pointer(ModuleField::name)); }
    /// Whether its name is `text`; reads no further than a comparison must.
    bool is_named(std::string_view text) const;
    std::uint64_t flags() const { return get(ModuleField::flags); }
    bool flag(std::uint64_t bit) const { return (flags() & bit) != 0; }
    void set_flag(std::uint64_t bit) { set(ModuleField::flags, flags() | bit); }
    void clear_flag(std::uint64_t bit) { set(ModuleField::flags, flags() & ~bit); }
    std::int32_t usecount() const { return static_cast<std::int32_t>(get(ModuleField::usecount)); }
    void set_usecount(std::int32_t count) { set(ModuleField::usecount, static_cast<std::uint32_t>(count)); }
    bool operator==(const ModuleView& other) const { return at_ == other.at_; }

    /// can_unload, when the header has it and it is not NULL.
    std::optional<GuestAddr> can_unload() const
    {
        if (!has(ModuleField::can_unload) || !get(ModuleField::can_unload)) return std::nullopt;
        return pointer(ModuleField::can_unload);
    }

private:
    AddressSpace* memory_;
    const ModuleLayout* layout_;
    GuestAddr at_;
};

/// One struct module_ref in guest memory.
struct ModuleRef {
    GuestAddr dep, ref, next_ref;
};

} // namespace retromod
