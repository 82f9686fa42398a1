// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/family.h"

namespace retromod {

// One for each file of this folder that offers something, by the kernel header it stands for.
extern const Family linux_kernel, linux_string, linux_slab, linux_mm, linux_vmalloc, asm_uaccess, asm_copy_user, asm_alpha, asm_delay, asm_processor,
    linux_timer, linux_sched, asm_semaphore, asm_rwsem, linux_interrupt, linux_tqueue, linux_ioport, asm_dma, linux_module, linux_kmod,
    linux_notifier, linux_random, linux_proc_fs, linux_sysctl, linux_fs_devices, linux_fs, linux_nls, linux_blkdev, linux_tty,
    linux_pci, linux_netdevice, linux_skbuff, linux_net, linux_signal, linux_misc;

/// All of them, in the order in which docs/exports.md lists them and their boot functions run.
std::span<const Family* const> all_families();

} // namespace retromod
