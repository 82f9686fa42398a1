/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From names to directory entries, and what directories do. Source: fs/namei.c of 2.4. */
#include "namespace.h"
#include "page.h"

#define OP(p, name) (F(p, inode, i_op) ? F(F(p, inode, i_op), inode_operations, name) : NULL)
#define D_OP(p, name) (F(p, dentry, d_op) ? F(F(p, dentry, d_op), dentry_operations, name) : NULL)
#define INODE(p) F(p, dentry, d_inode)
#define NAME(p) ((struct qstr *)IN(p, dentry, d_name))

enum { most_links = 8, most_nested_links = 5, path_max = 4096 };

/* How deep in symbolic links the walks of the running task are. One task runs at a time, and others between its sleeps: the
 * count is kept where the kernel keeps it. */
#define link_depth F(current, task_struct, link_count)

char *getname(const char *user)
{
    char *name = kc_kmalloc(path_max);
    long length;
    if (!name) return error_pointer(-ENOMEM);
    length = kc_strncpy_from_user(name, user, path_max);
    if (length > 0) return name;
    kc_kfree(name);
    return error_pointer(length ? length : -ENOENT);
}

void putname(char *name)
{
    if (name && !is_error(name)) kc_kfree(name);
}

void path_release(struct nameidata *found)
{
    dput(found->dentry);
    mntput(found->mnt);
}

static struct fs_struct *fs(void) { return F(current, task_struct, fs); }

FASTCALL int path_init(const char *name, unsigned flags, struct nameidata *found)
{
    int rooted = *name == '/';
    found->last_type = LAST_ROOT;
    found->flags = flags;
    found->mnt = mntget(rooted ? F(fs(), fs_struct, rootmnt) : F(fs(), fs_struct, pwdmnt));
    found->dentry = dget(rooted ? F(fs(), fs_struct, root) : F(fs(), fs_struct, pwd));
    return 1;
}

int follow_down(struct vfsmount **mount, struct dentry **dentry)
{
    struct vfsmount *child = mounted_on(*dentry) ? lookup_mnt(*mount, *dentry) : NULL;
    if (!child) return 0;
    mntget(child);
    dput(*dentry);
    mntput(F(child, vfsmount, mnt_parent));
    *mount = child;
    *dentry = dget(F(child, vfsmount, mnt_root));
    return 1;
}

int follow_up(struct vfsmount **mount, struct dentry **dentry)
{
    struct vfsmount *parent = F(*mount, vfsmount, mnt_parent);
    struct dentry *point = F(*mount, vfsmount, mnt_mountpoint);
    if (parent == *mount) return 0;
    mntget(parent);
    dget(point);
    dput(*dentry);
    mntput(*mount);
    *dentry = point;
    *mount = parent;
    return 1;
}

static void follow_dotdot(struct nameidata *found)
{
    while (found->dentry != F(fs(), fs_struct, root) || found->mnt != F(fs(), fs_struct, rootmnt)) {
        if (found->dentry != F(found->mnt, vfsmount, mnt_root)) {
            struct dentry *old = found->dentry;
            found->dentry = dget(F(old, dentry, d_parent));
            dput(old);
            break;
        }
        if (!follow_up(&found->mnt, &found->dentry)) break;
    }
    while (follow_down(&found->mnt, &found->dentry)) {}
}

/* --- one component ------------------------------------------------------------------------------------------------------ */

/* An entry of the cache, if it is still good. */
static struct dentry *cached(struct dentry *parent, struct qstr *name, int flags)
{
    struct dentry *dentry = d_lookup(parent, name);
    if (dentry && D_OP(dentry, d_revalidate) && !D_OP(dentry, d_revalidate)(dentry, flags) && !d_invalidate(dentry)) {
        dput(dentry);
        return NULL;
    }
    return dentry;
}

/* Asks the directory itself, whose semaphore is down. */
static struct dentry *ask(struct dentry *parent, struct qstr *name)
{
    struct inode *dir = INODE(parent);
    struct dentry *dentry, *other;
    if (F(dir, inode, i_flags) & S_DEAD) return error_pointer(-ENOENT);
    if (!OP(dir, lookup)) return error_pointer(-ENOTDIR);
    if (!(dentry = d_alloc(parent, name))) return error_pointer(-ENOMEM);
    other = OP(dir, lookup)(dir, dentry);
    if (!other) return dentry;
    dput(dentry);
    return other;
}

