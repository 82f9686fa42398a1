// SPDX-License-Identifier: GPL-2.0-or-later
// pcmcia/cs.h of kernels that have PCMCIA built in: card services without a card. Source: drivers/pcmcia/cs.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"

namespace retromod {
namespace {

constexpr std::int32_t success = 0, bad_socket = 0x0b; // CS_SUCCESS, CS_BAD_SOCKET
constexpr std::uint32_t release_code = 0x3116, services_level = 0x0210;

/// Sockets that a controller's driver registered; fixed format.
struct SocketRow {
    static constexpr std::string_view table_name = "pcmcia_sockets";
    static constexpr std::uint32_t table_capacity = 16;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t operations; ///< struct pccard_operations
};

/// Drivers are refused without a socket; how many a driver has is its own to say.
std::int32_t pcmcia_register_socket(Kernel& kernel, GuestAddr, GuestAddr operations, std::int32_t)
{
    kernel.machine().table<SocketRow>().insert_or_throw().operations = operations.value;
    return 0;
}
void pcmcia_unregister_socket(Kernel& kernel, GuestAddr)
{
    auto rows = kernel.machine().table<SocketRow>();
    if (auto* row = rows.find_if([](const SocketRow&) { return true; })) rows.erase(*row);
}

/// servinfo_t: "CS", then sockets, release and level as unsigned ints; the vendor's text is not given.
std::int32_t pcmcia_get_card_services_info(Kernel& kernel, GuestAddr at)
{
    auto& memory = kernel.memory();
    memory.store<std::uint8_t>(at, 'C');
    memory.store<std::uint8_t>(at + 1, 'S');
    memory.store<std::uint32_t>(at + 4, static_cast<std::uint32_t>(kernel.machine().table<SocketRow>().size()));
    memory.store<std::uint32_t>(at + 8, release_code);
    memory.store<std::uint32_t>(at + 12, services_level);
    return success;
}

constexpr Export functions[] = {
    init<pcmcia_register_socket>("pcmcia_register_socket", where_listed),
    init<pcmcia_unregister_socket>("pcmcia_unregister_socket", where_listed),
    init<pcmcia_get_card_services_info>("pcmcia_get_card_services_info", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_access_configuration_register", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_adjust_resource_info", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_bind_device", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_bind_mtd", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_check_erase_queue", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_close_memory", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_copy_memory", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_deregister_client", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_deregister_erase_queue", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_eject_card", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_configuration_info", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_first_client", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_first_region", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_first_tuple", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_first_window", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_mem_page", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_next_client", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_next_region", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_next_tuple", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_next_window", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_status", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_get_tuple_data", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_insert_card", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_map_mem_page", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_modify_configuration", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_modify_window", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_open_memory", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_parse_tuple", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_read_memory", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_register_client", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_register_erase_queue", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_register_mtd", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_release_configuration", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_release_io", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_release_irq", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_release_window", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_replace_cis", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_report_error", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_request_configuration", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_request_io", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_request_irq", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_request_window", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_reset_card", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_resume_card", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_set_event_mask", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_suspend_card", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_validate_cis", where_listed),
    inert<answer<bad_socket, GuestAddr, GuestAddr>>("pcmcia_write_memory", where_listed),
    inert<no_object<GuestAddr>>("pcmcia_lookup_bus", where_listed),
    inert<do_nothing<GuestAddr>>("pcmcia_suspend_socket", where_listed),
    inert<do_nothing<GuestAddr>>("pcmcia_resume_socket", where_listed),
    inert<answer<bad_socket, std::int32_t, GuestAddr, GuestAddr>>("CardServices", where_listed),
    inert<answer<bad_socket, std::int32_t, GuestAddr>>("MTDHelperEntry", where_listed),
};

constexpr DataExport data[] = {
    {"dead_socket", fixed_bytes<64>, nullptr, where_listed},
    {"proc_pccard", words<1>, nullptr, where_listed},
};

void tell(RowVisitor& visitor, const SocketRow& row) { visitor.pointer("a struct pccard_operations", row.operations); }
constexpr TableKind tables[] = {table<SocketRow, tell>("PCMCIA sockets")};

} // namespace

extern const Family pcmcia_cs{.header = "pcmcia/cs.h", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
