// SPDX-License-Identifier: GPL-2.0-or-later
// linux/netdevice.h and linux/etherdevice.h: network devices come, are shown and go. No packet crosses them.
// Source: net/core/dev.c, drivers/net/net_init.c of 2.2 and 2.4; net/core/divert.c as the 2.4.18-14 vendor built it.
#include "emu/exports/family.h"
#include "emu/exports/notifier_chain.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/registry.h"

namespace retromod {
namespace {

constexpr std::uint64_t event_unregister = 6, event_register = 5; // NETDEV_*
constexpr std::uint64_t flag_up = 1, flag_broadcast = 2, flag_multicast = 0x1000; // IFF_*
constexpr std::uint64_t feature_dynamic = 2048;                                  // NETIF_F_DYNALLOC
constexpr std::uint64_t link_present = 2;                                        // 1 << __LINK_STATE_PRESENT
constexpr std::size_t name_bytes = 16;

GuestStruct device_at(Kernel& kernel, GuestAddr at) { return {kernel, net_device_type(kernel), at}; }
bool has_inline_name(Kernel& kernel) { return kernel.layouts().has("struct net_device"); }

void set_name(Kernel& kernel, GuestAddr device, std::string_view name)
{
    const auto fields = device_at(kernel, device);
    store_string(kernel, has_inline_name(kernel) ? fields.address("name") : fields.pointer("name"), name.substr(0, name_bytes - 1));
}

/// "eth%d" becomes the first free of eth0 .. eth99; the number, or -ENFILE.
std::int32_t allocate_name(Kernel& kernel, GuestAddr device, std::string_view pattern)
{
    const auto place = pattern.find("%d");
    for (int number = 0; number < 100; ++number) {
        std::string name(pattern);
        if (place != std::string_view::npos) name.replace(place, 2, std::to_string(number));
        if (find_net_device(kernel, name)) {
            if (place == std::string_view::npos) break;
            continue;
        }
        set_name(kernel, device, name);
        return number;
    }
    return error_code(kernel, Errno::enfile);
}

std::int32_t dev_alloc_name(Kernel& kernel, GuestAddr device, GuestString pattern) { return allocate_name(kernel, device, pattern.text); }

/// The vendor's 2.4.18-14 kernel has CONFIG_NET_DIVERT, which talks about every device.
bool has_divert(Kernel& kernel) { return kernel.machine().release().exports == LayoutVersion::v2_4_18_14; }
bool is_ethernet(Kernel& kernel, GuestAddr device) { return device_at(kernel, device).get("type") == 1; }

void begin_divert(Kernel& kernel, GuestAddr device)
{
    if (!has_divert(kernel)) return;
    const auto name = net_device_name(kernel, device);
    kernel.log(is_ethernet(kernel, device) ? fmt::format("<7>divert: allocating divert_blk for {}\n", name)
                                           : fmt::format("<7>divert: not allocating divert_blk for non-ethernet device {}\n", name));
}

void end_divert(Kernel& kernel, GuestAddr device, bool had_block)
{
    if (!has_divert(kernel)) return;
    const auto name = net_device_name(kernel, device);
    kernel.log(had_block ? fmt::format("<7>divert: freeing divert_blk for {}\n", name)
                         : fmt::format("<7>divert: no divert_blk to free, {} not ethernet\n", name));
}

/// What is kept of a device while it is registered; fixed format.
struct NetDeviceRow {
    static constexpr std::string_view table_name = "net_devices";
    static constexpr std::uint32_t table_capacity = 4096;
    std::uint32_t used;
    std::uint32_t diverted; ///< it was an Ethernet device when it came
    std::uint64_t device;
};

NetDeviceRow* row_of(Kernel& kernel, GuestAddr device)
{
    return kernel.machine().table<NetDeviceRow>().find_if([&](const NetDeviceRow& r) { return r.device == device.value; });
}

/// One row: the interface index given last.
struct InterfaceIndexRow {
    static constexpr std::string_view table_name = "interface_index";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t last;
};

// --- registration: init, the list, the notifiers ----------------------------------------------------------------------

struct Registering {
    std::uint32_t phase, diverted;
    NotifierWalk walk;
};
enum : std::uint32_t { begin, initialized, notifying };

/// Puts an initialized device into the list. 0, or the error.
std::int32_t link_device(Kernel& kernel, GuestAddr at, bool diverted)
{
    auto device = device_at(kernel, at);
    const auto link_offset = device.address("next") - at;
    auto link = kernel.variable("dev_base");
    bool taken = false;
    const auto name = net_device_name(kernel, at);
    for_each_net_device(kernel, [&](GuestAddr other) {
        taken = taken || other == at || net_device_name(kernel, other) == name;
        link = other + link_offset;
        return true;
    });
    if (taken) return error_code(kernel, Errno::eexist);
    const auto index = ++kernel.machine().single<InterfaceIndexRow>().last;
    device.set("ifindex", index);
    if (device.get_int("iflink") == -1) device.set("iflink", index);
    if (device.has("state")) device.set("state", device.get("state") | link_present);
    device.set("next", std::uint64_t{0});
    if (device.has("refcnt.counter")) device.set("refcnt.counter", device.get("refcnt.counter") + 1);
    device.set_if_there("deadbeaf", 0);
    kernel.memory().store_word(link, at.value);
    if (auto* row = kernel.machine().table<NetDeviceRow>().insert()) *row = {1, diverted, at.value};
    return 0;
}

/// register_netdevice as a part of another step function: the result when it is over.
std::variant<std::int32_t, CallGuest> register_step(Kernel& kernel, const Frame& frame, Registering& state, GuestAddr at)
{
    switch (state.phase) {
    case begin: {
        auto device = device_at(kernel, at);
        device.set("iflink", kernel.arch().word(~std::uint64_t{0}));
        begin_divert(kernel, at);
        state.diverted = is_ethernet(kernel, at);
        state.phase = initialized;
        if (const auto init = device.pointer("init")) return CallGuest{init, {at.value}, 1, "init"};
        break;
    }
    case initialized:
        if (frame.result) {
            end_divert(kernel, at, state.diverted);
            return error_code(kernel, Errno::eio);
        }
        break;
    default: break;
    }
    if (state.phase == initialized) {
        if (const auto error = link_device(kernel, at, state.diverted)) {
            end_divert(kernel, at, state.diverted);
            return error;
        }
        state.phase = notifying;
    }
    if (auto call = notify_next(kernel, state.walk, notifier_list(kernel, "netdevice"), event_register, at.value, frame.result)) return *call;
    return 0;
}

/// Goes on with a registration; `then` makes the step that follows its end.
template <class Then>
Step registering(Kernel& kernel, Frame& frame, GuestAddr device, Then then)
{
    const auto next = register_step(kernel, frame, frame.local<Registering>(), device);
    if (const auto* call = std::get_if<CallGuest>(&next)) return *call;
    return then(std::get<std::int32_t>(next));
}

std::uint64_t word_of(std::int32_t value) { return static_cast<std::uint64_t>(static_cast<std::int64_t>(value)); }

Step register_netdevice(Kernel& kernel, Frame& frame, GuestAddr device)
{
    return registering(kernel, frame, device, [](std::int32_t result) { return Return{word_of(result)}; });
}

Step register_netdev(Kernel& kernel, Frame& frame, GuestAddr device)
{
    if (!frame.phase++) {
        const auto name = net_device_name(kernel, device);
        const bool unnamed = name.empty() || name[0] == ' ';
        if (unnamed || name.find('%') != std::string::npos) {
            const auto result = allocate_name(kernel, device, unnamed ? "eth%d" : name);
            if (result < 0) return Return{word_of(result)};
        }
    }
    return registering(kernel, frame, device,
                       [&](std::int32_t result) { return Return{result ? word_of(error_code(kernel, Errno::eio)) : 0}; });
}

// --- unregistration ---------------------------------------------------------------------------------------------------

struct Unregistering {
    std::uint32_t phase, diverted;
    NotifierWalk walk;
};
enum : std::uint32_t { stopping, closed, telling, uninitialized, destroyed };

bool unlink_device(Kernel& kernel, GuestAddr at)
{
    const auto link_offset = device_at(kernel, at).address("next") - at;
    auto link = kernel.variable("dev_base");
    bool found = false;
    for_each_net_device(kernel, [&](GuestAddr other) {
        found = other == at;
        if (!found) link = other + link_offset;
        return !found;
    });
    if (found) kernel.memory().store_word(link, device_at(kernel, at).get("next"));
    return found;
}

/// The last reference is gone: the driver's destructor, then the memory if it was the kernel's.
Step finish_device(Kernel& kernel, GuestAddr at, Unregistering& state)
{
    auto device = device_at(kernel, at);
    if (state.phase != destroyed) {
        state.phase = destroyed;
        if (device.has("refcnt.counter")) device.set("refcnt.counter", device.get("refcnt.counter") - 1);
        device.set_if_there("deadbeaf", 1);
        if (const auto destructor = device.pointer("destructor")) return CallGuest{destructor, {at.value}, 1, "destructor"};
    }
    // A destructor may have freed the device itself.
    if (kernel.kmalloc_size(at) && device.has("features") && device.get("features") & feature_dynamic) kernel.kfree(at);
    return Return{};
}

Step unregister_netdevice(Kernel& kernel, Frame& frame, GuestAddr at)
{
    auto& state = frame.local<Unregistering>();
    auto device = device_at(kernel, at);
    switch (state.phase) {
    case stopping:
        state.phase = closed;
        if (device.get("flags") & flag_up) {
            device.set("flags", device.get("flags") & ~flag_up);
            if (const auto stop = device.pointer("stop")) return CallGuest{stop, {at.value}, 1, "stop"};
        }
        [[fallthrough]];
    case closed:
        if (!unlink_device(kernel, at)) {
            kernel.log(fmt::format("<7>unregister_netdevice: device {}/{:08x} never was registered\n", net_device_name(kernel, at), at.value));
            return Return{word_of(error_code(kernel, Errno::enodev))};
        }
        if (auto* row = row_of(kernel, at)) {
            state.diverted = row->diverted;
            kernel.machine().table<NetDeviceRow>().erase(*row);
        }
        state.phase = telling;
        [[fallthrough]];
    case telling:
        if (auto call = notify_next(kernel, state.walk, notifier_list(kernel, "netdevice"), event_unregister, at.value, frame.result))
            return *call;
        state.phase = uninitialized;
        if (device.has("uninit"))
            if (const auto uninit = device.pointer("uninit")) return CallGuest{uninit, {at.value}, 1, "uninit"};
        [[fallthrough]];
    case uninitialized:
        end_divert(kernel, at, state.diverted);
        return finish_device(kernel, at, state);
    default: return finish_device(kernel, at, state);
    }
}

void netdev_finish_unregister(Kernel& kernel, GuestAddr at)
{
    const auto device = device_at(kernel, at);
    if (device.has("features") && device.get("features") & feature_dynamic) kernel.kfree(at);
}

// --- making devices ---------------------------------------------------------------------------------------------------

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

/// A kernel function that only has an address: a trap that names it.
GuestAddr function_address(Kernel& kernel, const std::string& name)
{
    const auto known = kernel.symbol_address(name);
    return known ? *known : kernel.bind_trap(name);
}

void set_up(Kernel& kernel, GuestAddr at, const DeviceKindRow& kind)
{
    auto device = device_at(kernel, at);
    const std::string prefix(kind.handlers);
    for (const auto name : {"change_mtu", "hard_header", "rebuild_header", "set_mac_address"})
        if (device.has(name)) device.set(name, function_address(kernel, prefix + "_" + (std::string_view(name) == "hard_header" ? "header" : name)));
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
    if (!kernel.allocation_allowed(AllocationKind::kmalloc)) return {};
    const auto type_bytes = round_up(kernel.layouts().size(net_device_type(kernel)) + spare, alignment);
    const auto bytes = type_bytes + round_up(private_bytes, alignment) + alignment;
    const auto at = kernel.kmalloc(bytes);
    if (!at) return {};
    kernel.memory().fill(at, bytes, std::byte{0});
    auto device = device_at(kernel, at);
    if (private_bytes) device.set("priv", round_up((at + type_bytes).value, alignment));
    if (!has_inline_name(kernel)) device.set("name", at + type_bytes + round_up(private_bytes, alignment));
    if (device.has("features")) device.set("features", feature_dynamic);
    return at;
}

template <const DeviceKindRow& kind>
GuestAddr alloc_device(Kernel& kernel, std::int32_t private_bytes)
{
    const auto at = allocate_device(kernel, static_cast<std::uint64_t>(private_bytes));
    if (!at) return {};
    set_up(kernel, at, kind);
    allocate_name(kernel, at, kind.pattern);
    return at;
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
            device_at(kernel, given).set("priv", new_struct(kernel, net_device_type(kernel), static_cast<std::uint64_t>(private_bytes)));
        const auto name = net_device_name(kernel, state.device);
        const bool unnamed = name.empty() || name[0] == ' ';
        if (unnamed || name.find('%') != std::string::npos) allocate_name(kernel, state.device, unnamed ? kind.pattern : name);
        set_up(kernel, state.device, kind);
        if (given) return Return{given.value};
    }
    return registering(kernel, frame, state.device, [&](std::int32_t) { return Return{state.device.value}; });
}

GuestAddr dev_alloc(Kernel& kernel, GuestString pattern, GuestAddr error_at)
{
    const auto at = allocate_device(kernel, 0);
    const auto result = at ? allocate_name(kernel, at, pattern.text) : error_code(kernel, Errno::enobufs);
    kernel.memory().store<std::int32_t>(error_at, result);
    if (result >= 0) return at;
    if (at) kernel.kfree(at);
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

// --- looking, and what does not happen --------------------------------------------------------------------------------

GuestAddr dev_get_by_name(Kernel& kernel, GuestString name)
{
    const auto device = find_net_device(kernel, name.text);
    if (device && device_at(kernel, device).has("refcnt.counter"))
        device_at(kernel, device).set("refcnt.counter", device_at(kernel, device).get("refcnt.counter") + 1);
    return device;
}
GuestAddr find_by_name(Kernel& kernel, GuestString name) { return find_net_device(kernel, name.text); }
std::int32_t dev_get(Kernel& kernel, GuestString name) { return find_net_device(kernel, name.text) ? 1 : 0; }

GuestAddr dev_get_by_index(Kernel& kernel, std::int32_t index)
{
    GuestAddr found;
    for_each_net_device(kernel, [&](GuestAddr device) {
        if (device_at(kernel, device).get_int("ifindex") == index) found = device;
        return !found;
    });
    return found;
}

void nothing(Kernel&) {}
void nothing_with(Kernel&, GuestAddr) {}
std::int32_t net_ratelimit(Kernel&) { return 1; }

/// A struct packet_type; fixed format.
struct PacketTypeRow {
    static constexpr std::string_view table_name = "packet_types";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t object;
};

void dev_add_pack(Kernel& kernel, GuestAddr type)
{
    if (auto* row = kernel.machine().table<PacketTypeRow>().insert()) row->object = type.value;
}
void dev_remove_pack(Kernel& kernel, GuestAddr type)
{
    auto rows = kernel.machine().table<PacketTypeRow>();
    if (auto* row = rows.find_if([&](const PacketTypeRow& r) { return r.object == type.value; })) rows.erase(*row);
    else kernel.log(fmt::format("dev_remove_pack: {:08x} not found.\n", type.value));
}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<register_netdev>("register_netdev"),
    init<register_netdevice>("register_netdevice"),
    full<unregister_netdevice>("unregister_netdev"),
    full<unregister_netdevice>("unregister_netdevice"),
    full<netdev_finish_unregister>("netdev_finish_unregister", since_2_4),
    full<dev_alloc_name>("dev_alloc_name"),
    full<dev_alloc>("dev_alloc"),
    init<setup<ethernet>>("ether_setup"),
    init<setup<token_ring>>("tr_setup"),
    init<setup<fddi>>("fddi_setup", since_2_4),
    init<setup<localtalk>>("ltalk_setup"),
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
    full<unregister_netdevice>("unregister_trdev"),
    init<register_netdev>("register_fddidev", only_2_2),
    init<register_netdev>("register_fcdev", since_2_4),
    full<unregister_netdevice>("unregister_fcdev", since_2_4),
    init<register_netdev>("register_hipdev", from(LayoutVersion::v2_4_18_14)),
    full<unregister_netdevice>("unregister_hipdev", since_2_4),
    full<dev_get_by_name>("dev_get_by_name", since_2_4),
    full<find_by_name>("dev_get", only_2_2),
    full<dev_get>("dev_get", since_2_4),
    full<find_by_name>("__dev_get_by_name", since_2_4),
    full<dev_get_by_index>("dev_get_by_index"),
    full<dev_get_by_index>("__dev_get_by_index", since_2_4),
    init<dev_add_pack>("dev_add_pack"),
    full<dev_remove_pack>("dev_remove_pack"),
    init<nothing>("rtnl_lock"),
    init<nothing>("rtnl_unlock"),
    inert<nothing_with>("netdev_state_change", since_2_4),
    inert<nothing_with>("__netdev_watchdog_up", since_2_4),
    full<net_ratelimit>("net_ratelimit"),
};

std::uint64_t one_word(Kernel& kernel) { return kernel.arch().word_bytes; }

/// lo, which is there before any driver.
void add_loopback(Kernel& kernel)
{
    const auto at = allocate_device(kernel, 0);
    set_name(kernel, at, "lo");
    auto device = device_at(kernel, at);
    device.set("mtu", std::uint64_t{16436});
    device.set("type", std::uint64_t{772});
    device.set("flags", std::uint64_t{8}); // IFF_LOOPBACK
    device.set("get_stats", function_address(kernel, "get_stats"));
    link_device(kernel, at, false);
}

constexpr DataExport data[] = {
    {"dev_base", one_word},
    {"softnet_data", [](Kernel&) -> std::uint64_t { return 1024; }, nullptr, since_2_4},
    {"rtnl_sem", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct semaphore"); }},
};

} // namespace

extern const Family linux_netdevice{
    .header = "linux/netdevice.h", .functions = functions, .data = data, .boot = add_loopback};

} // namespace retromod
