// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// Makes an Export row from a C++ function: what its signature says is fetched from the guest's registers and stack by
// the architecture's convention, traced, and the result stored.
//
//     std::int32_t register_chrdev(Kernel&, std::uint32_t major, GuestString name, GuestAddr operations);
//     constexpr Export exports[] = {{"register_chrdev", Grade::full, plain<register_chrdev>}, ...
//
//     Step interruptible_sleep_on(Kernel&, Frame&, GuestAddr queue);          // calls the guest or sleeps
//     ... step_export<interruptible_sleep_on>("interruptible_sleep_on", Grade::full),

#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"

#include <string>
#include <tuple>
#include <utility>

namespace retromod {

/// A guest word as a number: C's unsigned long.
struct ULong {
    std::uint64_t value = 0;
};
/// A guest word as a signed number: C's long.
struct Long {
    std::int64_t value = 0;
};
/// A pointer to a NUL-terminated string, with its text. NULL has an empty text.
struct GuestString {
    GuestAddr address;
    std::string text;
};
/// A pointer to a guest function.
struct GuestFunction {
    GuestAddr address;
};
/// C's `...`: the arguments behind the named ones.
struct VarArgs {
    ArgCursor cursor;
};
/// C's va_list.
struct VaList {
    ArgCursor cursor;
};

/// A number as a trace shows it: decimal below 65,536, else hexadecimal.
std::string show_unsigned(std::uint64_t value);
/// A pointer as a trace shows it: hexadecimal, or NULL.
std::string show_pointer(GuestAddr pointer);
/// A function pointer as a trace shows it: its symbol, or hexadecimal where nothing is known, or NULL.
std::string show_function(Kernel& kernel, GuestAddr function);

/// How one C++ parameter type is fetched and shown.
template <class T>
struct Argument;

template <>
struct Argument<std::int32_t> {
    static std::int32_t fetch(ExportContext& c) { return static_cast<std::int32_t>(c.arguments.next_word()); }
    static std::string show(Kernel&, std::int32_t v) { return std::to_string(v); }
    static std::int32_t from_word(Kernel&, std::uint64_t w) { return static_cast<std::int32_t>(w); }
};
template <>
struct Argument<std::uint32_t> {
    static std::uint32_t fetch(ExportContext& c) { return static_cast<std::uint32_t>(c.arguments.next_word()); }
    static std::string show(Kernel&, std::uint32_t v) { return show_unsigned(v); }
    static std::uint32_t from_word(Kernel&, std::uint64_t w) { return static_cast<std::uint32_t>(w); }
};
template <>
struct Argument<std::uint64_t> {
    static std::uint64_t fetch(ExportContext& c) { return c.arguments.next_wide(); }
    static std::string show(Kernel&, std::uint64_t v) { return std::to_string(v); }
};
template <>
struct Argument<std::int64_t> {
    static std::int64_t fetch(ExportContext& c) { return static_cast<std::int64_t>(c.arguments.next_wide()); }
    static std::string show(Kernel&, std::int64_t v) { return std::to_string(v); }
};
template <>
struct Argument<ULong> {
    static ULong fetch(ExportContext& c) { return {c.arguments.next_word()}; }
    static std::string show(Kernel&, ULong v) { return show_unsigned(v.value); }
    static ULong from_word(Kernel&, std::uint64_t w) { return {w}; }
};
template <>
struct Argument<Long> {
    static Long fetch(ExportContext& c) { return {c.kernel.arch().signed_word(c.arguments.next_word())}; }
    static std::string show(Kernel&, Long v) { return std::to_string(v.value); }
    static Long from_word(Kernel& k, std::uint64_t w) { return {k.arch().signed_word(w)}; }
};
template <>
struct Argument<GuestAddr> {
    static GuestAddr fetch(ExportContext& c) { return {c.arguments.next_word()}; }
    static std::string show(Kernel&, GuestAddr v) { return show_pointer(v); }
    static GuestAddr from_word(Kernel&, std::uint64_t w) { return {w}; }
};
template <>
struct Argument<GuestFunction> {
    static GuestFunction fetch(ExportContext& c) { return {{c.arguments.next_word()}}; }
    static std::string show(Kernel& kernel, GuestFunction v) { return show_function(kernel, v.address); }
    static GuestFunction from_word(Kernel&, std::uint64_t w) { return {{w}}; }
};
template <>
struct Argument<GuestString> {
    static GuestString fetch(ExportContext& c) { return from_word(c.kernel, c.arguments.next_word()); }
    static std::string show(Kernel&, const GuestString& v);
    static GuestString from_word(Kernel& k, std::uint64_t w)
    {
        const GuestAddr at{w};
        return {at, at ? k.memory().load_string(at) : std::string()};
    }
};
template <>
struct Argument<VarArgs> {
    static VarArgs fetch(ExportContext& c) { return {c.arguments}; }
    static std::string show(Kernel&, const VarArgs&) { return "..."; }
};
template <>
struct Argument<VaList> {
    static VaList fetch(ExportContext& c)
    {
        return {ArgCursor(c.kernel.cpu(), c.kernel.memory(), c.arguments.next_va_list())};
    }
    static std::string show(Kernel&, const VaList&) { return "va_list"; }
};

/// A string as a trace shows it: quoted, control characters escaped, cut at 64 characters.
std::string quoted(std::string_view text);

inline std::string Argument<GuestString>::show(Kernel&, const GuestString& v)
{
    return v.address ? quoted(v.text) : "NULL";
}

/// How a C++ result type goes into the guest's result registers.
inline void store_result(ExportContext& c, std::int32_t v)
{
    c.result = c.kernel.arch().word(static_cast<std::uint64_t>(static_cast<std::int64_t>(v)));
}
inline void store_result(ExportContext& c, std::uint32_t v)
{
    // 64-bit CPUs keep 32 bits sign-extended (alpha, mips64) or do not look at the rest.
    c.result = c.kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(v)}));
}
inline void store_result(ExportContext& c, GuestAddr v) { c.result = v.value; }
inline void store_result(ExportContext& c, ULong v) { c.result = c.kernel.arch().word(v.value); }
inline void store_result(ExportContext& c, Long v) { c.result = c.kernel.arch().word(static_cast<std::uint64_t>(v.value)); }
inline void store_result(ExportContext& c, std::uint64_t v)
{
    const auto& arch = c.kernel.arch();
    c.result = arch.word(v);
    if (arch.word_bytes == 8) return;
    c.result_second = v >> 32;
    if (arch.order == ByteOrder::big) std::swap(c.result, c.result_second);
    c.wide = true;
}
inline void store_result(ExportContext& c, std::int64_t v) { store_result(c, static_cast<std::uint64_t>(v)); }

