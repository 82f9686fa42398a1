// SPDX-License-Identifier: GPL-2.0-or-later
// asm/uaccess.h. Source: arch/i386/lib/{usercopy.c,getuser.S,putuser.S} of 2.2 and 2.4,
// arch/arm/lib/{getuser.S,putuser.S} of 2.4.22.
#include "emu/abi/event_sink.h"
#include "emu/exports/core/copy_user.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/user_access.h"

#include <vector>

namespace retromod {
namespace {

constexpr std::uint64_t largest_copy = std::uint64_t{1} << 28;

/// What __copy_user leaves when it could copy `done` of `bytes`: it counts words first, then the bytes behind them.
std::uint64_t left_by_words(std::uint64_t bytes, std::uint64_t done)
{
    const auto in_words = bytes & ~std::uint64_t{3};
    return bytes - (done < in_words ? done & ~std::uint64_t{3} : done);
}

// Both sides have their entries in the exception table: a kernel buffer that ends early leaves a rest as a user's does.
ULong copy_from_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    if (bytes.value > largest_copy) return bytes;
    std::vector<std::byte> buffer(bytes.value);
    const auto left = kernel.user().copy_from(buffer, from);
    const auto written = kernel.memory().write(to, buffer);
    return {left_by_words(bytes.value, std::min<std::uint64_t>(written, bytes.value - left))};
}

ULong copy_to_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    if (bytes.value > largest_copy || !kernel.user().access_ok(to, bytes.value)) return bytes;
    std::vector<std::byte> buffer(bytes.value);
    const auto read = kernel.memory().read(from, buffer);
    const auto left = kernel.user().copy_to(to, std::span(buffer).first(read));
    return {left_by_words(bytes.value, read - left)};
}

ULong clear_user(Kernel& kernel, GuestAddr to, ULong bytes)
{
    if (bytes.value > largest_copy) return bytes;
    return {kernel.user().copy_to(to, std::vector<std::byte>(bytes.value))};
}

/// In the low word what goes into eax or r0 (0 or -EFAULT), in the high word edx or r1 (the value, 0 on error).
template <class T>
std::uint64_t get_user(Kernel& kernel, GuestAddr from)
{
    std::array<std::byte, sizeof(T)> bytes;
    if (kernel.user().copy_from(bytes, from)) return static_cast<std::uint32_t>(error_code(kernel, Errno::efault));
    return std::uint64_t{load<T>(bytes.data(), kernel.arch().order)} << 32;
}

template <class T, class Argument = std::uint32_t>
std::int32_t put_user(Kernel& kernel, GuestAddr to, Argument value)
{
    std::array<std::byte, sizeof(T)> bytes;
    store<T>(bytes.data(), kernel.arch().order, static_cast<T>(value));
    return kernel.user().copy_to(to, bytes) ? error_code(kernel, Errno::efault) : 0;
}

/// For a CPU without working write protection in kernel mode; this one has it.
std::int32_t verify_write(Kernel& kernel, GuestAddr to, ULong bytes)
{
    return kernel.user().access_ok(to, bytes.value) ? 0 : error_code(kernel, Errno::efault);
}

/// x86-64: the error in rax, the value (0 on error) in rdx.
template <class T>
void get_user_64(ExportContext& context)
{
    const auto from = Argument<GuestAddr>::fetch(context);
    std::array<std::byte, sizeof(T)> bytes{};
    const bool bad = context.kernel.user().copy_from(bytes, from) != 0;
    const auto error = bad ? error_code(context.kernel, Errno::efault) : 0;
    store_result(context, error);
    context.result_second = load<T>(bytes.data(), context.kernel.arch().order);
    context.wide = true;
    if (!context.trace) return;
    context.trace->arguments.push_back(Argument<GuestAddr>::show(context.kernel, from));
    context.trace->result = show_result(error);
}

constexpr Export get_64(std::string_view name, void (*function)(ExportContext&))
{
    Export row{name, Grade::full, function};
    row.since = from(LayoutVersion::v2_4_22);
    row.arch = "x86_64";
    return row;
}

