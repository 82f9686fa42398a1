// SPDX-License-Identifier: GPL-2.0-or-later
// linux/filter.h: the packet filter's machine. Source: net/core/filter.c of 2.4; its instructions are BSD's.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

#include <array>
#include <optional>

namespace retromod {
namespace {

/// struct sock_filter: code, jump if true, jump if false, k.
struct Instruction {
    std::uint16_t code;
    std::uint8_t jump_true, jump_false;
    std::uint32_t k;
};
constexpr std::uint64_t instruction_bytes = 8;
constexpr std::int32_t longest = 512; // BPF_MAXINSNS
constexpr std::uint32_t memory_words = 16;

Instruction fetch(Kernel& kernel, GuestAddr program, std::int64_t index)
{
    const auto at = program + static_cast<std::uint64_t>(index) * instruction_bytes;
    auto& m = kernel.memory();
    return {m.load<std::uint16_t>(at), m.load<std::uint8_t>(at + 2), m.load<std::uint8_t>(at + 3), m.load<std::uint32_t>(at + 4)};
}

enum : std::uint16_t { ld, ldx, st, stx, alu, jmp, ret, misc };         // class: low three bits
enum : std::uint16_t { word = 0x00, half = 0x08, byte = 0x10 };         // size
enum : std::uint16_t { imm = 0x00, absolute = 0x20, indirect = 0x40, mem = 0x60, len = 0x80, msh = 0xa0 }; // mode
enum : std::uint16_t { from_x = 0x08 };

/// What the program sees of the packet: the bytes of a struct sk_buff, and words of the kernel at negative offsets.
class Packet {
public:
    Packet(Kernel& kernel, GuestAddr skb) : kernel_(kernel), skb_(kernel, "struct sk_buff", skb), data_(skb_.pointer("data")) {}
    std::uint32_t length() const { return static_cast<std::uint32_t>(skb_.get("len")); }
    std::optional<std::uint32_t> load_at(std::int64_t offset, unsigned bytes) const
    {
        if (offset < 0) return ancillary(offset);
        if (offset + bytes > length()) return std::nullopt;
        std::uint32_t value = 0;
        for (unsigned i = 0; i < bytes; ++i)
            value = value << 8 | kernel_.memory().load<std::uint8_t>(data_ + static_cast<std::uint64_t>(offset) + i);
        return value;
    }

private:
    std::optional<std::uint32_t> ancillary(std::int64_t offset) const
    {
        constexpr std::int64_t base = -0x1000; // SKF_AD_OFF
        switch (offset - base) {
        case 0: { // the protocol
            std::array<std::byte, 2> network{};
            store<std::uint16_t>(network.data(), kernel_.arch().order, static_cast<std::uint16_t>(skb_.get("protocol")));
            return load<std::uint16_t>(network.data(), ByteOrder::big);
        }
        case 4: return static_cast<std::uint32_t>(skb_.get("pkt_type"));
        default: return std::nullopt;
        }
    }
    Kernel& kernel_;
    GuestStruct skb_;
    GuestAddr data_;
};

std::optional<std::uint32_t> arithmetic(std::uint16_t operation, std::uint32_t a, std::uint32_t b)
{
    switch (operation) {
    case 0x00: return a + b;
    case 0x10: return a - b;
    case 0x20: return a * b;
    case 0x30: return b ? std::optional(a / b) : std::nullopt;
    case 0x40: return a | b;
    case 0x50: return a & b;
    case 0x60: return b < 32 ? a << b : 0;
    case 0x70: return b < 32 ? a >> b : 0;
    case 0x80: return 0 - a;
    default: return std::nullopt;
    }
}

bool jumps(std::uint16_t operation, std::uint32_t a, std::uint32_t b)
{
    switch (operation) {
    case 0x10: return a == b;
    case 0x20: return a > b;
    case 0x30: return a >= b;
    default: return a & b;
    }
}

/// How many bytes of the packet are to be kept; 0 drops it, as everything that the machine cannot do.
std::uint32_t sk_run_filter(Kernel& kernel, GuestAddr skb, GuestAddr program, std::int32_t count)
{
    const Packet packet(kernel, skb);
    std::array<std::uint32_t, memory_words> memory{};
    std::uint32_t a = 0, x = 0;
    const auto take = [](std::uint32_t& into, std::optional<std::uint32_t> value) {
        if (value) into = *value;
        return value.has_value();
    };
    for (std::int64_t pc = 0; pc >= 0 && pc < count && pc < longest; ++pc) {
        const auto in = fetch(kernel, program, pc);
        const auto k = static_cast<std::int32_t>(in.k);
        const unsigned size = (in.code & 0x18) == word ? 4 : (in.code & 0x18) == half ? 2 : 1;
        const auto mode = in.code & 0xe0, operation = in.code & 0xf0;
        bool good = true;
        switch (in.code & 7) {
        case ld:
            if (mode == imm) a = in.k;
            else if (mode == mem) good = in.k < memory_words && take(a, memory[in.k % memory_words]);
            else if (mode == len) a = packet.length();
            else good = take(a, packet.load_at(std::int64_t{k} + (mode == indirect ? std::int64_t{x} : 0), size));
            break;
        case ldx:
            if (mode == imm) x = in.k;
            else if (mode == mem) good = in.k < memory_words && take(x, memory[in.k % memory_words]);
            else if (mode == len) x = packet.length();
            else if (const auto header = packet.load_at(k, 1)) x = (*header & 15) << 2;
            else good = false;
            break;
        case st:
        case stx:
            good = in.k < memory_words;
            if (good) memory[in.k] = (in.code & 7) == st ? a : x;
            break;
        case alu: good = take(a, arithmetic(static_cast<std::uint16_t>(operation), a, in.code & from_x ? x : in.k)); break;
        case jmp:
            if (operation == 0) pc += in.k;
            else pc += jumps(static_cast<std::uint16_t>(operation), a, in.code & from_x ? x : in.k) ? in.jump_true : in.jump_false;
            break;
        case ret: return (in.code & 0x18) == byte ? a : in.k; // BPF_A
        default:
            if (in.code & 0x80) a = x; // TXA
            else x = a;
        }
        if (!good) return 0;
    }
    return 0;
}

/// Whether a program stays inside itself and ends: jumps lead forward, memory words exist, the last one returns.
std::int32_t sk_chk_filter(Kernel& kernel, GuestAddr program, std::int32_t count)
{
    if (count < 0 || count > longest) return error_code(kernel, Errno::einval);
    for (std::int32_t pc = 0; pc < count; ++pc) {
        const auto in = fetch(kernel, program, pc);
        const auto kind = in.code & 7;
        const auto left = static_cast<std::uint32_t>(count - pc - 1);
        if (kind == jmp) {
            const bool always = (in.code & 0xf0) == 0;
            if (always ? in.k >= left : in.jump_true >= left || in.jump_false >= left) return error_code(kernel, Errno::einval);
        }
        const bool uses_memory = kind == st || kind == stx || ((kind == ld || kind == ldx) && (in.code & 0xe0) == mem);
        if (uses_memory && in.k >= memory_words) return error_code(kernel, Errno::einval);
        if (in.code == (alu | 0x30) && in.k == 0) return error_code(kernel, Errno::einval);
    }
    const bool ends = count > 0 && (fetch(kernel, program, count - 1).code & 7) == ret;
    return ends ? 0 : error_code(kernel, Errno::einval);
}

constexpr Export functions[] = {
    full<sk_run_filter>("sk_run_filter"),
    full<sk_chk_filter>("sk_chk_filter", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_filter{.header = "linux/filter.h", .functions = functions};

} // namespace retromod
