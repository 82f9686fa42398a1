// SPDX-License-Identifier: GPL-2.0-or-later
// Host services of the core in the guest: images/core/service.h declares them. Some are rows of the file whose function they are.
#include "emu/abi/event_sink.h"
#include "emu/exports/core/wait_queue.h"
#include "emu/exports/core_row.h"
#include "emu/kernel/address_limit.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/disk_images.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/trouble.h"
#include "emu/kernel/user_access.h"

#include <algorithm>

namespace retromod {
namespace {

GuestAddr kmalloc(Kernel& kernel, ULong bytes) { return kernel.heap().allocate(bytes.value); }
void kfree(Kernel& kernel, GuestAddr block)
{
    if (block) kernel.heap().free(block);
}
GuestAddr direct_map(Kernel& kernel) { return kernel.arch().page_offset; }

void memset(Kernel& kernel, GuestAddr at, std::int32_t value, ULong bytes)
{
    kernel.memory().fill(at, bytes.value, static_cast<std::byte>(value));
}

void memcpy(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    auto& memory = kernel.memory();
    for (std::uint64_t done = 0; done < bytes.value;) {
        const auto source = memory.bytes(from + done, Access::read, bytes.value - done);
        if (source.empty()) throw KernelFault{{from + done, Access::read}};
        const auto part = source.first(std::min<std::uint64_t>(source.size(), bytes.value - done));
        memory.write_all(to + done, part);
        done += part.size();
    }
}

// --- user memory ------------------------------------------------------------------------------------------------------

ULong copy_to_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    std::uint64_t done = 0;
    while (done < bytes.value) {
        const auto source = kernel.memory().bytes(from + done, Access::read, bytes.value - done);
        if (source.empty()) throw KernelFault{{from + done, Access::read}};
        const auto part = source.first(std::min<std::uint64_t>(source.size(), bytes.value - done));
        const auto left = kernel.user().copy_to(to + done, part);
        done += part.size() - left;
        if (left) break;
    }
    return {bytes.value - done};
}

ULong copy_from_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    return {kernel.user().copy_from(to, from, bytes.value)};
}

ULong clear_user(Kernel& kernel, GuestAddr to, ULong bytes)
{
    const std::vector<std::byte> zeros(std::min<std::uint64_t>(bytes.value, kernel.arch().page_bytes));
    std::uint64_t done = 0;
    while (done < bytes.value) {
        const auto part = std::span(zeros).first(std::min<std::uint64_t>(zeros.size(), bytes.value - done));
        const auto left = kernel.user().copy_to(to + done, part);
        done += part.size() - left;
        if (left) break;
    }
    return {bytes.value - done};
}

Long strncpy_from_user(Kernel& kernel, GuestAddr to, GuestAddr from, ULong bytes)
{
    std::string text;
    while (text.size() < bytes.value) {
        std::byte one[1];
        if (kernel.user().copy_from(one, from + text.size())) return {error_code(kernel, Errno::efault)};
        text += static_cast<char>(one[0]);
        if (one[0] != std::byte{0}) continue;
        kernel.memory().write_all(to, std::as_bytes(std::span(text)));
        return {static_cast<std::int64_t>(text.size()) - 1};
    }
    return {error_code(kernel, Errno::enametoolong)};
}

ULong set_limit(Kernel& kernel, ULong limit, std::int32_t use_kernel)
{
    const auto rule = address_limit(kernel.arch(), kernel.machine().release().exports);
    const auto old = kernel.threads().task_field(kernel.threads().current_task(), rule.member);
    kernel.threads().set_task_field(kernel.threads().current_task(), rule.member, use_kernel ? rule.kernel : limit.value);
    return {old};
}

// --- the scheduler ------------------------------------------------------------------------------------------------------

/// A wait for which the core gives the text that `status` shows; the text is kept in the frame as long as the wait lasts.
struct Wait {
    char what[40];
    std::uint64_t until;
};

Step wait(Kernel& kernel, Wait& wait, const GuestString& why)
{
    why.text.copy(wait.what, sizeof wait.what - 1);
    return wait_step(kernel, wait.what, wait.until);
}

