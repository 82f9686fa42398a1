// SPDX-License-Identifier: GPL-2.0-or-later
// delete_module(name), and delete_module(NULL), which reaps modules that were loaded on demand and are no longer used.
#include "emu/kernel/exception_table.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/touched.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/user_access.h"

namespace retromod {
namespace {

/// Modules that are considered without one being removed before we say that the call will never return: more than there
/// is room for. Modules can make their list a circle, and answer can_unload each time.
constexpr std::uint64_t look_limit = 1 << 16;

enum Phase : std::uint32_t { entered, asked_can_unload, cleaned_up };

/// Where the call is; kept in its frame.
struct State {
    std::uint64_t module; ///< the one under consideration
    std::uint64_t next;   ///< autoclean: the one to look at after it
    std::uint32_t autoclean;
    std::uint32_t something_changed;
    std::uint64_t looks;  ///< autoclean: modules considered since one was removed
};

/// Takes `ref` out of its dependency's list of references.
void unlink_ref(Kernel& kernel, GuestAddr ref, bool mark_freed)
{
    auto& memory = kernel.memory();
    const auto word = kernel.arch().word_bytes;
    auto dep = kernel.modules().view(memory.load_pointer(ref));
    auto link = dep.address() + kernel.modules().layout().field(ModuleField::refs).offset;
    CircleWatch watch;
    while (memory.load_pointer(link) != ref) {
        if (watch.comes_round_at(link)) throw KernelHang{"free_module walks a circle of module references"};
        link = memory.load_pointer(link) + 2 * word;
    }
    memory.store_word(link, memory.load_word(ref + 2 * word));
    if (mark_freed && !dep.get(ModuleField::refs)) dep.set_flag(module_flag::just_freed);
}

/// The end of free_module, after the cleanup routine.
void release(Kernel& kernel, ModuleView module, bool mark_freed)
{
    module.clear_flag(module_flag::running);
    const auto bytes = kernel.modules().layout().ref_bytes();
    const auto deps = module.pointer(ModuleField::deps);
    const auto count = module.get(ModuleField::ndeps);
    for (std::uint64_t i = 0; i < count; ++i) unlink_ref(kernel, deps + i * bytes, mark_freed);
    kernel.modules().unlink(module.address());
    note_gone_module(kernel, module.address());
    forget_exception_table(kernel, module.address());
    kernel.symbols().remove_debug(module.address());
    kernel.memory().vfree(module.address());
}

bool used_by_count(const ModuleView& module) { return module.usecount() != 0; }

Step next_candidate(Kernel& kernel, Frame& frame);

/// The module is to go: its cleanup routine first, if it has one and ran.
Step remove(Kernel& kernel, Frame& frame, ModuleView module)
{
    module.set_flag(module_flag::deleted);
    if (module.flag(module_flag::running)) {
        if (const auto cleanup = module.pointer(ModuleField::cleanup)) {
            frame.phase = cleaned_up;
            return CallGuest{cleanup, {}, 0, "cleanup"};
        }
    }
    auto& state = frame.local<State>();
    release(kernel, module, state.autoclean);
    if (!state.autoclean) return Return{0};
    state.something_changed = 1;
    state.looks = 0;
    return next_candidate(kernel, frame);
}

/// Everything but "in use", which may have to ask the module itself.
bool may_be_reaped(const ModuleView& module)
{
    constexpr auto wanted = module_flag::autoclean | module_flag::running | module_flag::used_once;
    return !module.get(ModuleField::refs) && (module.flags() & (wanted | module_flag::deleted)) == wanted;
}

/// An unused module that may be reaped: one that was visited since the last look is spared this time.
Step reap_or_spare(Kernel& kernel, Frame& frame, ModuleView module)
{
    const bool spare = module.flag(module_flag::visited) && !module.flag(module_flag::just_freed);
    if (!spare) return remove(kernel, frame, module);
    module.clear_flag(module_flag::visited);
    return next_candidate(kernel, frame);
}

Step next_candidate(Kernel& kernel, Frame& frame)
{
    auto& state = frame.local<State>();
    while (true) {
        if (kernel.modules().is_end({state.next})) {
            if (!state.something_changed) break;
            state.something_changed = 0;
            state.next = kernel.modules().first().value;
            continue;
        }
        if (++state.looks > look_limit) throw KernelHang{"delete_module walks a circle of modules"};
        auto module = kernel.modules().view({state.next});
        state.module = state.next;
        state.next = module.get(ModuleField::next);
        if (!may_be_reaped(module)) continue;
        if (const auto can_unload = module.can_unload()) {
            frame.phase = asked_can_unload;
            return CallGuest{*can_unload, {}, 0, "can_unload"};
        }
        if (!used_by_count(module)) return reap_or_spare(kernel, frame, module);
    }
    kernel.modules().for_each([](ModuleView module) { module.clear_flag(module_flag::just_freed); });
    return Return{0};
}

Step delete_by_name(Kernel& kernel, Frame& frame)
{
    const auto name = kernel.user().get_mod_name({frame.arguments[0]}); // ENOMEM, EFAULT, EINVAL (empty), ENAMETOOLONG
    if (!name) return failure(kernel, name.error());
    const auto module = kernel.modules().find(*name);
    if (!module) return failure(kernel, Errno::enoent);
    if (module->get(ModuleField::refs)) return failure(kernel, Errno::ebusy);
    frame.local<State>().module = module->address().value;
    if (const auto can_unload = module->can_unload()) {
        frame.phase = asked_can_unload;
        return CallGuest{*can_unload, {}, 0, "can_unload"};
    }
    if (used_by_count(*module)) return failure(kernel, Errno::ebusy);
    return remove(kernel, frame, *module);
}

Step autoclean(Kernel& kernel, Frame& frame)
{
    auto& state = frame.local<State>();
    state.autoclean = 1;
    state.next = kernel.modules().first().value;
    return next_candidate(kernel, frame);
}

Step can_unload_answered(Kernel& kernel, Frame& frame)
{
    auto& state = frame.local<State>();
    const auto module = kernel.modules().view({state.module});
    const bool in_use = static_cast<std::int32_t>(frame.result) != 0;
    if (!state.autoclean) {
        if (in_use) return failure(kernel, Errno::ebusy);
        return remove(kernel, frame, module);
    }
    return in_use ? next_candidate(kernel, frame) : reap_or_spare(kernel, frame, module);
}

Step cleanup_returned(Kernel& kernel, Frame& frame)
{
    auto& state = frame.local<State>();
    release(kernel, kernel.modules().view({state.module}), state.autoclean);
    if (!state.autoclean) return Return{0};
    state.something_changed = 1;
    state.looks = 0;
    return next_candidate(kernel, frame);
}

} // namespace

Step sys_delete_module(Kernel& kernel, Frame& frame)
{
    switch (frame.phase) {
    case asked_can_unload: return can_unload_answered(kernel, frame);
    case cleaned_up: return cleanup_returned(kernel, frame);
    default: break;
    }
    if (!kernel.processes().caller().cap_sys_module) return failure(kernel, Errno::eperm);
    return frame.arguments[0] ? delete_by_name(kernel, frame) : autoclean(kernel, frame);
}

} // namespace retromod
