/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* CHECK counts; CHECK_IS shows both values of what was to be equal. */

#include <stdint.h>
#include <stdio.h>

static int passed, failed;

static void check_that(int holds, const char *what, int line)
{
    if (holds) ++passed;
    else {
        ++failed;
        printf("line %d: not so: %s\n", line, what);
    }
}

static void check_is(int64_t is, int64_t wanted, const char *what, int line)
{
    if (is == wanted) ++passed;
    else {
        ++failed;
        printf("line %d: %s is %lld, not %lld\n", line, what, (long long)is, (long long)wanted);
    }
}

#define CHECK(condition) check_that(!!(condition), #condition, __LINE__)
#define CHECK_IS(value, wanted) check_is((int64_t)(value), (int64_t)(wanted), #value, __LINE__)

static int checks_over(void)
{
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
