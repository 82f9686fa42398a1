// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/machine_client.h"

#include "emu/kernel/outcome.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace retromod::exec {
namespace {

std::string text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

} // namespace

MachineClient::MachineClient(Wire& wire) : wire_(wire)
{
    const auto hello = wire.receive();
    if (!hello || hello->said != Said::hello) throw std::runtime_error("exec: the machine did not come up");
    arch_ = find_arch(text_of(hello->payload));
    modern_ = hello->words[0];
    if (!arch_) throw std::runtime_error("exec: the machine's architecture is unknown");
}

Message MachineClient::receive()
{
    auto message = wire_.receive();
    if (!message) throw std::runtime_error("exec: the process that runs the machine is gone");
    return std::move(*message);
}

Progress MachineClient::begin(std::uint64_t number, ProgramCall& call, const Who& who, std::string_view name,
                              std::span<const std::uint64_t> arguments, std::span<const std::byte> payload)
{
    WireCall wanted{};
    name.copy(wanted.name, sizeof wanted.name - 1);
    who.comm.copy(wanted.comm, sizeof wanted.comm - 1);
    wanted.credentials = who.credentials;
    wanted.argument_count = static_cast<std::uint32_t>(arguments.size());
    std::ranges::copy(arguments, wanted.arguments.begin());
    std::vector<std::byte> bytes(sizeof wanted + payload.size());
    std::memcpy(bytes.data(), &wanted, sizeof wanted);
    std::ranges::copy(payload, bytes.begin() + sizeof wanted);
    wire_.send(Said::call, {number, who.caller}, bytes);
    return converse(number, call);
}

Progress MachineClient::again(std::uint64_t number, ProgramCall& call)
{
    wire_.send(Said::again, {number});
    return converse(number, call);
}

/// Hands the machine what it asks for, until it says how far the call has come.
Progress MachineClient::converse(std::uint64_t number, ProgramCall& call)
{
    while (true) {
        auto message = receive();
        if (message.words[0] != number) throw std::runtime_error("exec: the machine speaks of another call");
        switch (message.said) {
        case Said::fault: {
            const auto pages = call.user.fetch(message.words[1], message.words[2] != 0);
            wire_.send(Said::page, {pages.first, pages.writable}, pages.bytes);
            break;
        }
        case Said::store: call.user.store(message.words[1], message.payload); break;
        case Said::raised:
            signals_.push_back({static_cast<pid_t>(message.words[1]), static_cast<int>(message.words[2])});
            break;
        case Said::returned:
            return {.value = static_cast<std::int64_t>(message.words[1]), .payload = std::move(message.payload)};
        case Said::sleeps: return {.state = Progress::State::sleeps, .timed = message.words[1] != 0};
        case Said::stopped: {
            const auto kind = static_cast<Outcome::Kind>(message.words[1]);
            const bool oopsed = kind == Outcome::Kind::oops || kind == Outcome::Kind::bug;
            return {.state = Progress::State::stopped, .value = -EINTR, .line = text_of(message.payload), .oopsed = oopsed};
        }
        default: throw std::runtime_error("exec: the machine sent a message that is none");
        }
    }
}

bool MachineClient::rest()
{
    wire_.send(Said::rest, {});
    const auto answer = receive();
    if (answer.said != Said::rested) throw std::runtime_error("exec: the machine does not rest");
    return answer.words[0];
}

} // namespace retromod::exec
