// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/legacy/insmod_run.h"

#include <catch2/catch.hpp>

using namespace retromod;
using test::ElfWriter;
using test::FakeKernel;
using test::InsmodRun;

namespace {

using State = LoaderSystem::Taint::State;

std::vector<std::byte> licensed(const std::string& line)
{
    ElfWriter writer;
    writer.modinfo(line.empty() ? std::vector<std::string>{"kernel_version=2.4.20"}
                                : std::vector<std::string>{"kernel_version=2.4.20", line});
    writer.text({0x90});
    return writer.bytes();
}

/// The first line that loading says.
std::string warning(FakeKernel& kernel, const std::string& license)
{
    const InsmodRun run(kernel, licensed(license));
    CHECK(run.status() == 0);
    return run.text.out.substr(0, run.text.out.find('\n'));
}

} // namespace

TEST_CASE("modules under the GPL do not taint, others do, each with its reason", "[legacy][taint]")
{
    for (const auto* gpl : {"license=GPL", "license=GPL and additional rights", "license=Dual BSD/GPL",
                            "license=Dual MPL/GPL", "l=GPL"}) {
        FakeKernel kernel;
        CHECK(warning(kernel, gpl).empty());
        CHECK(kernel.tainted.value == 0);
    }
    FakeKernel kernel;
    CHECK(warning(kernel, "") == "Warning: loading ./foo.o will taint the kernel: no license");
    CHECK(kernel.tainted.value == 1);
    CHECK(warning(kernel, "license=Proprietary") ==
          "Warning: loading ./foo.o will taint the kernel: non-GPL license - Proprietary");
}

TEST_CASE("taint bits are added to what is there", "[legacy][taint]")
{
    FakeKernel kernel;
    kernel.tainted.value = 4;
    const InsmodRun run(kernel, licensed(""), {.force = true});
    CHECK(kernel.tainted.value == 7);
}

TEST_CASE("a kernel without taint is not told of a missing licence, but of a wrong one", "[legacy][taint]")
{
    FakeKernel kernel;
    kernel.tainted.state = State::absent;
    CHECK(warning(kernel, "").empty());
    CHECK(warning(kernel, "license=BSD").ends_with("non-GPL license - BSD"));
    CHECK(kernel.tainted.value == 0);
    kernel.tainted.state = State::denied;
    CHECK(warning(kernel, "").ends_with("no license"));
    CHECK(kernel.tainted.value == 0);
}

TEST_CASE("the kernel is tainted though the load fails later, but not by -n", "[legacy][taint]")
{
    FakeKernel kernel;
    kernel.create_error = Errno::eperm;
    CHECK(InsmodRun(kernel, licensed("")).status() == 1);
    CHECK(kernel.tainted.value == 1);
    FakeKernel shown;
    CHECK(InsmodRun(shown, licensed(""), {.noload = true}).status() == 0);
    CHECK(shown.tainted.value == 0);
}
