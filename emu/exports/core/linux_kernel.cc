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

/// Characters that one call of printk can log: its buffer has 1,024 bytes, from 2.4.10 on with vsnprintf.
std::size_t printk_limit(Kernel& kernel)
{
    constexpr std::size_t buffer = 1024;
    return kernel.machine().release().exports >= LayoutVersion::v2_4_18_14 ? buffer - 1 : std::string::npos;
}

std::int32_t printk(Kernel& kernel, const GuestString& format, VarArgs arguments)
{
    const auto text = format_text(kernel, format.text, arguments.cursor);
    kernel.log().write(std::string_view(text).substr(0, printk_limit(kernel)));
    return static_cast<std::int32_t>(text.size());
}

/// A format, which the kernel reads through whatever pointer it is given: NULL is an oops.
std::string_view format_of(Kernel& kernel, const GuestString& format)
{
    if (!format.address) (void)kernel.memory().load<std::uint8_t>(format.address);
    return format.text;
}

std::int32_t sprintf(Kernel& kernel, GuestAddr buffer, const GuestString& format, VarArgs arguments)
{
    return format_into(kernel, buffer, format_of(kernel, format), arguments.cursor);
}

std::int32_t vsprintf(Kernel& kernel, GuestAddr buffer, const GuestString& format, VaList arguments)
{
    return format_into(kernel, buffer, format_of(kernel, format), arguments.cursor);
}

std::int32_t snprintf(Kernel& kernel, GuestAddr buffer, ULong bytes, const GuestString& format, VarArgs arguments)
{
    return format_into(kernel, buffer, bytes.value, format_of(kernel, format), arguments.cursor);
}

std::int32_t vsnprintf(Kernel& kernel, GuestAddr buffer, ULong bytes, const GuestString& format, VaList arguments)
{
    return format_into(kernel, buffer, bytes.value, format_of(kernel, format), arguments.cursor);
}

std::int32_t sscanf(Kernel& kernel, GuestAddr text, const GuestString& format, VarArgs arguments)
{
    return scan_text(kernel, text, format_of(kernel, format), arguments.cursor);
}

std::int32_t vsscanf(Kernel& kernel, GuestAddr text, const GuestString& format, VaList arguments)
{
    return scan_text(kernel, text, format_of(kernel, format), arguments.cursor);
}

void store_end(Kernel& kernel, GuestAddr end_pointer, GuestAddr end)
{
    if (end_pointer) kernel.memory().store_word(end_pointer, end.value);
}

std::uint64_t simple_strtoull(Kernel& kernel, GuestAddr text, GuestAddr end_pointer, std::uint32_t base)
{
    const auto number = parse_number(kernel.memory(), text, base);
    store_end(kernel, end_pointer, text + number.used);
    return number.value;
}

ULong simple_strtoul(Kernel& kernel, GuestAddr text, GuestAddr end_pointer, std::uint32_t base)
{
    return {simple_strtoull(kernel, text, end_pointer, base)};
}

Long simple_strtol(Kernel& kernel, GuestAddr text, GuestAddr end_pointer, std::uint32_t base)
{
    const auto number = parse_signed_number(kernel.memory(), text, base);
    store_end(kernel, end_pointer, text + number.used);
    return {kernel.arch().signed_word(number.value)};
}

/// What get_option finds at the start of a text.
struct FoundOption {
    std::int32_t kind; ///< 0 no int, 1 an int, 2 an int and a comma behind it
    GuestAddr rest;    ///< behind that
};

/// Stores an int, also the 0 that no number gives; a lone minus sign is a number.
FoundOption take_option(Kernel& kernel, GuestAddr text, GuestAddr value_at)
{
    auto& memory = kernel.memory();
    if (!text || !memory.load<std::uint8_t>(text)) return {0, text};
    const auto number = parse_signed_number(memory, text, 0);
    memory.store<std::uint32_t>(value_at, static_cast<std::uint32_t>(number.value));
    const auto rest = text + number.used;
    if (number.used == 0) return {0, rest};
    return memory.load<std::uint8_t>(rest) == ',' ? FoundOption{2, rest + 1} : FoundOption{1, rest};
}

