// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/thread.h"
#include "loader/modern/call_task.h"
#include "loader/modern/load_info.h"
#include "loader/modern/module_profile.h"
#include "loader/modern/taint.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace retromod {

/// A file as finit_module sees it behind a descriptor.
struct UserFile {
    enum class Kind : std::uint8_t { regular, other }; ///< other: directory, pipe, device
    Kind kind = Kind::regular;
    bool readable = true;          ///< opened for reading, not O_WRONLY or O_PATH
    bool written = false;          ///< open for writing somewhere, this descriptor included
    std::vector<std::byte> content;
    std::optional<std::uint64_t> size = {}; ///< what its inode says, where that is not the content's
    std::uint64_t inode = 0;       ///< calls on one inode may be merged; 0: like no other
    std::optional<Errno> read_error = {}; ///< what reading behind the content fails with
};

/// The caller's open files, by descriptor.
class UserFiles {
public:
    virtual ~UserFiles() = default;
    virtual const UserFile* file(std::int32_t descriptor) = 0;
};

/// The module loader inside a kernel since 2.6, over one Kernel: init_module(image, len, params), finit_module(fd, params,
/// flags) and delete_module(name, flags) as system calls of that Kernel, and the files that show modules.
///
///     Kernel kernel(machine, modern_exports(), boot);          // machine of release 6.1, arch x86_64
///     auto& modern = ModernKernel::of(kernel);
///     const auto outcome = kernel.scheduler().call({"init_module", {image, len, params}, 3}, {.comm = "insmod"});
///
/// Everything that lasts is in the machine; a call under way is not, so that one that parks ends with its process.
class ModernKernel final : public ModuleLoader {
public:
    explicit ModernKernel(Kernel& kernel);
    ~ModernKernel() override;

    /// The loader of a kernel of a modern release. std::logic_error for others.
    static ModernKernel& of(Kernel& kernel);

    void boot(const BootOptions& options) override;
    /// Goes by the struct module that the machine was given, if any. std::runtime_error where it cannot be.
    void take_profile();
    Step init_module(Frame& frame) override;
    Step finit_module(Frame& frame) override;
    Step delete_module(Frame& frame) override;

    /// The files behind the descriptors that finit_module names; none: every descriptor is bad.
    void set_user_files(UserFiles* files) { user_files_ = files; }

    // --- what is seen (proc_and_sys.cc) ------------------------------------------------------------------------------

    /// Newest first, in the modern form. `privileged`: whether addresses are shown.
    std::string proc_modules() override { return proc_modules(true); }
    std::string proc_modules(bool privileged);
    /// /proc/kallsyms: the exported symbols of the kernel, by address, then all of each module, the newest first.
    std::string proc_kallsyms(bool privileged);
    /// A file below /sys/module, /proc/modules, /proc/sys/kernel/{tainted,modules_disabled}. ENOENT, EACCES. A parameter of
    /// a kind of the module's own calls the module.
    ErrnoOr<std::string> read_file(std::string_view path, bool privileged = true);
    /// Bytes written. A call of the module's own parameters may be made: EIO where that does not come back.
    ErrnoOr<std::size_t> write_file(std::string_view path, std::string_view text);
    /// Names in a folder below /sys/module.
    ErrnoOr<std::vector<std::string>> list_folder(std::string_view path);

    // --- for exports (exports.cc) and files ------------------------------------------------------------------------

