// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/module_arch.h"

#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"

namespace retromod {

namespace {

struct ModuleKind {
    const Arch* arch = nullptr; ///< null: it cannot be read as a module
    bool modern = false;        ///< of 2.6 or later, and x86_64
};

ModuleKind kind_of_module(const std::string& path)
{
    const auto file = read_module_file(path, Unpacks::everything);
    if (!file) return {};
    const auto elf = ElfFile::open(file->bytes);
    const auto* arch = elf ? elf->header().arch() : nullptr;
    return {arch, arch && arch->name == x86_64_of_2_4().name && elf->find_section(".gnu.linkonce.this_module")};
}

} // namespace

const Arch* arch_of_module(const std::string& path)
{
    const auto kind = kind_of_module(path);
    return kind.modern ? nullptr : kind.arch;
}

bool is_modern_module(const std::string& path) { return kind_of_module(path).modern; }

} // namespace retromod
