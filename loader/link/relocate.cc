// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/link/relocate.h"

#include "loader/link/relocation.h"

#include <algorithm>
#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::string_view got_symbol = "_GLOBAL_OFFSET_TABLE_";

std::string kind_name(const RelocationKind* kind, std::uint32_t type)
{
    return kind ? std::string(kind->name) : fmt::format("relocation type {}", type);
}

/// The symbol's slot for a RELA entry's addend; a REL entry's, which lies in the field, is no matter of the slot's.
const GotSlot* find_slot(const std::vector<GotSlot>& slots, std::int64_t addend)
{
    const auto found = std::ranges::find(slots, static_cast<std::uint64_t>(addend), &GotSlot::addend);
    return found == slots.end() ? nullptr : &*found;
}

/// Applies the relocations of one section.
class TableRelocator {
public:
    TableRelocator(Object& object, const RelocationArch& arch, const RelocationTable& table, GuestAddr base,
                   std::vector<Problem>& problems, LinkRecord* record)
        : object_(object), arch_(arch), table_(table), base_(base), problems_(problems), record_(record),
          first_noted_(record ? record->relocations.size() : 0), section_(object.section(table.target)), got_(object.got())
    {
    }

    void run()
    {
        for (std::size_t entry = 0; entry < table_.entries.size(); ++entry) apply(entry);
        for (const auto& high : state_.pending) state_.unpaired.push_back(high.entry);
        std::ranges::sort(state_.unpaired);
        for (const auto entry : state_.unpaired) report(entry, ProblemKind::relocation_unpaired);
        if (record_) note_results();
    }

private:
    Object& object_;
    const RelocationArch& arch_;
    const RelocationTable& table_;
    GuestAddr base_;
    std::vector<Problem>& problems_;
    LinkRecord* record_;
    std::size_t first_noted_; ///< of this table in the record
    LinkSection& section_;
    std::optional<std::uint32_t> got_;
    RelocationState state_;

    void report(std::size_t entry, ProblemKind problem, std::uint64_t limit = 0)
    {
        const auto& relocation = table_.entries[entry];
        const auto* symbol = object_.symbol_of(table_, relocation);
        const auto value = symbol ? object_.address_of(*symbol).value : 0;
        problems_.push_back({.kind = problem,
                             .where = section_.name,
                             .offset = relocation.offset,
                             .value = value,
                             .expected = limit,
                             .type = relocation.type,
                             .symbol = symbol ? std::string(symbol->name) : std::string(),
                             .detail = kind_name(arch_.find(relocation.type), relocation.type)});
    }

    /// Fills the symbol's slot for this addend, without a symbol that of the addend alone, and returns its offset in .got.
    std::uint64_t fill_slot(const LinkSymbol* symbol, std::int64_t addend)
    {
        const auto* const slot = find_slot(symbol ? symbol->got_slots : object_.symbolless_got_slots(), addend);
        if (!slot || !got_) return 0;
        const auto& arch = object_.arch();
        const auto place = object_.place(*got_, slot->offset, arch.word_bytes);
        const auto value = arch.word((symbol ? object_.address_of(*symbol).value : 0) + slot->addend);
        if (!place.empty()) store_unsigned(place.data(), arch.word_bytes, arch.order, value);
        return slot->offset;
    }

    /// Writes the symbol's veneer for this addend and returns its address.
    std::uint64_t fill_veneer(const LinkSymbol& symbol, std::int64_t addend)
    {
        const auto* const slot = find_slot(symbol.veneers, addend);
        if (!slot) return 0;
        const auto section = *object_.veneers();
        const auto target = object_.arch().word(object_.address_of(symbol).value + slot->addend);
        const auto place = object_.place(section, slot->offset, arch_.veneer.bytes);
        if (!place.empty()) arch_.veneer.write(place, target, object_.arch().order);
        return object_.section(section).address.value + slot->offset;
    }

    std::uint64_t field(std::uint64_t offset, unsigned bytes) const
    {
        return load_unsigned(section_.contents().data() + offset, bytes, object_.arch().order);
    }

    void note(const RelocationSite& site, const RelocationKind& kind, const LinkSymbol* symbol, std::uint64_t before)
    {
        auto name = symbol ? std::string(symbol->name) : std::string();
        if (name.empty() && symbol && symbol->section < elf::shn_loreserve) name = object_.section(symbol->section).name;
        record_->relocations.push_back({section_.name, site.offset, site.type, std::string(kind.name), std::move(name),
                                        kind.field_bytes, site.S, site.A, site.P, site.B, site.GOT, site.G, site.V, before, 0});
    }

    /// The fields as they are at last: a half of an address may be written after its entry.
    void note_results()
    {
        for (auto i = first_noted_; i < record_->relocations.size(); ++i) {
            auto& noted = record_->relocations[i];
            noted.after = field(noted.offset, noted.field_bytes);
        }
    }

