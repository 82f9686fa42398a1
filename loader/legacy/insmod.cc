// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/insmod.h"

#include "loader/legacy/kallsyms.h"
#include "loader/legacy/load_map.h"
#include "loader/legacy/module_header.h"
#include "loader/legacy/module_tables.h"
#include "loader/legacy/parameters.h"
#include "loader/legacy/persistent_data.h"
#include "loader/legacy/sentences.h"
#include "loader/legacy/taint.h"
#include "loader/legacy/versions.h"
#include "loader/link/relocate.h"
#include "loader/link/relocation.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>
#include <memory>

namespace retromod {
namespace {

constexpr GuestAddr noload_base{0x12340000}; // where -n pretends to load

constexpr std::string_view hint_plain = "\n"
                                        "Hint: You are trying to load a module without a GPL compatible license\n"
                                        "      and it has unresolved symbols.  Contact the module supplier for\n"
                                        "      assistance, only they can help you.\n";
constexpr std::string_view hint_gplonly = "\n"
                                          "Hint: You are trying to load a module without a GPL compatible license\n"
                                          "      and it has unresolved symbols.  The module may be trying to access\n"
                                          "      GPLONLY symbols but the problem is more likely to be a coding or\n"
                                          "      user error.  Contact the module supplier for assistance, only they\n"
                                          "      can help you.\n";
constexpr std::string_view hint_init =
    "Hint: insmod errors can be caused by incorrect module parameters, including invalid IO or IRQ parameters.\n"
    "      You may find more information in syslog or the output from dmesg";

/// One run of insmod. Its steps are in insmod's order; each says itself why it fails.
class Insmod {
public:
    Insmod(const InsmodOptions& options, const ProblemOr<ModuleFile>& file, ModuleCalls& calls, LoaderSystem& system,
           const TextSinks& sinks)
        : options_(options), file_(file), calls_(calls), system_(system), arch_(system.arch()),
          messages_(sinks, "insmod")
    {
        report_.file = options.file;
        report_.name = options.name ? *options.name : module_name_of(options.file);
    }

    InsmodResult run()
    {
        const bool loaded = load();
        return {.exit_status = loaded ? 0 : 1, .report = std::move(report_)};
    }

private:
    const InsmodOptions& options_;
    const ProblemOr<ModuleFile>& file_;
    ModuleCalls& calls_;
    LoaderSystem& system_;
    const Arch& arch_;
    Messages messages_;
    LoadReport report_;
    KernelInfo kernel_;
    Modinfo modinfo_;
    License license_;
    ModuleVersion version_;
    Offer offer_;
    std::optional<Object> object_;
    bool has_persistent_ = false; ///< some parameter's value outlives the module
    std::string persist_file_;    ///< in this file; "" for none

    bool load()
    {
        if (!check_open() || !ask_kernel() || !check_name()) return false;
        messages_.set_prefix(options_.file);
        if (!read_object() || !check_version() || !resolve()) return false;
        object_->allocate_commons();
        check_declarations();
        check_taint(options_.file, license_, Force{options_.force}, NoLoad{options_.noload}, system_, messages_);
        report_.refused_parameter = !set_parameters(*object_, modinfo_, Declared{version_.in_modinfo}, options_.arguments,
                                                    report_.parameters, messages_);
        if (report_.refused_parameter) return false;
        hide_special_symbols(*object_);
        choose_persist_file();
        if (!take_persistent_data()) return false;
        add_tables();
        if (messages_.errors() != 0) return false;
        if (options_.probe) return true;
        return create();
    }

    bool fail(std::string_view text)
    {
        messages_.error(text);
        return false;
    }

    bool fail(const Problem& problem)
    {
        report_.explanations.push_back(explain(problem, options_.file));
        return fail(modutils_sentence(problem, options_.file));
    }

    /// A file that opens but has something else wrong with it is found out only when it is read.
    bool check_open()
    {
        if (file_ || file_.problem().kind != ProblemKind::cannot_open) return true;
        return fail(file_.problem());
    }

    bool ask_kernel()
    {
        auto info = get_kernel_info(calls_, arch_, {.symbols = true}, messages_);
        if (!info) return false;
        kernel_ = std::move(*info);
        return true;
    }

