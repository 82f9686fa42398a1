/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Error numbers: those of i386 and most others, of mips, of alpha, of sparc. Source: include/asm-ARCH/errno.h of 2.4. */
#pragma once

#if defined(__mips__)
#define ERROR(generic, mips, alpha, sparc) mips
#elif defined(__alpha__)
#define ERROR(generic, mips, alpha, sparc) alpha
#elif defined(__sparc__)
#define ERROR(generic, mips, alpha, sparc) sparc
#else
#define ERROR(generic, mips, alpha, sparc) generic
#endif

enum {
    EPERM = ERROR(1, 1, 1, 1),
    ENOENT = ERROR(2, 2, 2, 2),
    EINTR = ERROR(4, 4, 4, 4),
    EIO = ERROR(5, 5, 5, 5),
    ENOEXEC = 8,
    ENXIO = ERROR(6, 6, 6, 6),
    EBADF = ERROR(9, 9, 9, 9),
    EAGAIN = ERROR(11, 11, 35, 11),
    ENOMEM = ERROR(12, 12, 12, 12),
    EACCES = ERROR(13, 13, 13, 13),
    EFAULT = ERROR(14, 14, 14, 14),
    ENOTBLK = ERROR(15, 15, 15, 15),
    EBUSY = ERROR(16, 16, 16, 16),
    EEXIST = ERROR(17, 17, 17, 17),
    EXDEV = ERROR(18, 18, 18, 18),
    ENODEV = ERROR(19, 19, 19, 19),
    ENOTDIR = ERROR(20, 20, 20, 20),
    EISDIR = ERROR(21, 21, 21, 21),
    EINVAL = ERROR(22, 22, 22, 22),
    ENFILE = ERROR(23, 23, 23, 23),
    EMFILE = ERROR(24, 24, 24, 24),
    ENOTTY = ERROR(25, 25, 25, 25),
    ETXTBSY = ERROR(26, 26, 26, 26),
    EFBIG = ERROR(27, 27, 27, 27),
    ENOSPC = ERROR(28, 28, 28, 28),
    ESPIPE = ERROR(29, 29, 29, 29),
    EROFS = ERROR(30, 30, 30, 30),
    EMLINK = ERROR(31, 31, 31, 31),
    EPIPE = ERROR(32, 32, 32, 32),
    ENAMETOOLONG = ERROR(36, 78, 63, 63),
    ENOTEMPTY = ERROR(39, 93, 66, 66),
    ELOOP = ERROR(40, 90, 62, 62),
    ESTALE = ERROR(116, 151, 70, 70),
    EOVERFLOW = ERROR(75, 79, 112, 92),
    ENOSYS = ERROR(38, 89, 78, 90),
};
