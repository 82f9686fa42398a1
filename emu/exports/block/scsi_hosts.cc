// SPDX-License-Identifier: GPL-2.0-or-later
// drivers/scsi/hosts.h and scsi.h of kernels that have SCSI built in: host adapters register and go. No device answers on
// their buses. Source: drivers/scsi/{hosts,scsi,scsi_proc}.c of 2.2.1 and 2.4.27.
#include "emu/exports/answers.h"
#include "emu/exports/block/scsi_objects.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"

#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::int32_t host_adapter = 1, upper_driver = 4; // MODULE_SCSI_HA, MODULE_SCSI_DEV
constexpr std::uint64_t no_dma_channel = 0xff, default_ids = 8, default_command_bytes = 12, default_sectors = 512;

GuestStruct template_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct SHT", at}; }
GuestStruct host_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct Scsi_Host", at}; }
std::string_view info_level(Kernel& kernel) { return kernel.machine().release().is_2_2() ? "<4>" : "<6>"; }

/// The hosts, in the order of the list that begins at scsi_hostlist.
std::vector<GuestAddr> all_hosts(Kernel& kernel) { return chain(kernel, "scsi_hostlist", "struct Scsi_Host"); }

std::vector<GuestAddr> hosts_of(Kernel& kernel, GuestAddr driver)
{
    auto hosts = all_hosts(kernel);
    std::erase_if(hosts, [&](GuestAddr host) { return host_at(kernel, host).pointer("hostt") != driver; });
    return hosts;
}

/// "scsi : 1 host" and its like.
std::string count_of_hosts(Kernel& kernel)
{
    const auto count = all_hosts(kernel).size();
    return fmt::format("{}scsi : {} host{}", info_level(kernel), count, count == 1 ? "" : "s");
}

/// The lowest number that no host has.
std::uint64_t free_number(Kernel& kernel)
{
    std::uint64_t number = 0;
    for (const auto host : all_hosts(kernel)) number = std::max(number, host_at(kernel, host).get("host_no") + 1);
    return number;
}

GuestAddr scsi_register(Kernel& kernel, GuestAddr driver, std::int32_t extra_bytes)
{
    if (!kernel.heap().allows(AllocationKind::kmalloc)) return {};
    const auto at = new_struct(kernel, "struct Scsi_Host", static_cast<std::uint64_t>(std::max(extra_bytes, 0)));
    if (!at) return {};
    auto host = host_at(kernel, at);
    const auto shared = template_at(kernel, driver);
    host.set("extra_bytes", static_cast<std::uint64_t>(extra_bytes));
    host.set("loaded_as_module", std::uint64_t{1});
    host.set("host_no", free_number(kernel));
    host.set("dma_channel", no_dma_channel);
    host.set("max_id", default_ids);
    host.set("max_lun", default_ids);
    host.set_if_there("max_cmd_len", default_command_bytes);
    host.set("hostt", driver);
    for (const auto member : {"this_id", "can_queue", "sg_tablesize", "cmd_per_lun", "unchecked_isa_dma", "use_clustering"})
        host.set(member, shared.get(member));
    for (const auto member : {"select_queue_depths", "max_sectors", "highmem_io"})
        if (shared.has(member)) host.set(member, shared.get(member));
    append_to_chain(kernel, "scsi_hostlist", "struct Scsi_Host", at);
    return at;
}

void scsi_unregister(Kernel& kernel, GuestAddr host)
{
    take_from_chain(kernel, "scsi_hostlist", "struct Scsi_Host", host);
    kernel.heap().free(host);
}

// --- /proc/scsi/DRIVER/NUMBER ---------------------------------------------------------------------------------------

std::string folder_of(Kernel& kernel, GuestAddr driver)
{
    const auto fields = template_at(kernel, driver);
    if (fields.has("proc_name")) return fields.string("proc_name");
    const auto entry = fields.pointer("proc_dir"); // 2.2: the driver's own entry
    return entry ? GuestStruct(kernel, "struct proc_dir_entry", entry).string("name") : std::string();
}

void show_driver(Kernel& kernel, GuestAddr driver)
{
    constexpr std::uint64_t directory = 0040555, host_file = 0100644;
    const auto name = folder_of(kernel, driver);
    if (name.empty()) return;
    const auto folder = create_proc(kernel, "scsi/" + name, directory, {});
    if (template_at(kernel, driver).has("proc_name")) template_at(kernel, driver).set("proc_dir", folder);
    for (const auto host : hosts_of(kernel, driver))
        create_proc(kernel, std::to_string(host_at(kernel, host).get("host_no")), host_file, folder);
}

void hide_host(Kernel& kernel, GuestAddr driver, GuestAddr host)
{
    remove_proc(kernel, fmt::format("scsi/{}/{}", folder_of(kernel, driver), host_at(kernel, host).get("host_no")), {});
}

// --- drivers come and go ---------------------------------------------------------------------------------------------

enum : std::uint32_t { begin, detected, described };

struct Registering {
    std::uint64_t hosts_before; ///< of all drivers
    std::uint64_t next;         ///< which of the driver's hosts is described
};

