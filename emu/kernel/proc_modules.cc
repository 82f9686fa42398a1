// SPDX-License-Identifier: GPL-2.0-or-later
// /proc/modules and /proc/ksyms. Source: get_module_list and get_ksyms_list of kernel/module.c.
#include "emu/abi/errno_or.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::size_t page_of_text = 4096;
constexpr std::size_t longest_text = std::size_t{1} << 28; ///< of /proc/ksyms, after which we say that its reader will not end

/// Collects pieces up to a page; the first that does not fit ends the text, and nothing of it appears.
class PageWriter {
public:
    bool add(std::string_view piece)
    {
        if (text_.size() + piece.size() > page_of_text) full_ = true;
        if (!full_) text_ += piece;
        return !full_;
    }
    bool full() const { return full_; }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
    bool full_ = false;
};

void add_state(PageWriter& page, const Kernel& kernel, const ModuleView& module)
{
    if (module.flag(module_flag::running)) page.add(fmt::format("{:4}", module.can_unload() ? -1 : module.usecount()));
    if (module.flag(module_flag::deleted)) {
        page.add(" (deleted)");
    } else if (module.flag(module_flag::running)) {
        if (module.flag(module_flag::autoclean)) page.add(" (autoclean)");
        if (!module.flag(module_flag::used_once)) page.add(" (unused)");
    } else if (kernel.rules().has_initializing && module.flag(module_flag::initializing)) {
        page.add(" (initializing)");
    } else {
        page.add(" (uninitialized)");
    }
}

void add_users(PageWriter& page, Kernel& kernel, const ModuleView& module)
{
    auto at = module.pointer(ModuleField::refs);
    if (!at) return;
    page.add(" [");
    CircleWatch watch;
    while (true) {
        if (watch.comes_round_at(at)) throw KernelHang{"/proc/modules walks a circle of module references"};
        const auto ref = kernel.modules().load_ref(at);
        if (!page.add(kernel.modules().view(ref.ref).name())) return;
        at = ref.next_ref;
        if (!at) break;
        if (!page.add(" ")) return;
    }
    page.add("]");
}

} // namespace

std::string proc_modules_text(Kernel& kernel)
{
    if (auto* loader = kernel.module_loader()) return loader->proc_modules();
    PageWriter page;
    kernel.modules().for_each([&](const ModuleView& module) {
        if (page.full()) return;
        const auto name = module.name();
        page.add(name);
        if (name.size() < 20) page.add(std::string(20 - name.size(), ' '));
        page.add(fmt::format("{:8}", module.get(ModuleField::size)));
        add_state(page, kernel, module);
        add_users(page, kernel, module);
        page.add("\n");
    });
    return page.take();
}

ErrnoOr<std::string> proc_ksyms_text(Kernel& kernel)
{
    // seq_file allocates its own state, its buffer, and the position in the list.
    for (int allocation = 0; kernel.rules().ksyms_by_seq_file && allocation < 3; ++allocation)
        if (!kernel.heap().allows(AllocationKind::kmalloc)) return Errno::enomem;
    std::string text;
    auto& memory = kernel.memory();
    const auto width = 2 * kernel.arch().word_bytes;
    const auto add = [&](const ModuleView& module) {
        if (!is_queryable(kernel, module)) return;
        const auto first = module.pointer(ModuleField::syms);
        const auto count = module.get(ModuleField::nsyms);
        const auto owner = module.name();
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto at = first + i * kernel.modules().layout().symbol_bytes();
            const auto pointer = memory.load_pointer(at + kernel.arch().word_bytes);
            // Differs from 2.4, whose printf writes "<NULL>": the measured results have this form.
            const auto name = pointer ? memory.load_string(pointer) : "(null)";
            text += fmt::format("{:0{}x} {}", memory.load_word(at), width, name);
            if (text.size() > longest_text) throw KernelHang{"/proc/ksyms has more than 256 megabytes of names"};
            text += owner.empty() ? "\n" : fmt::format("\t[{}]\n", owner);
        }
    };
    kernel.modules().for_each(add);
    add(kernel.modules().kernel());
    return text;
}

} // namespace retromod
