// SPDX-License-Identifier: GPL-2.0-or-later
// Which modules a request means, and in what order they are loaded or removed.
#pragma once

#include "loader/modules/dep_file.h"
#include "loader/modules/modules_conf.h"

#include <list>

namespace retromod {

/// A module of a stack: the names that led to it, and what they say of it.
struct StackModule {
    std::vector<std::string> names; ///< the requested one, then what its aliases lead to
    std::string kernel_name;        ///< as the kernel will know it; "" when an alias is `off`
    std::string key;                ///< the last name: modules.dep is asked for it; "" when an alias is `off`
    const DepModule* file = nullptr;
    std::vector<const NamedWords*> options; ///< of the names, the last one's first
    bool autoclean = true;
    /// Why it is in the stack. What `above` or `below` pulled in may fail.
    enum class Reason : std::uint8_t { needed, above, below } reason = Reason::needed;
};

/// How the search for a stack ended.
struct StackResult {
    enum class End : std::uint8_t { found, off, unknown, too_deep } end = End::found;
    std::string unknown; ///< the name that nobody knows
};

/// Finds the modules behind a name: aliases, `above`, `below` and modules.dep, as modutils' modprobe does.
/// Source: modutils 2.4 modprobe.c, build_stack.
class StackBuilder {
public:
    /// `expand_probe` loads what a `probe` or `probeall` line of that name lists, when an alias leads to one; true: that
    /// did it, nothing else is to be loaded.
    StackBuilder(const ModulesConf& conf, const DepFile& dep, std::function<bool(const std::string&)> expand_probe,
                 const Speech& speech)
        : conf_(conf), dep_(dep), expand_probe_(std::move(expand_probe)), speech_(speech)
    {
    }

    enum class Order : bool { load, remove };
    using Stack = std::list<StackModule>;
    /// `path` chooses one of several files of a name; "" for the first.
    StackResult build(const std::string& name, const std::string& path, Order order, Stack& stack);

private:
    /// What one step down is called with.
    struct Step {
        std::string name;
        std::string path{};
        StackModule::Reason reason = StackModule::Reason::needed;
        bool aliases = true;
        std::optional<std::string> above{}; ///< the kernel's name of the module that pulled this in by `above`
    };

    const ModulesConf& conf_;
    const DepFile& dep_;
    std::function<bool(const std::string&)> expand_probe_;
    const Speech& speech_;
    Order order_ = Order::load;
    int depth_ = 0;
    std::size_t steps_ = 0;

    StackResult add(const Step& step, Stack& stack);
    StackResult add_listed(const NamedList& list, const StackModule& module, const Step& step, Stack& stack);
    std::optional<StackModule> describe(const Step& step);
    std::optional<std::string> alias_of(const std::string& name) const;
    StackResult refuse_depth(const Stack& stack) const;
};

} // namespace retromod