/// get_option: an int at *text, which then points behind it and its comma.
std::int32_t get_option(Kernel& kernel, GuestAddr text_pointer, GuestAddr value_at)
{
    const auto found = take_option(kernel, kernel.memory().load_pointer(text_pointer), value_at);
    kernel.memory().store_word(text_pointer, found.rest.value);
    return found.kind;
}

/// get_options of 2.4: ints[0] = how many follow; returns where the text ended.
GuestAddr get_options(Kernel& kernel, GuestAddr text, std::int32_t limit, GuestAddr ints)
{
    std::int32_t count = 1;
    for (FoundOption found{2, text}; found.kind == 2 && count < limit;) {
        found = take_option(kernel, text, ints + static_cast<std::uint64_t>(count) * 4);
        text = found.rest;
        if (found.kind) ++count;
    }
    kernel.memory().store<std::uint32_t>(ints, static_cast<std::uint32_t>(count - 1));
    return text;
}

/// get_options of 2.2: at most ten ints, what follows one up to its comma is skipped; NULL where no comma came.
/// Source: init/main.c of 2.2.1.
GuestAddr get_options_2_2(Kernel& kernel, GuestAddr text, GuestAddr ints)
{
    constexpr std::uint32_t limit = 10;
    auto& memory = kernel.memory();
    std::uint32_t count = 0;
    while (text && count < limit) {
        const auto first = memory.load<std::uint8_t>(text);
        if (first != '-' && (first < '0' || first > '9')) break;
        const auto number = parse_signed_number(memory, text, 0);
        memory.store<std::uint32_t>(ints + ++count * std::uint64_t{4}, static_cast<std::uint32_t>(number.value));
        const auto rest = memory.load_string(text);
        const auto comma = rest.find(',');
        text = comma == std::string::npos ? GuestAddr{} : text + comma + 1;
    }
    memory.store<std::uint32_t>(ints, count);
    return text;
}

/// "64M": a number with K, M or G; *end, which is not NULL, points behind it.
std::uint64_t memparse(Kernel& kernel, GuestAddr text, GuestAddr end)
{
    auto& memory = kernel.memory();
    const auto number = parse_number(memory, text, 0);
    auto rest = text + number.used;
    store_end(kernel, end, rest);
    rest = memory.load_pointer(end);
    constexpr std::string_view units = "KkMmGg";
    const auto unit = units.find(static_cast<char>(memory.load<std::uint8_t>(rest)));
    if (unit == std::string_view::npos) return number.value;
    memory.store_word(end, (rest + 1).value);
    return number.value << 10 * (unit / 2 + 1);
}

/// memparse as 2.4.0 has it: its result is an unsigned long.
ULong memparse_word(Kernel& kernel, GuestAddr text, GuestAddr end) { return {memparse(kernel, text, end)}; }

// Differs from 2.4: the panic notifiers are not called.
void panic(Kernel& kernel, const GuestString& format, VarArgs arguments)
{
    const auto text = format_text(kernel, format.text, arguments.cursor);
    throw KernelPanic{text};
}

void out_of_line_bug(Kernel& kernel, std::int32_t line)
{
    const auto text = fmt::format("kernel BUG in header file at line {}", line);
    kernel.log().write("<0>" + text + "\n");
    throw KernelBug{text};
}

constexpr Export functions[] = {
    full<printk>("printk"),
    full<printk>("kc_printk"),
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
    full<get_options>("get_options", since_2_4),
    full<get_options_2_2>("get_options", only_2_2),
    full<memparse_word>("memparse", {LayoutVersion::v2_4_0, LayoutVersion::v2_4_0}),
    full<memparse>("memparse", from(LayoutVersion::v2_4_18_14)),
    full<panic>("panic"),
    full<out_of_line_bug>("__out_of_line_bug", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_kernel{.header = "linux/kernel.h", .functions = functions};

} // namespace retromod
