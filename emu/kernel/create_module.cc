// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/errno_or.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

namespace retromod {

/// The smallest size that create_module takes for a module of that name.
static std::uint64_t smallest_module(Kernel& kernel, const std::string& name)
{
    return kernel.modules().layout().header_bytes() + name.size() + (kernel.rules().create_counts_nul ? 1 : 0);
}

// create_module(2). The order of checks: docs/syscalls.md, from sys_create_module of each release.
static ErrnoOr<GuestAddr> create_module(Kernel& kernel, GuestAddr name_user, std::uint64_t size)
{
    if (!kernel.processes().caller().cap_sys_module) return Errno::eperm;
    const auto name = kernel.user().get_mod_name(name_user); // ENOMEM, EFAULT, EINVAL (empty), ENAMETOOLONG
    if (!name) return name.error();
    if (size < smallest_module(kernel, *name)) return Errno::einval;
    if (kernel.modules().find(*name)) return Errno::eexist;
    if (!kernel.heap().allows(AllocationKind::vmalloc)) return Errno::enomem;
    const auto base = kernel.memory().vmalloc(size);
    if (!base) return Errno::enomem;

    auto& memory = kernel.memory();
    const auto header = kernel.modules().layout().header_bytes();
    memory.fill(*base, header, std::byte{0});
    auto module = kernel.modules().view(*base);
    module.set(ModuleField::size_of_struct, header);
    module.set(ModuleField::name, (*base + header).value);
    module.set(ModuleField::size, size);
    // With the smaller minimum the NUL may lie one byte behind the module: in the rest of its last page, or on the
    // unmapped one behind it, where the kernel itself faults.
    memory.write_all(*base + header, std::as_bytes(std::span(name->c_str(), name->size() + 1)));
    kernel.modules().link_front(*base);
    return *base;
}

Step sys_create_module(Kernel& kernel, Frame& frame)
{
    const auto base = create_module(kernel, {frame.arguments[0]}, frame.arguments[1]);
    return base ? Return{base->value} : failure(kernel, base.error());
}

} // namespace retromod
