/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers that all architectures of 2.4 share. */
#pragma once

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define EAGAIN 11
#define ENOMEM 12
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENOTTY 25
#define EFBIG 27
#define ENOSPC 28
#define EROFS 30
#define EMLINK 31
/* Differs between architectures. */
#ifdef __alpha__
#define ENOTEMPTY 66
#elif defined(__mips__)
#define ENOTEMPTY 93
#elif defined(__sparc__)
#define ENOTEMPTY 66
#else
#define ENOTEMPTY 39
#endif
#define ERESTARTSYS 512
