// SPDX-License-Identifier: GPL-2.0-or-later
// The guest's open files as programs hold them: placeholders among their own descriptors.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace retromod::exec {

/// An open file of the guest.
struct GuestFd {
    std::uint64_t descriptor = 0;   ///< the machine's; none for a directory that the supervisor lists
    std::uint64_t flags = 0;        ///< open's
    std::uint64_t caller = 0;       ///< that opened it
    std::string path = {};
    std::uint64_t mode = 0, device = 0, inode = 0; ///< as stat shows it
    bool lists = false;             ///< a directory of names that the supervisor has; or the guest has closed it itself
    std::vector<std::string> names = {}; ///< in it
    std::size_t next_name = 0;
    bool wants_signals = false; ///< FASYNC is set
    int our_end = -1;               ///< of the socket pair whose other end programs hold
};

/// A placeholder is one end of a socket pair: dup, fork, exec, close and exit are the host's, and when the last program has
/// closed it, our end says so.
class Descriptors {
public:
    /// `watch` is an epoll descriptor that is told of ends by their numbers.
    explicit Descriptors(int watch) : watch_(watch) {}
    ~Descriptors();
    Descriptors(const Descriptors&) = delete;
    Descriptors& operator=(const Descriptors&) = delete;

    /// A placeholder for the file: a descriptor of ours for programs to be given, to be closed then. -errno when there is none.
    int add(GuestFd file);
    /// The file behind a program's descriptor; null when it is one of the host's, or none.
    GuestFd* find(pid_t thread, int descriptor);
    /// The file whose our_end that is, taken out of the table.
    std::unique_ptr<GuestFd> take(int our_end);
    /// The guest's kernel has closed what that caller opened.
    void lose(std::uint64_t caller);
    /// Whether a program wants SIGIO of one.
    bool want_signals() const;
    /// All that are left.
    std::vector<std::unique_ptr<GuestFd>> take_all();

private:
    int watch_;
    std::map<ino_t, std::unique_ptr<GuestFd>> files_; ///< by the inode of the placeholder
};

} // namespace retromod::exec