    bool check_name()
    {
        if (options_.noload ||
            std::ranges::find(kernel_.modules, report_.name, &ModuleStatus::name) == kernel_.modules.end())
            return true;
        return fail(fmt::format("a module named {} already exists", report_.name));
    }

    bool read_object()
    {
        if (!file_) return fail(file_.problem());
        const auto header = read_elf_header(file_->bytes);
        if (!header) return fail(header.problem());
        if (const auto problem = other_machine(*header)) return fail(*problem);
        const auto elf = ElfFile::open(file_->bytes);
        if (!elf) return fail(elf.problem());
        std::vector<Problem> complaints;
        auto object = Object::load(*elf, arch_, complaints);
        for (const auto& complaint : complaints) fail(complaint);
        if (!object) return fail(object.problem());
        object_.emplace(std::move(*object));
        modinfo_ = Modinfo(*elf);
        license_ = license_of(modinfo_);
        return true;
    }

    std::optional<Problem> other_machine(const ElfHeader& header) const
    {
        const auto* arch = header.arch();
        if (!arch)
            return Problem{.kind = ProblemKind::unknown_architecture,
                           .where = "e_machine",
                           .value = header.machine,
                           .detail = fmt::format("e_machine {}, {}-bit", header.machine, header.word_bytes * 8)};
        if (arch->name != arch_.name)
            return Problem{.kind = ProblemKind::wrong_architecture,
                           .where = std::string(arch_.name),
                           .detail = std::string(arch->name)};
        if (!relocation_arch(arch_))
            return Problem{.kind = ProblemKind::no_relocator,
                           .where = "e_machine",
                           .value = header.machine,
                           .detail = std::string(arch->name)};
        return std::nullopt;
    }

    bool check_version()
    {
        constexpr std::size_t compared = 32; // STRVERSIONLEN
        const auto prefix = options_.prefix ? *options_.prefix : derived_prefix(kernel_, system_.version());
        if (options_.verbose) messages_.print(fmt::format("Symbol version prefix '{}'", prefix));
        version_ = module_version(*object_, modinfo_);
        if (version_.code == -1) return fail("couldn't find the kernel version the module was compiled for");
        const auto release = system_.release().substr(0, compared);
        const auto module_crcs = module_checksums(*object_, modinfo_, version_);
        const auto kernel_crcs = kernel_checksums(kernel_, arch_);
        const bool same = release == version_.text || (options_.numeric_only && version_code(release) == version_.code);
        if ((module_crcs == 0 || kernel_crcs == 0) && !same) {
            const auto text = fmt::format("kernel-module version mismatch\n\t{} was compiled for kernel version "
                                          "{}\n\twhile this kernel is version {}",
                                          options_.file, version_.text, release);
            if (!options_.force) return options_.quiet ? false : fail(text + ".");
            messages_.warn("Warning: " + text);
        }
        if (module_crcs != kernel_crcs) object_->symbols().ignore_versions(prefix);
        return true;
    }

    bool resolve()
    {
        offer_ = add_kernel_symbols(*object_, kernel_, license_);
        for (const auto index : offer_.used_modules) report_.dependencies.push_back(kernel_.modules[index].name);
        create_this_module(*object_, report_.name);
        create_got(*object_);
        report_.unresolved = settle_undefined(*object_, options_.bind_unresolved);
        create_veneers(*object_);
        report_.imports = imports_of(*object_, kernel_);
        if (report_.unresolved.empty()) return true;
        if (options_.quiet) return false;
        for (const auto& name : report_.unresolved) messages_.error(fmt::format("unresolved symbol {}", name));
        if (!license_.is_gpl()) messages_.error(offer_.gplonly_seen ? hint_gplonly : hint_plain);
        return false;
    }

    void check_declarations()
    {
        has_persistent_ = check_parameter_declarations(*object_, modinfo_, options_.file, messages_);
    }

