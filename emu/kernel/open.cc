// SPDX-License-Identifier: GPL-2.0-or-later
// open(path, flags, mode): a character device that a driver registered, a file under /proc, else a file of the core's. A device
// is named /dev/NAME by its driver's registered name, or /dev/char/MAJOR:MINOR.
// Source: chrdev_open of fs/devices.c, misc_open of drivers/char/misc.c, fs/proc/{generic,inode}.c of 2.4.
#include "emu/kernel/core_calls.h"
#include "emu/kernel/file.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"
#include "emu/kernel/threads.h"

#include <fmt/format.h>

namespace retromod {
namespace {

/// How far open is.
enum Phase : std::uint32_t { entered, permitting, opening, asked_for_module, in_core };

constexpr std::uint64_t character_device = 0020666, regular_file = 0100444;

Return opened(Kernel& kernel, OpenFileRow& row)
{
    row.open_done = 1;
    return {kernel.machine().table<OpenFileRow>().number_of(row) + first_descriptor};
}

/// The operations of a /proc entry's inode: proc_iops of 2.4, ops of 2.2; NULL when it has none.
GuestAddr inode_operations(Kernel& kernel, GuestAddr entry)
{
    const GuestStruct fields(kernel, "struct proc_dir_entry", entry);
    return fields.pointer(fields.has("proc_iops") ? "proc_iops" : "ops");
}

/// The function that open_namei asks for permission; NULL when there is none.
GuestAddr proc_permission(Kernel& kernel, GuestAddr entry)
{
    constexpr std::string_view type = "struct inode_operations";
    const auto operations = entry ? inode_operations(kernel, entry) : GuestAddr{};
    if (!operations || !kernel.layouts().has(type, "permission")) return {};
    return GuestStruct(kernel, type, operations).pointer("permission");
}

/// ACC_MODE: MAY_READ and MAY_WRITE of open's flags. Source: fs/namei.c.
std::uint64_t access_mask(std::uint64_t flags)
{
    constexpr std::uint64_t may_write = 2, may_read = 4;
    constexpr std::uint64_t masks[] = {may_read, may_write, may_read | may_write, may_read | may_write};
    return masks[flags & 3];
}

Step call_open(Kernel& kernel, Frame& frame, OpenFileRow& row)
{
    const auto open = file_operation(kernel, row, "open");
    if (!open) return opened(kernel, row);
    frame.phase = opening;
    return CallGuest{open, {row.inode, row.file}, 2, "open"};
}

/// The file's objects, its driver's module held, and its driver's open called.
Step open_with(Kernel& kernel, Frame& frame, const FileRequest& request)
{
    const auto owner = operations_owner(kernel, {request.operations});
    if (!hold_module(kernel, owner)) return failure(kernel, Errno::enodev);
    auto* row = make_file(kernel, request);
    if (!row) {
        release_module(kernel, owner);
        return failure(kernel, Errno::enfile);
    }
    row->owner = owner.value;
    frame.local<std::uint32_t>() = kernel.machine().table<OpenFileRow>().number_of(*row);
    if (const auto permission = proc_permission(kernel, {request.proc_entry})) {
        frame.phase = permitting;
        return CallGuest{permission, {row->inode, access_mask(request.flags)}, 2, "permission"};
    }
    return call_open(kernel, frame, *row);
}

/// Nobody has registered that device: once, user space is asked for who might.
Step no_driver(Kernel& kernel, Frame& frame, const std::string& module)
{
    if (frame.phase == asked_for_module) return failure(kernel, Errno::enodev);
    frame.phase = asked_for_module;
    const auto asked = kernel.module_requests().ask(module);
    if (asked && *asked) return **asked;
    return failure(kernel, Errno::enodev);
}

Step open_misc(Kernel& kernel, Frame& frame, FileRequest request)
{
    const auto device = find_misc(kernel, request.device.minor);
    if (!device) return no_driver(kernel, frame, fmt::format("char-major-{}-{}", misc_major, request.device.minor));
    request.operations = GuestStruct(kernel, "struct miscdevice", device).get("fops");
    return open_with(kernel, frame, request);
}

Step open_device(Kernel& kernel, Frame& frame, FileRequest request)
{
    request.mode = character_device;
    if (request.device.major == misc_major) return open_misc(kernel, frame, request);
    const auto* major = find_major(kernel, DeviceKind::character, request.device.major);
    if (!major) return no_driver(kernel, frame, fmt::format("char-major-{}", request.device.major));
    // Differs from 2.4: the kernel's own drivers (memory, terminals) are names without a device behind them.
    if (!major->operations) return failure(kernel, Errno::enxio);
    request.operations = major->operations;
    return open_with(kernel, frame, request);
}

Step open_kernel_text(Kernel& kernel, const FileRequest& request)
{
    auto* row = kernel.machine().table<OpenFileRow>().insert();
    if (!row || request.path.size() >= sizeof row->path) return failure(kernel, Errno::enfile);
    request.path.copy(row->path, sizeof row->path - 1);
    row->process = kernel.processes().own();
    row->pid = kernel.threads().current()->pid;
    return opened(kernel, *row);
}

Step open_in_core(Kernel& kernel, Frame& frame)
{
    frame.phase = in_core;
    const auto call = call_core(kernel, "core_open", {frame.arguments[0], frame.arguments[1], frame.arguments[2]});
    return call ? Step{*call} : failure(kernel, Errno::enoent);
}

Step open_proc(Kernel& kernel, Frame& frame, FileRequest request)
{
    constexpr std::string_view mount = "/proc/";
    if (is_kernel_text(kernel, request.path)) return open_kernel_text(kernel, request);
    const auto root = kernel.symbols().find_variable("proc_root");
    const auto entry = root ? find_proc_entry(kernel, *root, std::string_view(request.path).substr(mount.size())) : GuestAddr{};
    if (!entry) return open_in_core(kernel, frame); // below /proc, too, a file system may be mounted
    if (is_proc_directory(kernel, entry)) return failure(kernel, Errno::eisdir);
    request.mode = regular_file;
    request.proc_entry = entry.value;
    const GuestStruct fields(kernel, "struct proc_dir_entry", entry);
    if (fields.has("proc_fops")) {
        request.operations = fields.get("proc_fops");
    } else if (const auto operations = fields.pointer("ops")) { // 2.2: by its inode_operations
        request.operations = GuestStruct(kernel, "struct inode_operations", operations).get("default_file_ops");
    }
    return open_with(kernel, frame, request);
}

/// What core_open gave: a struct file, or an error as a pointer. Where nobody made a node, "/dev/scull0" is minor 0 of scull.
Step opened_in_core(Kernel& kernel, Frame& frame)
{
    const auto result = kernel.arch().word(frame.result);
    if (result == SyscallResult::failure(Errno::enoent, kernel.arch()).word) {
        const auto path = kernel.user().get_mod_name({frame.arguments[0]});
        const auto device = path ? find_numbered_device(kernel, *path) : std::nullopt;
        frame.phase = entered;
        if (device) return open_device(kernel, frame, {*path, frame.arguments[1], 0, 0, *device, 0});
    }
    if (kernel.arch().signed_word(result) < 0 && kernel.arch().signed_word(result) > -1000) return Return{result};
    auto* row = kernel.machine().table<OpenFileRow>().insert();
    if (!row) return failure(kernel, Errno::enfile);
    row->file = result;
    row->in_core = 1;
    row->process = kernel.processes().own();
    row->pid = kernel.threads().current()->pid;
    return opened(kernel, *row);
}

} // namespace

Step sys_open(Kernel& kernel, Frame& frame)
{
    if (frame.phase == in_core) return opened_in_core(kernel, frame);
    if (frame.phase == permitting || frame.phase == opening) {
        auto* row = kernel.machine().table<OpenFileRow>().find(frame.local<std::uint32_t>());
        if (!row) return failure(kernel, Errno::ebadf);
        const auto result = static_cast<std::int32_t>(frame.result);
        if (result == 0) return frame.phase == permitting ? call_open(kernel, frame, *row) : opened(kernel, *row);
        drop_file(kernel, *row);
        return Return{kernel.arch().word(static_cast<std::uint64_t>(static_cast<std::int64_t>(result)))};
    }
    const auto path = kernel.user().get_mod_name({frame.arguments[0]});
    if (!path) return failure(kernel, path.error() == Errno::einval ? Errno::enoent : path.error());
    FileRequest request{*path, frame.arguments[1], 0, 0, {}, 0};
    if (path->starts_with("/proc/")) return open_proc(kernel, frame, request);
    const auto device = find_device(kernel, *path);
    if (!device) return open_in_core(kernel, frame);
    request.device = *device;
    return open_device(kernel, frame, request);
}

} // namespace retromod
