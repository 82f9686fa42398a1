// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/guest_file.h"

#include "emu/kernel/export_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retromod {
namespace {

std::string shown_flags(GuestFile::Access access)
{
    constexpr std::array<std::string_view, 3> names = {"O_RDONLY", "O_WRONLY", "O_RDWR"};
    return std::string(names.at(static_cast<std::size_t>(access)));
}

std::string shown_address(GuestAddr at) { return fmt::format("{:#x}", at.value); }

} // namespace

GuestFile::GuestFile(KernelCalls& calls, const std::string& path, Access access) : calls_(calls), arch_(calls.arch())
{
    const UserBuffers buffers(calls.user_memory());
    const std::array shown = {quoted(path), shown_flags(access)};
    opened_ = calls.call({"open", {calls.user_memory().place(path).value, static_cast<std::uint64_t>(access), 0}, 3}, shown);
}

GuestFile::ReadResult GuestFile::read(std::uint64_t bytes)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const auto into = user.allocate(bytes);
    const std::array shown = {std::to_string(opened_.word), shown_address(into), std::to_string(bytes)};
    ReadResult answer{calls_.call({"read", {opened_.word, into.value, bytes}, 3}, shown), {}};
    if (answer.result.failed(arch_)) return answer;
    const auto got = user.buffer(into, std::min(answer.result.word, bytes));
    answer.text.assign(reinterpret_cast<const char*>(got.data()), got.size());
    return answer;
}

SyscallResult GuestFile::write(std::string_view text)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const std::array shown = {std::to_string(opened_.word), quoted(text), std::to_string(text.size())};
    const auto from = user.place(std::as_bytes(std::span(text)));
    return calls_.call({"write", {opened_.word, from.value, text.size()}, 3}, shown);
}

SyscallResult GuestFile::ioctl(std::uint64_t command, std::uint64_t argument)
{
    const std::array shown = {std::to_string(opened_.word), fmt::format("{:#x}", command), fmt::format("{:#x}", argument)};
    return calls_.call({"ioctl", {opened_.word, command, argument}, 3}, shown);
}

SyscallResult GuestFile::ioctl(std::uint64_t command, std::span<std::byte> buffer)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const auto at = user.place(buffer);
    const auto result = ioctl(command, at.value);
    std::ranges::copy(user.buffer(at, buffer.size()), buffer.begin());
    return result;
}

SyscallResult GuestFile::close()
{
    const std::array shown = {std::to_string(opened_.word)};
    return calls_.call({"close", {opened_.word}, 1}, shown);
}

} // namespace retromod
