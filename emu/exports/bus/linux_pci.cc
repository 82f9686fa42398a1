// SPDX-License-Identifier: GPL-2.0-or-later
// linux/pci.h. The machine's bus has a host bridge, an ISA bridge and an IDE controller, as a 440FX board has, and no
// card. Source: drivers/pci/pci.c, arch/i386/kernel/pci-pc.c of 2.2 and 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/bus/proc_pci.h"
#include "emu/exports/core/resources.h"
#include "emu/exports/family.h"
#include "emu/kernel/described_devices.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace retromod {
namespace {

GuestStruct device_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct pci_dev", at}; }

PciFunctionRow* function_of(Kernel& kernel, GuestAddr device)
{
    return kernel.machine().table<PciFunctionRow>().find_if([&](const PciFunctionRow& r) { return r.device == device.value; });
}
PciFunctionRow* function_at(Kernel& kernel, std::uint32_t bus, std::uint32_t devfn)
{
    return pci_function_at(kernel.machine(), bus, devfn);
}

// --- configuration space ----------------------------------------------------------------------------------------------

enum PcibiosError : std::int32_t { success = 0, device_not_found = 0x86, bad_register = 0x87 };

template <unsigned size>
std::int32_t read_function(Kernel& kernel, const PciFunctionRow* row, std::uint32_t where, GuestAddr into)
{
    if (where % size || where >= config_bytes) return bad_register;
    kernel.memory().store_sized(into, size, row ? load_config(*row, where, size) : std::numeric_limits<std::uint32_t>::max());
    return row ? success : device_not_found;
}

template <unsigned size>
std::int32_t write_function(PciFunctionRow* row, std::uint32_t where, std::uint32_t value)
{
    if (where % size || where >= config_bytes) return bad_register;
    if (!row) return device_not_found;
    write_config(*row, where, size, value);
    return success;
}

template <unsigned size>
std::int32_t pci_read_config(Kernel& kernel, GuestAddr device, std::int32_t where, GuestAddr into)
{
    return read_function<size>(kernel, function_of(kernel, device), static_cast<std::uint32_t>(where), into);
}
template <unsigned size>
std::int32_t pci_write_config(Kernel& kernel, GuestAddr device, std::int32_t where, std::uint32_t value)
{
    return write_function<size>(function_of(kernel, device), static_cast<std::uint32_t>(where), value);
}
template <unsigned size>
std::int32_t pcibios_read_config(Kernel& kernel, std::uint32_t bus, std::uint32_t devfn, std::uint32_t where, GuestAddr into)
{
    return read_function<size>(kernel, function_at(kernel, bus & 0xff, devfn & 0xff), where & 0xff, into);
}
template <unsigned size>
std::int32_t pcibios_write_config(Kernel& kernel, std::uint32_t bus, std::uint32_t devfn, std::uint32_t where, std::uint32_t value)
{
    return write_function<size>(function_at(kernel, bus & 0xff, devfn & 0xff), where & 0xff, value);
}

// --- looking for devices ------------------------------------------------------------------------------------------------

/// The functions in the order of the bus.
std::vector<GuestAddr> all_devices(Kernel& kernel)
{
    std::vector<GuestAddr> devices;
    for (const auto& row : kernel.machine().table<PciFunctionRow>()) devices.push_back({row.device});
    return devices;
}

/// The first device behind `before` (NULL: of all) that `fits`.
template <class Fits>
GuestAddr find_behind(Kernel& kernel, GuestAddr before, Fits fits)
{
    bool behind = !before;
    for (const auto device : all_devices(kernel)) {
        if (behind && fits(device_at(kernel, device))) return device;
        if (device == before) behind = true;
    }
    return {};
}

constexpr std::uint32_t any_id = 0xffffffff;
bool matches(std::uint64_t wanted, std::uint64_t is) { return static_cast<std::uint32_t>(wanted) == any_id || wanted == is; }

GuestAddr pci_find_subsys(Kernel& kernel, std::uint32_t vendor, std::uint32_t id, std::uint32_t sub_vendor, std::uint32_t sub_id,
                          GuestAddr before)
{
    return find_behind(kernel, before, [&](const GuestStruct& device) {
        if (!matches(vendor, device.get("vendor")) || !matches(id, device.get("device"))) return false;
        if (!device.has("subsystem_vendor")) return true;
        return matches(sub_vendor, device.get("subsystem_vendor")) && matches(sub_id, device.get("subsystem_device"));
    });
}

GuestAddr pci_find_device(Kernel& kernel, std::uint32_t vendor, std::uint32_t id, GuestAddr before)
{
    return pci_find_subsys(kernel, vendor, id, any_id, any_id, before);
}

GuestAddr pci_find_class(Kernel& kernel, std::uint32_t device_class, GuestAddr before)
{
    return find_behind(kernel, before, [&](const GuestStruct& device) { return device.get("class") == device_class; });
}

GuestAddr pci_find_slot(Kernel& kernel, std::uint32_t bus, std::uint32_t devfn)
{
    const auto* row = function_at(kernel, bus, devfn);
    return row ? GuestAddr{row->device} : GuestAddr{};
}

std::int32_t pci_find_capability(Kernel&, GuestAddr, std::int32_t) { return 0; }

/// pcibios_find_device and pcibios_find_class: the index-th that fits, by bus and function number.
template <class Fits>
std::int32_t find_indexed(Kernel& kernel, std::uint32_t index, GuestAddr bus, GuestAddr devfn, Fits fits)
{
    for (const auto& row : kernel.machine().table<PciFunctionRow>()) {
        if (!fits(device_at(kernel, {row.device})) || index--) continue;
        kernel.memory().store<std::uint8_t>(bus, 0);
        kernel.memory().store<std::uint8_t>(devfn, static_cast<std::uint8_t>(row.devfn));
        return success;
    }
    return device_not_found;
}

std::int32_t pcibios_find_device(Kernel& kernel, std::uint32_t vendor, std::uint32_t id, std::uint32_t index, GuestAddr bus,
                                 GuestAddr devfn)
{
    return find_indexed(kernel, index & 0xffff, bus, devfn, [&](const GuestStruct& device) {
        return device.get("vendor") == (vendor & 0xffff) && device.get("device") == (id & 0xffff);
    });
}

std::int32_t pcibios_find_class(Kernel& kernel, std::uint32_t device_class, std::uint32_t index, GuestAddr bus, GuestAddr devfn)
{
    return find_indexed(kernel, index & 0xffff, bus, devfn,
                        [&](const GuestStruct& device) { return device.get("class") == device_class; });
}

std::int32_t pcibios_present(Kernel& kernel) { return has_pci_bus(kernel.arch()) ? 1 : 0; }

// --- drivers --------------------------------------------------------------------------------------------------------------

/// struct pci_device_id: vendor, device, subvendor, subdevice, class, class_mask, driver_data; 32 bits each on a PC.
GuestAddr match_ids(Kernel& kernel, GuestAddr table, const GuestStruct& device)
{
    constexpr std::size_t table_limit = 4096;
    for (std::size_t i = 0; table && i < table_limit; ++i) {
        const GuestStruct id(kernel, "struct pci_device_id", table);
        if (!id.get("vendor") && !id.get("subvendor") && !id.get("class_mask")) break;
        if (matches(id.get("vendor"), device.get("vendor")) && matches(id.get("device"), device.get("device"))
            && matches(id.get("subvendor"), device.get("subsystem_vendor"))
            && matches(id.get("subdevice"), device.get("subsystem_device"))
            && !((id.get("class") ^ device.get("class")) & id.get("class_mask")))
            return table;
        table += id.bytes();
    }
    return {};
}

GuestAddr pci_match_device(Kernel& kernel, GuestAddr ids, GuestAddr device)
{
    return match_ids(kernel, ids, device_at(kernel, device));
}
GuestAddr pci_dev_driver(Kernel& kernel, GuestAddr device) { return device_at(kernel, device).pointer("driver"); }

/// A struct pci_driver; fixed format.
struct PciDriverRow {
    static constexpr std::string_view table_name = "pci_drivers";
    static constexpr std::uint32_t table_capacity = 512;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t driver;
};

/// Where a driver's registration is in its walk over the devices.
struct Probing {
    std::uint32_t next, count;
};

Step pci_register_driver(Kernel& kernel, Frame& frame, GuestAddr at)
{
    const GuestStruct driver(kernel, "struct pci_driver", at);
    auto& state = frame.local<Probing>();
    const auto devices = all_devices(kernel);
    if (!frame.phase++) {
        if (auto* row = kernel.machine().table<PciDriverRow>().insert()) row->driver = at.value;
    } else if (static_cast<std::int32_t>(frame.result) >= 0) {
        device_at(kernel, devices.at(state.next - 1)).set("driver", at);
        ++state.count;
    }
    while (state.next < devices.size()) {
        const auto device = devices[state.next++];
        if (device_at(kernel, device).get("driver")) continue;
        const auto ids = driver.pointer("id_table");
        const auto id = match_ids(kernel, ids, device_at(kernel, device));
        if (!ids || id) return CallGuest{driver.pointer("probe"), {device.value, id.value}, 2, "probe"};
    }
    return Return{state.count};
}

Step pci_unregister_driver(Kernel& kernel, Frame& frame, GuestAddr at)
{
    const GuestStruct driver(kernel, "struct pci_driver", at);
    auto& state = frame.local<Probing>();
    const auto devices = all_devices(kernel);
    if (!frame.phase++) {
        auto rows = kernel.machine().table<PciDriverRow>();
        if (auto* row = rows.find_if([&](const PciDriverRow& r) { return r.driver == at.value; })) rows.erase(*row);
    } else {
        device_at(kernel, devices.at(state.next - 1)).set("driver", std::uint64_t{0});
    }
    while (state.next < devices.size()) {
        const auto device = devices[state.next++];
        if (device_at(kernel, device).pointer("driver") != at) continue;
        if (driver.get("remove")) return CallGuest{driver.pointer("remove"), {device.value}, 1, "remove"};
        device_at(kernel, device).set("driver", std::uint64_t{0});
    }
    return Return{};
}

std::int32_t pci_enable_device(Kernel& kernel, GuestAddr device)
{
    constexpr unsigned command = 4;
    if (auto* row = function_of(kernel, device)) store_config(*row, command, 2, load_config(*row, command, 2) | 3); // I/O, memory
    return 0;
}
void pci_disable_device(Kernel&, GuestAddr) {}
void pci_set_master(Kernel& kernel, GuestAddr device)
{
    constexpr unsigned command = 4;
    if (auto* row = function_of(kernel, device)) store_config(*row, command, 2, load_config(*row, command, 2) | 4); // bus master
}
std::int32_t accept_device(Kernel&, GuestAddr, ULong) { return 0; }

std::int32_t pci_set_dma_mask(Kernel& kernel, GuestAddr device, ULong mask)
{
    device_at(kernel, device).set_if_there("dma_mask", mask.value);
    return 0;
}

// --- memory that devices see --------------------------------------------------------------------------------------------

unsigned order_of(Kernel& kernel, std::uint64_t bytes)
{
    return static_cast<unsigned>(std::bit_width(bytes ? (bytes - 1) / kernel.arch().page_bytes : 0));
}

GuestAddr pci_alloc_consistent(Kernel& kernel, GuestAddr, ULong bytes, GuestAddr bus_address)
{
    if (bytes.value > std::uint64_t{4} << 20 || !kernel.heap().allows(AllocationKind::page)) return {};
    const auto order = order_of(kernel, bytes.value);
    const auto at = kernel.memory().allocate_frames(order);
    if (!at) return {};
    kernel.memory().fill(*at, kernel.arch().page_bytes << order, std::byte{0});
    const auto window = kernel.symbols().find_variable("__direct_map_base"); // alpha: where the bus sees memory
    const auto base = window ? kernel.memory().load_word(*window) : 0;
    kernel.memory().store_word(bus_address, *at - kernel.arch().page_offset + base);
    return *at;
}

void pci_free_consistent(Kernel& kernel, GuestAddr, ULong bytes, GuestAddr at, ULong)
{
    const auto order = order_of(kernel, bytes.value);
    if (at && order <= 10) kernel.memory().free_frames(at, std::uint64_t{1} << order);
}

constexpr Export functions[] = {
    inert<no_object<GuestAddr>>("pci_scan_device", from(LayoutVersion::v2_4_22)),
    inert<do_nothing<GuestAddr>>("pci_read_bridge_bases", from(LayoutVersion::v2_4_22)),
    full<pci_read_config<1>>("pci_read_config_byte"),
    full<pci_read_config<2>>("pci_read_config_word"),
    full<pci_read_config<4>>("pci_read_config_dword"),
    full<pci_write_config<1>>("pci_write_config_byte"),
    full<pci_write_config<2>>("pci_write_config_word"),
    full<pci_write_config<4>>("pci_write_config_dword"),
    full<pcibios_read_config<1>>("pcibios_read_config_byte"),
    full<pcibios_read_config<2>>("pcibios_read_config_word"),
    full<pcibios_read_config<4>>("pcibios_read_config_dword"),
    full<pcibios_write_config<1>>("pcibios_write_config_byte"),
    full<pcibios_write_config<2>>("pcibios_write_config_word"),
    full<pcibios_write_config<4>>("pcibios_write_config_dword"),
    full<pcibios_present>("pcibios_present"),
    full<pcibios_find_device>("pcibios_find_device"),
    full<pcibios_find_class>("pcibios_find_class"),
    full<pci_find_device>("pci_find_device"),
    full<pci_find_subsys>("pci_find_subsys", since_2_4),
    full<pci_find_class>("pci_find_class"),
    full<pci_find_slot>("pci_find_slot"),
    full<pci_find_capability>("pci_find_capability", since_2_4),
    full<pci_match_device>("pci_match_device", since_2_4),
    full<pci_dev_driver>("pci_dev_driver", since_2_4),
    full<pci_register_driver>("pci_register_driver", since_2_4),
    full<pci_unregister_driver>("pci_unregister_driver", since_2_4),
    init<pci_enable_device>("pci_enable_device", since_2_4),
    init<pci_disable_device>("pci_disable_device", from(LayoutVersion::v2_4_18_14)),
    init<pci_set_master>("pci_set_master"),
    inert<accept_device>("pci_set_power_state", since_2_4),
    inert<accept_device>("pci_save_state", from(LayoutVersion::v2_4_18_14)),
    inert<accept_device>("pci_restore_state", from(LayoutVersion::v2_4_18_14)),
    inert<accept_device>("pci_enable_wake", from(LayoutVersion::v2_4_18_14)),
    init<pci_set_dma_mask>("pci_set_dma_mask", from(LayoutVersion::v2_4_18_14)),
    full<pci_alloc_consistent>("pci_alloc_consistent", since_2_4),
    full<pci_free_consistent>("pci_free_consistent", since_2_4),
};

// --- the board ------------------------------------------------------------------------------------------------------------

struct BoardFunction {
    std::uint32_t devfn, vendor, device, device_class, revision;
    std::string_view name; ///< as the kernel's list of names has it
};
constexpr BoardFunction board[] = {
    {0x00, 0x8086, 0x1237, 0x060000, 2, "Intel Corp. 440FX - 82441FX PMC [Natoma]"},
    {0x08, 0x8086, 0x7000, 0x060100, 0, "Intel Corp. 82371SB PIIX3 ISA [Natoma/Triton II]"},
    {0x09, 0x8086, 0x7010, 0x010180, 0, "Intel Corp. 82371SB PIIX3 IDE [Natoma/Triton II]"},
};
constexpr unsigned ide_bar = 4; // bus master registers
constexpr DescribedBar ide_registers{IoSpace::ports, 0xc000, 16};

/// The board's function as a user would describe it.
DescribedFunction described(const BoardFunction& item)
{
    DescribedFunction function;
    function.devfn = item.devfn;
    const auto put = [&](unsigned at, unsigned bytes, std::uint32_t value) {
        store_unsigned(reinterpret_cast<std::byte*>(function.config.data() + at), bytes, ByteOrder::little, value);
    };
    put(0, 2, item.vendor);
    put(2, 2, item.device);
    put(8, 4, item.device_class << 8 | item.revision);
    if (item.device_class == 0x010180) {
        function.bars[ide_bar] = ide_registers;
        put(0x20, 4, ide_registers.first | 1);
    }
    return function;
}

GuestAddr add_bus(Kernel& kernel)
{
    GuestStruct bus(kernel, "struct pci_bus", kernel.memory().allocate_image(kernel.layouts().size("struct pci_bus"), 16));
    bus.clear();
    for (const auto list : {"node", "children"})
        if (bus.has(list)) guest_list::init(kernel, bus.address(list));
    if (bus.has("node")) guest_list::init(kernel, bus.address("devices"));
    if (const auto roots = kernel.symbols().find_variable("pci_root_buses"); roots && bus.has("node"))
        guest_list::add_tail(kernel, bus.address("node"), *roots);
    return bus.at();
}

/// The region of a base address register, in the device's structure and, since 2.4, in the tree that /proc shows.
void add_region(Kernel& kernel, GuestStruct& device, unsigned number, const DescribedBar& bar)
{
    const bool ports = bar.space == IoSpace::ports;
    if (!device.has("resource")) {
        kernel.memory().store_word(device.address("base_address") + number * kernel.arch().word_bytes, bar.first | (ports ? 1 : 0));
        return;
    }
    constexpr std::uint64_t io_flags = 0x101, memory_flags = 0x200; // IORESOURCE_IO | PCI_BASE_ADDRESS_SPACE_IO, IORESOURCE_MEM
    GuestStruct resource(kernel, "struct resource", device.address("resource") + number * kernel.layouts().size("struct resource"));
    resource.set("name", device.address("name"));
    resource.set("start", std::uint64_t{bar.first});
    resource.set("end", std::uint64_t{bar.first} + bar.bytes - 1);
    resource.set("flags", ports ? io_flags : memory_flags);
    claim_resource(kernel, kernel.symbols().variable(ports ? "ioport_resource" : "iomem_resource"), resource.at());
}

/// 2.2: pci_devices points to the first, each to the next.
void chain_device(Kernel& kernel, const GuestStruct& device)
{
    const auto next = device.address("next") - device.at();
    auto link = kernel.symbols().variable("pci_devices");
    while (const auto at = kernel.memory().load_pointer(link)) link = at + next;
    kernel.memory().store_word(link, device.at().value);
}

void add_function(Kernel& kernel, GuestAddr bus, const DescribedFunction& item, std::string_view name)
{
    auto* row = &kernel.machine().table<PciFunctionRow>().insert_or_throw();
    std::ranges::copy(item.config, row->config);
    row->devfn = item.devfn;
    auto device = device_at(kernel, kernel.memory().allocate_image(kernel.layouts().size("struct pci_dev"), 16));
    device.clear();
    row->device = device.at().value;
    device.set("bus", bus);
    device.set("devfn", item.devfn);
    device.set("vendor", load_config(*row, 0, 2));
    device.set("device", load_config(*row, 2, 2));
    device.set("class", load_config(*row, 8, 4) >> 8);
    device.set("irq", item.irq);
    device.set_if_there("subsystem_vendor", load_config(*row, 0x2c, 2));
    device.set_if_there("subsystem_device", load_config(*row, 0x2e, 2));
    device.set_if_there("dma_mask", 0xffffffff);
    const auto slot = fmt::format("{:02x}:{:02x}.{}", 0, item.devfn >> 3, item.devfn & 7);
    if (device.has("slot_name")) store_string(kernel, device.address("slot_name"), slot);
    if (device.has("name")) store_string(kernel, device.address("name"), name);
    for (unsigned i = 0; i < item.bars.size(); ++i)
        if (item.bars[i].space != IoSpace::none) add_region(kernel, device, i, item.bars[i]);
    if (!device.has("global_list")) return chain_device(kernel, device);
    guest_list::add_tail(kernel, device.address("global_list"), kernel.symbols().variable("pci_devices"));
    guest_list::add_tail(kernel, device.address("bus_list"), GuestStruct(kernel, "struct pci_bus", bus).address("devices"));
}

/// The first function of a device says in its header type whether there are more.
void mark_multifunction(Kernel& kernel)
{
    constexpr unsigned header_type = 0x0e, multifunction = 0x80, functions = 8;
    for (const auto& row : kernel.machine().table<PciFunctionRow>()) {
        auto* first = row.devfn % functions ? function_at(kernel, 0, row.devfn - row.devfn % functions) : nullptr;
        if (first) store_config(*first, header_type, 1, load_config(*first, header_type, 1) | multifunction);
    }
}

/// On other boards than a PC there is nothing on the bus but what the user described.
void add_board(Kernel& kernel)
{
    if (!has_pci_bus(kernel.arch())) return;
    const auto bus = add_bus(kernel);
    if (kernel.arch().has_pc_board)
        for (const auto& item : board) add_function(kernel, bus, described(item), item.name);
    for (const auto& item : kernel.machine().table<DescribedFunction>()) {
        const auto word = [&](unsigned at) { return item.config[at] | item.config[at + 1] << 8; };
        add_function(kernel, bus, item, fmt::format("PCI device {:04x}:{:04x}", word(0), word(2)));
    }
    mark_multifunction(kernel);
}

std::uint64_t list_bytes(Kernel& kernel) { return 2 * kernel.arch().word_bytes; }
void init_list(Kernel& kernel, GuestAddr at) { guest_list::init(kernel, at); }

/// The 440FX bridge is one that direct transfers between cards are not trusted to.
void note_bridge_problem(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint32_t natoma = 4; // PCIPCI_NATOMA
    if (kernel.arch().has_pc_board) kernel.memory().store<std::uint32_t>(at, natoma);
}

constexpr DataExport data[] = {
    {"pci_devices", list_bytes, init_list, since_2_4},
    {"pci_devices", list_bytes, nullptr, only_2_2},
    {"pci_root_buses", list_bytes, init_list, since_2_4},
    {"pci_pci_problems", [](Kernel&) -> std::uint64_t { return 4; }, note_bridge_problem, from(LayoutVersion::v2_4_18_14)},
};

void tell(RowVisitor& visitor, const PciDriverRow& row) { visitor.pointer("a struct pci_driver", row.driver); }
constexpr TableKind tables[] = {table<PciDriverRow, tell>("PCI drivers")};
constexpr ProcFile proc_files[] = {proc_file<pci_text>("/proc/pci")};

} // namespace

extern const Family linux_pci{
    .header = "linux/pci.h", .functions = functions, .data = data, .boot = add_board,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
