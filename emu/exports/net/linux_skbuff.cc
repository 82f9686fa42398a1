// SPDX-License-Identifier: GPL-2.0-or-later
// linux/skbuff.h: socket buffers, whose heads modules edit inline. Source: net/core/skbuff.c of 2.2 and 2.4.
#include "emu/exports/family.h"
#include "emu/exports/net/socket_buffer.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace retromod {
namespace {

GuestStruct buffer_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct sk_buff", at}; }
bool has_fragments(Kernel& kernel) { return kernel.layouts().has("struct skb_shared_info"); }

/// What lies behind the data: 2.4 the shared info with its count of users, 2.2 that count alone.
std::uint64_t tail_bytes(Kernel& kernel) { return has_fragments(kernel) ? kernel.layouts().size("struct skb_shared_info") : 4; }

GuestAddr data_users(Kernel& kernel, const GuestStruct& skb)
{
    const auto end = skb.pointer("end");
    return has_fragments(kernel) ? GuestStruct(kernel, "struct skb_shared_info", end).address("dataref") : end;
}

void set_count(GuestStruct& skb, std::string_view member, std::uint64_t value)
{
    const std::string counter = std::string(member) + ".counter";
    skb.set(skb.has(counter) ? counter : std::string(member), value);
}

} // namespace