static struct dentry *real_lookup(struct dentry *parent, struct qstr *name, int flags)
{
    struct inode *dir = INODE(parent);
    struct dentry *dentry;
    down(IN(dir, inode, i_sem));
    dentry = cached(parent, name, flags);
    if (!dentry) dentry = ask(parent, name);
    up(IN(dir, inode, i_sem));
    return dentry;
}

static int hash_of(struct dentry *parent, struct qstr *name)
{
    name->hash = hash_name(name->name, name->len);
    return D_OP(parent, d_hash) ? D_OP(parent, d_hash)(parent, name) : 0;
}

/* Of a directory whose semaphore is down. */
struct dentry *lookup_hash(struct qstr *name, struct dentry *base)
{
    struct dentry *dentry;
    int error = permission(INODE(base), MAY_EXEC);
    if (!error && D_OP(base, d_hash)) error = D_OP(base, d_hash)(base, name);
    if (error) return error_pointer(error);
    dentry = cached(base, name, 0);
    return dentry ? dentry : ask(base, name);
}

struct dentry *lookup_one_len(const char *name, struct dentry *base, int length)
{
    struct qstr text = {(const unsigned char *)name, length, 0};
    int i;
    if (!length) return error_pointer(-EACCES);
    for (i = 0; i < length; ++i)
        if (!name[i] || name[i] == '/') return error_pointer(-EACCES);
    text.hash = hash_name(text.name, length);
    return lookup_hash(&text, base);
}

static int follow(struct dentry *dentry, struct nameidata *found)
{
    int error;
    if (link_depth >= most_nested_links) {
        path_release(found);
        return -ELOOP;
    }
    ++link_depth;
    update_atime(INODE(dentry));
    error = OP(INODE(dentry), follow_link)(dentry, found);
    --link_depth;
    return error;
}

/* A component was found: mounts on it and, where `through`, a symbolic link are followed. Takes `dentry` over. */
static int step(struct dentry *dentry, struct nameidata *found, int through)
{
    struct vfsmount *mount = found->mnt;
    int error;
    while (mounted_on(dentry) && lookup_mnt(mount, dentry)) {
        /* follow_down gives the use of its mount back: the walk holds it once */
        if (!follow_down(&mount, &dentry)) break;
        found->mnt = mount;
    }
    if (through && INODE(dentry) && OP(INODE(dentry), follow_link)) {
        error = follow(dentry, found);
        dput(dentry);
        return error;
    }
    dput(found->dentry);
    found->dentry = dentry;
    return 0;
}

static int fail(struct nameidata *found, int error)
{
    path_release(found);
    return error;
}

/* The last component, without following it: whose directory it is in is what the caller wants. */
static int leave_parent(struct nameidata *found, struct qstr *name)
{
    found->last = *name;
    found->last_type = LAST_NORM;
    if (name->name[0] == '.' && name->len == 1) found->last_type = LAST_DOT;
    if (name->name[0] == '.' && name->len == 2 && name->name[1] == '.') found->last_type = LAST_DOTDOT;
    return 0;
}

