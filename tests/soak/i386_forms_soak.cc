// SPDX-License-Identifier: GPL-2.0-or-later
// Random instructions, and short sequences of them with branches, on our own i386 engine and on a CPU that is not ours: the host's,
// where it runs 32-bit programs, else qemu-i386's. Registers, flags, memory and faults must be the same; flags that the manual
// calls undefined are compared with the host's CPU only. usage: i386_forms_soak [SECONDS] PROGRAM
#include "tests/soak/i386_forms.h"

#include "emu/cpu/cpu.h"
#include "emu/cpu/i386/i386_engine.h"
#include "emu/cpu/i386_registers.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/machine/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace retromod;

namespace {

constexpr std::uint32_t carry = 1, all = 0x8d5, no_adjust = 0x8c5, no_adjust_overflow = 0xc5, none = 0, direction = 0x400;
constexpr std::size_t batch = 5000;

/// One kind of instruction: opcode bytes, what follows, which flags are defined then.
struct Kind {
    enum class Operand : std::uint8_t { modrm, memory, none };
    std::vector<int> opcode;
    int immediate_bytes = 0;
    std::uint32_t flags = all;
    int group = -1; ///< the ModRM byte's reg field
    Operand operand = Operand::modrm;
    bool bits = false; ///< a register names a bit of memory beyond the operand
};

std::vector<Kind> make_kinds()
{
    using enum Kind::Operand;
    std::vector<Kind> kinds;
    const auto logic = [](int row) { return row == 0x20 || row == 0x30 || row == 8 || row == 4 || row == 6 || row == 1; };
    for (const int row : {0, 8, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38}) {
        const auto flags = logic(row) && row ? no_adjust : all;
        for (int form = 0; form < 4; ++form) kinds.push_back({{row + form}, 0, flags});
        kinds.push_back({{row + 4}, 1, flags, -1, none});
        kinds.push_back({{row + 5}, 4, flags, -1, none});
    }
    for (int group = 0; group < 8; ++group) {
        const auto flags = logic(group) && group ? no_adjust : all;
        kinds.push_back({{0x80}, 1, flags, group});
        kinds.push_back({{0x81}, 4, flags, group});
        kinds.push_back({{0x83}, 1, flags, group});
        const auto shifted = group < 4 ? carry : no_adjust_overflow;
        for (const int op : {0xd0, 0xd1}) kinds.push_back({{op}, 0, shifted, group});
        for (const int op : {0xc0, 0xc1}) kinds.push_back({{op}, 1, ::none, group});
        for (const int op : {0xd2, 0xd3}) kinds.push_back({{op}, 0, ::none, group});
    }
    for (const int op : {0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b}) kinds.push_back({{op}, 0, no_adjust});
    for (int condition = 0; condition < 16; ++condition) {
        kinds.push_back({{0x0f, 0x40 + condition}});
        kinds.push_back({{0x0f, 0x90 + condition}});
    }
    for (const int op : {0xb6, 0xb7, 0xbe, 0xbf, 0xc0, 0xc1, 0xb0, 0xb1}) kinds.push_back({{0x0f, op}});
    for (const int op : {0xa3, 0xab, 0xb3, 0xbb}) kinds.push_back({{0x0f, op}, 0, carry, -1, modrm, true});
    for (int group = 4; group < 8; ++group) kinds.push_back({{0x0f, 0xba}, 1, carry, group});
    for (const int op : {0xa4, 0xac}) kinds.push_back({{0x0f, op}, 1, ::none});
    for (const int op : {0xa5, 0xad}) kinds.push_back({{0x0f, op}, 0, ::none});
    kinds.push_back({{0x0f, 0xaf}, 0, carry | 0x800});
    kinds.push_back({{0x69}, 4, carry | 0x800});
    kinds.push_back({{0x6b}, 1, carry | 0x800});
    kinds.push_back({{0x0f, 0xc7}, 0, all, 1, memory}); // cmpxchg8b
    for (const int op : {0xc6, 0xc7}) kinds.push_back({{op}, op == 0xc6 ? 1 : 4, all, 0});
    for (const int op : {0xfe, 0xff})
        for (const int group : {0, 1}) kinds.push_back({{op}, 0, all, group});
    kinds.push_back({{0xff}, 0, all, 6}); // push
    kinds.push_back({{0x8f}, 0, all, 0}); // pop
    for (const int op : {0xf6, 0xf7}) {
        kinds.push_back({{op}, op == 0xf6 ? 1 : 4, no_adjust, 0});
        kinds.push_back({{op}, 0, all, 2});
        kinds.push_back({{op}, 0, all, 3});
        for (const int group : {4, 5}) kinds.push_back({{op}, 0, carry | 0x800, group});
        for (const int group : {6, 7}) kinds.push_back({{op}, 0, ::none, group});
    }
    kinds.push_back({{0x8d}, 0, all, -1, memory});
    for (int reg = 0; reg < 8; ++reg) {
        for (const int op : {0x40, 0x48, 0x50, 0x58, 0x90}) kinds.push_back({{op + reg}, 0, all, -1, none});
        kinds.push_back({{0xb0 + reg}, 1, all, -1, none});
        kinds.push_back({{0xb8 + reg}, 4, all, -1, none});
        kinds.push_back({{0x0f, 0xc8 + reg}, 0, all, -1, none}); // bswap
    }
    for (const int op : {0x60, 0x61, 0x98, 0x99, 0x9c, 0x9e, 0x9f, 0xc9, 0xd7, 0xf5, 0xf8, 0xf9, 0xfc})
        kinds.push_back({{op}, 0, all, -1, none});
    kinds.push_back({{0x27}, 0, 0xd5, -1, none}); // daa, das, aaa, aas
    kinds.push_back({{0x2f}, 0, 0xd5, -1, none});
    kinds.push_back({{0x37}, 0, 0x11, -1, none});
    kinds.push_back({{0x3f}, 0, 0x11, -1, none});
    for (const int op : {0xd4, 0xd5}) kinds.push_back({{op}, 1, 0xc4, -1, none}); // aam, aad
    kinds.push_back({{0x68}, 4, all, -1, none});
    kinds.push_back({{0x6a}, 1, all, -1, none});
    for (const int op : {0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf}) {
        kinds.push_back({{op}, 0, all, -1, none});
        kinds.push_back({{0xf3, op}, 0, all, -1, none});
        if (op == 0xa6 || op == 0xa7 || op >= 0xae) kinds.push_back({{0xf2, op}, 0, all, -1, none});
    }
    return kinds;
}

/// Makes cases. Addresses lie in the data, or a little beyond its ends, where nothing is mapped.
class Maker {
public:
    explicit Maker(std::uint32_t seed) : random_(seed) {}

