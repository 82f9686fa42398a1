// SPDX-License-Identifier: GPL-2.0-or-later
// What a kernel has because its list of symbols says so.
#include "emu/exports/built_in.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "loader/api/session.h"

#include <catch2/catch.hpp>

#include <initializer_list>
#include <string>
#include <vector>

using namespace retromod;

namespace {

/// A machine whose kernel has just the names of a list.
class Listed {
public:
    Listed(const char* release, std::initializer_list<const char*> names) : session_(boot(release, names)) {}

    Kernel& kernel() { return session_.kernel(); }
    AddressSpace& memory() { return kernel().memory(); }
    std::int64_t call(std::string_view name, std::initializer_list<std::uint64_t> arguments = {})
    {
        const std::vector<std::uint64_t> words(arguments);
        return kernel().arch().signed_word(kernel().scheduler().call_export(name, words).result.word);
    }
    GuestAddr buffer(std::uint64_t bytes)
    {
        const auto at = kernel().heap().allocate(bytes);
        memory().fill(at, bytes, std::byte{0});
        return at;
    }
    std::uint64_t text(std::string_view text)
    {
        const auto at = buffer(text.size() + 1);
        store_string(kernel(), at, text);
        return at.value;
    }
    /// What the kernel offers to modules, in its own order.
    std::vector<std::pair<std::string, std::uint64_t>> offered()
    {
        const auto own = kernel().modules().kernel();
        std::vector<std::pair<std::string, std::uint64_t>> names;
        for (std::uint64_t i = 0; i < own.get(ModuleField::nsyms); ++i) {
            const auto at = own.pointer(ModuleField::syms) + i * 8;
            names.emplace_back(memory().load_string(memory().load_pointer(at + 4)), memory().load_word(at));
        }
        std::ranges::sort(names);
        return names;
    }
    std::string log() { return kernel().log().text(); }

private:
    static Session boot(const char* release, std::initializer_list<const char*> names)
    {
        BootOptions options;
        for (const std::string name : names) options.versions.emplace(without_version(name), name);
        return Session::in_memory({.arch = find_arch("i386"), .release = find_release(release), .memory_bytes = 32 << 20}, options);
    }

    Session session_;
};

std::uint64_t word(std::int64_t value) { return static_cast<std::uint32_t>(value); }
std::string proc(Listed& machine, std::string_view path)
{
    const auto text = kernel_text(machine.kernel(), path);
    return text ? *text : std::string();
}

} // namespace

TEST_CASE("a kernel offers the names of its list and no others", "[exports][listed]")
{
    Listed machine("2.4.20", {"printk_R1b7d4074", "jiffies_R0da02d67", "no_such_function_R00000000"});
    const auto names = machine.offered();
    REQUIRE(names.size() == 2);
    CHECK(names[0].first == "jiffies_R0da02d67");
    CHECK(names[1].first == "printk_R1b7d4074");
}

TEST_CASE("a list with Using_Versions makes it a symbol of value 1", "[exports][listed]")
{
    Listed machine("2.4.20", {"Using_Versions", "printk_R1b7d4074"});
    const auto names = machine.offered();
    REQUIRE(names.size() == 2);
    CHECK(names[0] == std::pair<std::string, std::uint64_t>("Using_Versions", 1));
}

TEST_CASE("a function that only other releases have is there where the list says so", "[exports][listed]")
{
    Listed with("2.2.1", {"kmem_cache_destroy", "init_mm", "skb_pad"});
    CHECK(with.offered().size() == 3);
    CHECK(with.kernel().symbols().address("kmem_cache_destroy"));
    Listed without("2.2.1", {"printk"});
    CHECK_FALSE(without.kernel().symbols().address("kmem_cache_destroy"));
}

TEST_CASE("built-in SCSI: hosts have numbers and a list, and go", "[exports][scsi]")
{
    Listed machine("2.2.1", {"scsi_register", "scsi_unregister", "scsi_hostlist"});
    GuestStruct driver(machine.kernel(), "struct SHT", machine.buffer(machine.kernel().layouts().size("struct SHT")));
    driver.set("this_id", std::uint64_t{7});
    const auto first = word(machine.call("scsi_register", {driver.at().value, 16}));
    const auto second = word(machine.call("scsi_register", {driver.at().value, 0}));
    const GuestStruct host(machine.kernel(), "struct Scsi_Host", {second});
    CHECK(host.get("host_no") == 1);
    CHECK(host.get("this_id") == 7);
    CHECK(host.get("max_id") == 8);
    CHECK(host.get("dma_channel") == 0xff);
    const auto list = machine.kernel().symbols().variable("scsi_hostlist");
    CHECK(machine.memory().load_word(list) == first);
    CHECK(GuestStruct(machine.kernel(), "struct Scsi_Host", {first}).get("next") == second);
    machine.call("scsi_unregister", {first});
    CHECK(machine.memory().load_word(list) == second);
}

