// SPDX-License-Identifier: GPL-2.0-or-later
// linux/netdevice.h: devices go up and down, and are told which addresses to listen to. Source: net/core/{dev,dev_mcast}.c,
// net/802/{tr,fddi}.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/core/notifier_chain.h"
#include "emu/exports/net/net_devices.h"
#include "emu/exports/net/socket_buffer.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace retromod {
namespace {

constexpr std::uint64_t up = 1, promiscuous = 0x100, all_multicast = 0x200; // IFF_*
constexpr std::uint64_t event_up = 1, event_down = 2, event_going_down = 9;                   // NETDEV_*
constexpr std::uint64_t state_start = 2; // 1 << __LINK_STATE_START

GuestStruct device_at(Kernel& kernel, GuestAddr at) { return {kernel, net_device_type(kernel), at}; }
std::uint64_t word_of(std::int32_t value) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)); }
void set_bits(GuestStruct& device, std::string_view member, std::uint64_t bits, bool on)
{
    const auto old = device.get(member);
    device.set(member, on ? old | bits : old & ~bits);
}
GuestAddr owner_of(const GuestStruct& device) { return device.has("owner") ? device.pointer("owner") : GuestAddr{}; }

struct Changing {
    std::uint32_t phase, reserved;
    NotifierWalk walk;
};
enum : std::uint32_t { entered, called, telling, stopped, told };

/// The driver's set_multicast_list, while the device is up.
std::optional<CallGuest> upload(Kernel& kernel, GuestAddr at)
{
    const auto device = device_at(kernel, at);
    const auto set = device.pointer("set_multicast_list");
    if (!(device.get("flags") & up) || !set) return std::nullopt;
    return CallGuest{set, {at.value}, 1, "set_multicast_list"};
}

Step dev_open(Kernel& kernel, Frame& frame, GuestAddr at)
{
    auto& state = frame.local<Changing>();
    auto device = device_at(kernel, at);
    switch (state.phase) {
    case entered:
        if (device.get("flags") & up) return Return{0};
        if (!hold_module(kernel, owner_of(device))) return Return{word_of(error_code(kernel, Errno::enodev))};
        state.phase = called;
        frame.result = 0;
        if (const auto open = device.pointer("open")) return CallGuest{open, {at.value}, 1, "open"};
        [[fallthrough]];
    case called:
        if (frame.result) {
            release_module(kernel, owner_of(device));
            return Return{frame.result};
        }
        set_bits(device, "flags", up, true);
        if (device.has("state")) set_bits(device, "state", state_start, true);
        state.phase = telling;
        if (const auto call = upload(kernel, at)) return *call;
        frame.result = 0;
        [[fallthrough]];
    default:
        if (const auto call = notify_next(kernel, state.walk, notifier_list(kernel, "netdevice"), event_up, at.value, frame.result))
            return *call;
        return Return{0};
    }
}

Step dev_close(Kernel& kernel, Frame& frame, GuestAddr at)
{
    auto& state = frame.local<Changing>();
    auto device = device_at(kernel, at);
    const auto chain = notifier_list(kernel, "netdevice");
    if (state.phase == entered) {
        if (!(device.get("flags") & up)) return Return{0};
        state.phase = telling;
    }
    if (state.phase == telling) {
        if (const auto call = notify_next(kernel, state.walk, chain, event_going_down, at.value, frame.result)) return *call;
        if (device.has("state")) set_bits(device, "state", state_start, false);
        state.phase = stopped;
        if (const auto stop = device.pointer("stop")) return CallGuest{stop, {at.value}, 1, "stop"};
    }
    if (state.phase == stopped) {
        set_bits(device, "flags", up, false);
        state.walk = {};
        state.phase = told;
        frame.result = 0;
    }
    if (const auto call = notify_next(kernel, state.walk, chain, event_down, at.value, frame.result)) return *call;
    release_module(kernel, owner_of(device));
    return Return{0};
}

// --- what a device listens to -------------------------------------------------------------------------------------------

