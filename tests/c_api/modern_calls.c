/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three calls since 2.6 from C, on modules that were built for the machine.
 * usage: modern_calls FOLDER_OF_SAMPLES FOLDER_FOR_FILES */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "loader/api/retromod.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[512];

static const char *sample(const char *name)
{
    static char path[1024];
    snprintf(path, sizeof path, "%s/6.1/%s.ko", folder, name);
    return path;
}

static int open_sample(const char *name) { return open(sample(name), O_RDONLY); }

/* A file's content; the caller frees it. */
static char *read_sample(const char *name, size_t *bytes)
{
    const int fd = open_sample(name);
    const off_t size = lseek(fd, 0, SEEK_END);
    char *content = malloc((size_t)size);
    CHECK_IS(pread(fd, content, (size_t)size, 0), size);
    close(fd);
    *bytes = (size_t)size;
    return content;
}

static retromod_machine *boot(const char *command_line, const char *configuration)
{
    const retromod_options options = {.size = sizeof options, .release = "6.1", .command_line = command_line, .configuration = configuration};
    retromod_machine *machine = retromod_boot(&options);
    if (!machine) printf("%s\n", retromod_error(NULL));
    return machine;
}

static void from_a_descriptor(void)
{
    retromod_machine *machine = boot(NULL, NULL);
    char text[4096];
    const int fd = open_sample("greets");
    CHECK(machine != NULL);
    CHECK_IS(retromod_finit_module(machine, fd, "who=C count=2", 0), 0);
    CHECK(retromod_log(machine, text, sizeof text) > 0);
    CHECK(strstr(text, "greets: hello, C\n") != NULL);
    CHECK_IS(retromod_finit_module(machine, fd, "", 0), -EEXIST);
    CHECK_IS(retromod_finit_module(machine, fd, NULL, 0), -EEXIST); /* the name is looked at before the parameters are copied */
    CHECK_IS(retromod_finit_module(machine, fd, "", 8), -EINVAL);
    CHECK_IS(retromod_finit_module(machine, -1, "", 0), -EBADF);
    CHECK_IS(retromod_read_file(machine, "/sys/module/greets/parameters/who", text, sizeof text), 2);
    CHECK(strcmp(text, "C\n") == 0);
    CHECK_IS(retromod_write_file(machine, "/sys/module/greets/parameters/count", "7\n"), 2);
    CHECK_IS(retromod_write_file(machine, "/sys/module/greets/parameters/count", "seven\n"), -EINVAL);
    CHECK_IS(retromod_delete_module_flags(machine, "greets", O_NONBLOCK), 0);
    CHECK_IS(retromod_delete_module_flags(machine, "greets", O_NONBLOCK), -ENOENT);
    CHECK_IS(retromod_delete_module_flags(machine, NULL, O_NONBLOCK), -EFAULT);
    close(fd);
    retromod_close(machine);
}

static void descriptors_that_are_no_good(const char *scratch)
{
    retromod_machine *machine = boot(NULL, NULL);
    char path[1024];
    int fds[2];
    snprintf(path, sizeof path, "%s/file", scratch);
    const int writer = open(path, O_WRONLY | O_CREAT, 0600), empty = open(path, O_RDONLY), both = open(path, O_RDWR);
    const int directory = open(scratch, O_RDONLY);
    CHECK_IS(pipe(fds), 0);
    CHECK_IS(retromod_finit_module(machine, writer, "", 0), -EBADF);
    CHECK_IS(retromod_finit_module(machine, both, "", 0), -ETXTBSY);
    CHECK_IS(retromod_finit_module(machine, empty, "", 0), -EINVAL);
    CHECK_IS(retromod_finit_module(machine, directory, "", 0), -EINVAL);
    CHECK_IS(retromod_finit_module(machine, fds[0], "", 0), -EINVAL);
    close(writer), close(empty), close(both), close(directory), close(fds[0]), close(fds[1]);
    retromod_close(machine);
}

