// SPDX-License-Identifier: GPL-2.0-or-later
// The opcode tables. What no row names is not run: the tables are the list of instructions that may be emitted.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, appendix A.
#include "emu/cpu/i386/i386_instruction.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

using enum I386Form;

enum class Immediate : std::uint8_t { none, byte, word, full, address, enter, far };

struct Opcode {
    I386Form form = illegal;
    bool modrm = false;
    Immediate immediate = Immediate::none;
    bool fpu = false;
};

using Table = std::array<Opcode, 256>;

constexpr void set(Table& table, unsigned first, unsigned last, Opcode row)
{
    for (auto at = first; at <= last; ++at) table[at] = row;
}

constexpr Opcode operand(Immediate immediate = Immediate::none) { return {copy, true, immediate}; }
constexpr Opcode plain(I386Form form, Immediate immediate = Immediate::none) { return {form, false, immediate}; }
constexpr Opcode fpu_operand(Immediate immediate = Immediate::none) { return {copy, true, immediate, true}; }

constexpr Table one_byte = [] {
    Table t{};
    for (unsigned row = 0; row < 8; ++row) { // add, or, adc, sbb, and, sub, xor, cmp
        set(t, row * 8, row * 8 + 3, operand());
        t[row * 8 + 4] = plain(copy, Immediate::byte);
        t[row * 8 + 5] = plain(copy, Immediate::full);
    }
    for (const auto at : {0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f}) t[at] = plain(rare);   // push and pop of segments
    for (const auto at : {0x27, 0x2f, 0x37, 0x3f, 0xd6}) t[at] = plain(rare);               // daa, das, aaa, aas, salc
    set(t, 0x40, 0x4f, plain(inc_dec));
    set(t, 0x50, 0x57, plain(push_register));
    set(t, 0x58, 0x5f, plain(pop_register));
    t[0x60] = plain(push_all);
    t[0x61] = plain(pop_all);
    t[0x62] = t[0x63] = {rare, true}; // bound, arpl
    t[0x68] = plain(push_immediate, Immediate::full);
    t[0x69] = operand(Immediate::full);
    t[0x6a] = plain(push_immediate, Immediate::byte);
    t[0x6b] = operand(Immediate::byte);
    set(t, 0x6c, 0x6f, plain(rare)); // ins, outs
    set(t, 0x70, 0x7f, plain(jump_if, Immediate::byte));
    t[0x80] = t[0x82] = t[0x83] = operand(Immediate::byte);
    t[0x81] = operand(Immediate::full);
    set(t, 0x84, 0x8b, operand());
    t[0x8c] = t[0x8e] = {rare, true}; // mov of segments
    t[0x8d] = {lea, true};
    t[0x8f] = {pop_memory, true};
    set(t, 0x90, 0x99, plain(copy)); // xchg, cwde, cdq
    t[0x9a] = plain(rare, Immediate::far);
    t[0x9b] = {copy, false, Immediate::none, true}; // fwait
    t[0x9c] = plain(push_flags);
    t[0x9d] = plain(pop_flags);
    t[0x9e] = t[0x9f] = plain(copy); // sahf, lahf
    set(t, 0xa0, 0xa3, plain(implicit, Immediate::address));
    set(t, 0xa4, 0xa7, plain(string_to_from));
    t[0xa8] = plain(copy, Immediate::byte);
    t[0xa9] = plain(copy, Immediate::full);
    t[0xaa] = t[0xab] = t[0xae] = t[0xaf] = plain(string_to);
    t[0xac] = t[0xad] = plain(implicit); // lods
    set(t, 0xb0, 0xb7, plain(copy, Immediate::byte));
    set(t, 0xb8, 0xbf, plain(copy, Immediate::full));
    t[0xc0] = t[0xc1] = operand(Immediate::byte);
    t[0xc2] = plain(ret, Immediate::word);
    t[0xc3] = plain(ret);
    t[0xc4] = t[0xc5] = {rare, true}; // les, lds
    t[0xc6] = operand(Immediate::byte);
    t[0xc7] = operand(Immediate::full);
    t[0xc8] = plain(enter, Immediate::enter);
    t[0xc9] = plain(leave);
    t[0xca] = plain(rare, Immediate::word); // retf
    t[0xcb] = t[0xcc] = t[0xce] = t[0xcf] = plain(rare); // retf, int3, into, iret
    t[0xcd] = plain(rare, Immediate::byte);
    set(t, 0xd0, 0xd3, operand());
    t[0xd4] = t[0xd5] = plain(rare, Immediate::byte); // aam, aad
    t[0xd7] = plain(implicit); // xlat
    set(t, 0xd8, 0xdf, fpu_operand());
    set(t, 0xe0, 0xe3, plain(loop, Immediate::byte));
    set(t, 0xe4, 0xe7, plain(rare, Immediate::byte)); // in, out
    t[0xe8] = plain(call, Immediate::full);
    t[0xe9] = plain(jump, Immediate::full);
    t[0xea] = plain(rare, Immediate::far);
    t[0xeb] = plain(jump, Immediate::byte);
    set(t, 0xec, 0xef, plain(rare)); // in, out
    t[0xf4] = plain(rare);           // hlt
    t[0xf5] = t[0xf8] = t[0xf9] = plain(copy);
    t[0xf6] = t[0xf7] = operand(); // the immediate of test: see group3
    t[0xfa] = plain(cli);
    t[0xfb] = plain(sti);
    t[0xfc] = plain(cld);
    t[0xfd] = plain(I386Form::std);
    t[0xfe] = t[0xff] = operand();
    return t;
}();

