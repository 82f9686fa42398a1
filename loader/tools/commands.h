// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/tools/command.h"

namespace retromod {

// One file each, of the command's name.
int boot_command(const Invocation&);
int cat_command(const Invocation&);
int cc_command(const Invocation&);
int compare_command(const Invocation&);
int cp_command(const Invocation&);
int df_command(const Invocation&);
int disasm_command(const Invocation&);
int disk_command(const Invocation&);
int dmesg_command(const Invocation&);
int explain_command(const Invocation&);
int fsck_command(const Invocation&);
int gdb_command(const Invocation&);
int insmod_command(const Invocation&);
int ioctl_command(const Invocation&);
int ksyms_command(const Invocation&);
int layout_command(const Invocation&);
int ls_command(const Invocation&);
int lsmod_command(const Invocation&);
int mkdir_command(const Invocation&);
int mknod_command(const Invocation&);
int modinfo_command(const Invocation&);
int mount_command(const Invocation&);
int new_command(const Invocation&);
int read_command(const Invocation&);
int record_command(const Invocation&);
int replay_command(const Invocation&);
int report_command(const Invocation&);
int rm_command(const Invocation&);
int rmmod_command(const Invocation&);
int run_command(const Invocation&);
int exec_command(const Invocation&);
int irq_command(const Invocation&);
int shutdown_command(const Invocation&);
int snapshot_command(const Invocation&);
int status_command(const Invocation&);
int sweep_command(const Invocation&);
int test_command(const Invocation&);
int trace_command(const Invocation&);
int umount_command(const Invocation&);
int write_command(const Invocation&);

} // namespace retromod
