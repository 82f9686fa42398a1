// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/module_view.h"

namespace retromod {
namespace {

constexpr std::string_view names[] = {
    "size_of_struct", "next", "name", "size", "usecount", "flags", "nsyms", "ndeps", "syms", "deps", "refs", "init",
    "cleanup", "ex_table_start", "ex_table_end", "gp", "persist_start", "persist_end", "can_unload",
    "runsize", "kallsyms_start", "kallsyms_end", "archdata_start", "archdata_end", "kernel_data",
};

} // namespace

std::string_view module_field_name(ModuleField field) { return names[static_cast<std::size_t>(field)]; }

ModuleLayout::ModuleLayout(const LayoutSet& layouts)
    : header_bytes_(layouts.size("struct module")), word_(layouts.arch().word_bytes)
{
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const auto member = i == index(ModuleField::usecount) ? std::string_view("uc.usecount") : names[i];
        if (layouts.has("struct module", member)) fields_[i] = layouts.field("struct module", member);
    }
}

bool ModuleView::is_named(std::string_view text) const
{
    const auto at = pointer(ModuleField::name);
    for (std::size_t i = 0; i < text.size(); ++i)
        if (memory_->load<char>(at + i) != text[i]) return false;
    return memory_->load<char>(at + text.size()) == '\0';
}

} // namespace retromod