/// What a driver found is put into the lists. False: too much was promised.
bool take_in(Kernel& kernel, GuestAddr driver, const Registering& state)
{
    auto fields = template_at(kernel, driver);
    if (all_hosts(kernel).size() == state.hosts_before) {
        if (fields.get("present") > 1) {
            kernel.log().write(fmt::format("{}Failure to register low-level scsi driver",
                                           kernel.machine().release().is_2_2() ? "<4>" : "<3>scsi: "));
            return false;
        }
        scsi_register(kernel, driver, 0);
    }
    fields.set("next", kernel.memory().load_pointer(kernel.symbols().variable("scsi_hosts")));
    kernel.memory().store_word(kernel.symbols().variable("scsi_hosts"), driver.value);
    show_driver(kernel, driver);
    return true;
}

Step register_host_adapter(Kernel& kernel, Frame& frame, GuestAddr driver)
{
    auto fields = template_at(kernel, driver);
    auto& state = frame.local<Registering>();
    const auto say = [&](const std::string& name) {
        const auto host = hosts_of(kernel, driver).at(state.next++);
        kernel.log().write(fmt::format("{}scsi{} : {}\n", info_level(kernel), host_at(kernel, host).get("host_no"), name));
    };
    switch (frame.phase) {
    case begin:
        if (fields.get("next") || !fields.get("detect")) return Return{1};
        if (fields.has("max_sectors") && !fields.get("max_sectors")) fields.set("max_sectors", default_sectors);
        state.hosts_before = all_hosts(kernel).size();
        frame.phase = detected;
        return CallGuest{fields.pointer("detect"), {driver.value}, 1, "detect"};
    case detected:
        fields.set("present", frame.result & 0xff);
        if (!fields.get("present")) return Return{0};
        if (!take_in(kernel, driver, state)) return Return{1};
        break;
    case described:
        say(kernel.memory().load_string({frame.result}));
    }
    for (frame.phase = described; state.next < hosts_of(kernel, driver).size();) {
        const auto host = hosts_of(kernel, driver)[state.next];
        if (const auto info = fields.pointer("info")) return CallGuest{info, {host.value}, 1, "info"};
        say(fields.string("name"));
    }
    if (kernel.machine().release().is_2_2()) kernel.log().write(count_of_hosts(kernel) + ".\n");
    return Return{0};
}

struct Unregistering {
    std::uint64_t host;   ///< whose release was called
    std::uint64_t before; ///< hosts, before that
    std::uint64_t first_count; ///< hosts, before any went
};

/// When all hosts are gone: the driver leaves the list and /proc.
void take_out(Kernel& kernel, GuestAddr driver, const Unregistering& state)
{
    auto fields = template_at(kernel, driver);
    if (kernel.machine().release().is_2_2()) kernel.log().write(count_of_hosts(kernel) + ".\n");
    else if (state.first_count != all_hosts(kernel).size()) kernel.log().write(count_of_hosts(kernel) + " left.\n");
    if (fields.get("present")) return;
    if (!take_from_chain(kernel, "scsi_hosts", "struct SHT", driver)) return;
    fields.set("next", std::uint64_t{0});
    remove_proc(kernel, "scsi/" + folder_of(kernel, driver), {});
}

/// A driver without a release of its own: its interrupt stays for the driver to free, its ports go.
Step unregister_host_adapter(Kernel& kernel, Frame& frame, GuestAddr driver)
{
    auto fields = template_at(kernel, driver);
    auto& state = frame.local<Unregistering>();
    if (!frame.phase++) state.first_count = all_hosts(kernel).size();
    for (;;) {
        if (state.host) {
            if (all_hosts(kernel).size() == state.before) scsi_unregister(kernel, {state.host});
            fields.set("present", fields.get("present") - 1);
            state.host = 0;
        }
        const auto hosts = hosts_of(kernel, driver);
        if (hosts.empty() || !fields.get("present")) break;
        state.host = hosts.front().value;
        state.before = all_hosts(kernel).size();
        hide_host(kernel, driver, hosts.front());
        if (const auto release = fields.pointer("release")) return CallGuest{release, {state.host}, 1, "release"};
    }
    take_out(kernel, driver, state);
    return Return{0};
}

Step scsi_register_module(Kernel& kernel, Frame& frame, std::int32_t kind, GuestAddr object)
{
    if (kind == host_adapter) return register_host_adapter(kernel, frame, object);
    if (kind == upper_driver) return register_scsi_driver(kernel, frame, object);
    return Return{1};
}

Step scsi_unregister_module(Kernel& kernel, Frame& frame, std::int32_t kind, GuestAddr object)
{
    if (kind == host_adapter) return unregister_host_adapter(kernel, frame, object);
    if (kind == upper_driver) unregister_scsi_driver(kernel, object);
    return Return{0};
}

constexpr Export functions[] = {
    init<scsi_register_module>("scsi_register_module", where_listed),
    init<scsi_unregister_module>("scsi_unregister_module", where_listed),
    full<scsi_register>("scsi_register", where_listed),
    full<scsi_unregister>("scsi_unregister", where_listed),
};

constexpr DataExport data[] = {
    {"scsi_hostlist", words<1>, nullptr, where_listed},
    {"scsi_hosts", words<1>, nullptr, where_listed},
    {"scsi_devicelist", words<1>, nullptr, where_listed},
    {"proc_scsi", words<1>, nullptr, where_listed},
};

} // namespace

extern const Family scsi_hosts{.header = "drivers/scsi/hosts.h", .functions = functions, .data = data};

} // namespace retromod