constexpr Table two_bytes_table = [] {
    Table t{};
    t[0x00] = t[0x01] = t[0x02] = t[0x03] = {rare, true}; // descriptor tables, lmsw, invlpg, lar, lsl
    for (const auto at : {0x06, 0x08, 0x09, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9}) t[at] = plain(rare);
    t[0x0d] = t[0x18] = t[0x1f] = operand(); // prefetch, nop
    set(t, 0x10, 0x17, fpu_operand());
    set(t, 0x20, 0x23, {rare, true}); // control and debug registers
    set(t, 0x28, 0x2f, fpu_operand());
    set(t, 0x40, 0x4f, operand()); // cmov
    set(t, 0x50, 0x6f, fpu_operand());
    set(t, 0x70, 0x73, fpu_operand(Immediate::byte));
    set(t, 0x74, 0x76, fpu_operand());
    t[0x77] = {copy, false, Immediate::none, true}; // emms
    t[0x7e] = t[0x7f] = fpu_operand();
    set(t, 0x80, 0x8f, plain(jump_if, Immediate::full));
    set(t, 0x90, 0x9f, operand()); // setcc
    t[0xa3] = t[0xa5] = t[0xab] = t[0xad] = t[0xaf] = operand();
    t[0xa4] = t[0xac] = operand(Immediate::byte);
    t[0xae] = {rare, true}; // fences and stores of the whole FPU: see group15
    t[0xb0] = t[0xb1] = t[0xb3] = operand();
    t[0xb2] = t[0xb4] = t[0xb5] = {rare, true}; // lss, lfs, lgs
    t[0xb6] = t[0xb7] = t[0xbb] = t[0xbc] = t[0xbd] = t[0xbe] = t[0xbf] = operand();
    t[0xba] = operand(Immediate::byte);
    t[0xc0] = t[0xc1] = t[0xc3] = t[0xc7] = operand(); // xadd, movnti, cmpxchg8b
    t[0xc2] = t[0xc4] = t[0xc5] = t[0xc6] = fpu_operand(Immediate::byte);
    set(t, 0xc8, 0xcf, plain(copy)); // bswap
    set(t, 0xd0, 0xfe, fpu_operand());
    return t;
}();

