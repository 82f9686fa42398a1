// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/exports/family.h"

namespace retromod {

// One for each file of this folder that offers something, by the kernel header it stands for.
extern const Family linux_kernel, linux_string, linux_slab, linux_mm, linux_vmalloc, asm_uaccess, asm_copy_user, asm_alpha,
    asm_delay, asm_processor, linux_timer, linux_sched, asm_semaphore, asm_rwsem, linux_interrupt, linux_tqueue, linux_ioport,
    asm_dma, linux_module, linux_kmod, linux_notifier, linux_random, linux_proc_fs, linux_sysctl, linux_fs_devices, linux_fs,
    linux_nls, linux_blkdev, linux_genhd, linux_mc146818rtc, linux_tty, linux_pci, linux_netdevice, linux_etherdevice,
    linux_skbuff, linux_net, linux_signal,
    linux_misc, linux_dcache, linux_fs_inodes, linux_fs_buffers, linux_files, linux_fs_names, linux_locks, linux_pagemap,
    linux_seq_file, linux_utf8, linux_blkdev_requests, linux_mempool, linux_ide, linux_ide_requests, linux_md, linux_fb,
    video_fbcon, linux_pci_pool, linux_pci_regions, asm_mtrr, linux_netdevice_control, linux_ethtool, net_checksum, net_sock,
    linux_filter, linux_rtnetlink, net_neighbour, net_ip, net_tcp, linux_atmdev, linux_rbtree, linux_zlib, linux_binfmts,
    linux_personality, linux_syscalls, linux_system, linux_crypto, linux_devfs_fs_kernel, linux_mca, linux_fs_2_2, net_2_2,
    scsi_hosts, scsi_devices, linux_ide_pci, linux_crc32, linux_cdrom, linux_comx, linux_acpi, linux_sunrpc, linux_msdos_fs,
    net_conntrack, linux_wireless, linux_atm_hooks, linux_devfs_numbers, listed_functions, pcmcia_cs, core_services, core_names,
    core_pages, core_block, wide_arithmetic, asm_bitops, asm_io, sparc_string, alpha_machine, arm_machine, m68k_machine,
    mips_machine, ppc_machine, sparc_machine, x86_64_machine;

/// All of them, in the order in which docs/exports.md lists them and their boot functions run.
std::span<const Family* const> all_families();

} // namespace retromod
