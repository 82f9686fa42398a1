// SPDX-License-Identifier: GPL-2.0-or-later
// Where gdb is: a socket, or standard input and output.
#include "loader/tools/gdb_connection.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace retromod {
namespace {

[[noreturn]] void fail(const std::string& path) { throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno))); }

/// The first that connects; the path is there only until then.
int accept_at(const std::string& path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error(fmt::format("{}: too long for a socket's path", path));
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || ::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener, 1) != 0)
        fail(path);
    int connected = -1;
    do connected = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    while (connected < 0 && errno == EINTR);
    ::unlink(path.c_str());
    if (connected < 0) fail(path);
    ::close(listener);
    return connected;
}

} // namespace

GdbConnection::GdbConnection(const GdbPlace& place, const std::optional<std::string>& script)
{
    if (script) {
        script_ = ::open(script->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (script_ < 0) fail(*script);
    }
    if (place.socket) {
        in_ = out_ = accept_at(*place.socket);
        return;
    }
    in_ = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    out_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (in_ < 0 || out_ < 0) fail("standard input and output");
    for (const int descriptor : {in_, out_}) ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    std::fflush(stdout);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
}

GdbConnection::~GdbConnection()
{
    if (script_ >= 0) ::close(script_);
    if (in_ >= 0) ::close(in_);
    if (out_ >= 0 && out_ != in_) ::close(out_);
}

} // namespace retromod
