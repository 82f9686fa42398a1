/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The five calls of 2.4 from C: a module is made by hand, loaded, asked for and removed.
 * usage: old_calls FOLDER_OF_SAMPLES FOLDER_FOR_FILES */
#include "check.h"
#include "loader/api/retromod.h"

#include <errno.h>
#include <string.h>

/* struct module of 2.4 on i386. Source: include/linux/module.h of 2.4.20. */
struct module_24 {
    uint32_t size_of_struct, next, name, size;
    int32_t usecount;
    uint32_t flags, nsyms, ndeps, syms, deps, refs, init, cleanup, ex_table_start, ex_table_end;
    uint32_t persist_start, persist_end, can_unload, runsize, kallsyms_start, kallsyms_end, archdata_start, archdata_end;
    uint32_t kernel_data;
};

struct image {
    struct module_24 module;
    char name[16];
    uint8_t init[8];
};

/* An image for a module at `base` whose init routine returns `result`. */
static struct image make_image(uint32_t base, int32_t result)
{
    struct image image;
    memset(&image, 0, sizeof image);
    image.module.size_of_struct = sizeof image.module;
    image.module.name = base + (uint32_t)offsetof(struct image, name);
    image.module.size = sizeof image;
    image.module.init = base + (uint32_t)offsetof(struct image, init);
    strcpy(image.name, "by_hand");
    image.init[0] = 0xb8; /* mov $result, %eax */
    memcpy(image.init + 1, &result, 4);
    image.init[5] = 0xc3; /* ret */
    return image;
}

static void load_ask_and_remove(void)
{
    retromod_machine *machine = retromod_boot(NULL);
    char names[64], text[256];
    uint64_t count = 0;
    CHECK(machine != NULL);
    CHECK(strcmp(retromod_release(machine), "2.4.20") == 0);

    const int64_t base = retromod_create_module(machine, "by_hand", sizeof(struct image));
    CHECK(base > 0);
    CHECK_IS(retromod_create_module(machine, "by_hand", sizeof(struct image)), -EEXIST);

    struct image image = make_image((uint32_t)base, -ENODEV);
    CHECK_IS(retromod_init_module(machine, "by_hand", &image, sizeof image), -ENODEV);
    image = make_image((uint32_t)base, 0);
    CHECK_IS(retromod_init_module(machine, "by_hand", &image, sizeof image), 0);

    CHECK_IS(retromod_query_module(machine, NULL, RETROMOD_QM_MODULES, names, sizeof names, &count), 0);
    CHECK_IS(count, 1);
    CHECK(strcmp(names, "by_hand") == 0);
    CHECK_IS(retromod_query_module(machine, NULL, RETROMOD_QM_MODULES, names, 3, &count), -ENOSPC);
    CHECK_IS(count, 8);

    CHECK(retromod_read_file(machine, "/proc/modules", text, sizeof text) > 0);
    CHECK(strstr(text, "by_hand") == text);
    CHECK_IS(retromod_delete_module(machine, "by_hand"), 0);
    CHECK_IS(retromod_delete_module(machine, "by_hand"), -ENOENT);
    CHECK_IS(retromod_read_file(machine, "/proc/modules", NULL, 0), 0);
    CHECK_IS(retromod_outcome(machine), RETROMOD_DONE);
    retromod_close(machine);
}

static void refusals(void)
{
    retromod_machine *machine = retromod_boot(NULL);
    char long_name[5000];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    CHECK_IS(retromod_create_module(machine, NULL, 4096), -EFAULT);
    CHECK_IS(retromod_create_module(machine, "", 4096), -EINVAL);
    CHECK_IS(retromod_create_module(machine, long_name, 4096), -ENAMETOOLONG);
    CHECK_IS(retromod_create_module(machine, "small", 4), -EINVAL);
    CHECK_IS(retromod_init_module(machine, "nobody", "x", 1), -ENOENT);
    CHECK_IS(retromod_get_kernel_syms(machine, NULL, 0) > 0, 1);
    CHECK_IS(retromod_set_capable(machine, 0), 0);
    CHECK_IS(retromod_create_module(machine, "refused", 4096), -EPERM);
    CHECK(strcmp(retromod_errno_name(machine, -EPERM), "EPERM") == 0);
    CHECK(retromod_errno_name(machine, 4096) == NULL);
    retromod_close(machine);
}