    /// Returns the case and the flags that are defined behind it.
    std::pair<forms_case, std::uint32_t> next()
    {
        case_ = {};
        code_.clear();
        for (auto& value : case_.registers) value = random_() % 3 ? random_() : random_() % 4;
        case_.registers[i386_esp] = place();
        case_.registers[i386_esi] = place();
        case_.registers[i386_edi] = place();
        if (random_() % 2) case_.registers[i386_ecx] = random_() % 40;
        case_.flags = 0x202 | (random_() & all) | (random_() % 2 ? 0 : direction);
        case_.seed = random_();
        const auto chance = random_() % 16;
        const auto flags = chance == 0 ? sequence() : chance == 1 ? popf() : chance == 2 ? x87() : one(any(), Address::any);
        std::copy(code_.begin(), code_.end(), case_.code);
        case_.length = static_cast<std::uint32_t>(code_.size());
        return {case_, flags};
    }

private:
    enum class Address : std::uint8_t { any, fixed };

    const Kind& any()
    {
        static const auto kinds = make_kinds();
        return kinds[random_() % kinds.size()];
    }
    std::uint32_t place() { return FORMS_DATA - 64 + random_() % (FORMS_DATA_BYTES + 128); }
    void put(std::uint32_t value, int bytes)
    {
        for (int i = 0; i < bytes; ++i) code_.push_back(static_cast<std::uint8_t>(value >> 8 * i));
    }

    std::uint32_t one(const Kind& kind, Address address)
    {
        const auto last = kind.opcode.back();
        const bool two_bytes = kind.opcode[0] == 0x0f, alone = kind.operand == Kind::Operand::none;
        const bool strings = alone && !two_bytes && last >= 0xa4 && last <= 0xaf;
        const bool double_shift = two_bytes && (last & 0xf6) == 0xa4; // undefined by more than 16
        const bool only_32 = double_shift || (two_bytes && last == 0xc7) || (alone && two_bytes);
        const bool wide = !only_32 && random_() % 5 == 0;
        if (wide) code_.push_back(0x66);
        for (const int byte : kind.opcode) code_.push_back(static_cast<std::uint8_t>(byte));
        if (strings && case_.registers[i386_ecx] > 4096) case_.registers[i386_ecx] %= 64;
        if (last == 0xd7) case_.registers[i386_ebx] = FORMS_DATA + random_() % 4096; // xlat
        if (last == 0xc9) case_.registers[i386_ebp] = place();                       // leave
        const bool is_popa = alone && last == 0x61; // qemu-i386 has done half of it when it faults
        if (is_popa) case_.registers[i386_esp] = FORMS_DATA + random_() % (FORMS_DATA_BYTES - 64);
        if (kind.operand != Kind::Operand::none) operand(kind, address);
        put(random_(), wide && kind.immediate_bytes == 4 ? 2 : kind.immediate_bytes);
        return kind.flags;
    }

