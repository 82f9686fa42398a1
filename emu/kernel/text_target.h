// SPDX-License-Identifier: GPL-2.0-or-later
// Where formatted text goes: a text of the host, or a buffer in guest memory. What lies behind the end is only counted.
#pragma once

#include "emu/memory/address_space.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace retromod {

class TextTarget {
public:
    virtual ~TextTarget() = default;
    virtual void put(std::string_view text) = 0;
    virtual void repeat(char c, std::uint64_t count) = 0;
    /// Appends `length` characters of guest memory from `from`. Throws KernelFault.
    virtual void copy(const AddressSpace& memory, GuestAddr from, std::uint64_t length) = 0;
    /// Characters since the start, those behind the end included.
    virtual std::uint64_t written() const = 0;
};

/// A text of the host with a capacity.
class HostText : public TextTarget {
public:
    explicit HostText(std::size_t capacity) : capacity_(capacity) {}

    void put(std::string_view text) override;
    void repeat(char c, std::uint64_t count) override;
    void copy(const AddressSpace& memory, GuestAddr from, std::uint64_t length) override;
    std::uint64_t written() const override { return written_; }
    std::string take() { return std::move(text_); }

private:
    std::uint64_t room(std::uint64_t wanted) const;

    std::size_t capacity_;
    std::string text_;
    std::uint64_t written_ = 0;
};

/// A buffer in guest memory, from `start` to `last`, the address of its last byte. Stores throw KernelFault.
class GuestBuffer : public TextTarget {
public:
    GuestBuffer(AddressSpace& memory, GuestAddr start, GuestAddr last) : memory_(memory), start_(start), at_(start), last_(last) {}

    void put(std::string_view text) override;
    void repeat(char c, std::uint64_t count) override;
    void copy(const AddressSpace& memory, GuestAddr from, std::uint64_t length) override;
    std::uint64_t written() const override { return at_ - start_; }
    GuestAddr at() const { return at_; }

private:
    std::uint64_t room(std::uint64_t wanted) const;

    AddressSpace& memory_;
    GuestAddr start_, at_, last_;
};

} // namespace retromod
