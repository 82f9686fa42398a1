/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The helper of transcripts: one kind of use of a device for each first word, told in a line for each system call. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

static void tell(const char *call, long result)
{
    if (result < 0) printf("%s = -1 errno=%d (%s)\n", call, errno, strerror(errno));
    else printf("%s = %ld \n", call, result);
}

static void dump(const unsigned char *bytes, long count)
{
    for (long i = 0; i < count; ++i) printf("%02x%s", bytes[i], i % 16 == 15 || i == count - 1 ? "\n" : " ");
}

/* open PATH [FLAGS [BYTES]]: open, read, poll, an ioctl that terminals have, lseek, close. */
static int use_open(int argc, char **argv)
{
    static unsigned char bytes[4096];
    const char *path = argv[2];
    int flags = argc > 3 ? (int)strtol(argv[3], NULL, 0) : 2, fd = open(path, flags), count;
    struct pollfd ready = {0, POLLIN | POLLOUT, 0};
    long result;
    printf("open(%s,%s%x) = ", path, flags ? "0x" : "", flags);
    if (fd < 0) return printf("-1 errno=%d (%s)\n", errno, strerror(errno)), 1;
    puts("ok");
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    result = read(fd, bytes, argc > 4 ? strtoul(argv[4], NULL, 0) : 64);
    if (result < 0) tell("read", result);
    else printf("read = %ld\n", result), dump(bytes, result);
    ready.fd = fd;
    count = poll(&ready, 1, 0);
    printf(ready.revents ? "poll = %d revents=%#x\n" : "poll = %d revents=%x\n", count, ready.revents);
    tell("ioctl(0x5401 TCGETS)", ioctl(fd, 0x5401, bytes));
    tell("lseek(0,CUR)", lseek(fd, 0, SEEK_CUR));
    tell("close", close(fd));
    return 0;
}

/* ioctl PATH COMMAND BYTES [NUMBER]: with a buffer that holds the number first. */
static int use_ioctl(int argc, char **argv)
{
    unsigned char bytes[4096] = {0};
    unsigned long command = strtoul(argv[3], NULL, 0), count = strtoul(argv[4], NULL, 0);
    unsigned number = argc > 5 ? (unsigned)strtoul(argv[5], NULL, 0) : 0;
    char call[300];
    long result;
    int fd = open(argv[2], O_RDWR);
    if (fd < 0) fd = open(argv[2], O_RDONLY);
    memcpy(bytes, &number, sizeof number);
    result = ioctl(fd, command, count ? bytes : NULL);
    snprintf(call, sizeof call, "ioctl(%s,%#lx)", argv[2], command);
    tell(call, result);
    if (result >= 0) dump(bytes, (long)count);
    return 0;
}

/* mount SOURCE DIRECTORY TYPE FLAGS DATA. */
static int use_mount(int argc, char **argv)
{
    char call[300];
    snprintf(call, sizeof call, "mount(%s,%s,%s)", argv[2], argv[3], argv[4]);
    tell(call, mount(argv[2], argv[3], argv[4], strtoul(argv[5], NULL, 0), argc > 6 ? argv[6] : NULL));
    return 0;
}

/* struct loop_info as i386 kernels of 2.4 have it, whatever the ABI of this program. */
struct loop_info_i386 {
    int number;
    unsigned device, inode, rdevice; /* the devices are of 16 bits, and padded */
    int offset, encrypt_type, encrypt_key_size, flags;
    char name[64];
    unsigned char encrypt_key[32];
    unsigned init[2];
    char reserved[4];
};

/* losetup PATH FILE [ro], PATH -d, PATH -i. Reading gives nothing before LOOP_SET_STATUS has chosen a transfer function. */
static int use_losetup(int argc, char **argv)
{
    enum { set_fd = 0x4c00, clear_fd = 0x4c01, set_status = 0x4c02, get_status = 0x4c03 };
    int read_only = argc > 4, fd = open(argv[2], read_only ? O_RDONLY : O_RDWR);
    struct loop_info_i386 info = {0};
    char call[300];
    if (!strcmp(argv[3], "-d")) return tell("LOOP_CLR_FD", ioctl(fd, clear_fd, 0)), 0;
    if (!strcmp(argv[3], "-i")) {
        long result = ioctl(fd, get_status, &info);
        if (result < 0) return tell("LOOP_GET_STATUS", result), 0;
        printf("LOOP_GET_STATUS = %ld  n=%d off=%d enc=%d flags=%#x name=%.64s\n", result, info.number, info.offset, info.encrypt_type,
               info.flags, info.name);
        return 0;
    }
    snprintf(call, sizeof call, "LOOP_SET_FD(%s,%s)", argv[2], argv[3]);
    tell(call, ioctl(fd, set_fd, open(argv[3], read_only ? O_RDONLY : O_RDWR)));
    strncpy(info.name, argv[3], sizeof info.name - 1);
    tell("LOOP_SET_STATUS", ioctl(fd, set_status, &info));
    return 0;
}

int main(int argc, char **argv)
{
    const char *use = argc > 2 ? argv[1] : "";
    if (!strcmp(use, "open")) return use_open(argc, argv);
    if (!strcmp(use, "ioctl") && argc > 4) return use_ioctl(argc, argv);
    if (!strcmp(use, "mount") && argc > 5) return use_mount(argc, argv);
    if (!strcmp(use, "losetup") && argc > 3) return use_losetup(argc, argv);
    return 2;
}
