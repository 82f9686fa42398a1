/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems: inodes, directory entries, super blocks, mounts, names, open files. Source: include/linux/{fs,dcache,mount}.h
 * of 2.4. Functions that modules import bear the kernel's names. */
#pragma once

#include "service.h"
#include "text.h"
#include "wait.h"

struct kiobuf;
struct poll_table_struct;
struct seq_file;

enum { I_DIRTY_SYNC = 1, I_DIRTY_DATASYNC = 2, I_DIRTY_PAGES = 4, I_DIRTY = 7, I_LOCK = 8, I_FREEING = 16, I_CLEAR = 32,
       I_NEW = 64 };
enum { MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_SYNCHRONOUS = 16, MS_REMOUNT = 32, MS_MANDLOCK = 64,
       MS_NOATIME = 1024, MS_NODIRATIME = 2048, MS_BIND = 4096, MS_MOVE = 8192, MS_VERBOSE = 32768, MS_ACTIVE = 1 << 30 };
enum { FS_REQUIRES_DEV = 1, FS_NO_DCACHE = 2, FS_SINGLE = 8, FS_NOMOUNT = 16, FS_LITTER = 32, FS_ODD_RENAME = 32768 };
enum { S_DEAD = 32, S_IMMUTABLE = 8, S_APPEND = 4, S_NOATIME = 2, S_SYNC = 1 };
enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };
enum { ATTR_MODE = 1, ATTR_UID = 2, ATTR_GID = 4, ATTR_SIZE = 8, ATTR_ATIME = 16, ATTR_MTIME = 32, ATTR_CTIME = 64,
       ATTR_ATIME_SET = 128, ATTR_MTIME_SET = 256, ATTR_FORCE = 512 };
enum { FMODE_READ = 1, FMODE_WRITE = 2 };
#if defined(__mips__)
enum { O_ACCMODE = 3, O_APPEND = 8, O_SYNC = 0x10, O_NONBLOCK = 0x80, O_CREAT = 0x100, O_TRUNC = 0x200, O_EXCL = 0x400,
       O_DIRECTORY = 0x10000, O_NOFOLLOW = 0x20000, O_LARGEFILE = 0x2000, O_DIRECT = 0x8000 };
#elif defined(__alpha__)
enum { O_ACCMODE = 3, O_NONBLOCK = 4, O_APPEND = 8, O_CREAT = 01000, O_TRUNC = 02000, O_EXCL = 04000, O_SYNC = 040000,
       O_DIRECTORY = 0100000, O_NOFOLLOW = 0200000, O_LARGEFILE = 0400000, O_DIRECT = 02000000 };
#elif defined(__sparc__)
enum { O_ACCMODE = 3, O_APPEND = 8, O_CREAT = 0x200, O_TRUNC = 0x400, O_EXCL = 0x800, O_SYNC = 0x2000, O_NONBLOCK = 0x4000,
       O_DIRECTORY = 0x10000, O_NOFOLLOW = 0x20000, O_LARGEFILE = 0x40000, O_DIRECT = 0x100000 };
#else
enum { O_ACCMODE = 3, O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000, O_APPEND = 02000, O_NONBLOCK = 04000, O_SYNC = 010000,
#if defined(__arm__) || defined(__powerpc__) || defined(__m68k__)
       O_DIRECTORY = 040000, O_NOFOLLOW = 0100000, O_DIRECT = 0200000, O_LARGEFILE = 0400000 };
#else
       O_DIRECT = 040000, O_LARGEFILE = 0100000, O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000 };
#endif
#endif

DECLARE_VARIABLE(xtime);
DECLARE_VARIABLE(jiffies);
#define CURRENT_TIME (*(long *)VAR__xtime)
#define jiffies (*(volatile word *)VAR__jiffies)

