// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

/// What the leak sanitizer overlooks: Unicorn 2.0.1 never frees the bitmaps of pages that hold translated code. Named by
/// library, too, as a host without a symbolizer knows no function. For one file of each program; visible, as the sanitizer may
/// be a shared library.
extern "C" __attribute__((visibility("default"))) const char* __lsan_default_suppressions()
{
    return "leak:tb_invalidate_phys_page_fast\nleak:libunicorn.so\n";
}
