// SPDX-License-Identifier: GPL-2.0-or-later
// Machine code of callbacks, an architecture a row: each has an accumulator (where its C functions return an int), an
// address register and an operand register, and seven things to do with them.
#include "emu/abi/byte_order.h"
#include "loader/scenario/callback.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace retromod {
namespace {

enum class Register : std::uint8_t { accumulator, address, operand };

/// The code so far.
class Code {
public:
    explicit Code(ByteOrder order) : order_(order) {}

    void byte(std::uint8_t value) { bytes_.push_back(std::byte{value}); }
    template <class Unsigned>
    void number(Unsigned value)
    {
        std::array<std::byte, sizeof value> bytes;
        store<Unsigned>(bytes.data(), order_, value);
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }
    void word(std::uint32_t instruction) { number(instruction); }
    void half(std::uint16_t instruction) { number(instruction); }
    std::vector<std::byte> take() { return std::move(bytes_); }

private:
    ByteOrder order_;
    std::vector<std::byte> bytes_;
};

struct Assembler {
    std::string_view arch;
    unsigned breakpoint_bytes;
    void (*set)(Code&, Register, std::uint64_t value);
    void (*load)(Code&, unsigned bytes);   ///< accumulator from the address
    void (*store)(Code&, unsigned bytes);  ///< accumulator to the address
    void (*add)(Code&);                    ///< operand to the accumulator
    void (*set_bits)(Code&);               ///< operand into the accumulator
    void (*finish)(Code&);                 ///< returns
    void (*stop)(Code&);                   ///< breakpoint
};

/// The number of a register that plays the part.
constexpr std::uint32_t pick(Register part, std::uint32_t accumulator, std::uint32_t address, std::uint32_t operand)
{
    return part == Register::accumulator ? accumulator : part == Register::address ? address : operand;
}
constexpr std::uint32_t high(std::uint64_t value) { return value >> 16 & 0xffff; }
constexpr std::uint32_t low(std::uint64_t value) { return value & 0xffff; }

// --- i386 and x86-64: eax, ecx, edx -------------------------------------------------------------------------------

constexpr std::uint8_t rex_w = 0x48;

constexpr Assembler i386_row = {
    "i386", 1,
    [](Code& code, Register part, std::uint64_t value) {
        code.byte(static_cast<std::uint8_t>(0xb8 + pick(part, 0, 1, 2)));
        code.number(static_cast<std::uint32_t>(value));
    },
    [](Code& code, unsigned) { code.byte(0x8b), code.byte(0x01); },
    [](Code& code, unsigned) { code.byte(0x89), code.byte(0x01); },
    [](Code& code) { code.byte(0x01), code.byte(0xd0); },
    [](Code& code) { code.byte(0x09), code.byte(0xd0); },
    [](Code& code) { code.byte(0xc3); },
    [](Code& code) { code.byte(0xcc); },
};

void rex_for(Code& code, unsigned bytes)
{
    if (bytes == 8) code.byte(rex_w);
}

constexpr Assembler x86_64_row = {
    "x86_64", 1,
    [](Code& code, Register part, std::uint64_t value) {
        code.byte(rex_w), code.byte(static_cast<std::uint8_t>(0xb8 + pick(part, 0, 1, 2)));
        code.number(value);
    },
    [](Code& code, unsigned bytes) { rex_for(code, bytes), code.byte(0x8b), code.byte(0x01); },
    [](Code& code, unsigned bytes) { rex_for(code, bytes), code.byte(0x89), code.byte(0x01); },
    [](Code& code) { code.byte(rex_w), code.byte(0x01), code.byte(0xd0); },
    [](Code& code) { code.byte(rex_w), code.byte(0x09), code.byte(0xd0); },
    [](Code& code) { code.byte(0xc3); },
    [](Code& code) { code.byte(0xcc); },
};

// --- mips: v0, t0, t1 -----------------------------------------------------------------------------------------------

constexpr Assembler mips_row = {
    "mips", 4,
    [](Code& code, Register part, std::uint64_t value) {
        const auto number = pick(part, 2, 8, 9);
        code.word(0x3c000000 | number << 16 | high(value));               // lui
        code.word(0x34000000 | number << 21 | number << 16 | low(value)); // ori
    },
    [](Code& code, unsigned) { code.word(0x8d020000); },
    [](Code& code, unsigned) { code.word(0xad020000); },
    [](Code& code) { code.word(0x00491021); },
    [](Code& code) { code.word(0x00491025); },
    [](Code& code) { code.word(0x03e00008), code.word(0); }, // jr ra; nop
    [](Code& code) { code.word(0x0000000d); },
};

// --- alpha: v0, t0, t1 ----------------------------------------------------------------------------------------------

constexpr std::uint32_t alpha_lda(std::uint32_t to, std::uint32_t from, std::uint64_t value)
{
    return 0x20000000 | to << 21 | from << 16 | low(value);
}
constexpr std::uint32_t alpha_ldah(std::uint32_t to, std::uint32_t from, std::uint64_t value)
{
    return 0x24000000 | to << 21 | from << 16 | low(value);
}

/// The 32 low bits of `value` into the register, on top of what `from` holds: both halves are added signed.
void alpha_low_part(Code& code, std::uint32_t to, std::uint32_t from, std::uint64_t value)
{
    const auto carry = value & 0x8000 ? 1u : 0u;
    code.word(alpha_ldah(to, from, (value >> 16) + carry));
    code.word(alpha_lda(to, to, value));
}

constexpr Assembler alpha_row = {
    "alpha", 4,
    [](Code& code, Register part, std::uint64_t value) {
        constexpr std::uint32_t zero = 31;
        const auto number = pick(part, 0, 1, 2);
        // What ldah and lda of the low part add, both sign-extended, is taken off the high part.
        const auto low_sum =
            static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int16_t>(value)))
            + (static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<std::int16_t>((value + 0x8000) >> 16))) << 16);
        const auto above = (value - low_sum) >> 32;
        if (above) {
            alpha_low_part(code, number, zero, above);
            code.word(0x48000000 | number << 21 | 32 << 13 | 1 << 12 | 0x39 << 5 | number); // sll by 32
        }
        alpha_low_part(code, number, above ? number : zero, value);
    },
    [](Code& code, unsigned bytes) { code.word(bytes == 8 ? 0xa4010000 : 0xa0010000); },
    [](Code& code, unsigned bytes) { code.word(bytes == 8 ? 0xb4010000 : 0xb0010000); },
    [](Code& code) { code.word(0x40020400); },
    [](Code& code) { code.word(0x44020400); },
    [](Code& code) { code.word(0x6bfa8001); },
    [](Code& code) { code.word(0x00000080); }, // call_pal bpt
};

