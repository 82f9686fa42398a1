/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests to block devices: from a buffer to its device's queue, merged with those that wait there, and back when the driver
 * ends them. Source: drivers/block/ll_rw_blk.c of 2.4. Differs from 2.4: requests are as many as there is memory for, and wait
 * in the order in which they came. */
#include "block.h"

DECLARE_VARIABLE(blk_dev);
DECLARE_VARIABLE(blk_size);
DECLARE_VARIABLE(blksize_size);
DECLARE_VARIABLE(hardsect_size);
DECLARE_VARIABLE(max_sectors);
DECLARE_VARIABLE(read_ahead);

#define STATE(buffer) F(buffer, buffer_head, b_state)
#define BH(buffer, member) F(buffer, buffer_head, member)
#define RQ(p, member) F(p, request, member)
#define Q(queue, member) F(queue, request_queue, member)

typedef int (*make_request_fn)(struct request_queue *, int, struct buffer_head *);
typedef void (*request_fn)(struct request_queue *);
typedef int (*merge_fn)(struct request_queue *, struct request *, struct buffer_head *, int);

static struct list_head *waiting(struct request_queue *queue) { return IN(queue, request_queue, queue_head); }
static struct tq_struct *plug(struct request_queue *queue) { return IN(queue, request_queue, plug_tq); }

int per_minor(char *table, kdev_t dev)
{
    int *sizes = ((int **)table)[MAJOR(dev)];
    return sizes ? sizes[MINOR(dev)] : 0;
}

struct request_queue *blk_get_queue(kdev_t dev)
{
    struct blk_dev_struct *slot = (void *)(VAR__blk_dev + MAJOR(dev) * SIZE(blk_dev_struct));
    struct request_queue *(*choose)(kdev_t) = F(slot, blk_dev_struct, queue);
    return choose ? choose(dev) : IN(slot, blk_dev_struct, request_queue);
}

/* --- plugging ----------------------------------------------------------------------------------------------------------- */

void generic_unplug_device(void *data)
{
    struct request_queue *queue = data;
    if (!list_empty(waiting(queue)) && Q(queue, request_fn)) ((request_fn)Q(queue, request_fn))(queue);
}

static int plugged(struct request_queue *queue) { return F(plug(queue), tq_struct, sync) & 1; }

static void plug_queue(struct request_queue *queue)
{
    if (plugged(queue)) return;
    F(plug(queue), tq_struct, sync) = 1;
    list_add_tail(IN(plug(queue), tq_struct, list), (struct list_head *)VAR__tq_disk);
}

/* --- requests ----------------------------------------------------------------------------------------------------------- */

static int most_sectors(kdev_t dev)
{
    int most = per_minor(VAR__max_sectors, dev);
    return most ? most : 128;
}

static int may_merge(struct request_queue *queue, struct request *request, struct buffer_head *buffer, int back)
{
    merge_fn ask = back ? Q(queue, back_merge_fn) : Q(queue, front_merge_fn);
    return !ask || ask(queue, request, buffer, 128);
}

static int merge(struct request_queue *queue, struct request *request, int direction, struct buffer_head *buffer)
{
    word count = BH(buffer, b_size) >> 9;
    if (RQ(request, cmd) != direction || RQ(request, rq_dev) != BH(buffer, b_rdev) || RQ(request, waiting)) return 0;
    if (RQ(request, nr_sectors) + count > (word)most_sectors(BH(buffer, b_rdev))) return 0;
    if (RQ(request, sector) + RQ(request, nr_sectors) == BH(buffer, b_rsector)) {
        if (!may_merge(queue, request, buffer, 1)) return 0;
        BH(RQ(request, bhtail), b_reqnext) = buffer;
        RQ(request, bhtail) = buffer;
        RQ(request, nr_sectors) = RQ(request, hard_nr_sectors) += count;
        return 1;
    }
    if (RQ(request, sector) - count != BH(buffer, b_rsector) || RQ(request, sector) < count) return 0;
    if (!may_merge(queue, request, buffer, 0)) return 0;
    BH(buffer, b_reqnext) = RQ(request, bh);
    RQ(request, bh) = buffer;
    RQ(request, buffer) = BH(buffer, b_data);
    RQ(request, current_nr_sectors) = count;
    if (HAS(request, hard_cur_sectors)) RQ(request, hard_cur_sectors) = count;
    RQ(request, sector) = RQ(request, hard_sector) = BH(buffer, b_rsector);
    RQ(request, nr_sectors) = RQ(request, hard_nr_sectors) += count;
    return 1;
}

