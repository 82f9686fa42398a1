// SPDX-License-Identifier: GPL-2.0-or-later
// The memory of a program as user memory of one of its system calls, fetched page by page from the supervisor.
#pragma once

#include "emu/abi/arch.h"
#include "emu/memory/user_memory.h"
#include "loader/exec/wire.h"

#include <map>
#include <memory>

namespace retromod::exec {

class RemoteMemory final : public UserMemory {
public:
    /// Asks for the pages of call `number` by `wire`.
    RemoteMemory(const Arch& arch, Wire& wire, std::uint64_t number);

    std::span<std::byte> bytes(GuestAddr address, Access access) override;
    std::uint64_t generation() const override { return generation_; }

    /// Sends what the guest changed, and forgets all pages: the program may change them from now on.
    void flush();

private:
    struct Free {
        void operator()(std::byte* bytes) const;
    };
    using Bytes = std::unique_ptr<std::byte, Free>;
    struct Page {
        std::uint64_t first = 0, end = 0; ///< the bytes that are there, as offsets
        bool writable = false;            ///< asked for, and allowed
        bool write_asked = false;
        Bytes content;
        Bytes before;                     ///< of a writable page: as it was fetched
    };

    Page* find(std::uint64_t start, Access access);
    void fetch(std::uint64_t start, Access access);
    Bytes new_page() const;
    void send_changes(std::uint64_t start, const Page& page);

    const Arch* arch_;
    Wire& wire_;
    std::uint64_t number_;
    std::uint64_t generation_;
    std::map<std::uint64_t, Page> pages_; ///< by address
};

} // namespace retromod::exec
