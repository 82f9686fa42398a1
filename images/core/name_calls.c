/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls on names. Source: fs/{namei,open,stat,super}.c of 2.4. */
#include "calls.h"
#include "namespace.h"
#include "page.h"

#define INODE(p) F(p, dentry, d_inode)

static struct fs_struct *fs(void) { return F(current, task_struct, fs); }

static int find(const char *user, unsigned flags, struct nameidata *found)
{
    char *name = getname(user);
    int error;
    if (is_error(name)) return error_of(name);
    error = path_lookup(name, flags, found);
    putname(name);
    return error;
}

long core_stat(const char *user, unsigned long long *into, int through)
{
    struct nameidata at;
    long error = find(user, (through ? LOOKUP_FOLLOW : 0) | LOOKUP_POSITIVE, &at);
    if (error) return error;
    error = stat_of(at.dentry, into);
    path_release(&at);
    return error;
}

long core_statfs(const char *user, unsigned long long *into)
{
    struct nameidata at;
    long error = find(user, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &at);
    if (error) return error;
    error = statfs_of(F(INODE(at.dentry), inode, i_sb), into);
    path_release(&at);
    return error;
}

long core_readlink(const char *user, char *buffer, int bytes)
{
    struct nameidata at;
    long error;
    if (bytes <= 0) return -EINVAL;
    error = find(user, LOOKUP_POSITIVE, &at);
    if (error) return error;
    error = -EINVAL;
    if (OP_INODE(INODE(at.dentry), readlink)) {
        update_atime(INODE(at.dentry));
        error = OP_INODE(INODE(at.dentry), readlink)(at.dentry, buffer, bytes);
    }
    path_release(&at);
    return error;
}

/* --- making and removing ------------------------------------------------------------------------------------------------ */

/* Calls `make` with the directory and the fresh entry of a name. */
#define CREATING(user, is_directory, make)                                                                                         \
    ({                                                                                                                             \
        char *name_ = getname(user);                                                                                               \
        struct nameidata at;                                                                                                       \
        long error_ = is_error(name_) ? error_of(name_) : path_lookup(name_, LOOKUP_PARENT, &at);                                  \
        if (!error_) {                                                                                                             \
            struct dentry *dentry = lookup_create(&at, is_directory);                                                              \
            struct inode *dir = INODE(at.dentry);                                                                                  \
            error_ = is_error(dentry) ? error_of(dentry) : (make);                                                                 \
            if (!is_error(dentry)) dput(dentry);                                                                                   \
            up(IN(dir, inode, i_sem));                                                                                             \
            path_release(&at);                                                                                                     \
        }                                                                                                                          \
        putname(name_);                                                                                                            \
        error_;                                                                                                                    \
    })

long core_mkdir(const char *user, int mode)
{
    return CREATING(user, 1, vfs_mkdir(dir, dentry, mode & ~F(fs(), fs_struct, umask)));
}

long core_mknod(const char *user, int mode, unsigned device)
{
    if (S_ISDIR(mode)) return -EPERM;
    if (!(mode & S_IFMT)) mode |= S_IFREG;
    if (F(current, task_struct, fsuid) && (S_ISCHR(mode) || S_ISBLK(mode))) return -EPERM;
    if (S_ISREG(mode)) return CREATING(user, 0, vfs_create(dir, dentry, mode & ~F(fs(), fs_struct, umask)));
    if (!S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode)) return -EINVAL;
    return CREATING(user, 0, vfs_mknod(dir, dentry, mode & ~F(fs(), fs_struct, umask), device));
}

long core_symlink(const char *target, const char *user)
{
    char *text = getname(target);
    long error = is_error(text) ? error_of(text) : CREATING(user, 0, vfs_symlink(dir, dentry, text));
    putname(text);
    return error;
}

long core_link(const char *old, const char *user)
{
    struct nameidata from;
    long error = find(old, LOOKUP_POSITIVE, &from);
    if (error) return error;
    error = CREATING(user, 0, at.mnt == from.mnt ? vfs_link(from.dentry, dir, dentry) : -EXDEV);
    path_release(&from);
    return error;
}

static int removable(struct nameidata *at, int is_directory)
{
    if (at->last_type == LAST_NORM) return 0;
    if (!is_directory) return -EISDIR;
    return at->last_type == LAST_DOTDOT ? -ENOTEMPTY : at->last_type == LAST_DOT ? -EINVAL : -EBUSY;
}

