// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/modern_kernel.h"

#include "emu/kernel/boot_options.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace retromod {
namespace {

/// The words of a kernel command line.
std::vector<std::string_view> words_of(std::string_view text)
{
    std::vector<std::string_view> words;
    while (true) {
        const auto start = text.find_first_not_of(' ');
        if (start == text.npos) return words;
        text.remove_prefix(start);
        words.push_back(text.substr(0, text.find(' ')));
        text.remove_prefix(words.back().size());
    }
}

std::uint32_t lockdown_level(std::string_view word)
{
    if (word == "lockdown=integrity") return 1;
    return word == "lockdown=confidentiality" ? 2 : 0;
}

} // namespace

ModernKernel::ModernKernel(Kernel& kernel) : kernel_(kernel)
{
    take_profile();
    kernel.symbols().set_owner_of([this](GuestAddr address) { return owner_of(address); });
}

void ModernKernel::take_profile()
{
    const auto profile = given_profile(kernel_.machine());
    if (!profile) return;
    profiled_ = std::make_unique<ProfiledRules>();
    apply_profile(*kernel_.machine().release().modern, *profile, *profiled_);
}
ModernKernel::~ModernKernel() = default;

ModernKernel& ModernKernel::of(Kernel& kernel)
{
    auto* loader = dynamic_cast<ModernKernel*>(kernel.module_loader());
    if (!loader) throw std::logic_error("a kernel before 2.6 has no module loader");
    return *loader;
}

void ModernKernel::boot(const BootOptions& boot)
{
    auto& state = this->state();
    auto options = rules().options;
    for (const auto& [option, on] : boot.configuration) options.set(option, on);
    state.options = options.bits;
    if (boot.module_keys.size() >= sizeof state.keys) throw std::runtime_error("the trusted certificates take more than 8 KB");
    set_row_text(state.keys, boot.module_keys);
    constexpr std::string_view blacklist = "module_blacklist=";
    for (const auto word : words_of(boot.command_line)) {
        if (word.starts_with(blacklist)) set_row_text(state.blacklist, word.substr(blacklist.size()));
        if (word == "nomodule") state.modules_disabled = 1;
        if (word == "module.sig_enforce" || word == "module.sig_enforce=1") state.signature_enforced = 1;
        if (const auto level = lockdown_level(word); level && options.has(ModernOption::lockdown)) {
            state.lockdown = level;
            log(5, "Kernel is locked down from command line; see man kernel_lockdown.7");
        }
    }
}

// --- calls ------------------------------------------------------------------------------------------------------

Step ModernKernel::advance(Frame& frame, Task (ModernKernel::*begin)(std::array<std::uint64_t, 8>))
{
    const auto thread = kernel_.machine().table<ThreadRow>().number_of(*kernel_.threads().current());
    if (frame.phase++ == 0) {
        auto fresh = std::make_unique<Call>();
        fresh->task.emplace((this->*begin)(frame.arguments));
        calls_[thread] = std::move(fresh);
        calls_[thread]->task->start(calls_[thread]->state);
    } else {
        const auto known = calls_.find(thread);
        if (known == calls_.end()) throw KernelBug{"a module call was under way in a process that is gone"};
        known->second->state.answer = frame.result;
        known->second->state.leaf.resume();
    }
    auto& call = *calls_[thread];
    if (!call.task->done()) return call.state.wanted;
    const auto ended = std::move(calls_[thread]);
    calls_.erase(thread);
    return Return{kernel_.arch().word(static_cast<std::uint64_t>(ended->task->take()))};
}

Step ModernKernel::init_module(Frame& frame) { return advance(frame, &ModernKernel::do_init_module); }
Step ModernKernel::delete_module(Frame& frame) { return advance(frame, &ModernKernel::do_delete_module); }
Step ModernKernel::finit_module(Frame& frame)
{
    if (!rules().has_finit) return Return{kernel_.arch().word(static_cast<std::uint64_t>(error(Errno::enosys)))};
    return advance(frame, &ModernKernel::do_finit_module);
}

std::int64_t ModernKernel::error(Errno number) const { return -static_cast<std::int64_t>(errno_number(number, kernel_.arch())); }

// --- log and taint ----------------------------------------------------------------------------------------------

void ModernKernel::log(unsigned level, std::string_view text) { kernel_.log().write(fmt::format("<{}>{}\n", level, text)); }

// Source: __debug_locks_off: locking can no longer be trusted, said once per boot.
void ModernKernel::add_taint(TaintFlag flag)
{
    auto& state = this->state();
    const bool unreliable = flag == TaintFlag::proprietary || flag == TaintFlag::forced || flag == TaintFlag::forced_removal;
    if (unreliable && rules().has_finit && !state.lock_debugging_off) {
        state.lock_debugging_off = 1;
        log(4, "Disabling lock debugging due to kernel taint");
    }
    kernel_.state().tainted |= static_cast<std::uint32_t>(taint_bit(flag));
}

