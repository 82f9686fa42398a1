// SPDX-License-Identifier: GPL-2.0-or-later
// get_kernel_syms(table). Source: sys_get_kernel_syms of kernel/module.c; struct kernel_sym of include/linux/module.h.
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

constexpr std::size_t name_bytes = 60; // kernel_sym.name

/// Fills the caller's table entry by entry; a write fault ends it silently.
class SymbolTable {
public:
    SymbolTable(Kernel& kernel, GuestAddr at) : kernel_(kernel), at_(at) {}

    bool add(std::uint64_t value, std::string_view name)
    {
        const auto word = kernel_.arch().word_bytes;
        std::array<std::byte, 8 + 64> entry{};
        store_unsigned(entry.data(), word, kernel_.arch().order, value);
        const auto text = name.substr(0, name_bytes - 1);
        std::ranges::copy(std::as_bytes(std::span(text)), entry.begin() + word);
        const auto bytes = round_up(word + name_bytes, word);
        if (kernel_.user().copy_to(at_, std::span(entry).first(bytes))) return false;
        at_ += bytes;
        ++count_;
        return true;
    }
    std::uint64_t count() const { return count_; }

private:
    Kernel& kernel_;
    GuestAddr at_;
    std::uint64_t count_ = 0;
};

bool add_module(Kernel& kernel, const ModuleView& module, SymbolTable& table)
{
    const bool is_kernel = kernel.modules().is_end(module.address());
    auto& memory = kernel.memory();
    const auto own = is_kernel ? "" : memory.load_string(module.pointer(ModuleField::name), name_bytes - 1);
    if (!table.add(module.address().value, "#" + own)) return false;
    const auto entry = kernel.modules().layout().symbol_bytes();
    const auto first = module.pointer(ModuleField::syms);
    const auto count = module.get(ModuleField::nsyms);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto at = first + i * entry;
        const auto name = memory.load_string(memory.load_pointer(at + kernel.arch().word_bytes), name_bytes);
        if (!table.add(memory.load_word(at), name)) return false;
    }
    return true;
}

std::uint64_t count_all(Kernel& kernel)
{
    std::uint64_t count = 0;
    kernel.modules().for_each_to_null([&](const ModuleView& module) { count += module.get(ModuleField::nsyms) + 1; });
    return count;
}

} // namespace

Step sys_get_kernel_syms(Kernel& kernel, Frame& frame)
{
    const GuestAddr user{frame.arguments[0]};
    if (!user) return Return{count_all(kernel)};
    SymbolTable table(kernel, user);
    bool writable = true;
    kernel.modules().for_each_to_null([&](const ModuleView& module) {
        if (writable && is_queryable(kernel, module)) writable = add_module(kernel, module, table);
    });
    return Return{table.count()};
}

} // namespace retromod