FASTCALL int path_walk(const char *name, struct nameidata *found)
{
    unsigned flags = found->flags;
    while (*name == '/') ++name;
    if (link_depth) flags = LOOKUP_FOLLOW;
    if (!*name) {
        if (flags & LOOKUP_PARENT) found->last_type = LAST_ROOT;
        return 0;
    }
    for (;;) {
        struct qstr part = {(const unsigned char *)name, 0, 0};
        struct inode *dir = INODE(found->dentry);
        struct dentry *dentry;
        int last, slash, error = permission(dir, MAY_EXEC);
        if (error) return fail(found, error);
        while (*name && *name != '/') ++name;
        part.len = name - (const char *)part.name;
        if (part.len > 255) return fail(found, -ENAMETOOLONG);
        slash = *name == '/';
        while (*name == '/') ++name;
        last = !*name;
        if (last && flags & LOOKUP_PARENT) return hash_of(found->dentry, &part), leave_parent(found, &part);
        if (part.name[0] == '.' && part.len <= 2 && (part.len == 1 || part.name[1] == '.')) {
            if (part.len == 2) follow_dotdot(found);
        } else {
            error = hash_of(found->dentry, &part);
            if (error < 0) return fail(found, error);
            dentry = cached(found->dentry, &part, last ? 0 : LOOKUP_CONTINUE);
            if (!dentry) dentry = real_lookup(found->dentry, &part, last ? 0 : LOOKUP_CONTINUE);
            if (is_error(dentry)) return fail(found, error_of(dentry));
            error = step(dentry, found, !last || slash || flags & LOOKUP_FOLLOW);
            if (error) return error;
        }
        dir = INODE(found->dentry);
        if (last) {
            if (!dir) return flags & (LOOKUP_POSITIVE | LOOKUP_DIRECTORY) ? fail(found, -ENOENT) : 0;
            if ((slash || flags & LOOKUP_DIRECTORY) && !OP(dir, lookup)) return fail(found, -ENOTDIR);
            found->last_type = LAST_NORM;
            return 0;
        }
        if (!dir) return fail(found, -ENOENT);
        if (!OP(dir, lookup)) return fail(found, -ENOTDIR);
    }
}

FASTCALL int path_lookup(const char *name, unsigned flags, struct nameidata *found)
{
    path_init(name, flags, found);
    return path_walk(name, found);
}

FASTCALL int __user_walk(const char *user, unsigned flags, struct nameidata *found)
{
    char *name = getname(user);
    int error;
    if (is_error(name)) return error_of(name);
    error = path_lookup(name, flags, found);
    putname(name);
    return error;
}

/* --- symbolic links ----------------------------------------------------------------------------------------------------- */

int vfs_follow_link(struct nameidata *found, const char *link)
{
    if (is_error(link)) return fail(found, error_of(link));
    if (*link == '/') {
        path_release(found);
        found->mnt = mntget(F(fs(), fs_struct, rootmnt));
        found->dentry = dget(F(fs(), fs_struct, root));
    }
    return path_walk(link, found);
}

int vfs_readlink(struct dentry *dentry, char *buffer, int length, const char *link)
{
    int count;
    (void)dentry;
    if (is_error(link)) return error_of(link);
    count = strlen(link);
    if (count > length) count = length;
    return kc_copy_to_user(buffer, link, count) ? -EFAULT : count;
}

static struct page *link_page(struct dentry *dentry)
{
    struct address_space *mapping = F(INODE(dentry), inode, i_mapping);
    struct page *page = read_cache_page(mapping, 0, (void *)F(F(mapping, address_space, a_ops), address_space_operations, readpage),
                                        NULL);
    if (is_error(page)) return page;
    ___wait_on_page(page);
    if (page_uptodate(page)) return page;
    page_put(page);
    return error_pointer(-EIO);
}

int page_readlink(struct dentry *dentry, char *buffer, int length)
{
    struct page *page = link_page(dentry);
    int result;
    if (is_error(page)) return error_of(page);
    result = vfs_readlink(dentry, buffer, length, page_address(page));
    page_put(page);
    return result;
}

int page_follow_link(struct dentry *dentry, struct nameidata *found)
{
    struct page *page = link_page(dentry);
    int result = vfs_follow_link(found, is_error(page) ? (char *)page : page_address(page));
    if (!is_error(page)) page_put(page);
    return result;
}

/* --- directories -------------------------------------------------------------------------------------------------------- */

static int may_create(struct inode *dir, struct dentry *child)
{
    if (INODE(child)) return -EEXIST;
    if (F(dir, inode, i_flags) & S_DEAD) return -ENOENT;
    return permission(dir, MAY_WRITE | MAY_EXEC);
}

static int sticky(struct inode *dir, struct inode *inode)
{
    unsigned user = F(current, task_struct, fsuid);
    return F(dir, inode, i_mode) & 01000 && user && user != F(inode, inode, i_uid) && user != F(dir, inode, i_uid);
}