/* --- inodes (inode.c) */
typedef int (*find_inode_t)(struct inode *, word, void *);
struct inode *new_inode(struct super_block *super);
struct inode *get_empty_inode(void);
void inode_init_once(struct inode *inode);
struct inode *iget4(struct super_block *super, word number, find_inode_t find, void *opaque);
struct inode *iget4_locked(struct super_block *super, word number, find_inode_t find, void *opaque);
void unlock_new_inode(struct inode *inode);
struct inode *igrab(struct inode *inode);
void iput(struct inode *inode);
word iunique(struct super_block *super, word reserved);
void insert_inode_hash(struct inode *inode);
void remove_inode_hash(struct inode *inode);
void clear_inode(struct inode *inode);
void force_delete(struct inode *inode);
void __mark_inode_dirty(struct inode *inode, int flags);
#define mark_inode_dirty(inode) __mark_inode_dirty(inode, I_DIRTY)
void update_atime(struct inode *inode);
void write_inode_now(struct inode *inode, int sync);
int invalidate_inodes(struct super_block *super);
void sync_inodes_of(struct super_block *super, int wait);
void init_special_inode(struct inode *inode, unsigned short mode, int device);
void make_bad_inode(struct inode *inode);
int is_bad_inode(struct inode *inode);
int bmap(struct inode *inode, int block);
void inode_start(void);
void init_mapping(struct address_space *mapping, struct inode *host);

/* --- attributes and permission (attribute.c) */
int in_group_p(unsigned group);
int vfs_permission(struct inode *inode, int mask);
int permission(struct inode *inode, int mask);
int inode_change_ok(struct inode *inode, struct iattr *changes);
int inode_setattr(struct inode *inode, struct iattr *changes);
int notify_change(struct dentry *dentry, struct iattr *changes);
int get_write_access(struct inode *inode);
void put_write_access(struct inode *inode);
int deny_write_access_to(struct inode *inode);

/* --- directory entries (dcache.c) */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);
struct dentry *d_alloc_root(struct inode *root);
void d_instantiate(struct dentry *dentry, struct inode *inode);
void d_rehash(struct dentry *dentry);
static inline void d_add(struct dentry *dentry, struct inode *inode)
{
    d_instantiate(dentry, inode);
    d_rehash(dentry);
}
struct dentry *d_lookup(struct dentry *parent, struct qstr *name);
struct dentry *d_find_alias(struct inode *inode);
void d_delete(struct dentry *dentry);
void d_move(struct dentry *dentry, struct dentry *target);
int d_invalidate(struct dentry *dentry);
void d_prune_aliases(struct inode *inode);
void dput(struct dentry *dentry);
struct dentry *dget_locked(struct dentry *dentry);
static inline struct dentry *dget(struct dentry *dentry)
{
    if (dentry) ++F(dentry, dentry, d_count);
    return dentry;
}
int d_unhashed(struct dentry *dentry);
void d_drop(struct dentry *dentry);
void shrink_dcache_sb(struct super_block *super);
void shrink_dcache_parent(struct dentry *parent);
int is_subdir(struct dentry *dentry, struct dentry *above);
int have_submounts(struct dentry *parent);
word find_inode_number(struct dentry *parent, struct qstr *name);
unsigned hash_name(const unsigned char *name, unsigned length);
void dcache_start(void);

/* --- super blocks and mounts (super.c, namespace.c) */
struct super_block *get_super(kdev_t dev);
void drop_super(struct super_block *super);
struct super_block *make_super(struct file_system_type *type);
kdev_t get_unnamed_dev(void);
void lock_super_of(struct super_block *super);
void unlock_super_of(struct super_block *super);
struct vfsmount *kern_mount(struct file_system_type *type);
struct vfsmount *do_kern_mount(struct file_system_type *type, int flags, const char *name, void *data);
int remount_super(struct super_block *super, int flags, void *data);
void kill_super(struct super_block *super);
void sync_supers(kdev_t dev);
void sync_everything(kdev_t dev, int wait);
int fsync_super(struct super_block *super);
/* A file system that is all in the cache of names: what its names hold goes (ramfs.c). */
void drop_tree(struct dentry *root);
void ramfs_start(void);
struct super_block *core_ramfs_read_super(struct super_block *super, void *data, int silent);
struct super_block *core_tmpfs_read_super(struct super_block *super, void *data, int silent);
void super_start(void);

