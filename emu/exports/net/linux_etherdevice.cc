// SPDX-License-Identifier: GPL-2.0-or-later
// linux/etherdevice.h and its like: devices of each kind of hardware are made and filled. Source: drivers/net/net_init.c of
// 2.2 and 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/net/net_registration.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"

namespace retromod {
namespace {

constexpr std::uint64_t flag_broadcast = 2, flag_multicast = 0x1000; // IFF_*

GuestStruct device_at(Kernel& kernel, GuestAddr at) { return {kernel, net_device_type(kernel), at}; }
bool has_inline_name(Kernel& kernel) { return kernel.layouts().has("struct net_device"); }

/// What each kind of hardware has in common.
struct DeviceKindRow {
    std::string_view pattern;
    std::uint64_t type, header_bytes, mtu, address_bytes, queue, flags;
    std::string_view handlers; ///< prefix of the kernel's functions for it
};
constexpr DeviceKindRow ethernet{"eth%d", 1, 14, 1500, 6, 100, flag_broadcast | flag_multicast, "eth"};
constexpr DeviceKindRow token_ring{"tr%d", 800, 40, 2000, 6, 100, flag_broadcast | flag_multicast, "tr"};
constexpr DeviceKindRow fddi{"fddi%d", 774, 24, 4470, 6, 100, flag_broadcast | flag_multicast, "fddi"};
constexpr DeviceKindRow fibre{"fc%d", 801, 26, 2024, 6, 100, flag_broadcast, "fc"};
constexpr DeviceKindRow localtalk{"lt%d", 773, 1, 600, 1, 10, flag_broadcast | flag_multicast, "ltalk"};
constexpr DeviceKindRow hippi{"hip%d", 780, 32, 65280, 6, 25, 0, "hippi"};

void set_up(Kernel& kernel, GuestAddr at, const DeviceKindRow& kind)
{
    auto device = device_at(kernel, at);
    const std::string prefix(kind.handlers);
    for (const auto name : {"change_mtu", "hard_header", "rebuild_header", "set_mac_address"})
        if (device.has(name))
            device.set(name, function_address(kernel, prefix + "_" + (std::string_view(name) == "hard_header" ? "header" : name)));
    device.set("type", kind.type);
    device.set("hard_header_len", kind.header_bytes);
    device.set("mtu", kind.mtu);
    device.set("addr_len", kind.address_bytes);
    device.set("tx_queue_len", kind.queue);
    kernel.memory().fill(device.address("broadcast"), kind.address_bytes, std::byte{0xff});
    device.set("flags", kind.flags);
}

template <const DeviceKindRow& kind>
void setup(Kernel& kernel, GuestAddr device) { set_up(kernel, device, kind); }

/// A device with private memory behind it, both zeroed. In 2.2 its name lies behind that.
GuestAddr allocate_device(Kernel& kernel, std::uint64_t private_bytes)
{
    constexpr std::uint64_t alignment = 32, spare = 64; // spare: members that a vendor's configuration appended
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const auto type_bytes = round_up(kernel.layouts().size(net_device_type(kernel)) + spare, alignment);
    const auto bytes = type_bytes + round_up(private_bytes, alignment) + alignment;
    const auto at = kernel.heap().allocate(bytes);
    if (!at) return {};
    kernel.memory().fill(at, bytes, std::byte{0});
    auto device = device_at(kernel, at);
    if (private_bytes) device.set("priv", round_up((at + type_bytes).value, alignment));
    if (!has_inline_name(kernel)) device.set("name", at + type_bytes + round_up(private_bytes, alignment));
    return at;
}

template <const DeviceKindRow& kind>
GuestAddr alloc_device(Kernel& kernel, std::int32_t private_bytes)
{
    const auto at = allocate_device(kernel, static_cast<std::uint64_t>(private_bytes));
    if (!at) return {};
    set_up(kernel, at, kind);
    allocate_net_device_name(kernel, at, kind.pattern);
    return at;
}

/// A device that the driver's own routine sets up. Its name may be a pattern.
Step alloc_netdev(Kernel& kernel, Frame& frame, std::int32_t private_bytes, GuestString name, GuestFunction set_up_device)
{
    auto& device = frame.local<GuestAddr>();
    if (!frame.phase++) {
        device = allocate_device(kernel, static_cast<std::uint64_t>(private_bytes));
        if (!device) return Return{0};
        return CallGuest{set_up_device.address, {device.value}, 1, "setup"};
    }
    set_net_device_name(kernel, device, name.text);
    return Return{device.value};
}

struct Making {
    Registering registering; // first: register_step keeps its state there
    GuestAddr device;
};

/// init_etherdev and its like: a device that is not given is made and registered.
template <const DeviceKindRow& kind>
Step init_device(Kernel& kernel, Frame& frame, GuestAddr given, std::int32_t private_bytes)
{
    auto& state = frame.local<Making>();
    if (!frame.phase++) {
        state.device = given ? given : allocate_device(kernel, static_cast<std::uint64_t>(private_bytes));
        if (!state.device) return Return{0};
        if (given && private_bytes && !device_at(kernel, given).get("priv"))
            device_at(kernel, given)
                .set("priv", new_struct(kernel, net_device_type(kernel), static_cast<std::uint64_t>(private_bytes)));
        const auto name = net_device_name(kernel, state.device);
        const bool unnamed = name.empty() || name[0] == ' ';
        if (unnamed || name.find('%') != std::string::npos)
            allocate_net_device_name(kernel, state.device, unnamed ? kind.pattern : name);
        set_up(kernel, state.device, kind);
        if (given) return Return{given.value};
    }
    return registering(kernel, frame, state.device, [&](std::int32_t) { return Return{state.device.value}; });
}

GuestAddr dev_alloc(Kernel& kernel, GuestString pattern, GuestAddr error_at)
{
    const auto at = allocate_device(kernel, 0);
    const auto result = at ? allocate_net_device_name(kernel, at, pattern.text) : error_code(kernel, Errno::enobufs);
    kernel.memory().store<std::int32_t>(error_at, result);
    if (result >= 0) return at;
    if (at) kernel.heap().free(at);
    return {};
}

/// register_trdev of a device that init_trdev registered: only its init is left.
Step register_trdev(Kernel& kernel, Frame& frame, GuestAddr device)
{
    if (frame.phase == 1 && frame.result) {
        frame.phase = 2;
        return CallGuest{function_address(kernel, "unregister_trdev"), {device.value}, 1, "unregister_trdev"};
    }
    if (frame.phase++) return Return{frame.phase > 2 ? word_of(error_code(kernel, Errno::eio)) : 0};
    const auto init = device_at(kernel, device).pointer("init");
    if (!init) return Return{0};
    return CallGuest{init, {device.value}, 1, "init"};
}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    full<dev_alloc>("dev_alloc"),
    init<setup<ethernet>>("ether_setup"),
    init<setup<token_ring>>("tr_setup"),
    init<setup<fddi>>("fddi_setup", since_2_4),
    init<setup<localtalk>>("ltalk_setup"),
    full<alloc_netdev>("alloc_netdev", from(LayoutVersion::v2_4_37_11)),
    init<alloc_device<ethernet>>("alloc_etherdev", v18),
    init<alloc_device<token_ring>>("alloc_trdev", v18),
    init<alloc_device<fddi>>("alloc_fddidev", v18),
    init<alloc_device<fibre>>("alloc_fcdev", v18),
    init<alloc_device<hippi>>("alloc_hippi_dev", v18),
    init<init_device<ethernet>>("init_etherdev"),
    init<init_device<token_ring>>("init_trdev"),
    init<init_device<fddi>>("init_fddidev", since_2_4),
    init<init_device<fibre>>("init_fcdev", since_2_4),
    init<init_device<hippi>>("init_hippi_dev", since_2_4),
    init<init_device<localtalk>>("init_ltalkdev", since_2_4),
    init<register_trdev>("register_trdev"),
};

/// lo, which is there before any driver.
void add_loopback(Kernel& kernel)
{
    const auto at = allocate_device(kernel, 0);
    set_net_device_name(kernel, at, "lo");
    auto device = device_at(kernel, at);
    device.set("mtu", std::uint64_t{16436});
    device.set("type", std::uint64_t{772});
    device.set("flags", std::uint64_t{8}); // IFF_LOOPBACK
    device.set("get_stats", function_address(kernel, "get_stats"));
    link_net_device(kernel, at, false);
}

} // namespace

extern const Family linux_etherdevice{.header = "linux/etherdevice.h", .functions = functions, .boot = add_loopback};

} // namespace retromod
