// SPDX-License-Identifier: GPL-2.0-or-later
// The messages between the supervisor of programs and the process that runs the machine.
#pragma once

#include "loader/exec/credentials.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace retromod::exec {

/// What a message says. The machine answers `call` and `again` with returned, sleeps or stopped, and
/// may ask for memory before.
enum class Said : std::uint32_t {
    // the supervisor
    call,   ///< words: number, caller; payload: a WireCall and what belongs to it
    again,  ///< words: number. A call that slept may go on
    signal, ///< words: number, the signal. No answer
    page,   ///< answers `fault`. words: address, writable; payload: the bytes there, none when nothing is mapped
    rest,   ///< commit and let other processes of the host in; answered with rested
    end,    ///< nobody makes calls any more; no answer. words: the program's exit status
    // the machine
    hello,    ///< first. words: whether its kernel is one since 2.6; payload: the architecture's name
    returned, ///< words: number, result (a negative one is an error)
    sleeps,   ///< words: number, whether timers of the guest go on
    stopped,  ///< words: number, Outcome::Kind; payload: a line for people
    fault,    ///< words: number, address, Access
    store,    ///< words: number, address; payload: bytes that the call left there. No answer
    raised,   ///< words: number, a process of the host or minus a group, a signal for it. No answer
    rested,   ///< words: whether other processes changed the machine since
};

struct Message {
    Said said = Said::end;
    std::array<std::uint64_t, 4> words{};
    std::vector<std::byte> payload;
};

/// A system call for the machine, fixed format.
struct WireCall {
    char name[24];
    char comm[16];
    Credentials credentials;
    std::uint32_t argument_count;
    std::uint32_t reserved;
    std::array<std::uint64_t, 6> arguments;
};

/// Stands before a file's content behind the WireCall of finit_module.
struct WireFile {
    std::uint32_t is_open, is_regular, is_readable, is_written;
};

/// One end of a stream socket. Needs no system calls but read and write.
class Wire {
public:
    explicit Wire(int descriptor) : descriptor_(descriptor) {}

    int descriptor() const { return descriptor_; }
    void send(Said said, std::initializer_list<std::uint64_t> words, std::span<const std::byte> payload = {});
    /// Nothing when the other side has gone, or sends what is no message.
    std::optional<Message> receive();

private:
    int descriptor_;
    std::vector<std::byte> buffer_;
};

} // namespace retromod::exec
