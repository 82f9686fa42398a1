// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/syscall_result.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace retromod {

/// What `query_module` is asked for. Source: include/linux/module.h.
enum class Query : int { probe = 0, modules = 1, deps = 2, refs = 3, symbols = 4, info = 5 };

/// The five calls, as user space sees them: the loader's only view of the kernel. Behind it stands a machine, a
/// recorder, or a test.
class ModuleCalls {
public:
    virtual ~ModuleCalls() = default;

    virtual SyscallResult create_module(std::string_view name, std::uint64_t size) = 0;
    /// `image` begins with struct module.
    virtual SyscallResult init_module(std::string_view name, std::span<const std::byte> image) = 0;
    /// No name is the NULL pointer: remove what nobody uses.
    virtual SyscallResult delete_module(std::optional<std::string_view> name) = 0;

    struct QueryResult {
        SyscallResult result;
        std::uint64_t ret = 0; ///< what the call stored into *ret
    };
    /// No name is the kernel. The answer, in the guest's layout, goes into `buffer`.
    virtual QueryResult query_module(std::optional<std::string_view> name, Query which,
                                     std::span<std::byte> buffer) = 0;

    /// An empty `table` is the NULL pointer: only the number of entries is wanted.
    virtual SyscallResult get_kernel_syms(std::span<std::byte> table) = 0;
};

/// What the loader wants to know of the machine besides the calls.
class LoaderSystem {
public:
    virtual ~LoaderSystem() = default;

    virtual const Arch& arch() const = 0;
    virtual std::string release() const = 0; ///< utsname.release
    virtual std::string version() const = 0; ///< utsname.version: "#1 SMP Fri Nov 29 ..."

    /// /proc/sys/kernel/tainted, as open(2) finds it.
    struct Taint {
        enum class State : std::uint8_t { absent, denied, there } state = State::absent;
        unsigned value = 0;
    };
    virtual Taint taint() const = 0;
    virtual void set_taint(unsigned value) = 0;
};

} // namespace retromod
