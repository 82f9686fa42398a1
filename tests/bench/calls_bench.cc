// SPDX-License-Identifier: GPL-2.0-or-later
// The system calls with 10, 1,000 and 10,000 modules loaded, each asked for by the name that the kernel's own walk finds
// last. The peer is that walk: a list of struct modules, a page each, compared by strcmp. Then scenarios a second.
// Prints medians with the spread of the rounds; ends with 1 where a budget is broken: a call with 10,000 modules takes at
// most twice its time with 10; all measured scenarios on all releases take less than 10 s.
#include "emu/exports/core/module_functions.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/scenario/replay.h"
#include "tests/bench/kernel_walk.h"
#include "tests/bench/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <vector>

using namespace retromod;

namespace {

constexpr int rounds = 9;
constexpr int calls_per_round = 400;
constexpr std::array<int, 3> counts = {10, 1'000, 10'000};
constexpr double flat_budget = 2.0;
constexpr double scenarios_budget = 10.0;

const ExportTable& exports()
{
    static const ExportTable table = [] {
        ExportTable exports;
        exports.functions = {module_functions()};
        return exports;
    }();
    return table;
}

/// A machine with small modules, each with an init routine that counts itself up, as a driver with an open file does.
class Guest {
public:
    static constexpr std::uint64_t header = 96, code_at = 256, size = 512;

    explicit Guest(int count)
    {
        machine_.memory().set_user_memory(&user_);
        for (int i = 0; i < count; ++i) {
            create(fmt::format("module{}", i));
            init();
        }
    }
    void create(const std::string& name)
    {
        name_ = name;
        base_ = {call({"create_module", {user_.place(name).value, size}, 2})};
    }
    void init()
    {
        std::array<std::byte, size> image{};
        const auto put = [&](std::size_t at, std::uint64_t value) {
            store<std::uint32_t>(image.data() + at, ByteOrder::little, static_cast<std::uint32_t>(value));
        };
        put(0, header);
        put(8, base_.value + header);
        put(12, size);
        put(44, base_.value + code_at);
        std::memcpy(image.data() + header, name_.c_str(), name_.size() + 1);
        image[code_at] = std::byte{0xff}, image[code_at + 1] = std::byte{0x05}; // incl usecount
        put(code_at + 2, base_.value + 16);
        image[code_at + 6] = std::byte{0xff}, image[code_at + 7] = std::byte{0x0d}; // decl usecount
        put(code_at + 8, base_.value + 16);
        image[code_at + 12] = std::byte{0x31}, image[code_at + 13] = std::byte{0xc0}; // xorl %eax, %eax
        image[code_at + 14] = std::byte{0xc3};
        call({"init_module", {user_.place(name_).value, user_.place(image).value}, 2});
    }
    void remove(const std::string& name) { call({"delete_module", {user_.place(name).value}, 1}); }
    void query(const std::string& name)
    {
        const auto room = user_.allocate(16), ret = user_.allocate(4);
        call({"query_module", {user_.place(name).value, 5, room.value, 16, ret.value}, 5});
    }

private:
    std::uint64_t call(const SystemCall& call)
    {
        const auto outcome = kernel_.scheduler().call(call);
        user_.clear();
        if (outcome.kind != Outcome::Kind::done || outcome.result.failed(kernel_.arch()))
            throw std::runtime_error(fmt::format("{} failed: {:#x} {}", call.name, outcome.result.word, outcome.what));
        return outcome.result.word;
    }

    Machine machine_;
    BufferedUserMemory user_{machine_.arch()};
    Kernel kernel_{machine_, exports()};
    std::string name_;
    GuestAddr base_;
};

template <class Work>
Sample sample(Work work)
{
    Sample sample;
    for (int round = 0; round < rounds; ++round) {
        const auto start = cpu_seconds();
        for (int i = 0; i < calls_per_round; ++i) work(i);
        sample.seconds.push_back((cpu_seconds() - start) / calls_per_round);
    }
    return sample;
}

/// The time of each call with that many modules loaded.
struct Curve {
    Sample create, init, query, remove, walk;
};

Curve measure(int count)
{
    Guest guest(count);
    const KernelWalk peer(count);
    Curve curve;
    curve.query = sample([&](int) { guest.query("module0"); });
    const void* volatile found = nullptr;
    curve.walk = sample([&](int) { found = peer.find("module0"); });
    for (int round = 0; round < rounds; ++round) {
        double create = 0, init = 0, remove = 0;
        for (int i = 0; i < calls_per_round; ++i) {
            auto start = cpu_seconds();
            const auto lap = [&](double& into) {
                const auto now = cpu_seconds();
                into += now - start;
                start = now;
            };
            guest.create("one_more");
            lap(create);
            guest.init();
            lap(init);
            guest.remove("one_more");
            lap(remove);
        }
        for (auto [sum, into] : {std::pair{create, &curve.create}, {init, &curve.init}, {remove, &curve.remove}})
            into->seconds.push_back(sum / calls_per_round);
    }
    return curve;
}

bool flat_calls()
{
    std::vector<Curve> curves;
    for (const auto count : counts) curves.push_back(measure(count));
    fmt::print("{:28}{:>14}{:>20}{:>20}\n", "modules loaded", counts[0], counts[1], counts[2]);
    bool within = true;
    const auto print = [&](std::string_view name, Sample Curve::*member, double budget) {
        fmt::print("{:28}", name);
        for (const auto& curve : curves)
            fmt::print("{:8.2f} us (+-{:2.0f} %)", (curve.*member).median() * 1e6, (curve.*member).noise());
        const auto ratio = (curves.back().*member).median() / (curves.front().*member).median();
        fmt::print("  {:.2f}x\n", ratio);
        within = within && (budget == 0 || ratio <= budget);
    };
    print("create_module", &Curve::create, flat_budget);
    print("init_module, runs init", &Curve::init, flat_budget);
    print("query_module INFO, oldest", &Curve::query, flat_budget);
    print("delete_module", &Curve::remove, flat_budget);
    print("peer: the kernel's own walk", &Curve::walk, 0);
    return within;
}

bool scenarios()
{
    ReplayOptions options;
    for (const auto& release : releases()) options.releases.push_back(&release);
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator("tests/vectors"))
        if (entry.path().extension() == ".json") files.push_back(entry.path().string());
    std::ostringstream out;
    const auto start = cpu_seconds();
    const auto totals = replay(options, files, out, std::cerr);
    const auto seconds = cpu_seconds() - start;
    const auto runs = totals.passed + totals.failed;
    fmt::print("{} scenario runs in {:.2f} s, files read: {:.0f} a second (at most {:.0f} s)\n", runs, seconds,
               static_cast<double>(runs) / seconds, scenarios_budget);
    return runs && totals.failed == 0 && seconds < scenarios_budget;
}

} // namespace

int main()
{
    const bool flat = flat_calls();
    return scenarios() && flat ? 0 : 1;
}
