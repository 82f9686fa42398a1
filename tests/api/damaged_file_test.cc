// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/module_list.h"
#include "tests/api/samples.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace retromod;

namespace {

/// insmod of bytes that are no file of the host.
Loaded load_bytes(Session& session, std::vector<std::byte> bytes)
{
    Loaded loaded;
    InsmodOptions options;
    options.file = "hello.o";
    ModuleFile file{"hello.o", "/hello.o", 0, std::move(bytes)};
    loaded.result = insmod_file(options, file, session.calls(), session.system(),
                                {[&](std::string_view text) { loaded.out += text; },
                                 [&](std::string_view text) { loaded.err += text; }});
    return loaded;
}

std::vector<std::byte> hello_bytes()
{
    const auto file = read_module_file(sample("hello"));
    REQUIRE(file);
    return file->bytes;
}

} // namespace

TEST_CASE("a module cut at any byte is refused in one line and changes nothing", "[api][damaged]")
{
    const auto whole = hello_bytes();
    auto session = Session::in_memory({});
    std::size_t wrong = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto loaded = load_bytes(session, {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
        const bool one_line = std::ranges::count(loaded.err, '\n') == 1 && loaded.err.starts_with("hello.o: ");
        if (loaded.result.exit_status == 1 && one_line && session.kernel().modules().size() == 0) continue;
        ++wrong;
        UNSCOPED_INFO("cut to " << size << ": exit " << loaded.result.exit_status << ", " << loaded.err);
    }
    CHECK(wrong == 0);
    CHECK(load_bytes(session, whole).result.exit_status == 0);
}

TEST_CASE("a module with any one byte of its headers changed never breaks the loader", "[api][damaged]")
{
    const auto whole = hello_bytes();
    auto session = Session::in_memory({});
    session.calls().set_limits({.blocks = 100'000});
    const std::size_t section_headers = load<std::uint32_t>(whole.data() + 32, ByteOrder::little);
    std::size_t refused = 0, accepted = 0;
    const auto spoil = [&](std::size_t at) {
        auto bytes = whole;
        bytes[at] ^= std::byte{0x81};
        try {
            const auto loaded = load_bytes(session, std::move(bytes));
            ++(loaded.result.exit_status == 0 ? accepted : refused);
            CHECK((loaded.result.exit_status == 0 || !loaded.err.empty()));
        } catch (const CallStopped&) {
            ++accepted; // it ran, and went wrong in the guest
        }
        session = Session::in_memory({});
        session.calls().set_limits({.blocks = 100'000});
    };
    for (std::size_t at = 0; at < 52; ++at) spoil(at);
    for (std::size_t at = section_headers; at < whole.size(); at += 7) spoil(at);
    CHECK(refused > 0);
    CHECK(refused + accepted > 100);
}
