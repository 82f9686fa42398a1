/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

extern struct pci_dev *pci_find_device(unsigned int vendor, unsigned int device, const struct pci_dev *from);
