/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For sources that are compiled for several kernels: LINUX_VERSION_CODE comes from the command line. */
#ifndef RETROMOD_LINUX_VERSION_H
#define RETROMOD_LINUX_VERSION_H

#define KERNEL_VERSION(version, patch, more) (((version) << 16) + ((patch) << 8) + ((more) > 255 ? 255 : (more)))

#endif
