// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/engine.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// How an export takes its arguments.
struct Convention {
    enum class Kind : std::uint8_t {
        c,             ///< the architecture's C convention
        fastcall,      ///< i386: eax, edx, ecx, then the stack
        register_list, ///< assembly entries: exactly these registers
    };
    Kind kind = Kind::c;
    std::array<std::uint8_t, 4> registers{}; ///< register numbers of a register_list, in order
    std::uint8_t register_count = 0;
    bool returns_value = true;                ///< false: the result register is kept as it was
    std::optional<std::uint8_t> result_register = std::nullopt; ///< where it is not the C convention's
    std::optional<std::uint8_t> return_register = std::nullopt; ///< holds the return address, where it is not that of C
};

/// One disassembled instruction.
struct Instruction {
    GuestAddr address;
    unsigned bytes = 0;
    std::string text; ///< "mov eax, dword ptr [esp + 4]"
};

/// Where the arguments of a va_list lie: first those that the called function has saved of its registers, then the rest.
struct ArgumentList {
    GuestAddr saved = {};
    unsigned saved_words = 0;
    GuestAddr stack = {};
};

/// The code of one architecture: registers by number, calling convention, disassembly. One row per <arch>.cc.
struct Cpu {
    const Arch* arch;
    std::span<const std::string_view> register_names; ///< index = register number in CpuContext
    unsigned pc, sp, result, result_second; ///< register numbers; a 64-bit result of a 32-bit CPU takes both results' registers, in
                                            ///< the order of its memory
    std::span<const std::byte> entry_code;            ///< what stands at a kernel entry: a return to the caller
    unsigned entry_bytes;                             ///< distance of kernel entries in the text

    /// A fresh kernel-mode context on the stack that ends at `stack_top`, interrupts enabled; `task` is current.
    CpuContext (*initial)(GuestAddr stack_top, GuestAddr task);
    /// Sets registers and stack for a C call of `function` that returns to `return_to`. Throws KernelFault.
    void (*begin_call)(CpuContext&, AddressSpace&, GuestAddr function, std::span<const std::uint64_t> arguments,
                       GuestAddr return_to);
    /// Does what the code at a kernel entry does: returns to the caller. Throws KernelFault.
    void (*finish_call)(CpuContext&, AddressSpace&);
    /// The code at a kernel entry that returns through `return_register`; null where there is but one way.
    std::vector<std::byte> (*entry_code_for)(unsigned return_register) = nullptr;
    /// The value of argument word `index` of a C call whose first instruction is about to run. Throws KernelFault.
    std::uint64_t (*argument)(const Engine&, const AddressSpace&, unsigned index);
    /// Whether a 64-bit argument must start at an even word (mips o32, ppc).
    bool pairs_wide_arguments;
    /// Interrupt-enable state of a context (i386 IF).
    bool (*interrupts_enabled)(const CpuContext&);
    void (*set_interrupts)(CpuContext&, bool enabled);
    int capstone_arch = 0, capstone_mode = 0;
    /// The instruction at the start of `code`, or nothing; null where Capstone disassembles.
    std::optional<Instruction> (*disassemble_one)(std::span<const std::byte> code, GuestAddr address) = nullptr;
    /// Argument words that a va_list parameter takes: alpha's is a structure {base, offset}.
    unsigned va_list_words = 1;
    /// Reads the structure that a va_list parameter points to (x86_64, ppc); null where it points to the words themselves.
    ArgumentList (*open_va_list)(const AddressSpace&, GuestAddr structure) = nullptr;
    std::optional<unsigned> pointer_result = std::nullopt; ///< holds a result as well, where callers look for pointers (m68k)
    std::optional<unsigned> processor_data =
        std::nullopt;                                  ///< points to the processor's own data while the kernel runs (x86_64: gs)
    std::span<const unsigned> reported_registers = {}; ///< what an oops shows, in order; empty: all
};

/// The CPU that runs `arch`'s code; nothing when no engine exists for it.
const Cpu* find_cpu(const Arch& arch);

/// Walks the argument words of a call: what an export's C++ signature is filled from.
class ArgCursor {
public:
    /// At a kernel entry, before its first instruction.
    ArgCursor(const Cpu& cpu, const Engine& engine, const AddressSpace& memory, Convention convention = {});
    /// Over the arguments of a va_list.
    ArgCursor(const Cpu& cpu, const AddressSpace& memory, ArgumentList list);

    std::uint64_t next_word();  ///< an int, long or pointer, zero-extended from the guest's word. Throws KernelFault.
    ArgumentList next_va_list(); ///< where the arguments of a va_list parameter are. Throws KernelFault.
    std::uint64_t next_wide();  ///< a 64-bit argument with the architecture's pairing rule. Throws KernelFault.

private:
    std::uint64_t word_at(unsigned index) const;
    GuestAddr listed_at(unsigned index) const;

    const Cpu* cpu_;
    const Engine* engine_ = nullptr;
    const AddressSpace* memory_;
    Convention convention_;
    ArgumentList list_;
    unsigned index_ = 0;
};

/// Disassembles `code`, which lies at `address`. Bytes that are no instruction become "(bad)", one at a time.
std::vector<Instruction> disassemble(const Cpu& cpu, std::span<const std::byte> code, GuestAddr address);

/// Which instruction of the block at `block` faulted on `fault`, found by evaluating memory operands with the registers
/// of `context`; nothing when none or several fit.
std::optional<GuestAddr> locate_fault(const Cpu& cpu, const AddressSpace& memory, const CpuContext& context,
                                      GuestAddr block, const MemoryFault& fault);

} // namespace retromod
