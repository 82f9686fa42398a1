/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems that lie in the cache of names and pages alone: the root, ramfs, tmpfs. Source: fs/ramfs/inode.c of 2.4.
 * Differs from 2.4: tmpfs is never swapped, and its limits are not kept. */
#include "page.h"
#include "vfs.h"

enum { magic = 0x858458f6, tmpfs_magic = 0x01021994 };

static word super_ops[64], dir_ops[64], file_inode_ops[64], link_ops[64], dir_file_ops[64], file_ops[64], tmpfs_file_ops[64];
static word mapping_ops[64], tmpfs_mapping_ops[64];

#define INODE(p) F(p, dentry, d_inode)

static int read_page(struct file *file, struct page *page)
{
    (void)file;
    memset(page_address(page), 0, PAGE_SIZE);
    set_page_uptodate(page);
    unlock_page(page);
    return 0;
}

static int prepare(struct file *file, struct page *page, unsigned from, unsigned to)
{
    (void)file, (void)from, (void)to;
    if (!page_uptodate(page)) memset(page_address(page), 0, PAGE_SIZE);
    set_page_uptodate(page);
    set_page_dirty(page); /* it has no other home: memory must not be short by it */
    return 0;
}

static int commit(struct file *file, struct page *page, unsigned from, unsigned to)
{
    struct inode *inode = F(F(page, page, mapping), address_space, host);
    loff_t end = ((loff_t)F(page, page, index) << PAGE_SHIFT) + to;
    (void)file, (void)from;
    if (end > F(inode, inode, i_size)) F(inode, inode, i_size) = end;
    return 0;
}

static int is_tmpfs(struct super_block *super) { return F(super, super_block, s_magic) == tmpfs_magic; }

static struct inode *make_inode(struct super_block *super, int mode, int device)
{
    struct inode *inode = new_inode(super);
    if (!inode) return NULL;
    F(inode, inode, i_mode) = mode;
    F(inode, inode, i_uid) = F(current, task_struct, fsuid);
    F(inode, inode, i_gid) = F(current, task_struct, fsgid);
    F(inode, inode, i_blksize) = PAGE_SIZE;
    F(inode, inode, i_atime) = F(inode, inode, i_mtime) = F(inode, inode, i_ctime) = CURRENT_TIME;
    F(F(inode, inode, i_mapping), address_space, a_ops) = (void *)(is_tmpfs(super) ? tmpfs_mapping_ops : mapping_ops);
    if (S_ISREG(mode)) {
        F(inode, inode, i_op) = (void *)file_inode_ops;
        F(inode, inode, i_fop) = (void *)(is_tmpfs(super) ? tmpfs_file_ops : file_ops);
    } else if (S_ISDIR(mode)) {
        F(inode, inode, i_op) = (void *)dir_ops;
        F(inode, inode, i_fop) = (void *)dir_file_ops;
    } else if (S_ISLNK(mode)) {
        F(inode, inode, i_op) = (void *)link_ops;
    } else {
        init_special_inode(inode, mode, device);
    }
    return inode;
}

/* --- directories -------------------------------------------------------------------------------------------------------- */

static struct dentry *lookup(struct inode *dir, struct dentry *dentry)
{
    (void)dir;
    d_add(dentry, NULL);
    return NULL;
}

static int mknod(struct inode *dir, struct dentry *dentry, int mode, int device)
{
    struct inode *inode = make_inode(F(dir, inode, i_sb), mode, device);
    if (!inode) return -ENOSPC;
    d_instantiate(dentry, inode);
    dget(dentry); /* a name that exists stays in the cache */
    F(dir, inode, i_mtime) = F(dir, inode, i_ctime) = CURRENT_TIME;
    return 0;
}

static int mkdir(struct inode *dir, struct dentry *dentry, int mode) { return mknod(dir, dentry, mode | S_IFDIR, 0); }
static int create(struct inode *dir, struct dentry *dentry, int mode) { return mknod(dir, dentry, mode | S_IFREG, 0); }

static int symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
    int error = mknod(dir, dentry, S_IFLNK | 0777, 0);
    return error ? error : block_symlink(INODE(dentry), target, strlen(target) + 1);
}

static int link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
    struct inode *inode = INODE(old);
    (void)dir;
    if (S_ISDIR(F(inode, inode, i_mode))) return -EPERM;
    SET_SIZED(inode, inode, i_nlink, SIZED(inode, inode, i_nlink) + 1);
    ++F(inode, inode, i_count);
    dget(dentry);
    d_instantiate(dentry, inode);
    return 0;
}

static int empty(struct dentry *dentry)
{
    struct list_head *head = IN(dentry, dentry, d_subdirs), *at;
    for (at = head->next; at != head; at = at->next) {
        struct dentry *child = OWNER(at, dentry, d_child);
        if (INODE(child) && !d_unhashed(child)) return 0;
    }
    return 1;
}

static int unlink(struct inode *dir, struct dentry *dentry)
{
    struct inode *inode = INODE(dentry);
    if (!empty(dentry)) return -ENOTEMPTY;
    SET_SIZED(inode, inode, i_nlink, SIZED(inode, inode, i_nlink) - 1);
    F(dir, inode, i_mtime) = F(dir, inode, i_ctime) = F(inode, inode, i_ctime) = CURRENT_TIME;
    dput(dentry);
    return 0;
}

