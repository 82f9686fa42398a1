/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core comes up: its tables, the root, the directories that every machine has. */
#include "namespace.h"
#include "page.h"

extern word init_fs[]; /* struct fs_struct of every task: one root, one working directory */
word init_fs[24];

DECLARE_VARIABLE(generic_ro_fops);
DECLARE_VARIABLE(page_symlink_inode_operations);

/* What modules point their own operations to. */
static void fill_variables(void)
{
    struct file_operations *files = (void *)VAR__generic_ro_fops;
    struct inode_operations *links = (void *)VAR__page_symlink_inode_operations;
    F(files, file_operations, llseek) = generic_file_llseek;
    F(files, file_operations, read) = generic_file_read;
    F(files, file_operations, mmap) = generic_file_mmap;
    F(links, inode_operations, readlink) = page_readlink;
    F(links, inode_operations, follow_link) = page_follow_link;
}

static void make_directory(const char *name)
{
    struct nameidata at;
    struct dentry *dentry;
    if (path_lookup(name, LOOKUP_PARENT, &at)) return;
    dentry = lookup_create(&at, 1);
    if (!is_error(dentry)) {
        vfs_mkdir(F(at.dentry, dentry, d_inode), dentry, 0755);
        dput(dentry);
    }
    up(IN(F(at.dentry, dentry, d_inode), inode, i_sem));
    path_release(&at);
}

static void make_root(void)
{
    struct file_system_type *type = kc_get_fs_type("rootfs");
    struct vfsmount *mount;
    struct dentry *root;
    if (!type) kc_bug("there is no rootfs");
    mount = do_kern_mount(type, 0, "rootfs", NULL);
    if (is_error(mount)) kc_bug("the root cannot be mounted");
    root = F(mount, vfsmount, mnt_root);
    F((void *)init_fs, fs_struct, root) = dget(root);
    F((void *)init_fs, fs_struct, pwd) = dget(root);
    F((void *)init_fs, fs_struct, rootmnt) = mntget(mount);
    F((void *)init_fs, fs_struct, pwdmnt) = mntget(mount);
    set_root(mount);
}

void core_init(void)
{
    if (SIZE(__wait_queue) > wait_entry_words * sizeof(word)) kc_bug("a wait queue's entry is larger than the core's");
    if (SIZE(fs_struct) > sizeof init_fs) kc_bug("struct fs_struct is larger than the core's");
    page_start();
    inode_start();
    dcache_start();
    super_start();
    namespace_start();
    ramfs_start();
    block_device_start();
    fill_variables();
    F((void *)init_fs, fs_struct, umask) = 022;
    make_root();
    make_directory("/dev");
    make_directory("/proc");
    make_directory("/mnt");
    make_directory("/tmp");
}
