/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module with one device table of each kind, as <linux/module.h> of 2.4 declares them.
   gcc -m32 -O1 -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -fcommon -c tables.c */
struct pci_device_id { unsigned vendor, device, subvendor, subdevice, class, class_mask; unsigned long driver_data; };
struct isapnp_device_id { unsigned short card_vendor, card_device, vendor, function; unsigned long driver_data; };
struct isapnp_card_id { unsigned long driver_data; unsigned short card_vendor, card_device; struct { unsigned short vendor, function; } devs[8]; };
struct usb_device_id { unsigned short match_flags, idVendor, idProduct, lo, hi; unsigned char bytes[6]; unsigned long driver_info; };
struct parport_device_id { const char *pattern; };
struct ieee1394_device_id { unsigned match_flags, vendor_id, model_id, specifier_id, version; void *driver_data; };
struct pnpbios_device_id { char id[8]; unsigned long driver_data; };

static struct pci_device_id pci[] = {{0x8086, 0x1229, 0xffffffff, 0xffffffff, 0x20000, 0xffff00, 7}, {0x10ec, 0x8139, 1, 2, 0, 0, 0}, {0}};
static struct isapnp_device_id pnp[] = {{0x6d50, 0x0550, 0x41d0, 0x0101, 3}, {0}};
static struct isapnp_card_id card[] = {{9, 0x1234, 0x5678, {{1, 2}, {3, 4}}}, {0}};
static struct usb_device_id usb[] = {{3, 0x046d, 0xc00c, 0x0100, 0x0200, {9, 8, 7, 6, 5, 4}, 0x55}, {0}};
static struct parport_device_id par[] = {{"lp*"}, {0}};
static struct ieee1394_device_id wire[] = {{0xc, 0x1234, 0x5678, 0x609e, 0x10483, 0}, {0}};
static struct pnpbios_device_id bios[] = {{"PNP0400", 0}, {{0}}};

#define TABLE(kind, type, name) \
    const unsigned long __module_##kind##_size = sizeof(struct type); \
    const struct type *__module_##kind##_table = name
TABLE(pci_device, pci_device_id, pci);
TABLE(isapnp_device, isapnp_device_id, pnp);
TABLE(isapnp_card, isapnp_card_id, card);
TABLE(usb_device, usb_device_id, usb);
TABLE(parport_device, parport_device_id, par);
TABLE(ieee1394_device, ieee1394_device_id, wire);
TABLE(pnpbios_device, pnpbios_device_id, bios);

static const char version[] __attribute__((section(".modinfo"), used)) = "kernel_version=2.4.20";
static const char string[] __attribute__((section(".modstring"), used)) = "isapnp:a generic string";
extern int missing(void);
int init_module(void) { return missing(); }