/// What the ModRM byte says of opcodes that are groups.
void look_at_group(I386Instruction& i, Immediate& immediate)
{
    const auto reg = i.reg();
    const bool memory = i.mod() != 3;
    if (i.two_bytes) {
        const bool small = memory ? reg == 2 || reg == 3 || reg == 7 : reg >= 5; // fences, mxcsr, clflush
        if (i.opcode == 0xae && small) i.form = copy;
        if (i.opcode == 0xae && memory && (reg == 2 || reg == 3)) i.fpu = true;
        if (i.opcode == 0xba && reg < 4) i.form = illegal;
        if (i.opcode == 0xc7 && (reg != 1 || !memory)) i.form = illegal;
        if (i.opcode == 0xc3 && !memory) i.form = illegal;
        if (i.opcode == 0x0d && !memory) i.form = illegal;
        if (i.opcode == 0xf7 && !memory) i.form = implicit; // maskmovq stores at edi
        return;
    }
    switch (i.opcode) {
    case 0x8d:
        if (!memory) i.form = illegal;
        break;
    case 0x8f:
        if (reg != 0) i.form = illegal;
        break;
    case 0xc6:
    case 0xc7:
        if (reg != 0) i.form = illegal;
        break;
    case 0xd9:
        if (memory && (reg == 4 || reg == 6)) i.form = rare; // fldenv, fnstenv
        break;
    case 0xdd:
        if (memory && (reg == 4 || reg == 6)) i.form = rare; // frstor, fnsave
        break;
    case 0xf6:
        if (reg < 2) immediate = Immediate::byte;
        break;
    case 0xf7:
        if (reg < 2) immediate = Immediate::full;
        break;
    case 0xfe:
        if (reg > 1) i.form = illegal;
        break;
    case 0xff:
        if (reg == 2) i.form = call_indirect;
        if (reg == 4) i.form = jump_indirect;
        if (reg == 3 || reg == 5) i.form = rare;
        if (reg == 6) i.form = push_memory;
        if (reg == 7) i.form = illegal;
        break;
    default:
        break;
    }
}

/// Reads bytes one after the other, no more than an instruction may have.
class Reader {
public:
    explicit Reader(std::span<const std::byte> code) : code_(code) {}