    void apply(std::size_t entry)
    {
        const auto& relocation = table_.entries[entry];
        const auto* kind = arch_.find(relocation.type);
        if (!kind) return report(entry, ProblemKind::relocation_unhandled);
        if (kind->field_bytes == 0) return;
        const auto available = section_.is_filled() ? section_.size : 0;
        if (relocation.offset > available || kind->field_bytes > available - relocation.offset)
            return report(entry, ProblemKind::relocation_outside, section_.size);
        const auto* symbol = object_.symbol_of(table_, relocation);
        const RelocationSite site{
            .type = relocation.type,
            .place = section_.writable().data() + relocation.offset,
            .S = symbol ? object_.address_of(*symbol).value : 0,
            .A = static_cast<std::uint64_t>(relocation.addend),
            .P = section_.address.value + relocation.offset,
            .B = base_.value,
            .GOT = got_ ? object_.section(*got_).address.value : 0,
            .G = fill_slot(symbol, relocation.addend),
            .V = symbol ? fill_veneer(*symbol, relocation.addend) : 0,
            .order = object_.arch().order,
            .entry = entry,
            .contents = section_.writable(),
            .offset = relocation.offset,
        };
        const auto before = field(relocation.offset, kind->field_bytes);
        const auto outcome = arch_.apply(site, state_);
        if (record_ && outcome == RelocationOutcome::ok) note(site, *kind, symbol, before);
        switch (outcome) {
        case RelocationOutcome::ok: return;
        case RelocationOutcome::overflow: return report(entry, ProblemKind::relocation_overflow);
        case RelocationOutcome::place_not_zero: return report(entry, ProblemKind::relocation_place_not_zero);
        case RelocationOutcome::dangerous: return report(entry, ProblemKind::relocation_dangerous);
        case RelocationOutcome::unhandled: return report(entry, ProblemKind::relocation_unhandled);
        }
    }
};

void apply_patches(Object& object, std::vector<Problem>& problems)
{
    const auto strings = object.find_section(".kstrtab");
    const auto word = object.arch().word_bytes;
    for (const auto& patch : object.patches()) {
        const auto place = object.place(patch.section, patch.offset, word);
        if (place.empty()) {
            const auto& section = object.section(patch.section);
            problems.push_back({.kind = ProblemKind::relocation_outside,
                                .where = section.name,
                                .offset = patch.offset,
                                .expected = section.size,
                                .symbol = patch.symbol ? std::string(patch.symbol->name) : std::string(),
                                .detail = "an address"});
            continue;
        }
        const auto address =
            patch.symbol ? object.address_of(*patch.symbol) : object.section(*strings).address + patch.string;
        store_unsigned(place.data(), word, object.arch().order, object.arch().word(address.value));
    }
}

} // namespace

void create_got(Object& object)
{
    const auto* arch = relocation_arch(object.arch());
    if (!arch) return;
    bool needed = arch->gp_in_got != 0;
    std::uint64_t bytes = 0;
    for (const auto& table : object.relocations()) {
        for (const auto& relocation : table.entries) {
            const auto* kind = arch->find(relocation.type);
            if (!kind || kind->got == GotNeed::none) continue;
            needed = true;
            auto* symbol = object.symbol_of(table, relocation);
            auto& slots = symbol ? symbol->got_slots : object.symbolless_got_slots();
            if (kind->got != GotNeed::slot || find_slot(slots, relocation.addend)) continue;
            slots.push_back({static_cast<std::uint64_t>(relocation.addend), bytes});
            bytes += object.arch().word_bytes;
        }
    }
    if (!needed) return;
    const auto got = object.create_section(".got", object.arch().word_bytes, bytes, elf::shf_write | arch->small_data_flag);
    object.set_got(got);
    if (auto* symbol = object.symbols().find(got_symbol); symbol && symbol->is_undefined()) {
        symbol->section = got;
        symbol->value = 0;
        symbol->binding = elf::stb_local;
    }
}

void create_veneers(Object& object)
{
    const auto* arch = relocation_arch(object.arch());
    if (!arch || !arch->veneer.bytes) return;
    std::uint64_t bytes = 0;
    for (const auto& table : object.relocations()) {
        for (const auto& relocation : table.entries) {
            const auto* kind = arch->find(relocation.type);
            if (!kind || !kind->is_branch) continue;
            auto* symbol = object.symbol_of(table, relocation);
            if (!symbol || !symbol->is_imported() || find_slot(symbol->veneers, relocation.addend)) continue;
            symbol->veneers.push_back({static_cast<std::uint64_t>(relocation.addend), bytes});
            bytes += arch->veneer.bytes;
        }
    }
    if (!bytes) return;
    object.set_veneers(object.create_section(".plt", 4, bytes, elf::shf_alloc | elf::shf_execinstr));
}

std::vector<Problem> relocate(Object& object, GuestAddr base, LinkRecord* record)
{
    std::vector<Problem> problems;
    const auto* arch = relocation_arch(object.arch());
    if (!arch) {
        problems.push_back({.kind = ProblemKind::no_relocator,
                            .where = "e_machine",
                            .value = object.arch().elf_machine,
                            .detail = std::string(object.arch().name)});
        return problems;
    }
    object.move_to(base);
    for (const auto& table : object.relocations()) TableRelocator(object, *arch, table, base, problems, record).run();
    apply_patches(object, problems);
    return problems;
}

ProblemOr<std::vector<std::byte>> build_image(const Object& object, GuestAddr base, std::uint64_t size)
{
    if (size > largest_section_bytes)
        return Problem{
            .kind = ProblemKind::image_too_large, .where = "image", .value = size, .expected = largest_section_bytes};
    std::vector<std::byte> image(size);
    for (const auto index : object.load_order()) {
        const auto& section = object.section(index);
        const auto contents =
            section.contents().first(std::min<std::uint64_t>(section.contents().size(), section.size));
        const auto offset = object.arch().word(section.address.value - base.value);
        if (contents.empty() || offset > size || contents.size() > size - offset) continue;
        std::ranges::copy(contents, image.begin() + static_cast<std::ptrdiff_t>(offset));
    }
    return image;
}

} // namespace retromod
