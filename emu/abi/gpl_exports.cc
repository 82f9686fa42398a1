// SPDX-License-Identifier: GPL-2.0-or-later
// Which symbols kernels export for GPL modules alone. Source: the EXPORT_SYMBOL_GPL lines of each release.
#include "emu/abi/gpl_exports.h"

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view from_2_4_18_14_to_2_4_18_14[] = {
    "__wake_up_sync", "apm_battery_hook", "apm_battery_hook_sem", "buffermem_pages", "cleanup_rbuf", "cpufreq_register",
    "cpufreq_restore", "cpufreq_set", "cpufreq_setmax", "cpufreq_unregister", "flush_dentry_attributes", "flush_signal_handlers",
    "idle_cpu", "ip_mc_join_group", "netdump_func", "netdump_mode", "nr_free_pages", "page_cache_size", "page_is_ram",
    "pci_generic_resume_compare", "pci_generic_resume_restore", "pci_generic_suspend_save", "rb_erase", "rb_insert_color",
    "register_ip_vs_app", "set_cpus_allowed", "show_mem", "show_regs", "show_state", "sock_map_fd", "socket_file_ops",
    "sockfd_lookup", "tcp_send_skb", "unregister_ip_vs_app",
};
constexpr std::string_view from_2_4_18_14_to_2_4_37_11[] = {
    "i2o_sys_init", "pci_hp_change_slot_info", "pci_hp_deregister", "pci_hp_register",
};
constexpr std::string_view from_2_4_22_to_2_4_37_11[] = {
    "__ide_do_rw_disk", "ac97_register_driver", "ac97_unregister_driver", "crypto_alg_available", "crypto_alloc_tfm",
    "crypto_free_tfm", "crypto_hmac", "crypto_hmac_final", "crypto_hmac_init", "crypto_hmac_update", "crypto_register_alg",
    "crypto_unregister_alg", "ide_add_generic_settings", "ide_build_dmatable", "ide_destroy_dmatable", "ide_dma_intr",
    "ide_get_best_pio_mode", "ide_pci_register_driver", "ide_pci_unregister_driver", "ide_pio_timings", "ide_set_xfer_rate",
    "ide_setup_dma", "ide_setup_pci_device", "ide_setup_pci_devices", "ip_conntrack_expect_find_get", "ip_conntrack_expect_put",
    "ip_conntrack_find_get", "ip_conntrack_put", "pcigame_attach", "pcigame_detach",
};
constexpr std::string_view from_2_4_37_11_to_2_4_37_11[] = {
    "__sata_phy_reset", "ata_add_to_probe_list", "ata_altstatus", "ata_bmdma_irq_clear", "ata_bmdma_setup", "ata_bmdma_start",
    "ata_bmdma_status", "ata_bmdma_stop", "ata_bus_reset", "ata_check_status", "ata_dev_classify", "ata_dev_config",
    "ata_dev_id_string", "ata_device_add", "ata_eng_timeout", "ata_exec_command", "ata_host_intr", "ata_host_set_remove",
    "ata_host_stop", "ata_interrupt", "ata_noop_dev_select", "ata_pci_host_stop", "ata_pci_init_native_mode", "ata_pci_init_one",
    "ata_pci_remove_one", "ata_port_disable", "ata_port_probe", "ata_port_start", "ata_port_stop", "ata_qc_complete",
    "ata_qc_issue_prot", "ata_qc_prep", "ata_ratelimit", "ata_scsi_detect", "ata_scsi_error", "ata_scsi_ioctl", "ata_scsi_queuecmd",
    "ata_scsi_release", "ata_scsi_simulate", "ata_sg_init", "ata_sg_init_one", "ata_std_bios_param", "ata_std_dev_select",
    "ata_std_ports", "ata_tf_from_fis", "ata_tf_load", "ata_tf_read", "ata_tf_to_fis", "ata_timing_compute", "ata_timing_merge",
    "ide_setup_no_dma", "pci_test_config_bits", "sata_phy_reset", "ssleep", "tty_ldisc_deref", "tty_ldisc_get", "tty_ldisc_put",
    "tty_ldisc_ref", "tty_ldisc_ref_wait",
};

/// Names that are GPL-only in the releases from `first` to `last`; each list is sorted.
struct GplExports {
    LayoutVersion first, last;
    std::span<const std::string_view> names;
};

constexpr GplExports table[] = {
    {LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14, from_2_4_18_14_to_2_4_18_14},
    {LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_37_11, from_2_4_18_14_to_2_4_37_11},
    {LayoutVersion::v2_4_22, LayoutVersion::v2_4_37_11, from_2_4_22_to_2_4_37_11},
    {LayoutVersion::v2_4_37_11, LayoutVersion::v2_4_37_11, from_2_4_37_11_to_2_4_37_11},
};

} // namespace

bool is_gpl_export(LayoutVersion version, std::string_view name)
{
    return std::ranges::any_of(table, [&](const GplExports& row) {
        return row.first <= version && version <= row.last && std::ranges::binary_search(row.names, name);
    });
}

} // namespace retromod
