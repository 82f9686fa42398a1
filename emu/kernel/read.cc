// SPDX-License-Identifier: GPL-2.0-or-later
// read(fd, buffer, count). Source: sys_read of fs/read_write.c, proc_file_read of fs/proc/generic.c, 2.4.
#include "emu/kernel/core_calls.h"
#include "emu/kernel/file.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_sys.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

#include <algorithm>
#include <vector>

namespace retromod {
namespace {

enum Phase : std::uint32_t { entered, device_read, proc_read, setting_read };

/// A read of a /proc file by its read_proc or get_info: the page that they fill, and behind it `start` and `eof`.
struct ProcRead {
    GuestAddr page;
    std::uint64_t left, done;
};

constexpr std::uint64_t block_reserve = 1024; // PROC_BLOCK_SIZE is a page less than this
constexpr std::uint64_t scratch_bytes = 16;

GuestAddr start_at(Kernel& kernel, const ProcRead& state) { return state.page + kernel.arch().page_bytes; }
GuestAddr eof_at(Kernel& kernel, const ProcRead& state) { return start_at(kernel, state) + kernel.arch().word_bytes; }

Step finish(Kernel& kernel, const ProcRead& state, std::uint64_t result)
{
    kernel.heap().free(state.page);
    return Return{kernel.arch().word(result)};
}

std::uint64_t block(Kernel& kernel, const ProcRead& state)
{
    return std::min(state.left, kernel.arch().page_bytes - block_reserve);
}

/// 2.2's files of the SCSI subsystem: what scsi_mod gave the kernel to be asked instead. Source: fs/proc/scsi.c of 2.2.
GuestAddr scsi_dispatcher(Kernel& kernel, const GuestStruct& entry)
{
    const auto operations = kernel.symbols().find_variable("proc_scsi_inode_operations");
    const auto dispatcher = operations ? kernel.symbols().find_variable("dispatch_scsi_info_ptr") : std::nullopt;
    if (!dispatcher || entry.pointer("ops") != *operations) return {};
    return kernel.memory().load_pointer(*dispatcher);
}

Step ask_proc(Kernel& kernel, Frame& frame, const OpenFileRow& row)
{
    auto& state = frame.local<ProcRead>();
    if (!state.left) return finish(kernel, state, state.done);
    const GuestStruct entry(kernel, "struct proc_dir_entry", {row.proc_entry});
    const auto position = kernel.arch().word(GuestStruct(kernel, "struct file", {row.file}).get("f_pos"));
    const auto count = block(kernel, state);
    kernel.memory().store_word(start_at(kernel, state), 0);
    frame.phase = proc_read;
    if (const auto get_info = entry.pointer("get_info"))
        return CallGuest{get_info, {state.page.value, start_at(kernel, state).value, position, count}, 5, "get_info"};
    if (const auto function = entry.pointer("read_proc"))
        return CallGuest{function,
                         {state.page.value, start_at(kernel, state).value, position, count, eof_at(kernel, state).value,
                          entry.get("data")},
                         6, "read_proc"};
    if (const auto function = scsi_dispatcher(kernel, entry))
        return CallGuest{function,
                         {entry.get("low_ino"), state.page.value, start_at(kernel, state).value, position, count, 0},
                         6, "dispatch_scsi_info"};
    return finish(kernel, state, state.done);
}

/// read_proc returned n: *start NULL means that the text begins at the page, a small *start that the position moves by
/// that much, another one where the text begins.
Step take_proc(Kernel& kernel, Frame& frame, const OpenFileRow& row)
{
    auto& state = frame.local<ProcRead>();
    auto& memory = kernel.memory();
    GuestStruct file(kernel, "struct file", {row.file});
    const bool old_style = GuestStruct(kernel, "struct proc_dir_entry", {row.proc_entry}).get("read_proc") == 0;
    const auto count = static_cast<std::int64_t>(block(kernel, state));
    const auto position = static_cast<std::int64_t>(file.get("f_pos"));
    std::int64_t n = static_cast<std::int32_t>(frame.result);
    bool eof = old_style ? n < count : memory.load<std::uint32_t>(eof_at(kernel, state)) != 0;
    auto start = memory.load_pointer(start_at(kernel, state));
    if (!start) {
        start = state.page + static_cast<std::uint64_t>(position);
        n -= position;
        if (n <= 0) return finish(kernel, state, state.done);
        n = std::min(n, count);
    }
    if (n == 0) return finish(kernel, state, state.done);
    if (n < 0) return finish(kernel, state, state.done ? state.done : static_cast<std::uint64_t>(n));
    const bool moves_by_start = start < state.page;
    std::vector<std::byte> text(static_cast<std::size_t>(std::min<std::int64_t>(n, static_cast<std::int64_t>(state.left))));
    memory.read_all(moves_by_start ? state.page : start, text);
    if (kernel.user().copy_to(GuestAddr{frame.arguments[1]} + state.done, text))
        return finish(kernel, state, state.done ? state.done : SyscallResult::failure(Errno::efault, kernel.arch()).word);
    file.set("f_pos", static_cast<std::uint64_t>(position) + (moves_by_start ? start.value : text.size()));
    state.done += text.size();
    state.left -= text.size();
    return eof ? finish(kernel, state, state.done) : ask_proc(kernel, frame, row);
}

Step ask_setting(Kernel& kernel, Frame& frame, const OpenFileRow& row, GuestAddr table)
{
    auto& length_at = frame.local<GuestAddr>();
    length_at = kernel.heap().allocate(kernel.arch().word_bytes);
    if (!length_at) return failure(kernel, Errno::enomem);
    frame.phase = setting_read;
    return call_setting(kernel, row, table, SettingAccess::read, {frame.arguments[1]}, frame.arguments[2], length_at);
}

Step take_setting(Kernel& kernel, Frame& frame)
{
    const auto length_at = frame.local<GuestAddr>();
    const auto length = kernel.memory().load_word(length_at);
    kernel.heap().free(length_at);
    return Return{kernel.arch().word(frame.result ? frame.result : length)};
}

Step read_kernel_text(Kernel& kernel, OpenFileRow& row, GuestAddr buffer, std::uint64_t count)
{
    const auto made = kernel_text(kernel, row.path);
    if (!made) return failure(kernel, made.error());
    if (row.position >= made->size()) return Return{};
    const auto part = std::string_view(*made).substr(row.position, count);
    if (kernel.user().copy_to(buffer, std::as_bytes(std::span(part)))) return failure(kernel, Errno::efault);
    row.position += part.size();
    return Return{part.size()};
}

} // namespace

Step sys_read(Kernel& kernel, Frame& frame)
{
    auto* row = find_open_file(kernel, frame.arguments[0]);
    if (!row) return failure(kernel, Errno::ebadf);
    const GuestAddr buffer{frame.arguments[1]};
    const auto count = kernel.arch().word(frame.arguments[2]);
    switch (frame.phase) {
    case device_read: return Return{kernel.arch().word(frame.result)};
    case setting_read: return take_setting(kernel, frame);
    case proc_read: return take_proc(kernel, frame, *row);
    default: break;
    }
    if (row->in_core) {
        frame.phase = device_read;
        return *call_core(kernel, "core_read", {row->file, buffer.value, count});
    }
    if (!row->file) return read_kernel_text(kernel, *row, buffer, count);
    if (!has_mode(kernel, *row, file_mode::read)) return failure(kernel, Errno::ebadf);
    if (const auto function = file_operation(kernel, *row, "read")) {
        frame.phase = device_read;
        const auto position = GuestStruct(kernel, "struct file", {row->file}).address("f_pos");
        return CallGuest{function, {row->file, buffer.value, count, position.value}, 4, "read", ResultType::word};
    }
    if (!row->proc_entry) return failure(kernel, Errno::einval);
    if (const auto table = setting_of(kernel, *row)) return ask_setting(kernel, frame, *row, table);
    auto& state = frame.local<ProcRead>();
    state = {kernel.heap().allocate(kernel.arch().page_bytes + scratch_bytes), count, 0};
    if (!state.page) return failure(kernel, Errno::enomem);
    return ask_proc(kernel, frame, *row);
}

} // namespace retromod
