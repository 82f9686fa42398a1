/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls on open files. Descriptors are the host's (emu/kernel/file.h): these take the struct file.
 * Source: fs/{open,read_write,ioctl,readdir,stat,buffer}.c of 2.4. */
#include "calls.h"
#include "page.h"

#define OP(p, name) (F(p, file, f_op) ? F(F(p, file, f_op), file_operations, name) : NULL)
#define INODE(p) F(F(p, file, f_dentry), dentry, d_inode)

struct file *core_open(const char *user, int flags, int mode)
{
    char *name = getname(user);
    struct file *file;
    if (is_error(name)) return (void *)name;
    file = filp_open(name, flags, mode);
    putname(name);
    return file;
}

long core_close(struct file *file) { return filp_close(file, NULL); }
long core_read(struct file *file, char *buffer, word count) { return vfs_read(file, buffer, count, &F(file, file, f_pos)); }
long core_write(struct file *file, const char *buffer, word count) { return vfs_write(file, buffer, count, &F(file, file, f_pos)); }

long core_pread(struct file *file, char *buffer, word count, long offset)
{
    loff_t position = offset;
    return offset < 0 ? -EINVAL : vfs_read(file, buffer, count, &position);
}

long core_pwrite(struct file *file, const char *buffer, word count, long offset)
{
    loff_t position = offset;
    return offset < 0 ? -EINVAL : vfs_write(file, buffer, count, &position);
}

long core_lseek(struct file *file, long offset, unsigned whence)
{
    loff_t result = vfs_llseek(file, offset, whence);
    return result == (loff_t)(long)result ? (long)result : -EOVERFLOW;
}

long core_ioctl(struct file *file, unsigned command, word argument)
{
    enum { FIBMAP = 1, FIGETBSZ = 2 };
    struct inode *inode = INODE(file);
    int value;
    if (S_ISREG(F(inode, inode, i_mode)) && command == FIBMAP) {
        if (kc_copy_from_user(&value, (void *)argument, sizeof value)) return -EFAULT;
        value = bmap(inode, value);
        return kc_copy_to_user((void *)argument, &value, sizeof value) ? -EFAULT : 0;
    }
    if (command == FIGETBSZ && F(inode, inode, i_sb)) {
        value = F(F(inode, inode, i_sb), super_block, s_blocksize);
        return kc_copy_to_user((void *)argument, &value, sizeof value) ? -EFAULT : 0;
    }
    return OP(file, ioctl) ? OP(file, ioctl)(inode, file, command, argument) : -ENOTTY;
}

long core_fsync(struct file *file)
{
    struct inode *inode = INODE(file);
    int error, other;
    if (!OP(file, fsync)) return -EINVAL;
    down(IN(inode, inode, i_sem));
    error = filemap_fdatasync(F(inode, inode, i_mapping));
    other = OP(file, fsync)(file, F(file, file, f_dentry), 0);
    if (!error) error = other;
    other = filemap_fdatawait(F(inode, inode, i_mapping));
    up(IN(inode, inode, i_sem));
    return error ? error : other;
}

long core_ftruncate(struct file *file, long length)
{
    struct inode *inode = INODE(file);
    if (length < 0 || !S_ISREG(F(inode, inode, i_mode)) || !(F(file, file, f_mode) & FMODE_WRITE)) return -EINVAL;
    return do_truncate(F(file, file, f_dentry), length);
}

/* --- directories -------------------------------------------------------------------------------------------------------- */

/* struct linux_dirent64. */
struct entry {
    unsigned long long number;
    long long offset;
    unsigned short bytes;
    unsigned char type;
    char name[];
};

struct listing {
    char *user;
    word left;
    char *last; /* user address of the last entry, whose offset the next one tells */
    int error;
};

