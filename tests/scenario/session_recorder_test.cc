// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/session_recorder.h"

#include "emu/exports/standard_exports.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/api/kernel_calls.h"
#include "loader/scenario/runner.h"
#include "loader/scenario/scenario_writer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace retromod;
using nlohmann::ordered_json;

namespace {

constexpr std::uint64_t base = 0xd0800000;

void put(std::vector<std::byte>& image, std::size_t at, std::uint32_t value)
{
    store<std::uint32_t>(image.data() + at, ByteOrder::little, value);
}

/// An image of 400 bytes whose init routine calls printk("hello").
std::vector<std::byte> calling_image(std::uint64_t at, std::uint64_t printk)
{
    std::vector<std::byte> image(400);
    put(image, 0, 96);
    put(image, 8, static_cast<std::uint32_t>(at + 96));
    put(image, 12, 400);
    put(image, 44, static_cast<std::uint32_t>(at + 200));
    std::ranges::copy(std::as_bytes(std::span("m", 2)), image.begin() + 96);
    image[200] = std::byte{0x68}; // push $text
    put(image, 201, static_cast<std::uint32_t>(at + 300));
    image[205] = std::byte{0xe8}; // call printk
    put(image, 206, static_cast<std::uint32_t>(printk - (at + 210)));
    std::ranges::copy(std::to_array<std::byte>({std::byte{0x58}, std::byte{0x31}, std::byte{0xc0}, std::byte{0xc3}}),
                      image.begin() + 210);
    std::ranges::copy(std::as_bytes(std::span("hello", 6)), image.begin() + 300);
    return image;
}

/// A machine as `record` boots it.
struct Recorded {
    Machine machine{scenario_machine(*find_release("2.4.20"))};
    BufferedUserMemory user{machine.arch()};
    Kernel kernel{machine, standard_exports(), boot()};
    KernelCalls calls{kernel, user};
    SessionRecorder recorder{machine.arch(), {{"printk", *kernel.symbols().address("printk")}}};
    std::unique_ptr<ModuleCalls> recording = recorder.stand_before(calls);

    static BootOptions boot()
    {
        BootOptions options;
        options.only_symbols = {{"printk", {}}};
        return options;
    }
    Recorded() { machine.memory().set_user_memory(&user); }

    Scenario scenario() const
    {
        const auto written = recorder.scenario("s", "t");
        return parse_scenarios("s.json", scenario_file_text({&written, 1})).scenarios.front();
    }
};

} // namespace

TEST_CASE("an image is written with names for addresses of modules and symbols", "[scenario][record]")
{
    RecordedAddresses addresses;
    addresses.modules[base] = {"m", 400};
    addresses.modules[base + 0x2000] = {"other", 300};
    addresses.symbols[0xc0100020] = "printk";
    auto image = calling_image(base, 0xc0100020);
    put(image, 36, base + 0x2000 + 100); // deps
    const auto text = image_text(image, {base}, addresses);
    CHECK(text["len"] == 400);
    CHECK(text["fields"]
          == ordered_json({{"size_of_struct", 96}, {"name", "@+96"}, {"size", 400}, {"deps", "@other+100"}, {"init", "@+200"}}));
    CHECK(text["body"].dump()
          == R"([{"off":96,"hex":"6d"},{"off":200,"hex":"68"},{"off":201,"u32":"@+300"},{"off":205,"hex":"e8"},)"
             R"({"off":206,"u32":"&printk-@-210"},{"off":210,"hex":"5831c0c3"},{"off":300,"str":"hello"}])");
}

TEST_CASE("any image comes back from its text as it was", "[scenario][record]")
{
    std::uint32_t seed = 1;
    const auto random = [&] { return seed = seed * 1664525 + 1013904223, seed >> 8; };
    RecordedAddresses addresses;
    addresses.modules[base] = {"a", 700};
    for (int round = 0; round < 200; ++round) {
        std::vector<std::byte> image(random() % 600);
        for (auto& byte : image) byte = static_cast<std::byte>(random() % 3 ? 0 : random());
        if (image.size() >= 4) put(image, 0, 4 * (random() % 40));
        for (int i = 0; i < 4 && image.size() > 8; ++i)
            put(image, random() % (image.size() - 4), static_cast<std::uint32_t>(base + random() % 700));
        // The module is created with that size, initialized with a callback-free header, and looked at.
        auto text = image_text(image, {base}, addresses);
        ScenarioRunner runner(*find_release("2.4.20"));
        runner.step({{"op", "create"}, {"name", "a"}, {"size", 4096}});
        text["base"] = "a";
        INFO(text.dump());
        CHECK(runner.image_bytes(nlohmann::json::parse(text.dump()), "a") == image);
    }
}

TEST_CASE("a recorded session replays, on a machine whose symbols lie elsewhere too", "[scenario][record]")
{
    Recorded session;
    const auto made = session.recording->create_module("m", 400);
    session.recording->init_module("m", calling_image(made.word, session.kernel.symbols().address("printk")->value));
    std::vector<std::byte> room(64);
    session.recording->query_module("m", Query::info, room);
    session.recorder.end_command();
    session.recording->delete_module("m");
    session.recording->get_kernel_syms({});
    session.recorder.end_command();

    const auto scenario = session.scenario();
    auto run = run_scenario(scenario, *find_release("2.4.20"));
    CHECK_FALSE(session.recorder.difference(run));
    REQUIRE(run.results->size() == 7);
    CHECK((*run.results)[1] == nlohmann::json{{"ret", 0}, {"printk", {"hello"}}});
    CHECK((*run.results)[2]["info"]["addr"] == "@m+0");
    auto moved = scenario;
    moved.symbols.insert(moved.symbols.begin(), "kmalloc");
    CHECK((*run_scenario(moved, *find_release("2.4.37.11")).results)[1]["ret"] == 0);
}

TEST_CASE("a replay that gives something else than the session is told", "[scenario][record]")
{
    Recorded session;
    session.recording->create_module("m", 400);
    session.recording->delete_module("nobody");
    auto run = run_scenario(session.scenario(), *find_release("2.4.20"));
    CHECK_FALSE(session.recorder.difference(run));
    (*run.results)[1]["ret"] = 0;
    CHECK(session.recorder.difference(run) == "step 1 (delete): the session saw ret \"ENOENT\", its replay gives {\"ret\":0}");
}

TEST_CASE("fresh expectations pass, and releases that answer alike share a group", "[scenario][record]")
{
    for (const auto* path : {"tests/vectors/create.json", "tests/vectors/kapi.json", "tests/vectors/nested.json"}) {
        for (const auto& scenario : load_scenarios(path).scenarios) {
            std::vector<const Release*> all;
            for (const auto& release : releases()) all.push_back(&release);
            auto written = ordered_json::parse(scenario.content->dump());
            written["expect"] = fresh_expectations(scenario, all);
            CHECK(written["expect"].size() <= all.size());
            const auto again = parse_scenarios("again.json", scenario_file_text({&written, 1})).scenarios.front();
            for (const auto* release : all) {
                INFO(scenario.id << " on " << release->name);
                CHECK(run_scenario(again, *release).passed);
            }
        }
    }
}
