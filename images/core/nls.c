/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own character set, for names where none was asked for: characters up to 255 as they are.
 * Source: fs/nls/nls_base.c of 2.4. */
#include "service.h"

int core_nls_uni2char(unsigned short character, unsigned char *out, int bytes)
{
    if (bytes <= 0) return -ENAMETOOLONG;
    if (character > 255) return -EINVAL;
    *out = character;
    return 1;
}

int core_nls_char2uni(const unsigned char *in, int bytes, unsigned short *character)
{
    (void)bytes;
    if (!*in) return -EINVAL;
    *character = *in;
    return 1;
}
