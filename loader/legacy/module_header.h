// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"
#include "emu/abi/layout_set.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace retromod {

/// The members of struct module as modutils 2.4 compiles it, the same for kernels of every release: size_of_struct
/// tells them which members are there. Source: modutils 2.4 module.h.
enum class HeaderMember : std::uint8_t {
    size_of_struct,
    next,
    name,
    size,
    usecount,
    flags,
    nsyms,
    ndeps,
    syms,
    deps,
    refs,
    init,
    cleanup,
    ex_table_start,
    ex_table_end,
    gp,
    persist_start,
    persist_end,
    can_unload,
    runsize,
    kallsyms_start,
    kallsyms_end,
    archdata_start,
    archdata_end,
    kernel_data,
};

/// Where a member lies, in bytes. `gp` has no size where there is no such member.
Field header_field(const Arch& arch, HeaderMember member);

/// sizeof(struct module): 96 on i386.
std::uint32_t module_header_bytes(const Arch& arch);

/// Stores into one member of a header.
void set_member(std::span<std::byte> header, const Arch& arch, HeaderMember member, std::uint64_t value);

} // namespace retromod
