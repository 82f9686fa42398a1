/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Super blocks: made for a mount, shared by mounts of one device, given up with the last. Source: fs/super.c of 2.4. */
#include "page.h"
#include "vfs.h"

static struct list_head super_blocks;

#define S(super, member) F(super, super_block, member)
#define OP(super, name) (S(super, s_op) ? F(S(super, s_op), super_operations, name) : NULL)
#define LIST(super) ((struct list_head *)IN(super, super_block, s_list))

/* s_lock is a semaphore since 2.4.18, before a byte with a queue. */
static int lock_is_semaphore(void) { return (word)LEN__super_block__s_lock > 1; }

void lock_super_of(struct super_block *super)
{
    if (lock_is_semaphore()) return down(IN(super, super_block, s_lock));
    while (*(unsigned char *)IN(super, super_block, s_lock))
        wait_while(*(unsigned char *)IN(super, super_block, s_lock), IN(super, super_block, s_wait), "a super block");
    *(unsigned char *)IN(super, super_block, s_lock) = 1;
}

void unlock_super_of(struct super_block *super)
{
    if (lock_is_semaphore()) return up(IN(super, super_block, s_lock));
    *(unsigned char *)IN(super, super_block, s_lock) = 0;
    wake(IN(super, super_block, s_wait));
}

struct super_block *make_super(struct file_system_type *type)
{
    struct super_block *super = kc_kmalloc(SIZE(super_block));
    if (!super) return NULL;
    list_init(LIST(super));
    list_init(IN(super, super_block, s_dirty));
    list_init(IN(super, super_block, s_files));
    if (HAS(super_block, s_locked_inodes)) list_init(IN(super, super_block, s_locked_inodes));
    if (HAS(super_block, s_instances)) list_init(IN(super, super_block, s_instances));
    if (HAS(super_block, s_mounts)) list_init(IN(super, super_block, s_mounts));
    if (lock_is_semaphore()) init_mutex(IN(super, super_block, s_lock));
    if (HAS(super_block, s_wait)) init_waitqueue(IN(super, super_block, s_wait));
    if (HAS(super_block, s_umount)) init_rw_semaphore(IN(super, super_block, s_umount));
    init_mutex(IN(super, super_block, s_vfs_rename_sem));
    init_mutex(IN(super, super_block, s_nfsd_free_path_sem));
    if (HAS(super_block, s_maxbytes)) S(super, s_maxbytes) = 0x7fffffff; /* MAX_NON_LFS */
    if (HAS(super_block, s_count)) S(super, s_count) = 1;
    if (HAS(super_block, s_active)) S(super, s_active) = 1;
    S(super, s_type) = type;
    return super;
}

static unsigned char unnamed[32];

kdev_t get_unnamed_dev(void)
{
    int minor;
    for (minor = 1; minor < 256; ++minor) {
        if (unnamed[minor / 8] & 1 << minor % 8) continue;
        unnamed[minor / 8] |= 1 << minor % 8;
        return minor;
    }
    return 0;
}

static void put_unnamed_dev(kdev_t dev) { unnamed[dev / 8] &= ~(1 << dev % 8); }

static struct super_block *find(kdev_t dev)
{
    struct list_head *at;
    for (at = super_blocks.next; at != &super_blocks; at = at->next)
        if (S(OWNER(at, super_block, s_list), s_dev) == dev) return OWNER(at, super_block, s_list);
    return NULL;
}

struct super_block *get_super(kdev_t dev)
{
    struct super_block *super = dev ? find(dev) : NULL;
    if (super && HAS(super_block, s_count)) ++S(super, s_count);
    return super;
}

static void put(struct super_block *super)
{
    if (HAS(super_block, s_count) && --S(super, s_count)) return;
    kc_kfree(super);
}

void drop_super(struct super_block *super) { put(super); }

/* --- mounting ----------------------------------------------------------------------------------------------------------- */

/* The type's module is used by the super block: since 2.4.18 while read_super runs, too, before only after it. */
static int fill(struct super_block *super, struct file_system_type *type, int flags, void *data)
{
    int held_before = HAS(super_block, s_instances);
    struct super_block *made;
    if (!F(type, file_system_type, read_super)) return -ENODEV; /* built in by its name alone */
    S(super, s_flags) = (word)(unsigned)flags;
    list_add_tail(LIST(super), &super_blocks);
    if (held_before) kc_hold_module(F(type, file_system_type, owner));
    lock_super_of(super);
    made = F(type, file_system_type, read_super)(super, data, flags & MS_VERBOSE ? 1 : 0);
    if (made) S(super, s_flags) |= MS_ACTIVE;
    unlock_super_of(super);
    if (made) {
        if (!held_before) kc_hold_module(F(type, file_system_type, owner));
        return 0;
    }
    list_del_init(LIST(super));
    if (held_before) kc_release_module(F(type, file_system_type, owner));
    return -EINVAL;
}

