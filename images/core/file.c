/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Open files: made, shared, closed; read and written by position. Source: fs/{file_table,open,read_write,readdir}.c of 2.4. */
#include "page.h"
#include "vfs.h"

#define FILE(p, member) F(p, file, member)
#define OP(file, name) (FILE(file, f_op) ? F(FILE(file, f_op), file_operations, name) : NULL)
#define INODE(file) F(FILE(file, f_dentry), dentry, d_inode)

struct file *get_empty_filp(void)
{
    struct file *file = kc_kmalloc(SIZE(file));
    if (!file) return NULL;
    list_init(IN(file, file, f_list));
    FILE(file, f_count) = 1;
    FILE(file, f_uid) = F(current, task_struct, fsuid);
    FILE(file, f_gid) = F(current, task_struct, fsgid);
    if (HAS(file, f_maxcount)) FILE(file, f_maxcount) = 0x7fffffff;
    return file;
}

void put_filp(struct file *file)
{
    if (--FILE(file, f_count)) return;
    list_del(IN(file, file, f_list));
    kc_kfree(file);
}

static struct module *owner_of(struct file *file) { return OP(file, owner); }

/* Opens what the name stands for. Gives the entry and the mount back where that fails. */
struct file *dentry_open(struct dentry *dentry, struct vfsmount *mount, int flags)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    struct file *file = get_empty_filp();
    int error = -ENFILE;
    if (!file) goto out;
    FILE(file, f_flags) = flags;
    FILE(file, f_mode) = (flags + 1) & O_ACCMODE;
    if (FILE(file, f_mode) & FMODE_WRITE) {
        error = get_write_access(inode);
        if (error) goto free;
    }
    FILE(file, f_dentry) = dentry;
    FILE(file, f_vfsmnt) = mount;
    FILE(file, f_op) = kc_hold_module(F(F(inode, inode, i_fop), file_operations, owner)) ? F(inode, inode, i_fop) : NULL;
    if (F(inode, inode, i_sb)) list_add(IN(file, file, f_list), IN(F(inode, inode, i_sb), super_block, s_files));
    error = OP(file, open) ? OP(file, open)(inode, file) : 0;
    if (!error) {
        FILE(file, f_flags) &= ~(O_CREAT | O_EXCL | O_TRUNC);
        return file;
    }
    if (FILE(file, f_op)) kc_release_module(owner_of(file));
    if (FILE(file, f_mode) & FMODE_WRITE) put_write_access(inode);
free:
    put_filp(file);
out:
    dput(dentry);
    mntput(mount);
    return error_pointer(error);
}

struct file *filp_open(const char *name, int flags, int mode)
{
    struct nameidata found;
    int error = open_namei(name, flags, mode, &found);
    return error ? error_pointer(error) : dentry_open(found.dentry, found.mnt, flags);
}

FASTCALL void fput(struct file *file)
{
    struct dentry *dentry = FILE(file, f_dentry);
    struct vfsmount *mount = FILE(file, f_vfsmnt);
    struct inode *inode = dentry ? F(dentry, dentry, d_inode) : NULL;
    if (--FILE(file, f_count)) return;
    if (OP(file, release)) OP(file, release)(inode, file);
    if (FILE(file, f_op)) kc_release_module(owner_of(file));
    if (FILE(file, f_mode) & FMODE_WRITE && inode) put_write_access(inode);
    FILE(file, f_dentry) = NULL;
    FILE(file, f_vfsmnt) = NULL;
    list_del(IN(file, file, f_list));
    kc_kfree(file);
    dput(dentry);
    mntput(mount);
}

int filp_close(struct file *file, void *files)
{
    int result = 0;
    (void)files;
    if (!FILE(file, f_count)) {
        kc_printk("<3>VFS: Close: file count is 0\n");
        return 0;
    }
    if (OP(file, flush)) result = OP(file, flush)(file);
    fput(file);
    return result;
}

/* A file over an entry, of a caller's own making. */
int init_private_file(struct file *file, struct dentry *dentry, int mode)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    memset(file, 0, SIZE(file));
    FILE(file, f_mode) = mode;
    FILE(file, f_count) = 1;
    FILE(file, f_dentry) = dentry;
    FILE(file, f_op) = F(inode, inode, i_fop);
    list_init(IN(file, file, f_list));
    return OP(file, open) ? OP(file, open)(inode, file) : 0;
}

/* --- reading and writing ------------------------------------------------------------------------------------------------ */

