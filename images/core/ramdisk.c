/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RAM disks: block devices of major 1 whose sectors are pages of memory, taken when they are first written.
 * Source: drivers/block/rd.c of 2.4: 16 disks of 4096 KB in blocks, and hard sectors, of 1024 bytes. */
#include "block.h"

DECLARE_VARIABLE(blk_size);
DECLARE_VARIABLE(blksize_size);
DECLARE_VARIABLE(hardsect_size);

enum { ramdisk_major = 1, disks = 16, kilobytes = 4096, block_bytes = 1024, flush_buffers = 0x1261 };
enum { pages = kilobytes / (PAGE_SIZE / 1024) };

static struct page **contents[disks]; /* of each disk that was written to: its pages, NULL where nothing was */
static word operations[32];
static int sizes[disks], block_sizes[disks], hard_sizes[disks];

static struct page *page_at(unsigned disk, word index, int make)
{
    if (!contents[disk] && make) contents[disk] = kc_kmalloc(pages * sizeof(struct page *));
    if (!contents[disk]) return NULL;
    if (!contents[disk][index] && make && (contents[disk][index] = kc_alloc_page()))
        memset(page_address(contents[disk][index]), 0, PAGE_SIZE);
    return contents[disk][index];
}

/* A buffer lies in one page: its size divides a page's, and its place is a multiple of its size. */
static int make_request(struct request_queue *queue, int direction, struct buffer_head *buffer)
{
    unsigned disk = MINOR(F(buffer, buffer_head, b_rdev));
    word sector = F(buffer, buffer_head, b_rsector), bytes = F(buffer, buffer_head, b_size), offset = sector << 9 & (PAGE_SIZE - 1);
    word index = sector >> (PAGE_SHIFT - 9);
    struct page *page;
    int done = 0;
    (void)queue;
    if (disk < disks && index < pages && offset + bytes <= PAGE_SIZE) {
        page = page_at(disk, index, direction == WRITE);
        done = page || direction != WRITE;
        if (page && direction == WRITE) memcpy((char *)page_address(page) + offset, F(buffer, buffer_head, b_data), bytes);
        else if (page) memcpy(F(buffer, buffer_head, b_data), (char *)page_address(page) + offset, bytes);
        else if (done) memset(F(buffer, buffer_head, b_data), 0, bytes);
    }
    F(buffer, buffer_head, b_end_io)(buffer, done);
    return 0;
}

static void give_back(unsigned disk)
{
    word i;
    if (!contents[disk]) return;
    for (i = 0; i < pages; ++i)
        if (contents[disk][i]) page_put(contents[disk][i]);
    kc_kfree(contents[disk]);
    contents[disk] = NULL;
}

/* BLKFLSBUF empties a RAM disk that nobody else has open. */
static int ramdisk_ioctl(struct inode *inode, struct file *file, unsigned command, word argument)
{
    kdev_t dev = F(inode, inode, i_rdev);
    (void)file;
    if (command != flush_buffers) return blk_ioctl(dev, command, argument);
    if (F((struct block_device *)F(inode, inode, i_bdev), block_device, bd_openers) > 2) return -EBUSY;
    __invalidate_buffers(dev, 1);
    give_back(MINOR(dev));
    return 0;
}

static int ramdisk_open(struct inode *inode, struct file *file)
{
    (void)file;
    return MINOR(F(inode, inode, i_rdev)) < disks ? 0 : -ENXIO;
}

/* The operations of a RAM disk where the kernel has them built in; else NULL. */
struct block_device_operations *ramdisk_operations(kdev_t dev)
{
    struct request_queue *queue = blk_get_queue(dev);
    int i;
    if (MAJOR(dev) != ramdisk_major || !kc_block_name(ramdisk_major) || !queue) return NULL;
    if (F(queue, request_queue, make_request_fn)) return (void *)operations;
    for (i = 0; i < disks; ++i) {
        sizes[i] = kilobytes;
        block_sizes[i] = hard_sizes[i] = block_bytes;
    }
    ((int **)VAR__blk_size)[ramdisk_major] = sizes;
    ((int **)VAR__blksize_size)[ramdisk_major] = block_sizes;
    ((int **)VAR__hardsect_size)[ramdisk_major] = hard_sizes;
    F((void *)operations, block_device_operations, open) = ramdisk_open;
    F((void *)operations, block_device_operations, ioctl) = ramdisk_ioctl;
    blk_queue_make_request(queue, make_request);
    return (void *)operations;
}