    /// -e NAME names the file; -e "" derives it from the place of the module in the module path.
    void choose_persist_file()
    {
        if (!has_persistent_) return;
        if (options_.persist && !options_.persist->empty()) {
            persist_file_ = *options_.persist;
        } else if (options_.persist && options_.persist_folder.empty()) {
            if (options_.verbose) messages_.warn("insmod: -e \"\" ignored, no persistdir");
        } else if (options_.persist) {
            const auto below = options_.below_module_path ? options_.below_module_path(options_.file) : std::nullopt;
            if (below) persist_file_ = fmt::format("{}/{}", options_.persist_folder, without_module_suffix(*below));
            else messages_.error("Cannot calculate persistent filename");
        }
        if (!persist_file_.empty() && !persist_file_.starts_with('/'))
            drop_persist_file(fmt::format("Persistent filenames must be absolute, ignoring '{}'", persist_file_));
        if (!persist_file_.empty() && !options_.ksymoops)
            drop_persist_file("has persistent data but ksymoops symbols are not available");
        if (!options_.verbose) return;
        messages_.print(persist_file_.empty() ? std::string("No persistent filename available")
                                              : fmt::format("Persist filename '{}'", persist_file_));
    }

    void drop_persist_file(std::string_view why)
    {
        messages_.error(why);
        persist_file_.clear();
    }

    static std::string without_module_suffix(std::string path)
    {
        for (const std::string_view ending : {".gz", ".o", ".mod"})
            if (path.size() > ending.size() && path.ends_with(ending)) path.resize(path.size() - ending.size());
        return path;
    }

    bool take_persistent_data()
    {
        if (persist_file_.empty()) return true;
        const auto host_path = options_.persist_path ? options_.persist_path(persist_file_) : persist_file_;
        const auto words = read_persistent_file(host_path, messages_);
        if (!words) {
            if (options_.verbose)
                messages_.print(fmt::format("Cannot open persist file '{}' {}", persist_file_, std::strerror(errno)));
            return true;
        }
        return set_parameters(*object_, modinfo_, Declared{version_.in_modinfo}, *words, report_.parameters, messages_,
                              Undeclared::skipped);
    }

    /// The module exists, but nothing of it is there yet. An error of this kind does not end the load.
    void try_kernel_read()
    {
        constexpr std::uint64_t tried_bytes = 4;
        if (persist_file_.empty()) return;
        const auto from = report_.base + module_header_bytes(arch_);
        if (!kernel_reads_modules(calls_, report_.name, from, tried_bytes, arch_))
            messages_.plain_error(options_.file + ": has persistent data but the kernel is too old to support it."
                                                  "  Expect errors during rmmod as well");
    }

    void add_tables()
    {
        const ExportAll export_all{options_.export_all};
        const auto stamp = options_.long_stamp ? FileStamp{0, 16} : FileStamp{version_.code, 2 * arch_.word_bytes};
        if (options_.ksymoops) add_ksymoops_symbols(*object_, *file_, report_.name, stamp, persist_file_, export_all);
        create_module_tables(*object_, kernel_, offer_, export_all);
        fill_archdata(*object_);
        fill_kallsyms_if_wanted();
    }

    void fill_kallsyms_if_wanted()
    {
        if (wants_kallsyms(kernel_, ForceKallsyms{options_.kallsyms})) fill_kallsyms(*object_);
    }

    bool create()
    {
        report_.size = object_->lay_out();
        if (report_.size > largest_section_bytes && options_.noload) return fail(too_large());
        if (arch_.word(report_.size) != report_.size) return fail(too_large());
        report_.base = noload_base;
        if (options_.noload) return finish();
        const auto created = calls_.create_module(report_.name, report_.size);
        if (created.failed(arch_)) {
            // The file is locked, so another insmod was quicker with the same module: that is no error.
            if (created.error(arch_) == Errno::eexist) return true;
            if (created.error(arch_) == Errno::enomem)
                return fail(fmt::format("can't allocate kernel memory for module; needed {} bytes", report_.size));
            return fail(fmt::format("create_module: {}", error_text(created, arch_)));
        }
        report_.base = {created.word};
        try_kernel_read();
        if (finish()) return true;
        calls_.delete_module(report_.name);
        return false;
    }

    Problem too_large() const
    {
        return {.kind = ProblemKind::image_too_large,
                .where = "image",
                .value = report_.size,
                .expected = largest_section_bytes};
    }

