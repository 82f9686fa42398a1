// SPDX-License-Identifier: GPL-2.0-or-later
// linux/nls.h: tables of character sets. Source: fs/nls/nls_base.c of 2.2 and 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/ordered_rows.h"
#include "emu/kernel/thread.h"

#include <array>

namespace retromod {
namespace {

/// A struct nls_table; fixed format.
struct CharsetRow {
    static constexpr std::string_view table_name = "charsets";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t table;
};

/// Words in struct nls_table: charset comes first; 2.4.0 has no tables of lower and upper case before `owner`.
struct TableShape {
    unsigned owner, next; ///< owner 0: there is none (2.2)
};
TableShape shape(Kernel& kernel)
{
    switch (kernel.machine().release().exports) {
    case LayoutVersion::v2_2_1: return {0, 5};
    case LayoutVersion::v2_4_0: return {3, 4};
    default: return {5, 6};
    }
}

GuestAddr member(Kernel& kernel, GuestAddr table, unsigned index) { return table + index * kernel.arch().word_bytes; }

CharsetRow* find_charset(Kernel& kernel, std::string_view charset)
{
    for (auto* row : ordered_rows<CharsetRow>(kernel))
        if (kernel.memory().load_string(kernel.memory().load_pointer({row->table})) == charset) return row;
    return nullptr;
}

std::int32_t register_nls(Kernel& kernel, GuestAddr table)
{
    if (!table) return error_code(kernel, Errno::einval);
    if (kernel.memory().load_word(member(kernel, table, shape(kernel).next))) return error_code(kernel, Errno::ebusy);
    for (const auto& row : kernel.machine().table<CharsetRow>())
        if (row.table == table.value) return error_code(kernel, Errno::ebusy);
    auto* row = append_row<CharsetRow>(kernel);
    if (!row) return error_code(kernel, Errno::enomem);
    row->table = table.value;
    return 0;
}

std::int32_t unregister_nls(Kernel& kernel, GuestAddr table)
{
    auto rows = kernel.machine().table<CharsetRow>();
    auto* row = rows.find_if([&](const CharsetRow& r) { return r.table == table.value; });
    if (!row) return error_code(kernel, Errno::einval);
    rows.erase(*row);
    return 0;
}

GuestAddr owner_of(Kernel& kernel, GuestAddr table)
{
    const auto index = shape(kernel).owner;
    return index ? kernel.memory().load_pointer(member(kernel, table, index)) : GuestAddr{};
}

GuestAddr take(Kernel& kernel, const CharsetRow* row)
{
    if (!row || !hold_module(kernel, owner_of(kernel, {row->table}))) return {};
    return {row->table};
}

Step load_nls(Kernel& kernel, Frame& frame, GuestString charset)
{
    if (!find_charset(kernel, charset.text) && !frame.phase++) {
        const auto asked = kernel.module_requests().ask("nls_" + charset.text);
        if (asked && *asked) return **asked;
    }
    return Return{take(kernel, find_charset(kernel, charset.text)).value};
}

void unload_nls(Kernel& kernel, GuestAddr table)
{
    if (table) release_module(kernel, owner_of(kernel, table));
}

GuestAddr load_nls_default(Kernel& kernel)
{
    const auto table = take(kernel, find_charset(kernel, "iso8859-1"));
    return table ? table : take(kernel, find_charset(kernel, "default"));
}

constexpr Export functions[] = {
    full<register_nls>("register_nls"),
    full<unregister_nls>("unregister_nls"),
    full<load_nls>("load_nls"),
    full<unload_nls>("unload_nls"),
    full<load_nls_default>("load_nls_default"),
};

/// Letters of the kernel's own table in the other case: those of ASCII.
GuestAddr case_table(Kernel& kernel, unsigned char first, int distance)
{
    std::array<std::byte, 256> table;
    for (int c = 0; c < 256; ++c)
        table[static_cast<std::size_t>(c)] = static_cast<std::byte>(c >= first && c < first + 26 ? c + distance : c);
    const auto at = kernel.memory().allocate_image(table.size(), 4);
    kernel.memory().write_all(at, table);
    return at;
}

/// The kernel's own table: characters up to 255 as they are.
void add_default_table(Kernel& kernel)
{
    const auto words = shape(kernel).next + 1;
    const auto table = kernel.memory().allocate_image(words * kernel.arch().word_bytes, 8);
    kernel.memory().fill(table, words * kernel.arch().word_bytes, std::byte{0});
    kernel.memory().store_word(table, kernel_string(kernel, "default").value);
    if (kernel.machine().release().exports >= LayoutVersion::v2_4_0) {
        kernel.memory().store_word(member(kernel, table, 1), function_address(kernel, "core_nls_uni2char").value);
        kernel.memory().store_word(member(kernel, table, 2), function_address(kernel, "core_nls_char2uni").value);
    }
    if (shape(kernel).owner == 5) {
        kernel.memory().store_word(member(kernel, table, 3), case_table(kernel, 'A', 'a' - 'A').value);
        kernel.memory().store_word(member(kernel, table, 4), case_table(kernel, 'a', 'A' - 'a').value);
    }
    register_nls(kernel, table);
}

void tell(RowVisitor& visitor, const CharsetRow& row) { visitor.pointer("a struct nls_table", row.table); }
constexpr TableKind tables[] = {table<CharsetRow, tell>("character sets")};

} // namespace

extern const Family linux_nls{
    .header = "linux/nls.h", .functions = functions, .boot = add_default_table,
    .keeps = {.tables = tables}};

} // namespace retromod
