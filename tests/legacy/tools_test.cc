// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/ksyms.h"
#include "loader/legacy/lsmod.h"
#include "loader/legacy/modinfo.h"
#include "loader/legacy/rmmod.h"
#include "tests/legacy/insmod_run.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace retromod;
using test::Captured;
using test::FakeKernel;
using test::SimpleModule;

namespace {

/// The kernel of the examples: vfat uses fat.
FakeKernel with_vfat()
{
    FakeKernel kernel;
    kernel.modules = {{.name = "vfat", .address = 0xc8810000, .size = 13052, .flags = 1 | 16, .use_count = 1},
                      {.name = "fat",
                       .address = 0xc8800000,
                       .size = 38680,
                       .flags = 1 | 16,
                       .users = {"vfat"},
                       .symbols = {{"fat_notify_change", 0xc8801234}}},
                      {.name = "loop", .address = 0xc8820000, .size = 12120, .flags = 1 | 4, .use_count = -1}};
    kernel.symbols = {{"printk", 0xc0112233}};
    return kernel;
}

/// A file of the host that goes with the test.
struct HostFile {
    std::string path = (std::filesystem::temp_directory_path() / fmt::format("retromod-{}.o", ::getpid())).string();
    explicit HostFile(const std::vector<std::byte>& bytes)
    {
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    ~HostFile() { std::filesystem::remove(path); }
};

} // namespace

TEST_CASE("lsmod shows sizes, use counts, states and users", "[legacy][lsmod]")
{
    auto kernel = with_vfat();
    Captured text;
    CHECK(lsmod(kernel, kernel, text.sinks()) == 0);
    CHECK(text.out == "Module                  Size  Used by    Not tainted\n"
                      "vfat                   13052   1 \n"
                      "fat                    38680   0  [vfat]\n"
                      "loop                   12120  -1  (autoclean) (unused)\n");
    kernel.modules = {{.name = "a", .flags = 2}, {.name = "b", .flags = 64}, {.name = "c", .flags = 0}};
    kernel.tainted.value = 3;
    text.out.clear();
    CHECK(lsmod(kernel, kernel, text.sinks()) == 0);
    CHECK(text.out == "Module                  Size  Used by    Tainted: PF \n"
                      "a                          0   0  (deleted)\n"
                      "b                          0   0  (initializing)\n"
                      "c                          0   0  (uninitialized)\n");
}

TEST_CASE("ksyms lists exports by module, sizes with -m, the kernel's with -a", "[legacy][ksyms]")
{
    auto kernel = with_vfat();
    Captured text;
    CHECK(ksyms({}, kernel, i386(), text.sinks()) == 0);
    CHECK(text.out == "Address   Symbol                            Defined by\n"
                      "c8801234  fat_notify_change                 [fat]\n");
    text.out.clear();
    CHECK(ksyms({.all = true, .modules = true, .header = false}, kernel, i386(), text.sinks()) == 0);
    CHECK(text.out == "c8810000  (13k)                             [vfat]\n"
                      "c8800000  (38k)                             [fat]\n"
                      "c8801234  fat_notify_change                 [fat]\n"
                      "c8820000  (12k)                             [loop]\n"
                      "c0112233  printk                          \n");
}

TEST_CASE("rmmod goes on after a failure and says each in its way", "[legacy][rmmod]")
{
    auto kernel = with_vfat();
    kernel.delete_errors = {{"vfat", Errno::ebusy}, {"nope", Errno::enoent}};
    Captured text;
    CHECK(rmmod({.names = {"vfat", "nope", "loop"}}, kernel, i386(), text.sinks()) == 1);
    CHECK(text.err == "vfat: Device or resource busy\nrmmod: module nope is not loaded\n");
    CHECK(kernel.log == std::vector<std::string>{"delete_module(vfat)", "delete_module(nope)", "delete_module(loop)"});
}

TEST_CASE("rmmod -r removes a module and then those that only it used", "[legacy][rmmod]")
{
    auto kernel = with_vfat();
    Captured text;
    CHECK(rmmod({.names = {"vfat"}, .stacks = true}, kernel, i386(), text.sinks()) == 0);
    CHECK(kernel.log == std::vector<std::string>{"delete_module(vfat)", "delete_module(fat)"});
    kernel.log.clear();
    CHECK(rmmod({.names = {"fat"}, .stacks = true}, kernel, i386(), text.sinks()) == 1);
    CHECK(text.err == "rmmod: fat is in use\n");
    CHECK(rmmod({.names = {"gone"}, .stacks = true}, kernel, i386(), text.sinks()) == 1);
    CHECK(text.err == "rmmod: fat is in use\nrmmod: module gone not loaded\n");
    CHECK(kernel.log.empty());
}

TEST_CASE("rmmod -a asks the kernel to remove what nobody uses", "[legacy][rmmod]")
{
    auto kernel = with_vfat();
    Captured text;
    CHECK(rmmod({.all = true}, kernel, i386(), text.sinks()) == 0);
    CHECK(kernel.log == std::vector<std::string>{"delete_module(NULL)"});
    kernel.delete_errors = {{"NULL", Errno::eperm}};
    CHECK(rmmod({.names = {"loop"}, .all = true}, kernel, i386(), text.sinks()) == 1);
    CHECK(text.err == "rmmod: Operation not permitted\n");
    CHECK(kernel.log.size() == 2);
}

TEST_CASE("modinfo prints what the module says of itself", "[legacy][modinfo]")
{
    SimpleModule module(
        {"author=A\nB", "description=USB Audio", "parm_index=1-8i", "parm_desc_index=which", "parm_gone=s"});
    const auto data = module.writer.data(std::vector<std::uint8_t>(32));
    module.writer.symbol("index", data, {});
    const HostFile file(module.bytes());
    Captured text;
    CHECK(modinfo(file.path, file.path, default_modinfo_format, text.sinks()));
    CHECK(text.out == fmt::format("filename:    {}\n"
                                  "description: \"USB Audio\"\n"
                                  "author:      \"A\n  B\"\n"
                                  "license:     \"GPL\"\n"
                                  "parm:        index int array (min = 1, max = 8), description \"which\"\n"
                                  "parm:        warning: symbol for parameter gone not found\ngone string\n",
                                  file.path));
    text.out.clear();
    CHECK(modinfo(file.path, file.path, "%{kernel_version} %{device} 100%%\\n", text.sinks()));
    CHECK(text.out == "2.4.20 <none> 100%\n");
    CHECK(text.err.empty());
}

TEST_CASE("modinfo refuses a bad format and a bad file, each by name", "[legacy][modinfo][bad]")
{
    Captured text;
    for (const auto* format : {"%", "%z", "%{open"}) CHECK_FALSE(is_modinfo_format(format, text.sinks()));
    CHECK(text.err ==
          "modinfo: missing replacement\nmodinfo: z: unknown replacement\nmodinfo: unterminated %{...} construct\n");
    text.err.clear();
    CHECK_FALSE(modinfo("none.o", "none.o", default_modinfo_format, text.sinks()));
    CHECK(text.err == "none.o: none.o: No such file or directory\n");
    CHECK(text.out.empty());
}

TEST_CASE("insmod's time grows with the bytes that query_module returns, not faster", "[legacy][performance]")
{
    const auto seconds = [](std::size_t count) {
        FakeKernel kernel;
        for (std::size_t i = 0; i < count; ++i) {
            kernel.modules.push_back({.name = fmt::format("module{}", i), .address = 0xc8800000 + i * 4096});
            for (int s = 0; s < 5; ++s)
                kernel.modules.back().symbols.emplace_back(fmt::format("symbol_{}_{}", i, s), 0xc8800000 + i);
        }
        // The kernel's own look-up by name is linear; its cost would hide insmod's.
        struct Indexed : FakeKernel {
            std::map<std::string, FakeKernel, std::less<>> by_name;
            explicit Indexed(FakeKernel kernel) : FakeKernel(std::move(kernel))
            {
                for (const auto& module : modules) by_name[module.name].modules = {module};
            }
            QueryResult query_module(std::optional<std::string_view> name, Query which,
                                     std::span<std::byte> buffer) override
            {
                return name ? by_name.find(*name)->second.query_module(name, which, buffer)
                            : FakeKernel::query_module(name, which, buffer);
            }
        } indexed(std::move(kernel));
        const auto bytes = SimpleModule().bytes();
        double best = 1e9;
        for (int round = 0; round < 3; ++round) {
            const auto start = std::chrono::steady_clock::now();
            REQUIRE(test::InsmodRun(indexed, bytes).status() == 0);
            best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
        }
        return best;
    };
    // Both beyond the host's caches. Eight times the modules: 8 is linear, 64 quadratic.
    const auto few = seconds(5000);
    const auto many = seconds(40000);
    CAPTURE(few, many);
    CHECK(many < 24 * few);
}