static struct request *make(struct request_queue *queue, int direction, struct buffer_head *buffer)
{
    struct request *request = kc_kmalloc(SIZE(request));
    word count = BH(buffer, b_size) >> 9;
    if (!request) return NULL;
    RQ(request, rq_status) = 1; /* RQ_ACTIVE */
    RQ(request, cmd) = direction;
    RQ(request, sector) = RQ(request, hard_sector) = BH(buffer, b_rsector);
    RQ(request, nr_sectors) = RQ(request, hard_nr_sectors) = count;
    RQ(request, current_nr_sectors) = count;
    if (HAS(request, hard_cur_sectors)) RQ(request, hard_cur_sectors) = count;
    if (HAS(request, start_time)) RQ(request, start_time) = jiffies;
    RQ(request, nr_segments) = RQ(request, nr_hw_segments) = 1;
    RQ(request, buffer) = BH(buffer, b_data);
    RQ(request, bh) = RQ(request, bhtail) = buffer;
    RQ(request, rq_dev) = BH(buffer, b_rdev);
    RQ(request, q) = (void *)queue;
    return request;
}

/* The first request is the driver's while the queue is not plugged: nothing is merged into it. */
int __make_request(struct request_queue *queue, int direction, struct buffer_head *buffer)
{
    struct list_head *head = waiting(queue), *at, *stop = plugged(queue) ? head : head->next;
    struct request *request;
    int way = direction == READA ? READ : direction;
    BH(buffer, b_reqnext) = NULL;
    if (list_empty(head)) plug_queue(queue);
    for (at = head->prev; at != head && at != stop; at = at->prev)
        if (merge(queue, OWNER(at, request, queue), way, buffer)) return 0;
    request = make(queue, way, buffer);
    if (!request) {
        BH(buffer, b_end_io)(buffer, 0);
        return 0;
    }
    list_add_tail(IN(request, request, queue), head);
    return 0;
}

void blk_init_queue(struct request_queue *queue, void *function)
{
    memset(queue, 0, SIZE(request_queue));
    list_init(waiting(queue));
    Q(queue, request_fn) = function;
    Q(queue, make_request_fn) = (void *)__make_request;
    F(plug(queue), tq_struct, routine) = (void *)generic_unplug_device;
    F(plug(queue), tq_struct, data) = queue;
    list_init(IN(plug(queue), tq_struct, list));
}

void blk_cleanup_queue(struct request_queue *queue)
{
    while (Q(queue, make_request_fn) == (void *)__make_request && !list_empty(waiting(queue))) {
        struct list_head *first = waiting(queue)->next;
        list_del(first);
        kc_kfree(OWNER(first, request, queue));
    }
    if (plugged(queue)) list_del(IN(plug(queue), tq_struct, list));
    memset(queue, 0, SIZE(request_queue));
}

void blk_queue_make_request(struct request_queue *queue, void *function) { Q(queue, make_request_fn) = function; }

void blkdev_release_request(struct request *request)
{
    RQ(request, rq_status) = -1; /* RQ_INACTIVE */
    if (!RQ(request, q)) return; /* the driver's own */
    RQ(request, q) = NULL;
    kc_kfree(request);
}