Step schedule(Kernel& kernel, Frame& frame, GuestString why)
{
    if (frame.phase++) return Return{};
    auto& local = frame.local<Wait>();
    local.until = ~std::uint64_t{};
    return wait(kernel, local, why);
}

Step schedule_timeout(Kernel& kernel, Frame& frame, Long ticks, GuestString why)
{
    auto& local = frame.local<Wait>();
    const auto now = kernel.clock().jiffies();
    if (frame.phase++) return Return{local.until > now ? local.until - now : 0};
    local.until = now + static_cast<std::uint64_t>(std::max<std::int64_t>(ticks.value, 0));
    return wait(kernel, local, why);
}

void wake_up(Kernel& kernel, GuestAddr queue, std::uint32_t mode, std::int32_t limit) { wake_queue(kernel, queue, mode, limit); }

std::int32_t kernel_thread(Kernel& kernel, GuestAddr function, GuestAddr argument, GuestString name)
{
    return static_cast<std::int32_t>(kernel.threads().start_kernel(function, argument.value, name.text));
}

/// Where a measured kernel's source has a BUG() of the core.
struct BugPlace {
    std::string_view text; ///< the core's
    LayoutVersion release;
    SourceLine at;
};
constexpr BugPlace bug_places[] = {{"grow_buffers", LayoutVersion::v2_4_18_14, {"buffer.c", 2598}}};

[[noreturn]] void bug(Kernel& kernel, GuestString what)
{
    const auto release = kernel.machine().release().exports;
    for (const auto& place : bug_places)
        if (place.text == what.text && place.release == release) throw KernelBug{"kernel BUG", place.at};
    throw KernelBug{what.text};
}

// --- modules, devices ---------------------------------------------------------------------------------------------------

std::int32_t hold(Kernel& kernel, GuestAddr module) { return hold_module(kernel, module); }
void release(Kernel& kernel, GuestAddr module) { release_module(kernel, module); }

GuestAddr block_operations(Kernel& kernel, std::uint32_t major)
{
    const auto* row = find_major(kernel, DeviceKind::block, major);
    return {row ? row->operations : 0};
}

GuestAddr block_name(Kernel& kernel, std::uint32_t major)
{
    const auto* row = find_major(kernel, DeviceKind::block, major);
    return {row ? row->name : 0};
}

GuestAddr char_operations(Kernel& kernel, std::uint32_t major, std::uint32_t minor)
{
    if (major == misc_major) {
        const auto device = find_misc(kernel, minor);
        return device ? GuestStruct(kernel, "struct miscdevice", device).pointer("fops") : GuestAddr{};
    }
    const auto* row = find_major(kernel, DeviceKind::character, major);
    return {row ? row->operations : 0};
}

// --- disks --------------------------------------------------------------------------------------------------------------

std::int32_t disk_io(Kernel& kernel, std::uint32_t device, std::int32_t write, ULong sector, ULong bytes, GuestAddr data)
{
    DiskImages images(kernel.machine());
    const auto* disk = images.find(device >> 8 & 0xff, device & 0xff);
    if (!disk) return error_code(kernel, Errno::eio);
    std::vector<std::byte> buffer(bytes.value);
    const auto offset = sector.value * sector_bytes;
    if (write) {
        kernel.memory().read_all(data, buffer);
        return images.write(*disk, offset, buffer) ? 0 : error_code(kernel, Errno::eio);
    }
    if (!images.read(*disk, offset, buffer)) return error_code(kernel, Errno::eio);
    kernel.memory().write_all(data, buffer);
    return 0;
}

ULong disk_sectors(Kernel& kernel, std::uint32_t device)
{
    const auto* disk = DiskImages(kernel.machine()).find(device >> 8 & 0xff, device & 0xff);
    return {disk ? disk->bytes / sector_bytes : 0};
}

using Name = GuestAddr; ///< a user address of a string

