// SPDX-License-Identifier: GPL-2.0-or-later
// Small subsystems: ISA Plug and Play without a card, link-layer clients, and the hooks that built-in code leaves to
// modules. Source: drivers/pnp/isapnp.c, net/802/{psnap,p8022}.c of 2.4.
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"

namespace retromod {
namespace {

/// The bus was looked at and holds no card.
GuestAddr isapnp_find(Kernel&, GuestAddr, std::uint32_t, std::uint32_t, GuestAddr) { return {}; }
std::int32_t isapnp_none(Kernel&, GuestAddr) { return 0; }

/// register_snap_client, register_8022_client: a struct datalink_proto that stands for the client.
GuestAddr register_client(Kernel& kernel, GuestAddr, GuestFunction)
{
    constexpr std::uint64_t bytes = 128; // more than struct datalink_proto has in any release
    return kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(bytes) : GuestAddr{};
}
GuestAddr make_client(Kernel& kernel) { return register_client(kernel, {}, {}); }
void free_client(Kernel& kernel, GuestAddr client) { kernel.heap().free(client); }
std::int32_t isapnp_absent(Kernel& kernel, GuestAddr) { return error_code(kernel, Errno::enodev); }
/// How many devices were taken; there are none.
std::int32_t isapnp_probe(Kernel& kernel, GuestAddr ids, GuestAddr probe)
{
    return ids && probe ? 0 : error_code(kernel, Errno::einval);
}
void isapnp_change(Kernel&, GuestAddr, ULong, ULong) {}
void unregister_client(Kernel&, GuestAddr) {}


constexpr auto v18 = from(LayoutVersion::v2_4_18_14);

constexpr Export functions[] = {
    full<isapnp_find>("isapnp_find_card", since_2_4),
    full<isapnp_find>("isapnp_find_dev", since_2_4),
    full<isapnp_none>("isapnp_present", since_2_4),
    init<isapnp_none>("isapnp_register_driver", v18),
    full<unregister_client>("isapnp_unregister_driver", v18),
    full<isapnp_none>("isapnp_cfg_end", since_2_4),
    inert<isapnp_absent>("isapnp_cfg_begin", since_2_4),
    inert<isapnp_absent>("isapnp_activate", since_2_4),
    inert<isapnp_absent>("isapnp_deactivate", since_2_4),
    full<isapnp_probe>("isapnp_probe_devs", since_2_4),
    full<isapnp_probe>("isapnp_probe_cards", since_2_4),
    inert<isapnp_change>("isapnp_resource_change", since_2_4),
    init<make_client>("make_8023_client"),
    full<free_client>("destroy_8023_client"),
    init<make_client>("make_EII_client"),
    full<free_client>("destroy_EII_client"),
    init<register_client>("register_snap_client"),
    inert<unregister_client>("unregister_snap_client"),
    init<register_client>("register_8022_client"),
    inert<unregister_client>("unregister_8022_client"),
};

std::uint64_t one_word(Kernel& kernel) { return kernel.arch().word_bytes; }
std::uint64_t two_words(Kernel& kernel) { return 2 * kernel.arch().word_bytes; }

constexpr DataExport data[] = {
    {"atm_tcp_ops", [](Kernel& kernel) -> std::uint64_t { return 4 * kernel.arch().word_bytes; }, nullptr, v18},
    {"atm_mpoa_ops", two_words, nullptr, v18},
    {"atm_lane_ops", two_words, nullptr, v18},
    {"atm_proc_root", one_word, nullptr, since_2_4},
    {"apm_battery_hook", one_word, nullptr, v18},
    {"apm_battery_hook_sem", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct semaphore"); },
     [](Kernel& kernel, GuestAddr at) {
         GuestStruct semaphore(kernel, "struct semaphore", at);
         semaphore.set("count.counter", std::uint64_t{1});
         const GuestStruct queue(kernel, "struct __wait_queue_head", semaphore.address("wait"));
         const auto head = queue.address("task_list");
         kernel.memory().store_word(head, head.value);
         kernel.memory().store_word(head + kernel.arch().word_bytes, head.value);
     },
     v18},
    {"kbd_ledfunc", one_word, nullptr, since_2_4},
    {"ip_ct_attach", one_word, nullptr, since_2_4},
};

} // namespace

extern const Family linux_misc{.header = "small subsystems", .functions = functions, .data = data};

} // namespace retromod