// Source: __warn of kernel/panic.c.
void ModernKernel::warn_with_trace(std::string_view where)
{
    log(4, "------------[ cut here ]------------");
    log(4, fmt::format("WARNING: CPU: 0 PID: {} at {}", kernel_.threads().current() ? kernel_.threads().current()->pid : 0, where));
    log(4, "---[ end trace 0000000000000000 ]---");
    add_taint(TaintFlag::warned);
}

// Source: lockdown_is_locked_down of security/lockdown/lockdown.c; three messages in five seconds.
bool ModernKernel::locked_down(std::string_view what)
{
    auto& state = this->state();
    if (!state.lockdown) return false;
    if (kernel_.clock().jiffies() - state.lockdown_since >= 5 * hz) {
        state.lockdown_since = kernel_.clock().jiffies();
        state.lockdown_messages = 0;
    }
    if (state.lockdown_messages++ < 3) {
        const std::string_view comm = kernel_.threads().current() ? row_text(kernel_.threads().current()->name) : "swapper";
        log(5, fmt::format("Lockdown: {}: {} is restricted; see man kernel_lockdown.7", comm, what));
    }
    return true;
}

std::string ModernKernel::vermagic() { return std::string(kernel_.machine().uts_release()) + std::string(rules().vermagic_tail); }

// --- modules ----------------------------------------------------------------------------------------------------

ModernModuleRow& ModernKernel::row(std::uint32_t number)
{
    auto* found = kernel_.machine().table<ModernModuleRow>().find(number);
    if (!found) throw KernelBug{"a module's row is gone"};
    return *found;
}

std::uint32_t ModernKernel::row_number(const ModernModuleRow& module)
{
    return kernel_.machine().table<ModernModuleRow>().number_of(module);
}

std::vector<ModernModuleRow*> ModernKernel::modules()
{
    std::vector<ModernModuleRow*> all;
    for (auto& module : kernel_.machine().table<ModernModuleRow>())
        if (module.order) all.push_back(&module); // else its name is not yet in the list
    std::ranges::sort(all, std::ranges::greater{}, [](const ModernModuleRow* module) { return module->order; });
    return all;
}

ModernModuleRow* ModernKernel::find_module(std::string_view name)
{
    return kernel_.machine().table<ModernModuleRow>().find_if(
        [&](const ModernModuleRow& module) { return module.order && row_text(module.name) == name; });
}

ModernModuleRow* ModernKernel::module_at(GuestAddr address)
{
    return kernel_.machine().table<ModernModuleRow>().find_if(
        [&](const ModernModuleRow& module) { return module.address == address.value && address; });
}

// --- struct module ----------------------------------------------------------------------------------------------

GuestAddr ModernKernel::member_at(GuestAddr module, std::string_view name) { return module + find_member(rules(), name)->offset; }

std::uint64_t ModernKernel::member(const LoadInfo& info, std::string_view name)
{
    const auto* field = find_member(rules(), name);
    if (info.module) return kernel_.memory().load_sized(info.module + field->offset, field->size);
    return info.image.load(info.sections[info.index.module].offset + field->offset, field->size);
}

void ModernKernel::set_member(LoadInfo& info, std::string_view name, std::uint64_t value)
{
    const auto* field = find_member(rules(), name);
    if (info.module) return kernel_.memory().store_sized(info.module + field->offset, field->size, value);
    auto& bytes = info.image.content();
    const auto at = info.sections[info.index.module].offset + field->offset;
    if (at > bytes.size() || field->size > bytes.size() - at) throw WouldCrash{"struct module ends outside the image"};
    store_unsigned(bytes.data() + at, field->size, ByteOrder::little, value);
}

std::string ModernKernel::struct_name(const LoadInfo& info)
{
    const auto* field = find_member(rules(), "name");
    if (info.module) return kernel_.memory().load_string(info.module + field->offset, sizeof(ModernModuleRow::name) - 1);
    return info.image.string(info.sections[info.index.module].offset + field->offset, "the name in struct module");
}

// One reference stands for the module's being there at all. Source: MODULE_REF_BASE.
std::int32_t ModernKernel::reference_count(const ModernModuleRow& module)
{
    if (!module.address) return 0;
    return kernel_.memory().load<std::int32_t>(member_at({module.address}, "refcnt")) - 1;
}

void ModernKernel::change_references(GuestAddr module, std::int32_t by)
{
    const auto at = member_at(module, "refcnt");
    kernel_.memory().store<std::int32_t>(at, kernel_.memory().load<std::int32_t>(at) + by);
}

void ModernKernel::put_reference(GuestAddr module)
{
    const auto at = member_at(module, "refcnt");
    const auto count = kernel_.memory().load<std::int32_t>(at);
    if (count <= 0) return warn_with_trace("kernel/module/main.c module_put");
    kernel_.memory().store<std::int32_t>(at, count - 1);
    wake_waiters();
}

} // namespace retromod
