// SPDX-License-Identifier: GPL-2.0-or-later
// asm/io.h where ports and device memory are reached by calls. Source: arch/alpha/kernel/{core_*.c,io.c}, arch/ppc/kernel/misc.S,
// arch/arm/lib/io-{reads,writes}{b,w,l}.S, arch/x86_64/lib/io.c of 2.4.37.11.
#include "emu/exports/arch/arch_rows.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/processor.h"
#include "emu/memory/port_window.h"

#include <type_traits>

namespace retromod {
namespace {

// --- ports ----------------------------------------------------------------------------------------------------------------

template <class T>
std::uint32_t in(Kernel& kernel, ULong port)
{
    return kernel.processor().ports().in(static_cast<std::uint16_t>(port.value), sizeof(T));
}
template <class T>
void out(Kernel& kernel, std::uint32_t value, ULong port)
{
    kernel.processor().ports().out(static_cast<std::uint16_t>(port.value), sizeof(T), static_cast<T>(value));
}

/// insb and its like: `count` values from one port, as they lie on the bus.
template <class T>
void in_string(Kernel& kernel, ULong port, GuestAddr to, ULong count)
{
    require_access(kernel, to, count.value * sizeof(T), Access::write);
    for (std::uint64_t i = 0; i < count.value; ++i) {
        work_meter().take(sizeof(T));
        std::array<std::byte, sizeof(T)> bytes;
        store<T>(bytes.data(), ByteOrder::little, static_cast<T>(in<T>(kernel, port)));
        kernel.memory().write_all(to + i * sizeof(T), bytes);
    }
}
template <class T>
void out_string(Kernel& kernel, ULong port, GuestAddr from, ULong count)
{
    require_access(kernel, from, count.value * sizeof(T), Access::read);
    for (std::uint64_t i = 0; i < count.value; ++i) {
        work_meter().take(sizeof(T));
        std::array<std::byte, sizeof(T)> bytes;
        kernel.memory().read(from + i * sizeof(T), bytes);
        out<T>(kernel, load<T>(bytes.data(), ByteOrder::little), port);
    }
}

// --- device memory --------------------------------------------------------------------------------------------------------

/// A value in the order of the bus, which is little-endian.
template <class T>
T read_value(Kernel& kernel, ULong at)
{
    std::array<std::byte, sizeof(T)> bytes{};
    require_access(kernel, {at.value}, sizeof(T), Access::read);
    kernel.memory().read({at.value}, bytes);
    return load<T>(bytes.data(), ByteOrder::little);
}
template <class T>
std::uint32_t read_register(Kernel& kernel, ULong at) { return read_value<T>(kernel, at); }
ULong read_quadword(Kernel& kernel, ULong at) { return {read_value<std::uint64_t>(kernel, at)}; }

template <class T>
void write_value(Kernel& kernel, T value, ULong at)
{
    std::array<std::byte, sizeof(T)> bytes;
    store<T>(bytes.data(), ByteOrder::little, value);
    kernel.memory().write_all({at.value}, bytes);
}
template <class T>
void write_register(Kernel& kernel, std::uint32_t value, ULong at) { write_value<T>(kernel, static_cast<T>(value), at); }
void write_quadword(Kernel& kernel, ULong value, ULong at) { write_value<std::uint64_t>(kernel, value.value, at); }

void copy_from_device(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes) { copy_bytes(kernel, to, from, bytes.value); }
void copy_to_device(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes) { copy_bytes(kernel, to, from, bytes.value); }

/// alpha: fills with a value of eight bytes.
void fill_device(Kernel& kernel, GuestAddr to, ULong pattern, Long bytes)
{
    const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(bytes.value, 0));
    require_access(kernel, to, count, Access::write);
    work_meter().take(count);
    for (std::uint64_t i = 0; i < count; ++i)
        kernel.memory().store<std::uint8_t>(to + i, static_cast<std::uint8_t>(pattern.value >> 8 * (i % 8)));
}

void set_device(Kernel& kernel, GuestAddr to, std::int32_t value, ULong bytes)
{
    kernel.memory().fill(to, bytes.value, static_cast<std::byte>(value));
}

// --- one register read or written again and again, ppc and arm ----------------------------------------------------------------

enum class Swap : bool { no, yes };

template <class T>
T swapped(T value)
{
    std::array<std::byte, sizeof(T)> bytes;
    store<T>(bytes.data(), ByteOrder::little, value);
    return load<T>(bytes.data(), ByteOrder::big);
}

/// A port where the address is in the window of ports, else device memory; as the CPU reads it.
template <class T>
T load_at(Kernel& kernel, GuestAddr at)
{
    const auto port = port_at(kernel.arch(), at);
    if (!port) return kernel.memory().load<T>(at);
    const auto value = static_cast<T>(in<T>(kernel, {*port}));
    return kernel.arch().order == ByteOrder::big ? swapped(value) : value;
}
template <class T>
void store_at(Kernel& kernel, GuestAddr at, T value)
{
    const auto port = port_at(kernel.arch(), at);
    if (!port) return kernel.memory().store<T>(at, value);
    out<T>(kernel, kernel.arch().order == ByteOrder::big ? swapped(value) : value, {*port});
}

template <class T, Swap swap>
void read_string(Kernel& kernel, GuestAddr at, GuestAddr to, std::int32_t count)
{
    for (std::int32_t i = 0; i < count; ++i) {
        work_meter().take(sizeof(T));
        const auto value = load_at<T>(kernel, at);
        kernel.memory().store<T>(to + static_cast<std::uint64_t>(i) * sizeof(T), swap == Swap::yes ? swapped(value) : value);
    }
}
template <class T, Swap swap>
void write_string(Kernel& kernel, GuestAddr at, GuestAddr from, std::int32_t count)
{
    for (std::int32_t i = 0; i < count; ++i) {
        work_meter().take(sizeof(T));
        const auto value = kernel.memory().load<T>(from + static_cast<std::uint64_t>(i) * sizeof(T));
        store_at<T>(kernel, at, swap == Swap::yes ? swapped(value) : value);
    }
}

using Byte = std::uint8_t;
using Word = std::uint16_t;
using DoubleWord = std::uint32_t;
constexpr std::string_view alpha = "alpha", arm = "arm", ppc = "ppc";
constexpr auto v22 = from(LayoutVersion::v2_4_22);

constexpr Export rows[] = {
    full<in<Byte>>("_inb", {}, alpha),
    full<in<Word>>("_inw", {}, alpha),
    full<in<DoubleWord>>("_inl", {}, alpha),
    full<out<Byte>>("_outb", {}, alpha),
    full<out<Word>>("_outw", {}, alpha),
    full<out<DoubleWord>>("_outl", {}, alpha),
    full<in_string<Byte>>("insb", {}, alpha),
    full<in_string<Word>>("insw", {}, alpha),
    full<in_string<DoubleWord>>("insl", {}, alpha),
    full<out_string<Byte>>("outsb", {}, alpha),
    full<out_string<Word>>("outsw", {}, alpha),
    full<out_string<DoubleWord>>("outsl", {}, alpha),
    init<read_register<Byte>>("_readb", {}, alpha),
    init<read_register<Word>>("_readw", {}, alpha),
    init<read_register<DoubleWord>>("_readl", {}, alpha),
    init<write_register<Byte>>("_writeb", {}, alpha),
    init<write_register<Word>>("_writew", {}, alpha),
    init<write_register<DoubleWord>>("_writel", {}, alpha),
    init<read_register<Byte>>("___raw_readb", {}, alpha),
    init<read_register<Word>>("___raw_readw", {}, alpha),
    init<read_register<DoubleWord>>("___raw_readl", {}, alpha),
    init<read_quadword>("___raw_readq", {}, alpha),
    init<write_register<Byte>>("___raw_writeb", {}, alpha),
    init<write_register<Word>>("___raw_writew", {}, alpha),
    init<write_register<DoubleWord>>("___raw_writel", {}, alpha),
    init<write_quadword>("___raw_writeq", {}, alpha),
    init<copy_from_device>("_memcpy_fromio", {}, "alpha arm"),
    init<copy_to_device>("_memcpy_toio", {}, "alpha arm"),
    init<set_device>("_memset_io", {}, arm),
    init<fill_device>("_memset_c_io", {}, alpha),
    init<copy_from_device>("memcpy_fromio", v22, "x86_64"),
    init<copy_to_device>("memcpy_toio", v22, "x86_64"),
    init<read_string<Byte, Swap::no>>("_insb", {}, ppc),
    init<read_string<Word, Swap::yes>>("_insw", {}, ppc),
    init<read_string<DoubleWord, Swap::yes>>("_insl", {}, ppc),
    init<read_string<Word, Swap::no>>("_insw_ns", {}, ppc),
    init<read_string<DoubleWord, Swap::no>>("_insl_ns", {}, ppc),
    init<write_string<Byte, Swap::no>>("_outsb", {}, ppc),
    init<write_string<Word, Swap::yes>>("_outsw", {}, ppc),
    init<write_string<DoubleWord, Swap::yes>>("_outsl", {}, ppc),
    init<write_string<Word, Swap::no>>("_outsw_ns", {}, ppc),
    init<write_string<DoubleWord, Swap::no>>("_outsl_ns", {}, ppc),
    init<read_string<Byte, Swap::no>>("__raw_readsb", {}, arm),
    init<read_string<Word, Swap::no>>("__raw_readsw", {}, arm),
    init<read_string<DoubleWord, Swap::no>>("__raw_readsl", {}, arm),
    init<write_string<Byte, Swap::no>>("__raw_writesb", {}, arm),
    init<write_string<Word, Swap::no>>("__raw_writesw", {}, arm),
    init<write_string<DoubleWord, Swap::no>>("__raw_writesl", {}, arm),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

} // namespace

extern const Family asm_io{.header = "asm/io.h", .functions = functions};

} // namespace retromod
