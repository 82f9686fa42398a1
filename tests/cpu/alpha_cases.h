// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/cpu/guest.h"
#include "tests/cpu/qemu_alpha.h"

#include "emu/cpu/alpha/alpha_disassembly.h"

#include <fmt/format.h>

#include <random>

namespace retromod::alpha {

/// Random instructions on random operands as one Alpha function, f(input, output). It runs on our engine and under
/// qemu-alpha; what it stores must be the same. Results are no addresses, so that the two may place it differently.
///
/// Each case loads t0, t1, t2 and $f1, $f2, $f3 from its input, copies the other four words to its output, where loads
/// and stores find them, executes, and stores the registers.
class Cases {
public:
    static constexpr unsigned input_words = 10, output_words = 10; ///< per case

    explicit Cases(std::uint32_t seed) : random_(seed) {}

    /// Adds one case for `instruction`.
    void add(const AlphaInstruction& instruction)
    {
        const auto* const alone = &instruction;
        add({&alone, 1});
    }

    /// Adds one case of several comparable instructions on end, which work on each other's results.
    void add_chain()
    {
        const auto& all = comparable_instructions();
        std::vector<const AlphaInstruction*> chain;
        for (auto length = 2 + below(6); chain.size() < length;) {
            if (below(4) == 0) { // what conditions and loops end with
                chain.push_back(find_alpha_instruction((below(2) ? 0x39u : 0x3du) << 26));
                continue;
            }
            const auto& instruction = all[below(static_cast<unsigned>(all.size()))];
            const bool may_overflow = instruction.name.ends_with("/v"); // as the first: on operands chosen for it
            if (!may_overflow || chain.empty()) chain.push_back(&instruction);
        }
        add(chain);
    }

    /// Adds one case of `instructions`.
    void add(std::span<const AlphaInstruction* const> instructions)
    {
        starts_.push_back(code_.size());
        const auto name = instructions[0]->name;
        const bool small = name.ends_with("/v"); // no overflow: qemu would end the program
        for (unsigned i = 0; i < input_words; ++i)
            input_.push_back(small ? small_value(name) : value());
        for (unsigned i = 0; i < 3; ++i)
            code_.push_back(memory("ldq", t0 + i, static_cast<int>(8 * i), a0));
        for (unsigned i = 0; i < 3; ++i)
            code_.push_back(memory("ldt", 1 + i, static_cast<int>(8 * (3 + i)), a0));
        for (unsigned i = 0; i < 4; ++i) {
            code_.push_back(memory("ldq", t3, static_cast<int>(8 * (6 + i)), a0));
            code_.push_back(memory("stq", t3, static_cast<int>(8 * (6 + i)), a1));
        }
        instruction_at_.push_back(code_.size());
        for (const auto* instruction : instructions) {
            if (below(4) == 0) code_.push_back(operate("bis", a1, a1, a1)); // the base of loads and stores
            execute(*instruction);
        }
        for (unsigned i = 0; i < 3; ++i)
            code_.push_back(memory("stq", t0 + i, static_cast<int>(8 * i), a1));
        for (unsigned i = 0; i < 3; ++i)
            code_.push_back(memory("stt", 1 + i, static_cast<int>(8 * (3 + i)), a1));
        code_.push_back(memory("lda", a0, 8 * input_words, a0));
        code_.push_back(memory("lda", a1, 8 * output_words, a1));
    }

    std::size_t size() const { return starts_.size(); }

    /// Whether the format is one whose results do not depend on the machine.
    static bool is_comparable(const AlphaInstruction& instruction)
    {
        switch (instruction.format) {
        case AlphaFormat::pal:
        case AlphaFormat::counter:
        case AlphaFormat::fp_control:
            return false;
        default:
            break;
        }
        // What differs by model; and VAX F format, of which qemu stores the address and takes the highest exponent for
        // infinity.
        constexpr std::string_view others[] = {"amask", "implver", "ldf", "stf", "itoff"};
        return std::ranges::find(others, instruction.name) == std::end(others);
    }