// --- ppc: r3, r9, r4 ------------------------------------------------------------------------------------------------

constexpr Assembler ppc_row = {
    "ppc", 4,
    [](Code& code, Register part, std::uint64_t value) {
        const auto number = pick(part, 3, 9, 4);
        code.word(0x3c000000 | number << 21 | high(value));               // lis
        code.word(0x60000000 | number << 21 | number << 16 | low(value)); // ori
    },
    [](Code& code, unsigned) { code.word(0x80690000); },
    [](Code& code, unsigned) { code.word(0x90690000); },
    [](Code& code) { code.word(0x7c632214); },
    [](Code& code) { code.word(0x7c632378); },
    [](Code& code) { code.word(0x4e800020); },
    [](Code& code) { code.word(0x7fe00008); }, // trap
};

// --- arm: r0, r1, r2 ------------------------------------------------------------------------------------------------

constexpr Assembler arm_row = {
    "arm", 4,
    [](Code& code, Register part, std::uint64_t value) {
        code.word(0xe59f0000 | pick(part, 0, 1, 2) << 12); // ldr, from the word behind the branch
        code.word(0xea000000);                              // b over it
        code.word(static_cast<std::uint32_t>(value));
    },
    [](Code& code, unsigned) { code.word(0xe5910000); },
    [](Code& code, unsigned) { code.word(0xe5810000); },
    [](Code& code) { code.word(0xe0800002); },
    [](Code& code) { code.word(0xe1800002); },
    [](Code& code) { code.word(0xe1a0f00e); },
    [](Code& code) { code.word(0xe1200070); }, // bkpt
};