inline std::string show_result(std::int32_t v) { return std::to_string(v); }
inline std::string show_result(std::uint32_t v) { return show_unsigned(v); }
inline std::string show_result(GuestAddr v) { return show_pointer(v); }
inline std::string show_result(ULong v) { return show_unsigned(v.value); }
inline std::string show_result(Long v) { return std::to_string(v.value); }
inline std::string show_result(std::uint64_t v) { return std::to_string(v); }
inline std::string show_result(std::int64_t v) { return std::to_string(v); }

namespace detail {

template <class... A>
std::tuple<A...> fetch_arguments(ExportContext& c)
{
    std::tuple<A...> values{Argument<A>::fetch(c)...}; // braces: in order
    if (c.trace)
        std::apply([&](const auto&... v) { (c.trace->arguments.push_back(Argument<A>::show(c.kernel, v)), ...); }, values);
    return values;
}

template <auto Function, class Signature = decltype(Function)>
struct Plain;

template <auto Function, class Result, class... A>
struct Plain<Function, Result (*)(Kernel&, A...)> {
    static void call(ExportContext& c)
    {
        auto values = fetch_arguments<std::remove_cvref_t<A>...>(c);
        const auto invoke = [&](auto&... v) -> Result { return Function(c.kernel, v...); };
        if constexpr (std::is_void_v<Result>) {
            std::apply(invoke, values);
        } else {
            const auto result = std::apply(invoke, values);
            store_result(c, result);
            if (c.trace) c.trace->result = show_result(result);
        }
    }
};

template <auto Function, class Signature = decltype(Function)>
struct Steps;

template <auto Function, class... A>
struct Steps<Function, Step (*)(Kernel&, Frame&, A...)> {
    static_assert(sizeof...(A) <= 8);
    static void fetch(ExportContext& c, Frame& frame)
    {
        for (std::size_t i = 0; i < sizeof...(A); ++i) frame.arguments[i] = c.arguments.next_word();
    }
    static void describe(ExportContext& c) { (void)fetch_arguments<std::remove_cvref_t<A>...>(c); }
    static Step step(Kernel& kernel, Frame& frame) { return invoke(kernel, frame, std::index_sequence_for<A...>{}); }

private:
    template <std::size_t... I>
    static Step invoke(Kernel& kernel, Frame& frame, std::index_sequence<I...>)
    {
        return Function(kernel, frame, Argument<std::remove_cvref_t<A>>::from_word(kernel, frame.arguments[I])...);
    }
};

} // namespace detail

/// For an Export row of a function that runs to its end at once.
template <auto Function>
constexpr auto plain = &detail::Plain<Function>::call;

/// The Export row of a function in steps.
template <auto Function>
constexpr Export step_export(std::string_view name, Grade grade, Since since = {}, std::string_view arch = {})
{
    Export row{name, grade};
    row.step = &detail::Steps<Function>::step;
    row.describe = &detail::Steps<Function>::describe;
    row.fetch = &detail::Steps<Function>::fetch;
    row.since = since;
    row.arch = arch;
    return row;
}

} // namespace retromod
