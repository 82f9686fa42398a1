/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#define __init
#define __exit

/* insmod looks for these two names. */
#define module_init(function) int init_module(void) __attribute__((alias(#function)))
#define module_exit(function) void cleanup_module(void) __attribute__((alias(#function)))
