// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/left_behind.h"

#include "emu/kernel/crypto_algorithms.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/interrupts.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/regions.h"
#include "emu/kernel/registry.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

struct Search {
    Kernel& kernel;
    const FreedArea& area;
    std::vector<std::string> found;

    void check(std::string_view where, std::string_view what, std::uint64_t address)
    {
        if (area.holds(address)) found.push_back(fmt::format("{}: {} lies in freed memory at {:#x}", where, what, address));
    }
};

// A structure that itself lies in freed memory is reported by whoever points to it, and not read.

void search_resources(Search& search, std::string_view file, GuestAddr parent, unsigned depth = 0)
{
    constexpr unsigned depth_limit = 32;
    auto at = GuestStruct(search.kernel, "struct resource", parent).pointer("child");
    for (std::size_t steps = 0; at && depth < depth_limit && steps < region_walk_limit; ++steps) {
        search.check(file, "a resource", at.value);
        if (search.area.holds(at.value)) return;
        const GuestStruct resource(search.kernel, "struct resource", at);
        search.check(file, fmt::format("the name of {:04x}-{:04x}", resource.get("start"), resource.get("end")),
                     resource.get("name"));
        search_resources(search, file, at, depth + 1);
        at = resource.pointer("sibling");
    }
}

void search_ports(Search& search)
{
    if (const auto ports = search.kernel.symbols().find_variable("ioport_resource"))
        search_resources(search, "/proc/ioports", *ports);
    if (const auto memory = search.kernel.symbols().find_variable("iomem_resource"))
        search_resources(search, "/proc/iomem", *memory);
    for (const auto& row : search.kernel.machine().table<RegionRow>())
        search.check("/proc/ioports", fmt::format("the name of {:04x}-{:04x}", row.first, row.last), row.name);
}

void search_proc(Search& search, GuestAddr directory, const std::string& path, unsigned depth = 0)
{
    constexpr unsigned depth_limit = 32;
    constexpr std::string_view pointers[] = {"owner", "get_info", "read_proc", "write_proc", "proc_fops", "proc_iops"};
    if (depth > depth_limit) return;
    for_each_proc_child(search.kernel, directory, [&](GuestAddr child) {
        search.check(path + "/", "an entry", child.value);
        const GuestStruct entry(search.kernel, "struct proc_dir_entry", child);
        const auto name = path + "/" + proc_entry_name(search.kernel, child);
        for (const auto pointer : pointers)
            if (entry.has(pointer)) search.check(name, fmt::format("its {}", pointer), entry.get(pointer));
        if (is_proc_directory(search.kernel, child)) search_proc(search, child, name, depth + 1);
    });
}

void search_devices(Search& search)
{
    auto& machine = search.kernel.machine();
    for (const auto& row : machine.table<MajorRow>()) {
        const auto what = fmt::format("{} major {}", row.kind == DeviceKind::block ? "block" : "character", row.major);
        search.check("/proc/devices", "the name of " + what, row.name);
        search.check("/proc/devices", "the operations of " + what, row.operations);
    }
    for (const auto& row : machine.table<MiscRow>()) search.check("/proc/misc", "a struct miscdevice", row.device);
    for (const auto& row : machine.table<InterruptRow>()) {
        search.check("/proc/interrupts", fmt::format("the handler of line {}", row.line), row.handler);
        search.check("/proc/interrupts", fmt::format("the name at line {}", row.line), row.name);
    }
    for (const auto& row : machine.table<DmaRow>())
        search.check("/proc/dma", fmt::format("the name of channel {}", row.channel), row.name);
}

void search_registrations(Search& search)
{
    auto& machine = search.kernel.machine();
    for (const auto& row : machine.table<FilesystemRow>())
        search.check("/proc/filesystems", "a struct file_system_type", row.object);
    for (const auto& row : machine.table<TtyDriverRow>()) search.check("/proc/tty/drivers", "a struct tty_driver", row.object);
    for (const auto& row : machine.table<CryptoAlgorithmRow>()) search.check("/proc/crypto", "a struct crypto_alg", row.object);
    for_each_net_device(search.kernel, [&](GuestAddr device) {
        search.check("/proc/net/dev", "a network device", device.value);
        return !search.area.holds(device.value);
    });
}

void search_work(Search& search)
{
    auto& machine = search.kernel.machine();
    for (const auto& row : machine.table<TimerRow>()) {
        search.check("timers", "a pending timer", row.address);
        if (search.area.holds(row.address)) continue;
        search.check("timers", "the function of a pending timer",
                     GuestStruct(search.kernel, "struct timer_list", {row.address}).get("function"));
    }
    for (const auto& row : machine.table<DeferredCallRow>())
        search.check("softirqs", "the function of a deferred call", row.function);
}

} // namespace

std::vector<std::string> left_behind(Kernel& kernel, const FreedArea& area)
{
    Search search{kernel, area, {}};
    // Each family alone: what one driver left can make a walk fail, and the others are to be looked at all the same.
    const auto part = [&](auto look) {
        try {
            look();
        } catch (const KernelFault& fault) {
            search.check("a walk over the kernel's lists", "what it met", fault.fault.address.value);
        } catch (const KernelHang&) { // a circle: there is no more to see
        }
    };
    part([&] { search_ports(search); });
    part([&] { if (const auto root = kernel.symbols().find_variable("proc_root")) search_proc(search, *root, "/proc"); });
    part([&] { search_devices(search); });
    part([&] { search_registrations(search); });
    part([&] { search_work(search); });
    return search.found;
}

} // namespace retromod
