// SPDX-License-Identifier: GPL-2.0-or-later
// linux/random.h. Differs from 2.4: the bytes are the same in every run from the same machine, so that runs repeat.
#include "emu/exports/family.h"
#include "emu/memory/work_meter.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

/// The generator's state (splitmix64); fixed format, one row.
struct RandomRow {
    static constexpr std::string_view table_name = "random";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t state;
};

std::uint64_t next_random(Kernel& kernel)
{
    auto z = kernel.machine().single<RandomRow>().state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void get_random_bytes(Kernel& kernel, GuestAddr into, std::int32_t count)
{
    std::array<std::byte, 4096> bytes;
    for (std::int64_t left = count; left > 0;) {
        const auto part = std::span(bytes).first(std::min<std::size_t>(bytes.size(), static_cast<std::size_t>(left)));
        work_meter().take(part.size());
        for (auto& byte : part) byte = static_cast<std::byte>(next_random(kernel));
        kernel.memory().write_all(into, part);
        into += part.size();
        left -= static_cast<std::int64_t>(part.size());
    }
}

ULong net_random(Kernel& kernel) { return {next_random(kernel) & 0xffffffff}; }
void nothing(Kernel&, std::int32_t) {}

constexpr Export functions[] = {
    full<get_random_bytes>("get_random_bytes"),
    full<net_random>("net_random"),
    inert<nothing>("net_srandom"),
    inert<nothing>("add_mouse_randomness"),
    inert<nothing>("add_keyboard_randomness", since_2_4),
    inert<nothing>("add_interrupt_randomness", since_2_4),
    inert<nothing>("add_blkdev_randomness"),
};

constexpr TableKind tables[] = {table<RandomRow>()};

} // namespace

extern const Family linux_random{.header = "linux/random.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
