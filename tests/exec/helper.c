/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program of the host that makes one system call for each word of its command line and says what it gave. Compiled for both ABIs of
 * x86; call numbers are the ABI's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char page[4096];

static long say(const char *call, long result)
{
    if (result < 0) printf("%s = -1 errno=%d\n", call, errno);
    else printf("%s = %ld\n", call, result);
    return result;
}

static void device(const char *path)
{
    int length = -1, copy, fd = (int)say("open", open(path, O_RDWR));
    struct stat status;
    say("write", write(fd, "hello guest", 11));
    say("ioctl", ioctl(fd, 0x6302, &length));
    printf("length %d\n", length);
    say("lseek", lseek(fd, 6, SEEK_SET));
    memset(page, 0, sizeof page);
    say("read", read(fd, page, sizeof page));
    printf("text %s\n", page);
    say("fstat", fstat(fd, &status));
    printf("mode %o device %x\n", (unsigned)status.st_mode, (unsigned)status.st_rdev);
    lseek(fd, 0, SEEK_SET);
    say("read to nowhere", read(fd, (void *)16, 5));
    lseek(fd, 0, SEEK_SET);
    say("read to text", read(fd, (void *)&device, 5));
    copy = dup(fd);
    say("close", close(fd));
    say("read of a copy", read(copy, page, 5));
    say("close", close(copy));
    say("read of none", read(copy, page, 5));
}

static void modules(void)
{
    unsigned long ret = 0;
    printf("create_module %#lx\n", (unsigned long)syscall(SYS_create_module, "mine", 4096L) & 0xffffffff);
    say("create_module again", syscall(SYS_create_module, "mine", 4096L));
    say("create_module of none", syscall(SYS_create_module, (char *)8, 4096L));
    say("query_module", syscall(SYS_query_module, NULL, 1, page, sizeof page, &ret));
    printf("modules %d, first %s\n", (int)ret, page);
    say("get_kernel_syms", syscall(SYS_get_kernel_syms, NULL) > 100);
    say("delete_module", syscall(SYS_delete_module, "mine", 0));
    say("delete_module again", syscall(SYS_delete_module, "mine", 0));
}

static volatile sig_atomic_t rung;
static void on_ring(int signal) { (void)signal, ++rung; }

/* Asks for SIGIO of a file, writes to it by a child, reads what it got. */
static void signals(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    struct pollfd look = {fd, POLLIN, 0};
    signal(SIGIO, on_ring);
    say("read of nothing", read(fd, page, sizeof page));
    say("poll", poll(&look, 1, 50));
    say("F_SETOWN", fcntl(fd, F_SETOWN, getpid()));
    printf("F_GETOWN %s\n", fcntl(fd, F_GETOWN) == getpid() ? "mine" : "another's");
    say("F_SETFL", fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC));
    if (!fork()) {
        usleep(100000);
        _exit(write(open(path, O_WRONLY), "ring", 4) != 4);
    }
    for (int i = 0; i < 200 && !rung; ++i) usleep(50000);
    printf("signals %d\n", (int)rung);
    say("poll", poll(&look, 1, 5000));
    say("read", read(fd, page, sizeof page));
    wait(NULL);
}

/* Waits for SIGIO that others cause. */
static void wait_for_signal(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    signal(SIGIO, on_ring);
    fcntl(fd, F_SETOWN, getpid());
    fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
    printf("waiting\n");
    for (int i = 0; i < 600 && !rung; ++i) usleep(50000);
    printf("signals %d\n", (int)rung);
}

/* Opens a file as another user. */
static void as_user(const char *uid, const char *path)
{
    uid_t real, effective, saved;
    say("setuid", setuid(atoi(uid)));
    getresuid(&real, &effective, &saved);
    printf("users %d %d %d\n", real, effective, saved);
    say("setuid back", setuid(0));
    say("open", open(path, O_RDONLY));
}

/* The names of a directory by the getdents of old. */
static void old_names(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    long bytes;
    while ((bytes = syscall(SYS_getdents, fd, page, 128)) > 0)
        for (long at = 0; at < bytes; at += *(unsigned short *)(page + at + 2 * sizeof(long)))
            printf("%s\n", page + at + 2 * sizeof(long) + 2);
    say("getdents", bytes);
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; ++i) {
        if (!strcmp(argv[i], "modules")) modules();
        else if (!strcmp(argv[i], "signals")) signals(argv[++i]);
        else if (!strcmp(argv[i], "wait")) wait_for_signal(argv[++i]);
        else if (!strcmp(argv[i], "names")) old_names(argv[++i]);
        else if (!strcmp(argv[i], "as")) as_user(argv[i + 1], argv[i + 2]), i += 2;
        else if (!strcmp(argv[i], "socket")) say("socket", socket(AF_INET, SOCK_STREAM, 0));
        else if (!strcmp(argv[i], "reboot")) say("reboot", syscall(SYS_reboot, 0, 0, 0, NULL));
        else if (!strcmp(argv[i], "finit")) say("finit_module", syscall(SYS_finit_module, open(argv[++i], O_RDONLY), "", 0));
        else device(argv[i]);
    }
    return 0;
}
