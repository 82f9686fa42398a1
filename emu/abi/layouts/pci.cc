// SPDX-License-Identifier: GPL-2.0-or-later
// PCI and resources: linux/pci.h, linux/ioport.h.
#include "emu/abi/layouts/tables.h"

namespace retromod::layouts {
namespace {

using enum LayoutVersion;

constexpr Member pci_dev_rows[] = {
    {"global_list", "struct list_head", {.since = v2_4_0}},
    {"bus_list", "struct list_head", {.since = v2_4_0}},
    {"bus", "struct pci_bus*"},
    {"sibling", "struct pci_dev*", {.until = v2_2_26}},
    {"next", "struct pci_dev*", {.until = v2_2_26}},
    {"subordinate", "struct pci_bus*", {.since = v2_4_0}},
    {"sysdata", "void*"},
    {"procent", "struct proc_dir_entry*"},
    {"devfn", "unsigned int"},
    {"vendor", "short unsigned int"},
    {"device", "short unsigned int"},
    {"subsystem_vendor", "short unsigned int", {.since = v2_4_0}},
    {"subsystem_device", "short unsigned int", {.since = v2_4_0}},
    {"class", "unsigned int"},
    {"hdr_type", "unsigned int", {.until = v2_2_26}},
    {"hdr_type", "u8", {.since = v2_4_0}},
    {"rom_base_reg", "u8", {.since = v2_4_0}},
    {"driver", "struct pci_driver*", {.since = v2_4_0}},
    {"driver_data", "void*", {.since = v2_4_0}},
    {"dma_mask", "dma_addr_t", {.since = v2_4_0, .until = v2_4_0}},
    {"dma_mask", "u64", {.since = v2_4_18_14}},
    {"current_state", "u32", {.since = v2_4_18_14}},
    {"vendor_compatible", "short unsigned int[4]", {.since = v2_4_0}},
    {"device_compatible", "short unsigned int[4]", {.since = v2_4_0}},
    {"master", "unsigned int:1", {.until = v2_2_26}},
    {"irq", "unsigned int"},
    {"base_address", "long unsigned int[6]", {.until = v2_2_26}},
    {"rom_address", "long unsigned int", {.until = v2_2_26}},
    {"resource", "struct resource[12]", {.since = v2_4_0}},
    {"dma_resource", "struct resource[2]", {.since = v2_4_0}},
    {"irq_resource", "struct resource[2]", {.since = v2_4_0}},
    {"name", "char[80]", {.since = v2_4_0, .until = v2_4_0}},
    {"name", "char[90]", {.since = v2_4_18_14}},
    {"slot_name", "char[8]", {.since = v2_4_0}},
    {"saved_state", "u32[16]", {.vendor = Vendor::yes}},
    {"active", "int", {.since = v2_4_0}},
    {"ro", "int", {.since = v2_4_0}},
    {"regs", "short unsigned int", {.since = v2_4_0}},
    {"transparent", "short unsigned int:1", {.since = v2_4_20}},
    {"prepare", "fn int(struct pci_dev*)*", {.since = v2_4_0}},
    {"activate", "fn int(struct pci_dev*)*", {.since = v2_4_0}},
    {"deactivate", "fn int(struct pci_dev*)*", {.since = v2_4_0}},
};

constexpr Member pci_bus_rows[] = {
    {"node", "struct list_head", {.since = v2_4_0}},
    {"parent", "struct pci_bus*"},
    {"children", "struct pci_bus*", {.until = v2_2_26}},
    {"children", "struct list_head", {.since = v2_4_0}},
    {"devices", "struct list_head", {.since = v2_4_0}},
    {"next", "struct pci_bus*", {.until = v2_2_26}},
    {"self", "struct pci_dev*"},
    {"devices", "struct pci_dev*", {.until = v2_2_26}},
    {"resource", "struct resource*[4]", {.since = v2_4_0}},
    {"ops", "struct pci_ops*", {.since = v2_4_0}},
    {"sysdata", "void*"},
    {"procdir", "struct proc_dir_entry*"},
    {"number", "unsigned char"},
    {"primary", "unsigned char"},
    {"secondary", "unsigned char"},
    {"subordinate", "unsigned char"},
    {"name", "char[48]", {.since = v2_4_0}},
    {"vendor", "short unsigned int", {.since = v2_4_0}},
    {"device", "short unsigned int", {.since = v2_4_0}},
    {"serial", "unsigned int", {.since = v2_4_0}},
    {"pnpver", "unsigned char", {.since = v2_4_0}},
    {"productver", "unsigned char", {.since = v2_4_0}},
    {"checksum", "unsigned char", {.since = v2_4_0}},
    {"pad1", "unsigned char", {.since = v2_4_0}},
};

constexpr Member pci_driver_rows[] = {
    {"node", "struct list_head"},
    {"name", "char*"},
    {"id_table", "const struct pci_device_id*"},
    {"probe", "fn int(struct pci_dev*,const struct pci_device_id*)*"},
    {"remove", "fn void(struct pci_dev*)*"},
    {"save_state", "fn int(struct pci_dev*,u32)*", {.since = v2_4_18_14}},
    {"suspend", "fn void(struct pci_dev*)*", {.until = v2_4_0}},
    {"suspend", "fn int(struct pci_dev*,u32)*", {.since = v2_4_18_14}},
    {"resume", "fn void(struct pci_dev*)*", {.until = v2_4_0}},
    {"resume", "fn int(struct pci_dev*)*", {.since = v2_4_18_14}},
    {"enable_wake", "fn int(struct pci_dev*,u32,int)*", {.since = v2_4_18_14}},
};

constexpr Member pci_device_id_rows[] = {
    {"vendor", "unsigned int"},
    {"device", "unsigned int"},
    {"subvendor", "unsigned int"},
    {"subdevice", "unsigned int"},
    {"class", "unsigned int"},
    {"class_mask", "unsigned int"},
    {"driver_data", "long unsigned int"},
};

constexpr Member pci_ops_rows[] = {
    {"read_byte", "fn int(struct pci_dev*,int,u8*)*"},
    {"read_word", "fn int(struct pci_dev*,int,u16*)*"},
    {"read_dword", "fn int(struct pci_dev*,int,u32*)*"},
    {"write_byte", "fn int(struct pci_dev*,int,u8)*"},
    {"write_word", "fn int(struct pci_dev*,int,u16)*"},
    {"write_dword", "fn int(struct pci_dev*,int,u32)*"},
};

constexpr Member resource_rows[] = {
    {"name", "const char*"},
    {"start", "long unsigned int"},
    {"end", "long unsigned int"},
    {"flags", "long unsigned int"},
    {"parent", "struct resource*"},
    {"sibling", "struct resource*"},
    {"child", "struct resource*"},
};

constexpr Member resource_list_rows[] = {
    {"next", "struct resource_list*"},
    {"res", "struct resource*"},
    {"dev", "struct pci_dev*"},
};

constexpr Structure table[] = {
    {"struct pci_dev", pci_dev_rows},
    {"struct pci_bus", pci_bus_rows},
    {"struct pci_driver", pci_driver_rows, {.since = v2_4_0}},
    {"struct pci_device_id", pci_device_id_rows, {.since = v2_4_0}},
    {"struct pci_ops", pci_ops_rows, {.since = v2_4_0}},
    {"struct resource", resource_rows, {.since = v2_4_0}},
    {"struct resource_list", resource_list_rows, {.since = v2_4_0}},
};

} // namespace

std::span<const Structure> pci_structures() { return table; }

} // namespace retromod::layouts