    std::uint8_t byte()
    {
        if (at_ == code_.size() || at_ == longest) {
            ended_ = true;
            return 0;
        }
        return static_cast<std::uint8_t>(code_[at_++]);
    }
    std::int32_t number(unsigned bytes)
    {
        if (bytes == 0) return 0;
        std::uint32_t value = 0;
        for (unsigned i = 0; i < bytes; ++i) value |= std::uint32_t{byte()} << 8 * i;
        const unsigned unused = 32 - 8 * bytes;
        return static_cast<std::int32_t>(value << unused) >> unused;
    }
    std::size_t at() const { return at_; }
    bool ended() const { return ended_; }
    bool too_long() const { return at_ == longest; }

private:
    static constexpr std::size_t longest = 15;
    std::span<const std::byte> code_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

/// The prefixes; returns the byte behind them.
std::uint8_t read_prefixes(Reader& reader, I386Instruction& i)
{
    for (;;) {
        const auto byte = reader.byte();
        if (reader.ended()) return 0;
        switch (byte) {
        case 0x26: case 0x2e: case 0x36: case 0x3e: i.segment = 0; break;
        case 0x64: case 0x65: i.segment = byte; break;
        case 0x66: i.operand16 = true; break;
        case 0x67: i.address16 = true; break;
        case 0xf0: i.lock = true; break;
        case 0xf2: case 0xf3: i.repeat = byte; break;
        default: return byte;
        }
    }
}

void read_operand(Reader& reader, I386Instruction& i)
{
    const auto mod = i.mod(), rm = i.rm();
    if (mod == 3) return;
    if (i.address16) {
        i.displacement = reader.number(mod == 1 ? 1 : mod == 2 || rm == 6 ? 2 : 0);
        return;
    }
    if (rm == 4) i.sib = reader.byte();
    const bool no_base = mod == 0 && (rm == 5 || (rm == 4 && (i.sib & 7) == 5));
    if (mod != 0 || no_base) i.displacement = reader.number(mod == 1 ? 1 : 4);
}

unsigned bytes_of(Immediate immediate, const I386Instruction& i)
{
    switch (immediate) {
    case Immediate::none: return 0;
    case Immediate::byte: return 1;
    case Immediate::word: return 2;
    case Immediate::full: return i.operand16 ? 2 : 4;
    case Immediate::address: return i.address16 ? 2 : 4;
    case Immediate::enter: return 3;
    case Immediate::far: return i.operand16 ? 4 : 6;
    }
    return 0;
}

/// Whether the CPU takes a lock prefix before the instruction: those that change memory by what it holds. Source: the LOCK entry
/// of the processor's manual.
bool takes_lock(const I386Instruction& i)
{
    if (!i.has_memory()) return false;
    if (i.two_bytes) {
        constexpr std::uint8_t whole[] = {0xab, 0xb3, 0xbb, 0xb0, 0xb1, 0xc0, 0xc1};
        return std::ranges::find(whole, i.opcode) != std::end(whole) || (i.opcode == 0xba && i.reg() >= 5)
               || (i.opcode == 0xc7 && i.reg() == 1);
    }
    if (i.opcode < 0x38) return (i.opcode & 7) < 2;                  // add to xor, to memory
    if (i.opcode >= 0x80 && i.opcode <= 0x83) return i.reg() != 7;   // not cmp
    if (i.opcode == 0x86 || i.opcode == 0x87) return true;           // xchg
    if (i.opcode == 0xf6 || i.opcode == 0xf7) return i.reg() == 2 || i.reg() == 3;
    return (i.opcode == 0xfe || i.opcode == 0xff) && i.reg() < 2;    // inc, dec
}

/// Forms that are not re-encoded with this prefix.
void look_at_prefixes(I386Instruction& i)
{
    const bool has_memory = i.has_memory() || i.form == implicit || i.form == string_to || i.form == string_to_from;
    if (i.form == illegal) return;
    if (i.lock && !takes_lock(i)) i.form = illegal;
    if (i.segment && has_memory && i.form != lea) i.form = rare; // not through a flat segment, it may be
    const bool counts = i.form == loop || i.form == rare;
    if (i.address16 && (has_memory || counts || i.form == push_memory)) i.form = rare;
    const bool branch = i.form == jump_if || i.form == jump || i.form == call || i.form == jump_indirect ||
                        i.form == call_indirect || i.form == ret || i.form == loop;
    if (i.operand16 && (branch || i.form == push_flags || i.form == pop_flags || i.form == push_all || i.form == pop_all ||
                        i.form == enter || i.form == leave))
        i.form = rare;
    if (i.form == enter && (i.bytes.back() & 31)) i.form = rare; // of a nested procedure
}

} // namespace

I386Decoding decode_i386(std::span<const std::byte> code, I386Instruction& into)
{
    into = {};
    Reader reader(code);
    auto& i = into;
    i.opcode = read_prefixes(reader, i);
    i.two_bytes = i.opcode == 0x0f;
    if (i.two_bytes) i.opcode = reader.byte();
    const auto& row = i.two_bytes ? two_bytes_table[i.opcode] : one_byte[i.opcode];
    auto immediate = row.immediate;
    i.form = row.form;
    i.fpu = row.fpu;
    if (row.modrm) {
        i.has_modrm = true;
        i.modrm = reader.byte();
        read_operand(reader, i);
        look_at_group(i, immediate);
    }
    i.immediate_at = static_cast<std::uint8_t>(reader.at());
    i.immediate_bytes = static_cast<std::uint8_t>(bytes_of(immediate, i));
    i.immediate = reader.number(std::min<unsigned>(i.immediate_bytes, immediate == Immediate::enter ? 2 : 4));
    for (unsigned more = immediate == Immediate::enter ? 2 : 4; more < i.immediate_bytes; ++more) reader.byte();
    if (reader.ended() && !reader.too_long()) return I386Decoding::truncated;
    i.bytes = {reinterpret_cast<const std::uint8_t*>(code.data()), reader.at()};
    if (reader.ended()) i.form = illegal;
    look_at_prefixes(i);
    return I386Decoding::whole;
}

} // namespace retromod