ssize_t vfs_read(struct file *file, char *buffer, size_t count, loff_t *position)
{
    if (!(FILE(file, f_mode) & FMODE_READ)) return -EBADF;
    if (!OP(file, read)) return -EINVAL;
    return OP(file, read)(file, buffer, count, position);
}

ssize_t vfs_write(struct file *file, const char *buffer, size_t count, loff_t *position)
{
    if (!(FILE(file, f_mode) & FMODE_WRITE)) return -EBADF;
    if (!OP(file, write)) return -EINVAL;
    return OP(file, write)(file, buffer, count, position);
}

int kernel_read(struct file *file, word offset, char *buffer, word count)
{
    word limit = set_kernel_limit();
    loff_t position = offset;
    int result = OP(file, read) ? OP(file, read)(file, buffer, count, &position) : -ENOSYS;
    restore_limit(limit);
    return result;
}

static loff_t move(struct file *file, loff_t offset, int whence, unsigned long long most)
{
    if (whence == 2) offset += F(INODE(file), inode, i_size);
    if (whence == 1) offset += FILE(file, f_pos);
    if (offset < 0 || (unsigned long long)offset > most) return -EINVAL;
    if (offset != FILE(file, f_pos)) {
        FILE(file, f_pos) = offset;
        FILE(file, f_version) = ++last_version;
    }
    return offset;
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
    struct super_block *super = F(INODE(file), inode, i_sb);
    return move(file, offset, whence, HAS(super_block, s_maxbytes) ? F(super, super_block, s_maxbytes) : 0x7fffffff);
}

loff_t default_llseek(struct file *file, loff_t offset, int whence) { return move(file, offset, whence, ~0ULL >> 1); }

loff_t vfs_llseek(struct file *file, loff_t offset, int whence)
{
    if ((unsigned)whence > 2) return -EINVAL;
    return OP(file, llseek) ? OP(file, llseek)(file, offset, whence) : default_llseek(file, offset, whence);
}

int generic_read_dir(struct file *file, char *buffer, size_t count, loff_t *position)
{
    (void)file, (void)buffer, (void)count, (void)position;
    return -EISDIR;
}

int generic_file_open(struct inode *inode, struct file *file)
{
    if (!(FILE(file, f_flags) & O_LARGEFILE) && F(inode, inode, i_size) > 0x7fffffff) return -EFBIG;
    return 0;
}

int vfs_readdir(struct file *file, filldir_t fill, void *into)
{
    struct inode *inode = INODE(file);
    int result = -ENOTDIR;
    if (!OP(file, readdir)) return result;
    down(IN(inode, inode, i_sem));
    down(IN(inode, inode, i_zombie));
    result = F(inode, inode, i_flags) & S_DEAD ? -ENOENT : OP(file, readdir)(file, into, fill);
    up(IN(inode, inode, i_zombie));
    up(IN(inode, inode, i_sem));
    return result;
}

/* --- writing out -------------------------------------------------------------------------------------------------------- */

int fsync_inode(struct inode *inode)
{
    int error = fsync_buffers_list(IN(inode, inode, i_dirty_buffers));
    if (HAS(inode, i_dirty_data_buffers)) {
        int other = fsync_buffers_list(IN(inode, inode, i_dirty_data_buffers));
        if (!error) error = other;
    }
    if (F(inode, inode, i_state) & I_DIRTY) write_inode_now(inode, 1);
    return error;
}

int file_fsync(struct file *file, struct dentry *dentry, int datasync)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    (void)file, (void)datasync;
    write_inode_now(inode, 0);
    sync_supers(F(inode, inode, i_dev));
    return sync_buffers(F(inode, inode, i_dev), 1);
}

int do_truncate(struct dentry *dentry, loff_t length)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    word changes[24]; /* a struct iattr */
    int error;
    if (length < 0) return -EINVAL;
    memset(changes, 0, sizeof changes);
    F((void *)changes, iattr, ia_size) = length;
    F((void *)changes, iattr, ia_valid) = ATTR_SIZE | ATTR_CTIME;
    down(IN(inode, inode, i_sem));
    error = notify_change(dentry, (void *)changes);
    up(IN(inode, inode, i_sem));
    return error;
}

/* --- whose addresses are meant ------------------------------------------------------------------------------------------ */

word set_kernel_limit(void) { return kc_set_limit(0, 1); }
void restore_limit(word limit) { kc_set_limit(limit, 0); }
