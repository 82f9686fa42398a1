/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's own disks: block devices whose sectors the host keeps (emu/kernel/disk_images.h). Requests end at once. */
#include "block.h"

DECLARE_VARIABLE(blk_dev);
DECLARE_VARIABLE(blk_size);
DECLARE_VARIABLE(blksize_size);

enum { minors = 256 };

static word operations[32];

static int make_request(struct request_queue *queue, int direction, struct buffer_head *buffer)
{
    int error = kc_disk_io(F(buffer, buffer_head, b_rdev), direction == WRITE, F(buffer, buffer_head, b_rsector),
                           F(buffer, buffer_head, b_size), F(buffer, buffer_head, b_data));
    (void)queue;
    F(buffer, buffer_head, b_end_io)(buffer, !error);
    return 0;
}

static int disk_ioctl(struct inode *inode, struct file *file, unsigned command, word argument)
{
    (void)file;
    return blk_ioctl(F(inode, inode, i_rdev), command, argument);
}

static int *table(char *variable, unsigned major)
{
    int **slot = (int **)variable + major;
    if (!*slot) *slot = kc_kmalloc(minors * sizeof(int));
    return *slot;
}

struct block_device_operations *disk_operations(kdev_t dev)
{
    word sectors = kc_disk_sectors(dev);
    struct request_queue *queue = blk_get_queue(dev);
    int *sizes, *blocks;
    if (!sectors || !queue) return NULL;
    sizes = table(VAR__blk_size, MAJOR(dev));
    blocks = table(VAR__blksize_size, MAJOR(dev));
    if (!sizes || !blocks) return NULL;
    sizes[MINOR(dev)] = sectors >> 1;
    if (!blocks[MINOR(dev)]) blocks[MINOR(dev)] = 1024;
    if (!F(queue, request_queue, make_request_fn)) blk_queue_make_request(queue, make_request);
    F((void *)operations, block_device_operations, ioctl) = disk_ioctl;
    return (void *)operations;
}
