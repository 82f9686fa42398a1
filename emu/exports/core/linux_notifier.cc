// SPDX-License-Identifier: GPL-2.0-or-later
// linux/notifier.h, linux/reboot.h, linux/pm.h: chains of callbacks. Source: kernel/sys.c, kernel/pm.c of 2.4.
#include "emu/exports/core/notifier_chain.h"
#include "emu/exports/family.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/left_behind.h"

namespace retromod {
namespace {

std::int32_t notifier_chain_register(Kernel& kernel, GuestAddr list, GuestAddr block) { return add_notifier(kernel, list, block); }
std::int32_t notifier_chain_unregister(Kernel& kernel, GuestAddr list, GuestAddr block)
{
    return remove_notifier(kernel, list, block);
}

template <const char* list>
std::int32_t register_on(Kernel& kernel, GuestAddr block)
{
    return add_notifier(kernel, notifier_list(kernel, list), block);
}
template <const char* list>
std::int32_t unregister_on(Kernel& kernel, GuestAddr block)
{
    return remove_notifier(kernel, notifier_list(kernel, list), block);
}

constexpr char reboot[] = "reboot", netdevice[] = "netdevice", inetaddr[] = "inetaddr", inet6addr[] = "inet6addr";

// --- power management: struct pm_dev {type, id, callback, data, flags, state, prev_state, list} ---------------------

GuestAddr pm_register(Kernel& kernel, std::uint32_t type, ULong id, GuestFunction callback)
{
    constexpr std::uint64_t words = 9;
    const auto word = kernel.arch().word_bytes;
    const auto at = kernel.heap().allocate(words * word);
    if (!at) return {};
    kernel.memory().store<std::uint32_t>(at, type);
    kernel.memory().store_word(at + word, id.value);
    kernel.memory().store_word(at + 2 * word, callback.address.value);
    return at;
}

void pm_unregister(Kernel& kernel, GuestAddr device)
{
    if (device) kernel.heap().free(device);
}

void pm_unregister_all(Kernel&, GuestFunction) {}

constexpr Export functions[] = {
    full<notifier_chain_register>("notifier_chain_register", since_2_4),
    full<notifier_chain_unregister>("notifier_chain_unregister", since_2_4),
    init<register_on<reboot>>("register_reboot_notifier"),
    full<unregister_on<reboot>>("unregister_reboot_notifier"),
    full<register_on<netdevice>>("register_netdevice_notifier"),
    full<unregister_on<netdevice>>("unregister_netdevice_notifier"),
    init<register_on<inetaddr>>("register_inetaddr_notifier", since_2_4),
    full<unregister_on<inetaddr>>("unregister_inetaddr_notifier", since_2_4),
    init<register_on<inet6addr>>("register_inet6addr_notifier", from(LayoutVersion::v2_4_18_14)),
    full<unregister_on<inet6addr>>("unregister_inet6addr_notifier", from(LayoutVersion::v2_4_18_14)),
    init<pm_register>("pm_register", since_2_4),
    full<pm_unregister>("pm_unregister", since_2_4),
    inert<pm_unregister_all>("pm_unregister_all", since_2_4),
};

constexpr DataExport data[] = {
    {"panic_notifier_list", [](Kernel& kernel) -> std::uint64_t { return kernel.arch().word_bytes; }, nullptr, since_2_4},
};

void search_chains(LeftBehindSearch& search)
{
    for (const auto& row : search.kernel.machine().table<ChainRow>())
        for_each_notifier(search.kernel, {row.list}, [&](GuestAddr block) {
            search.check("notifiers", "a struct notifier_block", block.value);
            if (search.holds(block.value)) return false;
            search.check("notifiers", "the function of a notifier",
                         GuestStruct(search.kernel, "struct notifier_block", block).get("notifier_call"));
            return true;
        });
}

void tell(RowVisitor& visitor, const ChainRow& row)
{
    visitor.ends("the name of a chain", row.name);
    visitor.block("the head of a chain", row.list);
}
constexpr TableKind tables[] = {table<ChainRow, tell>()};

} // namespace

extern const Family linux_notifier{
    .header = "linux/notifier.h", .functions = functions, .data = data,
    .keeps = {.tables = tables, .search = search_chains}};

} // namespace retromod
