// SPDX-License-Identifier: GPL-2.0-or-later
// How insmod grows with the modules that are loaded: it asks query_module for each of them, so its time should follow the
// bytes that it is told. The peer is what the same questions cost in the real kernel by the look-ups alone: each of them
// walks the list (tests/bench/kernel_walk.h). Every loaded module offers eight symbols.
// Prints medians with the spread of the rounds; ends with 1 when a byte costs insmod more than `budget` times as much with
// 10,000 modules as with 1,000.
#include "loader/api/session.h"
#include "loader/legacy/insmod.h"
#include "loader/legacy/rmmod.h"
#include "tests/bench/kernel_walk.h"
#include "tests/bench/sample.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <stdexcept>

using namespace retromod;

namespace {

constexpr std::array<int, 3> counts = {10, 1'000, 10'000};
constexpr int rounds = 9;
constexpr int symbols = 8;
constexpr double budget = 2.0;

/// Passes the calls on, and counts what query_module answers.
class CountingCalls final : public ModuleCalls {
public:
    explicit CountingCalls(ModuleCalls& calls, const Arch& arch) : calls_(calls), arch_(arch) {}

    SyscallResult create_module(std::string_view name, std::uint64_t size) override { return calls_.create_module(name, size); }
    SyscallResult init_module(std::string_view name, std::span<const std::byte> image) override
    {
        return calls_.init_module(name, image);
    }
    SyscallResult delete_module(std::optional<std::string_view> name) override { return calls_.delete_module(name); }
    SyscallResult get_kernel_syms(std::span<std::byte> table) override { return calls_.get_kernel_syms(table); }
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override
    {
        const auto result = calls_.query_module(name, which, buffer);
        if (!result.result.failed(arch_)) bytes += used(which, buffer, result.ret);
        return result;
    }

    std::uint64_t bytes = 0;

private:
    /// The bytes of an answer: all up to the end of the last name that it has.
    std::uint64_t used(Query which, std::span<const std::byte> buffer, std::uint64_t ret) const
    {
        if (which == Query::info) return ret;
        std::uint64_t end = 0;
        if (which == Query::symbols) {
            if (!ret) return 0;
            end = load_unsigned(buffer.data() + (2 * ret - 1) * arch_.word_bytes, arch_.word_bytes, arch_.order);
            ret = 1;
        }
        for (; ret; --ret) end += std::strlen(reinterpret_cast<const char*>(buffer.data()) + end) + 1;
        return end;
    }

    ModuleCalls& calls_;
    const Arch& arch_;
};

/// Loads a module without code that offers symbols, as insmod would lay it out.
void load(ModuleCalls& calls, int number)
{
    constexpr std::uint64_t header = 96, size = 1024, table = 160, texts = 256;
    const auto name = fmt::format("module{}", number);
    const auto base = calls.create_module(name, size).word;
    std::array<std::byte, size> image{};
    const auto put = [&](std::size_t at, std::uint64_t value) {
        store<std::uint32_t>(image.data() + at, ByteOrder::little, static_cast<std::uint32_t>(value));
    };
    put(0, header);
    put(8, base + header);
    put(12, size);
    put(24, symbols);
    put(32, base + table);
    std::memcpy(image.data() + header, name.c_str(), name.size() + 1);
    auto text = texts;
    for (int i = 0; i < symbols; ++i) {
        const auto symbol = fmt::format("{}_function_{}", name, i);
        put(table + static_cast<std::size_t>(i) * 8, base + 512 + static_cast<std::uint64_t>(i));
        put(table + static_cast<std::size_t>(i) * 8 + 4, base + text);
        std::memcpy(image.data() + text, symbol.c_str(), symbol.size() + 1);
        text += symbol.size() + 1;
    }
    if (calls.init_module(name, image).word != 0) throw std::runtime_error("init_module failed");
}

struct Point {
    int modules;
    std::uint64_t bytes;
    Sample insmod, walks;
};

/// The look-ups of insmod's questions: info and symbols of each module.
Sample time_walks(int count)
{
    const KernelWalk peer(count);
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(fmt::format("module{}", i));
    Sample sample;
    const void* volatile found = nullptr;
    for (int round = 0; round < (count < 10'000 ? rounds : 1); ++round) {
        const auto start = cpu_seconds();
        for (const auto& name : names)
            for (int question = 0; question < 2; ++question) found = peer.find(name.c_str());
        sample.seconds.push_back(cpu_seconds() - start);
    }
    static_cast<void>(found);
    return sample;
}

Point measure(int count)
{
    auto session = Session::in_memory({});
    for (int i = 0; i < count; ++i) load(session.calls(), i);
    std::string errors;
    const TextSinks sinks{[](std::string_view) {}, [&](std::string_view text) { errors += text; }};
    CountingCalls calls(session.calls(), session.arch());
    const auto file = read_module_file("images/built/i386/hello.o");
    Point point{count, 0, {}, time_walks(count)};
    for (int round = 0; round < rounds; ++round) {
        calls.bytes = 0;
        const auto start = cpu_seconds();
        const auto loaded = insmod_file({.file = "hello.o"}, file, calls, session.system(), sinks);
        point.insmod.seconds.push_back(cpu_seconds() - start);
        point.bytes = calls.bytes;
        if (loaded.exit_status || rmmod({.names = {"hello"}}, session.calls(), session.arch(), sinks))
            throw std::runtime_error(errors);
    }
    return point;
}

} // namespace

int main()
{
    fmt::print("{:>8}{:>12}{:>24}{:>14}{:>34}\n", "modules", "bytes told", "insmod", "ns a byte",
               "peer: the kernel's look-ups alone");
    std::vector<Point> points;
    for (const auto count : counts) {
        const auto& point = points.emplace_back(measure(count));
        fmt::print("{:>8}{:>12}{:13.3f} ms (+-{:2.0f} %){:14.1f}{:31.3f} ms\n", point.modules, point.bytes,
                   point.insmod.median() * 1e3, point.insmod.noise(),
                   point.insmod.median() * 1e9 / static_cast<double>(point.bytes), point.walks.median() * 1e3);
    }
    const auto a_byte = [](const Point& point) { return point.insmod.median() / static_cast<double>(point.bytes); };
    const auto growth = a_byte(points.back()) / a_byte(points[points.size() - 2]);
    fmt::print("a byte with 10,000 modules costs {:.2f} times one with 1,000 (at most {:.1f})\n", growth, budget);
    return growth <= budget ? 0 : 1;
}