TEST_CASE("built-in SCSI: a driver that finds no adapter leaves with the count of hosts in the log", "[exports][scsi]")
{
    Listed machine("2.2.1", {"scsi_register_module", "scsi_unregister_module", "scsi_hosts", "scsi_hostlist"});
    GuestStruct driver(machine.kernel(), "struct SHT", machine.buffer(machine.kernel().layouts().size("struct SHT")));
    const auto code = machine.buffer(4);
    machine.memory().store<std::uint32_t>(code, 0xc3c031); // xor eax, eax; ret
    driver.set("detect", code);
    constexpr std::uint64_t host_adapter = 1;
    CHECK(machine.call("scsi_register_module", {host_adapter, driver.at().value}) == 0);
    CHECK(driver.get("present") == 0);
    machine.call("scsi_unregister_module", {host_adapter, driver.at().value});
    CHECK(machine.log().ends_with("<4>scsi : 0 hosts.\n"));
}

TEST_CASE("CRC-32 of the digits 1 to 9, both bit orders", "[exports][crc32]")
{
    Listed machine("2.4.37.11", {"crc32_le", "crc32_be", "bitreverse"});
    const auto digits = machine.text("123456789");
    CHECK(word(~machine.call("crc32_le", {0xffffffff, digits, 9})) == 0xcbf43926);
    CHECK(word(~machine.call("crc32_be", {0xffffffff, digits, 9})) == 0xfc891918);
    CHECK(word(machine.call("bitreverse", {0x00000001})) == 0x80000000);
}

TEST_CASE("IDE transfer modes are limited and named", "[exports][ide]")
{
    Listed machine("2.4.37.11", {"ide_rate_filter", "ide_xfer_verbose", "ide_pio_timings"});
    CHECK(machine.call("ide_rate_filter", {0, 0x45}) == 0x22);
    CHECK(machine.call("ide_rate_filter", {3, 0x45}) == 0x45);
    CHECK(machine.call("ide_rate_filter", {4, 0x42}) == 0x42);
    const auto name = [&](std::uint64_t mode) {
        return machine.memory().load_string({word(machine.call("ide_xfer_verbose", {mode}))});
    };
    CHECK(name(0x44) == "UDMA 4");
    CHECK(name(0x0b) == "PIO 3");
    CHECK(name(0x99) == "XFER ERROR");
    const auto timings = machine.kernel().symbols().variable("ide_pio_timings");
    CHECK(machine.memory().load<std::int32_t>(timings + 4 * 14) == 120);
}

TEST_CASE("COMX hardware registers once by name", "[exports][comx]")
{
    Listed machine("2.4.37.11", {"comx_register_hardware", "comx_unregister_hardware", "comx_strcasecmp"});
    const auto object = machine.buffer(32);
    machine.memory().store_word(object, machine.text("mixcom"));
    machine.memory().store_word(object + 4, machine.text("0.67"));
    CHECK(machine.call("comx_register_hardware", {object.value}) == 0);
    CHECK(machine.log().ends_with("<6>COMX: driver for hardware type mixcom, version 0.67\n"));
    CHECK(machine.call("comx_register_hardware", {object.value}) == -1);
    CHECK(machine.call("comx_unregister_hardware", {machine.text("mixcom")}) == 0);
    CHECK(machine.call("comx_unregister_hardware", {machine.text("mixcom")}) == -1);
    CHECK(machine.call("comx_strcasecmp", {machine.text("MixCom"), machine.text("mixcoM")}) == 0);
    CHECK(machine.call("comx_strcasecmp", {machine.text("a"), machine.text("B")}) < 0);
}

TEST_CASE("ACPI that the BIOS lacks refuses drivers, and finds and evaluates nothing", "[exports][acpi]")
{
    Listed machine("2.4.37.11", {"acpi_bus_register_driver", "acpi_bus_unregister_driver", "acpi_evaluate_object",
                                 "acpi_get_devices", "acpi_get_handle", "acpi_walk_namespace", "ec_read", "acpi_disabled"});
    constexpr std::int64_t no_device = -19, invalid = -22, bad_parameter = 0x1001;
    CHECK(machine.call("acpi_bus_register_driver", {machine.buffer(64).value}) == no_device);
    CHECK(machine.call("acpi_bus_register_driver", {0}) == invalid);
    CHECK(machine.call("acpi_bus_unregister_driver", {0}) == invalid);
    CHECK(machine.call("ec_read", {0, machine.buffer(4).value}) == no_device);
    for (const auto* name : {"acpi_evaluate_object", "acpi_get_devices", "acpi_get_handle", "acpi_walk_namespace"})
        CHECK(machine.call(name, {0, 0, 0, 0}) == bad_parameter);
    CHECK(machine.memory().load<std::uint32_t>(machine.kernel().symbols().variable("acpi_disabled")) == 1);
}

TEST_CASE("a connection tracking helper registers once", "[exports][netfilter]")
{
    Listed machine("2.4.20", {"ip_conntrack_helper_register", "ip_conntrack_helper_unregister", "ip_nat_helper_register"});
    const auto helper = machine.buffer(64).value;
    constexpr std::int64_t busy = -16;
    CHECK(machine.call("ip_conntrack_helper_register", {helper}) == 0);
    CHECK(machine.call("ip_conntrack_helper_register", {helper}) == busy);
    CHECK(machine.call("ip_nat_helper_register", {helper}) == 0);
    machine.call("ip_conntrack_helper_unregister", {helper});
    CHECK(machine.call("ip_conntrack_helper_register", {helper}) == 0);
}

