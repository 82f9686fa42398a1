// SPDX-License-Identifier: GPL-2.0-or-later
// Takes the input as an image for init_module on 6.1 and 6.12; the first byte chooses parameters. Checked: no crash, no
// leak, and that a call that failed leaves no module. Guest code gets little time.
#include "emu/kernel/boot_options.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "tests/modern/world.h"
#include "tests/overlooked_leaks.h"

#include <cstdlib>

using namespace retromod;

namespace {

void check(bool truth)
{
    if (!truth) std::abort();
}

void load_on(std::string_view release, std::span<const std::byte> image, std::string_view params)
{
    constexpr RunLimits limits{200'000};
    BootOptions boot;
    boot.command_line = "module_blacklist=blk1";
    ModernWorld world(release, boot);
    const auto at = image.empty() ? GuestAddr{} : world.user().place(image);
    const auto outcome =
        world.kernel().scheduler().call({"init_module", {at.value, image.size(), world.user().place(params).value}, 3}, {}, limits);
    if (outcome.kind != Outcome::Kind::done) return; // the module's own code got stuck
    if (outcome.result.word != 0) check(world.modern().proc_modules().empty());
    else check(!world.modern().proc_modules().empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::string_view params[] = {"", "ret=1 hold=1", "p_int=5 p_arr=1,2 p_charp=\"a b\" p_str=x", "ref=+ -- x"};
    if (size == 0) return 0;
    const auto image = std::as_bytes(std::span(data, size)).subspan(1);
    for (const auto* release : {"6.1", "6.12"}) load_on(release, image, params[data[0] % std::size(params)]);
    return 0;
}