static struct super_block *of_device(struct file_system_type *type, int flags, const char *name, void *data)
{
    struct nameidata found;
    struct super_block *super = NULL;
    struct block_device *device;
    struct inode *inode;
    int error, mode = flags & MS_RDONLY ? FMODE_READ : FMODE_READ | FMODE_WRITE;
    kdev_t dev;
    if (!name || !*name) return error_pointer(-EINVAL);
    error = path_lookup(name, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &found);
    if (error) return error_pointer(error);
    inode = F(found.dentry, dentry, d_inode);
    dev = F(inode, inode, i_rdev);
    if (!S_ISBLK(F(inode, inode, i_mode))) error = -ENOTBLK;
    else if (F(found.mnt, vfsmount, mnt_flags) & MS_NODEV) error = -EACCES;
    path_release(&found);
    if (error) return error_pointer(error);
    if (!(device = bdget(dev))) return error_pointer(-ENOMEM);
    error = blkdev_get(device, mode, 0, 1); /* takes the use of the device over */
    if (error) return error_pointer(error);
    if (!(flags & MS_RDONLY) && is_read_only(dev)) {
        error = -EACCES;
        goto failed;
    }
    super = find(dev);
    if (super) {
        error = S(super, s_type) != type || ((S(super, s_flags) ^ (word)(unsigned)flags) & MS_RDONLY) ? -EBUSY : 0;
        if (!error && HAS(super_block, s_active)) ++S(super, s_active);
        blkdev_put(device, 1);
        return error ? error_pointer(error) : super;
    }
    error = -ENOMEM;
    if (!(super = make_super(type))) goto failed;
    S(super, s_dev) = dev;
    S(super, s_bdev) = device;
    error = fill(super, type, flags, data);
    if (!error) return super;
    invalidate_inodes(super);
    kc_kfree(super);
failed:
    blkdev_put(device, 1);
    return error_pointer(error);
}

static struct super_block *without_device(struct file_system_type *type, int flags, void *data)
{
    struct super_block *super;
    int error;
    if (F(type, file_system_type, fs_flags) & FS_SINGLE) {
        struct list_head *at;
        for (at = super_blocks.next; at != &super_blocks; at = at->next) {
            super = OWNER(at, super_block, s_list);
            if (S(super, s_type) != type) continue;
            if (HAS(super_block, s_active)) ++S(super, s_active);
            remount_super(super, flags, data);
            return super;
        }
    }
    if (!(super = make_super(type))) return error_pointer(-ENOMEM);
    if (!(S(super, s_dev) = get_unnamed_dev())) {
        kc_kfree(super);
        return error_pointer(-EMFILE);
    }
    error = fill(super, type, flags, data);
    if (!error) return super;
    put_unnamed_dev(S(super, s_dev));
    kc_kfree(super);
    return error_pointer(error);
}

struct vfsmount *do_kern_mount(struct file_system_type *type, int flags, const char *name, void *data)
{
    struct vfsmount *mount = kc_kmalloc(SIZE(vfsmount));
    struct super_block *super;
    if (!mount) return error_pointer(-ENOMEM);
    list_init(IN(mount, vfsmount, mnt_child));
    list_init(IN(mount, vfsmount, mnt_mounts));
    list_init(IN(mount, vfsmount, mnt_list));
    if (HAS(vfsmount, mnt_hash)) list_init(IN(mount, vfsmount, mnt_hash));
    if (HAS(vfsmount, mnt_instances)) list_init(IN(mount, vfsmount, mnt_instances));
    if (HAS(vfsmount, mnt_clash)) list_init(IN(mount, vfsmount, mnt_clash));
    F(mount, vfsmount, mnt_count) = 1;
    F(mount, vfsmount, mnt_devname) = copy_text(name ? name : "none");
    super = F(type, file_system_type, fs_flags) & FS_REQUIRES_DEV ? of_device(type, flags, name, data)
                                                                 : without_device(type, flags, data);
    if (is_error(super)) {
        kc_kfree(F(mount, vfsmount, mnt_devname));
        kc_kfree(mount);
        return (void *)super;
    }
    F(mount, vfsmount, mnt_sb) = super;
    F(mount, vfsmount, mnt_root) = dget(S(super, s_root));
    F(mount, vfsmount, mnt_mountpoint) = S(super, s_root);
    F(mount, vfsmount, mnt_parent) = mount;
    return mount;
}

