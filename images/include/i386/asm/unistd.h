/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of system calls that modules replace or make. Source: include/asm-i386/unistd.h of 2.4. */
#pragma once

#define __NR_read 3
#define __NR_write 4
#define __NR_open 5
#define __NR_close 6
#define __NR_unlink 10
#define __NR_lseek 19
#define __NR_mkdir 39
#define __NR_rmdir 40
#define __NR_ioctl 54
#define __NR_init_module 128
#define __NR_delete_module 129
#define __NR_query_module 167
