/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page cache, buffers and block devices. Source: include/linux/{mm,pagemap,fs,blkdev}.h of 2.4. */
#pragma once

#include "text.h"
#include "wait.h"

enum { PG_locked = 0, PG_error = 1, PG_referenced = 2, PG_uptodate = 3, PG_dirty = 4 };
enum { READ = 0, WRITE = 1, READA = 2 };
enum { BH_Uptodate, BH_Dirty, BH_Lock, BH_Req, BH_Mapped, BH_New, BH_Async };
enum { BUF_CLEAN, BUF_LOCKED, BUF_DIRTY };

typedef int (*get_block_t)(struct inode *, long, struct buffer_head *, int);
typedef struct {
    size_t written, count;
    char *buf;
    int error;
} read_descriptor_t;
typedef int (*read_actor_t)(read_descriptor_t *, struct page *, word, word);

/* --- pages (page.c) */
void *page_address(struct page *page);
struct page *page_of(const void *address);
static inline int page_locked(struct page *page) { return test_bit(PG_locked, &F(page, page, flags)); }
static inline int page_uptodate(struct page *page) { return test_bit(PG_uptodate, &F(page, page, flags)); }
static inline void set_page_uptodate(struct page *page) { set_bit(PG_uptodate, &F(page, page, flags)); }
void lock_page(struct page *page) FASTCALL;
void unlock_page(struct page *page) FASTCALL;
void ___wait_on_page(struct page *page);
static inline void page_get(struct page *page) { ++F(page, page, count); }
void page_put(struct page *page);
struct page *find_get_page(struct address_space *mapping, word index);
struct page *__find_lock_page(struct address_space *mapping, word index, void *hash);
struct page *find_or_create_page(struct address_space *mapping, word index, unsigned mask);
struct page *grab_cache_page(struct address_space *mapping, word index);
struct page *grab_cache_page_nowait(struct address_space *mapping, word index);
struct page *read_cache_page(struct address_space *mapping, word index, int (*fill)(void *, struct page *), void *data);
void set_page_dirty(struct page *page) FASTCALL;
void truncate_inode_pages(struct address_space *mapping, loff_t start);
void invalidate_inode_pages(struct inode *inode);
int vmtruncate(struct inode *inode, loff_t size);
int filemap_fdatasync(struct address_space *mapping);
int filemap_fdatawait(struct address_space *mapping);
int writeout_one_page(struct page *page);
int waitfor_one_page(struct page *page);
int fail_writepage(struct page *page);
/* Gives clean pages back that nobody uses; how many. */
word shrink_pages(word wanted);
void page_start(void);

/* --- files in the page cache (filemap.c) */
void do_generic_file_read(struct file *file, loff_t *position, read_descriptor_t *what, read_actor_t actor);
ssize_t generic_file_read(struct file *file, char *buffer, size_t count, loff_t *position);
ssize_t generic_file_write(struct file *file, const char *buffer, size_t count, loff_t *position);
int generic_file_mmap(struct file *file, struct vm_area_struct *area);

/* --- buffers (buffer.c, block_file.c) */
struct buffer_head *getblk(kdev_t dev, int block, int bytes);
struct buffer_head *get_hash_table(kdev_t dev, int block, int bytes);
struct buffer_head *bread(kdev_t dev, int block, int bytes);
void __brelse(struct buffer_head *buffer);
static inline void brelse(struct buffer_head *buffer)
{
    if (buffer) __brelse(buffer);
}
void __bforget(struct buffer_head *buffer);
void __wait_on_buffer(struct buffer_head *buffer);
void lock_buffer_of(struct buffer_head *buffer);
void unlock_buffer(struct buffer_head *buffer) FASTCALL;
void mark_buffer_dirty(struct buffer_head *buffer) FASTCALL;
void __mark_buffer_dirty(struct buffer_head *buffer) FASTCALL;
void refile_buffer(struct buffer_head *buffer);
void init_buffer(struct buffer_head *buffer, void (*end)(struct buffer_head *, int), void *data);
void end_buffer_io_sync(struct buffer_head *buffer, int uptodate);
void set_bh_page(struct buffer_head *buffer, struct page *page, word offset);
struct buffer_head *get_unused_buffer_head(int asynchronous);
struct buffer_head *create_bounce(int direction, struct buffer_head *buffer);
void put_unused_buffer_head(struct buffer_head *buffer);
void create_empty_buffers(struct page *page, kdev_t dev, word bytes);
int try_to_free_buffers(struct page *page, unsigned mask) FASTCALL;
int discard_bh_page(struct page *page, word offset, int drop);
void set_buffer_async_io(struct buffer_head *buffer);
void unmap_underlying_metadata(struct buffer_head *buffer);
void buffer_insert_inode_queue(struct buffer_head *buffer, struct inode *inode) FASTCALL;
void buffer_insert_inode_data_queue(struct buffer_head *buffer, struct inode *inode) FASTCALL;
void buffer_insert_list(struct buffer_head *buffer, struct list_head *list) FASTCALL;
int fsync_buffers_list(struct list_head *list);
void invalidate_inode_buffers(struct inode *inode);
void __invalidate_buffers(kdev_t dev, int destroy_dirty);
int sync_buffers(kdev_t dev, int wait);
int block_sync_page(struct page *page);
int block_symlink(struct inode *inode, const char *name, int length);
int block_read_full_page(struct page *page, get_block_t get);
int block_write_full_page(struct page *page, get_block_t get);
int block_prepare_write(struct page *page, unsigned from, unsigned to, get_block_t get);
int generic_commit_write(struct file *file, struct page *page, unsigned from, unsigned to);

/* --- block devices (block.c, block_device.c, disk.c) */
void submit_bh(int direction, struct buffer_head *buffer);
void ll_rw_block(int direction, int count, struct buffer_head **buffers);
void generic_make_request(int direction, struct buffer_head *buffer);
struct block_device *bdget(kdev_t dev);
void bdput(struct block_device *device);
void bdput_with_pages(struct block_device *device);
int blkdev_get(struct block_device *device, unsigned mode, unsigned flags, int kind);
int blkdev_put(struct block_device *device, int kind);
int blkdev_open(struct inode *inode, struct file *file);
struct inode *block_inode(struct block_device *device);
int set_blocksize(kdev_t dev, int bytes);
int block_bytes_of(kdev_t dev);
int is_read_only(kdev_t dev);
void forget_block_inode(struct inode *inode);
struct file_operations *block_device_operations(void);
struct file_operations *char_device_operations(void);
int fsync_dev(kdev_t dev);
void block_device_start(void);

DECLARE_VARIABLE(tq_disk);

int mounted_on(struct dentry *dentry);