/* A mount that no directory shows. The type's module is used from now on. */
struct vfsmount *kern_mount(struct file_system_type *type)
{
    return do_kern_mount(type, 0, F(type, file_system_type, name), NULL);
}

int remount_super(struct super_block *super, int flags, void *data)
{
    struct list_head *files = IN(super, super_block, s_files), *at;
    int error = 0;
    if (!(flags & MS_RDONLY) && S(super, s_dev) && S(super, s_bdev) && is_read_only(S(super, s_dev))) return -EACCES;
    if (flags & MS_RDONLY && !(S(super, s_flags) & MS_RDONLY)) {
        shrink_dcache_sb(super);
        for (at = files->next; at != files; at = at->next) {
            struct file *file = OWNER(at, file, f_list);
            if (F(file, file, f_mode) & FMODE_WRITE) return -EBUSY;
        }
        fsync_super(super);
    }
    if (OP(super, remount_fs)) {
        lock_super_of(super);
        error = OP(super, remount_fs)(super, &flags, data);
        unlock_super_of(super);
        if (error) return error;
    }
    S(super, s_flags) = (S(super, s_flags) & ~(word)0x3f1) | ((word)(unsigned)flags & 0x3f1); /* MS_RMT_MASK and others */
    return 0;
}

/* --- giving up ---------------------------------------------------------------------------------------------------------- */

void kill_super(struct super_block *super)
{
    struct file_system_type *type = S(super, s_type);
    struct dentry *root = S(super, s_root);
    struct block_device *device = S(super, s_bdev);
    if (HAS(super_block, s_active) && --S(super, s_active)) return;
    S(super, s_root) = NULL;
    if (F(type, file_system_type, fs_flags) & FS_LITTER) drop_tree(root);
    shrink_dcache_parent(root);
    dput(root);
    fsync_super(super);
    lock_super_of(super);
    S(super, s_flags) &= ~(word)MS_ACTIVE;
    invalidate_inodes(super);
    if (S(super, s_op)) {
        if (OP(super, write_super) && S(super, s_dirt)) OP(super, write_super)(super);
        if (OP(super, put_super)) OP(super, put_super)(super);
    }
    if (invalidate_inodes(super))
        kc_printk("<3>VFS: Busy inodes after unmount. Self-destruct in 5 seconds.  Have a nice day...\n");
    unlock_super_of(super);
    list_del_init(LIST(super));
    kc_release_module(F(type, file_system_type, owner));
    if (device) blkdev_put(device, 1);
    else put_unnamed_dev(S(super, s_dev));
    put(super);
}

/* --- writing ------------------------------------------------------------------------------------------------------------ */

void sync_supers(kdev_t dev)
{
    struct list_head *at;
    for (at = super_blocks.next; at != &super_blocks; at = at->next) {
        struct super_block *super = OWNER(at, super_block, s_list);
        if (dev && S(super, s_dev) != dev) continue;
        lock_super_of(super);
        if (S(super, s_dirt) && OP(super, write_super)) OP(super, write_super)(super);
        unlock_super_of(super);
    }
}

int fsync_super(struct super_block *super)
{
    kdev_t dev = S(super, s_dev);
    sync_inodes_of(super, 1);
    lock_super_of(super);
    if (S(super, s_dirt) && OP(super, write_super)) OP(super, write_super)(super);
    if (HAS(super_operations, sync_fs) && OP(super, sync_fs)) OP(super, sync_fs)(super);
    unlock_super_of(super);
    return S(super, s_bdev) ? sync_buffers(dev, 1) : 0;
}

/* Inodes, super blocks and buffers of a device, of all for 0. */
void sync_everything(kdev_t dev, int wait)
{
    struct list_head *at;
    for (at = super_blocks.next; at != &super_blocks; at = at->next) {
        struct super_block *super = OWNER(at, super_block, s_list);
        if (!dev || S(super, s_dev) == dev) sync_inodes_of(super, wait);
    }
    sync_supers(dev);
    sync_buffers(dev, wait);
}

int fsync_dev(kdev_t dev)
{
    sync_everything(dev, 1);
    return 0;
}

int fsync_no_super(kdev_t dev) { return sync_buffers(dev, 1); }
void sync_dev(kdev_t dev) { sync_everything(dev, 0); }

int vfs_statfs(struct super_block *super, struct statfs *into)
{
    if (!super) return -ENODEV;
    if (!OP(super, statfs)) return -ENOSYS;
    memset(into, 0, SIZE(statfs));
    lock_super_of(super);
    OP(super, statfs)(super, into);
    unlock_super_of(super);
    return 0;
}

void super_start(void) { list_init(&super_blocks); }
