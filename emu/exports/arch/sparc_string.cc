// SPDX-License-Identifier: GPL-2.0-or-later
// asm-sparc/string.h: the routines behind its macros. Source: arch/sparc/lib and arch/sparc/kernel/sparc_ksyms.c of 2.4.37.11.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/user_access.h"

namespace retromod {
namespace {

GuestAddr copy_memory(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    copy_bytes(kernel, to, from, bytes.value);
    return to;
}
GuestAddr set_memory(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    kernel.memory().fill(at, bytes.value, static_cast<std::byte>(value));
    return at;
}
void bcopy(Kernel& kernel, GuestAddr from, GuestAddr to, ULong bytes) { copy_bytes(kernel, to, from, bytes.value); }

std::int32_t compare_memory(Kernel& kernel, GuestAddr a, GuestAddr b, ULong bytes)
{
    const auto left = load_bytes(kernel, a, bytes.value), right = load_bytes(kernel, b, bytes.value);
    const auto [l, r] = std::ranges::mismatch(left, right);
    return l == left.end() ? 0 : static_cast<int>(*l) - static_cast<int>(*r);
}

std::int32_t compare_text(Kernel& kernel, GuestAddr a, GuestAddr b, ULong limit)
{
    for (std::uint64_t i = 0; i < limit.value; ++i) {
        const int l = kernel.memory().load<std::uint8_t>(a + i), r = kernel.memory().load<std::uint8_t>(b + i);
        if (l != r || !l) return l - r;
        work_meter().take(1);
    }
    return 0;
}

GuestAddr find_value(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    const auto wanted = static_cast<unsigned char>(value);
    return at + find_byte(kernel, at, bytes.value, [&](unsigned char c) { return c == wanted; });
}
GuestAddr find_zero(Kernel& kernel, GuestAddr at, ULong bytes) { return find_value(kernel, at, 0, bytes); }

void copy_page(Kernel& kernel, GuestAddr to, GuestAddr from) { copy_bytes(kernel, to, from, kernel.arch().page_bytes); }
void clear_page(Kernel& kernel, GuestAddr at) { kernel.memory().fill(at, kernel.arch().page_bytes, std::byte{0}); }

constexpr std::string_view sparc = "sparc";

constexpr Export rows[] = {
    full<copy_memory>("__memcpy", {}, "sparc x86_64"),
    full<copy_memory>("__memmove", {}, sparc),
    full<set_memory>("__memset", {}, sparc),
    full<compare_memory>("__memcmp", {}, sparc),
    full<compare_text>("__strncmp", {}, sparc),
    full<find_value>("__memscan_generic", {}, sparc),
    full<find_zero>("__memscan_zero", {}, sparc),
    full<bcopy>("bcopy", {}, "sparc x86_64"),
    full<copy_page>("copy_page", {}, "alpha"),
    full<clear_page>("clear_page", {}, "alpha mips mipsel ppc x86_64"),
    // What the pointers __copy_1page and bzero_1page lead to.
    full<copy_page>("kc_copy_page", {}, sparc),
    full<clear_page>("kc_clear_page", {}, sparc),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

template <const char* name>
void point_to(Kernel& kernel, GuestAddr at) { kernel.memory().store_word(at, function_address(kernel, name).value); }
constexpr char copier[] = "kc_copy_page", clearer[] = "kc_clear_page";

constexpr DataExport data[] = {
    {"__copy_1page", word_on<sparc>, point_to<copier>},
    {"bzero_1page", word_on<sparc>, point_to<clearer>},
};

} // namespace

extern const Family sparc_string{.header = "asm-sparc/string.h", .functions = functions, .data = data};

} // namespace retromod