    void operand(const Kind& kind, Address address)
    {
        auto& r = case_.registers;
        int reg = kind.group >= 0 ? kind.group : static_cast<int>(random_() % 8);
        if (kind.bits && reg == i386_esp) reg = i386_ebp; // whose bit is near
        if (address == Address::fixed && kind.group < 0 && reg == i386_esp) reg = i386_ebp;
        const auto modrm = [&](int mod, int rm) { code_.push_back(static_cast<std::uint8_t>(mod << 6 | reg << 3 | rm)); };
        const bool needs_memory = kind.operand == Kind::Operand::memory;
        if (kind.bits) r[reg] = static_cast<std::uint32_t>(static_cast<std::int32_t>(random_() % 1024) - 512);
        const auto target = place();
        auto form = address == Address::fixed ? random_() % 2 : random_() % 6;
        if (kind.bits && form > 1) form = 1;
        switch (form) {
        case 0:
            if (!needs_memory) return modrm(3, static_cast<int>(random_() % (address == Address::fixed ? 4 : 8)));
            [[fallthrough]];
        case 1: // an address without registers
            modrm(0, 5);
            return put(target, 4);
        case 2: { // a register and eight bits
            const int base = static_cast<int>(random_() % 8);
            if (base == i386_esp) {
                modrm(0, 4);
                return put(0x24, 1);
            }
            const auto displacement = static_cast<std::int8_t>(random_());
            r[base] = target - static_cast<std::uint32_t>(std::int32_t{displacement});
            modrm(1, base);
            return put(static_cast<std::uint8_t>(displacement), 1);
        }
        case 3: { // a register and 32 bits, which wrap for most
            const int base = static_cast<int>(random_() % 8);
            modrm(2, base);
            if (base == i386_esp) put(0x24, 1);
            return put(target - r[base], 4);
        }
        case 4: { // base, scaled index and 32 bits
            const auto base = static_cast<int>(random_() % 8), index = static_cast<int>(random_() % 8);
            const auto scale = static_cast<int>(random_() % 4);
            modrm(2, 4);
            put(static_cast<std::uint32_t>(scale << 6 | index << 3 | base), 1);
            return put(target - r[base] - (index == i386_esp ? 0 : r[index] << scale), 4);
        }
        default: { // scaled index and 32 bits
            const int index = static_cast<int>(random_() % 8), scale = static_cast<int>(random_() % 4);
            modrm(0, 4);
            put(static_cast<std::uint32_t>(scale << 6 | index << 3 | 5), 1);
            return put(target - (index == i386_esp ? 0 : r[index] << scale), 4);
        }
        }
    }

    /// Whether it finds its operand whatever the registers are, leaves esp in the data, and sets flags that are all defined.
    static bool fits_sequence(const Kind& kind)
    {
        const auto last = kind.opcode.back();
        const bool two_bytes = kind.opcode[0] == 0x0f, alone = kind.operand == Kind::Operand::none;
        if (kind.flags != all || kind.bits) return false;
        if (two_bytes && last == 0xc7) return false; // cmpxchg8b: qemu-i386 forgets what it is to leave of the flags
        if (!alone) return true;
        const bool by_register = (last >= 0xa4 && last <= 0xaf) || last == 0xd7 || last == 0xc9 || last == 0x61;
        const bool names_register = two_bytes || (last >= 0x40 && last < 0x60) || (last & 0xf8) == 0x90 || (last & 0xf8) == 0xb8;
        return !by_register && !(names_register && (last & 7) == i386_esp);
    }