GuestAddr make_socket_buffer(Kernel& kernel, std::uint32_t size)
{
    if (size > 120 << 10 || !kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const std::uint64_t bytes = round_up(size, 16);
    const auto at = new_struct(kernel, "struct sk_buff");
    const auto data = at ? kernel.heap().allocate(bytes + tail_bytes(kernel)) : GuestAddr{};
    if (!data) {
        if (at) kernel.heap().free(at);
        return {};
    }
    auto skb = buffer_at(kernel, at);
    skb.set("truesize", bytes + skb.bytes());
    for (const auto member : {"head", "data", "tail"}) skb.set(member, data);
    skb.set("end", data + bytes);
    set_count(skb, "users", 1);
    kernel.memory().fill(data + bytes, tail_bytes(kernel), std::byte{0});
    kernel.memory().store<std::uint32_t>(data_users(kernel, skb), 1);
    return at;
}

namespace {

GuestAddr alloc_skb(Kernel& kernel, std::uint32_t size, std::int32_t) { return make_socket_buffer(kernel, size); }

GuestAddr dev_alloc_skb(Kernel& kernel, std::uint32_t size)
{
    constexpr std::uint32_t headroom = 16;
    const auto at = alloc_skb(kernel, size + headroom, 0);
    if (!at) return {};
    auto skb = buffer_at(kernel, at);
    skb.set("data", skb.get("data") + headroom);
    skb.set("tail", skb.get("tail") + headroom);
    return at;
}

} // namespace

void drop_socket_buffer(Kernel& kernel, GuestAddr at)
{
    auto skb = buffer_at(kernel, at);
    const auto users = data_users(kernel, skb);
    const auto left = kernel.memory().load<std::uint32_t>(users) - 1;
    kernel.memory().store<std::uint32_t>(users, left);
    if (!skb.get("cloned") || left == 0) kernel.heap().free(skb.pointer("head"));
    kernel.heap().free(at);
}

namespace {

Step kfree_skb(Kernel& kernel, Frame& frame, GuestAddr at)
{
    auto skb = buffer_at(kernel, at);
    if (!frame.phase++) {
        if (skb.get("list")) kernel.log().write(fmt::format("<4>Warning: kfree_skb passed an skb still on a list (from {:08x}).\n",
                                                    kernel.memory().load_word({frame.caller.reg[kernel.cpu().sp]})));
        if (const auto destructor = skb.pointer("destructor")) return CallGuest{destructor, {at.value}, 1, "destructor"};
    }
    drop_socket_buffer(kernel, at);
    return Return{};
}

Step skb_free_datagram(Kernel& kernel, Frame& frame, GuestAddr, GuestAddr at)
{
    auto skb = buffer_at(kernel, at);
    if (!frame.phase) {
        const std::string users = skb.has("users.counter") ? "users.counter" : "users";
        skb.set(users, skb.get(users) - 1);
        if (skb.get(users)) return Return{};
    }
    return kfree_skb(kernel, frame, at);
}

std::vector<std::byte> head_bytes(Kernel& kernel, GuestAddr skb)
{
    std::vector<std::byte> bytes(kernel.layouts().size("struct sk_buff"));
    kernel.memory().read_all(skb, bytes);
    return bytes;
}

GuestAddr skb_clone(Kernel& kernel, GuestAddr from, std::int32_t)
{
    const auto at = new_struct(kernel, "struct sk_buff");
    if (!at) return {};
    kernel.memory().write_all(at, head_bytes(kernel, from));
    auto source = buffer_at(kernel, from), copy = buffer_at(kernel, at);
    for (const auto member : {"next", "prev", "list", "sk", "destructor"}) copy.set(member, std::uint64_t{0});
    set_count(copy, "users", 1);
    source.set("cloned", std::uint64_t{1});
    copy.set("cloned", std::uint64_t{1});
    const auto users = data_users(kernel, source);
    kernel.memory().store<std::uint32_t>(users, kernel.memory().load<std::uint32_t>(users) + 1);
    return at;
}

/// A copy with `headroom` bytes before its data and `tailroom` behind.
GuestAddr copy_expand(Kernel& kernel, GuestAddr from, std::int64_t headroom, std::int64_t tailroom)
{
    const auto source = buffer_at(kernel, from);
    const auto length = static_cast<std::int64_t>(source.get("len"));
    if (headroom < 0 || tailroom < 0 || headroom + length + tailroom > 120 << 10) return {};
    const auto at = alloc_skb(kernel, static_cast<std::uint32_t>(headroom + length + tailroom), 0);
    if (!at) return {};
    auto copy = buffer_at(kernel, at);
    const auto head = copy.pointer("head"), end = copy.pointer("end");
    const auto truesize = copy.get("truesize");
    const auto data = head + static_cast<std::uint64_t>(headroom);
    kernel.memory().write_all(at, head_bytes(kernel, from));
    for (const auto member : {"next", "prev", "list", "sk", "destructor", "cloned"}) copy.set(member, std::uint64_t{0});
    copy.set("head", head);
    copy.set("end", end);
    copy.set("data", data);
    copy.set("tail", data + static_cast<std::uint64_t>(length));
    copy.set("truesize", truesize);
    set_count(copy, "users", 1);
    for (const auto header : {"h.raw", "nh.raw", "mac.raw"})
        if (const auto old = source.get(header)) copy.set(header, old + (data.value - source.get("data")));
    copy_bytes(kernel, data, source.pointer("data"), static_cast<std::uint64_t>(length));
    return at;
}

std::int64_t headroom_of(const GuestStruct& skb) { return static_cast<std::int64_t>(skb.pointer("data") - skb.pointer("head")); }
std::int64_t tailroom_of(const GuestStruct& skb) { return static_cast<std::int64_t>(skb.pointer("end") - skb.pointer("tail")); }

GuestAddr skb_copy(Kernel& kernel, GuestAddr from, std::int32_t)
{
    const auto skb = buffer_at(kernel, from);
    return copy_expand(kernel, from, headroom_of(skb), tailroom_of(skb));
}
GuestAddr skb_copy_expand(Kernel& kernel, GuestAddr from, std::int32_t headroom, std::int32_t tailroom, std::int32_t)
{
    return copy_expand(kernel, from, headroom, tailroom);
}
GuestAddr skb_realloc_headroom(Kernel& kernel, GuestAddr from, std::uint32_t headroom)
{
    return copy_expand(kernel, from, headroom, tailroom_of(buffer_at(kernel, from)));
}

/// `bytes` zeros behind the data, which `len` does not count. A buffer without the room for them is replaced by a copy; 0: no
/// memory.
Step skb_pad(Kernel& kernel, Frame& frame, GuestAddr at, std::int32_t bytes)
{
    auto& copy = frame.local<GuestAddr>();
    if (!frame.phase) {
        const auto skb = buffer_at(kernel, at);
        const auto room = tailroom_of(skb);
        copy = room >= bytes ? at : copy_expand(kernel, at, headroom_of(skb), room + bytes);
        if (const auto padded = copy; padded) {
            const auto fields = buffer_at(kernel, padded);
            if (bytes > 0)
                kernel.memory().fill(fields.pointer("data") + fields.get("len"), static_cast<std::uint64_t>(bytes), std::byte{0});
        }
    }
    if (copy == at) return Return{at.value};
    auto step = skb_free_datagram(kernel, frame, {}, at);
    if (auto* done = std::get_if<Return>(&step)) *done = Return{copy.value};
    return step;
}

/// Cuts a buffer to `length` bytes; ours have no fragments.
std::int32_t pskb_trim(Kernel& kernel, GuestAddr at, std::uint32_t length, std::int32_t)
{
    auto skb = buffer_at(kernel, at);
    skb.set("len", length);
    skb.set("tail", skb.pointer("data") + length);
    return 0;
}

/// More room before and behind the data of a buffer that stays where it is.
std::int32_t pskb_expand_head(Kernel& kernel, GuestAddr at, std::int32_t headroom, std::int32_t tailroom, std::int32_t)
{
    auto skb = buffer_at(kernel, at);
    const auto head = skb.pointer("head");
    const auto used = skb.pointer("end") - head;
    const auto bytes = round_up(used + static_cast<std::uint32_t>(headroom) + static_cast<std::uint32_t>(tailroom), 16);
    const auto fresh = kernel.heap().allocate(bytes + tail_bytes(kernel));
    if (!fresh) return error_code(kernel, Errno::enomem);
    copy_bytes(kernel, fresh + static_cast<std::uint32_t>(headroom), head, used);
    const auto shift = [&](GuestAddr old) { return fresh + static_cast<std::uint32_t>(headroom) + (old - head); };
    for (const auto member : {"data", "tail", "h.raw", "nh.raw", "mac.raw"})
        if (const auto old = skb.pointer(member)) skb.set(member, shift(old));
    skb.set("head", fresh);
    skb.set("end", fresh + bytes);
    skb.set("cloned", std::uint64_t{0});
    kernel.memory().fill(fresh + bytes, tail_bytes(kernel), std::byte{0});
    kernel.memory().store<std::uint32_t>(data_users(kernel, skb), 1);
    kernel.heap().free(head);
    return 0;
}

[[noreturn]] void report_overrun(Kernel& kernel, GuestAddr at, std::int32_t size, GuestAddr here, std::string_view what)
{
    const auto text = fmt::format("{}:{:08x}:{} put:{}", what, here.value, buffer_at(kernel, at).get("len"), size);
    kernel.log().write("<6>" + text + "\n");
    throw KernelBug{text};
}
void skb_over_panic(Kernel& kernel, GuestAddr skb, std::int32_t size, GuestAddr here)
{
    report_overrun(kernel, skb, size, here, "skput:over");
}
void skb_under_panic(Kernel& kernel, GuestAddr skb, std::int32_t size, GuestAddr here)
{
    report_overrun(kernel, skb, size, here, "skput:under");
}

// --- received packets -----------------------------------------------------------------------------------------------

/// The protocol of an Ethernet frame, in network order; the header is taken off.
std::uint32_t eth_type_trans(Kernel& kernel, GuestAddr at, GuestAddr device)
{
    constexpr std::uint64_t header = 14, type_at = 12, smallest_type = 1536;
    constexpr std::uint64_t to_host = 0, to_all = 1, to_group = 2, to_other = 3; // PACKET_*
    auto skb = buffer_at(kernel, at);
    const auto frame = skb.pointer("data");
    skb.set("mac.raw", frame);
    skb.set("data", frame + header);
    skb.set("len", skb.get("len") - header);
    std::array<std::byte, 6> to{}, own{};
    kernel.memory().read_all(frame, to);
    const auto type = kernel.layouts().has("struct net_device") ? "struct net_device" : "struct device";
    kernel.memory().read_all(GuestStruct(kernel, type, device).address("dev_addr"), own);
    const bool group = (to[0] & std::byte{1}) != std::byte{0};
    const bool all = std::ranges::all_of(to, [](std::byte b) { return b == std::byte{0xff}; });
    skb.set("pkt_type", all ? to_all : group ? to_group : to == own ? to_host : to_other);
    std::array<std::byte, 2> code{};
    kernel.memory().read_all(frame + type_at, code);
    const auto protocol = load<std::uint16_t>(code.data(), ByteOrder::big);
    constexpr std::uint16_t ieee_802_2 = 4; // ETH_P_802_2
    const auto result = protocol >= smallest_type ? protocol : ieee_802_2;
    std::array<std::byte, 2> network{};
    store<std::uint16_t>(network.data(), ByteOrder::big, static_cast<std::uint16_t>(result));
    return load<std::uint16_t>(network.data(), kernel.arch().order);
}

/// Nobody listens: the packet is dropped.
std::int32_t netif_rx(Kernel& kernel, GuestAddr skb)
{
    constexpr std::int32_t net_rx_drop = 5;
    drop_socket_buffer(kernel, skb);
    return net_rx_drop;
}

constexpr Export functions[] = {
    full<alloc_skb>("alloc_skb"),
    full<dev_alloc_skb>("dev_alloc_skb", only_2_2),
    full<kfree_skb>("__kfree_skb"),
    full<skb_clone>("skb_clone"),
    full<skb_copy>("skb_copy"),
    full<skb_copy_expand>("skb_copy_expand", since_2_4),
    full<skb_pad>("skb_pad", from(LayoutVersion::v2_4_22)),
    full<skb_realloc_headroom>("skb_realloc_headroom"),
    full<pskb_trim>("___pskb_trim", from(LayoutVersion::v2_4_18_14)),
    full<pskb_expand_head>("pskb_expand_head", from(LayoutVersion::v2_4_18_14)),
    full<skb_free_datagram>("skb_free_datagram"),
    full<skb_over_panic>("skb_over_panic"),
    full<skb_under_panic>("skb_under_panic"),
    full<eth_type_trans>("eth_type_trans"),
    inert<netif_rx>("netif_rx"),
    inert<netif_rx>("netif_receive_skb", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_skbuff{.header = "linux/skbuff.h", .functions = functions};

} // namespace retromod