static void from_an_image(void)
{
    retromod_machine *machine = boot(NULL, NULL);
    size_t bytes;
    char *image = read_sample("greets", &bytes);
    CHECK_IS(retromod_init_module_image(machine, NULL, 4096, ""), -EFAULT);
    CHECK_IS(retromod_init_module_image(machine, image, 63, ""), -ENOEXEC);
    CHECK_IS(retromod_init_module_image(machine, image, bytes - 100, ""), -ENOEXEC);
    CHECK_IS(retromod_init_module_image(machine, image, bytes, NULL), -EFAULT);
    CHECK_IS(retromod_init_module_image(machine, image, bytes, "count=many"), -EINVAL);
    CHECK_IS(retromod_init_module_image(machine, image, bytes, ""), 0);
    CHECK_IS(retromod_set_capable(machine, 0), 0);
    CHECK_IS(retromod_delete_module_flags(machine, "greets", 0), -EPERM);
    free(image);
    retromod_close(machine);
}

/* What tells a program which kernel it has. */
static void old_calls_are_gone(void)
{
    retromod_machine *machine = boot(NULL, NULL), *old = retromod_boot(NULL);
    CHECK_IS(retromod_query_module(machine, NULL, 0, NULL, 0, NULL), -ENOSYS);
    CHECK_IS(retromod_create_module(machine, "x", 4096), -ENOSYS);
    CHECK_IS(retromod_get_kernel_syms(machine, NULL, 0), -ENOSYS);
    CHECK_IS(retromod_query_module(old, NULL, 0, NULL, 0, NULL), 0);
    CHECK_IS(retromod_finit_module(old, 0, "", 0), -ENOSYS);
    CHECK_IS(retromod_write_file(old, "/proc/x", "1"), -ENOENT);
    retromod_close(machine);
    retromod_close(old);
}

static void what_the_kernel_was_booted_with(void)
{
    retromod_machine *machine = boot("module_blacklist=greets", NULL);
    int fd = open_sample("greets");
    CHECK_IS(retromod_finit_module(machine, fd, "", 0), -EPERM);
    retromod_close(machine);
    machine = boot("module.sig_enforce=1", NULL);
    CHECK_IS(retromod_finit_module(machine, fd, "", 0), -EKEYREJECTED);
    retromod_close(machine);
    machine = boot(NULL, "MODULE_FORCE_LOAD=n");
    CHECK_IS(retromod_finit_module(machine, fd, "", 1), -ENOEXEC);
    retromod_close(machine);
    CHECK(boot(NULL, "NO_SUCH_OPTION=y") == NULL);
    machine = boot(NULL, NULL);
    CHECK_IS(retromod_write_file(machine, "/proc/sys/kernel/modules_disabled", "1\n"), 2);
    CHECK_IS(retromod_finit_module(machine, fd, "", 0), -EPERM);
    retromod_close(machine);
    close(fd);
}

/* In a jail, each call is another process: what it did is there for the next. */
static void in_a_jail(void)
{
    const retromod_options options = {.size = sizeof options, .release = "6.1", .jail = 1};
    retromod_machine *machine = retromod_boot(&options);
    CHECK_IS(retromod_insmod(machine, sample("gives"), NULL), 0);
    CHECK_IS(retromod_insmod(machine, sample("takes"), NULL), 0);
    CHECK_IS(retromod_delete_module_flags(machine, "gives", O_NONBLOCK), -EAGAIN);
    CHECK_IS(retromod_insmod(machine, sample("takes"), NULL), 1);
    char text[512];
    CHECK(retromod_output(machine, text, sizeof text) > 0);
    CHECK(strstr(text, "insmod: ERROR: could not insert module ") == text && strstr(text, ": File exists\n") != NULL);
    CHECK(retromod_read_file(machine, "/proc/modules", text, sizeof text) > 0);
    CHECK(strstr(text, "takes ") == text);
    retromod_close(machine);
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    snprintf(folder, sizeof folder, "%s/../../both/built", argv[1]);
    from_a_descriptor();
    descriptors_that_are_no_good(argv[2]);
    from_an_image();
    old_calls_are_gone();
    what_the_kernel_was_booted_with();
    in_a_jail();
    return checks_over();
}
