/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Block devices as objects and as files: a device's inode holds its pages, which are its buffers, too.
 * Source: fs/block_dev.c of 2.4. */
#include "block.h"

DECLARE_VARIABLE(blk_size);
DECLARE_VARIABLE(blksize_size);

enum { buckets = 64 };

static struct list_head hash_table[buckets];
static struct super_block *pseudo_super;
static word file_operations[64], mapping_operations[64], char_operations[64];

#define BD(device, member) F(device, block_device, member)
#define OP(operations, member) F(operations, block_device_operations, member)

/* 2.4.0 has no bd_inode: there the inode's address stands behind the structure. */
static struct inode **inode_slot(struct block_device *device)
{
    return HAS(block_device, bd_inode) ? &BD(device, bd_inode) : (struct inode **)((char *)device + SIZE(block_device));
}

struct inode *block_inode(struct block_device *device) { return *inode_slot(device); }

static unsigned bits_of(unsigned bytes)
{
    unsigned bits = 9;
    while (1u << bits < bytes) ++bits;
    return bits;
}

struct block_device *bdget(kdev_t dev)
{
    struct list_head *head = &hash_table[(dev ^ dev >> 8) % buckets], *at;
    struct block_device *device;
    struct inode *inode;
    for (at = head->next; at != head; at = at->next) {
        device = OWNER(at, block_device, bd_hash);
        if (BD(device, bd_dev) != dev) continue;
        ++BD(device, bd_count);
        return device;
    }
    device = kc_kmalloc(SIZE(block_device) + sizeof(struct inode *));
    inode = device ? new_inode(pseudo_super) : NULL;
    if (!inode) {
        kc_kfree(device);
        return NULL;
    }
    BD(device, bd_count) = 1;
    BD(device, bd_dev) = dev;
    init_mutex(IN(device, block_device, bd_sem));
    if (HAS(block_device, bd_inodes)) list_init(IN(device, block_device, bd_inodes));
    F(inode, inode, i_mode) = 0060000;
    F(inode, inode, i_rdev) = F(inode, inode, i_dev) = dev;
    F((void *)IN(inode, inode, i_data), address_space, a_ops) = (void *)mapping_operations;
    if (HAS(inode, i_blkbits)) F(inode, inode, i_blkbits) = bits_of(block_bytes_of(dev));
    *inode_slot(device) = inode;
    list_add(IN(device, block_device, bd_hash), head);
    return device;
}

void bdput(struct block_device *device)
{
    struct inode *inode = block_inode(device);
    if (--BD(device, bd_count)) return;
    if (F(F(inode, inode, i_mapping), address_space, nrpages)) sync_buffers(BD(device, bd_dev), 1);
    list_del(IN(device, block_device, bd_hash));
    iput(inode);
    kc_kfree(device);
}

/* The caller's use ends; a device that nobody opened stays with its pages, as after grow_buffers of the kernel. */
void bdput_with_pages(struct block_device *device) { --BD(device, bd_count); }

int is_open(kdev_t first, unsigned count)
{
    struct list_head *at;
    int i;
    for (i = 0; i < buckets; ++i)
        for (at = hash_table[i].next; at != &hash_table[i]; at = at->next) {
            struct block_device *device = OWNER(at, block_device, bd_hash);
            if (BD(device, bd_openers) && (unsigned)(BD(device, bd_dev) - first) < count) return 1;
        }
    return 0;
}

/* An inode that stood for the device goes. */
void forget_block_inode(struct inode *inode)
{
    struct block_device *device = F(inode, inode, i_bdev);
    F(inode, inode, i_bdev) = NULL;
    F(inode, inode, i_mapping) = IN(inode, inode, i_data);
    bdput(device);
}

/* --- opening ------------------------------------------------------------------------------------------------------------ */

static void module_name(char *name, unsigned major)
{
    static const char prefix[] = "block-major-";
    char digits[4];
    int count = 0;
    memcpy(name, prefix, sizeof prefix);
    name += sizeof prefix - 1;
    do digits[count++] = '0' + major % 10; while ((major /= 10));
    while (count) *name++ = digits[--count];
    *name = 0;
}

static struct block_device_operations *operations_of(kdev_t dev)
{
    struct block_device_operations *operations = kc_block_operations(MAJOR(dev));
    char name[24];
    if (operations || (operations = disk_operations(dev)) || (operations = ramdisk_operations(dev))) return operations;
    module_name(name, MAJOR(dev));
    kc_request_module(name);
    return kc_block_operations(MAJOR(dev));
}

static loff_t size_of(kdev_t dev)
{
    int kilobytes = per_minor(VAR__blk_size, dev);
    if (!((int **)VAR__blk_size)[MAJOR(dev)]) return (loff_t)0x7fffffff << 10;
    return (loff_t)(unsigned)kilobytes << 10;
}

