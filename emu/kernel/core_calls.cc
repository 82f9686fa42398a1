// SPDX-License-Identifier: GPL-2.0-or-later
// System calls whose work is done by the core in the guest (images/core/{file,name}_calls.c).
#include "emu/kernel/core_calls.h"

#include "emu/kernel/file.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

#include <algorithm>
#include <utility>

namespace retromod {
namespace {

struct CoreCall {
    std::string_view name;     ///< of the system call
    std::string_view function; ///< of the core
    unsigned arguments;
    bool takes_descriptor = false; ///< as its first argument
};

constexpr CoreCall calls[] = {
    {"mount", "core_mount", 5},       {"umount", "core_umount", 2},     {"stat", "core_stat", 3},
    {"statfs", "core_statfs", 2},     {"readlink", "core_readlink", 3}, {"mkdir", "core_mkdir", 2},
    {"rmdir", "core_rmdir", 1},       {"unlink", "core_unlink", 1},     {"rename", "core_rename", 2},
    {"link", "core_link", 2},         {"symlink", "core_symlink", 2},   {"mknod", "core_mknod", 3},
    {"chmod", "core_chmod", 2},       {"chown", "core_chown", 4},       {"utime", "core_utime", 3},
    {"truncate", "core_truncate", 2}, {"access", "core_access", 2},     {"chdir", "core_chdir", 1},
    {"chroot", "core_chroot", 1},     {"sync", "core_sync", 0},         {"mounts", "core_mounts", 2},
    {"pread", "core_pread", 4, true}, {"pwrite", "core_pwrite", 4, true}, {"fsync", "core_fsync", 1, true},
    {"ftruncate", "core_ftruncate", 2, true}, {"getdents64", "core_getdents64", 3, true}, {"fstat", "core_fstat", 2, true},
};

bool has_core(Kernel& kernel) { return kernel.machine().single<CoreRow>().base != 0; }

Step make_call(Kernel& kernel, Frame& frame, const CoreCall& call)
{
    if (frame.phase++) return Return{kernel.arch().word(frame.result)};
    CallGuest guest;
    const auto entry = has_core(kernel) ? kernel.symbols().address(call.function) : std::nullopt;
    if (!entry) return failure(kernel, Errno::enosys);
    guest.function = *entry;
    guest.argument_count = call.arguments;
    guest.why = call.name.data();
    guest.result = ResultType::word;
    std::copy_n(frame.arguments.begin(), call.arguments, guest.arguments.begin());
    if (call.takes_descriptor) {
        const auto* row = find_open_file(kernel, frame.arguments[0]);
        if (!row) return failure(kernel, Errno::ebadf);
        if (!row->in_core) return failure(kernel, Errno::einval);
        guest.arguments[0] = row->file;
    }
    return guest;
}

template <std::size_t index>
Step by_core(Kernel& kernel, Frame& frame) { return make_call(kernel, frame, calls[index]); }

template <std::size_t... index>
constexpr std::array<StepEntry, sizeof...(index)> entries(std::index_sequence<index...>)
{
    return {StepEntry{calls[index].name, by_core<index>}...};
}

constexpr auto table = entries(std::make_index_sequence<std::size(calls)>());

} // namespace

std::optional<CallGuest> call_core(Kernel& kernel, std::string_view function, std::initializer_list<std::uint64_t> arguments)
{
    const auto entry = has_core(kernel) ? kernel.symbols().address(function) : std::nullopt;
    if (!entry) return std::nullopt;
    CallGuest call{*entry};
    std::ranges::copy(arguments, call.arguments.begin());
    call.argument_count = static_cast<unsigned>(arguments.size());
    call.why = function.data();
    call.result = ResultType::word;
    return call;
}

Step start_core(Kernel& kernel, Frame& frame)
{
    auto& core = kernel.machine().single<CoreRow>();
    if (frame.phase++) return Return{};
    core.is_up = 1; // what core_init calls by entries is the core's own
    return CallGuest{{core.initialize}, {}, 0, "core_init"};
}

std::span<const StepEntry> core_system_calls() { return table; }

} // namespace retromod
