// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/kernel_calls.h"

#include "emu/kernel/uts_version.h"
#include "emu/kernel/export_call.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/threads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {
namespace {

std::string shown_name(std::optional<std::string_view> name) { return name ? quoted(*name) : "NULL"; }
std::string shown_address(GuestAddr at) { return at ? fmt::format("{:#x}", at.value) : "NULL"; }

std::string shown_query(Query which)
{
    constexpr std::array<std::string_view, 6> names = {"0", "QM_MODULES", "QM_DEPS", "QM_REFS", "QM_SYMBOLS", "QM_INFO"};
    return std::string(names.at(static_cast<std::size_t>(which)));
}

} // namespace

SyscallResult KernelCalls::call(const SystemCall& call, std::span<const std::string> shown)
{
    changed_ = true;
    return ask(call, shown);
}

SyscallResult KernelCalls::ask(const SystemCall& call, std::span<const std::string> shown)
{
    auto* sink = kernel_.sink();
    if (sink) sink->syscall_entered(call.name, shown);
    auto outcome = run(call);
    if (outcome.kind != Outcome::Kind::done) throw CallStopped{std::string(call.name), std::move(outcome)};
    if (sink) sink->syscall_returned(call.name, outcome.result);
    return outcome.result;
}

Outcome KernelCalls::run(const SystemCall& call)
{
    const auto thread = kernel_.scheduler().begin(call, caller_);
    auto outcome = kernel_.scheduler().run(thread, limits_);
    while (outcome.kind == Outcome::Kind::deadlock && waiter_ && waiter_()) outcome = kernel_.scheduler().run(thread, limits_);
    if (outcome.kind != Outcome::Kind::breakpoint) kernel_.threads().reap(thread);
    return outcome;
}

SyscallResult KernelCalls::create_module(std::string_view name, std::uint64_t size)
{
    const UserBuffers buffers(user_);
    const std::array shown = {quoted(name), std::to_string(size)};
    return call({"create_module", {user_.place(name).value, size}, 2}, shown);
}

SyscallResult KernelCalls::init_module(std::string_view name, std::span<const std::byte> image)
{
    const UserBuffers buffers(user_);
    const std::array shown = {quoted(name), fmt::format("{{{} bytes}}", image.size())};
    return call({"init_module", {user_.place(name).value, user_.place(image).value}, 2}, shown);
}

SyscallResult KernelCalls::delete_module(std::optional<std::string_view> name)
{
    const UserBuffers buffers(user_);
    const std::array shown = {shown_name(name)};
    return call({"delete_module", {name ? user_.place(*name).value : 0}, 1}, shown);
}

ModuleCalls::QueryResult KernelCalls::query_module(std::optional<std::string_view> name, Query which,
                                                   std::span<std::byte> buffer)
{
    const UserBuffers buffers(user_);
    const auto word = kernel_.arch().word_bytes;
    const auto into = buffer.empty() ? GuestAddr{} : user_.place(buffer);
    const auto ret = user_.allocate(word);
    const std::array shown = {shown_name(name), shown_query(which), shown_address(into), std::to_string(buffer.size()),
                              shown_address(ret)};
    QueryResult answer;
    answer.result = ask({"query_module",
                          {name ? user_.place(*name).value : 0, static_cast<std::uint64_t>(which), into.value,
                           buffer.size(), ret.value},
                          5},
                         shown);
    answer.ret = load_unsigned(user_.buffer(ret, word).data(), word, kernel_.arch().order);
    if (into) std::ranges::copy(user_.buffer(into, buffer.size()), buffer.begin());
    return answer;
}

SyscallResult KernelCalls::get_kernel_syms(std::span<std::byte> table)
{
    const UserBuffers buffers(user_);
    const auto into = table.empty() ? GuestAddr{} : user_.place(table);
    const std::array shown = {shown_address(into)};
    const auto result = ask({"get_kernel_syms", {into.value}, 1}, shown);
    if (into) std::ranges::copy(user_.buffer(into, table.size()), table.begin());
    return result;
}

std::string KernelSystem::release() const { return std::string(kernel_.machine().uts_release()); }

std::string KernelSystem::version() const { return std::string(uts_version(kernel_.machine())); }

// The file came with 2.4.10.
LoaderSystem::Taint KernelSystem::taint() const
{
    if (kernel_.machine().release().exports < LayoutVersion::v2_4_18_14) return {};
    return {Taint::State::there, kernel_.state().tainted};
}

void KernelSystem::set_taint(unsigned value)
{
    kernel_.state().tainted = value;
    changed_ = true;
}

} // namespace retromod