/* Ends the first buffer of a request; 1 while others are left. */
int end_that_request_first(struct request *request, int uptodate, char *name)
{
    struct buffer_head *buffer = RQ(request, bh), *next;
    word count;
    RQ(request, errors) = 0;
    if (!uptodate)
        kc_printk("end_request: I/O error, dev %02x:%02x (%s), sector %lu\n", MAJOR(RQ(request, rq_dev)),
                  MINOR(RQ(request, rq_dev)), name, RQ(request, sector));
    if (!buffer) return 0;
    count = BH(buffer, b_size) >> 9;
    next = BH(buffer, b_reqnext);
    RQ(request, bh) = next;
    BH(buffer, b_reqnext) = NULL;
    BH(buffer, b_end_io)(buffer, uptodate);
    if (!next) return 0;
    RQ(request, hard_sector) += count;
    RQ(request, hard_nr_sectors) -= count;
    RQ(request, sector) = RQ(request, hard_sector);
    RQ(request, nr_sectors) = RQ(request, hard_nr_sectors);
    RQ(request, current_nr_sectors) = BH(next, b_size) >> 9;
    if (HAS(request, hard_cur_sectors)) RQ(request, hard_cur_sectors) = RQ(request, current_nr_sectors);
    if (RQ(request, nr_sectors) < RQ(request, current_nr_sectors)) {
        RQ(request, nr_sectors) = RQ(request, current_nr_sectors);
        kc_printk("end_request: buffer-list destroyed\n");
    }
    RQ(request, buffer) = BH(next, b_data);
    return 1;
}

void end_that_request_last(struct request *request)
{
    int completes = HAS(completion, done) && HAS(completion, wait) && HAS(request, waiting);
    struct completion *done = completes ? RQ(request, waiting) : NULL;
    if (HAS(request, sem) && RQ(request, sem)) up(RQ(request, sem));
    if (done) {
        ++F(done, completion, done);
        kc_wake_up(IN(done, completion, wait), TASK_ANY, 1);
    }
    blkdev_release_request(request);
}

/* --- buffers to the device ---------------------------------------------------------------------------------------------- */

static int beyond_end(int direction, struct buffer_head *buffer)
{
    int kilobytes = per_minor(VAR__blk_size, BH(buffer, b_rdev));
    word count = BH(buffer, b_size) >> 9, sector = BH(buffer, b_rsector), most = ((word)kilobytes << 1) + 1;
    if (!((int **)VAR__blk_size)[MAJOR(BH(buffer, b_rdev))] || (most >= count && most - count >= sector)) return 0;
    STATE(buffer) &= 1 << BH_Lock | 1 << BH_Mapped;
    if (kilobytes) {
        kc_printk("<6>attempt to access beyond end of device\n");
        kc_printk("<6>%02x:%02x: rw=%d, want=%ld, limit=%d\n", MAJOR(BH(buffer, b_rdev)), MINOR(BH(buffer, b_rdev)), direction,
                  (long)(sector + count) >> 1, kilobytes);
    }
    BH(buffer, b_end_io)(buffer, 0);
    return 1;
}

void generic_make_request(int direction, struct buffer_head *buffer)
{
    struct request_queue *queue;
    make_request_fn make_it;
    if (beyond_end(direction, buffer)) return;
    do {
        queue = blk_get_queue(BH(buffer, b_rdev));
        make_it = queue ? Q(queue, make_request_fn) : NULL;
        if (!make_it) {
            kc_printk("<3>generic_make_request: Trying to access nonexistent block-device %02x:%02x (%ld)\n",
                      MAJOR(BH(buffer, b_rdev)), MINOR(BH(buffer, b_rdev)), (long)BH(buffer, b_rsector));
            BH(buffer, b_end_io)(buffer, 0);
            return;
        }
    } while (make_it(queue, direction, buffer));
}

void submit_bh(int direction, struct buffer_head *buffer)
{
    if (!test_bit(BH_Lock, &STATE(buffer))) kc_bug("submit_bh of an unlocked buffer");
    set_bit(BH_Req, &STATE(buffer));
    BH(buffer, b_rdev) = BH(buffer, b_dev);
    BH(buffer, b_rsector) = BH(buffer, b_blocknr) * (BH(buffer, b_size) >> 9);
    generic_make_request(direction, buffer);
}