/// Counts the wishes for a mode; the flag follows.
template <std::uint64_t flag>
Step change_mode(Kernel& kernel, Frame& frame, GuestAddr at, std::int32_t change)
{
    if (frame.phase++) return Return{};
    auto device = device_at(kernel, at);
    const auto member = flag == promiscuous ? "promiscuity" : "allmulti";
    const auto old = device.get("flags");
    const auto count = device.get_int(member) + change;
    device.set(member, static_cast<std::uint32_t>(count));
    set_bits(device, "flags", flag, count != 0);
    if (device.get("flags") == old) return Return{};
    if (flag == promiscuous)
        kernel.log().write(
            fmt::format("<6>device {} {} promiscuous mode\n", net_device_name(kernel, at), count ? "entered" : "left"));
    if (const auto call = upload(kernel, at)) return *call;
    return Return{};
}

Step dev_mc_upload(Kernel& kernel, Frame& frame, GuestAddr at)
{
    if (frame.phase++) return Return{};
    if (const auto call = upload(kernel, at)) return *call;
    return Return{};
}

std::vector<std::byte> address_at(Kernel& kernel, GuestAddr at, std::size_t bytes)
{
    std::vector<std::byte> address(std::min<std::size_t>(bytes, 8)); // MAX_ADDR_LEN
    kernel.memory().read_all(at, address);
    return address;
}

/// The link of the list entry with that address: what points to it, or to the end.
GuestAddr find_address(Kernel& kernel, const GuestStruct& device, GuestAddr address, std::uint32_t bytes)
{
    auto link = device.address("mc_list");
    const auto wanted = address_at(kernel, address, bytes);
    for (std::size_t steps = 0; const auto at = kernel.memory().load_pointer(link); ++steps) {
        if (steps > guest_list::walk_limit) throw KernelHang{"a list of multicast addresses is a circle"};
        const GuestStruct entry(kernel, "struct dev_mc_list", at);
        if (entry.get("dmi_addrlen") == bytes && address_at(kernel, entry.address("dmi_addr"), bytes) == wanted) break;
        link = entry.address("next");
    }
    return link;
}

Step dev_mc_add(Kernel& kernel, Frame& frame, GuestAddr at, GuestAddr address, std::int32_t bytes, std::int32_t global)
{
    if (frame.phase++) return Return{0};
    auto device = device_at(kernel, at);
    const auto known = kernel.memory().load_pointer(find_address(kernel, device, address, static_cast<std::uint32_t>(bytes)));
    if (known) {
        GuestStruct entry(kernel, "struct dev_mc_list", known);
        const bool counted = global && entry.get("dmi_gusers");
        if (global) entry.set("dmi_gusers", std::uint64_t{1});
        if (!counted) entry.set("dmi_users", entry.get("dmi_users") + 1);
        return Return{0};
    }
    GuestStruct entry(kernel, "struct dev_mc_list", new_struct(kernel, "struct dev_mc_list"));
    if (!entry.at()) return Return{word_of(error_code(kernel, Errno::enomem))};
    kernel.memory().write_all(entry.address("dmi_addr"), address_at(kernel, address, static_cast<std::uint32_t>(bytes)));
    entry.set("dmi_addrlen", static_cast<std::uint32_t>(bytes));
    entry.set("dmi_users", std::uint64_t{1});
    entry.set("dmi_gusers", std::uint64_t{global ? 1u : 0u});
    entry.set("next", device.get("mc_list"));
    device.set("mc_list", entry.at());
    device.set("mc_count", device.get("mc_count") + 1);
    if (const auto call = upload(kernel, at)) return *call;
    return Return{0};
}

Step dev_mc_delete(Kernel& kernel, Frame& frame, GuestAddr at, GuestAddr address, std::int32_t bytes, std::int32_t global)
{
    if (frame.phase++) return Return{0};
    auto device = device_at(kernel, at);
    const auto link = find_address(kernel, device, address, static_cast<std::uint32_t>(bytes));
    const auto known = kernel.memory().load_pointer(link);
    if (!known) return Return{word_of(error_code(kernel, Errno::enoent))};
    GuestStruct entry(kernel, "struct dev_mc_list", known);
    if (global) {
        if (!entry.get("dmi_gusers")) return Return{word_of(error_code(kernel, Errno::enoent))};
        entry.set("dmi_gusers", std::uint64_t{0});
    }
    entry.set("dmi_users", entry.get("dmi_users") - 1);
    if (entry.get("dmi_users")) return Return{0};
    kernel.memory().store_word(link, entry.get("next"));
    device.set("mc_count", device.get("mc_count") - 1);
    kernel.heap().free(known);
    if (const auto call = upload(kernel, at)) return *call;
    return Return{0};
}