    Kernel& kernel() { return kernel_; }
    ModernRow& state() { return kernel_.machine().single<ModernRow>(); }
    const ModernRules& rules() const { return profiled_ ? profiled_->rules : *kernel_.machine().release().modern; }
    bool has(ModernOption option) { return ModernOptions{state().options}.has(option); }
    /// The kernel's release and what else a module must be built for.
    std::string vermagic();
    std::uint64_t tainted() { return kernel_.state().tainted; }
    void add_taint(TaintFlag flag);
    ModernModuleRow* module_at(GuestAddr address); ///< by its struct module
    ModernModuleRow* find_module(std::string_view name);
    std::vector<ModernModuleRow*> modules(); ///< newest first
    std::int32_t reference_count(const ModernModuleRow& module);
    void change_references(GuestAddr module, std::int32_t by);
    void put_reference(GuestAddr module); ///< module_put
    /// param_set_KIND of the kernel: parses `value` (nothing: there was no `=`) and stores it. 0 or a negative errno.
    std::int64_t set_parameter_of_kind(std::string_view kind, const std::string& name, GuestAddr variable,
                                       const std::optional<std::string>& value);
    /// param_get_KIND.
    std::string show_parameter_of_kind(std::string_view kind, GuestAddr variable);

private:
    friend const ExportTable& modern_exports();
    struct Call {
        CallState state;
        std::optional<CallTask<std::int64_t>> task;
        std::vector<std::byte> image;
    };
    using Task = CallTask<std::int64_t>;

    /// Runs a call of the current thread up to its end or to where it waits.
    Step advance(Frame& frame, Task (ModernKernel::*begin)(std::array<std::uint64_t, 8> arguments));
    Task do_init_module(std::array<std::uint64_t, 8> arguments);
    Task do_finit_module(std::array<std::uint64_t, 8> arguments);
    Task do_delete_module(std::array<std::uint64_t, 8> arguments);
    std::int64_t error(Errno number) const;

    // finit_module.cc
    std::int64_t read_user_file(const UserFile& file, std::vector<std::byte>& image);
    std::int64_t decompress(std::vector<std::byte>& image);

    // load_module.cc
    Task load_module(std::vector<std::byte> image, GuestAddr params, std::uint32_t flags);
    Task load_checked(LoadInfo& info, GuestAddr params);
    Task add_unformed(LoadInfo& info, bool early);
    Task run_init(LoadInfo& info);
    Task wait_while(bool (ModernKernel::*busy)(const std::string&), std::string name, const char* what);
    bool is_under_way(const std::string& name);
    bool is_referenced(const std::string& name);
    void check_this_module(const LoadInfo& info);
    void fill_struct_module(LoadInfo& info);
    void set_state(ModernModuleRow& row, ModuleState state);
    void wake_waiters();
    std::int64_t copy_arguments(LoadInfo& info, GuestAddr params);
    void note_symbols(const LoadInfo& info);
    std::string owner_of(GuestAddr address);
    std::int64_t add_to_sysfs(LoadInfo& info);
    void free_module(std::uint32_t row);
    void drop_uses(std::uint32_t row);
    void free_area(GuestAddr area);
    void free_init_memory(ModernModuleRow& row);

    // elf_checks.cc
    std::optional<Errno> check_elf(LoadInfo& info);
    std::optional<Errno> check_elf_2_6(LoadInfo& info);
    std::optional<Errno> check_section_names(LoadInfo& info);
    std::optional<Errno> check_sections(LoadInfo& info);
    std::optional<Errno> find_parts(LoadInfo& info);
    std::optional<Errno> find_parts_strictly(LoadInfo& info);
    void read_sections(LoadInfo& info);

    // signature_check.cc
    std::optional<Errno> check_signature(LoadInfo& info);

    // module_checks.cc
    std::optional<Errno> check_versions_and_magic(LoadInfo& info);
    bool is_blacklisted(std::string_view name);
    bool check_version(LoadInfo& info, std::string_view symbol, std::optional<std::uint32_t> crc);
    std::optional<Errno> check_magic(LoadInfo& info);
    bool force_load(LoadInfo& info, std::string_view reason);
    std::optional<Errno> check_live_patch(LoadInfo& info);
    std::optional<Errno> note_origin(LoadInfo& info);
    void note_signature(LoadInfo& info);
    std::optional<Errno> check_section_flags(LoadInfo& info);
    void note_known_liars(LoadInfo& info, bool was_proprietary);
    void add_module_taint(LoadInfo& info, TaintFlag flag);

