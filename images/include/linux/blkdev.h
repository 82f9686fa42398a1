/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block drivers: the kernel's tables by major number, queues of requests. */
#pragma once
#include <linux/fs.h>

enum { READ, WRITE };

typedef void request_fn_proc(struct request_queue *queue);

extern struct blk_dev_struct blk_dev[];
extern int *blk_size[], *blksize_size[], *hardsect_size[];
#define BLK_DEFAULT_QUEUE(major) (&blk_dev[major].request_queue)

extern void register_disk(struct gendisk *disk, kdev_t first, unsigned minors, struct block_device_operations *operations, long sectors);
extern void blk_init_queue(struct request_queue *queue, request_fn_proc *function);
extern void blk_cleanup_queue(struct request_queue *queue);
extern int blk_ioctl(kdev_t device, unsigned int command, unsigned long argument);
extern int end_that_request_first(struct request *request, int uptodate, char *name);
extern void end_that_request_last(struct request *request);

static inline int request_waits(struct request_queue *queue) { return queue->queue_head.next != &queue->queue_head; }
static inline struct request *next_request(struct request_queue *queue)
{
    return (struct request *)((char *)queue->queue_head.next - __builtin_offsetof(struct request, queue));
}
static inline void dequeue_request(struct request *request)
{
    request->queue.prev->next = request->queue.next;
    request->queue.next->prev = request->queue.prev;
}
