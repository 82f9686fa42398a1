// SPDX-License-Identifier: GPL-2.0-or-later
// The PCI interrupt routing table that drivers look for between 0xf0000 and 1 MB. Source: its form, PCI IRQ Routing Table
// Specification 1.0; its place, the measured kernels' log; its contents, those of the board's PIIX3.
#include "emu/kernel/board_rom.h"

#include <array>
#include <cstddef>

namespace retromod {
namespace {

constexpr std::uint64_t table_at = 0xf5c80;
constexpr std::size_t slots = 6, header_bytes = 32, slot_bytes = 16, table_bytes = header_bytes + slots * slot_bytes;

using Table = std::array<std::uint8_t, table_bytes>;

/// A slot's four pins lead to the router's links 0x60 to 0x63, each slot's one further than the one's before.
constexpr void put_slot(Table& table, unsigned slot)
{
    constexpr unsigned links = 4, first_link = 0x60;
    constexpr std::uint8_t lines_low = 0xf8, lines_high = 0xde; // 3 to 7, 9 to 12, 14, 15
    auto at = header_bytes + slot * slot_bytes;
    table[at++] = 0; // bus
    table[at++] = static_cast<std::uint8_t>((slot + 1) << 3);
    for (unsigned pin = 0; pin < links; ++pin) {
        table[at++] = static_cast<std::uint8_t>(first_link + (slot + pin) % links);
        table[at++] = lines_low;
        table[at++] = lines_high;
    }
    table[at] = static_cast<std::uint8_t>(slot);
}

constexpr Table make_table()
{
    Table table = {'$', 'P', 'I', 'R', 0, 1, table_bytes, 0, /* router: */ 0, 1 << 3, /* lines for PCI alone: */ 0, 0,
                   /* compatible with 8086:122e: */ 0x86, 0x80, 0x2e, 0x12};
    for (unsigned slot = 0; slot < slots; ++slot) put_slot(table, slot);
    std::uint8_t sum = 0;
    for (const auto byte : table) sum = static_cast<std::uint8_t>(sum + byte);
    table[header_bytes - 1] = static_cast<std::uint8_t>(-sum); // all bytes add up to 0
    return table;
}

constexpr Table table = make_table();

} // namespace

std::uint8_t board_rom_byte(const Arch& arch, std::uint64_t physical)
{
    return arch.has_pc_board && physical - table_at < table_bytes ? table[physical - table_at] : 0xff;
}

} // namespace retromod
