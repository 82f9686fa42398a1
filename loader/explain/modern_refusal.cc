// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/explain/modern_refusal.h"

#include <fmt/format.h>

namespace retromod {
namespace {

struct Row {
    Errno error;
    std::string_view logged;   ///< what is in the log when this check refuses; empty: nothing of the kind
    std::string_view sentence;
};

// The first row that fits, in the kernel's order of checks. Source: docs/modern-abi.md.
constexpr Row load_rows[] = {
    {Errno::enosys, "", "this kernel has no such call"},
    {Errno::eperm, "is blacklisted", "module_blacklist= on the kernel's command line names it"},
    {Errno::eperm, "Lockdown:", "lockdown: the module is not signed by a key that the kernel trusts"},
    {Errno::eperm, "", "the caller lacks CAP_SYS_MODULE, or modules_disabled is set"},
    {Errno::ekeyrejected, "rejected", "signatures are enforced, and the module has none that the kernel trusts"},
    {Errno::ekeyrejected, "", "the signature does not fit the module's content"},
    {Errno::ebadmsg, "", "what stands behind the module is no signature that can be parsed"},
    {Errno::enopkg, "", "the signature is of a kind that the kernel cannot check"},
    {Errno::enokey, "", "the signature is by a key that the kernel does not have"},
    {Errno::enoexec, "Invalid ELF header magic", "ELF validation: the file does not begin as an ELF file"},
    {Errno::enoexec, "Invalid ELF header type", "ELF validation: e_type is not that of a relocatable object"},
    {Errno::enoexec, "Invalid architecture", "ELF validation: e_machine is another architecture's"},
    {Errno::enoexec, "section header overflow", "ELF validation: the section table lies outside the file"},
    {Errno::enoexec, "Invalid ELF header len", "ELF validation: the file is shorter than an ELF header"},
    {Errno::enoexec, "Invalid ELF", "ELF validation: a header is not as it must be"},
    {Errno::enoexec, "truncated", "ELF validation: the file is cut off"},
    {Errno::enoexec, "this_module", "there is no .gnu.linkonce.this_module as this kernel has it"},
    {Errno::enoexec, "No module found in object", "there is no .gnu.linkonce.this_module, or no name in .modinfo"},
    {Errno::enoexec, "has no symbols", "there is no symbol table"},
    {Errno::enoexec, "disagrees about version of symbol module_layout",
     "modversions: the module was built for another struct module"},
    {Errno::enoexec, "no symbol version for module_layout", "modversions: there is no version of struct module"},
    {Errno::enoexec, "version magic", "vermagic: the module was built for another kernel"},
    {Errno::enoexec, "WRITE|EXEC", "a section is writable and executable"},
    {Errno::enoexec, "exports duplicate symbol", "it exports a name that another module exports already"},
    {Errno::enoexec, "elocation", "a relocation cannot be made"},
    {Errno::enoexec, "-fno-common", "a symbol is common"},
    {Errno::enoexec, "", "ELF validation: the image is shorter than an ELF header, or damaged"},
    {Errno::efault, "", "the image or the parameters cannot be read from user memory"},
    {Errno::eexist, "exports duplicate", "it exports a name that is taken"},
    {Errno::eexist, "", "a module of that name is loaded"},
    {Errno::ebusy, "gave up waiting", "the module that it needs did not finish its own init"},
    {Errno::ebusy, "", "a module of that name was being loaded, and failed"},
    {Errno::enoent, "nknown parameter", "a parameter that the module does not have"},
    {Errno::enoent, "GPL-only", "symbols: one is for GPL modules only, and the module is not"},
    {Errno::enoent, "Unknown symbol", "symbols: one that nobody exports, or not to a module of this licence"},
    {Errno::einval, "disagrees about version", "symbols: the version of one is another than the module was built with"},
    {Errno::einval, "no symbol version", "symbols: one has no version in the module"},
    {Errno::einval, "does not import it", "symbols: one is in a namespace that the module does not import"},
    {Errno::einval, "invalid for parameter", "parameters: a value that is none of the parameter's type"},
    {Errno::einval, "can only take", "parameters: more values than the array has room for"},
    {Errno::einval, "is already loaded", "a directory of that name is in /sys/module: the name of a built-in"},
    {Errno::einval, "", "the file is empty or no regular file, or a flag is unknown"},
    {Errno::erange, "invalid for parameter", "parameters: a value that its type cannot hold"},
    {Errno::enospc, "too large for parameter", "parameters: a text that is longer than the parameter has room for"},
    {Errno::etxtbsy, "", "somebody has the file open for writing"},
    {Errno::ebadf, "", "the descriptor is not open for reading"},
    {Errno::enomem, "", "the module does not fit into memory"},
};

constexpr Row delete_rows[] = {
    {Errno::eperm, "", "the caller lacks CAP_SYS_MODULE, or modules_disabled is set"},
    {Errno::efault, "", "the name cannot be read from user memory"},
    {Errno::enoent, "", "no module of that name is loaded"},
    {Errno::eagain, "", "another module uses it, or its reference count is not 0"},
    {Errno::ebusy, "", "it is still loading or already going, or it has an init routine and no exit"},
};

constexpr bool fits(const Row& row, Errno error, std::string_view log)
{
    return row.error == error && (row.logged.empty() || log.find(row.logged) != std::string_view::npos);
}

} // namespace

std::string modern_check(std::string_view call, SyscallResult result, std::string_view ran, std::string_view log, const Arch& arch)
{
    if (!result.failed(arch)) return "every check passed";
    const auto error = result.error(arch);
    if (ran == "init") return fmt::format("the kernel, in {}: every check passed; the module's own init routine returned it", call);
    if (!error) return fmt::format("the kernel, in {}", call);
    if (call == "delete_module")
        for (const auto& row : delete_rows)
            if (fits(row, *error, log)) return fmt::format("the kernel, in {}: {}", call, row.sentence);
    if (call.ends_with("init_module"))
        for (const auto& row : load_rows)
            if (fits(row, *error, log)) return fmt::format("the kernel, in {}: {}", call, row.sentence);
    return fmt::format("the kernel, in {}: {}", call, errno_text(*error));
}

} // namespace retromod