static int may_delete(struct inode *dir, struct dentry *victim, int is_directory)
{
    int error;
    if (!INODE(victim) || INODE(F(victim, dentry, d_parent)) != dir) return -ENOENT;
    error = permission(dir, MAY_WRITE | MAY_EXEC);
    if (error) return error;
    if (F(dir, inode, i_flags) & S_APPEND) return -EPERM;
    if (sticky(dir, INODE(victim)) || F(INODE(victim), inode, i_flags) & (S_APPEND | S_IMMUTABLE)) return -EPERM;
    if (is_directory) {
        if (!S_ISDIR(F(INODE(victim), inode, i_mode))) return -ENOTDIR;
        if (F(victim, dentry, d_parent) == victim) return -EBUSY;
    } else if (S_ISDIR(F(INODE(victim), inode, i_mode))) {
        return -EISDIR;
    }
    return F(dir, inode, i_flags) & S_DEAD ? -ENOENT : 0;
}

/* A method of the directory's under i_zombie, as all that change it. */
#define IN_DIRECTORY(dir, method, call)                                                                                            \
    ({                                                                                                                             \
        int result_ = -EPERM;                                                                                                      \
        down(IN(dir, inode, i_zombie));                                                                                            \
        if (OP(dir, method)) result_ = OP(dir, method) call;                                                                       \
        up(IN(dir, inode, i_zombie));                                                                                              \
        result_;                                                                                                                   \
    })

int vfs_create(struct inode *dir, struct dentry *dentry, int mode)
{
    int error = may_create(dir, dentry);
    if (error) return error;
    if (!OP(dir, create)) return -EACCES;
    return IN_DIRECTORY(dir, create, (dir, dentry, (mode & 07777) | S_IFREG));
}

int vfs_mkdir(struct inode *dir, struct dentry *dentry, int mode)
{
    int error = may_create(dir, dentry);
    return error ? error : IN_DIRECTORY(dir, mkdir, (dir, dentry, mode & 01777));
}

int vfs_mknod(struct inode *dir, struct dentry *dentry, int mode, int device)
{
    int error = may_create(dir, dentry);
    return error ? error : IN_DIRECTORY(dir, mknod, (dir, dentry, mode, device));
}

int vfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
    int error = may_create(dir, dentry);
    return error ? error : IN_DIRECTORY(dir, symlink, (dir, dentry, target));
}

int vfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
    struct inode *inode = INODE(old);
    int error;
    if (!inode) return -ENOENT;
    error = may_create(dir, dentry);
    if (error) return error;
    if (F(dir, inode, i_dev) != F(inode, inode, i_dev)) return -EXDEV;
    if (F(inode, inode, i_flags) & (S_APPEND | S_IMMUTABLE)) return -EPERM;
    return IN_DIRECTORY(dir, link, (old, dir, dentry));
}

int vfs_unlink(struct inode *dir, struct dentry *dentry)
{
    int error = may_delete(dir, dentry, 0);
    if (error) return error;
    if (!OP(dir, unlink)) return -EPERM;
    if (mounted_on(dentry)) return -EBUSY;
    error = IN_DIRECTORY(dir, unlink, (dir, dentry));
    if (!error) d_delete(dentry);
    return error;
}

int vfs_rmdir(struct inode *dir, struct dentry *dentry)
{
    struct inode *inode = INODE(dentry);
    int error = may_delete(dir, dentry, 1);
    if (error) return error;
    if (!OP(dir, rmdir)) return -EPERM;
    down(IN(dir, inode, i_zombie));
    down(IN(inode, inode, i_zombie));
    if (F(dentry, dentry, d_count) > 1) shrink_dcache_parent(dentry);
    if (F(dentry, dentry, d_count) == 2) d_drop(dentry);
    error = mounted_on(dentry) ? -EBUSY : OP(dir, rmdir)(dir, dentry);
    if (!error) F(inode, inode, i_flags) |= S_DEAD;
    up(IN(inode, inode, i_zombie));
    up(IN(dir, inode, i_zombie));
    if (!error) d_delete(dentry);
    return error;
}

