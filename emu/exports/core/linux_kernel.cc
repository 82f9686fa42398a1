// SPDX-License-Identifier: GPL-2.0-or-later
// linux/kernel.h. Source: kernel/printk.c, lib/vsprintf.c, lib/cmdline.c, kernel/panic.c of 2.4.
#include "emu/exports/core/scan.h"
#include "emu/exports/family.h"
#include "emu/kernel/format.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/log.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

std::int32_t printk(Kernel& kernel, const GuestString& format, VarArgs arguments)
{
    const auto text = format_text(kernel, format.text, arguments.cursor);
    kernel.log().write(text);
    return static_cast<std::int32_t>(text.size());
}

std::int32_t store_text(Kernel& kernel, GuestAddr buffer, const std::string& text)
{
    store_string(kernel, buffer, text);
    return static_cast<std::int32_t>(text.size());
}

std::int32_t sprintf(Kernel& kernel, GuestAddr buffer, const GuestString& format, VarArgs arguments)
{
    return store_text(kernel, buffer, format_text(kernel, format.text, arguments.cursor));
}

std::int32_t vsprintf(Kernel& kernel, GuestAddr buffer, const GuestString& format, VaList arguments)
{
    return store_text(kernel, buffer, format_text(kernel, format.text, arguments.cursor));
}

/// Stores what fits into `bytes` with its NUL; the result is the length that all of it has.
std::int32_t store_bounded(Kernel& kernel, GuestAddr buffer, ULong bytes, const std::string& text)
{
    if (bytes.value) store_string(kernel, buffer, std::string_view(text).substr(0, bytes.value - 1));
    return static_cast<std::int32_t>(text.size());
}

std::int32_t snprintf(Kernel& kernel, GuestAddr buffer, ULong bytes, const GuestString& format, VarArgs arguments)
{
    return store_bounded(kernel, buffer, bytes, format_text(kernel, format.text, arguments.cursor));
}

std::int32_t vsnprintf(Kernel& kernel, GuestAddr buffer, ULong bytes, const GuestString& format, VaList arguments)
{
    return store_bounded(kernel, buffer, bytes, format_text(kernel, format.text, arguments.cursor));
}

std::int32_t sscanf(Kernel& kernel, const GuestString& text, const GuestString& format, VarArgs arguments)
{
    return scan_text(kernel, text.text, format.text, arguments.cursor);
}

std::int32_t vsscanf(Kernel& kernel, const GuestString& text, const GuestString& format, VaList arguments)
{
    return scan_text(kernel, text.text, format.text, arguments.cursor);
}

void store_end(Kernel& kernel, GuestAddr end_pointer, const GuestString& text, std::size_t used)
{
    if (end_pointer) kernel.memory().store_word(end_pointer, (text.address + used).value);
}

std::uint64_t simple_strtoull(Kernel& kernel, const GuestString& text, GuestAddr end_pointer, std::uint32_t base)
{
    const auto number = parse_number(text.text, base);
    store_end(kernel, end_pointer, text, number.used);
    return number.value;
}

ULong simple_strtoul(Kernel& kernel, const GuestString& text, GuestAddr end_pointer, std::uint32_t base)
{
    return {simple_strtoull(kernel, text, end_pointer, base)};
}

Long simple_strtol(Kernel& kernel, const GuestString& text, GuestAddr end_pointer, std::uint32_t base)
{
    const bool negative = text.text.starts_with('-');
    const auto number = parse_number(std::string_view(text.text).substr(negative), base);
    store_end(kernel, end_pointer, text, number.used + negative);
    const auto value = static_cast<std::int64_t>(number.value);
    return {negative ? -value : value};
}

/// get_option: an int at *text, which then points behind it. 0 no int, 1 an int, 2 an int and a comma behind it.
std::int32_t get_option(Kernel& kernel, GuestAddr text_pointer, GuestAddr value_at)
{
    auto& memory = kernel.memory();
    const auto start = memory.load_pointer(text_pointer);
    const auto text = start ? memory.load_string(start) : std::string();
    if (text.empty()) return 0;
    const bool negative = text.starts_with('-');
    const auto number = parse_number(std::string_view(text).substr(negative), 0);
    auto used = number.used + negative;
    memory.store<std::uint32_t>(value_at, static_cast<std::uint32_t>(negative ? 0 - number.value : number.value));
    if (number.used == 0) {
        memory.store_word(text_pointer, start.value);
        return 0;
    }
    const bool comma = used < text.size() && text[used] == ',';
    memory.store_word(text_pointer, (start + used + comma).value);
    return comma ? 2 : 1;
}

/// get_options: ints[0] = how many follow; returns where the text ended.
GuestAddr get_options(Kernel& kernel, const GuestString& text, std::int32_t limit, GuestAddr ints)
{
    std::int32_t count = 1;
    std::size_t at = 0;
    while (count < limit && at < text.text.size()) {
        const bool negative = text.text[at] == '-';
        const auto number = parse_number(std::string_view(text.text).substr(at + negative), 0);
        if (number.used == 0) break;
        kernel.memory().store<std::uint32_t>(ints + static_cast<std::uint64_t>(count++) * 4,
                                             static_cast<std::uint32_t>(negative ? 0 - number.value : number.value));
        at += number.used + negative;
        if (at >= text.text.size() || text.text[at] != ',') break;
        ++at;
    }
    kernel.memory().store<std::uint32_t>(ints, static_cast<std::uint32_t>(count - 1));
    return text.address + at;
}

// Differs from 2.4: the panic notifiers are not called.
void panic(Kernel& kernel, const GuestString& format, VarArgs arguments)
{
    const auto text = format_text(kernel, format.text, arguments.cursor);
    kernel.log().write("<0>Kernel panic: " + text + "\n");
    throw KernelHang{"Kernel panic: " + text};
}

void out_of_line_bug(Kernel& kernel, std::int32_t line)
{
    const auto text = fmt::format("kernel BUG in header file at line {}", line);
    kernel.log().write("<0>" + text + "\n");
    throw KernelBug{text};
}

constexpr Export functions[] = {
    full<printk>("printk"),
    full<sprintf>("sprintf"),
    full<vsprintf>("vsprintf"),
    full<snprintf>("snprintf", from(LayoutVersion::v2_4_18_14)),
    full<vsnprintf>("vsnprintf", from(LayoutVersion::v2_4_18_14)),
    full<sscanf>("sscanf", from(LayoutVersion::v2_4_18_14)),
    full<vsscanf>("vsscanf", from(LayoutVersion::v2_4_18_14)),
    full<simple_strtol>("simple_strtol"),
    full<simple_strtoul>("simple_strtoul"),
    full<simple_strtoull>("simple_strtoull", from(LayoutVersion::v2_4_18_14)),
    full<get_option>("get_option", since_2_4),
    full<get_options>("get_options"),
    full<panic>("panic"),
    full<out_of_line_bug>("__out_of_line_bug", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_kernel{.header = "linux/kernel.h", .functions = functions};

} // namespace retromod
