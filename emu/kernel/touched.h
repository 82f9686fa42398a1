// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// A module that went; fixed format. The oldest one makes room for the next.
struct GoneModuleRow {
    static constexpr std::string_view table_name = "gone_modules";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t start, bytes;
    char name[64];
};

/// Notes where a module lies that is about to go, so that what touches it later can be told its name.
void note_gone_module(Kernel& kernel, GuestAddr module);

/// What lies or lay at an address that a fault met: "module 'foo', which is gone", "freed memory", "usb_devfs_handle, which
/// this kernel does not have"; empty when nothing is known.
std::string name_touched(Kernel& kernel, GuestAddr address);

} // namespace retromod
