// SPDX-License-Identifier: GPL-2.0-or-later
// /proc/modules, /sys/module and the switches below /proc/sys/kernel, as text. Source: kernel/module/procfs.c, sysfs.c,
// kernel/params.c.
#include "emu/abi/errno_or.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "loader/modern/kernel_symbols.h"
#include "loader/modern/parameter_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace retromod {
namespace {

constexpr std::string_view module_root = "/sys/module/";
constexpr std::string_view state_names[] = {"Live", "Loading", "Unloading", "Unformed"};
constexpr std::string_view sysfs_states[] = {"live", "coming", "going", "unformed"};

std::uint32_t total(const ModernModuleRow& module, std::size_t first, std::size_t last)
{
    std::uint32_t bytes = 0;
    for (auto kind = first; kind < last; ++kind) bytes += module.area_bytes[kind];
    return bytes;
}

constexpr auto first_init = static_cast<std::size_t>(MemoryKind::init_text);

} // namespace

/// "a,b," with the newest importer first; "-" where there is none.
std::string ModernKernel::users_of(const ModernModuleRow& module)
{
    const auto number = row_number(module);
    std::vector<std::pair<std::uint64_t, std::uint32_t>> users;
    for (const auto& use : kernel_.machine().table<ModernUseRow>())
        if (use.provider == number) users.emplace_back(use.order, use.user);
    std::ranges::sort(users, std::ranges::greater{});
    std::string text;
    const auto rows = kernel_.machine().table<ModernModuleRow>();
    for (const auto& [order, user] : users)
        if (const auto* importer = rows.find(user)) text += std::string(row_text(importer->name)) + ",";
    if (module.init && !module.exit) text += "[permanent],";
    return text.empty() ? "-" : text;
}

// Source: m_show and module_flags.
std::string ModernKernel::module_line(const ModernModuleRow& module, bool privileged)
{
    const auto taints = taint_letters(kernel_.memory().load_word(member_at({module.address}, "taints")));
    constexpr std::string_view marks[] = {"", "+", "-", ""};
    const auto mark = marks[static_cast<std::size_t>(module.state)];
    const auto flags = taints.empty() && mark.empty() ? std::string() : fmt::format(" ({}{})", taints, mark);
    return fmt::format("{} {} {} {} {} 0x{:0{}x}{}\n", row_text(module.name), total(module, 0, memory_kinds),
                       reference_count(module), users_of(module), state_names[static_cast<std::size_t>(module.state)],
                       privileged ? module.area[0] : 0, 2 * kernel_.arch().word_bytes, flags);
}

std::string ModernKernel::proc_modules(bool privileged)
{
    std::string text;
    for (const auto* module : modules()) {
        if (module->state >= ModuleState::unformed) continue;
        try {
            text += module_line(*module, privileged);
        } catch (const KernelFault&) {
            text += fmt::format("{} (its struct module is gone)\n", row_text(module->name)); // a damaged machine
        }
    }
    return text;
}

GuestAddr ModernKernel::find_parameter(const ModernModuleRow& module, std::string_view name)
{
    const std::uint64_t bytes = kernel_.arch().word_bytes == 8 ? 40 : 20;
    for (std::uint32_t number = 0; number < module.parameter_count; ++number) {
        const auto at = GuestAddr{module.parameters} + number * bytes;
        if (load_parameter(at).name == name) return at;
    }
    return {};
}