    /// With the module created, or not to be: addresses, the image, init_module.
    bool finish()
    {
        const auto problems = relocate(*object_, report_.base, options_.record);
        for (const auto& problem : problems) fail(problem);
        describe_memory();
        if (!problems.empty()) return false;
        fill_archdata(*object_);
        fill_kallsyms_if_wanted();
        fill_module_header(
            *object_,
            {.size = report_.size, .autoclean = options_.autoclean, .dependencies = offer_.used_modules.size()});
        const auto image = build_image(*object_, report_.base, report_.size);
        if (!image) return fail(image.problem());
        if (options_.record) options_.record->image = *image;
        if (options_.map) print_load_map(*object_, messages_);
        if (options_.blob && !write_blob(*image)) return false;
        if (options_.noload) return true;
        if (options_.before_init) options_.before_init(report_);
        return init(*image);
    }

    bool init(std::span<const std::byte> image)
    {
        const auto result = calls_.init_module(report_.name, image);
        if (result.word != 0) {
            messages_.error(fmt::format("init_module: {}", error_text(result, arch_)));
            messages_.print(hint_init);
            return false;
        }
        if (messages_.warnings() != 0) messages_.print(fmt::format("Module {} loaded, with warnings", report_.name));
        return true;
    }

    bool write_blob(std::span<const std::byte> image)
    {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(options_.blob->c_str(), "wb"),
                                                                   [](std::FILE* f) { return f ? std::fclose(f) : 0; });
        if (!file) return fail(fmt::format("open {} failed {}", *options_.blob, std::strerror(errno)));
        const bool written =
            std::fwrite(image.data(), 1, image.size(), file.get()) == image.size() && std::fflush(file.get()) == 0;
        return written || fail(fmt::format("write {} failed {}", *options_.blob, std::strerror(errno)));
    }

    void describe_memory()
    {
        for (const auto index : object_->load_order()) {
            const auto& section = object_->section(index);
            report_.sections.push_back({section.name, section.address, section.size, section.flags, section.alignment});
        }
        for (const auto& symbol : object_->symbols().all()) {
            if (symbol.type == elf::stt_section || symbol.type == elf::stt_file || symbol.is_imported() ||
                symbol.name.empty())
                continue;
            const bool in_section = symbol.section < elf::shn_loreserve;
            if (in_section ? !object_->section(symbol.section).is_loaded() : symbol.section != elf::shn_abs) continue;
            report_.symbols.push_back({std::string(symbol.name), object_->address_of(symbol), symbol.size,
                                       symbol.binding, symbol.type,
                                       in_section ? object_->section(symbol.section).name : std::string()});
        }
    }
};

} // namespace

std::string module_name_of(std::string_view path)
{
    const auto slash = path.rfind('/');
    auto name = slash == path.npos ? path : path.substr(slash + 1);
    for (const std::string_view ending : {".o", ".mod", ".o.gz"}) {
        if (name.size() > ending.size() && name.ends_with(ending))
            return std::string(name.substr(0, name.size() - ending.size()));
    }
    return std::string(name);
}

InsmodResult insmod_file(const InsmodOptions& options, const ProblemOr<ModuleFile>& file, ModuleCalls& calls,
                         LoaderSystem& system, const TextSinks& sinks)
{
    return Insmod(options, file, calls, system, sinks).run();
}

InsmodResult insmod(const InsmodOptions& given, ModuleCalls& calls, LoaderSystem& system, const TextSinks& sinks)
{
    auto options = given;
    Messages messages(sinks, "insmod");
    if (!options.name) options.name = module_name_of(options.file);
    const bool by_name = options.file.find_first_of("/.") == options.file.npos;
    if (by_name) {
        const auto found = options.find_module ? options.find_module(options.file) : std::nullopt;
        if (!found) {
            messages.error(fmt::format("{}: no module by that name found", options.file));
            return {};
        }
        options.file = *found;
    }
    if (by_name || options.verbose) messages.print(fmt::format("Using {}", options.file));
    const auto host_path = options.host_path ? options.host_path(options.file) : options.file;
    return insmod_file(options, read_module_file(host_path), calls, system, sinks);
}

} // namespace retromod
