// SPDX-License-Identifier: GPL-2.0-or-later
// What emitted code and the engine share, and how the one enters the other.
#pragma once

#include <cstddef>
#include <cstdint>

namespace retromod {

/// Why emitted code left.
enum class I386Exit : std::uint32_t {
    link,  ///< a branch to `target` is to be patched at code offset `detail`, or not when that is 0
    miss,  ///< a computed branch to `target`, which has no code yet
    entry, ///< a call of the kernel entry `target`
    rare,  ///< the instruction at `target` is done by hand; its block goes on at code offset `detail`
    go_on, ///< the block ends at `target`, which is no new basic block
    fetch, ///< the instruction at `target` is not all there
    stale, ///< the bytes at `target` are not those that the block at code offset `detail` was made of
    dead,  ///< the block at code offset `detail`, of the code at `target`, was dropped
    fault, ///< a signal: see fault
};

/// What a signal said of emitted code.
struct I386HostFault {
    std::uint64_t code;    ///< the host's program counter
    std::uint64_t address; ///< si_addr
    std::uint64_t error;   ///< the page fault's error code
    std::uint32_t trap;    ///< the CPU's number of the exception
    std::uint32_t target;  ///< r8d
    std::uint32_t kept_ecx; ///< r11d
};

/// r15 points here while emitted code runs. The offsets are in the code: i386_emitter.h, i386_enter.cc.
struct alignas(64) I386State {
    std::uint32_t registers[8] = {}; ///< eax, ecx, edx, ebx, esp, ebp, esi, edi
    std::uint64_t leave = 0;         ///< where emitted code jumps to leave
    std::uint64_t leave_saved = 0;   ///< the same, when the registers are here already
    std::uint64_t host_stack = 0;
    std::uint64_t scratch_stack = 0; ///< end of `scratch`
    std::uint32_t interrupts_delta = 0; ///< the guest's IF minus the host's, which is set
    std::uint32_t other_delta = 0;   ///< flags that only the guest has: IOPL, NT, AC, ID
    std::uint8_t direction = 0;      ///< DF
    std::uint8_t fpu_in_use = 0;     ///< `fpu` is loaded on each entry and stored on each exit
    std::uint8_t overflow = 0;       ///< OF
    std::uint8_t flags = 2;          ///< the low byte of the flags, as lahf gives it
    std::uint32_t target = 0;        ///< r8d
    std::uint32_t reason = 0;        ///< r9d: an I386Exit
    std::uint32_t detail = 0;        ///< r10d
    std::uint64_t code = 0;          ///< where to enter
    std::uint64_t base = 0;          ///< r12: of the guest's window
    std::uint64_t map = 0;           ///< r13: of the jump map
    std::uint64_t count = 0;         ///< r14: an address in the count's window, one lower each block
    std::uint64_t scratch[8] = {};
    I386HostFault fault{};
    alignas(16) std::uint8_t fpu[512] = {}; ///< as fxsave64 stores it
};

namespace i386_state {
constexpr int leave = 32, leave_saved = 40, host_stack = 48, scratch_stack = 56, interrupts_delta = 64, other_delta = 68,
              direction = 72, fpu_in_use = 73, overflow = 74, target = 76, reason = 80, detail = 84, code = 88, base = 96,
              map = 104, count = 112;
static_assert(offsetof(I386State, leave) == leave && offsetof(I386State, leave_saved) == leave_saved);
static_assert(offsetof(I386State, host_stack) == host_stack && offsetof(I386State, scratch_stack) == scratch_stack);
static_assert(offsetof(I386State, interrupts_delta) == interrupts_delta && offsetof(I386State, other_delta) == other_delta);
static_assert(offsetof(I386State, direction) == direction && offsetof(I386State, fpu_in_use) == fpu_in_use);
static_assert(offsetof(I386State, overflow) == overflow && offsetof(I386State, flags) == overflow + 1);
static_assert(offsetof(I386State, target) == target && offsetof(I386State, reason) == reason);
static_assert(offsetof(I386State, detail) == detail && offsetof(I386State, code) == code);
static_assert(offsetof(I386State, base) == base && offsetof(I386State, map) == map && offsetof(I386State, count) == count);
} // namespace i386_state

/// Runs emitted code at state.code until it leaves. gs must have the window's base.
void enter_i386(I386State& state);

} // namespace retromod
