// SPDX-License-Identifier: GPL-2.0-or-later
// linux/netdevice.h: network devices come, are shown and go. No packet crosses them.
// Source: net/core/dev.c, drivers/net/net_init.c of 2.2 and 2.4; net/core/divert.c as the 2.4.18-14 vendor built it.
#include "emu/exports/family.h"
#include "emu/exports/net/net_devices.h"
#include "emu/exports/net/net_registration.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::uint64_t event_unregister = 6, event_register = 5; // NETDEV_*
constexpr std::uint64_t flag_up = 1; // IFF_UP
constexpr std::uint64_t link_present = 2;                                        // 1 << __LINK_STATE_PRESENT
constexpr std::size_t name_bytes = 16;

GuestStruct device_at(Kernel& kernel, GuestAddr at) { return {kernel, net_device_type(kernel), at}; }
bool has_inline_name(Kernel& kernel) { return kernel.layouts().has("struct net_device"); }

} // namespace

void set_net_device_name(Kernel& kernel, GuestAddr device, std::string_view name)
{
    const auto fields = device_at(kernel, device);
    store_string(kernel, has_inline_name(kernel) ? fields.address("name") : fields.pointer("name"), name.substr(0, name_bytes - 1));
}

/// "eth%d" becomes the first free of eth0 .. eth99; the number, or -ENFILE.
std::int32_t allocate_net_device_name(Kernel& kernel, GuestAddr device, std::string_view pattern)
{
    const auto place = pattern.find("%d");
    for (int number = 0; number < 100; ++number) {
        std::string name(pattern);
        if (place != std::string_view::npos) name.replace(place, 2, std::to_string(number));
        if (find_net_device(kernel, name)) {
            if (place == std::string_view::npos) break;
            continue;
        }
        set_net_device_name(kernel, device, name);
        return number;
    }
    return error_code(kernel, Errno::enfile);
}

namespace {

std::int32_t dev_alloc_name(Kernel& kernel, GuestAddr device, GuestString pattern)
{
    return allocate_net_device_name(kernel, device, pattern.text);
}

/// The vendor's 2.4.18-14 kernel has CONFIG_NET_DIVERT, which talks about every device.
bool has_divert(Kernel& kernel) { return kernel.machine().release().exports == LayoutVersion::v2_4_18_14; }
bool is_ethernet(Kernel& kernel, GuestAddr device) { return device_at(kernel, device).get("type") == 1; }

void begin_divert(Kernel& kernel, GuestAddr device)
{
    if (!has_divert(kernel)) return;
    const auto name = net_device_name(kernel, device);
    kernel.log().write(is_ethernet(kernel, device)
                   ? fmt::format("<7>divert: allocating divert_blk for {}\n", name)
                   : fmt::format("<7>divert: not allocating divert_blk for non-ethernet device {}\n", name));
}

void end_divert(Kernel& kernel, GuestAddr device, bool had_block)
{
    if (!has_divert(kernel)) return;
    const auto name = net_device_name(kernel, device);
    kernel.log().write(had_block ? fmt::format("<7>divert: freeing divert_blk for {}\n", name)
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

enum : std::uint32_t { begin, initialized, notifying };

} // namespace

/// Puts an initialized device into the list. 0, or the error.
std::int32_t link_net_device(Kernel& kernel, GuestAddr at, bool diverted)
{
    auto device = device_at(kernel, at);
    const auto link_offset = device.address("next") - at;
    auto link = kernel.symbols().variable("dev_base");
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
std::variant<std::int32_t, CallGuest> register_net_device_step(Kernel& kernel, const Frame& frame, Registering& state, GuestAddr at)
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
        if (const auto error = link_net_device(kernel, at, state.diverted)) {
            end_divert(kernel, at, state.diverted);
            return error;
        }
        state.phase = notifying;
    }
    if (auto call = notify_next(kernel, state.walk, notifier_list(kernel, "netdevice"), event_register, at.value, frame.result))
        return *call;
    return 0;
}

namespace {

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
            const auto result = allocate_net_device_name(kernel, device, unnamed ? "eth%d" : name);
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
    auto link = kernel.symbols().variable("dev_base");
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
    if (kernel.heap().size_of(at) && device.has("features") && device.get("features") & dynamic_device) kernel.heap().free(at);
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
            kernel.log().write(fmt::format("<7>unregister_netdevice: device {}/{:08x} never was registered\n",
                                           net_device_name(kernel, at), at.value));
            return Return{word_of(error_code(kernel, Errno::enodev))};
        }
        if (auto* row = row_of(kernel, at)) {
            state.diverted = row->diverted;
            kernel.machine().table<NetDeviceRow>().erase(*row);
        }
        state.phase = telling;
        [[fallthrough]];
    case telling:
        if (auto call =
                notify_next(kernel, state.walk, notifier_list(kernel, "netdevice"), event_unregister, at.value, frame.result))
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
    if (device.has("features") && device.get("features") & dynamic_device) kernel.heap().free(at);
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
    else kernel.log().write(fmt::format("dev_remove_pack: {:08x} not found.\n", type.value));
}

constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    init<register_netdev>("register_netdev"),
    init<register_netdevice>("register_netdevice"),
    full<unregister_netdevice>("unregister_netdev"),
    full<unregister_netdevice>("unregister_netdevice"),
    full<netdev_finish_unregister>("netdev_finish_unregister", since_2_4),
    full<dev_alloc_name>("dev_alloc_name"),
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

constexpr DataExport data[] = {
    {"dev_base", one_word},
    {"softnet_data", [](Kernel&) -> std::uint64_t { return 1024; }, nullptr, since_2_4},
    {"rtnl_sem", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct semaphore"); }},
};

void search_devices(LeftBehindSearch& search)
{
    for_each_net_device(search.kernel, [&](GuestAddr device) {
        search.check("/proc/net/dev", "a network device", device.value);
        return !search.holds(device.value);
    });
}

void tell(RowVisitor& visitor, const PacketTypeRow& row) { visitor.pointer("a struct packet_type", row.object); }
constexpr TableKind tables[] = {table<NetDeviceRow>(), table<InterfaceIndexRow>(), table<PacketTypeRow, tell>("packet types")};
constexpr ProcFile proc_files[] = {proc_file<net_devices_text>("/proc/net/dev")};

} // namespace

extern const Family linux_netdevice{
    .header = "linux/netdevice.h", .functions = functions, .data = data,
    .keeps = {.proc_files = proc_files, .tables = tables, .search = search_devices}};

} // namespace retromod