    /// A description of each case whose results differ.
    std::vector<std::string> compare()
    {
        code_.push_back(ret());
        const auto output_bytes = size() * output_words * 8;
        const auto input = std::as_bytes(std::span(input_));
        const auto theirs = run_under_qemu(make_program(code_, input, output_bytes));
        const auto ours = run_here(input, output_bytes);
        std::vector<std::string> differences;
        if (theirs.size() != ours.size())
            return {fmt::format("{} bytes of output, {} expected", ours.size(), theirs.size())};
        for (std::size_t number = 0; number < size(); ++number) {
            const auto* const mine = ours.data() + number * output_words * 8;
            const auto* const expected = theirs.data() + number * output_words * 8;
            if (std::memcmp(mine, expected, output_words * 8) != 0)
                differences.push_back(describe(number, mine, expected));
        }
        return differences;
    }

private:
    std::mt19937_64 random_;
    std::vector<std::uint32_t> code_;
    std::vector<std::uint64_t> input_;
    std::vector<std::size_t> starts_, instruction_at_; ///< indices into code_

    static const std::vector<AlphaInstruction>& comparable_instructions()
    {
        static const auto all = [] {
            auto instructions = alpha_instructions();
            std::erase_if(instructions, [](const auto& instruction) { return !is_comparable(instruction); });
            return instructions;
        }();
        return all;
    }

    unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

    std::uint64_t value()
    {
        const auto bits = random_();
        switch (below(6)) {
        case 0:
            return bits & 0xff;
        case 1:
            return ~(bits & 0xff);
        case 2:
            return static_cast<std::uint64_t>(std::int64_t{static_cast<std::int32_t>(bits)});
        case 3:
            return (std::uint64_t{1} << (bits & 63)) - (bits >> 62);
        case 4: { // floating-point numbers and zeros of both signs
            constexpr std::uint64_t values[] = {0, 1ull << 63, 0x3ff0000000000000, 0xbff0000000000000,
                                                0x7ff0000000000000};
            return values[bits % std::size(values)];
        }
        default:
            return bits;
        }
    }
    std::uint64_t small_value(std::string_view name)
    {
        const auto bits = static_cast<unsigned>(name == "mull/v" ? 15 : 29);
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(random_()) >> (64 - bits));
    }

    unsigned any_register() { return below(8) ? t0 + below(3) : zero; }
    unsigned any_fp_register() { return below(8) ? 1 + below(3) : zero; }

    bool is_unary(std::string_view name)
    {
        constexpr std::string_view unary[] = {"sextb",  "sextw",  "ctpop", "ctlz", "cttz",
                                              "unpkbw", "unpkbl", "pkwb",  "pklb"};
        return std::ranges::find(unary, name) != std::end(unary);
    }
    void execute_operate(const AlphaInstruction& instruction)
    {
        const auto first = is_unary(instruction.name) ? unsigned{zero} : any_register();
        if (instruction.run_literal.plain && below(3) == 0)
            code_.push_back(literal(instruction.name, first, below(256), any_register()));
        else
            code_.push_back(operate(instruction.name, first, any_register(), any_register()));
    }

    void execute(const AlphaInstruction& instruction)
    {
        const auto word = opcode_word(instruction);
        const auto offset = static_cast<int>(8 * (6 + below(4)));
        const unsigned link = below(2) ? t0 : t2;
        switch (instruction.format) {
        case AlphaFormat::operate:
            execute_operate(instruction);
            break;
        case AlphaFormat::fp_operate:
            code_.push_back(word | fields(any_fp_register(), any_fp_register(), any_fp_register()));
            break;
        case AlphaFormat::to_fp:
            code_.push_back(word | fields(any_register(), zero, any_fp_register()));
            break;
        case AlphaFormat::from_fp:
            code_.push_back(word | fields(any_fp_register(), zero, any_register()));
            break;
        case AlphaFormat::address:
            if (instruction.name.ends_with("_l")) return execute_locked(instruction, offset);
            code_.push_back(
                memory(instruction.name, any_register(), static_cast<std::int16_t>(random_()), any_register()));
            break;
        case AlphaFormat::load:
        case AlphaFormat::store:
            code_.push_back(memory(instruction.name, any_register(), offset + displacement(instruction.name), a1));
            break;
        case AlphaFormat::store_conditional:
            execute_conditional(instruction, offset);
            break;
        case AlphaFormat::fp_load:
        case AlphaFormat::fp_store:
            code_.push_back(memory(instruction.name, any_fp_register(), offset, a1));
            break;
        case AlphaFormat::branch:
            execute_branch(word | fields(any_register(), 0));
            break;
        case AlphaFormat::fp_branch:
            execute_branch(word | fields(any_fp_register(), 0));
            break;
        case AlphaFormat::call: // the return address, relative to another
            code_.push_back(word | fields(t0, 0) | 1u);
            code_.push_back(memory("lda", t1, 77, zero)); // jumped over
            code_.push_back(branch("br", t2, 0));
            code_.push_back(operate("subq", t2, t0, t0));
            code_.push_back(operate("subq", t2, t2, t2));
            break;
        case AlphaFormat::jump:
            code_.push_back(branch("br", t0, 0));
            code_.push_back(memory("lda", t0, 16 + static_cast<int>(below(4)), t0));
            code_.push_back(word | fields(link, t0)); // to the fourth instruction from here
            code_.push_back(memory("lda", t1, 77, zero));
            code_.push_back(memory("lda", t1, 78, zero));
            code_.push_back(branch("br", t1, 0));
            code_.push_back(operate("subq", t1, link, link)); // the return address, relative to another
            code_.push_back(operate("bis", zero, zero, link == t0 ? t1 : t0));
            code_.push_back(operate("bis", zero, zero, t1));
            break;
        case AlphaFormat::barrier:
            code_.push_back(word);
            break;
        case AlphaFormat::prefetch:
            code_.push_back(word | fields(0, a1));
            break;
        case AlphaFormat::fp_control:
        case AlphaFormat::counter:
        case AlphaFormat::pal:
            throw std::logic_error("not comparable");
        }
    }

