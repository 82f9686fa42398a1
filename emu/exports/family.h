// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/export_call.h"
#include "emu/kernel/subsystem.h"

namespace retromod {

/// What one kernel header offers to modules: a file of this folder each.
struct Family {
    std::string_view header; ///< "linux/slab.h"
    std::span<const Export> functions = {};
    std::span<const DataExport> data = {};
    std::span<const StepEntry> steps = {};
    void (*boot)(Kernel&) = nullptr;
    void (*tick)(Kernel&) = nullptr;
    Subsystem keeps = {}; ///< what it keeps beside its functions and variables
};

/// Releases from that one on, and up to that one.
constexpr Since from(LayoutVersion first) { return {first, newest_layouts}; }
constexpr Since until(LayoutVersion last) { return {oldest_layouts, last}; }
constexpr Since only_2_2 = until(LayoutVersion::v2_2_1);
constexpr Since since_2_4 = from(LayoutVersion::v2_4_0);

namespace detail {

template <auto Function, class Signature = decltype(Function)>
struct RowOf {
    static constexpr Export make(std::string_view name, Grade grade, Since since, std::string_view arch)
    {
        Export row{name, grade};
        row.plain = plain<Function>;
        row.since = since;
        row.arch = arch;
        return row;
    }
};
template <auto Function, class... A>
struct RowOf<Function, Step (*)(Kernel&, Frame&, A...)> {
    static constexpr Export make(std::string_view name, Grade grade, Since since, std::string_view arch)
    {
        return step_export<Function>(name, grade, since, arch);
    }
};

} // namespace detail

/// Rows of a Family's functions, by grade: full<printk>("printk").
template <auto Function>
constexpr Export full(std::string_view name, Since since = {}, std::string_view arch = {})
{
    return detail::RowOf<Function>::make(name, Grade::full, since, arch);
}
template <auto Function>
constexpr Export init(std::string_view name, Since since = {}, std::string_view arch = {})
{
    return detail::RowOf<Function>::make(name, Grade::init, since, arch);
}
template <auto Function>
constexpr Export inert(std::string_view name, Since since = {}, std::string_view arch = {})
{
    return detail::RowOf<Function>::make(name, Grade::inert, since, arch);
}

} // namespace retromod
