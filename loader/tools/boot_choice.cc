// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/boot_choice.h"

#include "emu/exports/built_in.h"
#include "emu/kernel/boot_options.h"
#include "emu/machine/host_text.h"
#include "loader/modern/modern_kernel.h"
#include "loader/modern/pkcs7.h"
#include "loader/tools/device_file.h"
#include "loader/tools/kernel_package.h"
#include "loader/tools/kernel_profiles.h"
#include "loader/tools/symbol_versions.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>

namespace retromod {

void BootChoice::declare(Options& options)
{
    options.value("--release", release, "kernel release; others than the measured ones stand for their nearest")
        .choice("--arch", arch_, runnable_arches(), "architecture (default: the one that the release was measured on)")
        .value("--memory", words.memory_megabytes, "memory in MB")
        .flag("--smp", words.smp, "structures of an SMP kernel")
        .choice("--compiler", words.compiler, {"gcc-2.95", "gcc-3", "2.95", "3"}, "gcc that the kernel was built with")
        .value("--uts-release", words.uts_release, "what uname says (default: the release)")
        .value("--versions", versions,
               "file of exported names with versions: a copy of /proc/ksyms, or System.map; since 2.6 Module.symvers or System.map")
        .choice("--like-kernel", like_kernel_, kernel_profile_names(),
                "a measured kernel: its release, uname, compiler, memory and what it has built in; options beside it count more")
        .value("--builtin", built_in_, "before 2.6: NAME,... of drivers that the kernel has built in, no-NAME of those it has not")
        .value("--config-file", configuration_file_, "before 2.6: the kernel's .config, which says what is built in")
        .value("--devices", devices, "file that describes further devices: PCI functions, ports, memory (docs/devices.md)")
        .value("--modules", modules, "folder or tree of modules that the kernel may request (request_module)")
        .flag("--stub", stub, "bind unknown imports to traps instead of refusing them")
        .value("--cmdline", command_line_,
               "since 2.6: the kernel's command line: module_blacklist=a,b module.sig_enforce lockdown=integrity nomodule")
        .values("--config", configuration_,
                "since 2.6: NAME=y or NAME=n, where the kernel's configuration is not as measured; may be repeated")
        .value("--like", like_,
               "since 2.6: a module (.ko) of the kernel meant: its release, its struct module and its version magic")
        .values("--module-key", keys_, "since 2.6: file of a certificate (PEM) that modules may be signed by; may be repeated");
}

namespace {

std::string read_certificates(const std::string& path)
{
    auto text = read_host_text(path);
    if (!count_certificates(text)) throw std::runtime_error(path + ": no certificate (PEM) in it");
    if (!text.ends_with('\n')) text += '\n';
    return text;
}

/// What --like tells; an error names the option.
ModuleLikeness like_of(const std::string& path)
try {
    return read_likeness(path);
} catch (const NoLikeness& reason) {
    throw std::runtime_error(fmt::format("--like {}", reason.what()));
}

} // namespace

/// The words of --like-kernel, where nothing else was said.
void BootChoice::take_profile(MachineWords& wanted) const
{
    const auto* kernel = find_kernel_profile(like_kernel_);
    if (!kernel) return;
    const MachineWords usual;
    if (!release) wanted.release = kernel->release;
    if (!wanted.uts_release) wanted.uts_release = std::string(kernel->uts_release);
    if (wanted.compiler == usual.compiler) wanted.compiler = kernel->compiler;
    if (wanted.memory_megabytes == usual.memory_megabytes) wanted.memory_megabytes = kernel->memory_megabytes;
}

std::optional<std::string> BootChoice::fill(MachineOptions& machine, BootOptions& boot)
{
    if (release) words.release = *release;
    auto wanted = words;
    take_profile(wanted);
    if (!arch_.empty()) wanted.arch = arch_;
    std::string_view like_arch;
    if (like_) {
        const auto like = like_of(*like_);
        if (!release) wanted.release = like.release->name;
        if (!wanted.uts_release) wanted.uts_release = like.uts_release;
        profile_ = like.profile;
        like_arch = like.release->arch;
        boot.configuration.emplace_back(ModernOption::modversions, like.modversions);
    }
    if (auto wrong = read_machine_words(wanted, machine)) return wrong;
    if (!machine.release->modern && (!command_line_.empty() || !configuration_.empty() || !keys_.empty() || like_))
        return fmt::format("--cmdline, --config, --module-key and --like are for releases since 2.6, not {}", wanted.release);
    if (like_ && machine.arch->name != like_arch)
        return fmt::format("--like {}: it is for {}, the machine is {}", *like_, like_arch, machine.arch->name);
    boot.command_line = command_line_;
    for (const auto& word : configuration_)
        if (auto wrong = read_configuration(word, boot)) return wrong;
    for (const auto& key : keys_) boot.module_keys += read_certificates(key);
    boot.stub = stub;
    if (devices) boot.devices = std::make_shared<const DescribedDevices>(read_device_file(*devices));
    if (boot.devices)
        if (const auto missing = missing_for(*machine.arch, *boot.devices); !missing.empty())
            return fmt::format("--devices {}: {} machines have not got {}", *devices, machine.arch->name, missing);
    if (modules) {
        std::error_code error;
        if (!std::filesystem::is_directory(*modules, error)) return fmt::format("--modules {}: no such folder", *modules);
        boot.modules_folder = std::filesystem::absolute(*modules);
    }
    if (versions && !machine.release->modern) boot.versions = read_symbol_versions(*versions);
    return std::nullopt;
}

namespace {

/// "loop,minix,no-rtc".
void build_in_by_names(Kernel& kernel, const std::string& list)
{
    std::istringstream names(list);
    for (std::string name; std::getline(names, name, ',');) {
        constexpr std::string_view without = "no-";
        const bool known = name.starts_with(without) ? leave_out(kernel, name.substr(without.size())) : build_in(kernel, name);
        if (!known)
            throw std::runtime_error(fmt::format("--builtin {}: no such driver; known are {}", name,
                                                 fmt::join(built_in_names(), ", ")));
    }
}

} // namespace

/// What the kernel has built in, by its symbols, its profile, its configuration and what was said; the last word counts.
void BootChoice::choose_built_in(Kernel& kernel) const
{
    if (versions) build_in_by_symbols(kernel, read_symbol_versions(*versions));
    if (const auto* profile = find_kernel_profile(like_kernel_)) build_in_by_names(kernel, std::string(profile->built_in));
    if (configuration_file_) build_in_by_configuration(kernel, *configuration_file_);
    build_in_by_names(kernel, built_in_.value_or(""));
}

void BootChoice::give(Session& session) const
{
    auto& machine = session.machine();
    if (!machine.release().modern) return choose_built_in(session.kernel());
    if (versions) give_symbols(machine, read_exported_symbols(*versions));
    if (!profile_) return;
    give_profile(machine, *profile_);
    ModernKernel::of(session.kernel()).take_profile();
}

std::string describe(const MachineOptions& machine, const BootOptions& boot)
{
    return fmt::format(
        "{} ({}) on {}, {} MB, {}, gcc {}{}{}{}{}", machine.uts_release, machine.release->name, machine.arch->name,
        machine.memory_bytes >> 20, machine.smp ? "SMP" : "uniprocessor", machine.compiler == Compiler::gcc_3 ? "3" : "2.95",
        boot.versions.empty() ? "" : fmt::format(", {} versioned names", boot.versions.size()), boot.stub ? ", stubs" : "",
        boot.devices ? ", described devices" : "", boot.modules_folder.empty() ? "" : ", modules of " + boot.modules_folder);
}

} // namespace retromod
