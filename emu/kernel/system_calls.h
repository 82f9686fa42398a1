// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/abi/syscall_result.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/thread.h"

namespace retromod {

// The system calls as step functions, one file each. A frame's arguments are the call's, in order.
Step sys_create_module(Kernel&, Frame&);   ///< (name, size)
Step sys_init_module(Kernel&, Frame&);     ///< (name, image)
Step sys_delete_module(Kernel&, Frame&);   ///< (name)
Step sys_query_module(Kernel&, Frame&);    ///< (name, which, buffer, bufsize, ret)
Step sys_get_kernel_syms(Kernel&, Frame&); ///< (table)
Step sys_open(Kernel&, Frame&);            ///< (path, flags, mode)
Step sys_close(Kernel&, Frame&);           ///< (fd)
Step sys_read(Kernel&, Frame&);            ///< (fd, buffer, count)
Step sys_write(Kernel&, Frame&);           ///< (fd, buffer, count)
Step sys_lseek(Kernel&, Frame&);           ///< (fd, offset, whence)
Step sys_ioctl(Kernel&, Frame&);           ///< (fd, command, argument)
Step sys_fcntl(Kernel&, Frame&);           ///< (fd, command, argument)
Step sys_poll_file(Kernel&, Frame&);       ///< (fd)
/// Calls a guest function, for tools and tests: (function, up to five arguments).
Step call_function(Kernel&, Frame&);

/// The step function of a system call of releases up to 2.5.47 by its name, "open"; null when there is none.
StepFunction find_system_call(std::string_view name);

/// The result word of an error.
inline Return failure(Kernel& kernel, Errno error) { return {SyscallResult::failure(error, kernel.arch()).word}; }

/// Whether `module` can be asked for names and symbols: running (2.4: or initializing) and not being deleted.
/// Source: the QM_ functions and sys_get_kernel_syms of kernel/module.c.
inline bool is_queryable(Kernel& kernel, const ModuleView& module)
{
    const auto live = module_flag::running | (kernel.rules().has_initializing ? module_flag::initializing : 0);
    return (module.flags() & (live | module_flag::deleted)) != 0 && !module.flag(module_flag::deleted);
}

/// The text of /proc/modules, with its cut at 4096 bytes. Source: get_module_list of kernel/module.c.
std::string proc_modules_text(Kernel&);

/// The text of /proc/ksyms, or ENOMEM where the release allocates for it.
ErrnoOr<std::string> proc_ksyms_text(Kernel&);

} // namespace retromod