// --- sending ------------------------------------------------------------------------------------------------------------

/// A device that is down drops it. Differs from 2.4: so does one that is up: no queue feeds its hard_start_xmit.
std::int32_t dev_queue_xmit(Kernel& kernel, GuestAddr buffer)
{
    drop_socket_buffer(kernel, buffer);
    return error_code(kernel, Errno::enetdown);
}

/// Asks for the module of an interface that is not there.
Step dev_load(Kernel& kernel, Frame& frame, GuestString name)
{
    if (frame.phase++ || find_net_device(kernel, name.text)) return Return{};
    const auto asked = kernel.module_requests().ask(name.text);
    if (asked && *asked) return **asked;
    return Return{};
}

/// A token-ring frame has its control fields before the addresses; behind them an LLC header with the protocol.
template <std::uint64_t header, std::uint64_t llc_type_at>
std::uint32_t type_trans(Kernel& kernel, GuestAddr at, GuestAddr device_at_)
{
    constexpr std::uint64_t to_at = header == 14 ? 2 : 1; // behind AC and FC, or FC alone
    GuestStruct skb(kernel, "struct sk_buff", at);
    const auto frame = skb.pointer("data");
    skb.set("mac.raw", frame);
    skb.set("data", frame + header);
    skb.set("len", skb.get("len") - header);
    skb.set_if_there("dev", device_at_.value);
    constexpr std::uint64_t to_host = 0, to_all = 1, to_group = 2, to_other = 3; // PACKET_*
    std::array<std::byte, 6> to{}, own{};
    kernel.memory().read_all(frame + to_at, to);
    kernel.memory().read_all(device_at(kernel, device_at_).address("dev_addr"), own);
    const bool all = std::ranges::all_of(to, [](std::byte b) { return b == std::byte{0xff}; });
    const bool group = (to[0] & std::byte{header == 14 ? 0x80 : 0x01}) != std::byte{0};
    skb.set("pkt_type", all ? to_all : group ? to_group : to == own ? to_host : to_other);
    std::array<std::byte, 2> network{};
    constexpr std::uint8_t extended_sap = 0xaa;
    if (kernel.memory().load<std::uint8_t>(frame + header) == extended_sap) kernel.memory().read_all(frame + llc_type_at, network);
    else network = {std::byte{0}, std::byte{4}}; // ETH_P_802_2
    return load<std::uint16_t>(network.data(), kernel.arch().order);
}

std::int32_t register_gifconf(Kernel& kernel, std::uint32_t family, GuestFunction)
{
    return family < 32 ? 0 : error_code(kernel, Errno::einval); // NPROTO
}

constexpr Export functions[] = {
    full<dev_open>("dev_open"),
    full<dev_close>("dev_close"),
    full<change_mode<promiscuous>>("dev_set_promiscuity"),
    full<change_mode<all_multicast>>("dev_set_allmulti"),
    full<dev_mc_upload>("dev_mc_upload"),
    full<dev_mc_add>("dev_mc_add"),
    full<dev_mc_delete>("dev_mc_delete"),
    init<dev_queue_xmit>("dev_queue_xmit"),
    full<dev_load>("dev_load", since_2_4),
    init<type_trans<14, 20>>("tr_type_trans"),
    init<type_trans<13, 19>>("fddi_type_trans"),
    init<register_gifconf>("register_gifconf"),
    inert<refuse<Errno::enodev, std::uint32_t, GuestAddr>>("dev_ioctl"),
    inert<answer<0, GuestAddr, std::uint32_t>>("dev_change_flags", from(LayoutVersion::v2_4_18_14)),
    inert<answer<0, GuestAddr, GuestAddr>>("netdev_set_master", since_2_4),
    inert<answer<0, std::uint32_t, GuestAddr>>("divert_ioctl", since_2_4),
    inert<answer<0, GuestAddr, GuestAddr>>("net_call_rx_atomic", Since{LayoutVersion::v2_4_0, LayoutVersion::v2_4_18_14}),
};

} // namespace

extern const Family linux_netdevice_control{.header = "linux/netdevice.h, control", .functions = functions};

} // namespace retromod