void ll_rw_block(int direction, int count, struct buffer_head **buffers)
{
    int i;
    for (i = 0; i < count; ++i) {
        struct buffer_head *buffer = buffers[i];
        int done;
        if (test_and_set_bit(BH_Lock, &STATE(buffer))) continue;
        ++BH(buffer, b_count);
        BH(buffer, b_end_io) = end_buffer_io_sync;
        if (direction == WRITE && is_read_only(BH(buffer, b_dev)))
            kc_printk("<5>Can't write to read-only device %02x:%02x\n", MAJOR(BH(buffer, b_dev)), MINOR(BH(buffer, b_dev)));
        if (direction == WRITE) {
            done = !test_and_clear_bit(BH_Dirty, &STATE(buffer)) || is_read_only(BH(buffer, b_dev));
            refile_buffer(buffer);
        } else {
            done = test_bit(BH_Uptodate, &STATE(buffer));
        }
        if (done) end_buffer_io_sync(buffer, test_bit(BH_Uptodate, &STATE(buffer)));
        else submit_bh(direction, buffer);
    }
}

/* --- what a device allows ----------------------------------------------------------------------------------------------- */

static unsigned read_only[256][8];

int is_read_only(kdev_t dev) { return read_only[MAJOR(dev)][MINOR(dev) / 32] >> MINOR(dev) % 32 & 1; }

void set_device_ro(kdev_t dev, int on)
{
    unsigned bit = 1u << MINOR(dev) % 32, *bits = &read_only[MAJOR(dev)][MINOR(dev) / 32];
    *bits = on ? *bits | bit : *bits & ~bit;
}

int block_bytes_of(kdev_t dev)
{
    int bytes = per_minor(VAR__blksize_size, dev);
    return bytes ? bytes : 1024;
}

int hard_sector_bytes(kdev_t dev)
{
    int bytes = per_minor(VAR__hardsect_size, dev);
    return bytes ? bytes : 512;
}

/* The device's size in sectors. */
static word sectors_of(kdev_t dev) { return (word)per_minor(VAR__blk_size, dev) << 1; }

static int put_user(word value, word bytes, word to) { return kc_copy_to_user((void *)to, &value, bytes) ? -EFAULT : 0; }

int blk_ioctl(kdev_t dev, unsigned command, word argument)
{
    enum { set_ro = 0x125d, get_ro, re_read, get_size = 0x1260, flush, set_ahead, get_ahead, get_sector = 0x1268,
           get_block = 0x80041270, set_block = 0x40041271, get_size_64 = 0x80041272 };
    int *ahead = (int *)VAR__read_ahead + MAJOR(dev), value = 0;
    if (!dev) return -EINVAL;
    switch (command) {
    case set_ro:
        if (kc_copy_from_user(&value, (void *)argument, sizeof value)) return -EFAULT;
        set_device_ro(dev, value);
        return 0;
    case get_ro: value = is_read_only(dev); break;
    case get_size: return argument ? put_user(sectors_of(dev), sizeof(word), argument) : -EINVAL;
    case (int)get_size_64: {
        unsigned long long bytes = (unsigned long long)sectors_of(dev) << 9;
        return kc_copy_to_user((void *)argument, &bytes, sizeof bytes) ? -EFAULT : 0;
    }
    case flush:
        fsync_dev(dev);
        __invalidate_buffers(dev, 0);
        return 0;
    case set_ahead:
        if (argument > 0xff) return -EINVAL;
        *ahead = argument;
        return 0;
    case get_ahead: return argument ? put_user(*ahead, sizeof(word), argument) : -EINVAL;
    case get_sector: value = hard_sector_bytes(dev); break;
    case (int)get_block: value = block_bytes_of(dev); break;
    case set_block:
        if (kc_copy_from_user(&value, (void *)argument, sizeof value)) return -EFAULT;
        return set_blocksize(dev, value);
    default: return -EINVAL;
    }
    return kc_copy_to_user((void *)argument, &value, sizeof value) ? -EFAULT : 0;
}