static long remove(const char *user, int is_directory)
{
    char *name = getname(user);
    struct nameidata at;
    long error = is_error(name) ? error_of(name) : path_lookup(name, LOOKUP_PARENT, &at);
    if (error) goto out;
    error = removable(&at, is_directory);
    if (!error) {
        struct inode *dir = INODE(at.dentry);
        struct dentry *dentry;
        down(IN(dir, inode, i_sem));
        dentry = lookup_hash(&at.last, at.dentry);
        if (is_error(dentry)) error = error_of(dentry);
        else if (is_directory) error = vfs_rmdir(dir, dentry);
        else if (at.last.name[at.last.len] && !INODE(dentry)) error = -ENOENT;
        else if (at.last.name[at.last.len]) error = S_ISDIR(F(INODE(dentry), inode, i_mode)) ? -EISDIR : -ENOTDIR;
        else error = vfs_unlink(dir, dentry);
        if (!is_error(dentry)) dput(dentry);
        up(IN(dir, inode, i_sem));
    }
    path_release(&at);
out:
    putname(name);
    return error;
}

long core_unlink(const char *user) { return remove(user, 0); }
long core_rmdir(const char *user) { return remove(user, 1); }

static void lock_both(struct inode *left, struct inode *right)
{
    if (left < right) down(IN(left, inode, i_sem));
    down(IN(right, inode, i_sem));
    if (left > right) down(IN(left, inode, i_sem));
}

static long rename_at(struct nameidata *from, struct nameidata *to)
{
    struct inode *old_dir = INODE(from->dentry), *new_dir = INODE(to->dentry);
    struct dentry *old, *new = NULL;
    long error;
    if (from->mnt != to->mnt) return -EXDEV;
    if (from->last_type != LAST_NORM || to->last_type != LAST_NORM) return -EBUSY;
    lock_both(old_dir, new_dir);
    old = lookup_hash(&from->last, from->dentry);
    if (is_error(old)) error = error_of(old);
    else if (!INODE(old)) error = -ENOENT;
    else if (!S_ISDIR(F(INODE(old), inode, i_mode)) && (from->last.name[from->last.len] || to->last.name[to->last.len]))
        error = -ENOTDIR;
    else {
        new = lookup_hash(&to->last, to->dentry);
        error = is_error(new) ? error_of(new) : vfs_rename(old_dir, old, new_dir, new);
    }
    if (new && !is_error(new)) dput(new);
    if (!is_error(old)) dput(old);
    up(IN(old_dir, inode, i_sem));
    if (old_dir != new_dir) up(IN(new_dir, inode, i_sem));
    return error;
}

long core_rename(const char *old, const char *new)
{
    char *old_name = getname(old), *new_name = getname(new);
    struct nameidata from, to;
    long error = is_error(old_name) ? error_of(old_name) : is_error(new_name) ? error_of(new_name) : 0;
    if (!error) error = path_lookup(old_name, LOOKUP_PARENT, &from);
    if (!error) {
        error = path_lookup(new_name, LOOKUP_PARENT, &to);
        if (!error) {
            error = rename_at(&from, &to);
            path_release(&to);
        }
        path_release(&from);
    }
    putname(old_name);
    putname(new_name);
    return error;
}

/* --- attributes --------------------------------------------------------------------------------------------------------- */

static int may_change(struct inode *inode)
{
    if (F(F(inode, inode, i_sb), super_block, s_flags) & MS_RDONLY) return -EROFS;
    return F(inode, inode, i_flags) & (S_IMMUTABLE | S_APPEND) ? -EPERM : 0;
}

#define CHANGING(user, flags, set)                                                                                                 \
    ({                                                                                                                             \
        struct nameidata at;                                                                                                       \
        long error_ = find(user, flags, &at);                                                                                      \
        if (!error_) {                                                                                                             \
            word room_[24] = {0};                                                                                                  \
            struct iattr *changes = (void *)room_;                                                                                 \
            struct inode *inode = INODE(at.dentry);                                                                                \
            error_ = may_change(inode);                                                                                            \
            set;                                                                                                                   \
            if (!error_) error_ = notify_change(at.dentry, changes);                                                               \
            path_release(&at);                                                                                                     \
        }                                                                                                                          \
        error_;                                                                                                                    \
    })

long core_chmod(const char *user, int mode)
{
    return CHANGING(user, LOOKUP_FOLLOW | LOOKUP_POSITIVE, ({
                        F(changes, iattr, ia_mode) = (mode & 07777) | (F(inode, inode, i_mode) & ~07777);
                        F(changes, iattr, ia_valid) = ATTR_MODE | ATTR_CTIME;
                    }));
}

