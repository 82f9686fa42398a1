/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine's own disks: block devices whose sectors the host keeps (emu/kernel/disk_images.h), and their partitions. Requests
 * end at once. */
#include "block.h"

DECLARE_VARIABLE(blk_dev);
DECLARE_VARIABLE(blk_size);
DECLARE_VARIABLE(blksize_size);

enum { majors = 256, minors = 256 };

static word operations[32];

/* Where the partitions of a major's disks begin, in sectors, by minor number. */
static word *starts[majors];

/* How many bits of a minor number count partitions. Source: Documentation/devices.txt of 2.4. */
static unsigned partition_bits(unsigned major)
{
    switch (major) {
    case 3: case 13: case 22: case 33: return 6;
    case 8: return 4;
    default: return 0;
    }
}

static kdev_t whole_disk(kdev_t dev) { return (kdev_t)(dev & ~((1u << partition_bits(MAJOR(dev))) - 1)); }

static int make_request(struct request_queue *queue, int direction, struct buffer_head *buffer)
{
    kdev_t dev = F(buffer, buffer_head, b_rdev);
    word *start = starts[MAJOR(dev)];
    int error = kc_disk_io(whole_disk(dev), direction == WRITE, F(buffer, buffer_head, b_rsector) + (start ? start[MINOR(dev)] : 0),
                           F(buffer, buffer_head, b_size), F(buffer, buffer_head, b_data));
    (void)queue;
    F(buffer, buffer_head, b_end_io)(buffer, !error);
    return 0;
}

static void *table(void *slot, word bytes)
{
    if (!*(void **)slot) *(void **)slot = kc_kmalloc(minors * bytes);
    return *(void **)slot;
}
static int *sizes_of(unsigned major) { return table((int **)VAR__blk_size + major, sizeof(int)); }

static void note(void *data, int number, word start, word count)
{
    kdev_t whole = *(kdev_t *)data;
    word minor = MINOR(whole) + (word)number;
    if (number >= 1 << partition_bits(MAJOR(whole))) return;
    starts[MAJOR(whole)][minor] = start;
    sizes_of(MAJOR(whole))[minor] = (int)(count >> 1);
}

/* The disk's partitions as its table has them now. */
static void find_partitions(kdev_t whole)
{
    unsigned count = 1u << partition_bits(MAJOR(whole)), i;
    if (count == 1 || !table(&starts[MAJOR(whole)], sizeof(word))) return;
    for (i = 1; i < count; ++i) sizes_of(MAJOR(whole))[MINOR(whole) + i] = 0;
    __invalidate_buffers(whole, 0); /* another image may be the disk now */
    read_partitions(whole, note, &whole);
}

static int disk_ioctl(struct inode *inode, struct file *file, unsigned command, word argument)
{
    enum { read_table_again = 0x125f };
    kdev_t dev = F(inode, inode, i_rdev);
    (void)file;
    if (command != read_table_again) return blk_ioctl(dev, command, argument);
    if (dev != whole_disk(dev) || !partition_bits(MAJOR(dev))) return -EINVAL;
    if (is_open(dev + 1, (1u << partition_bits(MAJOR(dev))) - 1)) return -EBUSY;
    find_partitions(dev);
    return 0;
}

struct block_device_operations *disk_operations(kdev_t dev)
{
    kdev_t whole = whole_disk(dev);
    word sectors = kc_disk_sectors(whole);
    struct request_queue *queue = blk_get_queue(dev);
    int *sizes, *blocks;
    if (!sectors || !queue) return NULL;
    sizes = sizes_of(MAJOR(dev));
    blocks = table((int **)VAR__blksize_size + MAJOR(dev), sizeof(int));
    if (!sizes || !blocks) return NULL;
    sizes[MINOR(whole)] = sectors >> 1;
    if (!blocks[MINOR(dev)]) blocks[MINOR(dev)] = 1024;
    if (!F(queue, request_queue, make_request_fn)) blk_queue_make_request(queue, make_request);
    F((void *)operations, block_device_operations, ioctl) = disk_ioctl;
    if (!is_open(whole, 1u << partition_bits(MAJOR(whole)))) find_partitions(whole);
    return dev == whole || sizes[MINOR(dev)] ? (void *)operations : NULL;
}
