// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"

#include <string>
#include <string_view>

namespace retromod {

/// A kernel structure in guest memory, its members reached by their kernel names. A bad address throws KernelFault;
/// a member that the release lacks std::out_of_range (ask `has` first).
class GuestStruct {
public:
    GuestStruct(Kernel& kernel, std::string_view type, GuestAddr at) : kernel_(&kernel), type_(type), at_(at) {}

    GuestAddr at() const { return at_; }
    std::uint64_t bytes() const { return kernel_->layouts().size(type_); }
    bool has(std::string_view member) const { return kernel_->layouts().has(type_, member); }

    /// A scalar member, zero-extended.
    std::uint64_t get(std::string_view member) const
    {
        const auto f = kernel_->layouts().field(type_, member);
        return kernel_->memory().load_sized(at_ + f.offset, f.size);
    }
    std::int32_t get_int(std::string_view member) const { return static_cast<std::int32_t>(get(member)); }
    GuestAddr pointer(std::string_view member) const { return {get(member)}; }
    /// Where the member lies.
    GuestAddr address(std::string_view member) const { return at_ + kernel_->layouts().field(type_, member).offset; }
    void set(std::string_view member, std::uint64_t value)
    {
        const auto f = kernel_->layouts().field(type_, member);
        kernel_->memory().store_sized(at_ + f.offset, f.size, value);
    }
    void set(std::string_view member, GuestAddr value) { set(member, value.value); }
    /// `set`, where the release has the member.
    void set_if_there(std::string_view member, std::uint64_t value)
    {
        if (has(member)) set(member, value);
    }
    /// A member `char member[N]`.
    std::string text(std::string_view member) const
    {
        const auto f = kernel_->layouts().field(type_, member);
        return kernel_->memory().load_string(at_ + f.offset, f.size);
    }
    /// What a member `char *` points to; empty for NULL.
    std::string string(std::string_view member) const
    {
        const auto p = pointer(member);
        return p ? kernel_->memory().load_string(p) : std::string();
    }
    void clear() { kernel_->memory().fill(at_, bytes(), std::byte{0}); }

private:
    Kernel* kernel_;
    std::string_view type_;
    GuestAddr at_;
};

/// Kmallocs a zeroed structure; nothing (a null address) when there is no memory.
inline GuestAddr new_struct(Kernel& kernel, std::string_view type, std::uint64_t extra_bytes = 0)
{
    const auto bytes = kernel.layouts().size(type) + extra_bytes;
    const auto at = kernel.heap().allocate(bytes);
    if (at) kernel.memory().fill(at, bytes, std::byte{0});
    return at;
}

/// Stores `text` with its NUL at `at`.
void store_string(Kernel& kernel, GuestAddr at, std::string_view text);

/// A constant string of the kernel's own: bytes of the kernel image. Only at boot.
GuestAddr kernel_string(Kernel& kernel, std::string_view text);

/// A negated error number as C's int.
inline std::int32_t error_code(Kernel& kernel, Errno error)
{
    return -static_cast<std::int32_t>(errno_number(error, kernel.arch()));
}

} // namespace retromod
