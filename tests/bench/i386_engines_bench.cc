// SPDX-License-Identifier: GPL-2.0-or-later
// The same i386 code on our own engine, on Unicorn, in qemu-i386 and on the host's CPU, in turns. Prints medians as multiples
// of the host's time; ends with 1 where a budget is broken. A host without 32-bit processes runs 64-bit code of the same source.
// usage: i386_engines_bench GUEST_PROGRAM
#include "emu/cpu/cpu.h"
#include "emu/cpu/i386/i386_engine.h"
#include "emu/cpu/i386_registers.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/exports/standard_exports.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "emu/machine/machine.h"
#include "emu/memory/buffered_user_memory.h"
#include "tests/bench/sample.h"

#include <fmt/format.h>

#include <elf.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace retromod;

extern "C" std::uint32_t run_kernel(std::uint32_t number, std::uint32_t rounds); // guest/kernels.c, for this process

namespace {

constexpr int turns = 5;
constexpr double mean_budget = 1.2, worst_budget = 2.0, copy_budget = 1.3;             // of the same code on the host
constexpr double call_budget = 15, export_budget = 60, translation_budget = 160;       // ns
constexpr double start_budget = 400;                                                   // us

struct Program {
    const char* name;
    std::uint32_t rounds;  ///< some 20 ms of the host
    std::uint32_t slower;  ///< Unicorn does that many times less
};

const Program programs[] = {
    {"arithmetic", 20'000'000, 4},    {"crc32, byte table", 8'000'000, 4}, {"stores", 40'000'000, 100},
    {"call by pointer", 8'000'000, 20}, {"list walk", 6'000'000, 2},         {"rep movs of 1500", 500'000, 500},
    {"quicksort of 20000", 15, 15},   {"matrix of 64x64", 150, 15},        {"sha256 block", 60'000, 40},
    {"compression, 64 KB", 60, 20},   {"interpreter", 10'000'000, 10},      {"fibonacci of 20", 1'200, 50},
    {"tree of 8192", 25, 25},         {"wide numbers", 5'000'000, 4},      {"four-way calls", 8'000'000, 20},
    {"pushf, popf", 3'000'000, 10},
};
constexpr std::uint32_t copying = std::size(programs); ///< the one that checksums and copies
constexpr Program copy_program = {"checksum and copy of 64 MB", 1024, 64};

// --- the guest's program ----------------------------------------------------------------------------------------

std::vector<char> file_bytes(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error(path + ": cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A static program of 32 bits.
struct Image {
    explicit Image(const std::string& path) : bytes(file_bytes(path)) { std::memcpy(&header, bytes.data(), sizeof header); }
    template <class T>
    T at(std::size_t offset) const
    {
        T value;
        if (offset + sizeof value > bytes.size()) throw std::runtime_error("the guest's program is cut short");
        std::memcpy(&value, bytes.data() + offset, sizeof value);
        return value;
    }
    std::uint32_t symbol(std::string_view name) const
    {
        for (unsigned i = 0; i < header.e_shnum; ++i) {
            const auto table = at<Elf32_Shdr>(header.e_shoff + i * sizeof(Elf32_Shdr));
            if (table.sh_type != SHT_SYMTAB) continue;
            const auto names = at<Elf32_Shdr>(header.e_shoff + table.sh_link * sizeof(Elf32_Shdr));
            for (auto row = table.sh_offset; row < table.sh_offset + table.sh_size; row += sizeof(Elf32_Sym)) {
                const auto symbol = at<Elf32_Sym>(row);
                if (name == bytes.data() + names.sh_offset + symbol.st_name) return symbol.st_value;
            }
        }
        throw std::runtime_error("no such function in the guest's program");
    }
    /// Loads it where it was linked to: at the start of the vmalloc window.
    void place(AddressSpace& memory) const
    {
        std::uint32_t end = 0, start = UINT32_MAX;
        const auto each = [&](auto action) {
            for (unsigned i = 0; i < header.e_phnum; ++i)
                if (const auto part = at<Elf32_Phdr>(header.e_phoff + i * sizeof(Elf32_Phdr)); part.p_type == PT_LOAD) action(part);
        };
        each([&](const Elf32_Phdr& part) {
            end = std::max(end, part.p_vaddr + part.p_memsz);
            start = std::min(start, part.p_vaddr);
        });
        const auto area = memory.vmalloc(end - start);
        if (!area || area->value != start) throw std::runtime_error("the guest's program does not fit the machine");
        each([&](const Elf32_Phdr& part) {
            memory.write_all({part.p_vaddr}, std::as_bytes(std::span(bytes).subspan(part.p_offset, part.p_filesz)));
        });
    }

    std::vector<char> bytes;
    Elf32_Ehdr header;
};

// --- who runs it ------------------------------------------------------------------------------------------------

struct Result {
    std::uint32_t checksum = 0;
    double seconds = 0; ///< of CPU
};

/// A machine with the program on one of the engines, and an entry that a handler serves.
class Guest final : public HypercallHandler {
public:
    Guest(EngineKind kind, const Image& image) : machine_((prefer_engine(kind), MachineOptions{.memory_bytes = 128 << 20}))
    {
        auto& memory = machine_.memory();
        entries_ = {memory.allocate_text(4096), 4096};
        const auto text = memory.bytes(entries_.start, Access::execute);
        std::fill(text.begin(), text.begin() + 4096, cpu_.entry_code[0]);
        image.place(memory);
        function_ = {image.symbol("run_kernel")};
        stack_top_ = *memory.allocate_frames(4) + (4096 << 4);
        engine_ = make_engine(cpu_, memory);
        engine_->set_hypercalls(entries_, this);
    }
    Next on_hypercall(GuestAddr at) noexcept override
    {
        if (at == entries_.start) return Next::stop;
        ArgCursor arguments(cpu_, *engine_, machine_.memory());
        engine_->set_reg(cpu_.result, arguments.next_word() + 1);
        return Next::resume;
    }
    Result run(std::uint32_t number, std::uint32_t rounds) { return call(function_, {number, rounds}); }
    Result call(GuestAddr function, const std::vector<std::uint64_t>& arguments)
    {
        auto context = cpu_.initial(stack_top_, {});
        cpu_.begin_call(context, machine_.memory(), function, arguments, entries_.start);
        context.reg[i386_ebx] = (entries_.start + 16).value;
        engine_->restore(context);
        const auto start = cpu_seconds();
        const auto stop = engine_->run(~std::uint64_t{0});
        const auto seconds = cpu_seconds() - start;
        if (stop.kind != StopKind::hypercall) throw std::runtime_error(fmt::format("guest code stopped at {:#x}", stop.pc.value));
        return {static_cast<std::uint32_t>(engine_->reg(cpu_.result)), seconds};
    }
    AddressSpace& memory() { return machine_.memory(); }
    const Cpu& cpu() const { return cpu_; }
    bool is_native() const { return dynamic_cast<I386Engine*>(engine_.get()); }

private:
    Machine machine_;
    const Cpu& cpu_ = *find_cpu(i386());
    GuestRange entries_;
    GuestAddr stack_top_, function_;
    std::unique_ptr<Engine> engine_;
};

/// As a process, behind `words`; nothing where that cannot be started. It measures itself, without its start.
std::optional<Result> in_process(const std::string& words, std::uint32_t number, std::uint32_t rounds)
{
    const auto command = fmt::format("{} {} {} 2>/dev/null", words, number, rounds);
    std::unique_ptr<FILE, int (*)(FILE*)> output(::popen(command.c_str(), "r"), ::pclose);
    std::uint32_t answer[3];
    if (!output || std::fread(answer, sizeof answer, 1, output.get()) != 1) return std::nullopt;
    return Result{answer[0], static_cast<double>(std::uint64_t{answer[2]} << 32 | answer[1]) * 1e-9};
}

Result in_64_bits(std::uint32_t number, std::uint32_t rounds)
{
    const auto start = cpu_seconds();
    const auto checksum = run_kernel(number, rounds);
    return {checksum, cpu_seconds() - start};
}

// --- the programs -----------------------------------------------------------------------------------------------

struct Times {
    double host, ours, qemu, unicorn; ///< seconds for the program's rounds
};

class Comparison {
public:
    explicit Comparison(std::string path)
        : path_(std::move(path)), image_(path_), ours_(EngineKind::native, image_), unicorn_(EngineKind::unicorn, image_),
          has_32_bits_(in_process(path_, 0, 1)), has_qemu_(in_process("qemu-i386 " + path_, 0, 1))
    {
        if (!ours_.is_native()) throw std::runtime_error("this host cannot run our own engine: nothing to measure");
        fmt::print("times of the host: {}\n",
                   has_32_bits_ ? "a process of 32 bits" : "64-bit code of the same source (no 32-bit processes here)");
        if (!has_qemu_) fmt::print("qemu-i386 is not there\n");
    }
    bool has_32_bits() const { return has_32_bits_; }
    bool has_qemu() const { return has_qemu_; }
    Guest& ours() { return ours_; }

    Times measure(const Program& program, std::uint32_t number)
    {
        Sample host, ours, qemu, unicorn;
        for (int turn = 0; turn < turns; ++turn) {
            const auto reference = has_32_bits_ ? *in_process(path_, number, program.rounds) : in_64_bits(number, program.rounds);
            host.seconds.push_back(reference.seconds);
            const auto mine = ours_.run(number, program.rounds);
            ours.seconds.push_back(mine.seconds);
            if (has_qemu_) {
                const auto theirs = in_process("qemu-i386 " + path_, number, program.rounds).value();
                qemu.seconds.push_back(theirs.seconds);
                if (theirs.checksum != mine.checksum) throw std::runtime_error(fmt::format("{}: another checksum", program.name));
            }
            unicorn.seconds.push_back(unicorn_.run(number, program.rounds / program.slower).seconds * program.slower);
        }
        return {host.median(), ours.median(), has_qemu_ ? qemu.median() : 0, unicorn.median()};
    }

private:
    std::string path_;
    Image image_;
    Guest ours_, unicorn_;
    bool has_32_bits_, has_qemu_;
};

void print(const Program& program, const Times& times)
{
    fmt::print("{:26} {:10.2f} ns {:8.2f} {:10.2f} {:10.1f}\n", program.name, times.host / program.rounds * 1e9,
               times.ours / times.host, times.qemu / times.host, times.unicorn / times.host);
}

/// Whether all budgets of the programs hold.
bool compare_programs(Comparison& comparison)
{
    fmt::print("{:26} {:>13} {:>8} {:>10} {:>10}\n", "a round", "host", "ours", "qemu-i386", "Unicorn");
    double ours = 0, qemu = 0, unicorn = 0, worst = 0;
    unsigned behind_qemu = 0;
    for (std::uint32_t number = 0; number < std::size(programs); ++number) {
        const auto times = comparison.measure(programs[number], number);
        print(programs[number], times);
        ours += std::log(times.ours / times.host);
        if (comparison.has_qemu()) qemu += std::log(times.qemu / times.host);
        unicorn += std::log(times.unicorn / times.host);
        worst = std::max(worst, times.ours / times.host);
        behind_qemu += comparison.has_qemu() && times.ours > times.qemu;
    }
    const auto mean = [](double logarithms) { return std::exp(logarithms / static_cast<double>(std::size(programs))); };
    fmt::print("{:26} {:13} {:8.2f} {:10.2f} {:10.1f}\n", "geometric mean", "", mean(ours), mean(qemu), mean(unicorn));
    const auto copied = comparison.measure(copy_program, copying);
    print(copy_program, copied);
    fmt::print("ours: {:.2f} of the host's time in the mean (at most {}), {:.2f} at worst (at most {}), behind qemu-i386 in {} "
               "(at most 0); copy {:.2f} (at most {})\n",
               mean(ours), mean_budget, worst, worst_budget, behind_qemu, copied.ours / copied.host, copy_budget);
    return mean(ours) <= mean_budget && worst <= worst_budget && !behind_qemu && copied.ours / copied.host <= copy_budget;
}

// --- other costs ------------------------------------------------------------------------------------------------

GuestAddr put_code(AddressSpace& memory, const std::vector<int>& code)
{
    const auto at = *memory.vmalloc(code.size());
    std::vector<std::byte> bytes;
    for (const int byte : code) bytes.push_back(static_cast<std::byte>(byte));
    memory.write_all(at, bytes);
    return at;
}

std::vector<int> word(std::uint64_t value)
{
    return {static_cast<int>(value & 255), static_cast<int>(value >> 8 & 255), static_cast<int>(value >> 16 & 255),
            static_cast<int>(value >> 24 & 255)};
}

template <class Work>
double median_of_turns(Work work)
{
    Sample sample;
    for (int turn = 0; turn < 2 * turns; ++turn) sample.seconds.push_back(work());
    return sample.median();
}

/// ns of a guest's loop that calls an entry of the kernel whose handler fetches an argument.
double kernel_call(Guest& guest)
{
    constexpr std::uint32_t count = 2'000'000;
    std::vector<int> code = {0xb9}; // mov $count,%ecx; 1: push %ecx; push $5; call *%ebx; pop %edx; pop %ecx; dec %ecx; jnz 1b; ret
    for (const int byte : word(count)) code.push_back(byte);
    for (const int byte : {0x51, 0x6a, 5, 0xff, 0xd3, 0x5a, 0x59, 0x49, 0x75, 0xf6, 0xc3}) code.push_back(byte);
    const auto at = put_code(guest.memory(), code);
    return median_of_turns([&] { return guest.call(at, {}).seconds / count * 1e9; });
}

/// ns of a guest's loop that calls kfree(NULL) of a whole kernel.
double export_call()
{
    prefer_engine(EngineKind::native);
    Machine machine{MachineOptions{.memory_bytes = 16 << 20}};
    BufferedUserMemory user(machine.arch());
    machine.memory().set_user_memory(&user);
    Kernel kernel(machine, standard_exports());
    constexpr std::uint32_t count = 500'000;
    // push %ebx; mov $count,%ebx; 1: push $0; mov $kfree,%eax; call *%eax; pop %eax; dec %ebx; jnz 1b; pop %ebx; ret
    std::vector<int> code = {0x53, 0xbb};
    for (const int byte : word(count)) code.push_back(byte);
    for (const int byte : {0x6a, 0, 0xb8}) code.push_back(byte);
    for (const int byte : word(kernel.symbols().address("kfree").value().value)) code.push_back(byte);
    for (const int byte : {0xff, 0xd0, 0x58, 0x4b, 0x75, 0xf3, 0x5b, 0xc3}) code.push_back(byte);
    const SystemCall call{"call_function", {put_code(machine.memory(), code).value}, 6};
    return median_of_turns([&] {
        const auto start = cpu_seconds();
        const auto outcome = kernel.scheduler().call(call, {}, {.blocks = std::uint64_t{1} << 40});
        if (outcome.kind != Outcome::Kind::done) throw std::runtime_error("kfree(NULL) did not return");
        return (cpu_seconds() - start) / count * 1e9;
    });
}

/// us from a machine's memory to an engine that has run its first instructions, and its end.
double engine_start()
{
    prefer_engine(EngineKind::native);
    Machine machine{MachineOptions{.memory_bytes = 16 << 20}};
    const auto& cpu = *find_cpu(i386());
    const auto code = put_code(machine.memory(), {0xcc});
    return median_of_turns([&] {
        constexpr int count = 20;
        const auto start = cpu_seconds();
        for (int i = 0; i < count; ++i) {
            const auto engine = make_engine(cpu, machine.memory());
            engine->set_reg(i386_eip, code.value);
            if (engine->run(10).kind != StopKind::breakpoint) throw std::runtime_error("int3 did not stop the guest");
        }
        return (cpu_seconds() - start) / count * 1e6;
    });
}

/// ns an instruction: the first run of fresh code, in which each instruction is met once, less the second.
double translation(Guest& guest)
{
    // mov 8(%esp),%eax; add $5,%eax; push %ebx; lea; test; jne 1f; 1: pop %ebx; movzbl; inc; cmp; jb 2f; 2:
    const std::vector<int> pattern = {0x8b, 0x44, 0x24, 8, 0x83, 0xc0, 5, 0x53, 0x8d, 0x54, 0x81, 4, 0x85, 0xc0, 0x75, 0,
                                      0x5b, 0x0f, 0xb6, 0xd0, 0x42, 0x81, 0xfa, 0, 1, 0, 0, 0x72, 0};
    constexpr int instructions = 11, repeated = 10'000;
    std::vector<int> code;
    for (int i = 0; i < repeated; ++i) code.insert(code.end(), pattern.begin(), pattern.end());
    code.push_back(0xc3);
    return median_of_turns([&] {
        const auto at = put_code(guest.memory(), code);
        const auto first = guest.call(at, {}).seconds, second = guest.call(at, {}).seconds;
        guest.memory().vfree(at);
        return (first - second) / (instructions * repeated) * 1e9;
    });
}

bool within(const char* what, double value, double budget, const char* unit)
{
    fmt::print("{:46} {:8.1f} {} (at most {:.0f})\n", what, value, unit, budget);
    return value <= budget;
}

} // namespace

int main(int count, char** words)
{
    if (count != 2) return 2;
    Comparison comparison(words[1]);
    bool good = compare_programs(comparison);
    good &= within("kernel call, to a handler and back", kernel_call(comparison.ours()), call_budget, "ns");
    good &= within("call of kfree(NULL), in a whole kernel", export_call(), export_budget, "ns");
    good &= within("start and end of an engine", engine_start(), start_budget, "us");
    good &= within("translation of an instruction", translation(comparison.ours()), translation_budget, "ns");
    return good ? 0 : 1;
}
