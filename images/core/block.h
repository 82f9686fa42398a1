/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues and requests of block devices. Source: include/linux/blkdev.h of 2.4. */
#pragma once

#include "page.h"
#include "vfs.h"

struct request_queue *blk_get_queue(kdev_t dev);
void blk_init_queue(struct request_queue *queue, void *function);
void blk_queue_make_request(struct request_queue *queue, void *function);
int blk_ioctl(kdev_t dev, unsigned command, word argument);
void set_device_ro(kdev_t dev, int on);
int hard_sector_bytes(kdev_t dev);
typedef void (*partition_found)(void *data, int number, word start, word count);
/* Tells of each partition of a disk, by number, with its sectors. 1; 0: there is no table; -EIO. */
int read_partitions(kdev_t dev, partition_found found, void *data);
/* Whether one of `count` devices from `first` on is open. */
int is_open(kdev_t first, unsigned count);
/* The entry of a table like blk_size for a device; 0 where its major has none. */
int per_minor(char *table, kdev_t dev);
/* A disk of the machine, made ready when it is first opened: its operations, NULL where there is no such disk. */
struct block_device_operations *disk_operations(kdev_t dev);
struct block_device_operations *ramdisk_operations(kdev_t dev);