long core_chown(const char *user, unsigned owner, unsigned group, int through)
{
    return CHANGING(user, (through ? LOOKUP_FOLLOW : 0) | LOOKUP_POSITIVE, ({
                        F(changes, iattr, ia_uid) = owner != ~0u ? owner : F(inode, inode, i_uid);
                        F(changes, iattr, ia_gid) = group != ~0u ? group : F(inode, inode, i_gid);
                        F(changes, iattr, ia_valid) = ATTR_UID | ATTR_GID | ATTR_CTIME;
                    }));
}

long core_utime(const char *user, long accessed, long modified)
{
    return CHANGING(user, LOOKUP_FOLLOW | LOOKUP_POSITIVE, ({
                        F(changes, iattr, ia_atime) = accessed;
                        F(changes, iattr, ia_mtime) = modified;
                        F(changes, iattr, ia_valid) = ATTR_CTIME | ATTR_MTIME | ATTR_ATIME | ATTR_ATIME_SET | ATTR_MTIME_SET;
                    }));
}

long core_truncate(const char *user, long length)
{
    struct nameidata at;
    struct inode *inode;
    long error;
    if (length < 0) return -EINVAL;
    error = find(user, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &at);
    if (error) return error;
    inode = INODE(at.dentry);
    if (S_ISDIR(F(inode, inode, i_mode))) error = -EISDIR;
    else if (!S_ISREG(F(inode, inode, i_mode))) error = -EINVAL;
    else if (!(error = permission(inode, MAY_WRITE)) && !(error = may_change(inode)) && !(error = get_write_access(inode))) {
        error = do_truncate(at.dentry, length);
        put_write_access(inode);
    }
    path_release(&at);
    return error;
}

long core_access(const char *user, int mode)
{
    struct nameidata at;
    long error;
    if (mode & ~7) return -EINVAL;
    error = find(user, LOOKUP_FOLLOW | LOOKUP_POSITIVE, &at);
    if (error) return error;
    error = permission(INODE(at.dentry), mode);
    path_release(&at);
    return error;
}

/* --- places ------------------------------------------------------------------------------------------------------------- */

static void move(struct dentry **dentry, struct vfsmount **mount, struct nameidata *to)
{
    struct dentry *old = *dentry;
    struct vfsmount *old_mount = *mount;
    *dentry = dget(to->dentry);
    *mount = mntget(to->mnt);
    dput(old);
    mntput(old_mount);
}

static long change(const char *user, int is_root)
{
    struct nameidata at;
    long error = find(user, LOOKUP_FOLLOW | LOOKUP_POSITIVE | LOOKUP_DIRECTORY, &at);
    if (error) return error;
    error = permission(INODE(at.dentry), MAY_EXEC);
    if (!error && is_root && F(current, task_struct, fsuid)) error = -EPERM;
    if (!error && is_root) move(&F(fs(), fs_struct, root), &F(fs(), fs_struct, rootmnt), &at);
    if (!error && !is_root) move(&F(fs(), fs_struct, pwd), &F(fs(), fs_struct, pwdmnt), &at);
    path_release(&at);
    return error;
}

long core_chdir(const char *user) { return change(user, 0); }
long core_chroot(const char *user) { return change(user, 1); }

long core_sync(void)
{
    sync_everything(0, 1);
    return 0;
}

/* The text of /proc/mounts, as far as it fits. */
long core_mounts(char *buffer, word bytes)
{
    struct vfsmount *mount;
    char *path = kc_kmalloc(PAGE_SIZE);
    word done = 0;
    long error = path ? 0 : -ENOMEM;
    for (mount = next_mount(NULL); mount && !error; mount = next_mount(mount)) {
        struct super_block *super = F(mount, vfsmount, mnt_sb);
        const char *dir = path_of(F(mount, vfsmount, mnt_root), mount, path, PAGE_SIZE), *parts[8];
        int i, count = 0;
        parts[count++] = F(mount, vfsmount, mnt_devname);
        parts[count++] = " ";
        parts[count++] = dir;
        parts[count++] = " ";
        parts[count++] = F(F(super, super_block, s_type), file_system_type, name);
        parts[count++] = F(super, super_block, s_flags) & MS_RDONLY ? " ro 0 0\n" : " rw 0 0\n";
        for (i = 0; i < count && !error; ++i) {
            word length = strlen(parts[i]);
            if (length > bytes - done) length = bytes - done;
            if (kc_copy_to_user(buffer + done, parts[i], length)) error = -EFAULT;
            done += length;
        }
    }
    kc_kfree(path);
    return error ? error : (long)done;
}
