// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/circle_watch.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/trouble.h"
#include "emu/machine/machine.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace retromod {

class Processor;

/// The kernel's list of modules, newest first, its own entry last. The list itself is in guest memory, where module code
/// can write it; the index beside it is a cache that is rechecked wherever a header could have been written, so that a
/// look-up costs the same with ten modules as with ten thousand.
class ModuleList {
public:
    /// A list that `take_up` makes usable. `processor` says what guest code could have written.
    ModuleList(Processor& processor, const LayoutSet& layouts) : processor_(&processor), layout_(layouts) {}
    /// `head` is the guest variable that points to the newest module, `kernel` the kernel's own entry.
    ModuleList(Machine& machine, GuestAddr head, GuestAddr kernel) { take_up(machine, head, kernel); }

    /// Takes up the list of that machine, which another process may have changed.
    void take_up(Machine& machine, GuestAddr head, GuestAddr kernel);

    const ModuleLayout& layout() const { return *layout_; }
    ModuleRef load_ref(GuestAddr at) const;
    /// The module whose area holds that address, if any.
    std::optional<ModuleView> owner_of(GuestAddr address);

    ModuleView view(GuestAddr module) const { return {*memory_, *layout_, module}; }
    ModuleView kernel() const { return view(kernel_); }
    GuestAddr first() const { return memory_->load_pointer(head_); }
    bool is_end(GuestAddr module) const { return module == kernel_; }

    /// find_module: the newest module of that name that is not being deleted. KernelFault and KernelHang where the
    /// kernel's own walk would meet a broken list.
    std::optional<ModuleView> find(std::string_view name);
    /// Whether `module` is in the list, the kernel's entry included.
    bool contains(GuestAddr module);
    void link_front(GuestAddr module);
    void unlink(GuestAddr module);

    /// Says that guest code could have written that range.
    void note_written(GuestRange range);
    /// Number of modules, without the kernel's entry.
    std::size_t size();

    /// Calls `visit(ModuleView)` for each module from the newest to the oldest, without the kernel's entry; the next one
    /// is read after the call. KernelHang when the list is a circle.
    template <class Visit>
    void for_each(Visit visit) const
    {
        CircleWatch watch;
        for (auto at = first(); !is_end(at); at = view(at).pointer(ModuleField::next)) {
            if (watch.comes_round_at(at)) throw KernelHang{"the list of modules is a circle"};
            visit(view(at));
        }
    }

    /// The same of every entry up to a NULL, which stands behind the kernel's entry.
    template <class Visit>
    void for_each_to_null(Visit visit) const
    {
        CircleWatch watch;
        for (auto at = first(); at; at = view(at).pointer(ModuleField::next)) {
            if (watch.comes_round_at(at)) throw KernelHang{"the list of modules is a circle"};
            visit(view(at));
        }
    }

private:
    ModuleList() = default;

    struct Node {
        GuestAddr previous, next; ///< previous of the newest: null
        GuestAddr name_pointer;
        std::string name;
        std::uint64_t age;        ///< a newer module has a higher one
    };
    using Nodes = std::map<std::uint64_t, Node>;

    void refresh();
    bool rebuild();
    bool still_true(GuestAddr module, const Node& node) const;
    bool name_is_inside(GuestAddr module, const Node& node) const;
    void forget(Nodes::iterator node);
    std::optional<ModuleView> find_walking(std::string_view name) const;

    Processor* processor_ = nullptr;
    AddressSpace* memory_ = nullptr;
    std::optional<ModuleLayout> layout_; ///< always there but in a list that is not usable
    GuestAddr head_, kernel_;
    bool fresh_ = false;  ///< the index agrees with the guest's list
    bool broken_ = false; ///< the guest's list cannot be indexed: walk it
    GuestAddr known_first_;
    Nodes nodes_;         ///< by address
    std::unordered_multimap<std::string, std::uint64_t> by_name_;
    std::uint64_t next_age_ = 1;
};

} // namespace retromod
