// SPDX-License-Identifier: GPL-2.0-or-later
// Calls that a file of the guest does not go with: rows of what they answer. On descriptors of the host's they are the host's.
#include "loader/exec/supervisor.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <utility>

namespace retromod::exec {
namespace {

struct UnfitCall {
    std::string_view name;
    int error;
    std::array<int, 2> descriptors = {0, -1}; ///< the places of the arguments that may be one; -1: no second one
};

constexpr UnfitCall calls[] = {
    // programs then read and write
    {"sendfile", EINVAL, {0, 1}},
    {"sendfile64", EINVAL, {0, 1}},
    {"splice", EINVAL, {0, 2}},
    {"tee", EINVAL, {0, 1}},
    {"vmsplice", EBADF},
    {"copy_file_range", EINVAL, {0, 2}},
    {"preadv", ENOSYS},
    {"preadv2", ENOSYS},
    {"pwritev", ENOSYS},
    {"pwritev2", ENOSYS},
    // a placeholder is a socket on the host only
    {"connect", ENOTSOCK},
    {"bind", ENOTSOCK},
    {"listen", ENOTSOCK},
    {"accept4", ENOTSOCK},
    {"shutdown", ENOTSOCK},
    {"getsockname", ENOTSOCK},
    {"getpeername", ENOTSOCK},
    {"getsockopt", ENOTSOCK},
    {"setsockopt", ENOTSOCK},
    {"sendto", ENOTSOCK},
    {"sendmsg", ENOTSOCK},
    {"sendmmsg", ENOTSOCK},
    {"recvfrom", ENOTSOCK},
    {"recvmsg", ENOTSOCK},
    {"recvmmsg", ENOTSOCK},
    // what is not done yet
    {"mmap", ENODEV, {4, -1}},
    {"mmap2", ENODEV, {4, -1}},
    {"epoll_ctl", EPERM, {2, -1}},
    {"fallocate", EOPNOTSUPP},
    {"flock", EINVAL},
    {"fchmod", EINVAL},
    {"fchown", EINVAL},
    {"fgetxattr", EOPNOTSUPP},
    {"flistxattr", EOPNOTSUPP},
    {"fsetxattr", EOPNOTSUPP},
    {"fremovexattr", EOPNOTSUPP},
};

/// Extended attributes came later: of names, not of descriptors.
constexpr std::string_view attribute_calls[] = {
    "getxattr", "lgetxattr", "listxattr", "llistxattr", "setxattr", "lsetxattr", "removexattr", "lremovexattr",
};

CallTask<Ending> no_attributes(Supervisor& supervisor, ProgramCall& call)
{
    co_return supervisor.guests_name(call, AT_FDCWD, 0) ? Ending::of(-EOPNOTSUPP) : Ending::host();
}

CallTask<Ending> refuse(Supervisor& supervisor, ProgramCall& call, const UnfitCall& row)
{
    for (const int index : row.descriptors)
        if (index >= 0 && supervisor.descriptors().find(call.thread, call.descriptor(static_cast<unsigned>(index))))
            co_return Ending::of(-row.error);
    co_return Ending::host();
}

template <std::size_t index>
CallTask<Ending> by_row(Supervisor& supervisor, ProgramCall& call) { return refuse(supervisor, call, calls[index]); }

template <std::size_t... index>
constexpr auto entries(std::index_sequence<index...>)
{
    std::array<CallEntry, sizeof...(index) + std::size(attribute_calls)> all{CallEntry{calls[index].name, by_row<index>}...};
    for (std::size_t i = 0; i < std::size(attribute_calls); ++i) all[sizeof...(index) + i] = {attribute_calls[i], no_attributes};
    return all;
}

constexpr auto table = entries(std::make_index_sequence<std::size(calls)>());

} // namespace

std::span<const CallEntry> unfit_calls() { return table; }

} // namespace retromod::exec
