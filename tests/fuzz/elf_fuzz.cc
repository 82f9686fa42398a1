// SPDX-License-Identifier: GPL-2.0-or-later
// Takes the input as a module file and links it the whole way against a kernel that answers from lists. Checked: no
// crash, no leak, an image of the announced size that begins with struct module, a delete_module for each failed load.
#include "tests/legacy/insmod_run.h"
#include "tests/overlooked_leaks.h"

#include <cstdlib>

using namespace retromod;

namespace {

/// A kernel with little memory, so that absurd modules end where they would end on a real one.
class SmallKernel : public test::FakeKernel {
public:
    static constexpr std::uint64_t module_memory = std::uint64_t{16} << 20;

    SyscallResult create_module(std::string_view name, std::uint64_t size) override
    {
        created_size = size;
        if (size > module_memory) return SyscallResult::failure(Errno::enomem, *machine);
        return FakeKernel::create_module(name, size);
    }
    std::uint64_t created_size = 0;
};

void check(bool truth)
{
    if (!truth) std::abort();
}

void load_on(const char* arch, std::span<const std::byte> bytes, bool stubs)
{
    SmallKernel kernel;
    kernel.machine = find_arch(arch);
    kernel.base = {0x90000000};
    kernel.symbols = {
        {"printk_R1b7d4074", 0x90100000}, {"Using_Versions", 1}, {"__start___kallsyms", 1}, {"__stop___kallsyms", 2}};
    kernel.modules = {{.name = "other", .address = 0x90010000, .symbols = {{"exported", 0x90010100}}}};
    InsmodOptions options;
    options.force = true;
    options.map = true;
    options.arguments = {"io=0x300,1,2,3", "name=a,\"b\\101\"", "p=1"};
    if (stubs) options.bind_unresolved = [](std::string_view) { return std::optional(GuestAddr{0x90200000}); };
    const test::InsmodRun run(kernel, {bytes.begin(), bytes.end()}, options);
    const bool initialised = !kernel.image.empty();
    check(run.status() == 0 ? initialised : !run.text.err.empty());
    if (initialised) {
        check(kernel.image.size() == kernel.created_size);
        check(kernel.image.size() >= 96);
    }
    if (run.status() != 0 && !kernel.log.empty()) check(kernel.log.back() == "delete_module(foo)");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto bytes = std::as_bytes(std::span(data, size));
    for (const auto* arch : {"i386", "mips", "mipsel"}) {
        load_on(arch, bytes, false);
        load_on(arch, bytes, true);
    }
    return 0;
}