static int rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
    struct inode *target = INODE(new);
    (void)old_dir, (void)new_dir, (void)old;
    if (!empty(new)) return -ENOTEMPTY;
    if (target) {
        SET_SIZED(target, inode, i_nlink, SIZED(target, inode, i_nlink) - 1);
        dput(new);
    }
    return 0;
}

/* Names in the cache are all that there are. Source: fs/readdir.c of 2.4. */
int dcache_readdir(struct file *file, void *into, filldir_t fill)
{
    struct dentry *dir = F(file, file, f_dentry), *parent = F(dir, dentry, d_parent);
    struct list_head *head = IN(dir, dentry, d_subdirs), *at;
    loff_t position = F(file, file, f_pos);
    if (position == 0 && fill(into, ".", 1, 0, F(INODE(dir), inode, i_ino), 4) < 0) return 0;
    if (position <= 1) {
        if (position == 0) F(file, file, f_pos) = 1;
        if (fill(into, "..", 2, 1, F(INODE(parent), inode, i_ino), 4) < 0) return 0;
        F(file, file, f_pos) = position = 2;
    }
    position -= 2;
    for (at = head->next; at != head; at = at->next) {
        struct dentry *child = OWNER(at, dentry, d_child);
        struct qstr *name = IN(child, dentry, d_name);
        if (!INODE(child) || d_unhashed(child) || position-- > 0) continue;
        if (fill(into, (const char *)name->name, name->len, F(file, file, f_pos), F(INODE(child), inode, i_ino), 0) < 0) return 0;
        ++F(file, file, f_pos);
    }
    return 0;
}

static int no_sync(struct file *file, struct dentry *dentry, int datasync) { return (void)file, (void)dentry, (void)datasync, 0; }

static int statfs(struct super_block *super, struct statfs *into)
{
    F(into, statfs, f_type) = F(super, super_block, s_magic);
    F(into, statfs, f_bsize) = PAGE_SIZE;
    F(into, statfs, f_namelen) = 255;
    return 0;
}

/* All names give their use of themselves back. */
void drop_tree(struct dentry *root)
{
    struct list_head *head = IN(root, dentry, d_subdirs), *at;
again:
    for (at = head->next; at != head; at = at->next) {
        struct dentry *child = OWNER(at, dentry, d_child);
        if (!INODE(child)) continue;
        drop_tree(child);
        if (d_unhashed(child)) continue;
        d_drop(child);
        dput(child);
        goto again;
    }
}

static struct super_block *fill_super(struct super_block *super, word kind)
{
    struct inode *inode;
    F(super, super_block, s_blocksize) = PAGE_SIZE;
    F(super, super_block, s_blocksize_bits) = PAGE_SHIFT;
    F(super, super_block, s_magic) = kind;
    F(super, super_block, s_op) = (void *)super_ops;
    if (HAS(super_block, s_maxbytes)) F(super, super_block, s_maxbytes) = 0x7fffffffffULL;
    inode = make_inode(super, S_IFDIR | 0755, 0);
    F(super, super_block, s_root) = d_alloc_root(inode);
    return F(super, super_block, s_root) ? super : NULL;
}

struct super_block *core_ramfs_read_super(struct super_block *super, void *data, int silent)
{
    (void)data, (void)silent;
    return fill_super(super, magic);
}

struct super_block *core_tmpfs_read_super(struct super_block *super, void *data, int silent)
{
    (void)data, (void)silent;
    return fill_super(super, tmpfs_magic);
}

void ramfs_start(void)
{
#define DIR_OP(name) F((void *)dir_ops, inode_operations, name)
    DIR_OP(lookup) = lookup;
    DIR_OP(create) = create;
    DIR_OP(mkdir) = mkdir;
    DIR_OP(mknod) = mknod;
    DIR_OP(symlink) = symlink;
    DIR_OP(link) = link;
    DIR_OP(unlink) = unlink;
    DIR_OP(rmdir) = unlink;
    DIR_OP(rename) = rename;
    F((void *)link_ops, inode_operations, readlink) = page_readlink;
    F((void *)link_ops, inode_operations, follow_link) = page_follow_link;
    F((void *)dir_file_ops, file_operations, read) = (void *)generic_read_dir;
    F((void *)dir_file_ops, file_operations, readdir) = dcache_readdir;
    F((void *)dir_file_ops, file_operations, fsync) = no_sync;
#define FILE_OP(name) F((void *)file_ops, file_operations, name)
    FILE_OP(read) = generic_file_read;
    FILE_OP(write) = generic_file_write;
    FILE_OP(mmap) = generic_file_mmap;
    FILE_OP(fsync) = no_sync;
    memcpy(tmpfs_file_ops, file_ops, sizeof file_ops);
    F((void *)mapping_ops, address_space_operations, readpage) = read_page;
    F((void *)mapping_ops, address_space_operations, prepare_write) = prepare;
    F((void *)mapping_ops, address_space_operations, commit_write) = commit;
    memcpy(tmpfs_mapping_ops, mapping_ops, sizeof mapping_ops);
    F((void *)super_ops, super_operations, statfs) = statfs;
    F((void *)super_ops, super_operations, put_inode) = force_delete;
}
