/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "vfs.h"

/* The mount at the top of all names. */
extern struct vfsmount *root_mount;
void set_root(struct vfsmount *mount);
/* The mount behind that one, the first for NULL; NULL behind the last. */
struct vfsmount *next_mount(struct vfsmount *mount);

/* How many mounts a super block has. */
#define S_ACTIVE(super) (HAS(super_block, s_active) ? F(super, super_block, s_active) : 1)
