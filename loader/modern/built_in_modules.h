// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <algorithm>
#include <string_view>

namespace retromod {

/// Parts of the kernel itself that have a folder in /sys/module, because they have parameters or a version.
/// Source: /sys/module of a Debian kernel without modules.
inline bool is_built_in(std::string_view name)
{
    constexpr std::string_view names[] = {
        "8250",
        "acpi",
        "apparmor",
        "ata_piix",
        "block",
        "blk_cgroup",
        "configfs",
        "cpuidle",
        "cpufreq",
        "crc32",
        "cryptomgr",
        "dns_resolver",
        "drm",
        "dynamic_debug",
        "edac_core",
        "efi_pstore",
        "efivars",
        "firmware_class",
        "gpiolib_acpi",
        "haltpoll",
        "hid",
        "i8042",
        "ima",
        "intel_idle",
        "ipv6",
        "jbd2",
        "kernel",
        "keyboard",
        "kgdb_nmi",
        "kgdboc",
        "libata",
        "lockdown",
        "md_mod",
        "module",
        "mousedev",
        "netpoll",
        "nmi_backtrace",
        "page_alloc",
        "page_reporting",
        "pci_hotplug",
        "pcie_aspm",
        "pciehp",
        "ppp",
        "printk",
        "processor",
        "pstore",
        "random",
        "rcupdate",
        "rcutree",
        "rng_core",
        "scsi_mod",
        "secretmem",
        "shpchp",
        "spurious",
        "srcutree",
        "suspend",
        "sysrq",
        "tcp_cubic",
        "thermal",
        "tpm",
        "tpm_crb",
        "tpm_tis",
        "usbcore",
        "usbhid",
        "vt",
        "watchdog",
        "workqueue",
        "xen",
        "xz_dec",
        "zswap",
    };
    return std::ranges::find(names, name) != std::end(names);
}

} // namespace retromod
