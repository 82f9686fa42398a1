/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks for a PCI function and reads what it and the ports of an old card hold. */
#include <asm/io.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/pci.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("reads ports and device memory");

static int port = 0x300, vendor = 0x10ec, device = 0x8139;
MODULE_PARM(port, "i");
MODULE_PARM(vendor, "i");
MODULE_PARM(device, "i");

static int read_function(struct pci_dev *function)
{
    unsigned long at = function->resource[1].start;
    volatile unsigned int *registers;
    printk(KERN_INFO "ports: %04x:%04x irq %u, ports from %#lx, memory from %#lx\n", vendor, device, function->irq,
           function->resource[0].start, at);
    if (!at) return 0;
    registers = __ioremap(at, 256, 0);
    if (!registers) return -ENOMEM;
    printk(KERN_INFO "ports: memory %#x %#x\n", registers[0], registers[1]);
    registers[1] = 0x1234;
    printk(KERN_INFO "ports: memory %#x after a store\n", registers[1]);
    iounmap((void *)registers);
    return 0;
}

static int __init ports_init(void)
{
    struct pci_dev *function = pci_find_device(vendor, device, NULL);
    unsigned int before = inb(port);
    outb(0x5a, port);
    printk(KERN_INFO "ports: %#x: %#x, then %#x; word %#x, long %#x\n", port, before, inb(port), inw(port + 2), inl(port + 4));
    return function ? read_function(function) : 0;
}

static void __exit ports_exit(void) {}

module_init(ports_init);
module_exit(ports_exit);
