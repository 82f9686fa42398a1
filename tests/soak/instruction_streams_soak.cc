// SPDX-License-Identifier: GPL-2.0-or-later
// usage: instruction_streams_soak SECONDS
// Random instruction streams on every CPU that has an engine, in jailed children. Whatever a stream does, its run ends: by an
// outcome, by an engine that says what it cannot execute, or with its child, which is counted. Exit status 1 when the machine in
// the parent is not as it was.
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "loader/api/session.h"

#include <sys/mman.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

using namespace retromod;

namespace {

constexpr unsigned streams_in_child = 64;
constexpr std::size_t stream_bytes = 256;
constexpr std::array<std::string_view, 9> tested_arches = {"i386", "x86_64", "mips", "mipsel", "ppc",
                                                            "arm", "sparc", "m68k", "alpha"};
/// Bytes that begin what engines are weak at: prefixes, escapes, coprocessors, alternate spaces.
constexpr std::array<std::uint8_t, 16> hot = {0xf0, 0x0f, 0x66, 0xf2, 0xf3, 0xba, 0xab, 0xc0,
                                              0xd8, 0xff, 0xca, 0x48, 0xaa, 0xe0, 0x00, 0x7c};

/// What a child tells its parent as it goes on.
struct Progress {
    unsigned begun, outcomes, refusals;
};

std::vector<std::byte> stream(std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::vector<std::byte> bytes(stream_bytes);
    for (auto& byte : bytes) byte = static_cast<std::byte>(random() % 3 ? random() : hot[random() % hot.size()]);
    return bytes;
}

void run_stream(Session& session, std::uint64_t seed, Progress& progress)
{
    auto& kernel = session.kernel();
    const auto at = kernel.heap().allocate(stream_bytes);
    kernel.memory().write_all(at, stream(seed));
    ++progress.begun;
    try {
        kernel.scheduler().call({"call_function", {at.value}, 6}, {}, {.blocks = 2000});
        ++progress.outcomes;
    } catch (const std::runtime_error& refusal) {
        std::printf("%s, seed %llu: %s\n", session.arch().name.data(), static_cast<unsigned long long>(seed), refusal.what());
        ++progress.refusals;
    }
}

struct Totals {
    unsigned streams = 0, refusals = 0;
    unsigned deaths = 0;  ///< children that ended: the jail is there for them
    unsigned changes = 0; ///< machines of a parent that were not as before
};

void test_cpu(std::string_view arch, double seconds, Progress& progress, Totals& totals)
{
    const auto release = arch == "x86_64" ? "2.4.37.11" : "2.4.20";
    auto session = Session::in_memory({.arch = find_arch(arch), .release = find_release(release), .memory_bytes = 32 << 20});
    const auto before = session.kernel().heap().allocate(32);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    for (std::uint64_t seed = 1; std::chrono::steady_clock::now() < end; seed += streams_in_child) {
        progress = {};
        const auto result = session.run_jailed(
            [&](Session& jailed) {
                for (unsigned i = 0; i < streams_in_child; ++i) run_stream(jailed, seed + i, progress);
                return 0;
            },
            {.cpu_seconds = 60});
        totals.streams += progress.begun;
        totals.refusals += progress.refusals;
        if (!result.died && result.status == 0) continue;
        ++totals.deaths;
        std::printf("%s, seed %llu: the child died: %s\n", arch.data(), static_cast<unsigned long long>(seed + progress.begun - 1),
                    result.reason.c_str());
    }
    if (session.kernel().heap().size_of(before) == 32) return;
    ++totals.changes;
    std::printf("%s: the machine in the parent was changed\n", arch.data());
}

} // namespace

int main(int argc, char** argv)
{
    const double seconds = argc > 1 ? std::atof(argv[1]) : 60;
    void* shared = ::mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 1;
    Totals totals;
    for (const auto arch : tested_arches) test_cpu(arch, seconds / tested_arches.size(), *static_cast<Progress*>(shared), totals);
    std::printf("%u streams, %u that the engine refused, %u that ended their child; the parent's machine changed %u times\n",
                totals.streams, totals.refusals, totals.deaths, totals.changes);
    return totals.changes || totals.streams < 1000;
}
