/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#ifdef __i386__
#define asmlinkage __attribute__((regparm(0)))
#define FASTCALL(declaration) declaration __attribute__((regparm(3)))
#else
#define asmlinkage
#define FASTCALL(declaration) declaration
#endif
