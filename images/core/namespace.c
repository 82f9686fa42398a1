/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree of mounts. Source: fs/namespace.c of 2.4. */
#include "namespace.h"

#include "page.h"

static struct list_head mounts; /* all, in the order in which they came */

#define M(mount, member) F(mount, vfsmount, member)
#define ENTRY(mount) ((struct list_head *)IN(mount, vfsmount, mnt_list))

struct vfsmount *lookup_mnt(struct vfsmount *mount, struct dentry *dentry)
{
    struct list_head *at;
    for (at = mounts.next; at != &mounts; at = at->next) {
        struct vfsmount *child = OWNER(at, vfsmount, mnt_list);
        if (child != mount && M(child, mnt_parent) == mount && M(child, mnt_mountpoint) == dentry) return child;
    }
    return NULL;
}

/* Whether something is mounted on the entry, by any way to it. */
int mounted_on(struct dentry *dentry)
{
    struct list_head *at;
    if (HAS(dentry, d_mounted)) return F(dentry, dentry, d_mounted);
    for (at = mounts.next; at != &mounts; at = at->next) {
        struct vfsmount *child = OWNER(at, vfsmount, mnt_list);
        if (M(child, mnt_mountpoint) == dentry && M(child, mnt_parent) != child) return 1;
    }
    return 0;
}

void __mntput(struct vfsmount *mount)
{
    struct super_block *super = M(mount, mnt_sb);
    dput(M(mount, mnt_root));
    if (M(mount, mnt_devname)) kc_kfree(M(mount, mnt_devname));
    kc_kfree(mount);
    kill_super(super);
}

void mntput(struct vfsmount *mount)
{
    if (mount && !--M(mount, mnt_count)) __mntput(mount);
}

static void attach(struct vfsmount *mount, struct nameidata *at)
{
    M(mount, mnt_parent) = mntget(at->mnt);
    M(mount, mnt_mountpoint) = dget(at->dentry);
    list_add_tail(IN(mount, vfsmount, mnt_child), IN(at->mnt, vfsmount, mnt_mounts));
    list_add_tail(ENTRY(mount), &mounts);
    if (HAS(dentry, d_mounted)) ++F(at->dentry, dentry, d_mounted);
}

static void detach(struct vfsmount *mount)
{
    struct vfsmount *parent = M(mount, mnt_parent);
    struct dentry *point = M(mount, mnt_mountpoint);
    list_del_init(IN(mount, vfsmount, mnt_child));
    list_del_init(ENTRY(mount));
    M(mount, mnt_parent) = mount;
    M(mount, mnt_mountpoint) = M(mount, mnt_root);
    if (HAS(dentry, d_mounted)) --F(point, dentry, d_mounted);
    dput(point);
    mntput(parent);
}

int may_umount(struct vfsmount *mount) { return M(mount, mnt_count) > 2 ? -EBUSY : 0; }

/* --- the system calls --------------------------------------------------------------------------------------------------- */

/* A page of options from user space; NULL for none, an error as a pointer. */
static char *copy_options(const void *user)
{
    char *page;
    word left;
    if (!user) return NULL;
    if (!(page = kc_kmalloc(PAGE_SIZE))) return error_pointer(-ENOMEM);
    left = kc_copy_from_user(page, user, PAGE_SIZE);
    if (left == PAGE_SIZE) {
        kc_kfree(page);
        return error_pointer(-EFAULT);
    }
    page[PAGE_SIZE - 1] = 0;
    return page;
}

static int graft(struct vfsmount *mount, struct nameidata *at)
{
    struct inode *point = F(at->dentry, dentry, d_inode), *root = F(M(mount, mnt_root), dentry, d_inode);
    if (M(at->mnt, mnt_sb) == M(mount, mnt_sb) && M(at->mnt, mnt_root) == at->dentry) return -EBUSY;
    if (!S_ISDIR(F(root, inode, i_mode)) != !S_ISDIR(F(point, inode, i_mode))) return -ENOTDIR;
    if (F(point, inode, i_flags) & S_DEAD) return -ENOENT;
    if (d_unhashed(at->dentry) && F(at->dentry, dentry, d_parent) != at->dentry) return -ENOENT;
    attach(mount, at);
    return 0;
}

static int add_mount(struct nameidata *at, const char *type_name, int flags, int mount_flags, const char *name, void *data)
{
    struct file_system_type *type = type_name ? kc_get_fs_type(type_name) : NULL;
    struct vfsmount *mount;
    int error;
    if (!type_name) return -EINVAL;
    if (!type) return -ENODEV;
    mount = F(type, file_system_type, fs_flags) & FS_NOMOUNT ? error_pointer(-EINVAL) : do_kern_mount(type, flags, name, data);
    kc_release_module(F(type, file_system_type, owner));
    if (is_error(mount)) return error_of(mount);
    while (follow_down(&at->mnt, &at->dentry)) {}
    error = graft(mount, at);
    if (error) mntput(mount);
    else M(mount, mnt_flags) = mount_flags;
    return error;
}

