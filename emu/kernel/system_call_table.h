// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

#include <optional>
#include <string_view>
#include <vector>

namespace retromod {

// sys_call_table: the kernel's own system calls by number, an array of function pointers in guest memory. What a module stores
// there is called by every program and command from then on.

/// What the entries of system calls are named like: "sys_open".
constexpr std::string_view system_call_prefix = "sys_";
/// The entry of every number for which there is no system call.
constexpr std::string_view no_system_call = "sys_ni_syscall";

/// The names of the kernel entries that the table of this machine needs; none where modules cannot reach it by any way.
std::vector<std::string_view> system_call_entries(const Machine& machine);

/// The size of the table, bytes.
std::uint64_t system_call_table_bytes(Kernel& kernel);
/// Fills the table at that address with the kernel's own entries.
void fill_system_call_table(Kernel& kernel, GuestAddr table);

/// A slot of the table in which another function stands than the kernel's own.
struct ReplacedCall {
    std::string_view name; ///< "open"
    GuestAddr by;
};
/// Of that system call; nothing where the kernel's own entry stands, or there is no table.
std::optional<GuestAddr> replaced_system_call(Kernel& kernel, std::string_view name);
/// All of them, in the order of their names' rows.
std::vector<ReplacedCall> replaced_system_calls(Kernel& kernel);

/// The step function of every entry: makes the system call that the entry is named after.
Step call_by_entry(Kernel& kernel, Frame& frame);

/// The step in which a system call is made that kernel code asked for by an interrupt.
constexpr std::string_view system_call_gate_step = "system call gate";
Step system_call_gate(Kernel& kernel, Frame& frame);
/// Whether a stop of guest code is such an interrupt (int 0x80 of i386); the code goes on behind it when the call is over.
bool is_system_call_gate(Kernel& kernel, const Stop& stop);
/// Pushes the step: the number of the call and its arguments are in the registers. Source: system_call of
/// arch/i386/kernel/entry.S.
void enter_system_call_gate(Kernel& kernel);

} // namespace retromod
