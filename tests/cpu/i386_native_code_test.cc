// SPDX-License-Identifier: GPL-2.0-or-later
// Looks at emitted code with a disassembler: whatever the guest's bytes are, nothing may name memory outside of its window.
#include "emu/cpu/i386/i386_engine.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/machine/machine.h"

#include <capstone/capstone.h>
#include <catch2/catch.hpp>

#include <fmt/format.h>

#include <elf.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

using namespace retromod;

namespace {

/// A machine in a window, and a translator over it.
struct Translated {
    Translated()
    {
        prefer_engine(EngineKind::native);
        machine.emplace(MachineOptions{.memory_bytes = 16 << 20});
        window = I386Engine::find_window(machine->memory());
        if (!window) return;
        area = *machine->memory().vmalloc(area_bytes);
        pages.emplace(machine->memory(), *window);
        translator.emplace(machine->memory(), *pages);
    }
    static constexpr std::uint64_t area_bytes = 64 << 10;
    std::optional<Machine> machine;
    GuestWindow* window = nullptr;
    GuestAddr area;
    std::optional<I386Pages> pages;
    std::optional<I386Translator> translator;
};

/// Says what is wrong with an instruction of emitted code; empty when nothing is.
class Validator {
public:
    Validator()
    {
        REQUIRE(cs_open(CS_ARCH_X86, CS_MODE_64, &handle_) == CS_ERR_OK);
        REQUIRE(cs_open(CS_ARCH_X86, CS_MODE_32, &guest_handle_) == CS_ERR_OK);
        cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
        instruction_ = cs_malloc(handle_);
    }
    ~Validator()
    {
        cs_free(instruction_, 1);
        cs_close(&handle_);
        cs_close(&guest_handle_);
    }
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    std::string look_at(std::span<const std::uint8_t> code)
    {
        const auto* at = code.data();
        auto left = code.size();
        std::uint64_t address = 0x100000;
        to_is_host_ = from_is_host_ = own_stack_ = false;
        while (left) {
            if (!cs_disasm_iter(handle_, &at, &left, &address, instruction_)) return "no instruction";
            ++instructions;
            if (const auto wrong = problem(*instruction_); !wrong.empty())
                return wrong + ": " + instruction_->mnemonic + " " + instruction_->op_str;
        }
        return {};
    }

    /// Whether the disassembler knows the guest's instruction there at all.
    bool knows(std::span<const std::byte> code) const
    {
        cs_insn* found = nullptr;
        const auto count = cs_disasm(guest_handle_, reinterpret_cast<const std::uint8_t*>(code.data()), 15, 0, 1, &found);
        if (count) cs_free(found, count);
        return count != 0;
    }

    std::size_t instructions = 0;

private:
    std::string problem(const cs_insn& i)
    {
        const auto& x86 = i.detail->x86;
        const std::string name = i.mnemonic;
        constexpr const char* forbidden[] = {
            "syscall", "sysenter", "sysexit", "sysret", "int",    "int3",   "in",       "out",      "insb",     "insd", "outsb",
            "outsd",   "cpuid",    "rdtsc",   "rdtscp", "hlt",    "cli",    "sti",      "iretd",    "fnstenv",  "fnsave", "fldenv",
            "frstor",  "fxsave",   "fxrstor", "xsave",  "call",   "ret",    "wrgsbase", "wrfsbase", "rdgsbase", "xbegin", "rdrand",
            "wrmsr",   "rdmsr",    "swapgs"};
        if (std::ranges::find(forbidden, name) != std::end(forbidden)) return "forbidden";
        const bool uses_stack = i.id == X86_INS_PUSH || i.id == X86_INS_POP || i.id == X86_INS_PUSHFQ || i.id == X86_INS_POPFQ;
        if (uses_stack && !own_stack_) return "on the guest's stack";
        const auto operands = std::span(x86.operands, x86.op_count);
        if (operands.size() && operands[0].type == X86_OP_REG && operands[0].reg == X86_REG_RSP && i.id == X86_INS_MOV)
            own_stack_ = operands[1].type == X86_OP_MEM;
        if (i.id == X86_INS_LEA) {
            note_lea(operands);
            return {};
        }
        for (const auto& operand : operands) {
            if (operand.type != X86_OP_MEM || i.id == X86_INS_NOP) continue;
            if (!may_access(i, operand.mem)) return "outside of the window";
        }
        if (name.find("mov") == 0 && operands.size() == 2 && operands[0].type == X86_OP_REG && operands[1].type == X86_OP_REG) {
            if (operands[0].reg == X86_REG_EDI && operands[1].reg == X86_REG_EDI) to_is_host_ = false;
            if (operands[0].reg == X86_REG_ESI && operands[1].reg == X86_REG_ESI) from_is_host_ = false;
        }
        return {};
    }

