// SPDX-License-Identifier: GPL-2.0-or-later
// Functions that came or went between the measured releases: a list of the kernel's symbols tells which it has.
// Source: the kernel files named beside them, of 2.2.26 and 2.4.27.
#include "emu/exports/answers.h"
#include "emu/exports/core/caches.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/pci_functions.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// What a base address register opens, in bytes: its low bits read back as zeros. Source: drivers/pci/compat.c of 2.2.26.
ULong pci_resource_len(Kernel& kernel, GuestAddr device, std::int32_t number)
{
    constexpr std::uint32_t first_register = 0x10, port_bits = 0x3, memory_bits = 0xf;
    const auto devfn = static_cast<std::uint32_t>(GuestStruct(kernel, "struct pci_dev", device).get("devfn"));
    auto* function = pci_function_at(kernel.machine(), 0, devfn);
    if (!function || number < 0 || number > 5) return {0};
    const auto at = first_register + 4 * static_cast<std::uint32_t>(number);
    const auto kept = load_config(*function, at, 4);
    write_config(*function, at, 4, ~std::uint32_t{0});
    const auto size = load_config(*function, at, 4);
    write_config(*function, at, 4, kept);
    if (!size) return {0};
    const std::uint32_t base = size & ~(size & 1 ? port_bits : memory_bits);
    return {static_cast<std::uint32_t>(0u - base)};
}

/// The text that in_ntoa made last; fixed format.
struct AddressTextRow {
    static constexpr std::string_view table_name = "in_ntoa";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t text; ///< 18 bytes; 0: not asked for yet
};

/// "10.0.2.15", of an address in network order.
GuestAddr in_ntoa(Kernel& kernel, std::uint32_t address)
{
    constexpr std::uint64_t text_bytes = 18;
    auto& row = kernel.machine().single<AddressTextRow>();
    if (!row.text) row.text = kernel.heap().allocate(text_bytes).value;
    const GuestAddr buffer{row.text};
    store_string(kernel, buffer,
                 fmt::format("{}.{}.{}.{}", address & 0xff, address >> 8 & 0xff, address >> 16 & 0xff, address >> 24));
    return buffer;
}

/// tty_wakeup: who waits to write goes on. A line discipline with a write_wakeup is not on a terminal that nobody opened.
void wake_terminal(Kernel& kernel, GuestAddr tty)
{
    const GuestStruct fields(kernel, "struct tty_struct", tty);
    wake_queue(kernel, fields.address("write_wait"), task_state::interruptible | task_state::uninterruptible, 0);
}

/// Bytes of an object, whole words; 0 of what is no cache.
std::uint32_t kmem_cache_size(Kernel& kernel, GuestAddr cache)
{
    const auto* row = kernel.machine().table<CacheRow>().find_if([&](const CacheRow& r) { return r.handle == cache.value; });
    const auto word = kernel.arch().word_bytes;
    return row ? static_cast<std::uint32_t>((row->object_bytes + word - 1) / word * word) : 0;
}

std::uint64_t file_operations_bytes(Kernel& kernel) { return kernel.layouts().size("struct file_operations"); }

