// SPDX-License-Identifier: GPL-2.0-or-later
// linux/devfs_fs_kernel.h of kernels that have devfs: numbers that are handed out once, and questions about entries.
// Source: fs/devfs/{base,util}.c of 2.4.27.
#include "emu/exports/answers.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// struct unique_numspace {init_lock, sem_initialised, num_free, length, bits, semaphore}, without a lock on one processor.
struct NumberSpace {
    GuestAddr initialised, free, bytes, bits;
};
NumberSpace space_at(Kernel& kernel, GuestAddr at)
{
    const auto word = kernel.arch().word_bytes;
    const auto lock = kernel.layouts().size("spinlock_t");
    const auto first = at + (lock + 4) / 4 * 4; // the flag takes one byte before the counters
    return {at + lock, first, first + 4, first + 8 + (word - (first.value + 8) % word) % word};
}

/// The lowest number that is free; the bit field grows by halves from 16 bytes on.
std::int32_t devfs_alloc_unique_number(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint32_t first_bytes = 16;
    auto& memory = kernel.memory();
    const auto space = space_at(kernel, at);
    memory.store<std::uint8_t>(space.initialised, 1);
    auto bytes = memory.load<std::uint32_t>(space.bytes);
    if (!memory.load<std::uint32_t>(space.free)) {
        const auto more = bytes < first_bytes ? first_bytes : bytes * 2;
        const auto bits = kernel.heap().allows(AllocationKind::vmalloc) ? kernel.heap().allocate(more) : GuestAddr{};
        if (!bits) return error_code(kernel, Errno::enomem);
        memory.fill(bits, more, std::byte{0});
        const auto old = memory.load_pointer(space.bits);
        for (std::uint32_t i = 0; i < bytes; ++i) memory.store<std::uint8_t>(bits + i, memory.load<std::uint8_t>(old + i));
        if (old) kernel.heap().free(old);
        memory.store<std::uint32_t>(space.free, (more - bytes) * 8);
        memory.store_word(space.bits, bits.value);
        memory.store<std::uint32_t>(space.bytes, more);
        bytes = more;
    }
    const auto bits = memory.load_pointer(space.bits);
    for (std::uint32_t number = 0; number < bytes * 8; ++number) {
        const auto byte = memory.load<std::uint8_t>(bits + number / 8);
        if (byte >> number % 8 & 1) continue;
        memory.store<std::uint8_t>(bits + number / 8, static_cast<std::uint8_t>(byte | 1 << number % 8));
        memory.store<std::uint32_t>(space.free, memory.load<std::uint32_t>(space.free) - 1);
        return static_cast<std::int32_t>(number);
    }
    return error_code(kernel, Errno::enomem);
}

void devfs_dealloc_unique_number(Kernel& kernel, GuestAddr at, std::int32_t number)
{
    auto& memory = kernel.memory();
    const auto space = space_at(kernel, at);
    if (number < 0 || static_cast<std::uint32_t>(number) >= memory.load<std::uint32_t>(space.bytes) * 8) return;
    const auto place = memory.load_pointer(space.bits) + static_cast<std::uint32_t>(number) / 8;
    const auto byte = memory.load<std::uint8_t>(place);
    if (!(byte >> number % 8 & 1)) {
        kernel.log().write(fmt::format("<3>devfs_dealloc_unique_number(): number {} was already free\n", number));
        return;
    }
    memory.store<std::uint8_t>(place, static_cast<std::uint8_t>(byte & ~(1 << number % 8)));
    memory.store<std::uint32_t>(space.free, memory.load<std::uint32_t>(space.free) + 1);
}

constexpr Export functions[] = {
    full<devfs_alloc_unique_number>("devfs_alloc_unique_number", where_listed),
    full<devfs_dealloc_unique_number>("devfs_dealloc_unique_number", where_listed),
    init<answer<0, GuestAddr, GuestString, std::uint32_t, GuestString, GuestAddr, GuestAddr>>("devfs_mk_symlink", where_listed),
    init<do_nothing<GuestAddr, GuestAddr>>("devfs_auto_unregister", where_listed),
    init<do_nothing<GuestAddr>>("devfs_register_tape", where_listed),
    inert<do_nothing<GuestAddr>>("devfs_put", where_listed),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr, std::int32_t>>("devfs_generate_path", where_listed),
    inert<no_object<GuestAddr, GuestString, std::uint32_t, std::uint32_t, std::int32_t, std::int32_t>>(
        "devfs_get_handle", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_parent", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_first_child", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_next_sibling", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("devfs_get_name", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_ops", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_info", where_listed),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr>>("devfs_set_info", where_listed),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr>>("devfs_get_flags", where_listed),
    inert<refuse<Errno::einval, GuestAddr, std::uint32_t>>("devfs_set_flags", where_listed),
    inert<refuse<Errno::einval, GuestAddr, GuestAddr, GuestAddr>>("devfs_get_maj_min", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_handle_from_inode", where_listed),
    inert<refuse<Errno::einval, GuestAddr, ULong>>("devfs_set_file_size", where_listed),
    inert<no_object<GuestAddr>>("devfs_get_unregister_slave", where_listed),
    inert<answer<-1, std::int32_t>>("devfs_alloc_major", where_listed),
    inert<do_nothing<std::int32_t, std::int32_t>>("devfs_dealloc_major", where_listed),
    inert<answer<0, std::int32_t>>("devfs_alloc_devnum", where_listed),
    inert<do_nothing<std::int32_t, std::uint32_t>>("devfs_dealloc_devnum", where_listed),
};

} // namespace

extern const Family linux_devfs_numbers{.header = "linux/devfs_fs_kernel.h, of kernels with devfs", .functions = functions};

} // namespace retromod
