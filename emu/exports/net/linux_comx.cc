// SPDX-License-Identifier: GPL-2.0-or-later
// drivers/net/wan/comx.h of kernels that have COMX built in: hardware and protocols register by name. No channel is made.
// Source: drivers/net/wan/comx.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"

#include <fmt/format.h>

namespace retromod {
namespace {

enum class Part : std::uint32_t { hardware, protocol };

/// A struct comx_hardware or comx_protocol: {name, version, ...}; fixed format.
struct ComxRow {
    static constexpr std::string_view table_name = "comx";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    Part part;
    std::uint64_t object;
};

std::string name_of(Kernel& kernel, GuestAddr object) { return kernel.memory().load_string(kernel.memory().load_pointer(object)); }

ComxRow* find_row(Kernel& kernel, Part part, std::string_view name)
{
    return kernel.machine().table<ComxRow>().find_if(
        [&](const ComxRow& row) { return row.part == part && name_of(kernel, {row.object}) == name; });
}

template <Part part>
std::int32_t register_part(Kernel& kernel, GuestAddr object)
{
    const auto name = name_of(kernel, object);
    if (find_row(kernel, part, name)) return -1;
    kernel.machine().table<ComxRow>().insert_or_throw() = {1, part, object.value};
    kernel.log().write(fmt::format("<6>COMX: driver for {} type {}, version {}\n",
                                   part == Part::hardware ? "hardware" : "protocol", name,
                                   name_of(kernel, object + kernel.arch().word_bytes)));
    return 0;
}

template <Part part>
std::int32_t unregister_part(Kernel& kernel, GuestString name)
{
    auto* row = find_row(kernel, part, name.text);
    if (!row) return -1;
    kernel.machine().table<ComxRow>().erase(*row);
    return 0;
}

/// As strcmp without regard to case: the difference of the first two characters that differ.
std::int32_t comx_strcasecmp(Kernel&, GuestString a, GuestString b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : static_cast<unsigned char>(c); };
    for (std::size_t i = 0;; ++i) {
        const auto x = lower(a.text.c_str()[i]), y = lower(b.text.c_str()[i]);
        if (x != y || !x) return x - y;
    }
}

constexpr Export functions[] = {
    init<register_part<Part::hardware>>("comx_register_hardware", where_listed),
    full<unregister_part<Part::hardware>>("comx_unregister_hardware", where_listed),
    init<register_part<Part::protocol>>("comx_register_protocol", where_listed),
    full<unregister_part<Part::protocol>>("comx_unregister_protocol", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("comx_rx", where_listed),
    inert<do_nothing<GuestAddr, std::int32_t>>("comx_status", where_listed),
    inert<do_nothing<ULong>>("comx_lineup_func", where_listed),
    inert<answer<0, GuestAddr, GuestString>>("comx_debug", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, GuestString>>("comx_debug_skb", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t, GuestString>>("comx_debug_bytes", where_listed),
    full<comx_strcasecmp>("comx_strcasecmp", where_listed),
};

constexpr DataExport data[] = {
    {"comx_root_dir", words<1>, nullptr, where_listed},
};

void tell(RowVisitor& visitor, const ComxRow& row) { visitor.pointer("what a module registered", row.object); }
constexpr TableKind tables[] = {table<ComxRow, tell>("comx")};

} // namespace

extern const Family linux_comx{.header = "comx.h", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
