// SPDX-License-Identifier: GPL-2.0-or-later
// For which kernel a module was built, and what it taints. Source: check_modstruct_version, check_modinfo, set_license,
// module_augment_kernel_taints and check_module_license_and_versions of kernel/module.
#include "emu/kernel/kernel_rows.h"
#include "loader/modern/given_symbols.h"
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {

using namespace modern_elf;

bool ModernKernel::is_blacklisted(std::string_view name)
{
    std::string_view list = row_text(state().blacklist);
    while (!list.empty()) {
        const auto entry = list.substr(0, list.find(','));
        if (entry == name && !entry.empty()) return true;
        list.remove_prefix(std::min(list.size(), entry.size() + 1));
    }
    return false;
}

void ModernKernel::add_module_taint(LoadInfo& info, TaintFlag flag)
{
    add_taint(flag);
    set_member(info, "taints", member(info, "taints") | taint_bit(flag));
}

// Source: try_to_force_load.
bool ModernKernel::force_load(LoadInfo& info, std::string_view reason)
{
    if (!has(ModernOption::force_load)) return false;
    if (!(tainted() & taint_bit(TaintFlag::forced))) log(4, fmt::format("{}: {}: kernel tainted.", struct_name(info), reason));
    add_module_taint(info, TaintFlag::forced);
    return true;
}

/// Whether the module was built with that symbol as the kernel, or another module, has it. Source: check_version.
bool ModernKernel::check_version(LoadInfo& info, std::string_view symbol, std::optional<std::uint32_t> crc)
{
    if (!has(ModernOption::modversions) || !crc) return true;
    if (!info.index.versions) return force_load(info, symbol);
    const auto& table = info.sections[info.index.versions];
    const auto word = info.image.word_bytes();
    for (std::uint64_t entry = 0; entry < table.size / 64; ++entry) {
        const auto at = table.offset + entry * 64;
        if (info.image.string(at + word, "a name in __versions") != symbol) continue;
        if (info.image.load(at, word) == *crc) return true;
        log(4, fmt::format("{}: disagrees about version of symbol {}", *info.name, symbol));
        return false;
    }
    log(4, fmt::format("{}: no symbol version for {}", *info.name, symbol));
    return false;
}

// Source: same_magic: with versions the first word, the release, does not count.
std::optional<Errno> ModernKernel::check_magic(LoadInfo& info)
{
    auto magic = info.modinfo("vermagic");
    if (info.flags & load_flag::ignore_vermagic) magic.reset();
    if (!magic) {
        if (rules().has_finit) return force_load(info, "bad vermagic") ? std::nullopt : std::optional(Errno::enoexec);
        add_module_taint(info, TaintFlag::forced);
        log(4, fmt::format("{}: no version magic, tainting kernel.", struct_name(info)));
        return std::nullopt;
    }
    const auto own = vermagic();
    std::string_view theirs = *magic, ours = own;
    if (has(ModernOption::modversions) && info.index.versions) {
        theirs.remove_prefix(std::min(theirs.find(' '), theirs.size()));
        ours.remove_prefix(ours.find(' '));
    }
    if (theirs == ours) return std::nullopt;
    log(3, fmt::format("{}: version magic '{}' should be '{}'", *info.name, *magic, own));
    return Errno::enoexec;
}

/// The version of struct module in this kernel, if it is known.
static std::optional<std::uint32_t> version_of_layout(Machine& machine)
{
    constexpr std::string_view name = "module_layout";
    if (has_given_symbols(machine)) {
        const auto* given = find_given_symbol(machine, name);
        return given && given->has_crc ? std::optional(given->crc) : std::nullopt;
    }
    const auto* known = find_kernel_symbol(machine.release(), name);
    return known ? std::optional(known->crc) : std::nullopt;
}

std::optional<Errno> ModernKernel::check_versions_and_magic(LoadInfo& info)
{
    const std::string_view layout = rules().has_finit ? "module_layout" : "struct_module";
    if (!check_version(info, layout, version_of_layout(kernel_.machine())))
        return Errno::enoexec;
    if (const auto wrong = check_magic(info)) return wrong;
    return rules().taints_when_allocated ? check_live_patch(info) : std::nullopt;
}

/// Source: check_modinfo_livepatch of a kernel without CONFIG_LIVEPATCH.
std::optional<Errno> ModernKernel::check_live_patch(LoadInfo& info)
{
    if (!rules().has_finit || has(ModernOption::livepatch) || !info.modinfo("livepatch")) return std::nullopt;
    log(3, fmt::format("{}: module is marked as livepatch module, but livepatch support is disabled", struct_name(info)));
    return Errno::enoexec;
}

// --- taints -----------------------------------------------------------------------------------------------------

static bool is_gpl_compatible(std::string_view license)
{
    constexpr std::string_view compatible[] = {"GPL",          "GPL v2",       "GPL and additional rights",
                                               "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL"};
    return std::ranges::find(compatible, license) != std::end(compatible);
}

/// Where the module comes from, in the kernel's order of messages.
std::optional<Errno> ModernKernel::note_origin(LoadInfo& info)
{
    const auto name = struct_name(info);
    const auto is_new = [&](TaintFlag flag) { return !(tainted() & taint_bit(flag)); };
    if (rules().has_finit && !info.modinfo("intree")) {
        if (is_new(TaintFlag::out_of_tree)) log(4, fmt::format("{}: loading out-of-tree module taints kernel.", name));
        add_module_taint(info, TaintFlag::out_of_tree);
    }
    if (rules().has_finit && info.modinfo("staging")) {
        add_module_taint(info, TaintFlag::staging);
        log(4, fmt::format("{}: module is from the staging directory, the quality is unknown, you have been warned.", name));
    }
    if (const auto wrong = check_live_patch(info)) return wrong;
    if (rules().has_finit && info.modinfo("livepatch") && has(ModernOption::livepatch)) {
        add_module_taint(info, TaintFlag::livepatch);
        if (!std::exchange(state().said_livepatch, 1)) log(5, fmt::format("{}: tainting kernel with TAINT_LIVEPATCH", name));
    }
    const auto license = info.modinfo("license").value_or("unspecified");
    if (!is_gpl_compatible(license)) {
        if (is_new(TaintFlag::proprietary)) log(4, fmt::format("{}: module license '{}' taints kernel.", name, license));
        add_module_taint(info, TaintFlag::proprietary);
    }
    if (rules().has_finit && info.modinfo("test")) {
        if (is_new(TaintFlag::test)) log(4, fmt::format("{}: loading test module taints kernel.", name));
        add_module_taint(info, TaintFlag::test);
    }
    return std::nullopt;
}

void ModernKernel::note_signature(LoadInfo& info)
{
    if (!has(ModernOption::sig)) return;
    set_member(info, "sig_ok", info.signature_ok);
    if (info.signature_ok) return;
    if (!std::exchange(state().said_unsigned, 1))
        log(5, fmt::format("{}: module verification failed: signature and/or required key missing - tainting kernel",
                           struct_name(info)));
    add_module_taint(info, TaintFlag::unsigned_module);
}

/// Modules of these names load proprietary code, whatever their own license.
void ModernKernel::note_known_liars(LoadInfo& info, bool was_proprietary)
{
    const auto name = struct_name(info);
    if (name == "ndiswrapper") add_taint(TaintFlag::proprietary);
    if (name == "driverloader" || (name == "lve" && rules().has_finit)) add_module_taint(info, TaintFlag::proprietary);
    if (rules().has_finit && !was_proprietary && tainted() & taint_bit(TaintFlag::proprietary))
        log(4, fmt::format("{}: module license taints kernel.", name));
}

// Source: module_enforce_rwx_sections.
std::optional<Errno> ModernKernel::check_section_flags(LoadInfo& info)
{
    if (!rules().strict_elf) return std::nullopt;
    constexpr auto both = flag_write | flag_exec;
    for (unsigned number = 0; number < info.sections.size(); ++number) {
        if ((info.sections[number].flags & both) != both) continue;
        log(3, fmt::format("{}: section {} (index {}) has invalid WRITE|EXEC flags", struct_name(info), info.section_name(number),
                           number));
        return Errno::enoexec;
    }
    return std::nullopt;
}

} // namespace retromod