TEST_CASE("devfs hands out each number once", "[exports][devfs]")
{
    Listed machine("2.4.37.11", {"devfs_alloc_unique_number", "devfs_dealloc_unique_number"});
    const auto space = machine.buffer(64).value;
    for (int number = 0; number < 130; ++number) CHECK(machine.call("devfs_alloc_unique_number", {space}) == number);
    machine.call("devfs_dealloc_unique_number", {space, 5});
    CHECK(machine.call("devfs_alloc_unique_number", {space}) == 5);
    machine.call("devfs_dealloc_unique_number", {space, 200});
    CHECK(machine.log().ends_with("<3>devfs_dealloc_unique_number(): number 200 was already free\n"));
}

TEST_CASE("a time becomes that of a FAT entry", "[exports][fat]")
{
    Listed machine("2.2.1", {"fat_date_unix2dos"});
    const auto time = machine.buffer(4);
    machine.call("fat_date_unix2dos", {1066892400, time.value, time.value + 2}); // 2003-10-23 07:00:00
    CHECK(machine.memory().load<std::uint16_t>(time) == 7 << 11);
    CHECK(machine.memory().load<std::uint16_t>(time + 2) == (23 << 9 | 10 << 5 | 23));
}

TEST_CASE("a cache tells the size of its objects in whole words", "[exports][slab]")
{
    Listed machine("2.4.37.11", {"kmem_cache_create", "kmem_cache_size"});
    const auto cache = word(machine.call("kmem_cache_create", {machine.text("listed"), 13, 0, 0, 0}));
    CHECK(machine.call("kmem_cache_size", {cache}) == 16);
    CHECK(machine.call("kmem_cache_size", {0}) == 0);
}

TEST_CASE("built-in card services have no socket until a controller's driver registers one", "[exports][pcmcia]")
{
    Listed machine("2.4.37.11", {"pcmcia_get_card_services_info", "pcmcia_register_socket", "pcmcia_unregister_socket"});
    const auto info = machine.buffer(32);
    const auto sockets = [&] {
        CHECK(machine.call("pcmcia_get_card_services_info", {info.value}) == 0);
        CHECK(machine.memory().load<std::uint32_t>(info + 8) == 0x3116);
        return machine.memory().load<std::uint32_t>(info + 4);
    };
    CHECK(sockets() == 0);
    machine.call("pcmcia_register_socket", {0, machine.buffer(64).value, 1});
    CHECK(sockets() == 1);
    machine.call("pcmcia_unregister_socket", {0});
    CHECK(sockets() == 0);
}

TEST_CASE("an address in network order as text", "[exports][listed]")
{
    Listed machine("2.2.1", {"in_ntoa"});
    CHECK(machine.memory().load_string({word(machine.call("in_ntoa", {0x0f02000a}))}) == "10.0.2.15");
}

TEST_CASE("statistics of an RPC program have a file as long as they are registered", "[exports][sunrpc]")
{
    Listed machine("2.2.1", {"rpc_proc_init", "rpc_proc_register", "rpc_proc_unregister"});
    const auto program = machine.buffer(32), statistics = machine.buffer(32);
    machine.memory().store_word(program, machine.text("nfs"));
    machine.memory().store_word(statistics, program.value);
    machine.call("rpc_proc_init");
    CHECK(machine.call("rpc_proc_register", {statistics.value}) != 0);
    machine.call("rpc_proc_unregister", {machine.text("nfs")});
}

TEST_CASE("a driver that is built in holds its major number against a module", "[exports][built-in]")
{
    Listed machine("2.4.20", {"printk"});
    constexpr std::int64_t busy = -16;
    const auto take = [&](std::uint64_t major, std::string_view name) {
        return machine.call("register_blkdev", {major, machine.text(name), machine.buffer(64).value});
    };
    REQUIRE(build_in(machine.kernel(), "loop"));
    CHECK(proc(machine, "/proc/devices").find("  7 loop\n") != std::string::npos);
    CHECK(take(7, "loop") == busy);
    REQUIRE(leave_out(machine.kernel(), "md"));
    CHECK(proc(machine, "/proc/devices").find("  9 md\n") == std::string::npos);
    CHECK(take(9, "md") == 0);
    CHECK_FALSE(build_in(machine.kernel(), "no such driver"));
}

TEST_CASE("a list of symbols tells which drivers are built in", "[exports][built-in]")
{
    Listed machine("2.4.20", {"printk"});
    build_in_by_symbols(machine.kernel(), {{"loop_register_transfer", "loop_register_transfer"}});
    const auto devices = proc(machine, "/proc/devices");
    CHECK(devices.find("  7 loop\n") != std::string::npos);
    CHECK(devices.find("  9 md\n") == std::string::npos);
}