    /// Instructions with jumps over some of them; only such as define every flag.
    std::uint32_t sequence()
    {
        for (int count = 2 + static_cast<int>(random_() % 6); count; --count) {
            const bool jumps = random_() % 2;
            const auto at = code_.size();
            if (jumps) put(0x70 | random_() % 16, 2);
            const Kind* kind = &any();
            while (!fits_sequence(*kind)) kind = &any();
            one(*kind, Address::fixed);
            if (jumps) code_[at + 1] = static_cast<std::uint8_t>(code_.size() - at - 2);
        }
        return ::none; // qemu-i386 7.2 has other flags behind some sbb than a CPU has
    }

    std::uint32_t popf()
    {
        case_.registers[i386_esp] = FORMS_DATA + 64 + random_() % 4096;
        code_ = {0x68};
        put(0x202 | (random_() & (all | direction)), 4);
        put(0x9c9d, 2); // popf; pushf
        return all | direction;
    }

    /// Two numbers of 64 bits, an operation, and its result of 80 bits.
    std::uint32_t x87()
    {
        constexpr std::uint8_t operations[] = {0xc1, 0xc9, 0xe1, 0xe9, 0xf1, 0xf9};
        const auto at = FORMS_DATA + random_() % 4096;
        const auto load = [&](std::uint32_t from) {
            put(0x2ddf, 2); // fild qword
            put(from, 4);
        };
        put(0xe3db, 2); // fninit
        load(at);
        load(at + 8);
        put(0xde, 1);
        put(operations[random_() % std::size(operations)], 1);
        put(0x3ddb, 2); // fstp tbyte
        put(at + 32, 4);
        return all;
    }

    std::mt19937 random_;
    forms_case case_{};
    std::vector<std::uint8_t> code_;
};

/// Our own engine over memory that the cases lie in.
class Ours {
public:
    Ours() : machine_((prefer_engine(EngineKind::native), MachineOptions{.memory_bytes = 128 << 20}))
    {
        auto& memory = machine_.memory();
        const auto data = memory.vmalloc(FORMS_DATA_BYTES), code = memory.vmalloc(FORMS_CODE_BYTES);
        const bool as_said = data && data->value == FORMS_DATA && code && code->value == FORMS_CODE;
        if (!as_said) throw std::runtime_error("the areas lie elsewhere");
        engine_ = make_engine(*find_cpu(i386()), memory);
        if (!dynamic_cast<I386Engine*>(engine_.get())) throw std::runtime_error("this host cannot run our own engine");
    }
    forms_result run(const forms_case& one)
    {
        auto& memory = machine_.memory();
        std::vector<std::uint32_t> data(FORMS_DATA_BYTES / 4);
        forms_fill(data.data(), one.seed);
        memory.write_all({FORMS_DATA}, std::as_bytes(std::span(data)));
        memory.fill({FORMS_CODE}, sizeof one.code + 1, std::byte{0xcc});
        memory.write_all({FORMS_CODE}, std::as_bytes(std::span(one.code).first(one.length)));
        for (unsigned number = 0; number < 8; ++number) engine_->set_reg(number, one.registers[number]);
        engine_->set_reg(i386_eip, FORMS_CODE);
        engine_->set_reg(i386_eflags, one.flags);
        const auto stop = engine_->run(1000);
        forms_result result{};
        for (unsigned number = 0; number < 8; ++number) result.registers[number] = static_cast<std::uint32_t>(engine_->reg(number));
        result.flags = static_cast<std::uint32_t>(engine_->reg(i386_eflags));
        result.pc = static_cast<std::uint32_t>(stop.pc.value);
        result.stop = signal_of(stop);
        result.address = static_cast<std::uint32_t>(stop.fault.address.value);
        memory.read_all({FORMS_DATA}, std::as_writable_bytes(std::span(data)));
        result.hash = forms_hash(data.data());
        return result;
    }

private:
    static std::uint32_t signal_of(const Stop& stop)
    {
        switch (stop.kind) {
        case StopKind::breakpoint: return SIGTRAP;
        case StopKind::fault: return SIGSEGV;
        case StopKind::illegal: return SIGILL;
        case StopKind::trap: return stop.vector == 0 ? SIGFPE : SIGSEGV;
        default: return 0;
        }
    }

    Machine machine_;
    std::unique_ptr<Engine> engine_;
};

/// The program that runs cases on a CPU that is not ours.
class Reference {
public:
    explicit Reference(const std::string& program)
    {
        auto folder = (std::filesystem::temp_directory_path() / "i386-forms-XXXXXX").string();
        if (!::mkdtemp(folder.data())) throw std::runtime_error("no folder for the cases");
        folder_ = folder;
        for (const auto* words : {"", "qemu-i386 "}) {
            command_ = words + program;
            is_host_ = *words == 0;
            if (run({}).has_value()) return;
        }
        throw std::runtime_error(program + ": neither this host nor qemu-i386 runs it");
    }
    ~Reference() { std::filesystem::remove_all(folder_); }
    bool is_host() const { return is_host_; }