constexpr Export functions[] = {
    full<copy_from_user>("__generic_copy_from_user", {}, "i386"),
    full<copy_to_user>("__generic_copy_to_user", {}, "i386"),
    full<clear_user>("clear_user"),
    full<clear_user>("__clear_user"),
    full<strnlen_user>("strnlen_user", since_2_4, "i386"),
    full<strlen_user>("strlen_user", only_2_2, "i386"),
    full<strncpy_from_user>("strncpy_from_user", {}, "i386"),
    full<strncpy_from_user>("__strncpy_from_user", {}, "i386"),
    full<strncpy_from_user>("__strncpy_from_user", {}, "alpha"),
    full<strncpy_from_user>("__strncpy_from_user", {}, "ppc"),
    full<strnlen_user>("__strnlen_user", {}, "alpha"),
    full<strnlen_user>("__strnlen_user", {}, "ppc"),
    full<get_user<std::uint8_t>>("__get_user_1", {}, "i386"),
    full<get_user<std::uint16_t>>("__get_user_2", {}, "i386"),
    full<get_user<std::uint32_t>>("__get_user_4", {}, "i386"),
    full<put_user<std::uint8_t>>("__put_user_1", until(LayoutVersion::v2_4_0), "i386"),
    full<put_user<std::uint16_t>>("__put_user_2", until(LayoutVersion::v2_4_0), "i386"),
    full<put_user<std::uint32_t>>("__put_user_4", until(LayoutVersion::v2_4_0), "i386"),
    full<get_user<std::uint8_t>>("__get_user_1", from(LayoutVersion::v2_4_22), "arm"),
    full<get_user<std::uint16_t>>("__get_user_2", from(LayoutVersion::v2_4_22), "arm"),
    full<get_user<std::uint32_t>>("__get_user_4", from(LayoutVersion::v2_4_22), "arm"),
    full<put_user<std::uint8_t>>("__put_user_1", from(LayoutVersion::v2_4_22), "arm"),
    full<put_user<std::uint16_t>>("__put_user_2", from(LayoutVersion::v2_4_22), "arm"),
    full<put_user<std::uint32_t>>("__put_user_4", from(LayoutVersion::v2_4_22), "arm"),
    full<put_user<std::uint64_t, std::uint64_t>>("__put_user_8", from(LayoutVersion::v2_4_22), "arm"),
    full<verify_write>("__verify_write", {}, "i386"),
    full<copy_from_user>("copy_from_user", from(LayoutVersion::v2_4_22), "x86_64"),
    full<copy_to_user>("copy_to_user", from(LayoutVersion::v2_4_22), "x86_64"),
    full<strncpy_from_user>("strncpy_from_user", from(LayoutVersion::v2_4_22), "x86_64"),
    full<strncpy_from_user>("__strncpy_from_user", from(LayoutVersion::v2_4_22), "x86_64"),
    full<strnlen_user>("strnlen_user", from(LayoutVersion::v2_4_22), "x86_64"),
    get_64("__get_user_1", get_user_64<std::uint8_t>),
    get_64("__get_user_2", get_user_64<std::uint16_t>),
    get_64("__get_user_4", get_user_64<std::uint32_t>),
    get_64("__get_user_8", get_user_64<std::uint64_t>),
    full<put_user<std::uint8_t, std::uint64_t>>("__put_user_1", from(LayoutVersion::v2_4_22), "x86_64"),
    full<put_user<std::uint16_t, std::uint64_t>>("__put_user_2", from(LayoutVersion::v2_4_22), "x86_64"),
    full<put_user<std::uint32_t, std::uint64_t>>("__put_user_4", from(LayoutVersion::v2_4_22), "x86_64"),
    full<put_user<std::uint64_t, std::uint64_t>>("__put_user_8", from(LayoutVersion::v2_4_22), "x86_64"),
};

} // namespace

extern const Family asm_uaccess{.header = "asm/uaccess.h", .functions = functions};

} // namespace retromod