    void note_lea(std::span<const cs_x86_op> operands)
    {
        const auto& memory = operands[1].mem;
        const auto to = operands[0].reg;
        const bool based = memory.index == X86_REG_R12 && memory.disp == 0 && memory.scale == 1;
        if (to == X86_REG_RDI) to_is_host_ = based && memory.base == X86_REG_RDI;
        if (to == X86_REG_RSI) from_is_host_ = based && memory.base == X86_REG_RSI;
    }

    bool may_access(const cs_insn& i, const x86_op_mem& memory) const
    {
        if (memory.segment == X86_REG_GS) return i.detail->x86.addr_size == 4;
        if (memory.base == X86_REG_R15)
            return memory.index == X86_REG_INVALID && memory.disp >= 0 && memory.disp < std::int64_t{sizeof(I386State)};
        if (memory.base == X86_REG_R14) return i.id == X86_INS_MOVZX && memory.index == X86_REG_INVALID && memory.disp == 0;
        const bool by_map = memory.base == X86_REG_R13 && memory.index == X86_REG_R8 && memory.scale == 8 && memory.disp == 0;
        if (by_map) return i.id == X86_INS_JMP;
        if (memory.base == X86_REG_RDI) return to_is_host_ && memory.index == X86_REG_INVALID && memory.disp == 0;
        if (memory.base == X86_REG_RSI) return from_is_host_ && memory.index == X86_REG_INVALID && memory.disp == 0;
        return false;
    }

    csh handle_ = 0, guest_handle_ = 0;
    cs_insn* instruction_ = nullptr;
    bool to_is_host_ = false, from_is_host_ = false; ///< rdi and rsi are addresses of the host just now
    bool own_stack_ = false;                         ///< rsp is the engine's
};

} // namespace

