/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
#include <linux/linkage.h>
#include <linux/types.h>

extern int register_chrdev(unsigned int major, const char *name, struct file_operations *operations);
extern int unregister_chrdev(unsigned int major, const char *name);

#ifndef LINUX_2_2

#define FS_REQUIRES_DEV 1
#define MS_RDONLY 1
#define MAJOR(device) ((unsigned int)(device) >> 8)
#define MINOR(device) ((unsigned int)(device) & 0xff)

#define S_IFMT 0170000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFDIR 0040000
#define S_ISLNK(mode) (((mode) & S_IFMT) == S_IFLNK)
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)

enum { BH_Uptodate, BH_Dirty, BH_Lock, BH_Req, BH_Mapped, BH_New };
enum { I_DIRTY_SYNC = 1, I_DIRTY_DATASYNC = 2, I_DIRTY_PAGES = 4, I_DIRTY = 7 };

typedef int get_block_t(struct inode *inode, long block, struct buffer_head *buffer, int create);

extern volatile struct timeval xtime;
#define CURRENT_TIME (xtime.tv_sec)

/* file systems */
extern int register_filesystem(struct file_system_type *type);
extern int unregister_filesystem(struct file_system_type *type);
extern const char *bdevname(kdev_t device);
extern int set_blocksize(kdev_t device, int bytes);

/* inodes and names */
extern struct inode *new_inode(struct super_block *super);
extern struct inode *iget4(struct super_block *super, unsigned long number, void *find, void *opaque);
extern void iput(struct inode *inode);
extern void make_bad_inode(struct inode *inode);
extern int is_bad_inode(struct inode *inode);
extern void clear_inode(struct inode *inode);
extern void insert_inode_hash(struct inode *inode);
extern void __mark_inode_dirty(struct inode *inode, int what);
extern struct dentry *d_alloc_root(struct inode *root);
extern void d_instantiate(struct dentry *dentry, struct inode *inode);
extern void d_rehash(struct dentry *dentry);

/* buffers */
extern struct buffer_head *bread(kdev_t device, int block, int bytes);
extern struct buffer_head *getblk(kdev_t device, int block, int bytes);
extern void __brelse(struct buffer_head *buffer);
FASTCALL(extern void mark_buffer_dirty(struct buffer_head *buffer));

/* files in the page cache */
extern loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
extern ssize_t generic_file_read(struct file *file, char *buffer, size_t count, loff_t *position);
extern ssize_t generic_file_write(struct file *file, const char *buffer, size_t count, loff_t *position);
extern int generic_file_mmap(struct file *file, struct vm_area_struct *area);
extern ssize_t generic_read_dir(struct file *file, char *buffer, size_t count, loff_t *position);
extern int file_fsync(struct file *file, struct dentry *dentry, int datasync);
extern int block_read_full_page(struct page *page, get_block_t *get);
extern int block_write_full_page(struct page *page, get_block_t *get);
extern int block_prepare_write(struct page *page, unsigned from, unsigned to, get_block_t *get);
extern int generic_commit_write(struct file *file, struct page *page, unsigned from, unsigned to);
extern int block_sync_page(struct page *page);
extern int generic_block_bmap(struct address_space *mapping, long block, get_block_t *get);
extern int block_truncate_page(struct address_space *mapping, loff_t from, get_block_t *get);
extern int block_symlink(struct inode *inode, const char *target, int bytes);
extern struct inode_operations page_symlink_inode_operations;

static inline void brelse(struct buffer_head *buffer)
{
    if (buffer) __brelse(buffer);
}
static inline void mark_inode_dirty(struct inode *inode) { __mark_inode_dirty(inode, I_DIRTY); }
static inline void d_add(struct dentry *dentry, struct inode *inode)
{
    d_instantiate(dentry, inode);
    d_rehash(dentry);
}

/* block devices */
extern int register_blkdev(unsigned int major, const char *name, struct block_device_operations *operations);
extern int unregister_blkdev(unsigned int major, const char *name);

#endif
