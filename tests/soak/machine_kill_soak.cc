// SPDX-License-Identifier: GPL-2.0-or-later
// Writers and readers share one machine file while they are killed at random. usage: machine_kill_soak [SECONDS] [WRITERS]
// Checked in each state that anyone sees: all pages belong to one commit (never between two), and no commit that was
// reported as done is lost. Exit status 1 at the first violation.
#include "emu/machine/machine_file.h"

#include <fmt/format.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <vector>

using namespace retromod;

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned pages = 48;
constexpr int violation = 3;
constexpr unsigned least_kills = 1000; ///< also where the time is over before
constexpr unsigned reader_share = 4; ///< every so many children is a reader

/// What the processes tell each other, in shared memory that no kill can tear.
struct Shared {
    std::atomic<std::uint32_t> acknowledged; ///< the latest commit whose process was told that it is done
    std::atomic<std::uint32_t> commits;
    std::atomic<std::uint32_t> reads;
};

struct Mark {
    static constexpr std::string_view table_name = "marks";
    static constexpr std::uint32_t table_capacity = 4096;
    std::uint32_t used;
    std::uint32_t value;
};

GuestAddr place(unsigned page) { return {0xc0200000 + page * 5 * 4096ull}; }

/// A page that is all zeros in every other state, so that it is punched out and comes back.
constexpr GuestAddr comes_and_goes{0xc0600000};

std::uint32_t check_state(Machine& machine)
{
    const auto value = machine.single<Mark>().value;
    auto& memory = machine.memory();
    for (unsigned page = 0; page < pages; ++page)
        if (const auto found = memory.load<std::uint32_t>(place(page)); found != value)
            throw std::runtime_error(fmt::format("page {} is of state {}, the table of {}", page, found, value));
    if (memory.load<std::uint32_t>(comes_and_goes) != (value % 2 ? value : 0)) throw std::runtime_error("a page was not cleared");
    return value;
}

void set_state(Machine& machine, std::uint32_t value)
{
    machine.single<Mark>().value = value;
    for (unsigned page = 0; page < pages; ++page) machine.memory().store(place(page), value);
    machine.memory().store(comes_and_goes, value % 2 ? value : 0);
}

void acknowledge(Shared& shared, std::uint32_t value)
{
    auto seen = shared.acknowledged.load();
    while (seen < value && !shared.acknowledged.compare_exchange_weak(seen, value)) {}
    ++shared.commits;
}

void require_not_lost(std::uint32_t value, std::uint32_t acknowledged)
{
    if (value < acknowledged) throw std::runtime_error(fmt::format("state is {}, but {} was committed", value, acknowledged));
}

void write_once(const MachineFile& file, Shared& shared, unsigned round)
{
    auto transaction = file.begin();
    const auto acknowledged = shared.acknowledged.load();
    const auto value = check_state(transaction.machine());
    require_not_lost(value, acknowledged);
    set_state(transaction.machine(), value + 1);
    if (round % 7 == 6) return; // rolled back
    transaction.commit();
    acknowledge(shared, value + 1);
}

void read_once(const MachineFile& file, Shared& shared)
{
    const auto acknowledged = shared.acknowledged.load();
    require_not_lost(check_state(file.read().machine()), acknowledged);
    ++shared.reads;
}

/// Whether the last commit waits for being written by somebody else; another process may be about to.
bool journal_is_complete(const MachineFile& file)
{
    const auto journal = Journal::open_for_reading(file.path() + ".journal");
    return journal && journal->is_complete();
}

[[noreturn]] void work(const MachineFile& file, Shared& shared, bool reader)
{
    try {
        for (unsigned round = 0;; ++round) reader ? read_once(file, shared) : write_once(file, shared, round);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", ::getpid(), error.what());
        ::_exit(violation);
    }
}

::pid_t start(const MachineFile& file, Shared& shared, bool reader)
{
    const auto child = ::fork();
    if (child == 0) work(file, shared, reader);
    return child;
}

} // namespace

int main(int argc, char** argv)
{
    const auto seconds = std::chrono::duration<double>(argc > 1 ? std::atof(argv[1]) : 10);
    const unsigned processes = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 8;
    auto directory = (std::filesystem::temp_directory_path() / "machine-soak-XXXXXX").string();
    if (!::mkdtemp(directory.data())) return 2;
    const MachineFile file(directory + "/machine");
    auto* memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto& shared = *new (memory) Shared{};
    {
        auto transaction = file.create({.memory_bytes = 16 << 20});
        set_state(transaction.machine(), 1);
        transaction.commit();
    }

    std::vector<::pid_t> children;
    for (unsigned i = 0; i < processes; ++i) children.push_back(start(file, shared, i % reader_share == reader_share - 1));
    std::mt19937 random(std::random_device{}());
    unsigned kills = 0, cut_short = 0;
    bool failed = false;
    for (const auto end = Clock::now() + seconds; (Clock::now() < end || kills < least_kills) && !failed;) {
        ::usleep(random() % 4000);
        const auto victim = random() % processes;
        ::kill(children[victim], SIGKILL);
        int status = 0;
        ::waitpid(children[victim], &status, 0);
        failed = !WIFSIGNALED(status); // a worker ends by itself only when it saw a violation
        ++kills;
        cut_short += journal_is_complete(file);
        if (!failed) children[victim] = start(file, shared, victim % reader_share == reader_share - 1);
    }
    for (const auto child : children) {
        int status = 0;
        ::kill(child, SIGKILL);
        if (::waitpid(child, &status, 0) == child && WIFEXITED(status)) failed = true;
    }
    try {
        require_not_lost(check_state(file.read().machine()), shared.acknowledged);
    } catch (const std::exception& error) {
        fmt::print(stderr, "at the end: {}\n", error.what());
        failed = true;
    }
    fmt::print("{} kills, {} while a commit was being written, {} commits, {} reads, state {}: {}\n", kills, cut_short,
               shared.commits.load(), shared.reads.load(), shared.acknowledged.load(), failed ? "VIOLATED" : "ok");
    if (!failed) std::filesystem::remove_all(directory);
    return failed ? 1 : 0;
}