static struct module *owner_of(struct block_device_operations *operations)
{
    return HAS(block_device_operations, owner) ? OP(operations, owner) : NULL;
}

static int do_open(struct block_device *device, struct inode *inode, struct file *file)
{
    kdev_t dev = BD(device, bd_dev);
    struct block_device_operations *operations;
    int error = -ENXIO;
    down(IN(device, block_device, bd_sem));
    if (!BD(device, bd_op)) BD(device, bd_op) = operations_of(dev);
    operations = (void *)BD(device, bd_op);
    if (operations && kc_hold_module(owner_of(operations))) {
        error = OP(operations, open) ? OP(operations, open)(inode, file) : 0;
        if (error) kc_release_module(owner_of(operations));
    }
    if (!error) {
        ++BD(device, bd_openers);
        F(block_inode(device), inode, i_size) = size_of(dev);
        if (HAS(inode, i_blkbits)) F(block_inode(device), inode, i_blkbits) = bits_of(block_bytes_of(dev));
    } else if (!BD(device, bd_openers)) {
        BD(device, bd_op) = NULL;
    }
    up(IN(device, block_device, bd_sem));
    if (error) bdput(device);
    return error;
}

/* Opens the device for the kernel itself. One use of it goes to the opener, or is given back on an error. */
int blkdev_get(struct block_device *device, unsigned mode, unsigned flags, int kind)
{
    struct file *file = kc_kmalloc(SIZE(file));
    struct dentry *dentry = kc_kmalloc(SIZE(dentry));
    int error = -ENOMEM;
    (void)kind;
    if (file && dentry) {
        F(file, file, f_mode) = mode;
        F(file, file, f_flags) = flags;
        F(file, file, f_dentry) = dentry;
        F(dentry, dentry, d_inode) = block_inode(device);
        error = do_open(device, block_inode(device), file);
    } else {
        bdput(device);
    }
    kc_kfree(file);
    kc_kfree(dentry);
    return error;
}

static int release(struct block_device *device, struct inode *inode, struct file *file)
{
    struct block_device_operations *operations = (void *)BD(device, bd_op);
    int error = 0;
    down(IN(device, block_device, bd_sem));
    if (BD(device, bd_openers) == 1) {
        fsync_dev(BD(device, bd_dev));
        truncate_inode_pages(F(block_inode(device), inode, i_mapping), 0);
    }
    --BD(device, bd_openers);
    if (operations && OP(operations, release)) error = OP(operations, release)(inode, file);
    if (operations) kc_release_module(owner_of(operations));
    if (!BD(device, bd_openers)) BD(device, bd_op) = NULL;
    up(IN(device, block_device, bd_sem));
    bdput(device);
    return error;
}

int blkdev_put(struct block_device *device, int kind)
{
    (void)kind;
    return release(device, block_inode(device), NULL);
}

static struct block_device *device_of(struct inode *inode)
{
    if (!F(inode, inode, i_bdev)) F(inode, inode, i_bdev) = bdget(F(inode, inode, i_rdev));
    return F(inode, inode, i_bdev);
}

int blkdev_open(struct inode *inode, struct file *file)
{
    struct block_device *device = device_of(inode);
    if (!device) return -ENOMEM;
    ++BD(device, bd_count);
    F(inode, inode, i_mapping) = F(block_inode(device), inode, i_mapping);
    return do_open(device, inode, file);
}

static int close_file(struct inode *inode, struct file *file) { return release(device_of(inode), inode, file); }

static int file_ioctl(struct inode *inode, struct file *file, unsigned command, word argument)
{
    struct block_device_operations *operations = (void *)BD(device_of(inode), bd_op);
    if (operations && OP(operations, ioctl)) return OP(operations, ioctl)(inode, file, command, argument);
    return -EINVAL;
}

int ioctl_by_bdev(struct block_device *device, unsigned command, word argument)
{
    struct block_device_operations *operations = (void *)BD(device, bd_op);
    word limit = set_kernel_limit();
    int result = -EINVAL;
    if (operations && OP(operations, ioctl)) result = OP(operations, ioctl)(block_inode(device), NULL, command, argument);
    restore_limit(limit);
    return result;
}

/* --- the device as a file ----------------------------------------------------------------------------------------------- */

static int get_block(struct inode *inode, long block, struct buffer_head *buffer, int create)
{
    loff_t size = F(inode, inode, i_size);
    (void)create;
    if (((loff_t)block << F(inode, inode, i_blkbits)) >= size) return -EIO;
    F(buffer, buffer_head, b_dev) = F(inode, inode, i_rdev);
    F(buffer, buffer_head, b_blocknr) = block;
    set_bit(BH_Mapped, &F(buffer, buffer_head, b_state));
    return 0;
}

