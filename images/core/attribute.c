/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may do what with an inode, and changing its attributes. Source: fs/{attr,namei,open}.c, kernel/sys.c of 2.4. */
#include "page.h"
#include "vfs.h"

static unsigned fsuid(void) { return F(current, task_struct, fsuid); }
static int is_root(void) { return fsuid() == 0; }

int in_group_p(unsigned group)
{
    unsigned own = F(current, task_struct, fsgid);
    int i, count = F(current, task_struct, ngroups);
    unsigned *groups = IN(current, task_struct, groups);
    if (group == own) return 1;
    for (i = 0; i < count; ++i)
        if (groups[i] == group) return 1;
    return 0;
}

int vfs_permission(struct inode *inode, int mask)
{
    struct super_block *super = F(inode, inode, i_sb);
    unsigned mode = F(inode, inode, i_mode), kind = mode & S_IFMT;
    int plain = S_ISREG(kind) || S_ISDIR(kind) || S_ISLNK(kind);
    if (mask & MAY_WRITE && plain && super && F(super, super_block, s_flags) & MS_RDONLY) return -EROFS;
    if (mask & MAY_WRITE && F(inode, inode, i_flags) & S_IMMUTABLE) return -EACCES;
    if (fsuid() == F(inode, inode, i_uid)) mode >>= 6;
    else if (in_group_p(F(inode, inode, i_gid))) mode >>= 3;
    if ((mode & mask & 7) == (unsigned)(mask & 7)) return 0;
    if (!is_root()) return -EACCES;
    if (!(mask & MAY_EXEC) || F(inode, inode, i_mode) & 0111 || S_ISDIR(kind)) return 0;
    return -EACCES;
}

int permission(struct inode *inode, int mask)
{
    int (*own)(struct inode *, int) = F(inode, inode, i_op) ? F(F(inode, inode, i_op), inode_operations, permission) : NULL;
    return own ? own(inode, mask) : vfs_permission(inode, mask);
}

int inode_change_ok(struct inode *inode, struct iattr *changes)
{
    unsigned valid = F(changes, iattr, ia_valid);
    int owner = fsuid() == F(inode, inode, i_uid);
    if (valid & ATTR_FORCE) return 0;
    if (valid & ATTR_UID && (!owner || F(changes, iattr, ia_uid) != F(inode, inode, i_uid)) && !is_root()) return -EPERM;
    if (valid & ATTR_GID && !is_root()) {
        unsigned group = F(changes, iattr, ia_gid);
        if (!owner || (!in_group_p(group) && group != F(inode, inode, i_gid))) return -EPERM;
    }
    if (valid & ATTR_MODE) {
        unsigned group = valid & ATTR_GID ? F(changes, iattr, ia_gid) : F(inode, inode, i_gid);
        if (!owner && !is_root()) return -EPERM;
        if (!in_group_p(group) && !is_root()) F(changes, iattr, ia_mode) &= ~02000;
    }
    if (valid & (ATTR_MTIME_SET | ATTR_ATIME_SET) && !owner && !is_root()) return -EPERM;
    return 0;
}

int inode_setattr(struct inode *inode, struct iattr *changes)
{
    unsigned valid = F(changes, iattr, ia_valid), flags = 0;
    if (valid & ATTR_SIZE && F(changes, iattr, ia_size) != F(inode, inode, i_size)) {
        int error = vmtruncate(inode, F(changes, iattr, ia_size));
        if (error) return error;
    } else if (valid & ATTR_SIZE) {
        valid |= ATTR_MTIME | ATTR_CTIME;
    }
    if (valid & ATTR_UID) F(inode, inode, i_uid) = F(changes, iattr, ia_uid);
    if (valid & ATTR_GID) F(inode, inode, i_gid) = F(changes, iattr, ia_gid);
    if (valid & ATTR_ATIME) F(inode, inode, i_atime) = F(changes, iattr, ia_atime);
    if (valid & ATTR_MTIME) F(inode, inode, i_mtime) = F(changes, iattr, ia_mtime);
    if (valid & ATTR_CTIME) F(inode, inode, i_ctime) = F(changes, iattr, ia_ctime);
    if (valid & ATTR_MODE) {
        F(inode, inode, i_mode) = F(changes, iattr, ia_mode);
        if (!in_group_p(F(inode, inode, i_gid)) && !is_root()) F(inode, inode, i_mode) &= ~02000;
    }
    if (valid & (ATTR_MTIME | ATTR_CTIME | ATTR_UID | ATTR_GID | ATTR_MODE)) flags |= I_DIRTY_SYNC | I_DIRTY_DATASYNC;
    if (valid & ATTR_ATIME) flags |= I_DIRTY_SYNC;
    if (valid & ATTR_SIZE) flags |= I_DIRTY_DATASYNC;
    if (flags) __mark_inode_dirty(inode, flags);
    return 0;
}

int notify_change(struct dentry *dentry, struct iattr *changes)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    struct inode_operations *operations = inode ? F(inode, inode, i_op) : NULL;
    unsigned valid = F(changes, iattr, ia_valid);
    long now = CURRENT_TIME;
    int error;
    if (!inode) kc_bug("notify_change of a name that stands for nothing");
    F(changes, iattr, ia_ctime) = now;
    if (!(valid & ATTR_ATIME_SET)) F(changes, iattr, ia_atime) = now;
    if (!(valid & ATTR_MTIME_SET)) F(changes, iattr, ia_mtime) = now;
    if (operations && F(operations, inode_operations, setattr)) return F(operations, inode_operations, setattr)(dentry, changes);
    error = inode_change_ok(inode, changes);
    return error ? error : inode_setattr(inode, changes);
}

int get_write_access(struct inode *inode)
{
    if (F(inode, inode, i_writecount) < 0) return -ETXTBSY;
    ++F(inode, inode, i_writecount);
    return 0;
}

void put_write_access(struct inode *inode) { --F(inode, inode, i_writecount); }
