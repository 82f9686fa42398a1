/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

extern int register_chrdev(unsigned int major, const char *name, struct file_operations *operations);
extern int unregister_chrdev(unsigned int major, const char *name);
