// SPDX-License-Identifier: GPL-2.0-or-later
// delete_module(2) since 2.6. Source: SYSCALL_DEFINE2(delete_module), try_stop_module, try_force_unload.
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/user_access.h"
#include "loader/modern/modern_kernel.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t o_truncate = 01000, o_nonblock = 04000;

/// A name of at most `limit` bytes from user space, as strncpy_from_user copies it: it may be as long as the limit, and
/// then has no end.
std::optional<std::string> copy_name(Kernel& kernel, GuestAddr from, std::size_t limit)
{
    std::string name;
    while (name.size() < limit) {
        std::byte c;
        if (kernel.user().copy_from(std::span(&c, 1), from + name.size())) return std::nullopt;
        if (c == std::byte{0}) return name;
        name += static_cast<char>(c);
    }
    return name;
}

} // namespace

bool ModernKernel::is_referenced(const std::string& name)
{
    const auto* module = find_module(name);
    return module && reference_count(*module) != 0;
}

ModernKernel::Task ModernKernel::do_delete_module(std::array<std::uint64_t, 8> arguments)
{
    const auto flags = arguments[1];
    if (!kernel_.processes().caller().cap_sys_module || state().modules_disabled) co_return error(Errno::eperm);
    // 2.6 cuts a longer name; since then a name that fills the buffer is nobody's.
    const auto limit = rules().has_finit ? rules().name_bytes : rules().name_bytes - 1;
    const auto name = copy_name(kernel_, {arguments[0]}, limit);
    if (!name) co_return error(Errno::efault);
    if (rules().has_finit && (name->empty() || name->size() == limit)) co_return error(Errno::enoent);
    auto* module = find_module(*name);
    if (!module) co_return error(Errno::enoent);
    const auto number = row_number(*module);
    auto uses = kernel_.machine().table<ModernUseRow>();
    if (uses.find_if([&](const ModernUseRow& use) { return use.provider == number; })) co_return error(Errno::eagain);
    if (module->state != ModuleState::live) co_return error(Errno::ebusy);

    const bool may_force = flags & o_truncate && has(ModernOption::force_unload);
    const auto force = [&] {
        if (may_force) add_taint(TaintFlag::forced_removal);
        return may_force;
    };
    if (module->init && !module->exit && !force()) co_return error(Errno::ebusy);
    if (reference_count(*module) < 0) throw KernelBug{"the module's reference count is below zero"};
    const bool waits = !rules().has_finit && !(flags & o_nonblock);
    bool forced = false;
    if (reference_count(*module) != 0) {
        forced = force();
        if (!forced && !waits) co_return error(Errno::eagain);
    }
    set_state(*module, ModuleState::going);
    while (!forced && is_referenced(*name)) co_await park("a module's references to go");
    change_references({row(number).address}, -1);
    if (const auto exit = row(number).exit) co_await CallGuest{{exit}, {}, 0, "exit"};
    free_module(number);
    co_return 0;
}

} // namespace retromod
