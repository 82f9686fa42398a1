// SPDX-License-Identifier: GPL-2.0-or-later
// net/checksum.h, linux/uio.h, linux/socket.h: sums over packets, and copies between them and a caller's vectors.
// Source: arch/i386/lib/checksum.S, net/core/iovec.c of 2.4.
#include "emu/exports/arch/arch_rows.h"
#include "emu/exports/answers.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/user_access.h"

#include <algorithm>
#include <array>
#include <vector>

namespace retromod {
namespace {

/// The 32-bit one's-complement sum of 16-bit words in the machine's order, an odd last byte padded with zero.
std::uint32_t sum_bytes(Kernel& kernel, std::span<const std::byte> bytes, std::uint32_t start)
{
    std::uint64_t sum = start;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        std::array<std::byte, 2> pair{bytes[i], i + 1 < bytes.size() ? bytes[i + 1] : std::byte{0}};
        sum += load<std::uint16_t>(pair.data(), kernel.arch().order);
    }
    while (sum >> 32) sum = (sum & 0xffffffff) + (sum >> 32);
    return static_cast<std::uint32_t>(sum);
}

std::vector<std::byte> bytes_at(Kernel& kernel, GuestAddr at, std::int32_t count)
{
    return load_bytes(kernel, at, static_cast<std::uint32_t>(std::max(count, 0)));
}

/// Differs from 2.4: the 32-bit sum may differ by what the folding to 16 bits makes equal.
std::uint32_t csum_partial(Kernel& kernel, GuestAddr at, std::int32_t count, std::uint32_t start)
{
    return sum_bytes(kernel, bytes_at(kernel, at, count), start);
}

/// Copies and sums; a bad source address (an error pointer was given) is filled with zeros, as the i386 fixup does.
std::uint32_t csum_partial_copy_generic(Kernel& kernel, GuestAddr from, GuestAddr to, std::int32_t count, std::uint32_t start,
                                        GuestAddr from_error, GuestAddr)
{
    if (!from_error) {
        const auto bytes = bytes_at(kernel, from, count);
        kernel.memory().write_all(to, bytes);
        return sum_bytes(kernel, bytes, start);
    }
    const auto size = static_cast<std::uint32_t>(std::max(count, 0));
    require_access(kernel, to, size, Access::write);
    std::vector<std::byte> bytes(size);
    if (kernel.user().copy_from(bytes, from)) {
        kernel.memory().store<std::int32_t>(from_error, error_code(kernel, Errno::efault));
        std::ranges::fill(bytes, std::byte{0});
    }
    kernel.memory().write_all(to, bytes);
    return sum_bytes(kernel, bytes, start);
}

/// ip_send_check: the header's own checksum, over ihl words with the field itself zero.
void ip_send_check(Kernel& kernel, GuestAddr header)
{
    constexpr std::uint64_t check_at = 10;
    kernel.memory().store<std::uint16_t>(header + check_at, 0);
    const auto words = kernel.memory().load<std::uint8_t>(header) & 15;
    auto sum = sum_bytes(kernel, bytes_at(kernel, header, words * 4), 0);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    kernel.memory().store<std::uint16_t>(header + check_at, static_cast<std::uint16_t>(~sum));
}

// --- struct iovec {base, length}, edited as the copy goes on ------------------------------------------------------------

enum class Direction : bool { from_vector, to_vector };
enum class Edit : bool { no, yes };
enum class Space : bool { user, kernel };

/// Copies `bytes` between kernel memory and the vector from `skip` on; -EFAULT when the vector's memory is bad.
std::int32_t copy_vector(Kernel& kernel, GuestAddr memory, GuestAddr vector, std::uint64_t skip, std::uint64_t bytes,
                         Direction direction, Edit edit, Space space)
{
    const auto word = kernel.arch().word_bytes;
    for (auto entry = vector; bytes; entry += 2 * word) {
        const GuestAddr base = kernel.memory().load_pointer(entry);
        const auto length = kernel.memory().load_word(entry + word);
        if (skip >= length) {
            skip -= length;
            continue;
        }
        const auto count = std::min(bytes, length - skip);
        const auto place = base + skip;
        require_access(kernel, memory, count, direction == Direction::from_vector ? Access::write : Access::read);
        std::vector<std::byte> content(count);
        std::uint64_t missed = 0;
        if (direction == Direction::from_vector) {
            if (space == Space::user) missed = kernel.user().copy_from(content, place);
            else kernel.memory().read_all(place, content);
            if (!missed) kernel.memory().write_all(memory, content);
        } else {
            kernel.memory().read_all(memory, content);
            if (space == Space::user) missed = kernel.user().copy_to(place, content);
            else kernel.memory().write_all(place, content);
        }
        if (missed) return error_code(kernel, Errno::efault);
        if (edit == Edit::yes) {
            kernel.memory().store_word(entry, (base + count).value);
            kernel.memory().store_word(entry + word, length - count);
        }
        memory += count;
        bytes -= count;
        skip = 0;
    }
    return 0;
}

std::int32_t memcpy_fromiovec(Kernel& kernel, GuestAddr to, GuestAddr vector, std::int32_t bytes)
{
    return copy_vector(kernel, to, vector, 0, static_cast<std::uint32_t>(std::max(bytes, 0)), Direction::from_vector, Edit::yes,
                       Space::user);
}
std::int32_t memcpy_toiovec(Kernel& kernel, GuestAddr vector, GuestAddr from, std::int32_t bytes)
{
    return copy_vector(kernel, from, vector, 0, static_cast<std::uint32_t>(std::max(bytes, 0)), Direction::to_vector, Edit::yes,
                       Space::user);
}
void memcpy_tokerneliovec(Kernel& kernel, GuestAddr vector, GuestAddr from, std::int32_t bytes)
{
    copy_vector(kernel, from, vector, 0, static_cast<std::uint32_t>(std::max(bytes, 0)), Direction::to_vector, Edit::yes,
                Space::kernel);
}
std::int32_t memcpy_fromiovecend(Kernel& kernel, GuestAddr to, GuestAddr vector, std::int32_t skip, std::int32_t bytes)
{
    return copy_vector(kernel, to, vector, static_cast<std::uint32_t>(std::max(skip, 0)),
                       static_cast<std::uint32_t>(std::max(bytes, 0)), Direction::from_vector, Edit::no, Space::user);
}
std::int32_t csum_partial_copy_fromiovecend(Kernel& kernel, GuestAddr to, GuestAddr vector, std::int32_t skip, std::uint32_t bytes,
                                            GuestAddr sum_at)
{
    const auto error = memcpy_fromiovecend(kernel, to, vector, skip, static_cast<std::int32_t>(bytes));
    if (error) return error;
    const auto start = kernel.memory().load<std::uint32_t>(sum_at);
    kernel.memory().store<std::uint32_t>(sum_at, csum_partial(kernel, to, static_cast<std::int32_t>(bytes), start));
    return 0;
}

// --- what a socket buffer holds, without fragments ----------------------------------------------------------------------

GuestAddr data_of(Kernel& kernel, GuestAddr skb) { return GuestStruct(kernel, "struct sk_buff", skb).pointer("data"); }

std::uint32_t skb_checksum(Kernel& kernel, GuestAddr skb, std::int32_t offset, std::int32_t count, std::uint32_t start)
{
    return csum_partial(kernel, data_of(kernel, skb) + static_cast<std::uint32_t>(offset), count, start);
}
std::int32_t skb_copy_bits(Kernel& kernel, GuestAddr skb, std::int32_t offset, GuestAddr to, std::int32_t count)
{
    const auto length = GuestStruct(kernel, "struct sk_buff", skb).get("len");
    if (offset < 0 || count < 0 || static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(count) > length)
        return error_code(kernel, Errno::efault);
    kernel.memory().write_all(to, bytes_at(kernel, data_of(kernel, skb) + static_cast<std::uint32_t>(offset), count));
    return 0;
}
std::uint32_t skb_copy_and_csum_bits(Kernel& kernel, GuestAddr skb, std::int32_t offset, GuestAddr to, std::int32_t count,
                                     std::uint32_t start)
{
    return csum_partial_copy_generic(kernel, data_of(kernel, skb) + static_cast<std::uint32_t>(offset), to, count, start, {}, {});
}
std::int32_t skb_copy_datagram_iovec(Kernel& kernel, GuestAddr skb, std::int32_t offset, GuestAddr vector, std::int32_t bytes)
{
    return memcpy_toiovec(kernel, vector, data_of(kernel, skb) + static_cast<std::uint32_t>(offset), bytes);
}
std::int32_t skb_copy_datagram(Kernel& kernel, GuestAddr skb, std::int32_t offset, GuestAddr to, std::int32_t bytes)
{
    const auto content = bytes_at(kernel, data_of(kernel, skb) + static_cast<std::uint32_t>(offset), bytes);
    return kernel.user().copy_to(to, content) ? error_code(kernel, Errno::efault) : 0;
}

std::uint32_t csum_partial_copy(Kernel& kernel, GuestAddr from, GuestAddr to, std::int32_t count, std::uint32_t start)
{
    return csum_partial_copy_generic(kernel, from, to, count, start, {}, {});
}

// --- what other CPUs keep out of line -------------------------------------------------------------------------------------

std::uint32_t csum_partial_copy_from_user(Kernel& kernel, GuestAddr from, GuestAddr to, std::int32_t count, std::uint32_t start,
                                          GuestAddr error)
{
    return csum_partial_copy_generic(kernel, from, to, count, start, error, {});
}

std::uint32_t folded(std::uint64_t sum)
{
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint32_t>(~sum & 0xffff);
}
std::uint32_t ip_compute_csum(Kernel& kernel, GuestAddr at, std::int32_t count)
{
    return folded(csum_partial(kernel, at, count, 0));
}
/// `words` is the header's length in 32-bit words.
std::uint32_t ip_fast_csum(Kernel& kernel, GuestAddr header, std::uint32_t words)
{
    return ip_compute_csum(kernel, header, static_cast<std::int32_t>((words & 0xf) * 4));
}

/// A number as the wire has it, read as the machine reads.
std::uint32_t on_wire(Kernel& kernel, std::uint32_t value)
{
    std::array<std::byte, 4> bytes;
    store<std::uint32_t>(bytes.data(), ByteOrder::big, value);
    return load<std::uint32_t>(bytes.data(), kernel.arch().order);
}
/// Of the pseudo header of IPv4, folded: addresses as the wire has them, length and protocol as numbers.
std::uint32_t csum_tcpudp_magic(Kernel& kernel, std::uint32_t source, std::uint32_t target, std::uint32_t length,
                                std::uint32_t protocol, std::uint32_t start)
{
    const auto numbers = on_wire(kernel, (protocol & 0xffff) << 16 | (length & 0xffff));
    return folded(std::uint64_t{start} + source + target + numbers);
}
/// arm: of the pseudo header of IPv6, a sum of 32 bits. Length and protocol are as the wire has them.
std::uint32_t csum_ipv6_of_wire(Kernel& kernel, GuestAddr source, GuestAddr target, std::uint32_t length, std::uint32_t protocol,
                                std::uint32_t start)
{
    constexpr std::int32_t address_bytes = 16;
    std::uint64_t sum = csum_partial(kernel, target, address_bytes, csum_partial(kernel, source, address_bytes, start));
    sum += std::uint64_t{length} + protocol;
    while (sum >> 32) sum = (sum & 0xffffffff) + (sum >> 32);
    return static_cast<std::uint32_t>(sum);
}
/// alpha: the same of numbers, folded.
std::uint32_t csum_ipv6_magic(Kernel& kernel, GuestAddr source, GuestAddr target, std::uint32_t length, std::uint32_t protocol,
                              std::uint32_t start)
{
    return folded(csum_ipv6_of_wire(kernel, source, target, on_wire(kernel, length), on_wire(kernel, protocol), start));
}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export rows[] = {
    full<csum_partial>("csum_partial"),
    full<csum_partial_copy_generic>("csum_partial_copy_generic", since_2_4, "i386"),
    full<csum_partial_copy>("csum_partial_copy", only_2_2),
    full<csum_partial_copy_generic>("csum_partial_copy_generic", {}, "ppc"),
    full<csum_partial_copy>("csum_partial_copy", since_2_4, "alpha m68k mips mipsel"),
    full<csum_partial_copy>("csum_partial_copy_nocheck", {}, "alpha arm x86_64"),
    full<csum_partial_copy>("__csum_partial_copy_sparc_generic", {}, "sparc"),
    full<csum_partial_copy_from_user>("csum_partial_copy_from_user", {}, "alpha"),
    full<ip_compute_csum>("ip_compute_csum", {}, "alpha x86_64"),
    full<ip_fast_csum>("ip_fast_csum", {}, "alpha ppc"),
    full<csum_tcpudp_magic>("csum_tcpudp_magic", {}, "alpha ppc"),
    full<csum_ipv6_magic>("csum_ipv6_magic", {}, "alpha"),
    full<csum_ipv6_of_wire>("__csum_ipv6_magic", {}, "arm"),
    full<ip_send_check>("ip_send_check"),
    full<memcpy_fromiovec>("memcpy_fromiovec"),
    full<memcpy_toiovec>("memcpy_toiovec"),
    full<memcpy_tokerneliovec>("memcpy_tokerneliovec"),
    full<memcpy_fromiovecend>("memcpy_fromiovecend"),
    full<csum_partial_copy_fromiovecend>("csum_partial_copy_fromiovecend"),
    full<skb_checksum>("skb_checksum", v18),
    full<skb_copy_bits>("skb_copy_bits", v18),
    full<skb_copy_and_csum_bits>("skb_copy_and_csum_bits", v18),
    full<skb_copy_datagram_iovec>("skb_copy_datagram_iovec"),
    full<skb_copy_datagram>("skb_copy_datagram"),
};
constexpr auto functions = for_each_arch<count_rows(rows)>(rows);

} // namespace

extern const Family net_checksum{.header = "net/checksum.h", .functions = functions};

} // namespace retromod
