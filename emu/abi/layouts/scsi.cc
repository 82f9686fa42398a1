// SPDX-License-Identifier: GPL-2.0-or-later
// The SCSI mid-layer's templates and hosts: drivers/scsi/hosts.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member host_template_rows[] = {
    {"next", "struct SHT*"},
    {"module", "struct module*"},
    {"proc_dir", "struct proc_dir_entry*"},
    {"proc_info", "fn int(char*,char**,off_t,int,int,int)*"},
    {"name", "char*"},
    {"detect", "fn int(struct SHT*)*"},
    {"revoke", "fn int(Scsi_Device*)*", {.since = v2_4_0}},
    {"release", "fn int(struct Scsi_Host*)*"},
    {"info", "fn char*(struct Scsi_Host*)*"},
    {"ioctl", "fn int(Scsi_Device*,int,void*)*"},
    {"command", "fn int(Scsi_Cmnd*)*"},
    {"queuecommand", "fn int(Scsi_Cmnd*,fn void(Scsi_Cmnd*)*)*"},
    {"eh_strategy_handler", "fn int(struct Scsi_Host*)*"},
    {"eh_abort_handler", "fn int(Scsi_Cmnd*)*"},
    {"eh_device_reset_handler", "fn int(Scsi_Cmnd*)*"},
    {"eh_bus_reset_handler", "fn int(Scsi_Cmnd*)*"},
    {"eh_host_reset_handler", "fn int(Scsi_Cmnd*)*"},
    {"abort", "fn int(Scsi_Cmnd*)*"},
    {"reset", "fn int(Scsi_Cmnd*,unsigned int)*"},
    {"slave_attach", "fn int(int,int)*"},
    {"bios_param", "fn int(Disk*,kdev_t,int*)*"},
    {"select_queue_depths", "fn void(struct Scsi_Host*,Scsi_Device*)*", {.since = v2_4_18_14}},
    {"can_queue", "int"},
    {"this_id", "int"},
    {"sg_tablesize", "short unsigned int"},
    {"max_sectors", "short unsigned int", {.since = v2_4_18_14}},
    {"cmd_per_lun", "short int"},
    {"present", "unsigned char"},
    {"unchecked_isa_dma", "unsigned int:1"},
    {"use_clustering", "unsigned int:1"},
    {"use_new_eh_code", "unsigned int:1"},
    {"emulated", "unsigned int:1"},
    {"highmem_io", "unsigned int:1", {.since = v2_4_18_14}},
    {"can_do_varyio", "unsigned int:1", {.vendor = Vendor::yes}},
    {"proc_name", "char*", {.since = v2_4_0}},
};

constexpr Member host_rows[] = {
    {"next", "struct Scsi_Host*"},
    {"host_queue", "Scsi_Device*"},
    {"pending_commands", "Scsi_Cmnd*", {.until = v2_2_26}},
    {"ehandler", "struct task_struct*"},
    {"eh_wait", "struct semaphore*"},
    {"eh_notify", "struct semaphore*"},
    {"eh_action", "struct semaphore*"},
    {"eh_active", "unsigned int:1"},
    {"host_wait", "struct wait_queue*", {.until = v2_2_26}},
    {"host_wait", "wait_queue_head_t", {.since = v2_4_0}},
    {"lock", "spinlock_t*", {.vendor = Vendor::yes}},
    {"hostt", "struct SHT*"},
    {"host_active", "atomic_t"},
    {"host_busy", "short unsigned int", {.vendor = Vendor::no}},
    {"host_busy", "atomic_t", {.vendor = Vendor::yes}},
    {"host_failed", "short unsigned int"},
    {"extra_bytes", "short unsigned int"},
    {"host_no", "short unsigned int"},
    {"resetting", "int"},
    {"last_reset", "long unsigned int"},
    {"max_id", "unsigned int"},
    {"max_lun", "unsigned int"},
    {"max_channel", "unsigned int"},
    {"block", "struct Scsi_Host*", {.until = v2_2_26}},
    {"wish_block", "unsigned int:1", {.until = v2_2_26}},
    {"base", "long unsigned int"},
    {"io_port", "long unsigned int"},
    {"n_io_port", "unsigned char"},
    {"dma_channel", "unsigned char"},
    {"irq", "unsigned int"},
    {"unique_id", "unsigned int"},
    {"max_cmd_len", "unsigned char", {.since = v2_4_18_14}},
    {"this_id", "int"},
    {"can_queue", "int"},
    {"cmd_per_lun", "short int"},
    {"sg_tablesize", "short unsigned int"},
    {"max_sectors", "short unsigned int", {.since = v2_4_18_14}},
    {"in_recovery", "unsigned int:1"},
    {"unchecked_isa_dma", "unsigned int:1"},
    {"use_clustering", "unsigned int:1"},
    {"highmem_io", "unsigned int:1", {.since = v2_4_18_14}},
    {"loaded_as_module", "unsigned int:1"},
    {"host_blocked", "unsigned int:1"},
    {"host_self_blocked", "unsigned int:1", {.since = v2_4_0}},
    {"reverse_ordering", "unsigned int:1"},
    {"some_device_starved", "unsigned int:1", {.since = v2_4_0}},
    {"select_queue_depths", "fn void(struct Scsi_Host*,Scsi_Device*)*"},
    {"pci_dev", "struct pci_dev*", {.since = v2_4_0}},
};

constexpr Member device_template_rows[] = {
    {"next", "struct Scsi_Device_Template*"},
    {"name", "char*"},
    {"tag", "char*"},
    {"module", "struct module*"},
    {"scsi_type", "unsigned char"},
    {"major", "unsigned char", {.until = v2_2_26}},
    {"nr_dev", "unsigned char", {.until = v2_2_26}},
    {"dev_noticed", "unsigned char", {.until = v2_2_26}},
    {"dev_max", "unsigned char", {.until = v2_2_26}},
    {"major", "unsigned int", {.since = v2_4_0}},
    {"min_major", "unsigned int", {.since = v2_4_0}},
    {"max_major", "unsigned int", {.since = v2_4_0}},
    {"nr_dev", "unsigned int", {.since = v2_4_0}},
    {"dev_noticed", "unsigned int", {.since = v2_4_0}},
    {"dev_max", "unsigned int", {.since = v2_4_0}},
    {"blk", "unsigned int:1"},
    {"detect", "fn int(Scsi_Device*)*"},
    {"init", "fn int()*"},
    {"finish", "fn void()*"},
    {"attach", "fn int(Scsi_Device*)*"},
    {"detach", "fn void(Scsi_Device*)*"},
    {"init_command", "fn int(Scsi_Cmnd*)*", {.since = v2_4_0}},
};

constexpr Structure table[] = {
    {"struct SHT", host_template_rows},
    {"struct Scsi_Host", host_rows},
    {"struct Scsi_Device_Template", device_template_rows},
};

} // namespace

std::span<const Structure> scsi_structures() { return table; }

} // namespace retromod::layouts
