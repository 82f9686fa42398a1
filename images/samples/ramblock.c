/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A block device in memory with a request function and partitions: serves requests at once, or one a tick from a timer, and
 * tells in /proc/ramblock how many requests of how many buffers came. */
#include <linux/blkdev.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/timer.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a block device in memory");

static int major = 240;
static int kilobytes = 1024;
static int delay;           /* ticks before each request is served; 0: it is served when the kernel asks */
static int bad_sector = -1; /* a request for it fails */
MODULE_PARM(major, "i");
MODULE_PARM(kilobytes, "1-32768i");
MODULE_PARM(delay, "i");
MODULE_PARM(bad_sector, "i");

EXPORT_NO_SYMBOLS;

#define NAME "ramblock"
#define CHUNK_BYTES 4096
#define MINORS 16
#define BLKRRPART 0x125f /* reads the partition table again */

extern volatile unsigned long jiffies;

static char **chunks;
static int chunk_count;
static int sizes[MINORS], block_sizes[MINORS], sector_sizes[MINORS];
static struct hd_struct parts[MINORS];
static struct timer_list timer;
static int requests, buffers, ticking;

static void copy(char *to, const char *from, unsigned long bytes)
{
    unsigned long i;
    for (i = 0; i < bytes / sizeof(long); ++i) ((long *)to)[i] = ((const long *)from)[i];
}

/* One buffer of a request: whether it lies on the device and could be moved. */
static int move(struct request *request)
{
    unsigned long sector = request->sector + parts[MINOR(request->rq_dev)].start_sect, count = request->current_nr_sectors, i;
    if (sector + count > (unsigned long)kilobytes * 2) return 0;
    if ((unsigned long)bad_sector - sector < count) return 0;
    for (i = 0; i < count; ++i) {
        unsigned long at = (sector + i) * 512;
        char *here = chunks[at / CHUNK_BYTES] + at % CHUNK_BYTES, *there = request->buffer + i * 512;
        if (request->cmd == WRITE) copy(here, there, 512);
        else copy(there, here, 512);
    }
    return 1;
}

static void serve(struct request_queue *queue)
{
    struct request *request = next_request(queue);
    int more;
    ++requests;
    do {
        ++buffers;
        more = end_that_request_first(request, move(request), NAME);
    } while (more);
    dequeue_request(request);
    end_that_request_last(request);
}

static void later(void)
{
    ticking = 1;
    timer.expires = jiffies + delay;
    add_timer(&timer);
}

static void ramblock_tick(unsigned long queue)
{
    ticking = 0;
    if (request_waits((struct request_queue *)queue)) serve((struct request_queue *)queue);
    if (request_waits((struct request_queue *)queue)) later();
}

static void ramblock_request(struct request_queue *queue)
{
    if (delay) {
        if (!ticking) later();
        return;
    }
    while (request_waits(queue)) serve(queue);
}

static int ramblock_open(struct inode *inode, struct file *file)
{
    (void)file;
    return MINOR(inode->i_rdev) < MINORS && parts[MINOR(inode->i_rdev)].nr_sects ? 0 : -ENXIO;
}

static struct block_device_operations operations;
static struct gendisk disk = {.major_name = "rb", .minor_shift = 4, .max_p = MINORS, .part = parts, .sizes = sizes, .nr_real = 1};

static void find_partitions(void) { register_disk(&disk, major << 8, MINORS, &operations, kilobytes * 2L); }

static int ramblock_ioctl(struct inode *inode, struct file *file, unsigned int command, unsigned long argument)
{
    (void)file;
    if (command == BLKRRPART) {
        find_partitions();
        return 0;
    }
    return blk_ioctl(inode->i_rdev, command, argument);
}

static struct block_device_operations operations = {
    .open = ramblock_open,
    .ioctl = ramblock_ioctl,
    .owner = THIS_MODULE,
};

static int ramblock_tell(char *page, char **start, off_t offset, int count, int *eof, void *data)
{
    (void)start, (void)offset, (void)count, (void)data;
    *eof = 1;
    return sprintf(page, "%d requests of %d buffers\n", requests, buffers);
}

static void give_back(void)
{
    while (chunk_count) kfree(chunks[--chunk_count]);
    kfree(chunks);
}

static int make_memory(void)
{
    int wanted = (kilobytes * 1024 + CHUNK_BYTES - 1) / CHUNK_BYTES, i;
    chunks = kmalloc(wanted * sizeof *chunks, GFP_KERNEL);
    if (!chunks) return -ENOMEM;
    for (; chunk_count < wanted; ++chunk_count) {
        chunks[chunk_count] = kmalloc(CHUNK_BYTES, GFP_KERNEL);
        if (!chunks[chunk_count]) {
            give_back();
            return -ENOMEM;
        }
        for (i = 0; i < CHUNK_BYTES; ++i) chunks[chunk_count][i] = 0;
    }
    return 0;
}

static int __init ramblock_init(void)
{
    int error = make_memory(), i;
    if (error) return error;
    error = register_blkdev(major, NAME, &operations);
    if (error < 0) {
        give_back();
        return error;
    }
    for (i = 0; i < MINORS; ++i) {
        block_sizes[i] = 1024;
        sector_sizes[i] = 512;
    }
    blk_size[major] = sizes;
    blksize_size[major] = block_sizes;
    hardsect_size[major] = sector_sizes;
    blk_init_queue(BLK_DEFAULT_QUEUE(major), ramblock_request);
    init_timer(&timer);
    timer.function = ramblock_tick;
    timer.data = (unsigned long)BLK_DEFAULT_QUEUE(major);
    disk.major = major;
    find_partitions();
    requests = buffers = 0;
    create_proc_read_entry(NAME, 0, NULL, ramblock_tell, NULL);
    printk(KERN_INFO "ramblock: %d KB, major %d\n", kilobytes, major);
    return 0;
}

static void __exit ramblock_exit(void)
{
    remove_proc_entry(NAME, NULL);
    del_timer_sync(&timer);
    blk_cleanup_queue(BLK_DEFAULT_QUEUE(major));
    blk_size[major] = blksize_size[major] = hardsect_size[major] = NULL;
    unregister_blkdev(major, NAME);
    give_back();
}

module_init(ramblock_init);
module_exit(ramblock_exit);