static int read_page(struct file *file, struct page *page) { return (void)file, block_read_full_page(page, get_block); }
static int write_page(struct page *page) { return block_write_full_page(page, get_block); }
static int prepare(struct file *file, struct page *page, unsigned from, unsigned to)
{
    return (void)file, block_prepare_write(page, from, to, get_block);
}

static loff_t seek(struct file *file, loff_t offset, int whence)
{
    struct inode *inode = F(F(F(F(file, file, f_dentry), dentry, d_inode), inode, i_mapping), address_space, host);
    if (whence == 2) offset += F(inode, inode, i_size);
    else if (whence == 1) offset += F(file, file, f_pos);
    if (offset < 0 || offset > F(inode, inode, i_size)) return -EINVAL;
    F(file, file, f_pos) = offset;
    return offset;
}

static int fsync_file(struct file *file, struct dentry *dentry, int datasync)
{
    (void)file, (void)datasync;
    return sync_buffers(F(F(dentry, dentry, d_inode), inode, i_rdev), 1);
}

struct file_operations *block_device_operations(void) { return (void *)file_operations; }

/* --- sizes -------------------------------------------------------------------------------------------------------------- */

int set_blocksize(kdev_t dev, int bytes)
{
    int *sizes = ((int **)VAR__blksize_size)[MAJOR(dev)];
    struct block_device *device;
    if (bytes > (int)PAGE_SIZE || bytes < 512 || bytes & (bytes - 1) || bytes < hard_sector_bytes(dev)) return -EINVAL;
    if (!sizes) return bytes == 1024 ? 0 : -EINVAL;
    if (sizes[MINOR(dev)] == bytes) return 0;
    if (!sizes[MINOR(dev)] && bytes == 1024) {
        sizes[MINOR(dev)] = bytes;
        return 0;
    }
    if (!(device = bdget(dev))) return -ENOMEM;
    sync_buffers(dev, 1);
    sizes[MINOR(dev)] = bytes;
    if (HAS(inode, i_blkbits)) F(block_inode(device), inode, i_blkbits) = bits_of(bytes);
    truncate_inode_pages(F(block_inode(device), inode, i_mapping), 0);
    bdput(device);
    return 0;
}

int sb_set_blocksize(struct super_block *super, int bytes)
{
    if (set_blocksize(F(super, super_block, s_dev), bytes) < 0) return 0;
    F(super, super_block, s_blocksize) = bytes;
    F(super, super_block, s_blocksize_bits) = bits_of(bytes);
    return bytes;
}

int sb_min_blocksize(struct super_block *super, int bytes)
{
    int least = hard_sector_bytes(F(super, super_block, s_dev));
    return sb_set_blocksize(super, bytes < least ? least : bytes);
}

void invalidate_bdev(struct block_device *device, int destroy_dirty) { __invalidate_buffers(BD(device, bd_dev), destroy_dirty); }

/* --- character devices -------------------------------------------------------------------------------------------------- */

static int open_char(struct inode *inode, struct file *file)
{
    kdev_t dev = F(inode, inode, i_rdev);
    struct file_operations *operations = kc_char_operations(MAJOR(dev), MINOR(dev)), *before = F(file, file, f_op);
    int error;
    if (!operations) return -ENODEV;
    if (!kc_hold_module(F(operations, file_operations, owner))) return -ENODEV;
    F(file, file, f_op) = operations;
    error = F(operations, file_operations, open) ? F(operations, file_operations, open)(inode, file) : 0;
    kc_release_module(F(before, file_operations, owner));
    return error;
}

struct file_operations *char_device_operations(void) { return (void *)char_operations; }

void block_device_start(void)
{
    int i;
    for (i = 0; i < buckets; ++i) list_init(&hash_table[i]);
    pseudo_super = make_super(NULL);
#define FILE_OP(name) F((void *)file_operations, file_operations, name)
    FILE_OP(open) = blkdev_open;
    FILE_OP(release) = close_file;
    FILE_OP(llseek) = seek;
    FILE_OP(read) = generic_file_read;
    FILE_OP(write) = generic_file_write;
    FILE_OP(mmap) = generic_file_mmap;
    FILE_OP(fsync) = fsync_file;
    FILE_OP(ioctl) = file_ioctl;
#define MAPPING_OP(name) F((void *)mapping_operations, address_space_operations, name)
    MAPPING_OP(readpage) = read_page;
    MAPPING_OP(writepage) = write_page;
    MAPPING_OP(sync_page) = block_sync_page;
    MAPPING_OP(prepare_write) = prepare;
    MAPPING_OP(commit_write) = generic_commit_write;
    F((void *)char_operations, file_operations, open) = open_char;
}