static void down_two(struct inode *left, struct inode *right)
{
    if (left < right) down(IN(left, inode, i_zombie));
    down(IN(right, inode, i_zombie));
    if (left > right) down(IN(left, inode, i_zombie));
}

static void up_two(struct inode *left, struct inode *right)
{
    up(IN(left, inode, i_zombie));
    if (left != right) up(IN(right, inode, i_zombie));
}

int vfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir, struct dentry *new)
{
    struct inode *inode = INODE(old), *target = INODE(new);
    int is_directory = inode && S_ISDIR(F(inode, inode, i_mode)), error;
    if (inode && inode == target) return 0;
    error = may_delete(old_dir, old, is_directory);
    if (error) return error;
    if (F(new_dir, inode, i_dev) != F(old_dir, inode, i_dev)) return -EXDEV;
    error = target ? may_delete(new_dir, new, is_directory) : may_create(new_dir, new);
    if (error) return error;
    if (!OP(old_dir, rename)) return -EPERM;
    if (is_directory && new_dir != old_dir && (error = permission(inode, MAY_WRITE))) return error;
    if (is_directory && is_subdir(new, old)) return -EINVAL;
    down_two(old_dir, new_dir);
    if (mounted_on(old) || mounted_on(new)) {
        error = -EBUSY;
    } else {
        if (target && is_directory) shrink_dcache_parent(new);
        error = OP(old_dir, rename)(old_dir, old, new_dir, new);
    }
    up_two(old_dir, new_dir);
    if (error) return error;
    if (target && is_directory) {
        F(target, inode, i_flags) |= S_DEAD;
        d_drop(new);
    }
    if (!(F(F(F(old_dir, inode, i_sb), super_block, s_type), file_system_type, fs_flags) & FS_ODD_RENAME)) d_move(old, new);
    return 0;
}

/* The entry that is to be made: its directory's semaphore is down, also on errors. */
struct dentry *lookup_create(struct nameidata *found, int is_directory)
{
    struct dentry *dentry;
    down(IN(INODE(found->dentry), inode, i_sem));
    if (found->last_type != LAST_NORM) return error_pointer(-EEXIST);
    dentry = lookup_hash(&found->last, found->dentry);
    if (is_error(dentry)) return dentry;
    if (!is_directory && found->last.name[found->last.len] && !INODE(dentry)) {
        dput(dentry);
        return error_pointer(-ENOENT);
    }
    return dentry;
}

/* --- opening ------------------------------------------------------------------------------------------------------------ */

static int may_open(struct inode *inode, int flags, int access)
{
    unsigned mode = F(inode, inode, i_mode);
    int error;
    if (S_ISLNK(mode)) return -ELOOP;
    if (S_ISDIR(mode) && access & MAY_WRITE) return -EISDIR;
    error = permission(inode, access);
    if (error) return error;
    if (S_ISFIFO(mode) || S_ISSOCK(mode)) return 0;
    if (S_ISCHR(mode) || S_ISBLK(mode)) return 0;
    if (access & MAY_WRITE && F(F(inode, inode, i_sb), super_block, s_flags) & MS_RDONLY) return -EROFS;
    if (F(inode, inode, i_flags) & S_APPEND && (!(flags & O_APPEND) || flags & O_TRUNC)) return -EPERM;
    return 0;
}

/* Truncates where asked to. */
static int open_found(struct nameidata *found, int flags, int access)
{
    struct inode *inode = INODE(found->dentry);
    int error = inode ? may_open(inode, flags, access) : -ENOENT;
    if (!error && flags & O_TRUNC && S_ISREG(F(inode, inode, i_mode))) {
        error = get_write_access(inode);
        if (!error) {
            error = do_truncate(found->dentry, 0);
            put_write_access(inode);
        }
    }
    if (error) path_release(found);
    return error;
}

