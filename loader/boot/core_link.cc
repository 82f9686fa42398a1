// SPDX-License-Identifier: GPL-2.0-or-later
// The boot link: the core's object, whose undefined symbols stand for offsets of structures, host services and kernel variables,
// becomes a part of the kernel image. Symbols are bound as insmod binds imports: binutils is not asked (docs/core.md).
#include "loader/boot/core_link.h"

#include "emu/cpu/jump_code.h"
#include "emu/exports/standard_exports.h"
#include "emu/kernel/export.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "loader/boot/core_objects.h"
#include "loader/link/relocate.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace retromod {
namespace {

constexpr std::uint64_t core_alignment = 4096;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("the core cannot be linked: " + what); }

/// "inode__i_size" as a structure and its member. Names of structures may begin with "__".
std::optional<std::pair<std::string, std::string>> structure_and_member(const LayoutSet& layouts, std::string_view name)
{
    for (auto at = name.find("__", 2); at != name.npos; at = name.find("__", at + 1)) {
        auto structure = "struct " + std::string(name.substr(0, at));
        if (layouts.has(structure)) return std::pair{std::move(structure), std::string(name.substr(at + 2))};
    }
    return std::nullopt;
}

/// What an undefined symbol of the core stands for.
class Binder {
public:
    Binder(Kernel& kernel, const Object& object) : kernel_(kernel), layouts_(kernel.layouts()), object_(object) {}

    std::uint64_t value(std::string_view name)
    {
        if (name.starts_with("OFF__")) return member(name, [](const Field& field) { return field.offset; });
        if (name.starts_with("LEN__")) return member(name, [](const Field& field) { return field.size; });
        if (name.starts_with("HAS__")) return has(name.substr(5));
        if (name.starts_with("SIZE__")) return size(name.substr(6));
        if (name == "INIT__spinlock") return kernel_.machine().smp() && kernel_.arch().name == "i386";
        const bool variable = name.starts_with("VAR__");
        const auto plain = variable ? name.substr(5) : name;
        const auto address = variable ? kernel_.symbols().find_variable(plain) : kernel_.symbols().address(plain);
        if (!address) fail(fmt::format("the kernel has no '{}'", plain));
        return address->value;
    }

private:
    bool has(std::string_view name) const
    {
        const auto found = structure_and_member(layouts_, name);
        return found && layouts_.has(found->first, found->second);
    }
    std::uint64_t size(std::string_view name) const
    {
        const auto structure = "struct " + std::string(name);
        return layouts_.has(structure) ? layouts_.size(structure) : 0;
    }
    /// A member that the release lacks may be named by code that asks for it first.
    template <class Part>
    std::uint64_t member(std::string_view name, Part part) const
    {
        const auto plain = name.substr(5);
        if (has(plain)) {
            const auto found = structure_and_member(layouts_, plain);
            return part(layouts_.field(found->first, found->second));
        }
        const auto* asked = object_.symbols().find("HAS__" + std::string(plain));
        if (!asked || asked->relocated_as == 0) fail(fmt::format("'{}' is in no structure of this release", plain));
        return 0;
    }

    Kernel& kernel_;
    const LayoutSet& layouts_;
    const Object& object_;
};

Object load_object(Kernel& kernel, std::span<const std::byte> bytes)
{
    const auto elf = ElfFile::open(bytes);
    if (!elf) fail("its object is no ELF file");
    std::vector<Problem> complaints;
    auto object = Object::load(*elf, kernel.arch(), complaints);
    if (!object || !complaints.empty()) fail("its object is damaged");
    return std::move(*object);
}

/// The object with all symbols bound, laid out from 0 on; its size.
std::uint64_t prepare(Kernel& kernel, Object& object)
{
    Binder binder(kernel, object);
    create_got(object);
    for (auto* symbol : object.symbols().in_chain_order()) {
        if (!symbol->is_undefined() || symbol->relocated_as == 0) continue;
        symbol->value = binder.value(symbol->name);
        symbol->section = elf::shn_abs;
    }
    create_veneers(object);
    object.allocate_commons();
    return object.lay_out();
}

GuestAddr address_of(const Object& object, std::string_view name)
{
    const auto* symbol = object.symbols().find(name);
    if (!symbol || symbol->is_undefined()) fail(fmt::format("its object does not define '{}'", name));
    return object.address_of(*symbol);
}

/// The entries of exports whose code is the core's lead there.
void lead_entries(Kernel& kernel, const Object& object)
{
    for (const auto family : kernel.exports().functions) {
        for (const auto& row : family) {
            if (!is_in_core(row) || !kernel.symbols().offers(row)) continue;
            const auto entry = *kernel.symbols().address(row.name);
            const auto code = jump_code(kernel.arch(), entry, address_of(object, row.name));
            std::ranges::copy(code, kernel.memory().bytes(entry, Access::execute).begin());
        }
    }
}

/// So that oopses and people find the core's functions by name.
void name_functions(Kernel& kernel, const Object& object, GuestAddr base)
{
    std::vector<DebugSymbol> names;
    for (const auto& symbol : object.symbols().all())
        if (symbol.type == elf::stt_func && !symbol.is_undefined())
            names.push_back({std::string(symbol.name), object.address_of(symbol)});
    kernel.symbols().add_debug(base, names);
}

/// A boot function: places the core in the kernel image of a fresh machine. Nothing where there is none for the machine.
void link_core(Kernel& kernel)
{
    const auto bytes = core_object(kernel.arch(), kernel.machine().release().series_minor);
    if (bytes.empty()) return;
    auto object = load_object(kernel, bytes);
    auto& row = kernel.machine().single<CoreRow>();
    row.bytes = prepare(kernel, object);
    const auto base = kernel.memory().allocate_image(row.bytes, core_alignment);
    if (const auto problems = relocate(object, base); !problems.empty())
        fail(fmt::format("{} relocations do not fit, the first in {}", problems.size(), problems.front().where));
    const auto image = build_image(object, base, row.bytes);
    if (!image) fail("its image is too large");
    // The memory of a fresh machine is zeros, as the tables at the image's end are.
    const auto last = std::ranges::find_if(image->rbegin(), image->rend(), [](std::byte byte) { return byte != std::byte{0}; });
    kernel.memory().write_all(base, std::span(image->data(), static_cast<std::size_t>(last.base() - image->begin())));
    row.base = base.value;
    row.initialize = address_of(object, "core_init").value;
    row.init_fs = address_of(object, "init_fs").value;
    lead_entries(kernel, object);
    name_functions(kernel, object, base);
}

} // namespace

const ExportTable& linked_exports()
{
    static const ExportTable table = [] {
        auto exports = standard_exports();
        exports.boot.insert(exports.boot.begin(), link_core);
        return exports;
    }();
    return table;
}

} // namespace retromod