/* A name whose NUL would lie in a page that is not there: no buffer of C can say that. */
static void words_of_the_guest(void)
{
    retromod_machine *machine = retromod_boot(NULL);
    const int64_t name = retromod_user_map(machine, 3, 1);
    uint64_t arguments[2] = {(uint64_t)name, 4096};
    char back[3];
    CHECK(name > 0);
    CHECK_IS(retromod_user_write(machine, (uint64_t)name, "abc", 3), 0);
    CHECK_IS(retromod_syscall(machine, "create_module", arguments, 2), -EFAULT);
    CHECK_IS(retromod_user_write(machine, (uint64_t)name, "ab", 3), 0);
    CHECK(retromod_syscall(machine, "create_module", arguments, 2) > 0);
    CHECK_IS(retromod_user_read(machine, (uint64_t)name, back, 3), 0);
    CHECK(strcmp(back, "ab") == 0);
    CHECK_IS(retromod_user_unmap(machine, (uint64_t)name), 0);
    CHECK_IS(retromod_syscall(machine, "create_module", arguments, 2), -EFAULT);
    retromod_close(machine);
}

static void insmod_and_log(const char *samples)
{
    retromod_machine *machine = retromod_boot(NULL);
    const char *const parameters[] = {"who=C", NULL};
    char path[512], log[2048];
    snprintf(path, sizeof path, "%s/hello.o", samples);
    CHECK_IS(retromod_insmod(machine, path, parameters), 0);
    CHECK(retromod_log(machine, log, sizeof log) > 0);
    CHECK(strstr(log, "<6>hello, C\n") != NULL);
    CHECK_IS(retromod_insmod(machine, path, NULL), 1);
    CHECK(retromod_output(machine, log, sizeof log) > 0);
    CHECK(strstr(log, "a module named hello already exists") != NULL);
    snprintf(path, sizeof path, "%s/oops.o", samples);
    CHECK_IS(retromod_insmod(machine, path, NULL), RETROMOD_STOPPED);
    CHECK_IS(retromod_outcome(machine), RETROMOD_OOPS);
    CHECK(*retromod_error(machine) != '\0');
    snprintf(path, sizeof path, "%s/forever.o", samples);
    CHECK_IS(retromod_set_budget(machine, 100), 0);
    CHECK_IS(retromod_insmod(machine, path, NULL), RETROMOD_STOPPED);
    CHECK_IS(retromod_outcome(machine), RETROMOD_BUDGET);
    retromod_close(machine);
}

/* In a file, in a jail: what one call did is there in the next process, and what never returned is not. */
static void files_and_jails(const char *samples, const char *folder)
{
    char file[512], path[512];
    retromod_options options = {.size = sizeof options, .file = file, .release = "2.4.37", .uts_release = "2.4.20", .jail = 1};
    snprintf(file, sizeof file, "%s/machine", folder);
    retromod_machine *machine = retromod_boot(&options);
    CHECK(machine != NULL);
    CHECK(retromod_open(file) == NULL); /* it is open already */
    const int64_t base = retromod_create_module(machine, "by_hand", sizeof(struct image));
    struct image image = make_image((uint32_t)base, 0);
    char names[64];
    uint64_t count = 0;
    CHECK_IS(retromod_init_module(machine, "by_hand", &image, sizeof image), 0);
    CHECK_IS(retromod_query_module(machine, NULL, RETROMOD_QM_MODULES, names, sizeof names, &count), 0);
    CHECK_IS(count, 1);
    CHECK(strcmp(names, "by_hand") == 0);
    snprintf(path, sizeof path, "%s/forever.o", samples);
    CHECK_IS(retromod_set_budget(machine, 100), 0);
    CHECK_IS(retromod_insmod(machine, path, NULL), RETROMOD_STOPPED);
    retromod_close(machine);

    machine = retromod_open(file);
    CHECK(machine != NULL);
    CHECK_IS(retromod_query_module(machine, NULL, RETROMOD_QM_MODULES, names, sizeof names, &count), 0);
    CHECK_IS(count, 1);
    CHECK_IS(retromod_set_jail(machine, 1), 0);
    CHECK_IS(retromod_delete_module(machine, "by_hand"), 0);
    retromod_close(machine);

    options.file = NULL; /* in memory, with a jail */
    options.jail = 0;    /* which is the default */
    machine = retromod_boot(&options);
    CHECK(retromod_create_module(machine, "by_hand", 4096) > 0);
    CHECK_IS(retromod_create_module(machine, "by_hand", 4096), -EEXIST);
    retromod_close(machine);
}

