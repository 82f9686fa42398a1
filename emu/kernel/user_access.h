// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/threads.h"

#include <optional>
#include <span>
#include <string>

namespace retromod {

/// The kernel's access to user memory, within the address limit of the current task.
class UserAccess {
public:
    UserAccess(Machine& machine, Threads& threads, Heap& heap) : machine_(machine), threads_(threads), heap_(heap) {}

    /// copy_from_user: returns the bytes NOT copied; the rest of `into` is zeroed.
    std::uint64_t copy_from(std::span<std::byte> into, GuestAddr from);
    /// The same into guest memory. KernelFault if the kernel's side is bad.
    std::uint64_t copy_from(GuestAddr into, GuestAddr from, std::uint64_t bytes);
    /// copy_to_user: returns the bytes NOT copied.
    std::uint64_t copy_to(GuestAddr to, std::span<const std::byte> from);
    bool put_word(GuestAddr to, std::uint64_t value); ///< false: EFAULT
    std::optional<std::uint64_t> get_word(GuestAddr from);
    /// access_ok: the range lies below TASK_SIZE (or addr_limit is KERNEL_DS).
    bool access_ok(GuestAddr from, std::uint64_t bytes);
    /// get_mod_name, getname: a name from user space. ENOMEM, EFAULT, EINVAL (empty), ENAMETOOLONG.
    ErrnoOr<std::string> get_mod_name(GuestAddr user);

private:
    Machine& machine_;
    Threads& threads_;
    Heap& heap_;
};

} // namespace retromod
