// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/versions.h"
#include "tests/legacy/insmod_run.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::FakeKernel;
using test::InsmodRun;

namespace {

constexpr std::uint32_t R_386_32 = 1;

/// A module with the given .modinfo that imports `import`.
std::vector<std::byte> module_with(const std::vector<std::string>& modinfo, const std::string& import = {})
{
    ElfWriter writer;
    writer.modinfo(modinfo);
    const auto text = writer.text(std::vector<std::uint8_t>(4));
    if (!import.empty()) writer.relocate(text, 0, R_386_32, writer.undefined(import));
    return writer.bytes();
}

} // namespace

TEST_CASE("a module for another release is refused with both releases", "[legacy][versions]")
{
    FakeKernel kernel;
    const auto bytes = module_with({"kernel_version=2.4.18", "license=GPL"});
    const InsmodRun run(kernel, bytes);
    CHECK(run.status() == 1);
    CHECK(run.text.err == "./foo.o: kernel-module version mismatch\n"
                          "\t./foo.o was compiled for kernel version 2.4.18\n"
                          "\twhile this kernel is version 2.4.20.\n");
    const InsmodRun quiet(kernel, bytes, {.quiet = true});
    CHECK(quiet.status() == 1);
    CHECK(quiet.text.err.empty());
    CHECK(kernel.log.empty());
}

TEST_CASE("-f turns the mismatch into a warning and taints", "[legacy][versions]")
{
    FakeKernel kernel;
    const InsmodRun run(kernel, module_with({"kernel_version=2.4.18", "license=GPL"}), {.force = true});
    CHECK(run.status() == 0);
    CHECK(run.text.out == "Warning: kernel-module version mismatch\n"
                          "\t./foo.o was compiled for kernel version 2.4.18\n"
                          "\twhile this kernel is version 2.4.20\n"
                          "Warning: loading ./foo.o will taint the kernel: forced load\n"
                          "  See http://www.tux.org/lkml/#s1-18 for information about tainted modules\n"
                          "Module foo loaded, with warnings\n");
    CHECK(kernel.tainted.value == 2);
}

TEST_CASE("a module that does not say its release is refused", "[legacy][versions]")
{
    FakeKernel kernel;
    for (const auto& modinfo :
         {std::vector<std::string>{"license=GPL"}, {"kernel_version=2.4"}, {"kernel_version=new"}}) {
        const InsmodRun run(kernel, module_with(modinfo));
        CHECK(run.status() == 1);
        CHECK(run.text.err == "./foo.o: couldn't find the kernel version the module was compiled for\n");
    }
}

TEST_CASE("when both sides have checksums, releases may differ and names carry the check", "[legacy][versions]")
{
    FakeKernel kernel;
    kernel.symbols = {{"printk_R1b7d4074", 0xc0100000}, {"Using_Versions", 1}};
    const std::vector<std::string> modinfo{"kernel_version=2.4.18", "using_checksums=1", "license=GPL"};
    CHECK(InsmodRun(kernel, module_with(modinfo, "printk_R1b7d4074")).status() == 0);
    const InsmodRun other(kernel, module_with(modinfo, "printk_R00000000"));
    CHECK(other.status() == 1);
    CHECK(other.text.err == "./foo.o: unresolved symbol printk_R00000000\n");
}

TEST_CASE("when one side has checksums, they are ignored", "[legacy][versions]")
{
    FakeKernel kernel;
    kernel.symbols = {{"printk_R1b7d4074", 0xc0100000}, {"Using_Versions", 1}};
    CHECK(InsmodRun(kernel, module_with({"kernel_version=2.4.20", "license=GPL"}, "printk")).status() == 0);
    CHECK(kernel.image_word(96) == 0xc0100000);

    FakeKernel plain;
    plain.symbols = {{"printk", 0xc0200000}};
    CHECK(
        InsmodRun(plain, module_with({"kernel_version=2.4.20", "using_checksums=1", "license=GPL"}, "printk_R1b7d4074"))
            .status() == 0);
    CHECK(plain.image_word(96) == 0xc0200000);
}

TEST_CASE("the version prefix comes from -P, a well-known symbol, or the SMP in uname's version", "[legacy][versions]")
{
    KernelInfo kernel;
    CHECK(derived_prefix(kernel, "#1 Fri Nov 29") == "");
    CHECK(derived_prefix(kernel, "#1 SMP Fri Nov 29") == "smp_");
    kernel.symbols = {{.name = "inter_module_get_Rbig_5ee3a4f1"}};
    CHECK(derived_prefix(kernel, "#1 SMP Fri Nov 29") == "big_");
    kernel.symbols = {{.name = "inter_module_get_R5ee3a4f1"}};
    CHECK(derived_prefix(kernel, "#1 SMP Fri Nov 29") == "");

    FakeKernel smp;
    smp.symbols = {{"printk_Rsmp_1b7d4074", 0xc0100000}, {"Using_Versions", 1}};
    const auto bytes = module_with({"kernel_version=2.4.20", "license=GPL"}, "printk");
    CHECK(InsmodRun(smp, bytes).status() == 1);
    InsmodOptions options;
    options.prefix = "smp_";
    options.verbose = true;
    const InsmodRun run(smp, bytes, options);
    CHECK(run.status() == 0);
    CHECK(run.text.out == "Symbol version prefix 'smp_'\n");
}

TEST_CASE("the version's number counts three parts", "[legacy][versions]")
{
    CHECK(version_code("2.4.20") == 132116);
    CHECK(version_code("2.4.18-14custom") == 132114);
    CHECK(version_code("2.4") == -1);
    CHECK(version_code("2.4.x") == -1);
}
