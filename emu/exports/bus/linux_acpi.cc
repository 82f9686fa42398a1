// SPDX-License-Identifier: GPL-2.0-or-later
// acpi/acpi_bus.h of kernels that have ACPI built in, on a machine whose BIOS has none: acpi_disabled is 1.
// Source: drivers/acpi/{bus,ec}.c, include/acpi/acexcep.h of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

// acpi_status values: an object that is not there; the subsystem never came up.
constexpr std::int32_t bad_parameter = 0x1001, not_exist = 6;
using Handle = GuestAddr;

std::int32_t acpi_bus_register_driver(Kernel& kernel, GuestAddr driver)
{
    return error_code(kernel, driver ? Errno::enodev : Errno::einval);
}
std::int32_t acpi_bus_unregister_driver(Kernel& kernel, GuestAddr driver)
{
    return driver ? 0 : error_code(kernel, Errno::einval);
}

constexpr Export functions[] = {
    full<acpi_bus_register_driver>("acpi_bus_register_driver", where_listed),
    full<acpi_bus_unregister_driver>("acpi_bus_unregister_driver", where_listed),
    full<refuse<Errno::enodev, Handle, GuestAddr>>("acpi_bus_get_device", where_listed),
    full<refuse<Errno::enodev, GuestAddr>>("acpi_bus_get_status", where_listed),
    full<refuse<Errno::enodev, Handle, GuestAddr>>("acpi_bus_get_power", where_listed),
    full<refuse<Errno::enodev, Handle, std::int32_t>>("acpi_bus_set_power", where_listed),
    full<refuse<Errno::enodev, GuestAddr, std::uint32_t, std::int32_t>>("acpi_bus_generate_event", where_listed),
    full<refuse<Errno::enodev, GuestAddr>>("acpi_bus_receive_event", where_listed),
    full<refuse<Errno::enodev, GuestAddr>>("acpi_bus_scan", where_listed),
    full<refuse<Errno::enodev, std::uint32_t, GuestAddr>>("ec_read", where_listed),
    full<refuse<Errno::enodev, std::uint32_t, std::uint32_t>>("ec_write", where_listed),
    full<refuse<Errno::enodev, GuestAddr>>("acpi_pci_register_driver", where_listed),
    full<do_nothing<GuestAddr>>("acpi_pci_unregister_driver", where_listed),
    full<answer<bad_parameter, Handle, GuestString, GuestAddr, GuestAddr>>("acpi_evaluate_object", where_listed),
    full<answer<bad_parameter, Handle, GuestString, GuestAddr, GuestAddr>>("acpi_evaluate_integer", where_listed),
    full<answer<bad_parameter, Handle, GuestString, GuestAddr, GuestAddr>>("acpi_evaluate_reference", where_listed),
    full<answer<bad_parameter, GuestAddr, GuestAddr, GuestAddr>>("acpi_extract_package", where_listed),
    full<answer<bad_parameter, Handle, GuestString, GuestAddr>>("acpi_get_handle", where_listed),
    full<answer<bad_parameter, Handle, std::uint32_t, GuestAddr>>("acpi_get_name", where_listed),
    full<answer<bad_parameter, Handle, GuestAddr>>("acpi_get_parent", where_listed),
    full<answer<bad_parameter, Handle, GuestAddr>>("acpi_get_type", where_listed),
    full<answer<bad_parameter, Handle, GuestAddr>>("acpi_get_object_info", where_listed),
    full<answer<bad_parameter, std::uint32_t, Handle, Handle, GuestAddr>>("acpi_get_next_object", where_listed),
    full<answer<bad_parameter, Handle, GuestAddr>>("acpi_get_current_resources", where_listed),
    full<answer<bad_parameter, Handle, GuestAddr>>("acpi_get_possible_resources", where_listed),
    full<answer<bad_parameter, Handle, GuestAddr>>("acpi_set_current_resources", where_listed),
    full<answer<bad_parameter, std::uint32_t, Handle, std::uint32_t, GuestAddr, GuestAddr, GuestAddr>>(
        "acpi_walk_namespace", where_listed),
    full<answer<bad_parameter, Handle, GuestString, GuestAddr, GuestAddr>>("acpi_walk_resources", where_listed),
    full<answer<bad_parameter, GuestString, GuestAddr, GuestAddr, GuestAddr>>("acpi_get_devices", where_listed),
    full<answer<bad_parameter, Handle, std::uint32_t, GuestAddr, GuestAddr>>("acpi_install_notify_handler", where_listed),
    full<answer<not_exist, Handle, std::uint32_t, GuestAddr>>("acpi_remove_notify_handler", where_listed),
    full<answer<bad_parameter, std::uint32_t, GuestAddr, GuestAddr>>("acpi_install_fixed_event_handler", where_listed),
    full<answer<not_exist, std::uint32_t, GuestAddr>>("acpi_remove_fixed_event_handler", where_listed),
    full<answer<bad_parameter, std::uint32_t, std::uint32_t, GuestAddr, GuestAddr>>("acpi_install_gpe_handler", where_listed),
    full<answer<not_exist, std::uint32_t, GuestAddr>>("acpi_remove_gpe_handler", where_listed),
    full<answer<bad_parameter, std::uint32_t, GuestAddr, std::uint32_t>>("acpi_get_register", where_listed),
    full<answer<bad_parameter, std::uint32_t, std::uint32_t, std::uint32_t>>("acpi_set_register", where_listed),
    full<answer<not_exist, std::uint32_t, std::uint32_t, GuestAddr>>("acpi_get_table", where_listed),
    full<answer<not_exist, GuestString, std::uint32_t, std::uint32_t, GuestAddr>>("acpi_get_firmware_table", where_listed),
    full<answer<bad_parameter, std::uint32_t, GuestAddr, GuestAddr>>("acpi_os_queue_for_execution", where_listed),
    inert<do_nothing<GuestAddr>>("acpi_os_free", where_listed),
    inert<do_nothing<GuestString>>("acpi_os_printf", where_listed),
};

void disable(Kernel& kernel, GuestAddr at) { kernel.memory().store<std::uint32_t>(at, 1); }

constexpr DataExport data[] = {
    {"acpi_disabled", fixed_bytes<4>, disable, where_listed},
    {"acpi_root_dir", words<1>, nullptr, where_listed},
    {"acpi_fadt", fixed_bytes<256>, nullptr, where_listed},
};

} // namespace

extern const Family linux_acpi{.header = "acpi/acpi_bus.h", .functions = functions, .data = data};

} // namespace retromod
