// SPDX-License-Identifier: GPL-2.0-or-later
// Source: PREP_ISA_IO_BASE of include/asm-ppc/io.h, PCI_IO_VADDR of include/asm-arm/arch-integrator/hardware.h of 2.4.37.11. MIPS
// boards have it where they like, in kseg1; here it is behind the last page of kseg0 that memory may have.
#include "emu/memory/port_window.h"

#include <algorithm>

namespace retromod {
namespace {

struct WindowRow {
    std::string_view arch;
    PortWindow window;
};
constexpr WindowRow rows[] = {
    {"ppc", {{0x80000000}, {0x80000000}}},
    {"arm", {{0xee000000}, {0xee000000}}},
    {"mips", {{0xbffe0000}, {0x1ffe0000}}},
    {"mipsel", {{0xbffe0000}, {0x1ffe0000}}},
};

} // namespace

std::optional<PortWindow> port_window(const Arch& arch)
{
    const auto* const row = std::ranges::find(rows, arch.name, &WindowRow::arch);
    if (row == std::end(rows)) return std::nullopt;
    return row->window;
}

std::optional<std::uint16_t> port_at(const Arch& arch, GuestAddr at)
{
    const auto window = port_window(arch);
    if (!window || at.value < window->start.value || at.value - window->start.value >= port_space_bytes) return std::nullopt;
    return static_cast<std::uint16_t>(at.value - window->start.value);
}

} // namespace retromod
