// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/core/notifier_chain.h"

#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/trouble.h"

namespace retromod {
namespace {

constexpr std::uint64_t notify_stop_mask = 0x8000; // NOTIFY_STOP_MASK

GuestStruct block_at(Kernel& kernel, GuestAddr at) { return {kernel, "struct notifier_block", at}; }

/// The link behind which the walk ends: the first for whose block `stop` is true, or the last.
template <class Stop>
GuestAddr find_link(Kernel& kernel, GuestAddr list, Stop stop)
{
    auto link = list;
    for (std::size_t steps = 0; const auto at = kernel.memory().load_pointer(link); ++steps) {
        if (steps > guest_list::walk_limit) throw KernelHang{"a notifier chain is a circle"};
        if (stop(at)) return link;
        link = block_at(kernel, at).address("next");
    }
    return link;
}

} // namespace

GuestAddr notifier_list(Kernel& kernel, std::string_view name)
{
    auto rows = kernel.machine().table<ChainRow>();
    auto* row = rows.find_if([&](const ChainRow& r) { return name == r.name; });
    if (!row) {
        row = &rows.insert_or_throw();
        row->list = kernel.heap().allocate(kernel.arch().word_bytes).value;
        name.copy(row->name, sizeof row->name - 1);
    }
    return {row->list};
}

void for_each_notifier(Kernel& kernel, GuestAddr list, const std::function<bool(GuestAddr)>& visit)
{
    find_link(kernel, list, [&](GuestAddr block) { return !visit(block); });
}

std::int32_t add_notifier(Kernel& kernel, GuestAddr list, GuestAddr block)
{
    const auto priority = block_at(kernel, block).get_int("priority");
    const auto link = find_link(kernel, list, [&](GuestAddr at) { return block_at(kernel, at).get_int("priority") < priority; });
    block_at(kernel, block).set("next", kernel.memory().load_pointer(link));
    kernel.memory().store_word(link, block.value);
    return 0;
}

std::int32_t remove_notifier(Kernel& kernel, GuestAddr list, GuestAddr block)
{
    const auto link = find_link(kernel, list, [&](GuestAddr at) { return at == block; });
    if (!kernel.memory().load_pointer(link)) return error_code(kernel, Errno::enoent);
    kernel.memory().store_word(link, block_at(kernel, block).get("next"));
    return 0;
}

std::optional<CallGuest> notify_next(Kernel& kernel, NotifierWalk& walk, GuestAddr list, std::uint64_t event,
                                     std::uint64_t argument, std::uint64_t last_result)
{
    if (!walk.begun) walk = {kernel.memory().load_pointer(list), 1, 0};
    else if (last_result & notify_stop_mask) return std::nullopt;
    if (!walk.next) return std::nullopt;
    const auto block = block_at(kernel, walk.next);
    walk.next = block.pointer("next");
    return CallGuest{block.pointer("notifier_call"), {block.at().value, event, argument}, 3, "notifier"};
}

} // namespace retromod
