// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/descriptors.h"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

namespace retromod::exec {

Descriptors::~Descriptors()
{
    for (const auto& [inode, file] : files_) ::close(file->our_end);
}

int Descriptors::add(GuestFd file)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    struct stat status = {};
    epoll_event event = {};
    event.events = EPOLLRDHUP;
    event.data.fd = ends[0];
    if (::fstat(ends[1], &status) != 0 || ::epoll_ctl(watch_, EPOLL_CTL_ADD, ends[0], &event) != 0) {
        const int error = errno;
        ::close(ends[0]);
        ::close(ends[1]);
        return -error;
    }
    file.our_end = ends[0];
    files_[status.st_ino] = std::make_unique<GuestFd>(std::move(file));
    return ends[1];
}

GuestFd* Descriptors::find(pid_t thread, int descriptor)
{
    if (files_.empty() || descriptor < 0) return nullptr;
    constexpr std::string_view kind = "socket:[";
    std::array<char, 64> target{};
    const auto link = fmt::format("/proc/{}/fd/{}", thread, descriptor);
    const auto length = ::readlink(link.c_str(), target.data(), target.size() - 1);
    if (length <= 0 || !std::string_view(target.data(), static_cast<std::size_t>(length)).starts_with(kind)) return nullptr;
    const auto found = files_.find(std::strtoull(target.data() + kind.size(), nullptr, 10));
    return found == files_.end() ? nullptr : found->second.get();
}

std::unique_ptr<GuestFd> Descriptors::take(int our_end)
{
    for (auto at = files_.begin(); at != files_.end(); ++at) {
        if (at->second->our_end != our_end) continue;
        ::epoll_ctl(watch_, EPOLL_CTL_DEL, our_end, nullptr);
        ::close(our_end);
        return std::move(files_.extract(at).mapped());
    }
    return nullptr;
}

void Descriptors::lose(std::uint64_t caller)
{
    for (const auto& [inode, file] : files_)
        if (file->caller == caller) file->lists = true;
}

bool Descriptors::want_signals() const
{
    return std::ranges::any_of(files_, [](const auto& entry) { return entry.second->wants_signals; });
}

std::vector<std::unique_ptr<GuestFd>> Descriptors::take_all()
{
    std::vector<std::unique_ptr<GuestFd>> all;
    while (!files_.empty()) all.push_back(take(files_.begin()->second->our_end));
    return all;
}

} // namespace retromod::exec