constexpr Export functions[] = {
    init<pci_resource_len>("pci_resource_len", where_listed),
    full<in_ntoa>("in_ntoa", where_listed),
    init<wake_terminal>("tty_wakeup", from(LayoutVersion::v2_4_37_11)),
    // Of 2.2 and 2.4, for drives; the board's interface has none.
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t>>("ide_input_data", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, std::uint32_t>>("ide_output_data", where_listed),
    inert<do_nothing<GuestAddr, std::uint32_t, std::uint32_t, GuestAddr>>("ide_cmd", where_listed),
    inert<refuse<Errno::eio, GuestAddr, std::int32_t, std::int32_t, std::int32_t, std::int32_t, GuestAddr>>("ide_wait_cmd",
                                                                                                           where_listed),
    inert<refuse<Errno::ebusy, GuestAddr, GuestAddr>>("ide_spin_wait_hwgroup", where_listed),
    inert<answer<0, GuestAddr>>("drive_is_flashcard", where_listed),
    inert<no_object<std::uint32_t>>("ide_get_queue", where_listed),
    inert<do_nothing<ULong>>("ide_timer_expiry", where_listed),
    inert<do_nothing<GuestAddr>>("ide_add_generic_settings", where_listed),
    inert<do_nothing<std::int32_t, GuestAddr, GuestAddr>>("ide_intr", where_listed),
    inert<do_nothing<GuestAddr>>("ide_geninit", where_listed),
    inert<do_nothing<GuestAddr, GuestString>>("ide_remove_setting", where_listed),
    inert<refuse<Errno::ebusy, std::uint32_t>>("ide_revalidate_disk", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("ide_add_proc_entries", where_listed),
    inert<do_nothing<>>("do_ide0_request", where_listed),
    inert<do_nothing<>>("do_ide1_request", where_listed),
    inert<do_nothing<>>("do_ide2_request", where_listed),
    inert<do_nothing<>>("do_ide3_request", where_listed),
    inert<do_nothing<>>("do_ide4_request", where_listed),
    inert<do_nothing<>>("do_ide5_request", where_listed),
    inert<do_nothing<ULong>>("net_timer", where_listed),
    inert<refuse<Errno::enomem, GuestAddr, GuestAddr, GuestAddr>>("single_open", from(LayoutVersion::v2_4_37_11)),
    inert<answer<0, GuestAddr, GuestAddr>>("single_release", from(LayoutVersion::v2_4_37_11)),
    inert<answer<268000>>("zlib_deflate_workspacesize", where_listed),
    inert<answer<-2, GuestAddr, std::int32_t, std::int32_t, std::int32_t, std::int32_t, std::int32_t>>("zlib_deflateInit2_",
                                                                                                     where_listed),
    inert<answer<-2, GuestAddr, std::int32_t>>("zlib_deflate", where_listed),
    inert<answer<-2, GuestAddr>>("zlib_deflateReset", where_listed),
    inert<answer<-2, GuestAddr>>("zlib_deflateEnd", where_listed),
    full<kmem_cache_size>("kmem_cache_size", from(LayoutVersion::v2_4_22)),
    inert<do_nothing<>>("dump_stack", from(LayoutVersion::v2_4_22)),
    init<do_nothing<>>("kbd_refresh_leds", from(LayoutVersion::v2_4_22)),
    inert<do_nothing<GuestAddr>>("tty_ldisc_flush", from(LayoutVersion::v2_4_37_11)),
    inert<no_object<GuestAddr>>("tty_ldisc_ref", from(LayoutVersion::v2_4_37_11)),
    inert<no_object<GuestAddr>>("tty_ldisc_ref_wait", from(LayoutVersion::v2_4_37_11)),
    inert<do_nothing<GuestAddr>>("tty_ldisc_deref", from(LayoutVersion::v2_4_37_11)),
    inert<no_object<GuestAddr, std::int32_t, ULong, ULong>>("vmap", from(LayoutVersion::v2_4_22)),
    inert<do_nothing<GuestAddr>>("mark_page_accessed", from(LayoutVersion::v2_4_22)),
    inert<answer<0, GuestAddr>>("filemap_fdatawrite", from(LayoutVersion::v2_4_22)),
    inert<no_object<GuestAddr, ULong>>("find_trylock_page", from(LayoutVersion::v2_4_22)),
    inert<do_nothing<GuestAddr, std::int32_t>>("end_buffer_io_async", from(LayoutVersion::v2_4_22)),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("do_generic_direct_read", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("do_generic_direct_write", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::eio, GuestAddr, GuestAddr, ULong, GuestAddr>>("do_generic_file_write", from(LayoutVersion::v2_4_37_11)),
    inert<do_nothing<GuestAddr>>("__inode_init_once", from(LayoutVersion::v2_4_37_11)),
    inert<do_nothing<GuestAddr, ULong>>("__inode_dir_notify", from(LayoutVersion::v2_4_22)),
    inert<no_object<std::int32_t, GuestAddr, GuestAddr>>("pci_scan_bus", from(LayoutVersion::v2_4_22)),
    inert<answer<-1, std::int32_t, std::int32_t, std::int32_t>>("IO_APIC_get_PCI_irq_vector", from(LayoutVersion::v2_4_22)),
    inert<no_object<std::uint32_t, std::uint32_t>>("dev_get_by_flags", from(LayoutVersion::v2_4_37_11)),
    inert<no_object<std::uint32_t, std::uint32_t>>("__dev_get_by_flags", from(LayoutVersion::v2_4_37_11)),
    inert<do_nothing<GuestAddr, GuestAddr>>("neigh_changeaddr", from(LayoutVersion::v2_4_37_11)),
    inert<no_object<std::int32_t, std::int32_t, std::uint32_t, GuestAddr, std::uint32_t, GuestAddr, GuestAddr, GuestAddr>>(
        "arp_create", from(LayoutVersion::v2_4_37_11)),
    inert<do_nothing<GuestAddr>>("arp_xmit", from(LayoutVersion::v2_4_37_11)),
    init<answer<0, GuestAddr>>("netlink_register_notifier", from(LayoutVersion::v2_4_37_11)),
    init<answer<0, GuestAddr>>("netlink_unregister_notifier", from(LayoutVersion::v2_4_37_11)),
    inert<answer<0, GuestAddr, GuestAddr>>("hippi_type_trans", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("fc_type_trans", where_listed),
    inert<refuse<Errno::eaddrnotavail, GuestAddr, GuestAddr, std::int32_t>>("inet_bind", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::enotconn, GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("inet_getname", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::enotty, GuestAddr, std::uint32_t, ULong>>("inet_ioctl", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, std::int32_t>>(
        "ip_setsockopt", from(LayoutVersion::v2_4_37_11)),
    inert<refuse<Errno::enoprotoopt, GuestAddr, std::int32_t, std::int32_t, GuestAddr, GuestAddr>>(
        "ip_getsockopt", from(LayoutVersion::v2_4_37_11)),
    init<answer<0, GuestAddr>>("register_quota_format", where_listed),
    init<do_nothing<GuestAddr>>("unregister_quota_format", where_listed),
    inert<no_object<GuestAddr, std::int32_t>>("journal_start", where_listed),
    inert<refuse<Errno::eio, GuestAddr>>("journal_stop", where_listed),
    inert<no_object<GuestAddr, std::int32_t>>("journal_try_start", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("dcache_dir_open", from(LayoutVersion::v2_4_22)),
    inert<answer<0, GuestAddr, GuestAddr>>("dcache_dir_close", from(LayoutVersion::v2_4_22)),
    inert<refuse<Errno::einval, GuestAddr, ULong, std::int32_t>>("dcache_dir_lseek", from(LayoutVersion::v2_4_22)),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t>>("dcache_dir_fsync", from(LayoutVersion::v2_4_22)),
    inert<refuse<Errno::einval, std::uint32_t, std::uint32_t, ULong>>("blkelv_ioctl", where_listed),
    inert<no_object<GuestAddr, ULong>>("iget_in_use", where_listed),
    inert<do_nothing<GuestAddr>>("__wait_on_page", where_listed),
};

constexpr DataExport data[] = {
    {"__start___kallsyms", words<1>, nullptr, where_listed},
    {"__stop___kallsyms", words<1>, nullptr, where_listed},
    {"global_event", words<1>, nullptr, where_listed},
    {"max_segments", words<256>, nullptr, where_listed},
    {"panic_timeout", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_22)},
    {"sysctl_optmem_max", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"sysctl_tcp_low_latency", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"icmp_statistics", fixed_bytes<4096>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"icmp_err_convert", fixed_bytes<128>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"bfifo_qdisc_ops", fixed_bytes<64>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"dqstats", fixed_bytes<64>, nullptr, where_listed},
    {"edd", fixed_bytes<1024>, nullptr, where_listed},
    {"eddnr", fixed_bytes<1>, nullptr, where_listed},
    {"edd_disk80_sig", fixed_bytes<4>, nullptr, where_listed},
    {"proc_bus_pci_dir", words<1>, nullptr, from(LayoutVersion::v2_4_22)},
    {"i8253_lock", fixed_bytes<8>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"mmu_cr4_features", words<1>, nullptr, from(LayoutVersion::v2_4_37_11)},
    {"dcache_dir_ops", file_operations_bytes, nullptr, from(LayoutVersion::v2_4_22)},
};

void tell(RowVisitor& visitor, const AddressTextRow& row) { visitor.block("the text of in_ntoa", row.text); }
constexpr TableKind tables[] = {table<AddressTextRow, tell>()};

} // namespace

extern const Family listed_functions{
    .header = "functions of some releases between the measured ones", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
