// SPDX-License-Identifier: GPL-2.0-or-later
// net/neighbour.h, net/dst.h: neighbours and routes as entries. No packet asks for one; a protocol's table has its cache and
// its settings. Source: net/core/{neighbour,dst}.c of 2.4.
// Differs from 2.4: no timer goes through a table, and a device's neigh_setup is not asked.
#include "emu/exports/answers.h"
#include "emu/exports/core/caches.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/trouble.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

/// struct neigh_parms: next, neigh_setup, tbl, entries, priv, sysctl_table, then thirteen ints.
struct Parameters {
    Kernel& kernel;
    GuestAddr at;

    std::uint64_t word() const { return kernel.arch().word_bytes; }
    GuestAddr table() const { return at + 2 * word(); }
    GuestAddr settings() const { return at + 5 * word(); } ///< what neigh_sysctl_register made of them
    GuestAddr number(unsigned index) const { return at + 6 * word() + 4 * index; }
    std::uint64_t bytes() const { return round_up(6 * word() + 13 * 4, word()); }
};
enum Number : unsigned {
    base_reachable,
    retrans,
    gc_stale,
    reachable,
    delay_probe,
    queue,
    ucast,
    app,
    mcast,
    anycast,
    proxy_delay,
    proxy_queue,
    lock
};

/// struct neigh_table: next, three ints, five functions, id, then its parameters and four ints of its own.
struct Table {
    Kernel& kernel;
    GuestAddr at;

    std::uint64_t word() const { return kernel.arch().word_bytes; }
    GuestAddr entry_bytes() const { return at + word() + 4; }
    GuestAddr id() const { return at + round_up(word() + 3 * 4, word()) + 5 * word(); }
    Parameters parameters() const { return {kernel, id() + word()}; }
};

constexpr std::int32_t reachable_time = 3000; // what neigh_rand_reach_time says: half to one and a half of 30 s

void neigh_table_init(Kernel& kernel, GuestAddr at)
{
    const Table table{kernel, at};
    auto& memory = kernel.memory();
    const auto entry_bytes = memory.load<std::uint32_t>(table.entry_bytes());
    create_cache(kernel, memory.load_string(memory.load_pointer(table.id())), round_up(entry_bytes, 16));
    memory.store<std::int32_t>(table.parameters().number(reachable), reachable_time);
}

// --- settings: /proc/sys/net/PROTOCOL/neigh/DEVICE ------------------------------------------------------------------------

struct SettingName {
    std::string_view name;
    unsigned number;       ///< of the parameters; from lock on, the ints behind them
    bool in_ticks = false;
};
constexpr SettingName setting_names[] = {
    {"mcast_solicit", mcast},
    {"ucast_solicit", ucast},
    {"app_solicit", app},
    {"retrans_time", retrans},
    {"base_reachable_time", base_reachable, true},
    {"delay_first_probe_time", delay_probe, true},
    {"gc_stale_time", gc_stale, true},
    {"unres_qlen", queue},
    {"proxy_qlen", proxy_queue},
    {"anycast_delay", anycast},
    {"proxy_delay", proxy_delay},
    {"locktime", lock},
    {"gc_interval", lock + 1, true},
    {"gc_thresh1", lock + 2},
    {"gc_thresh2", lock + 3},
    {"gc_thresh3", lock + 4},
};
constexpr std::size_t settings_of_a_device = 12;
constexpr std::uint64_t ctl_net = 3, all_devices = static_cast<std::uint32_t>(-3); // CTL_NET, NET_PROTO_CONF_DEFAULT

/// Rows of struct ctl_table in one block, and behind them the names; the block's first word is the header they are registered by.
class SettingsBlock {
public:
    SettingsBlock(Kernel& kernel, GuestAddr at)
        : kernel_(kernel), row_bytes_(kernel.layouts().size("struct ctl_table")), next_row_(at + kernel.arch().word_bytes),
          next_name_(next_row_ + rows * row_bytes_)
    {
    }
    static std::uint64_t bytes(Kernel& kernel)
    {
        return kernel.arch().word_bytes + rows * kernel.layouts().size("struct ctl_table") + name_bytes;
    }

    GuestStruct add(std::uint64_t number, std::string_view name, std::uint64_t mode)
    {
        GuestStruct row(kernel_, "struct ctl_table", std::exchange(next_row_, next_row_ + row_bytes_));
        store_string(kernel_, next_name_, name);
        row.set("ctl_name", number);
        row.set("procname", next_name_);
        row.set("mode", mode);
        next_name_ += name.size() + 1;
        return row;
    }
    void end_directory() { next_row_ += row_bytes_; } ///< an empty row
    GuestAddr next() const { return next_row_; }

private:
    static constexpr std::uint64_t rows = 25, name_bytes = 320;
    Kernel& kernel_;
    std::uint64_t row_bytes_;
    GuestAddr next_row_, next_name_;
};

void add_settings(Kernel& kernel, SettingsBlock& block, const Parameters& parameters, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i) {
        const auto& setting = setting_names[i];
        auto row = block.add(i + 1, setting.name, 0644);
        row.set("data", setting.number <= lock ? parameters.number(setting.number)
                                               : parameters.at + parameters.bytes() + 4 * (setting.number - lock - 1));
        row.set("maxlen", std::uint64_t{4});
        row.set("proc_handler", function_address(kernel, setting.in_ticks ? "proc_dointvec_jiffies" : "proc_dointvec"));
    }
    block.end_directory();
}