ErrnoOr<std::string> ModernKernel::read_module_file(ModernModuleRow& module, std::string_view path)
{
    auto& memory = kernel_.memory();
    if (path == "coresize") return fmt::format("{}\n", total(module, 0, first_init));
    if (path == "initsize") return fmt::format("{}\n", total(module, first_init, memory_kinds));
    if (path == "initstate") return fmt::format("{}\n", sysfs_states[static_cast<std::size_t>(module.state)]);
    if (path == "refcnt") return fmt::format("{}\n", reference_count(module));
    if (path == "taint") return taint_letters(memory.load_word(member_at({module.address}, "taints"))) + "\n";
    if (path == "version" && module.version[0]) return std::string(row_text(module.version)) + "\n";
    if (path == "srcversion" && module.source_version[0]) return std::string(row_text(module.source_version)) + "\n";
    if (path == "uevent") return Errno::eacces;
    constexpr std::string_view parameters = "parameters/", sections = "sections/";
    if (path.starts_with(sections)) {
        for (const auto& section : kernel_.machine().table<ModernSectionRow>())
            if (section.module == row_number(module) && row_text(section.name) == path.substr(sections.size()))
                return fmt::format("0x{:016x}\n", section.address);
    }
    if (!path.starts_with(parameters)) return Errno::enoent;
    const auto at = find_parameter(module, path.substr(parameters.size()));
    if (!at) return Errno::enoent;
    const auto parameter = load_parameter(at);
    if (parameter.permissions == 0) return Errno::enoent;
    if (!(parameter.permissions & 0444)) return Errno::eacces;
    if (parameter.kind.empty()) return Errno::eperm; // operations of the module's own that show are not called
    if (parameter.kind != "array") return show_parameter_of_kind(parameter.kind, parameter.variable) + "\n";
    const auto array = parameter.array(memory);
    const auto count = array.count ? memory.load<std::uint32_t>(array.count) : array.most;
    const auto kind = kind_of(array.operations);
    std::string text;
    for (std::uint32_t number = 0; number < std::min(count, array.most); ++number)
        text += (number ? "," : "") + show_parameter_of_kind(kind, array.elements + std::uint64_t{number} * array.element_bytes);
    return text.empty() ? text : text + "\n";
}

ErrnoOr<std::string> ModernKernel::read_file(std::string_view path, bool privileged)
try {
    if (path == "/proc/modules") return proc_modules(privileged);
    if (path == "/proc/kallsyms") return proc_kallsyms(privileged);
    if (path == "/proc/sys/kernel/tainted") return fmt::format("{}\n", tainted());
    if (path == "/proc/sys/kernel/modules_disabled") return fmt::format("{}\n", state().modules_disabled);
    if (path == "/sys/module/module/parameters/sig_enforce") return std::string(state().signature_enforced ? "Y\n" : "N\n");
    if (path == "/sys/kernel/security/lockdown") {
        constexpr std::string_view texts[] = {"[none] integrity confidentiality\n", "none [integrity] confidentiality\n",
                                              "none integrity [confidentiality]\n"};
        return std::string(texts[state().lockdown]);
    }
    if (!path.starts_with(module_root)) return Errno::enoent;
    path.remove_prefix(module_root.size());
    const auto slash = std::min(path.find('/'), path.size());
    auto* module = find_module(path.substr(0, slash));
    if (!module || slash == path.size()) return Errno::enoent;
    return read_module_file(*module, path.substr(slash + 1));
} catch (const KernelFault&) {
    return Errno::efault; // what the module's memory holds leads nowhere
}

