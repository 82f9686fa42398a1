// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/family.h"

namespace retromod {

namespace detail {

template <class Signature>
struct CoreCall;

template <class Result, class... A>
struct CoreCall<Result(A...)> {
    static void describe(ExportContext& c) { (void)fetch_arguments<std::remove_cvref_t<A>...>(c); }
};

} // namespace detail

/// A function whose code is the core's in the guest, by its C signature: core<GuestAddr(std::uint32_t)>("bdget", ...).
template <class Signature>
constexpr Export core(std::string_view name, Grade grade, Since since = {}, std::string_view arch = {})
{
    Export row{name, grade};
    row.describe = &detail::CoreCall<Signature>::describe;
    row.since = since;
    row.arch = arch;
    return row;
}

} // namespace retromod