std::int32_t neigh_sysctl_register(Kernel& kernel, GuestAddr device, GuestAddr at, std::int32_t protocol, std::int32_t place,
                                   GuestString name)
{
    const Parameters parameters{kernel, at};
    const auto memory_at =
        kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(SettingsBlock::bytes(kernel)) : GuestAddr{};
    if (!memory_at) return error_code(kernel, Errno::enobufs);
    kernel.memory().fill(memory_at, SettingsBlock::bytes(kernel), std::byte{0});
    SettingsBlock block(kernel, memory_at);
    auto child = block.next();
    add_settings(kernel, block, parameters, device ? settings_of_a_device : std::size(setting_names));
    const auto device_name = device ? std::string(GuestStruct(kernel, "struct net_device", device).text("name")) : "default";
    const auto directory = [&](std::uint64_t number, std::string_view directory_name) {
        const auto row_at = block.next();
        block.add(number, directory_name, 0555).set("child", child);
        block.end_directory();
        child = row_at;
    };
    directory(device ? GuestStruct(kernel, "struct net_device", device).get("ifindex") : all_devices, device_name);
    directory(static_cast<std::uint32_t>(place), "neigh");
    directory(static_cast<std::uint32_t>(protocol), name.text);
    directory(ctl_net, "net");
    const auto header = register_settings(kernel, child);
    if (!header) {
        kernel.heap().free(memory_at);
        return error_code(kernel, Errno::enobufs);
    }
    kernel.memory().store_word(memory_at, header.value);
    kernel.memory().store_word(parameters.settings(), memory_at.value);
    return 0;
}

void neigh_sysctl_unregister(Kernel& kernel, GuestAddr at)
{
    auto& memory = kernel.memory();
    const auto settings = Parameters{kernel, at}.settings();
    const auto block = memory.load_pointer(settings);
    if (!block) return;
    memory.store_word(settings, 0);
    unregister_settings(kernel, memory.load_pointer(block));
    kernel.heap().free(block);
}

std::int32_t neigh_table_clear(Kernel& kernel, GuestAddr at)
{
    neigh_sysctl_unregister(kernel, Table{kernel, at}.parameters().at);
    return 0;
}

// --- parameters of a device ---------------------------------------------------------------------------------------------

/// A copy of the table's own, behind which it is linked.
GuestAddr neigh_parms_alloc(Kernel& kernel, GuestAddr, GuestAddr table_at)
{
    const auto own = Table{kernel, table_at}.parameters();
    const auto at = kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(own.bytes()) : GuestAddr{};
    if (!at) return {};
    auto& memory = kernel.memory();
    std::vector<std::byte> copy(own.bytes());
    memory.read_all(own.at, copy);
    memory.write_all(at, copy);
    const Parameters parameters{kernel, at};
    memory.store_word(parameters.table(), table_at.value);
    memory.store<std::int32_t>(parameters.number(reachable), reachable_time);
    memory.store_word(own.at, at.value);
    return at;
}

void neigh_parms_release(Kernel& kernel, GuestAddr table_at, GuestAddr parameters)
{
    constexpr std::size_t most = 4096;
    const auto own = Table{kernel, table_at}.parameters().at;
    if (!parameters || parameters == own) return;
    auto& memory = kernel.memory();
    auto link = own;
    for (std::size_t steps = 0;; link = memory.load_pointer(link)) {
        const auto next = memory.load_pointer(link);
        if (!next) return;
        if (++steps > most) throw KernelHang{"a table's parameters are a circle"};
        if (next == parameters) break;
    }
    memory.store_word(link, memory.load_word(parameters));
    neigh_sysctl_unregister(kernel, parameters);
    kernel.heap().free(parameters);
}

constexpr Export functions[] = {
    init<neigh_parms_alloc>("neigh_parms_alloc", since_2_4),
    full<neigh_parms_release>("neigh_parms_release", since_2_4),
    init<neigh_table_init>("neigh_table_init", since_2_4),
    inert<no_object<GuestAddr, GuestAddr>>("neigh_parms_alloc", only_2_2),
    inert<do_nothing<GuestAddr, GuestAddr>>("neigh_parms_release", only_2_2),
    inert<do_nothing<GuestAddr>>("neigh_table_init", only_2_2),
    inert<do_nothing<GuestAddr>>("neigh_destroy"),
    init<neigh_table_clear>("neigh_table_clear", since_2_4),
    inert<answer<0, GuestAddr>>("neigh_table_clear", only_2_2),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr>>("neigh_lookup", since_2_4),
    inert<refuse<Errno::enobufs, GuestAddr, GuestAddr, GuestAddr>>("neigh_create", since_2_4),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("neigh_event_ns"),
    inert<answer<0, GuestAddr, GuestAddr>>("neigh_ifdown"),
    inert<refuse<Errno::enetunreach, GuestAddr>>("neigh_connected_output"),
    inert<refuse<Errno::enetunreach, GuestAddr>>("neigh_resolve_output"),
    inert<answer<reachable_time, ULong>>("neigh_rand_reach_time"),
    full<neigh_sysctl_register>("neigh_sysctl_register", since_2_4),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t, std::int32_t, GuestString>>("neigh_sysctl_register", only_2_2),
    inert<answer<0, GuestAddr, GuestAddr, std::uint32_t, std::int32_t, std::int32_t>>("neigh_update"),
    inert<answer<0, GuestAddr, GuestAddr>>("__neigh_event_send"),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("pneigh_lookup"),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("pneigh_enqueue"),
    inert<no_object<GuestAddr>>("dst_alloc"),
    inert<do_nothing<GuestAddr>>("dst_destroy"),
    inert<do_nothing<GuestAddr>>("__dst_free"),
};

} // namespace

extern const Family net_neighbour{.header = "net/neighbour.h", .functions = functions};

} // namespace retromod
