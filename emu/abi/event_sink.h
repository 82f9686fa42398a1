// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/guest_addr.h"
#include "emu/abi/syscall_result.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// How well an export does what the kernel's function does.
enum class Grade : std::uint8_t {
    full,  ///< as the kernel's
    init,  ///< its state is kept and shown, but not all of its later effects
    inert, ///< accepted and logged, without effect
    trap,  ///< not there: calling it stops the guest
};

std::string_view grade_name(Grade grade);

/// A call of a kernel function by guest code, arguments and result already as text.
struct ExportCall {
    std::string_view name;
    Grade grade = Grade::full;
    GuestAddr caller;              ///< the return address
    std::vector<std::string> arguments;
    std::string result;            ///< empty while the call is under way, or of a void function
    bool finished = true;          ///< false: announced on entry, because it calls the guest or sleeps
};

/// An access of guest code to a port or to device memory.
struct IoAccess {
    bool write = false;
    bool memory = false;       ///< else a port
    std::uint64_t address = 0; ///< the port; of memory, the physical address
    unsigned size = 1;         ///< bytes
    std::uint64_t value = 0;
    GuestAddr pc;              ///< of the instruction
};

/// What happens in a machine, told to whoever traces it. Every function has an empty default.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void syscall_entered(std::string_view /*name*/, std::span<const std::string> /*arguments*/) {}
    virtual void syscall_returned(std::string_view /*name*/, SyscallResult /*result*/) {}
    virtual void export_called(const ExportCall& /*call*/) {}
    virtual void guest_called(GuestAddr /*function*/, std::string_view /*why*/) {}
    virtual void logged(std::string_view /*text*/) {}
    virtual void faulted(GuestAddr /*pc*/, GuestAddr /*address*/, std::string_view /*what*/) {}
    virtual void io_accessed(const IoAccess& /*access*/) {}
};

} // namespace retromod
