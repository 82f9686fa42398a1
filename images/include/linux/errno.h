/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers that all architectures of 2.4 share. */
#pragma once

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define EAGAIN 11
#define ENOMEM 12
#define EFAULT 14
#define EBUSY 16
#define ENODEV 19
#define EINVAL 22
#define ENOTTY 25
#define ENOSPC 28
#define ERESTARTSYS 512