    std::optional<std::vector<forms_result>> run(const std::vector<forms_case>& cases) const
    {
        const auto in = folder_ / "cases", out = folder_ / "results";
        const auto bytes = cases.size() * sizeof(forms_case);
        std::ofstream(in, std::ios::binary).write(reinterpret_cast<const char*>(cases.data()), static_cast<std::streamsize>(bytes));
        if (std::system(fmt::format("{} {} {} 2>/dev/null", command_, in.string(), out.string()).c_str()) != 0) return std::nullopt;
        std::vector<forms_result> results(cases.size());
        std::ifstream file(out, std::ios::binary);
        file.read(reinterpret_cast<char*>(results.data()), static_cast<std::streamsize>(results.size() * sizeof(forms_result)));
        return file ? std::optional(results) : std::nullopt;
    }

private:
    std::filesystem::path folder_;
    std::string command_;
    bool is_host_ = false;
};

/// What is not the same; empty: nothing.
std::string difference(const forms_result& ours, const forms_result& theirs, std::uint32_t flags)
{
    if (ours.stop != theirs.stop) return fmt::format("signal {} instead of {}", ours.stop, theirs.stop);
    if (ours.pc != theirs.pc) return fmt::format("pc {:x} instead of {:x}", ours.pc, theirs.pc);
    for (unsigned number = 0; number < 8; ++number)
        if (ours.registers[number] != theirs.registers[number])
            return fmt::format("register {} is {:08x} instead of {:08x}", number, ours.registers[number], theirs.registers[number]);
    const auto own_flags = ours.flags & flags, their_flags = theirs.flags & flags;
    if (own_flags != their_flags) return fmt::format("flags {:x} instead of {:x}", own_flags, their_flags);
    const bool faulted = ours.stop == SIGSEGV;
    const auto beyond = [](std::uint32_t address) { return address - FORMS_DATA >= FORMS_DATA_BYTES; };
    if (faulted && (!beyond(ours.address) || !beyond(theirs.address))) return "a fault within the data";
    // What a store across the end has written before its fault is the CPU's own affair.
    if (!faulted && ours.hash != theirs.hash) return "memory";
    return {};
}

std::string text(const forms_case& one)
{
    std::string text;
    for (std::uint32_t i = 0; i < one.length; ++i) text += fmt::format("{:02x} ", one.code[i]);
    for (const auto value : one.registers) text += fmt::format("{:08x} ", value);
    return text + fmt::format("flags {:x} seed {:x}", one.flags, one.seed);
}

} // namespace

int main(int count, char** words)
{
    if (count < 2) return 2;
    const auto seconds = std::chrono::duration<double>(count > 2 ? std::atof(words[1]) : 10);
    const Reference reference(words[count - 1]);
    Ours ours;
    const auto seed = std::random_device{}();
    Maker maker(seed);
    std::size_t cases = 0, faults = 0, differences = 0;
    for (const auto end = std::chrono::steady_clock::now() + seconds; std::chrono::steady_clock::now() < end && differences < 20;) {
        std::vector<forms_case> batched;
        std::vector<std::uint32_t> flags;
        for (std::size_t i = 0; i < batch; ++i) {
            const auto [one, defined] = maker.next();
            batched.push_back(one);
            flags.push_back(reference.is_host() ? all | direction : defined | direction);
        }
        const auto theirs = reference.run(batched);
        if (!theirs) throw std::runtime_error("the program for the other CPU broke");
        for (std::size_t i = 0; i < batch; ++i) {
            const auto mine = ours.run(batched[i]);
            faults += mine.stop == SIGSEGV;
            const auto wrong = difference(mine, (*theirs)[i], flags[i]);
            if (wrong.empty()) continue;
            ++differences;
            fmt::print("{}: {}\n", wrong, text(batched[i]));
        }
        cases += batch;
    }
    fmt::print("{} cases against {}, {} of them faults, {} differences (seed {})\n", cases,
               reference.is_host() ? "the host's CPU" : "qemu-i386, defined flags only", faults, differences, seed);
    return differences || cases < batch ? 1 : 0;
}