ErrnoOr<std::vector<std::string>> ModernKernel::list_folder(std::string_view path)
try {
    if (!(std::string(path) + "/").starts_with(module_root)) return Errno::enoent;
    std::vector<std::string> names;
    if (path.size() < module_root.size()) {
        for (const auto* module : modules()) names.emplace_back(row_text(module->name));
        return names;
    }
    path.remove_prefix(module_root.size());
    const auto slash = std::min(path.find('/'), path.size());
    auto* module = find_module(path.substr(0, slash));
    if (!module) return Errno::enoent;
    const auto folder = slash == path.size() ? "" : path.substr(slash + 1);
    const auto number = row_number(*module);
    if (folder.empty()) {
        names = {"coresize", "holders", "initsize", "initstate", "notes", "refcnt", "sections", "taint", "uevent"};
        if (module->parameter_count) names.emplace_back("parameters");
        if (module->version[0]) names.emplace_back("version");
        if (module->source_version[0]) names.emplace_back("srcversion");
    } else if (folder == "holders") {
        for (const auto& use : kernel_.machine().table<ModernUseRow>())
            if (const auto* user = kernel_.machine().table<ModernModuleRow>().find(use.user); user && use.provider == number)
                names.emplace_back(row_text(user->name));
    } else if (folder == "sections" || folder == "notes") {
        for (const auto& section : kernel_.machine().table<ModernSectionRow>())
            if (section.module == number && (folder == "sections" || section.is_note)) names.emplace_back(row_text(section.name));
    } else if (folder == "parameters") {
        const std::uint64_t bytes = kernel_.arch().word_bytes == 8 ? 40 : 20;
        for (std::uint32_t index = 0; index < module->parameter_count; ++index) {
            const auto parameter = load_parameter(GuestAddr{module->parameters} + index * bytes);
            if (parameter.permissions) names.push_back(parameter.name);
        }
    } else {
        return Errno::enoent;
    }
    std::ranges::sort(names);
    return names;
} catch (const KernelFault&) {
    return Errno::efault;
}

// --- writing ----------------------------------------------------------------------------------------------------

ErrnoOr<std::size_t> ModernKernel::write_switch(std::string_view path, std::string_view text)
{
    auto& state = this->state();
    const auto value = text.ends_with('\n') ? text.substr(0, text.size() - 1) : text;
    if (path == "/proc/sys/kernel/modules_disabled") {
        if (value != "1") return Errno::einval; // it can only be set
        state.modules_disabled = 1;
        return text.size();
    }
    if (path == "/sys/module/module/parameters/sig_enforce") {
        const bool known = !value.empty() && std::string_view("yYtT1nNfF0oO").find(value[0]) != std::string_view::npos;
        if (!known) return Errno::einval;
        const bool on = std::string_view("yYtT1").find(value[0]) != std::string_view::npos || value == "on" || value == "ON";
        if (!on && state.signature_enforced) return Errno::erofs;
        state.signature_enforced = on;
        return text.size();
    }
    if (path != "/sys/kernel/security/lockdown" || !has(ModernOption::lockdown)) return Errno::enoent;
    const std::uint32_t level = value == "integrity" ? 1 : value == "confidentiality" ? 2 : 0;
    if (!level && value != "none") return Errno::einval;
    if (level <= state.lockdown) return Errno::eperm;
    state.lockdown = level;
    log(5, "Kernel is locked down from securityfs; see man kernel_lockdown.7");
    return text.size();
}

ErrnoOr<std::size_t> ModernKernel::write_file(std::string_view path, std::string_view text)
try {
    if (!path.starts_with(module_root) || path.starts_with("/sys/module/module/")) return write_switch(path, text);
    path.remove_prefix(module_root.size());
    const auto slash = std::min(path.find('/'), path.size());
    auto* module = find_module(path.substr(0, slash));
    constexpr std::string_view folder = "/parameters/";
    if (!module || !path.substr(slash).starts_with(folder)) return Errno::enoent;
    const auto at = find_parameter(*module, path.substr(slash + folder.size()));
    if (!at) return Errno::enoent;
    const auto permissions = load_parameter(at).permissions;
    if (permissions == 0) return Errno::enoent;
    if (!(permissions & 0222)) return Errno::eacces;
    std::string value(text.ends_with('\n') ? text.substr(0, text.size() - 1) : text);
    const auto copy = kernel_.heap().allocate(value.size() + 1);
    if (!copy) return Errno::enomem;
    kernel_.memory().write_all(copy, std::as_bytes(std::span(value.c_str(), value.size() + 1)));
    const auto outcome = kernel_.scheduler().call({"modern set parameter", {at.value, copy.value}, 2}, {});
    if (outcome.kind != Outcome::Kind::done) return Errno::eio;
    if (const auto wrong = outcome.result.error(kernel_.arch())) return *wrong;
    return text.size();
} catch (const KernelFault&) {
    return Errno::efault;
}

} // namespace retromod