constexpr Export functions[] = {
    full<kmalloc>("kc_kmalloc"),
    full<kfree>("kc_kfree"),
    full<direct_map>("kc_direct_map"),
    full<memset>("kc_memset"),
    full<memcpy>("kc_memcpy"),
    full<copy_to_user>("kc_copy_to_user"),
    full<copy_from_user>("kc_copy_from_user"),
    full<clear_user>("kc_clear_user"),
    full<strncpy_from_user>("kc_strncpy_from_user"),
    full<set_limit>("kc_set_limit"),
    full<schedule>("kc_schedule"),
    full<schedule_timeout>("kc_schedule_timeout"),
    full<wake_up>("kc_wake_up"),
    full<kernel_thread>("kc_kernel_thread"),
    full<bug>("kc_bug"),
    full<hold>("kc_hold_module"),
    full<release>("kc_release_module"),
    full<block_operations>("kc_block_operations"),
    full<block_name>("kc_block_name"),
    full<char_operations>("kc_char_operations"),
    full<disk_io>("kc_disk_io"),
    full<disk_sectors>("kc_disk_sectors"),

    // What the host calls in the core: images/core/calls.h.
    core<GuestAddr(Name, std::int32_t, std::int32_t)>("core_open", Grade::full),
    core<Long(GuestAddr)>("core_close", Grade::full),
    core<Long(GuestAddr, GuestAddr, ULong)>("core_read", Grade::full),
    core<Long(GuestAddr, GuestAddr, ULong)>("core_write", Grade::full),
    core<Long(GuestAddr, GuestAddr, ULong, Long)>("core_pread", Grade::full),
    core<Long(GuestAddr, GuestAddr, ULong, Long)>("core_pwrite", Grade::full),
    core<Long(GuestAddr, Long, std::uint32_t)>("core_lseek", Grade::full),
    core<Long(GuestAddr, std::uint32_t, ULong)>("core_ioctl", Grade::full),
    core<Long(GuestAddr)>("core_fsync", Grade::full),
    core<Long(GuestAddr, Long)>("core_ftruncate", Grade::full),
    core<Long(GuestAddr, GuestAddr, ULong)>("core_getdents64", Grade::full),
    core<Long(GuestAddr, GuestAddr)>("core_fstat", Grade::full),
    core<Long(Name, GuestAddr, std::int32_t)>("core_stat", Grade::full),
    core<Long(Name, GuestAddr)>("core_statfs", Grade::full),
    core<Long(Name, GuestAddr, std::int32_t)>("core_readlink", Grade::full),
    core<Long(Name, std::int32_t)>("core_mkdir", Grade::full),
    core<Long(Name)>("core_rmdir", Grade::full),
    core<Long(Name)>("core_unlink", Grade::full),
    core<Long(Name, Name)>("core_rename", Grade::full),
    core<Long(Name, Name)>("core_link", Grade::full),
    core<Long(Name, Name)>("core_symlink", Grade::full),
    core<Long(Name, std::int32_t, std::uint32_t)>("core_mknod", Grade::full),
    core<Long(Name, std::int32_t)>("core_chmod", Grade::full),
    core<Long(Name, std::uint32_t, std::uint32_t, std::int32_t)>("core_chown", Grade::full),
    core<Long(Name, Long, Long)>("core_utime", Grade::full),
    core<Long(Name, Long)>("core_truncate", Grade::full),
    core<Long(Name, std::int32_t)>("core_access", Grade::full),
    core<Long(Name)>("core_chdir", Grade::full),
    core<Long(Name)>("core_chroot", Grade::full),
    core<Long()>("core_sync", Grade::full),
    core<Long(Name, Name, Name, ULong, GuestAddr)>("core_mount", Grade::full),
    core<Long(Name, std::int32_t)>("core_umount", Grade::full),
    core<Long(GuestAddr, ULong)>("core_mounts", Grade::full),
    // What the host's own tables point to.
    core<std::int32_t(std::uint32_t, GuestAddr, std::int32_t)>("core_nls_uni2char", Grade::full),
    core<std::int32_t(GuestAddr, std::int32_t, GuestAddr)>("core_nls_char2uni", Grade::full),
    core<GuestAddr(GuestAddr, GuestAddr, std::int32_t)>("core_ramfs_read_super", Grade::full),
    core<GuestAddr(GuestAddr, GuestAddr, std::int32_t)>("core_tmpfs_read_super", Grade::full),
};

} // namespace

extern const Family core_services{.header = "the core's own", .functions = functions};

} // namespace retromod
