/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/types.h>

#define LIST_HEAD_INIT(name) {&(name), &(name)}
#define INIT_LIST_HEAD(head) ((head)->next = (head)->prev = (head))
