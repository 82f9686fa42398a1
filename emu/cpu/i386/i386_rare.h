// SPDX-License-Identifier: GPL-2.0-or-later
// The instructions that are not emitted: ports, segments, system registers, what shows the host's FPU, and old arithmetic.
#pragma once

#include "emu/cpu/i386/i386_engine.h"

#include <initializer_list>

namespace retromod {

/// Does one instruction by hand, on the engine's state. Those that are none end the run.
class I386Rare {
public:
    explicit I386Rare(I386Engine& engine) : engine_(engine), state_(*engine.state_) {}

    /// The instruction at `pc`; `code` is where emitted code goes on behind it.
    void run(std::uint32_t pc, std::uint32_t code);

private:
    bool one_byte();
    bool two_bytes();
    bool string_ports();
    bool flat_or_short();
    bool segment_push_pop();
    bool load_far_pointer(unsigned segment);
    bool system_table();
    bool control_register();
    bool fpu_environment();
    bool decimal();
    bool model_specific();

    // --- i386_far.cc ---
    bool far_or_short_branch();
    bool far_jump(std::uint32_t selector, std::uint32_t offset, bool calls);
    bool far_return(unsigned words, std::uint16_t more);
    bool far_or_short_operand();
    bool holds(unsigned condition) const;
    bool jump_short(bool taken);
    bool loop_short();
    bool push_words(std::initializer_list<unsigned> numbers);
    bool pop_words();
    bool nested_frame();
    bool leave_short();

    // --- operands ---
    std::uint32_t& reg(unsigned number) { return state_.registers[number]; }
    std::uint32_t address() const;
    std::uint32_t operand_address() const;
    std::uint32_t read_operand(unsigned bytes);
    void write_operand(unsigned bytes, std::uint32_t value);
    void set_low(unsigned number, unsigned bytes, std::uint32_t value);
    void push(std::uint32_t value);
    std::uint32_t pop_peek(unsigned bytes);
    unsigned size() const { return i_.operand16 ? 2 : 4; }

    std::uint32_t port_in(std::uint32_t port, unsigned bytes);
    void port_out(std::uint32_t port, unsigned bytes, std::uint32_t value);
    bool set_segment(unsigned number, std::uint32_t selector);
    std::uint32_t& segment(unsigned number);
    bool trap(unsigned vector);
    std::uint64_t time_stamp() const;
    void cpuid();

    I386Engine& engine_;
    I386State& state_;
    I386Instruction i_;
    std::uint32_t pc_ = 0, next_ = 0;
};

} // namespace retromod