static void bad_arguments(void)
{
    retromod_options options = {.size = sizeof options, .release = "7.0"};
    uint64_t words[1] = {0};
    CHECK(retromod_boot(&options) == NULL);
    CHECK_IS(retromod_outcome(NULL), RETROMOD_BAD_ARGUMENT);
    CHECK(strstr(retromod_error(NULL), "7.0") != NULL);
    options.release = NULL;
    options.arch = "vax";
    CHECK(retromod_boot(&options) == NULL);
    options.arch = NULL;
    options.memory_bytes = UINT64_MAX;
    CHECK(retromod_boot(&options) == NULL);
    options.memory_bytes = 0;
    options.file = "/proc/nonexistent/machine";
    CHECK(retromod_boot(&options) == NULL);
    CHECK_IS(retromod_outcome(NULL), RETROMOD_HOST_FAILURE);
    options.file = NULL;
    options.size = 3;
    CHECK(retromod_boot(&options) == NULL);
    CHECK(retromod_open(NULL) == NULL);
    CHECK(retromod_open("/nonexistent") == NULL);
    CHECK(strstr(retromod_error(NULL), "/nonexistent") != NULL);

    CHECK_IS(retromod_create_module(NULL, "x", 1), RETROMOD_FAILED);
    CHECK_IS(retromod_outcome(NULL), RETROMOD_BAD_ARGUMENT);
    CHECK_IS(retromod_log(NULL, NULL, 0), RETROMOD_FAILED);
    CHECK(retromod_release(NULL) == NULL);
    retromod_close(NULL);

    retromod_machine *machine = retromod_boot(NULL);
    CHECK_IS(retromod_syscall(machine, "reboot", words, 1), RETROMOD_FAILED);
    CHECK_IS(retromod_syscall(machine, "create_module", NULL, 2), RETROMOD_FAILED);
    CHECK_IS(retromod_syscall(machine, "create_module", words, 7), RETROMOD_FAILED);
    CHECK_IS(retromod_syscall(machine, NULL, words, 1), RETROMOD_FAILED);
    CHECK_IS(retromod_user_map(machine, UINT64_MAX, 1), RETROMOD_FAILED);
    CHECK_IS(retromod_user_unmap(machine, 0x1000), RETROMOD_FAILED);
    CHECK_IS(retromod_user_read(machine, 0x1000, words, 8), RETROMOD_FAILED);
    CHECK_IS(retromod_insmod(machine, NULL, NULL), RETROMOD_FAILED);
    CHECK_IS(retromod_insmod(machine, "/nonexistent.o", NULL), 1);
    CHECK_IS(retromod_read_file(machine, "/proc/none", NULL, 0), -ENOENT);
    CHECK_IS(retromod_read_file(machine, NULL, NULL, 0), RETROMOD_FAILED);
    CHECK_IS(retromod_set_budget(machine, UINT64_MAX), RETROMOD_FAILED);
    CHECK_IS(retromod_set_jail(machine, 1), 0);
    CHECK_IS(retromod_api_version(), RETROMOD_API_VERSION);
    retromod_close(machine);

    retromod_options unjailed = {.size = sizeof unjailed, .jail = RETROMOD_NO_JAIL};
    machine = retromod_boot(&unjailed);
    CHECK(machine != NULL);
    CHECK_IS(retromod_set_jail(machine, 1), RETROMOD_FAILED); /* a machine in memory, booted without */
    retromod_close(machine);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    load_ask_and_remove();
    refusals();
    words_of_the_guest();
    insmod_and_log(argv[1]);
    files_and_jails(argv[1], argv[2]);
    bad_arguments();
    return checks_over();
}
