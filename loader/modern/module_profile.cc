// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/module_profile.h"

#include "emu/abi/release.h"
#include "loader/modern/rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace retromod {
namespace {

/// What the loader reads or writes, so that it must be somewhere.
constexpr std::string_view needed[] = {
    "name", "init", "exit", "state", "refcnt", "taints", "args", "syms", "num_syms", "gpl_syms", "num_gpl_syms",
};

bool is_needed(std::string_view name) { return std::ranges::find(needed, name) != std::end(needed); }

/// Behind source_list the members of CONFIG_MODULE_UNLOAD stand together, exit among them.
bool lies_at_end(std::string_view name)
{
    constexpr std::array<std::string_view, 3> at_end = {"source_list", "target_list", "refcnt"};
    return std::ranges::find(at_end, name) != at_end.end();
}

class Places {
public:
    Places(const ModernRules& release, const ModuleProfile& profile, std::vector<ModernMember>& members)
        : release_(release), profile_(profile), members_(members)
    {
    }

    void fill()
    {
        const auto& init = member("init");
        const auto& exit = member("exit");
        const auto moved_init = profile_.init.value_or(init.offset);
        // Counted from the end, where the release has it too.
        const auto moved_exit = profile_.exit.value_or(exit.offset + profile_.module_bytes - release_.module_bytes);
        place(member("name"), profile_.name.value_or(member("name").offset));
        place(init, moved_init);
        place(exit, moved_exit);
        for (const auto& row : release_.members)
            if (lies_at_end(row.name)) place(row, row.offset + moved_exit - exit.offset);
        for (const auto& row : release_.members)
            if (is_needed(row.name) && !has(row.name)) place(row, guess(row, moved_init - init.offset));
        for (const auto& row : release_.members)
            if (!has(row.name)) place(row, guess(row, moved_init - init.offset));
    }

private:
    const ModernMember& member(std::string_view name) const { return *find_member(release_, name); }
    bool has(std::string_view name) const { return std::ranges::find(members_, name, &ModernMember::name) != members_.end(); }
    std::uint32_t guess(const ModernMember& row, std::uint32_t shift) const
    {
        return row.offset + (row.offset > member("init").offset ? shift : 0);
    }

    bool is_free(std::uint32_t offset, std::uint32_t size) const
    {
        if (offset > profile_.module_bytes || size > profile_.module_bytes - offset) return false;
        return std::ranges::none_of(members_, [&](const ModernMember& other) {
            return offset < other.offset + other.size && other.offset < offset + size;
        });
    }

    void place(const ModernMember& row, std::uint32_t offset)
    {
        auto fresh = row;
        fresh.offset = offset;
        constexpr std::uint32_t step = 8;
        if (!is_free(offset, row.size)) {
            if (!is_needed(row.name)) return;
            fresh.offset = 0;
            while (fresh.offset < profile_.module_bytes && !is_free(fresh.offset, row.size)) fresh.offset += step;
            if (fresh.offset >= profile_.module_bytes)
                throw std::runtime_error(
                    fmt::format("a struct module of {} bytes has no room for its {}", profile_.module_bytes, row.name));
        }
        members_.push_back(fresh);
    }

    const ModernRules& release_;
    const ModuleProfile& profile_;
    std::vector<ModernMember>& members_;
};

std::uint32_t stored(std::optional<std::uint32_t> offset) { return offset.value_or(ModuleProfileRow::unknown); }
std::optional<std::uint32_t> told(std::uint32_t offset)
{
    return offset == ModuleProfileRow::unknown ? std::nullopt : std::optional(offset);
}

} // namespace

void apply_profile(const ModernRules& release, const ModuleProfile& profile, ProfiledRules& result)
{
    result.members.clear();
    Places(release, profile, result.members).fill();
    result.vermagic_tail = profile.vermagic_tail;
    result.rules = release;
    result.rules.module_bytes = profile.module_bytes;
    result.rules.members = result.members;
    result.rules.vermagic_tail = result.vermagic_tail;
}

void give_profile(Machine& machine, const ModuleProfile& profile)
{
    ProfiledRules checked;
    apply_profile(*machine.release().modern, profile, checked);
    auto& row = machine.single<ModuleProfileRow>();
    if (profile.vermagic_tail.size() >= sizeof row.vermagic_tail)
        throw std::runtime_error("the version magic is too long: " + profile.vermagic_tail);
    row.module_bytes = profile.module_bytes;
    row.name = stored(profile.name);
    row.init = stored(profile.init);
    row.exit = stored(profile.exit);
    set_row_text(row.vermagic_tail, profile.vermagic_tail);
}

std::optional<ModuleProfile> given_profile(Machine& machine)
{
    const auto* row = machine.table<ModuleProfileRow>().find_if([](const ModuleProfileRow& row) { return row.module_bytes != 0; });
    if (!row) return std::nullopt;
    if (row->module_bytes > longest_struct_module)
        throw MachineDamaged(fmt::format("modern_profile: struct module has {} bytes", row->module_bytes));
    return ModuleProfile{row->module_bytes, told(row->name), told(row->init), told(row->exit),
                         std::string(row_text(row->vermagic_tail))};
}

} // namespace retromod
