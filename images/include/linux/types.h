/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

typedef __PTRDIFF_TYPE__ ssize_t;

#include <linux/structures.h> /* printed by images/generate_headers.cc */

#define NULL ((void *)0)