// --- sparc: o0, g2, g3 ----------------------------------------------------------------------------------------------

constexpr Assembler sparc_row = {
    "sparc", 4,
    [](Code& code, Register part, std::uint64_t value) {
        const auto number = pick(part, 8, 2, 3);
        code.word(0x01000000 | number << 25 | static_cast<std::uint32_t>(value) >> 10);           // sethi
        code.word(0x80102000 | number << 25 | number << 14 | static_cast<std::uint32_t>(value & 0x3ff)); // or
    },
    [](Code& code, unsigned) { code.word(0xd000a000); },
    [](Code& code, unsigned) { code.word(0xd020a000); },
    [](Code& code) { code.word(0x90020003); },
    [](Code& code) { code.word(0x90120003); },
    [](Code& code) { code.word(0x81c3e008), code.word(0x01000000); }, // retl; nop
    [](Code& code) { code.word(0x91d02001); },                        // ta 1
};

// --- m68k: d0, a0, d1 -----------------------------------------------------------------------------------------------

constexpr Assembler m68k_row = {
    "m68k", 2,
    [](Code& code, Register part, std::uint64_t value) {
        code.half(static_cast<std::uint16_t>(pick(part, 0x203c, 0x207c, 0x223c))); // move.l #
        code.number(static_cast<std::uint32_t>(value));
    },
    [](Code& code, unsigned) { code.half(0x2010); },
    [](Code& code, unsigned) { code.half(0x2080); },
    [](Code& code) { code.half(0xd081); },
    [](Code& code) { code.half(0x8081); },
    [](Code& code) { code.half(0x4e75); },
    [](Code& code) { code.half(0x4e41); }, // trap #1, the breakpoint of debuggers
};

constexpr const Assembler* rows[] = {&i386_row, &x86_64_row, &mips_row, &alpha_row, &ppc_row, &arm_row, &sparc_row, &m68k_row};

const Assembler* find_assembler(const Arch& arch)
{
    const auto name = arch.name == "mipsel" ? "mips" : arch.name; // the same instructions in the other byte order
    const auto found = std::ranges::find(rows, name, &Assembler::arch);
    return found == std::end(rows) ? nullptr : *found;
}

const Assembler& assembler_of(const Arch& arch)
{
    const auto* assembler = find_assembler(arch);
    if (!assembler) throw std::invalid_argument("no callbacks for " + std::string(arch.name));
    return *assembler;
}

/// Changes the number at the address by what `change` does with the operand.
void change_number(Code& code, const Assembler& on, const CallbackOperation& operation, void (*change)(Code&))
{
    on.set(code, Register::address, operation.address);
    on.load(code, operation.bytes);
    on.set(code, Register::operand, operation.value);
    change(code);
    on.store(code, operation.bytes);
}

void assemble(Code& code, const Assembler& on, const CallbackOperation& operation)
{
    using enum CallbackOperation::Kind;
    switch (operation.kind) {
    case return_value: on.set(code, Register::accumulator, operation.value); [[fallthrough]];
    case return_nothing: return on.finish(code);
    case stop: return on.stop(code);
    case add: return change_number(code, on, operation, on.add);
    case set_bits: return change_number(code, on, operation, on.set_bits);
    case load: on.set(code, Register::address, operation.address); return on.load(code, operation.bytes);
    case store_value: on.set(code, Register::accumulator, operation.value); [[fallthrough]];
    case store: on.set(code, Register::address, operation.address); return on.store(code, operation.bytes);
    }
}

} // namespace

bool has_callbacks(const Arch& arch) { return find_assembler(arch) != nullptr; }

unsigned breakpoint_bytes(const Arch& arch) { return assembler_of(arch).breakpoint_bytes; }

std::vector<std::byte> assemble_callback(std::span<const CallbackOperation> operations, const Arch& arch)
{
    const auto& assembler = assembler_of(arch);
    Code code(arch.order);
    for (const auto& operation : operations) assemble(code, assembler, operation);
    return code.take();
}

} // namespace retromod
