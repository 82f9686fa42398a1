// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/process_state.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace retromod::exec {
namespace {

/// A small file, whole; "" when it is not there.
std::string text_of(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return {};
    std::array<char, 8192> buffer;
    const auto count = ::read(file, buffer.data(), buffer.size());
    ::close(file);
    return {buffer.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
}

/// What stands behind "NAME:\t" at the start of a line.
std::string_view value(std::string_view text, std::string_view name)
{
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
        const auto line = text.substr(at, text.find('\n', at) - at);
        if (line.starts_with(name)) return line.substr(std::min(line.size(), name.size() + 1));
        if (text.find('\n', at) == text.npos) break;
    }
    return {};
}

std::uint64_t mask(std::string_view text, std::string_view name)
{
    return std::strtoull(std::string(value(text, name)).c_str(), nullptr, 16);
}

} // namespace

ProcessState::ProcessState(pid_t thread) : thread_(thread)
{
    const auto text = text_of(fmt::format("/proc/{}/status", thread));
    process_ = std::atoi(std::string(value(text, "Tgid:")).c_str());
    if (!process_) process_ = thread;
    parent_ = std::atoi(std::string(value(text, "PPid:")).c_str());
    comm_ = value(text, "Name:");
    pending_ = mask(text, "SigPnd:") | mask(text, "ShdPnd:");
    blocked_ = mask(text, "SigBlk:");
    ignored_ = mask(text, "SigIgn:");
    caught_ = mask(text, "SigCgt:");
}

std::string ProcessState::directory(int descriptor) const
{
    const auto name = descriptor == AT_FDCWD ? std::string("cwd") : fmt::format("fd/{}", descriptor);
    const auto link = fmt::format("/proc/{}/{}", thread_, name);
    std::array<char, 4097> target;
    const auto length = ::readlink(link.c_str(), target.data(), target.size());
    return {target.data(), static_cast<std::size_t>(length > 0 ? length : 0)};
}

std::uint64_t ProcessState::started() const
{
    constexpr int fields_before = 19; // behind the name, which is in brackets and may hold anything: field 22
    const auto text = text_of(fmt::format("/proc/{}/stat", process_));
    auto at = text.rfind(')');
    for (int i = 0; i <= fields_before && at != text.npos; ++i) at = text.find(' ', at + 1);
    return at == text.npos ? 0 : std::strtoull(text.c_str() + at, nullptr, 10);
}

} // namespace retromod::exec
