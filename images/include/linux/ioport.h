/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

extern struct resource ioport_resource;
extern struct resource *__request_region(struct resource *parent, unsigned long start, unsigned long size, const char *name);
#define request_region(start, size, name) __request_region(&ioport_resource, (start), (size), (name))
