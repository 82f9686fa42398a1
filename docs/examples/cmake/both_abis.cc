// SPDX-License-Identifier: GPL-2.0-or-later
// The same step under both ABIs, with Catch2.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

#include <retromod.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace {

using Machine = std::unique_ptr<retromod_machine, decltype(&retromod_close)>;

Machine boot(const char* release)
{
    retromod_options options{};
    options.size = sizeof options;
    options.release = release;
    return {retromod_boot(&options), retromod_close};
}

std::string sample(const std::string& name)
{
    const char* folder = std::getenv("SAMPLES");
    return (folder ? folder : "/usr/share/retromod/samples") + ("/" + name);
}

std::string error_name(const Machine& machine, std::int64_t result)
{
    const char* name = retromod_errno_name(machine.get(), result);
    return name ? name : "";
}

} // namespace

TEST_CASE("a module is loaded once, whoever says so")
{
    const auto old = boot("2.4.20"), now = boot("6.1");
    REQUIRE(old);
    REQUIRE(now);
    CHECK(retromod_insmod(old.get(), sample("i386/greets.o").c_str(), nullptr) == 0);
    CHECK(error_name(old, retromod_create_module(old.get(), "greets", 4096)) == "EEXIST");
    CHECK(retromod_insmod(now.get(), sample("6.1/greets.ko").c_str(), nullptr) == 0);
    CHECK(retromod_insmod(now.get(), sample("6.1/greets.ko").c_str(), nullptr) == 1);
}

TEST_CASE("what is not there cannot be removed")
{
    const auto old = boot("2.2.1"), now = boot("6.12");
    CHECK(error_name(old, retromod_delete_module(old.get(), "nosuch")) == "ENOENT");
    CHECK(error_name(now, retromod_delete_module_flags(now.get(), "nosuch", 04000)) == "ENOENT");
}