static int open_or_create(struct nameidata *found, int flags, int mode, int access)
{
    int links = 0, error;
    for (;;) {
        struct dentry *dir = found->dentry, *dentry;
        struct inode *inode = INODE(dir);
        if (found->last_type != LAST_NORM || found->last.name[found->last.len]) return fail(found, -EISDIR);
        down(IN(inode, inode, i_sem));
        dentry = lookup_hash(&found->last, dir);
        if (is_error(dentry)) {
            up(IN(inode, inode, i_sem));
            return fail(found, error_of(dentry));
        }
        if (!INODE(dentry)) {
            error = vfs_create(inode, dentry, mode & ~F(fs(), fs_struct, umask));
            up(IN(inode, inode, i_sem));
            dput(found->dentry);
            found->dentry = dentry;
            return error ? fail(found, error) : open_found(found, flags & ~O_TRUNC, 0);
        }
        up(IN(inode, inode, i_sem));
        if (flags & O_EXCL) {
            dput(dentry);
            return fail(found, -EEXIST);
        }
        if (!OP(INODE(dentry), follow_link) || flags & O_NOFOLLOW) {
            struct vfsmount *mount = found->mnt;
            if (flags & O_NOFOLLOW && OP(INODE(dentry), follow_link)) {
                dput(dentry);
                return fail(found, -ELOOP);
            }
            while (follow_down(&mount, &dentry)) found->mnt = mount;
            dput(found->dentry);
            found->dentry = dentry;
            if (INODE(dentry) && S_ISDIR(F(INODE(dentry), inode, i_mode))) return fail(found, -EISDIR);
            return open_found(found, flags, access);
        }
        if (links++ >= most_links) {
            dput(dentry);
            return fail(found, -ELOOP);
        }
        /* the link's target may have to be created: its last component is left again */
        found->flags = LOOKUP_PARENT;
        error = OP(INODE(dentry), follow_link)(dentry, found);
        if (error) {
            dput(dentry);
            return error;
        }
        if (found->last_type == LAST_NORM) {
            /* the text that `last` points to may go with the link's page */
            static unsigned char kept[256];
            unsigned length = found->last.len < 255 ? found->last.len : 255;
            memcpy(kept, found->last.name, length);
            kept[length] = 0;
            found->last.name = kept;
        }
        dput(dentry);
    }
}

/* `flags` as open has them: the access mode in their low bits is one more than the mode of the file. */
int open_namei(const char *name, int flags, int mode, struct nameidata *found)
{
    static const char accesses[] = {MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE};
    int access = accesses[flags & O_ACCMODE], ways, error;
    if (flags & O_TRUNC) access |= MAY_WRITE;
    if (flags & O_CREAT) {
        error = path_lookup(name, LOOKUP_PARENT, found);
        return error ? error : open_or_create(found, flags, mode, access);
    }
    ways = (flags & O_DIRECTORY ? LOOKUP_DIRECTORY : 0) | (flags & O_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | LOOKUP_POSITIVE;
    error = path_lookup(name, ways, found);
    return error ? error : open_found(found, flags, access);
}

/* --- back to names ------------------------------------------------------------------------------------------------------ */

/* The path of an entry, at the end of the buffer; an error as a pointer. */
char *path_of(struct dentry *dentry, struct vfsmount *mount, char *buffer, int bytes)
{
    char *end = buffer + bytes - 1, *at = end;
    *at = 0;
    for (;;) {
        struct dentry *parent = F(dentry, dentry, d_parent);
        struct qstr *name;
        if (dentry == F(mount, vfsmount, mnt_root)) {
            if (F(mount, vfsmount, mnt_parent) == mount) break;
            dentry = F(mount, vfsmount, mnt_mountpoint);
            mount = F(mount, vfsmount, mnt_parent);
            continue;
        }
        if (parent == dentry) break;
        name = NAME(dentry);
        if (at - buffer < (long)name->len + 1) return error_pointer(-ENAMETOOLONG);
        at -= name->len;
        memcpy(at, name->name, name->len);
        *--at = '/';
        dentry = parent;
    }
    if (at == end) *--at = '/';
    return at;
}

char *__d_path(struct dentry *dentry, struct vfsmount *mount, struct dentry *root, struct vfsmount *root_of, char *buffer,
               int bytes)
{
    (void)root, (void)root_of;
    return path_of(dentry, mount, buffer, bytes);
}