    // layout.cc
    std::optional<Errno> lay_out(LoadInfo& info);
    std::optional<Errno> allocate_percpu(LoadInfo& info);
    void find_module_sections(LoadInfo& info);
    std::optional<Errno> check_own_exports(LoadInfo& info);

    // symbols.cc
    struct FoundSymbol;
    Task resolve_symbols(LoadInfo& info);
    Task resolve_waiting(LoadInfo& info, std::string name, FoundSymbol& found);
    std::int64_t resolve(LoadInfo& info, const std::string& name, FoundSymbol& found);
    bool find_symbol(const std::string& name, bool gpl_ok, FoundSymbol& found);
    std::vector<std::pair<std::string, GuestAddr>> exported_symbols(const ModernModuleRow& module);
    bool find_in_table(const std::string& name, GuestAddr table, std::uint32_t count, GuestAddr crcs, FoundSymbol& found);
    std::string exported_name(GuestAddr entry);
    std::int64_t use_module(LoadInfo& info, ModernModuleRow& provider);
    std::optional<Errno> check_duplicate_exports(LoadInfo& info);

    // relocate.cc
    std::optional<Errno> apply_relocations(LoadInfo& info);
    std::optional<Errno> relocate_section(LoadInfo& info, unsigned number, bool with_addend);
    std::optional<Errno> skip_live_patch(LoadInfo& info, unsigned number);

    // parameters.cc
    struct Parameter;
    Task parse_arguments(LoadInfo& info, std::string text);
    std::int64_t set_obsolete(LoadInfo& info, unsigned section, const std::string& key, std::optional<std::string>& value);
    Task set_one(LoadInfo& info, std::string& key, std::optional<std::string>& value);
    Task set_parameter(GuestAddr at, std::optional<std::string>& value);
    Task set_elements(const Parameter& parameter, std::optional<std::string>& value);
    Task call_setter(const Parameter& parameter, GuestAddr variable, const std::optional<std::string>& value);
    Parameter load_parameter(GuestAddr at);
    std::string kind_of(GuestAddr operations);
    void set_unknown(LoadInfo& info, std::string& key, const std::optional<std::string>& value);
    void note_dynamic_debug(const std::string& value);
    Task do_set_parameter(std::array<std::uint64_t, 8> arguments);
    static Step set_parameter_step(Kernel& kernel, Frame& frame);
    Sleep park(const char* what, std::uint64_t until = ~std::uint64_t{0});
    void dump_stack();

    // struct module, in the image or, once it is there, in guest memory
    std::uint64_t member(const LoadInfo& info, std::string_view name);
    void set_member(LoadInfo& info, std::string_view name, std::uint64_t value);
    std::string struct_name(const LoadInfo& info);
    GuestAddr member_at(GuestAddr module, std::string_view name);

    void log(unsigned level, std::string_view text);
    void warn_with_trace(std::string_view where);
    bool locked_down(std::string_view what);
    ModernModuleRow& row(std::uint32_t number);
    std::uint32_t row_number(const ModernModuleRow& module);

    // proc_and_sys.cc
    std::string module_line(const ModernModuleRow& module, bool privileged);
    std::string users_of(const ModernModuleRow& module);
    ErrnoOr<std::string> read_module_file(ModernModuleRow& module, std::string_view path);
    ErrnoOr<std::size_t> write_switch(std::string_view path, std::string_view text);
    GuestAddr find_parameter(const ModernModuleRow& module, std::string_view name);

    Kernel& kernel_;
    std::unique_ptr<ProfiledRules> profiled_; ///< where struct module is not the release's
    UserFiles* user_files_ = nullptr;
    std::map<ThreadId, std::unique_ptr<Call>> calls_;
    std::vector<ThreadId> waiters_;
    /// Files whose loads are under way, with how they ended, for calls that share their result.
    struct SharedLoad {
        std::optional<std::int64_t> result;
        unsigned followers = 0;
    };
    std::map<std::uint64_t, std::shared_ptr<SharedLoad>> shared_loads_;
};

/// What a kernel of a modern release offers to modules, and its loader.
const ExportTable& modern_exports();

} // namespace retromod
