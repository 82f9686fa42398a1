// SPDX-License-Identifier: GPL-2.0-or-later
// Our Alpha engine against qemu-alpha on the same code: loops of arithmetic, table look-ups, stores, and calls. CPU
// time, less what a run of one round takes (qemu's start and both translations). Ends with 1 when we take more than
// four times qemu's time on the whole.
#include "tests/cpu/guest.h"
#include "tests/cpu/qemu_alpha.h"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <ctime>

using namespace retromod;
using namespace retromod::alpha;

namespace {

constexpr int rounds = 3;
constexpr double most = 4; ///< times qemu's time

struct Workload {
    const char* name;
    unsigned millions;               ///< rounds of the loop
    unsigned instructions;           ///< a round
    std::vector<std::uint32_t> body; ///< t0 counts down behind it; a0 points at 64 KB; pv and ra are free
};

/// f(a0, a1): the body, as often as the word at a0 says.
std::vector<std::uint32_t> loop_of(const Workload& work)
{
    std::vector<std::uint32_t> code{operate("bis", ra, ra, s0), memory("ldq", t0, 0, a0)};
    code.insert(code.end(), work.body.begin(), work.body.end());
    code.push_back(literal("subq", t0, 1, t0));
    code.push_back(branch("bne", t0, -static_cast<int>(work.body.size()) - 2));
    code.push_back(operate("bis", s0, s0, ra));
    code.push_back(ret());
    return code;
}

std::vector<Workload> workloads()
{
    return {
        {"arithmetic",
         20,
         10,
         {operate("addq", t1, t0, t1), literal("sll", t1, 3, t2), operate("xor", t2, t1, t2),
          operate("subq", t2, t0, t3), literal("srl", t3, 5, t4), operate("bis", t4, t1, t1),
          operate("cmpult", t1, t2, t5), operate("s4addq", t5, t2, t2)}},
        {"table (crc32)",
         20,
         11,
         {literal("addq", a2, 1, a2), literal("and", a2, 0xff, t1), operate("addq", a0, t1, t1),
          memory("ldbu", t2, 0, t1), operate("xor", t2, t3, t2), literal("and", t2, 0xff, t2),
          operate("s8addq", t2, a0, t2), memory("ldq", t4, 256, t2), operate("xor", t4, t3, t3)}},
        {"stores",
         20,
         8,
         {literal("addq", a2, 8, a2), literal("zapnot", a2, 1, t1), operate("addq", a0, t1, t1),
          memory("stq", t0, 512, t1), memory("stl", t0, 1024, t1), memory("ldq", t2, 512, t1)}},
        {"calls",
         20,
         6,
         {memory("lda", t1, 1, t1), branch("bsr", ra, 1), branch("br", zero, 2), memory("lda", t2, 1, t2), ret()}},
    };
}

double seconds_of(int who)
{
    rusage usage;
    getrusage(who, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

std::vector<std::byte> input_for(std::uint64_t count)
{
    std::vector<std::byte> input(65536);
    for (std::size_t i = 8; i < input.size(); ++i)
        input[i] = static_cast<std::byte>(i * 37 >> 3);
    std::memcpy(input.data(), &count, sizeof count);
    return input;
}

double run_qemu(const Workload& work, std::uint64_t count)
{
    const auto program = make_program(loop_of(work), input_for(count), 8);
    const auto before = seconds_of(RUSAGE_CHILDREN);
    run_under_qemu(program);
    return seconds_of(RUSAGE_CHILDREN) - before;
}

double run_ours(const Workload& work, std::uint64_t count)
{
    Guest guest("alpha");
    const auto code = loop_of(work);
    guest.memory.write_all(guest.code, std::as_bytes(std::span(code)));
    const auto data = *guest.memory.vmalloc(65536);
    guest.memory.write_all(data, input_for(count));
    const auto before = seconds_of(RUSAGE_SELF);
    const auto stop = guest.call(guest.code, {data.value}, ~std::uint64_t{0});
    if (!guest.returned(stop)) throw std::runtime_error(fmt::format("{} did not return", work.name));
    return seconds_of(RUSAGE_SELF) - before;
}

/// The least of several: what the machine's other work adds is left out.
template <class Run> double best(Run run, const Workload& work)
{
    double least = 1e9;
    for (int round = 0; round < rounds; ++round)
        least = std::min(least, run(work, work.millions * 1'000'000ull) - run(work, 1));
    return least;
}

} // namespace

int main()
{
    double logarithms = 0;
    const auto all = workloads();
    for (const auto& work : all) {
        const auto ours = best(run_ours, work), qemu = best(run_qemu, work);
        const auto millions = double(work.millions) * work.instructions;
        fmt::print("{:14} {:6.2f} ns/insn, {:6.2f} under qemu-alpha: {:.2f}x its time\n", work.name,
                   ours / millions * 1e3, qemu / millions * 1e3, ours / qemu);
        logarithms += std::log(ours / qemu);
    }
    const auto ratio = std::exp(logarithms / static_cast<double>(all.size()));
    fmt::print("geometric mean: {:.2f}x qemu-alpha's time (at most {}x)\n", ratio, most);
    return ratio <= most ? 0 : 1;
}