    int displacement(std::string_view name)
    {
        if (name.ends_with("_u") || name == "ldbu" || name == "stb") return static_cast<int>(below(8));
        if (name == "ldwu" || name == "stw") return static_cast<int>(2 * below(4));
        if (name == "ldl" || name == "stl") return static_cast<int>(4 * below(2));
        return 0;
    }
    void execute_branch(std::uint32_t word)
    {
        code_.push_back(word | 1u);
        code_.push_back(memory("lda", t2, 77, zero)); // when it is not taken
    }
    void execute_locked(const AlphaInstruction& load, int offset)
    {
        code_.push_back(memory(load.name, t0, offset, a1));
        code_.push_back(memory(load.name == "ldl_l" ? "stl_c" : "stq_c", t1, offset, a1));
    }
    void execute_conditional(const AlphaInstruction& store, int offset)
    {
        const auto load = store.name == "stl_c" ? "ldl_l" : "ldq_l";
        code_.push_back(memory(load, t0, offset, a1));
        code_.push_back(memory(store.name, below(4) ? t1 : zero, offset, a1));
        if (below(2)) code_.push_back(memory(store.name, t2, offset, a1)); // the lock is gone
    }

    std::vector<std::byte> run_here(std::span<const std::byte> input, std::uint64_t output_bytes)
    {
        Guest guest("alpha");
        const auto place = [&](std::span<const std::byte> content, std::uint64_t bytes) {
            const auto at = guest.memory.vmalloc(bytes);
            if (!at) throw std::length_error("the guest has no memory for so many cases");
            guest.memory.fill(*at, bytes, std::byte{0});
            guest.memory.write_all(*at, content);
            return *at;
        };
        const auto function = place(std::as_bytes(std::span(code_)), code_.size() * 4);
        const auto in = place(input, input.size()), out = place({}, output_bytes);
        const auto stop = guest.call(function, {in.value, out.value}, code_.size());
        if (!guest.returned(stop))
            throw std::runtime_error(fmt::format("our engine stopped at word {}, kind {}", (stop.pc - function) / 4,
                                                 static_cast<int>(stop.kind)));
        std::vector<std::byte> output(output_bytes);
        guest.memory.read_all(out, output);
        return output;
    }

    std::string describe(std::size_t number, const std::byte* mine, const std::byte* expected) const
    {
        std::string text;
        for (auto at = instruction_at_[number]; at < code_.size() && code_[at] != memory("stq", t0, 0, a1); ++at) {
            const auto shown = disassemble_alpha(std::as_bytes(std::span(code_).subspan(at, 1)), {4 * at});
            text += fmt::format("{}; ", shown ? shown->text : "(bad)");
        }
        for (unsigned i = 0; i < input_words; ++i) {
            std::uint64_t a = 0, b = 0;
            std::memcpy(&a, mine + 8 * i, 8);
            std::memcpy(&b, expected + 8 * i, 8);
            text += fmt::format("\n  {:016x} -> {:016x}{}", input_[number * input_words + i], a,
                                a == b ? "" : fmt::format(" instead of {:016x}", b));
        }
        return text;
    }
};

} // namespace retromod::alpha
