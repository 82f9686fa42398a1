// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/module_check.h"

#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"

#include <fmt/format.h>

#include <set>
#include <vector>

namespace retromod {
namespace {

constexpr std::uint64_t reference_limit = 1 << 16; ///< more than any list of references holds

class ModuleCheck {
public:
    ModuleCheck(Machine& machine, GuestAddr head, GuestAddr kernel, Findings& findings)
        : memory_(machine.memory()), layout_(machine.layouts()), arch_(machine.arch()), head_(head), kernel_(kernel),
          findings_(findings)
    {
    }

    void run()
    {
        collect();
        for (const auto module : order_) guarded(module, [&] { check({memory_, layout_, module}); });
        guarded(kernel_, [&] { check_symbols({memory_, layout_, kernel_}, "the kernel"); });
    }

private:
    template <class... Values>
    void require(bool holds, fmt::format_string<Values...> text, Values&&... values)
    {
        if (!holds) findings_.push_back({Finding::State::beyond_repair, fmt::format(text, std::forward<Values>(values)...)});
    }

    template <class Check>
    void guarded(GuestAddr module, Check check)
    {
        try {
            check();
        } catch (const KernelFault& fault) {
            require(false, "the module at {:#x} leads to {:#x}, where nothing is", module.value, fault.fault.address.value);
        }
    }

    void collect()
    {
        guarded(head_, [&] {
            for (auto at = memory_.load_pointer(head_); at != kernel_;
                 at = ModuleView(memory_, layout_, at).pointer(ModuleField::next)) {
                if (!modules_.insert(at.value).second) {
                    require(false, "the list of modules leads in a circle at {:#x}", at.value);
                    return;
                }
                order_.push_back(at);
            }
        });
    }

    void check(const ModuleView& module)
    {
        const auto area = memory_.vmalloc_area(module.address());
        require(area && area->start == module.address(), "the module at {:#x} has no memory area of its own",
                module.address().value);
        if (!area) return;
        const auto name = fmt::format("module '{}'", module.name());
        require(area->contains(module.pointer(ModuleField::name)), "{}: its name lies at {:#x}, outside of it", name,
                module.get(ModuleField::name));
        const auto size = module.get(ModuleField::size);
        require(size <= area->bytes, "{} is {} bytes long, its memory {}", name, size, area->bytes);
        // Kernels accept headers of several lengths, all of which hold the size.
        require(module.get(ModuleField::size_of_struct) >= layout_.end_of(ModuleField::size), "{}: sizeof(struct module) is {}",
                name, module.get(ModuleField::size_of_struct));
        check_symbols(module, name);
        check_references(module, name);
    }

    void check_symbols(const ModuleView& module, const std::string& name)
    {
        const auto count = module.get(ModuleField::nsyms);
        const auto table = module.pointer(ModuleField::syms);
        if (!count) return;
        const auto readable = memory_.bytes(table, Access::read).size();
        require(readable / layout_.symbol_bytes() >= count, "{}: {} symbols at {:#x} leave its memory", name, count, table.value);
        if (readable / layout_.symbol_bytes() < count) return;
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto at = memory_.load_pointer(table + i * layout_.symbol_bytes() + arch_.word_bytes);
            require(!memory_.bytes(at, Access::read).empty(), "{}: the name of symbol {} lies at {:#x}, where nothing is", name, i,
                    at.value);
        }
    }

    /// Who uses the module: each struct module_ref on its list is of this module, by one in the list.
    void check_references(const ModuleView& module, const std::string& name)
    {
        const auto word = arch_.word_bytes;
        std::uint64_t steps = 0;
        for (auto at = module.pointer(ModuleField::refs); at; at = memory_.load_pointer(at + 2 * word)) {
            if (++steps > reference_limit) return require(false, "{}: the list of its users leads in a circle", name);
            const auto dep = memory_.load_pointer(at), ref = memory_.load_pointer(at + word);
            require(dep == module.address(), "{}: a reference on its list is to {:#x}", name, dep.value);
            require(modules_.contains(ref.value), "{}: it is used by {:#x}, which is no module", name, ref.value);
        }
    }

    AddressSpace& memory_;
    ModuleLayout layout_;
    const Arch& arch_;
    GuestAddr head_, kernel_;
    Findings& findings_;
    std::set<std::uint64_t> modules_;
    std::vector<GuestAddr> order_;
};

} // namespace

void check_modules(Machine& machine, GuestAddr head, GuestAddr kernel, Findings& findings)
{
    ModuleCheck(machine, head, kernel, findings).run();
}

} // namespace retromod
