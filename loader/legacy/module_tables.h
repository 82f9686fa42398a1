// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/elf/module_file.h"
#include "loader/legacy/kernel_info.h"
#include "loader/legacy/resolve.h"
#include "loader/link/object.h"

namespace retromod {

// What insmod adds to a module before it goes to the kernel.

/// `.this`: an empty struct module at the very front, labelled `__this_module`.
void create_this_module(Object& object, std::string_view name);

/// Makes init_module, cleanup_module and kernel_version local, so that they are not exported.
void hide_special_symbols(Object& object);

enum class ExportAll : bool { no, yes };

/// What `__insmod_NAME_O<file>_M<time>_V<version>` says beside the file.
struct FileStamp {
    int version;                 ///< the module's version code
    std::uint64_t time_digits;   ///< twice the bytes of a long of insmod's
};

/// `__insmod_*` symbols for ksymoops: the file, its time and version, the file of persistent data unless that is "", and
/// the sizes of sections.
void add_ksymoops_symbols(Object& object, const ModuleFile& file, std::string_view module_name, const FileStamp& stamp,
                          std::string_view persist, ExportAll export_all);

/// `.kmodtab` with a struct module_ref for each dependency, and `__ksymtab` with all global symbols if the module has
/// none of its own and `export_all` says so.
void create_module_tables(Object& object, const KernelInfo& kernel, const Offer& offer, ExportAll export_all);

/// `__archdata`, empty on most architectures. Called again when addresses are final.
void fill_archdata(Object& object);

struct HeaderFacts {
    std::uint64_t size = 0; ///< of the module, bytes
    bool autoclean = false;
    std::size_t dependencies = 0;
};

/// Fills struct module in `.this`, when all addresses are final.
void fill_module_header(Object& object, const HeaderFacts& facts);

} // namespace retromod