struct nameidata {
    struct dentry *dentry;
    struct vfsmount *mnt;
    struct qstr last;
    unsigned flags;
    int last_type;
};
enum { LOOKUP_FOLLOW = 1, LOOKUP_DIRECTORY = 2, LOOKUP_CONTINUE = 4, LOOKUP_POSITIVE = 8, LOOKUP_PARENT = 16, LOOKUP_NOALT = 32 };
enum { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT, LAST_BIND };

static inline struct vfsmount *mntget(struct vfsmount *mount)
{
    if (mount) ++F(mount, vfsmount, mnt_count);
    return mount;
}
void mntput(struct vfsmount *mount);
void __mntput(struct vfsmount *mount);
struct vfsmount *lookup_mnt(struct vfsmount *mount, struct dentry *dentry);
int follow_down(struct vfsmount **mount, struct dentry **dentry);
int follow_up(struct vfsmount **mount, struct dentry **dentry);
int may_umount(struct vfsmount *mount);
void namespace_start(void);

/* --- names (namei.c) */
int path_init(const char *name, unsigned flags, struct nameidata *found) FASTCALL;
int path_walk(const char *name, struct nameidata *found) FASTCALL;
int path_lookup(const char *name, unsigned flags, struct nameidata *found) FASTCALL;
void path_release(struct nameidata *found);
struct dentry *lookup_hash(struct qstr *name, struct dentry *base);
struct dentry *lookup_one_len(const char *name, struct dentry *base, int length);
int vfs_follow_link(struct nameidata *found, const char *link);
int vfs_readlink(struct dentry *dentry, char *buffer, int length, const char *link);
int page_readlink(struct dentry *dentry, char *buffer, int length);
int page_follow_link(struct dentry *dentry, struct nameidata *found);
int vfs_create(struct inode *dir, struct dentry *dentry, int mode);
int vfs_mkdir(struct inode *dir, struct dentry *dentry, int mode);
int vfs_mknod(struct inode *dir, struct dentry *dentry, int mode, int device);
int vfs_symlink(struct inode *dir, struct dentry *dentry, const char *target);
int vfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry);
int vfs_unlink(struct inode *dir, struct dentry *dentry);
int vfs_rmdir(struct inode *dir, struct dentry *dentry);
int vfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new);
char *getname(const char *user);
void putname(char *name);
int open_namei(const char *name, int flags, int mode, struct nameidata *found);
struct dentry *lookup_create(struct nameidata *found, int is_directory);
char *path_of(struct dentry *dentry, struct vfsmount *mount, char *buffer, int bytes);

/* --- open files (file.c, read_write.c, readdir.c) */
/* The counter of versions that directories and files get: the kernel's variable. */
DECLARE_VARIABLE(event);
#define last_version (*(word *)VAR__event)
struct file *get_empty_filp(void);
void put_filp(struct file *file);
struct file *dentry_open(struct dentry *dentry, struct vfsmount *mount, int flags);
struct file *filp_open(const char *name, int flags, int mode);
int filp_close(struct file *file, void *files);
void fput(struct file *file) FASTCALL;
static inline void get_file(struct file *file) { ++F(file, file, f_count); }
int init_private_file(struct file *file, struct dentry *dentry, int mode);
ssize_t vfs_read(struct file *file, char *buffer, size_t count, loff_t *position);
ssize_t vfs_write(struct file *file, const char *buffer, size_t count, loff_t *position);
int vfs_readdir(struct file *file, filldir_t fill, void *into);
int dcache_readdir(struct file *file, void *into, filldir_t fill);
int generic_read_dir(struct file *file, char *buffer, size_t count, loff_t *position);
loff_t generic_file_llseek(struct file *file, loff_t offset, int whence);
loff_t default_llseek(struct file *file, loff_t offset, int whence);
loff_t vfs_llseek(struct file *file, loff_t offset, int whence);
int generic_file_open(struct inode *inode, struct file *file);
int vfs_statfs(struct super_block *super, struct statfs *into);
int fsync_inode(struct inode *inode);
int file_fsync(struct file *file, struct dentry *dentry, int datasync);
int do_truncate(struct dentry *dentry, loff_t length);

/* Hands a kernel buffer to what takes user addresses: get_fs and set_fs around it. */
word set_kernel_limit(void);
void restore_limit(word limit);
