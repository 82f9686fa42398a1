// SPDX-License-Identifier: GPL-2.0-or-later
// The 32-bit guest's whole address space as one range of host addresses.
#pragma once

#include "emu/abi/guest_addr.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace retromod {

/// Who keeps the guest's protections on a window's pages. The host's own accesses to a page that they forbid end in this one's
/// handler of the signal, which opens the page; those of a system call that is handed the page would just fail.
class WindowGuard {
public:
    virtual ~WindowGuard() = default;
    /// Opens every page of the guest's memory for the host, until the guest runs again.
    virtual void show_to_host() = 0;
};

/// 4 GB of host addresses, aligned to 4 GB, with guards around them: guest address A is at base() + A. What has no memory cannot be
/// accessed. Reserved addresses take no memory.
class GuestWindow {
public:
    static constexpr std::uint64_t bytes = std::uint64_t{1} << 32;
    /// On each side. A bit test with a register reaches 256 MB beyond its operand.
    static constexpr std::uint64_t guard_bytes = std::uint64_t{1} << 30;

    /// A part of a mapping that is to be at a guest address.
    struct Part {
        std::uint64_t offset = 0, bytes = 0;
        GuestAddr start;
    };

    /// Moves parts of a private mapping into a window, which is known by the mapping from then on. The mapping shows there what
    /// it did when it was fresh. Null, and nothing is moved, where the host cannot do it.
    static GuestWindow* adopt(std::span<std::byte> mapping, std::span<const Part> parts);
    /// The window that was made from the mapping which begins there, or null.
    static GuestWindow* of(const std::byte* mapping);
    /// The window that holds this host address, or null.
    static GuestWindow* holding(const std::byte* host);
    /// Unmaps the window that was made from that mapping, if one was.
    static void release(const std::byte* mapping);

    ~GuestWindow();
    GuestWindow(const GuestWindow&) = delete;
    GuestWindow& operator=(const GuestWindow&) = delete;

    std::byte* base() const { return base_; }
    std::span<std::byte> at(GuestAddr start, std::uint64_t count) const { return {base_ + start.value, count}; }

    void set_guard(WindowGuard* guard) { guard_ = guard; }
    /// To be called before a system call of the host reads or writes the guest's memory.
    void show_to_host() const
    {
        if (guard_) guard_->show_to_host();
    }

private:
    explicit GuestWindow(std::byte* base) : base_(base) {}
    static std::unique_ptr<GuestWindow> reserve();
    bool move_in(std::byte* from, const Part& part);

    std::byte* base_;
    WindowGuard* guard_ = nullptr;
};

} // namespace retromod
