// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/hidden_state.h"

namespace retromod {

/// The instructions of a 68020 and 68040 that Unicorn 2.0.1 takes for illegal: products and dividends of 64 bits
/// (mulu.l, muls.l, divu.l, divs.l with two data registers), done here.
/// Source: MC68000 Family Programmer's Reference Manual, MULU, MULS, DIVU, DIVS and chapter 2.2.
class M68kLongArithmetic final : public HiddenState {
public:
    void start(uc_struct* uc) override { uc_ = uc; }
    void settle(AddressSpace&) override {}
    bool handles(unsigned vector) const override;
    HiddenResult handle(unsigned vector, AddressSpace& memory, GuestAddr pc) override;
    std::uint64_t reg(unsigned) const override { return 0; } // it keeps no registers
    void set_reg(unsigned, std::uint64_t) override {}

private:
    /// Where the words behind an instruction are read.
    struct Words {
        AddressSpace& memory;
        GuestAddr at;
        std::uint16_t next();
        std::uint32_t next_long();
    };

    std::uint32_t data(unsigned number) const;
    void set_data(unsigned number, std::uint32_t value);
    std::uint32_t address(unsigned number) const;
    void set_address(unsigned number, std::uint32_t value);
    void set_conditions(bool negative, bool zero, bool overflow);
    std::optional<std::uint32_t> operand(Words& words, unsigned mode, unsigned number);
    std::optional<std::uint32_t> indexed(Words& words, std::uint32_t base);
    void multiply(std::uint16_t registers, std::uint32_t factor);
    bool divide(std::uint16_t registers, std::uint32_t divisor);

    uc_struct* uc_ = nullptr;
};

} // namespace retromod