static int add_entry(void *data, const char *name, int length, loff_t offset, word number, unsigned type)
{
    struct listing *listing = data;
    struct entry entry = {.number = number, .type = type};
    word bytes = (__builtin_offsetof(struct entry, name) + length + 1 + 7) & ~7UL;
    listing->error = -EINVAL;
    if (bytes > listing->left) return -EINVAL;
    entry.bytes = bytes;
    if (listing->last) kc_copy_to_user(listing->last + __builtin_offsetof(struct entry, offset), &offset, sizeof offset);
    if (kc_copy_to_user(listing->user, &entry, __builtin_offsetof(struct entry, name))
        || kc_copy_to_user(listing->user + __builtin_offsetof(struct entry, name), name, length)
        || kc_clear_user(listing->user + __builtin_offsetof(struct entry, name) + length, 1))
        return listing->error = -EFAULT;
    listing->last = listing->user;
    listing->user += bytes;
    listing->left -= bytes;
    listing->error = 0;
    return 0;
}

long core_getdents64(struct file *file, char *buffer, word bytes)
{
    struct listing listing = {buffer, bytes, NULL, 0};
    int error = vfs_readdir(file, add_entry, &listing);
    if (error < 0) return error;
    if (!listing.last) return listing.error;
    kc_copy_to_user(listing.last + __builtin_offsetof(struct entry, offset), &F(file, file, f_pos), sizeof(loff_t));
    return bytes - listing.left;
}

/* What a file system that does not count blocks is told to take: those of a minix file of that size, in 512 bytes.
 * Source: fs/stat.c of 2.4. */
static word approximate_blocks(unsigned long long bytes)
{
    enum { direct = 7, in_block = 512 };
    word blocks = (word)((bytes + 1023) >> 10), indirect;
    if (blocks > direct) {
        indirect = (blocks - direct + in_block - 1) / in_block;
        blocks += indirect;
        if (indirect > 1) {
            indirect = (indirect - 1 + in_block - 1) / in_block;
            blocks += indirect + (indirect > 1);
        }
    }
    return blocks << 1;
}

/* --- what files are ----------------------------------------------------------------------------------------------------- */

long stat_of(struct dentry *dentry, unsigned long long *user)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    unsigned long long words[stat_words];
    word blocks = F(inode, inode, i_blocks), block = F(inode, inode, i_blksize);
    if (OP_INODE(inode, revalidate)) {
        int error = OP_INODE(inode, revalidate)(dentry);
        if (error) return error;
    }
    words[stat_dev] = F(inode, inode, i_dev);
    words[stat_ino] = F(inode, inode, i_ino);
    words[stat_mode] = F(inode, inode, i_mode);
    words[stat_nlink] = SIZED(inode, inode, i_nlink);
    words[stat_uid] = F(inode, inode, i_uid);
    words[stat_gid] = F(inode, inode, i_gid);
    words[stat_rdev] = F(inode, inode, i_rdev);
    words[stat_size] = F(inode, inode, i_size);
    words[stat_blksize] = block ? block : 1024;
    words[stat_blocks] = block ? blocks : approximate_blocks(F(inode, inode, i_size));
    words[stat_atime] = F(inode, inode, i_atime);
    words[stat_mtime] = F(inode, inode, i_mtime);
    words[stat_ctime] = F(inode, inode, i_ctime);
    return kc_copy_to_user(user, words, sizeof words) ? -EFAULT : 0;
}

long core_fstat(struct file *file, unsigned long long *user) { return stat_of(F(file, file, f_dentry), user); }

long statfs_of(struct super_block *super, unsigned long long *user)
{
    word buffer[24]; /* a struct statfs */
    unsigned long long words[statfs_words];
    int error = vfs_statfs(super, (void *)buffer);
    if (error) return error;
    words[statfs_type] = F((void *)buffer, statfs, f_type);
    words[statfs_bsize] = F((void *)buffer, statfs, f_bsize);
    words[statfs_blocks] = F((void *)buffer, statfs, f_blocks);
    words[statfs_bfree] = F((void *)buffer, statfs, f_bfree);
    words[statfs_bavail] = F((void *)buffer, statfs, f_bavail);
    words[statfs_files] = F((void *)buffer, statfs, f_files);
    words[statfs_ffree] = F((void *)buffer, statfs, f_ffree);
    words[statfs_namelen] = F((void *)buffer, statfs, f_namelen);
    return kc_copy_to_user(user, words, sizeof words) ? -EFAULT : 0;
}
