// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/layout_set.h"

#include "emu/abi/layouts/placement.h"

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

[[noreturn]] void fail(const layouts::Build& build, std::string_view what)
{
    throw std::out_of_range("layouts of " + std::string(layout_version_name(build.version)) + " on "
                            + std::string(build.arch->name) + " have no " + std::string(what));
}

} // namespace

LayoutSet::LayoutSet(const Arch& arch, LayoutVersion version, bool smp, Compiler compiler, bool highmem)
    : arch_(&arch),
      placer_(std::make_shared<layouts::Placer>(layouts::Build{&arch, version, smp, compiler, layouts::cpu_of(arch), highmem}))
{
}

std::uint32_t LayoutSet::size(std::string_view structure) const
{
    const auto extent = placer_->extent_of(structure);
    if (!extent) fail(placer_->build(), structure);
    return extent->size;
}

bool LayoutSet::has(std::string_view structure) const { return placer_->structure(structure) != nullptr; }

bool LayoutSet::has(std::string_view structure, std::string_view member) const
{
    const auto* placed = placer_->structure(structure);
    return placed && placed->fields.contains(member);
}

Field LayoutSet::field(std::string_view structure, std::string_view member) const
{
    const auto* placed = placer_->structure(structure);
    if (!placed) fail(placer_->build(), structure);
    const auto found = placed->fields.find(member);
    if (found == placed->fields.end()) fail(placer_->build(), std::string(structure) + "." + std::string(member));
    return found->second;
}

const std::vector<MemberLayout>& LayoutSet::members(std::string_view structure) const
{
    static const std::vector<MemberLayout> none;
    const auto* placed = placer_->structure(structure);
    return placed ? placed->members : none;
}

std::vector<std::string_view> LayoutSet::structures() const
{
    auto names = layouts::structure_names(placer_->build());
    std::erase_if(names, [&](std::string_view name) { return !has(name); });
    return names;
}

} // namespace retromod