TEST_CASE("code that is emitted for any bytes names no memory outside of the guest's window", "[cpu][i386][native]")
{
    Translated guest;
    if (!guest.window) {
        WARN("this host gives no window: not tested");
        return;
    }
    std::mt19937 random(12);
    Validator validator;
    auto& cache = guest.translator->cache();
    std::size_t known = 0, unjudged = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<std::byte> bytes(Translated::area_bytes);
        for (auto& byte : bytes) byte = static_cast<std::byte>(random());
        // Prefixes and two-byte opcodes more often than by chance.
        constexpr std::uint8_t often[] = {0x0f, 0x66, 0x67, 0xf3, 0xf2, 0xf0, 0x64, 0x65, 0x2e};
        for (std::size_t at = 0; at < bytes.size(); at += 1 + random() % 6)
            bytes[at] = static_cast<std::byte>(often[random() % std::size(often)]);
        guest.machine->memory().write_all(guest.area, bytes);
        guest.translator->clear();
        for (int start = 0; start < 1000; ++start) {
            const auto pc = static_cast<std::uint32_t>(guest.area.value + random() % (bytes.size() - 16));
            const auto stubs = cache.stub_end();
            const auto code = guest.translator->translate_alone(pc);
            REQUIRE(code);
            const auto wrong = validator.look_at({cache.writable(*code), cache.block_end() - *code});
            if (!validator.knows(guest.machine->memory().bytes({pc}, Access::read))) continue; // the host judges it, as a guest CPU
            ++known;
            if (wrong == "no instruction") { // Capstone knows fewer encodings of the host than of the guest
                ++unjudged;
                continue;
            }
            std::string text;
            for (auto at = *code; at < cache.block_end(); ++at) text += fmt::format("{:02x} ", *cache.writable(at));
            INFO("pc " << std::hex << pc << ": " << text);
            REQUIRE(wrong == "");
            REQUIRE(validator.look_at({cache.writable(stubs), cache.stub_end() - stubs}) == "");
        }
    }
    CHECK(known > 20'000);
    CHECK(unjudged * 1000 < known);
    CHECK(validator.instructions > 100'000);
}

namespace {

/// The sections of code of an object for i386.
std::vector<std::vector<std::byte>> code_sections(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    Elf32_Ehdr header;
    if (bytes.size() < sizeof header) return {};
    std::memcpy(&header, bytes.data(), sizeof header);
    if (std::memcmp(header.e_ident, "\x7f" "ELF\1", 5) != 0 || header.e_machine != EM_386) return {};
    std::vector<std::vector<std::byte>> sections;
    for (std::size_t i = 0; i < header.e_shnum; ++i) {
        Elf32_Shdr section;
        if (header.e_shoff + (i + 1) * sizeof section > bytes.size()) break;
        std::memcpy(&section, bytes.data() + header.e_shoff + i * sizeof section, sizeof section);
        const auto end = std::uint64_t{section.sh_offset} + section.sh_size;
        if (section.sh_type != SHT_PROGBITS || !(section.sh_flags & SHF_EXECINSTR) || end > bytes.size()) continue;
        const auto* const start = reinterpret_cast<const std::byte*>(bytes.data()) + section.sh_offset;
        sections.emplace_back(start, start + section.sh_size);
    }
    return sections;
}

} // namespace

TEST_CASE("code that is emitted for modules names no memory outside of the guest's window", "[cpu][i386][native]")
{
    Translated guest;
    if (!guest.window) {
        WARN("this host gives no window: not tested");
        return;
    }
    Validator validator;
    auto& cache = guest.translator->cache();
    std::size_t instructions = 0;
    std::vector<std::string> folders = {"images/built/i386"};
    if (const char* corpus = std::getenv("RETROMOD_CORPUS")) folders.emplace_back(corpus);
    for (const auto& folder : folders)
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file()) continue;
            for (auto code : code_sections(entry.path())) {
                code.resize(std::min<std::size_t>(code.size(), Translated::area_bytes - 16));
                guest.machine->memory().fill(guest.area, Translated::area_bytes, std::byte{0x90});
                guest.machine->memory().write_all(guest.area, code);
                guest.translator->clear();
                I386Instruction instruction;
                for (std::size_t at = 0; at < code.size(); at += instruction.bytes.size()) {
                    const auto pc = static_cast<std::uint32_t>(guest.area.value + at);
                    const auto bytes = guest.machine->memory().bytes({pc}, Access::read);
                    REQUIRE(decode_i386(bytes, instruction) == I386Decoding::whole);
                    ++instructions;
                    const auto emitted = guest.translator->translate_alone(pc);
                    REQUIRE(emitted);
                    if (!validator.knows(bytes)) continue;
                    const auto wrong = validator.look_at({cache.writable(*emitted), cache.block_end() - *emitted});
                    INFO(entry.path() << " +" << std::hex << at);
                    REQUIRE(wrong == "");
                }
            }
        }
    CHECK(instructions > 1'000);
}

TEST_CASE("the validator finds an access without its prefixes", "[cpu][i386][native]")
{
    Validator validator;
    CHECK(validator.look_at(std::vector<std::uint8_t>{0x65, 0x67, 0x8b, 0x03}).empty());          // mov eax, gs:[ebx]
    CHECK_FALSE(validator.look_at(std::vector<std::uint8_t>{0x65, 0x8b, 0x03}).empty());          // 64-bit address
    CHECK_FALSE(validator.look_at(std::vector<std::uint8_t>{0x67, 0x8b, 0x03}).empty());          // no window
    CHECK_FALSE(validator.look_at(std::vector<std::uint8_t>{0xf3, 0xa5}).empty());                // strings without their base
    CHECK_FALSE(validator.look_at(std::vector<std::uint8_t>{0x0f, 0x05}).empty());                // syscall
    CHECK_FALSE(validator.look_at(std::vector<std::uint8_t>{0x53}).empty());                      // push rbx
    CHECK_FALSE(validator.look_at(std::vector<std::uint8_t>{0x41, 0x8b, 0x87, 0, 0x10, 0, 0}).empty()); // beyond the state
}