static int bind_mount(struct nameidata *at, const char *old_name)
{
    struct nameidata old;
    struct vfsmount *mount;
    int error;
    if (!old_name || !*old_name) return -EINVAL;
    error = path_lookup(old_name, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &old);
    if (error) return error;
    mount = kc_kmalloc(SIZE(vfsmount));
    if (mount) {
        memcpy(mount, old.mnt, SIZE(vfsmount));
        list_init(IN(mount, vfsmount, mnt_child));
        list_init(IN(mount, vfsmount, mnt_mounts));
        list_init(ENTRY(mount));
        if (HAS(vfsmount, mnt_hash)) list_init(IN(mount, vfsmount, mnt_hash));
        M(mount, mnt_count) = 1;
        M(mount, mnt_devname) = copy_text(M(old.mnt, mnt_devname));
        M(mount, mnt_root) = dget(old.dentry);
        M(mount, mnt_parent) = mount;
        if (HAS(super_block, s_active)) ++F(M(mount, mnt_sb), super_block, s_active);
        error = graft(mount, at);
        if (error) mntput(mount);
    } else {
        error = -ENOMEM;
    }
    path_release(&old);
    return error;
}

long core_mount(const char *device, const char *dir, const char *type, word flags, const void *data)
{
    char *device_name = device ? getname(device) : NULL, *dir_name = getname(dir), *type_name = type ? getname(type) : NULL;
    char *options = copy_options(data);
    int mount_flags = 0;
    struct nameidata at;
    long error = 0;
    if (is_error(type_name)) error = error_of(type_name);
    else if (is_error(dir_name)) error = error_of(dir_name);
    else if (is_error(device_name)) error = error_of(device_name);
    else if (is_error(options)) error = error_of(options);
    if (error) goto out;
    if ((flags & 0xffff0000) == 0xc0ed0000) flags &= 0xffff; /* MS_MGC_VAL */
    if (flags & MS_NOSUID) mount_flags |= 1;
    if (flags & MS_NODEV) mount_flags |= 2;
    if (flags & MS_NOEXEC) mount_flags |= 4;
    flags &= ~(word)(MS_NOSUID | MS_NOEXEC | MS_NODEV);
    error = path_lookup(dir_name, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &at);
    if (error) goto out;
    if (flags & MS_REMOUNT) {
        if (at.dentry != M(at.mnt, mnt_root)) error = -EINVAL;
        else error = remount_super(M(at.mnt, mnt_sb), flags & ~(word)(MS_REMOUNT | MS_BIND | MS_MOVE), options);
        if (!error) M(at.mnt, mnt_flags) = mount_flags;
    } else if (flags & MS_BIND) {
        error = bind_mount(&at, device_name);
    } else {
        error = add_mount(&at, type_name, flags, mount_flags, device_name, options);
    }
    path_release(&at);
out:
    putname(device_name);
    putname(dir_name);
    putname(type_name);
    if (!is_error(options)) kc_kfree(options);
    return error;
}

long core_umount(const char *name, int flags)
{
    struct nameidata at;
    char *text = getname(name);
    long error;
    (void)flags;
    if (is_error(text)) return error_of(text);
    error = path_lookup(text, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &at);
    putname(text);
    if (error) return error;
    if (at.dentry != M(at.mnt, mnt_root)) error = -EINVAL;
    else if (at.mnt == root_mount) error = -EBUSY;
    else if (!list_empty(IN(at.mnt, vfsmount, mnt_mounts))) error = -EBUSY;
    else {
        struct super_block *super = M(at.mnt, mnt_sb);
        if (S_ACTIVE(super) == 1) {
            shrink_dcache_sb(super);
            fsync_super(super);
        }
        error = may_umount(at.mnt);
    }
    if (!error) detach(at.mnt), mntput(at.mnt);
    path_release(&at);
    return error;
}

/* --- the root ----------------------------------------------------------------------------------------------------------- */

struct vfsmount *root_mount;

void set_root(struct vfsmount *mount)
{
    root_mount = mount;
    list_add_tail(ENTRY(mount), &mounts);
}

struct vfsmount *next_mount(struct vfsmount *mount)
{
    struct list_head *next = mount ? ENTRY(mount)->next : mounts.next;
    return next == &mounts ? NULL : OWNER(next, vfsmount, mnt_list);
}

void namespace_start(void) { list_init(&mounts); }
