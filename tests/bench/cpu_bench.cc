// SPDX-License-Identifier: GPL-2.0-or-later
// Our engine over Unicorn against bare Unicorn with a block hook: the same i386 code, in one process, in turns. Prints medians with
// the spread of the rounds; ends with 1 where a budget is broken: instructions at 0.9x of bare Unicorn's rate at least
// (geometric mean of the kinds of code), a kernel call within 1.5x of its time.
#include "emu/cpu/cpu.h"
#include "emu/cpu/i386_registers.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/machine/machine.h"

#include <fmt/format.h>
#include <unicorn/unicorn.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <vector>

using namespace retromod;

namespace {

constexpr int rounds = 7;

struct Workload {
    const char* name;
    std::vector<int> code; ///< ends with ret; `count` is in ecx, a buffer's address in esi
    std::uint32_t count;
    double instructions; ///< per count; 0: report per count, as a kernel call
};

const Workload workloads[] = {
    {"integer loop", {0x01, 0xc8, 0x35, 0x55, 0xaa, 0x55, 0xaa, 0xd1, 0xc0, 0x49, 0x75, 0xf4, 0xc3}, 20'000'000, 5},
    {"loads", {0x89, 0xca, 0x81, 0xe2, 0xff, 0x0f, 0, 0, 0x03, 0x04, 0x16, 0x49, 0x75, 0xf2, 0xc3}, 10'000'000, 5},
    {"stores", {0x89, 0xca, 0x81, 0xe2, 0xff, 0x0f, 0, 0, 0x88, 0x04, 0x16, 0x49, 0x75, 0xf2, 0xc3}, 1'000'000, 5},
    {"short calls", {0xe8, 4, 0, 0, 0, 0x49, 0x75, 0xf8, 0xc3, 0x40, 0xc3}, 1'000'000, 5},
    // push %ecx; push $5; call *%ebx; pop %edx; pop %ecx; dec %ecx; jnz; ret
    {"kernel call", {0x51, 0x6a, 5, 0xff, 0xd3, 0x5a, 0x59, 0x49, 0x75, 0xf6, 0xc3}, 500'000, 0},
};

double cpu_seconds()
{
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The guest over our engine: an area of code, and an entry that a handler serves.
struct Ours : HypercallHandler {
    Ours()
    {
        auto& memory = machine.memory();
        entries = {memory.allocate_text(4096), 4096};
        const auto text = memory.bytes(entries.start, Access::execute);
        std::fill(text.begin(), text.begin() + 4096, cpu.entry_code[0]);
        stack_top = *memory.allocate_frames(1) + 8192;
        buffer = *memory.vmalloc(8192);
        code = *memory.vmalloc(4096);
        engine = make_engine(cpu, memory);
        engine->set_hypercalls(entries, this);
    }
    Next on_hypercall(GuestAddr at) noexcept override
    {
        if (at == entries.start) return Next::stop;
        ArgCursor arguments(cpu, *engine, machine.memory());
        engine->set_reg(cpu.result, arguments.next_word() + 1);
        return Next::resume;
    }
    double run(const Workload& work)
    {
        auto& memory = machine.memory();
        std::vector<std::byte> bytes;
        for (const int byte : work.code)
            bytes.push_back(static_cast<std::byte>(byte));
        memory.write_all(code, bytes);
        auto context = cpu.initial(stack_top, {});
        cpu.begin_call(context, memory, code, {}, entries.start);
        context.reg[i386_ecx] = work.count;
        context.reg[i386_esi] = buffer.value;
        context.reg[i386_ebx] = (entries.start + 16).value;
        engine->restore(context);
        const auto start = cpu_seconds();
        const auto stop = engine->run(~std::uint64_t{0});
        const auto seconds = cpu_seconds() - start;
        if (stop.kind != StopKind::hypercall) throw std::runtime_error(fmt::format("{} did not return", work.name));
        return seconds;
    }

    Machine machine{MachineOptions{.memory_bytes = 16 << 20}};
    const Cpu& cpu = *find_cpu(i386());
    GuestRange entries;
    GuestAddr stack_top, buffer, code;
    std::unique_ptr<Engine> engine;
};

/// The same on Unicorn alone: a hook that counts blocks, and one on the entry that reads an argument and sets the
/// result.
struct Bare {
    static constexpr std::uint64_t code = 0xc8000000, stack = 0xc0200000, entries = 0xc0300000, buffer = 0xc0100000;

    Bare()
    {
        check(uc_open(UC_ARCH_X86, UC_MODE_32, &uc));
        for (const auto at : {code, stack, entries, buffer})
            check(uc_mem_map(uc, at, 8192, UC_PROT_ALL));
        const std::vector<char> returns(8192, '\xc3');
        check(uc_mem_write(uc, entries, returns.data(), returns.size()));
        uc_hook hook;
        check(uc_hook_add(uc, &hook, UC_HOOK_BLOCK, reinterpret_cast<void*>(on_block), this, 1, 0));
        check(uc_hook_add(uc, &hook, UC_HOOK_CODE, reinterpret_cast<void*>(on_entry), this, entries, entries + 4095));
    }
    ~Bare() { uc_close(uc); }
    static void check(uc_err error)
    {
        if (error != UC_ERR_OK) throw std::runtime_error(uc_strerror(error));
    }
    static void on_block(uc_engine*, std::uint64_t, std::uint32_t, void* self) { ++static_cast<Bare*>(self)->blocks; }
    static void on_entry(uc_engine* uc, std::uint64_t address, std::uint32_t, void*)
    {
        if (address == entries) {
            uc_emu_stop(uc);
            return;
        }
        std::uint32_t esp = 0, argument = 0;
        uc_reg_read(uc, UC_X86_REG_ESP, &esp);
        uc_mem_read(uc, esp + 4, &argument, 4);
        ++argument;
        uc_reg_write(uc, UC_X86_REG_EAX, &argument);
    }
    double run(const Workload& work)
    {
        std::vector<unsigned char> bytes(work.code.begin(), work.code.end());
        check(uc_mem_write(uc, code, bytes.data(), bytes.size()));
        check(uc_ctl_remove_cache(uc, code, code + 4096));
        const std::uint32_t esp = stack + 4096, return_to = entries, ebx = entries + 16, esi = buffer;
        check(uc_mem_write(uc, esp, &return_to, 4));
        check(uc_reg_write(uc, UC_X86_REG_ESP, &esp));
        check(uc_reg_write(uc, UC_X86_REG_ECX, &work.count));
        check(uc_reg_write(uc, UC_X86_REG_ESI, &esi));
        check(uc_reg_write(uc, UC_X86_REG_EBX, &ebx));
        const auto start = cpu_seconds();
        check(uc_emu_start(uc, code, 0, 0, 0));
        return cpu_seconds() - start;
    }

    uc_engine* uc = nullptr;
    std::uint64_t blocks = 0;
};

struct Sample {
    std::vector<double> seconds;
    double median() const
    {
        auto sorted = seconds;
        std::ranges::sort(sorted);
        return sorted[sorted.size() / 2];
    }
    /// Half the distance from best to worst, in percent of the median.
    double noise() const
    {
        const auto [low, high] = std::ranges::minmax(seconds);
        return 50 * (high - low) / median();
    }
};

/// Returns our time as a multiple of bare Unicorn's.
double measure(Ours& ours, Bare& bare, const Workload& work)
{
    Sample mine, theirs;
    for (int round = 0; round < rounds; ++round) {
        mine.seconds.push_back(ours.run(work));
        theirs.seconds.push_back(bare.run(work));
    }
    const auto ratio = mine.median() / theirs.median();
    if (work.instructions == 0) {
        fmt::print("{:14} {:8.1f} ns a call (+-{:.0f} %)   bare {:8.1f} ns (+-{:.0f} %)   {:.2f}x the time\n",
                   work.name, mine.median() / work.count * 1e9, mine.noise(), theirs.median() / work.count * 1e9,
                   theirs.noise(), ratio);
        return ratio;
    }
    const auto millions = work.count * work.instructions / 1e6;
    fmt::print("{:14} {:8.1f} M insn/s (+-{:.0f} %)  bare {:8.1f} M insn/s (+-{:.0f} %)  {:.2f}x the speed\n",
               work.name, millions / mine.median(), mine.noise(), millions / theirs.median(), theirs.noise(),
               1 / ratio);
    return ratio;
}

} // namespace

int main()
{
    prefer_engine(EngineKind::unicorn);
    Ours ours;
    Bare bare;
    double logarithms = 0, kinds = 0, call = 0;
    for (const auto& work : workloads) {
        const auto ratio = measure(ours, bare, work);
        if (work.instructions == 0)
            call = ratio;
        else
            logarithms -= std::log(ratio), ++kinds;
    }
    const auto speed = std::exp(logarithms / kinds);
    fmt::print(
        "instructions: {:.2f}x bare Unicorn's speed (at least 0.9x); kernel call: {:.2f}x its time (at most 1.5x)\n",
        speed, call);
    return speed >= 0.9 && call <= 1.5 ? 0 : 1;
}
