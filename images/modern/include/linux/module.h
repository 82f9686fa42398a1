/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What module sources name their headers since 2.6; all of it is in one. */
#ifndef RETROMOD_MODERN_LINUX_MODULE_H
#define RETROMOD_MODERN_LINUX_MODULE_H
#include <module.h>

#define MODULE_AUTHOR(text) MODULE_INFO(author, text)
#define MODULE_ALIAS(text) MODULE_INFO(alias, text)
#define MODULE_VERSION(text) MODULE_INFO(version, text)
#define MODULE_PARM_DESC(name, text) MODULE_INFO(parm, #name ":" text)

#endif
