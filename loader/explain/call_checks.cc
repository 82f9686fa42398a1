// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/explain/call_checks.h"

#include "emu/abi/arch.h"

#include <algorithm>
#include <vector>

namespace retromod {
namespace {

using Errors = std::vector<Errno>;

/// A check, and what a call that it refuses answers.
template <class Rules> struct Row {
    std::string_view text;
    Errors errors;
    std::string_view logged = {};                      ///< in the kernel's log, or in what `explain` says
    bool (*made)(const Rules&, const Arch&) = nullptr; ///< whether that kernel has the check; null: every kernel
};

using OldRow = Row<CallRules>;
using ModernRow = Row<ModernRules>;

bool has_tail(const CallRules& rules, const Arch&)
{
    return rules.module_has_tail;
}
bool gp_in_order(const CallRules& rules, const Arch& arch)
{
    return arch.has_gp && rules.checks_gp_in_order;
}
bool has_arch_init(const CallRules& rules, const Arch& arch)
{
    return !rules.checks_gp_in_order && (arch.has_gp || arch.has_dbe_table);
}

constexpr std::string_view name_readable = "the name can be read, is not empty and has less than 4096 bytes";

const std::vector<OldRow> create_rows = {
    {"the caller has CAP_SYS_MODULE", {Errno::eperm}},
    {name_readable, {Errno::efault, Errno::enametoolong}},
    {"the size has room for struct module and the name", {Errno::einval}},
    {"no module of that name is in the list", {Errno::eexist}},
    {"there is memory for it", {Errno::enomem}},
};

const std::vector<OldRow> init_rows = {
    {"the caller has CAP_SYS_MODULE", {Errno::eperm}},
    {name_readable, {Errno::enametoolong}},
    {"a module of that name was created", {Errno::enoent}},
    {"the image's first word can be read", {Errno::efault}},
    {"the header has a size that this kernel takes", {Errno::einval}, "Invalid module header size"},
    {"there is memory for copies of name and header", {Errno::enomem}},
    {"the image is no larger than the module that was created", {Errno::einval}, "Size of initialized module exceeds"},
    {"mod->name lies in the module", {Errno::einval}, "mod->name out of bounds"},
    {"mod->syms lies in the module", {Errno::einval}, "mod->syms out of bounds"},
    {"mod->deps lies in the module", {Errno::einval}, "mod->deps out of bounds"},
    {"mod->init lies in the module", {Errno::einval}, "mod->init out of bounds"},
    {"mod->cleanup lies in the module", {Errno::einval}, "mod->cleanup out of bounds"},
    {"mod->ex_table_* are a table in the module", {Errno::einval}, "mod->ex_table_* invalid"},
    {"mod->flags has no bit but MOD_AUTOCLEAN", {Errno::einval}, "mod->flags invalid"},
    {"mod->gp lies in the module", {Errno::einval}, "init_module: mod->gp out of bounds", gp_in_order},
    {"mod->can_unload lies in the module", {Errno::einval}, "mod->can_unload out of bounds"},
    {"mod->kallsyms_* lie in the module", {Errno::einval}, "mod->kallsyms out of bounds", has_tail},
    {"mod->kallsyms_* are in order", {Errno::einval}, "mod->kallsyms invalid", has_tail},
    {"mod->archdata_* lie in the module", {Errno::einval}, "mod->archdata out of bounds", has_tail},
    {"mod->archdata_* are in order", {Errno::einval}, "mod->archdata invalid", has_tail},
    {"mod->kernel_data is 0", {Errno::einval}, "mod->kernel_data must be zero", has_tail},
    {"the name in the image can be read", {Errno::einval, Errno::efault, Errno::enametoolong}, "get_mod_name failure"},
    {"the name in the image is the module's", {Errno::einval}, "changed module name"},
    {"the rest of the image can be read", {Errno::efault}},
    {"the architecture's own tables lie in the module", {Errno::einval}, "module_arch_init:", has_arch_init},
    {"no dependency is the module itself", {Errno::einval}, "self-referential dependency"},
    {"every dependency is in the list of modules", {Errno::einval}, "found dependency that is"},
};

const std::vector<OldRow> delete_rows = {
    {"the caller has CAP_SYS_MODULE", {Errno::eperm}},
    {name_readable, {Errno::efault, Errno::einval, Errno::enametoolong, Errno::enomem}},
    {"a module of that name is in the list", {Errno::enoent}},
    {"no other module uses it", {Errno::ebusy}, "is used by"},
    {"its use count is 0, or its can_unload routine agrees", {Errno::ebusy}},
};

bool has_signatures(const ModernRules& rules, const Arch&)
{
    return rules.has_finit;
}

// In the order of 6.1. A row without a text of the log takes the error that no earlier or later row explains.
const std::vector<ModernRow> load_rows = {
    {"the kernel has this call", {Errno::enosys}},
    {"the caller has CAP_SYS_MODULE, and modules are not disabled", {Errno::eperm}},
    {"the file can be read", {Errno::ebadf, Errno::etxtbsy, Errno::efbig, Errno::eio, Errno::efault}},
    {"signature: it can be parsed", {Errno::ebadmsg, Errno::enopkg}, {}, has_signatures},
    {"signature: the kernel knows its key, and it fits; or none is asked for",
     {Errno::ekeyrejected, Errno::enokey},
     {},
     has_signatures},
    {"lockdown lets it in", {Errno::eperm}, "Lockdown:", has_signatures},
    {"ELF: magic, type, architecture and tables", {Errno::enoexec}},
    {"struct module, symbols and .modinfo are there", {Errno::enoexec}, "this_module"},
    {"there is a symbol table", {Errno::enoexec}, "has no symbols"},
    {"module_blacklist= does not name it", {Errno::eperm}, "is blacklisted", has_signatures},
    {"versions: struct module is this kernel's", {Errno::enoexec}, "module_layout"},
    {"version magic is this kernel's", {Errno::enoexec}, "version magic"},
    {"no section is writable and executable", {Errno::enoexec}, "WRITE|EXEC"},
    {"there is memory for it", {Errno::enomem}},
    {"no module of that name is loaded", {Errno::eexist, Errno::ebusy}},
    {"every symbol is found: name, licence", {Errno::enoent}, "nknown symbol"},
    {"every symbol is found: GPL-only ones", {Errno::enoent}, "GPL-only"},
    {"every symbol is of the right version", {Errno::einval}, "disagrees about version"},
    {"every symbol has a version", {Errno::einval}, "no symbol version"},
    {"every namespace is imported", {Errno::einval}, "does not import it"},
    {"every relocation can be made", {Errno::enoexec}, "elocation"},
    {"no exported name is taken", {Errno::enoexec, Errno::eexist}, "exports duplicate symbol"},
    {"parameters: each is known", {Errno::enoent}, "nknown parameter"},
    {"parameters: each value can be taken", {Errno::einval, Errno::erange, Errno::enospc}, "parameter"},
    {"sysfs: the name is free", {Errno::einval}, "is already loaded"},
};

const std::vector<ModernRow> modern_delete_rows = {
    {"the caller has CAP_SYS_MODULE, and modules are not disabled", {Errno::eperm}},
    {"the name can be read", {Errno::efault}},
    {"a module of that name is loaded", {Errno::enoent}},
    {"no other module uses it, and its reference count is 0", {Errno::eagain}},
    {"it is live, and has an exit routine if it has an init", {Errno::ebusy}},
};

constexpr std::string_view routine_agrees = "its init routine returns 0";

bool names(const Errors& errors, Errno error)
{
    return std::ranges::find(errors, error) != errors.end();
}

/// Which of the rows refused: the one whose words are there, else the first that answers so and says nothing.
template <class Rules> std::size_t refusing_row(const std::vector<Row<Rules>>& rows, const MadeCall& made, Errno error)
{
    const auto said = [&](std::string_view words) {
        return made.log.find(words) != made.log.npos || made.reason.find(words) != made.reason.npos;
    };
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (names(rows[i].errors, error) && !rows[i].logged.empty() && said(rows[i].logged)) return i;
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (names(rows[i].errors, error) && rows[i].logged.empty()) return i;
    return rows.size();
}

template <class Rules>
std::vector<CheckRow> walk(const std::vector<Row<Rules>>& rows, const MadeCall& made, const Rules& rules, const Arch& arch)
{
    const auto error = made.result.error(arch);
    const bool went_in = !made.ran.empty() || !made.result.failed(arch);
    const auto refused = went_in || !error ? rows.size() : refusing_row(rows, made, *error);
    std::vector<CheckRow> checks;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].made && !rows[i].made(rules, arch)) continue;
        const auto state = i < refused ? CheckState::passed : i == refused ? CheckState::refused : CheckState::not_reached;
        checks.push_back({rows[i].text, rows[i].logged, state});
    }
    if (made.ran == "init")
        checks.push_back({routine_agrees, {}, made.result.failed(arch) ? CheckState::refused : CheckState::passed});
    return checks;
}

} // namespace

std::vector<CheckRow> checks_of(const MadeCall& made, const CallRules& rules, const Arch& arch)
{
    if (made.call == "create_module") return walk(create_rows, made, rules, arch);
    if (made.call == "init_module") return walk(init_rows, made, rules, arch);
    if (made.call == "delete_module") return walk(delete_rows, made, rules, arch);
    return {};
}

std::vector<CheckRow> modern_checks_of(const MadeCall& made, const ModernRules& rules, const Arch& arch)
{
    if (made.call == "delete_module") return walk(modern_delete_rows, made, rules, arch);
    if (made.call == "init_module" || made.call == "finit_module") return walk(load_rows, made, rules, arch);
    return {};
}

} // namespace retromod
