// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/memory/address_space.h"

#include <array>
#include <cstddef>

namespace retromod {

/// Where the guest's pages lie in the host, for engines of our own: one compare and one addition for an access that was
/// seen before. Only whole pages are remembered; a page that ends early (the end of a user buffer) is looked up each
/// time.
template <unsigned page_shift> class SoftTlb {
public:
    static constexpr std::uint64_t page_bytes = std::uint64_t{1} << page_shift;

    explicit SoftTlb(AddressSpace& memory) : memory_(&memory) { flush(); }

    /// The host's address of an aligned access of `bytes`. False when it is not known: then `fill` must look.
    template <std::size_t bytes> bool find_read(std::uint64_t address, std::byte*& host) const
    {
        return find<bytes>(reads_, address, host);
    }
    template <std::size_t bytes> bool find_write(std::uint64_t address, std::byte*& host) const
    {
        return find<bytes>(writes_, address, host);
    }

    /// The host bytes from `address` to the end of its page, as far as they may be accessed; remembered when all may.
    std::span<std::byte> fill(GuestAddr address, Access access)
    {
        const GuestAddr page{round_down(address.value, page_bytes)};
        const auto offset = address - page;
        auto host = memory_->bytes(page, access);
        if (access == Access::write) note_touched(page);
        if (host.size() < page_bytes) {
            host = memory_->bytes(address, access);
            return host.first(std::min<std::uint64_t>(host.size(), page_bytes - offset));
        }
        if (access != Access::execute) {
            auto& entry = (access == Access::read ? reads_ : writes_)[index(address.value)];
            entry = {page.value, reinterpret_cast<std::uintptr_t>(host.data()) - page.value};
        }
        return host.subspan(offset, page_bytes - offset);
    }

    void flush()
    {
        reads_.fill({});
        writes_.fill({});
    }

    /// The pages of the vmalloc window that were opened for writing since the last call; closes them.
    std::vector<GuestRange> take_touched()
    {
        if (touched_.empty()) return {};
        writes_.fill({});
        return std::exchange(touched_, {});
    }

private:
    struct Entry {
        std::uint64_t page = ~std::uint64_t{0}; ///< no page starts there
        std::uintptr_t addend = 0;              ///< host address - guest address
    };
    using Entries = std::array<Entry, 256>;

    static constexpr std::size_t index(std::uint64_t address)
    {
        return (address >> page_shift) % std::tuple_size_v<Entries>;
    }

    template <std::size_t bytes> static bool find(const Entries& entries, std::uint64_t address, std::byte*& host)
    {
        const auto& entry = entries[index(address)];
        constexpr auto page_and_misalignment = ~(page_bytes - 1) | (bytes - 1);
        if ((address & page_and_misalignment) != entry.page) [[unlikely]]
            return false;
        host = reinterpret_cast<std::byte*>(address + entry.addend);
        return true;
    }

    void note_touched(GuestAddr page)
    {
        if (!memory_->vmalloc_window().contains(page)) return;
        if (!touched_.empty() && touched_.back().start == page) return;
        touched_.push_back({page, page_bytes});
    }

    Entries reads_, writes_;
    AddressSpace* memory_;
    std::vector<GuestRange> touched_;
};

} // namespace retromod
