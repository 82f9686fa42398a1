// SPDX-License-Identifier: GPL-2.0-or-later
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>

#ifdef __SANITIZE_ADDRESS__
/// What the leak sanitizer overlooks: Unicorn 2.0.1 never frees the bitmaps of pages that hold translated code.
extern "C" const char* __lsan_default_suppressions()
{
    return "leak:tb_invalidate_phys_page_fast\n";
}
#endif
