/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small file system on blocks of 1024 bytes, for reading and writing: files, directories, symbolic links, hard links.
 *
 * block 0     "smallfs1", then the numbers of blocks, of inodes, and of blocks that hold inodes
 * block 1     a bit for each block that is in use: at most 8192
 * block 2...  inodes of 64 bytes, from number 1 on; 1 is the root. One without a mode is free.
 * then        contents: of files, and of directories, whose entries have 32 bytes: an inode's number (0: none) and a name
 *
 * Numbers on the disk have 32 bits, the lowest byte first. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("a small file system");

EXPORT_NO_SYMBOLS;

typedef unsigned char byte;
typedef unsigned int number;

enum { block_bytes = 1024, block_bits = 10, most_blocks = block_bytes * 8, root_number = 1, magic = 0x736d6c66 };
enum { inode_bytes = 64, inodes_in_block = block_bytes / inode_bytes, entry_bytes = 32, name_bytes = entry_bytes - 4 };
enum { direct = 9, in_indirect = block_bytes / 4, file_blocks = direct + in_indirect };
enum { at_mode, at_links, at_uid, at_gid, at_size, at_time, at_blocks }; /* the words of an inode */

/* What the file system keeps in an inode and in a super block. */
struct smallfs_inode { number blocks[direct + 1]; };
struct smallfs_super { number blocks, inodes, inode_blocks; };
#define INODE(inode) ((struct smallfs_inode *)&(inode)->u)
#define SUPER(super) ((struct smallfs_super *)&(super)->u)
_Static_assert(sizeof(struct smallfs_inode) <= sizeof(((struct inode *)0)->u), "fits into an inode");
_Static_assert(sizeof(struct smallfs_super) <= sizeof(((struct super_block *)0)->u), "fits into a super block");

static number load(const void *at, int index)
{
    const byte *bytes = (const byte *)at + 4 * index;
    return bytes[0] | (number)bytes[1] << 8 | (number)bytes[2] << 16 | (number)bytes[3] << 24;
}

static void store(void *at, int index, number value)
{
    byte *bytes = (byte *)at + 4 * index;
    int i;
    for (i = 0; i < 4; ++i) bytes[i] = value >> 8 * i;
}

static void clear(char *at, int bytes)
{
    while (bytes--) *at++ = 0;
}

static struct buffer_head *read_block(struct super_block *super, number block) { return bread(super->s_dev, block, block_bytes); }

static number first_content(struct super_block *super) { return 2 + SUPER(super)->inode_blocks; }
static int holds_contents(struct super_block *super, number block)
{
    return block >= first_content(super) && block < SUPER(super)->blocks;
}

/* --- blocks ------------------------------------------------------------------------------------------------------------- */

static void use_block(struct super_block *super, number block, int used)
{
    struct buffer_head *map = read_block(super, 1);
    if (!map) return;
    if (used) map->b_data[block / 8] |= 1 << block % 8;
    else map->b_data[block / 8] &= ~(1 << block % 8);
    mark_buffer_dirty(map);
    brelse(map);
}

/* A free block, now in use; 0 where there is none. */
static number take_block(struct super_block *super)
{
    struct buffer_head *map = read_block(super, 1);
    number block = first_content(super);
    if (!map) return 0;
    while (block < SUPER(super)->blocks && map->b_data[block / 8] >> block % 8 & 1) ++block;
    brelse(map);
    if (block >= SUPER(super)->blocks) return 0;
    use_block(super, block, 1);
    return block;
}

static void give_block(struct super_block *super, number block)
{
    if (block && holds_contents(super, block)) use_block(super, block, 0);
}

static number take_cleared_block(struct super_block *super)
{
    number block = take_block(super);
    struct buffer_head *buffer = block ? getblk(super->s_dev, block, block_bytes) : NULL;
    if (!buffer) return 0;
    clear(buffer->b_data, block_bytes);
    buffer->b_state |= 1UL << BH_Uptodate;
    mark_buffer_dirty(buffer);
    brelse(buffer);
    return block;
}

static void map(struct inode *inode, struct buffer_head *buffer, number block, int is_new)
{
    buffer->b_dev = inode->i_dev;
    buffer->b_blocknr = block;
    buffer->b_state |= 1UL << BH_Mapped | (is_new ? 1UL << BH_New : 0);
}

static int get_block(struct inode *inode, long index, struct buffer_head *buffer, int create)
{
    struct super_block *super = inode->i_sb;
    number *place = &INODE(inode)->blocks[index < direct ? index : direct], block = *place;
    struct buffer_head *indirect = NULL;
    int is_new = 0;
    if (index < 0 || index >= file_blocks) return -EFBIG;
    if (index >= direct) {
        if (!*place && !create) return 0;
        if (!*place && !(*place = take_cleared_block(super))) return -ENOSPC;
        if (!holds_contents(super, *place) || !(indirect = read_block(super, *place))) return -EIO;
        mark_inode_dirty(inode);
        block = load(indirect->b_data, index - direct);
    }
    if (!block && create) {
        if (!(block = take_block(super))) {
            brelse(indirect);
            return -ENOSPC;
        }
        is_new = 1;
        ++inode->i_blocks;
        ++inode->i_blocks;
        if (indirect) {
            store(indirect->b_data, index - direct, block);
            mark_buffer_dirty(indirect);
        } else {
            *place = block;
        }
        mark_inode_dirty(inode);
    }
    brelse(indirect);
    if (!block) return 0;
    if (!holds_contents(super, block)) return -EIO;
    map(inode, buffer, block, is_new);
    return 0;
}

/* Contents behind the end of the file are given back. */
static void smallfs_truncate(struct inode *inode)
{
    struct super_block *super = inode->i_sb;
    number keep = (inode->i_size + block_bytes - 1) >> block_bits, *blocks = INODE(inode)->blocks, i;
    struct buffer_head *indirect = NULL;
    block_truncate_page(inode->i_mapping, inode->i_size, get_block);
    for (i = keep; i < direct; ++i) {
        give_block(super, blocks[i]);
        blocks[i] = 0;
    }
    if (holds_contents(super, blocks[direct])) indirect = read_block(super, blocks[direct]);
    if (indirect) {
        for (i = keep < direct ? 0 : keep - direct; i < in_indirect; ++i) {
            give_block(super, load(indirect->b_data, i));
            store(indirect->b_data, i, 0);
        }
        mark_buffer_dirty(indirect);
        brelse(indirect);
        if (keep <= direct) {
            give_block(super, blocks[direct]);
            blocks[direct] = 0;
        }
    }
    inode->i_mtime = inode->i_ctime = CURRENT_TIME;
    mark_inode_dirty(inode);
}

static int smallfs_readpage(struct file *file, struct page *page) { return (void)file, block_read_full_page(page, get_block); }
static int smallfs_writepage(struct page *page) { return block_write_full_page(page, get_block); }
static int smallfs_bmap(struct address_space *mapping, long block) { return generic_block_bmap(mapping, block, get_block); }
static int smallfs_prepare(struct file *file, struct page *page, unsigned from, unsigned to)
{
    return (void)file, block_prepare_write(page, from, to, get_block);
}

static struct address_space_operations mapping_operations = {
    .readpage = smallfs_readpage,
    .writepage = smallfs_writepage,
    .sync_page = block_sync_page,
    .prepare_write = smallfs_prepare,
    .commit_write = generic_commit_write,
    .bmap = smallfs_bmap,
};

/* --- inodes ------------------------------------------------------------------------------------------------------------- */

static struct inode_operations file_inode_operations = {.truncate = smallfs_truncate};
static struct file_operations file_operations = {
    .llseek = generic_file_llseek,
    .read = generic_file_read,
    .write = generic_file_write,
    .mmap = generic_file_mmap,
    .fsync = file_fsync,
};
static struct inode_operations directory_inode_operations;
static struct file_operations directory_operations;

static byte *find_inode(struct super_block *super, unsigned long wanted, struct buffer_head **buffer)
{
    *buffer = NULL;
    if (!wanted || wanted > SUPER(super)->inodes) return NULL;
    *buffer = read_block(super, 2 + (wanted - 1) / inodes_in_block);
    return *buffer ? (byte *)(*buffer)->b_data + (wanted - 1) % inodes_in_block * inode_bytes : NULL;
}

static void set_operations(struct inode *inode)
{
    inode->i_mapping->a_ops = &mapping_operations;
    if (S_ISDIR(inode->i_mode)) {
        inode->i_op = &directory_inode_operations;
        inode->i_fop = &directory_operations;
    } else if (S_ISLNK(inode->i_mode)) {
        inode->i_op = &page_symlink_inode_operations;
    } else {
        inode->i_op = &file_inode_operations;
        inode->i_fop = &file_operations;
    }
}

static void smallfs_read_inode(struct inode *inode)
{
    struct buffer_head *buffer;
    byte *raw = find_inode(inode->i_sb, inode->i_ino, &buffer);
    number mode = raw ? load(raw, at_mode) : 0, i;
    if (!S_ISDIR(mode) && !S_ISREG(mode) && !S_ISLNK(mode)) {
        printk(KERN_ERR "smallfs: %s: inode %lu is none\n", bdevname(inode->i_dev), inode->i_ino);
        make_bad_inode(inode);
        brelse(buffer);
        return;
    }
    inode->i_mode = mode;
    inode->i_nlink = load(raw, at_links);
    inode->i_uid = load(raw, at_uid);
    inode->i_gid = load(raw, at_gid);
    inode->i_size = load(raw, at_size);
    inode->i_atime = inode->i_mtime = inode->i_ctime = load(raw, at_time);
    inode->i_blksize = block_bytes;
    inode->i_blocks = (inode->i_size + block_bytes - 1) >> block_bits << 1;
    for (i = 0; i <= direct; ++i) INODE(inode)->blocks[i] = load(raw, at_blocks + i);
    set_operations(inode);
    brelse(buffer);
}

static void smallfs_write_inode(struct inode *inode, int wait)
{
    struct buffer_head *buffer;
    byte *raw = find_inode(inode->i_sb, inode->i_ino, &buffer);
    int i;
    (void)wait;
    if (!raw) return;
    store(raw, at_mode, inode->i_nlink ? inode->i_mode : 0);
    store(raw, at_links, inode->i_nlink);
    store(raw, at_uid, inode->i_uid);
    store(raw, at_gid, inode->i_gid);
    store(raw, at_size, inode->i_size);
    store(raw, at_time, inode->i_mtime);
    for (i = 0; i <= direct; ++i) store(raw, at_blocks + i, INODE(inode)->blocks[i]);
    mark_buffer_dirty(buffer);
    brelse(buffer);
}

static void smallfs_delete_inode(struct inode *inode)
{
    inode->i_size = 0;
    smallfs_truncate(inode);
    smallfs_write_inode(inode, 0);
    clear_inode(inode);
}

static struct inode *make_inode(struct inode *directory, int mode)
{
    struct super_block *super = directory->i_sb;
    struct inode *inode;
    struct buffer_head *buffer = NULL;
    number wanted;
    byte *raw = NULL;
    int i;
    for (wanted = root_number; wanted <= SUPER(super)->inodes; ++wanted) {
        raw = find_inode(super, wanted, &buffer);
        if (!raw || !load(raw, at_mode)) break;
        brelse(buffer);
        raw = NULL;
    }
    if (!raw || !(inode = new_inode(super))) {
        brelse(buffer);
        return NULL;
    }
    store(raw, at_mode, mode);
    mark_buffer_dirty(buffer);
    brelse(buffer);
    inode->i_ino = wanted;
    inode->i_dev = super->s_dev;
    inode->i_mode = mode;
    inode->i_nlink = 1;
    inode->i_uid = directory->i_uid;
    inode->i_gid = directory->i_gid;
    inode->i_size = 0;
    inode->i_blocks = 0;
    inode->i_blksize = block_bytes;
    inode->i_atime = inode->i_mtime = inode->i_ctime = CURRENT_TIME;
    for (i = 0; i <= direct; ++i) INODE(inode)->blocks[i] = 0;
    set_operations(inode);
    insert_inode_hash(inode);
    mark_inode_dirty(inode);
    return inode;
}

/* --- directories -------------------------------------------------------------------------------------------------------- */

/* The block of a directory's contents that holds an entry; NULL behind the end, or where it cannot be read. */
static struct buffer_head *entry_block(struct inode *directory, number entry, byte **raw)
{
    number at = entry * entry_bytes;
    struct buffer_head place;
    if (at >= directory->i_size) return NULL;
    place.b_state = 0;
    if (get_block(directory, at >> block_bits, &place, 0) || !(place.b_state & 1UL << BH_Mapped)) return NULL;
    struct buffer_head *buffer = read_block(directory->i_sb, place.b_blocknr);
    if (buffer) *raw = (byte *)buffer->b_data + at % block_bytes;
    return buffer;
}

static int is_named(const byte *raw, const struct qstr *name)
{
    unsigned i;
    for (i = 0; i < name->len; ++i)
        if (i >= name_bytes || raw[4 + i] != name->name[i]) return 0;
    return i == name_bytes || !raw[4 + i];
}

static struct buffer_head *find_entry(struct inode *directory, const struct qstr *name, byte **raw)
{
    struct buffer_head *buffer;
    number entry;
    for (entry = 0; (buffer = entry_block(directory, entry, raw)); ++entry) {
        if (load(*raw, 0) && is_named(*raw, name)) return buffer;
        brelse(buffer);
    }
    return NULL;
}

static void set_entry(struct inode *directory, struct buffer_head *buffer, byte *raw, number inode, const struct qstr *name)
{
    unsigned i;
    store(raw, 0, inode);
    for (i = 0; name && i < name_bytes; ++i) raw[4 + i] = i < name->len ? name->name[i] : 0;
    mark_buffer_dirty(buffer);
    brelse(buffer);
    directory->i_mtime = directory->i_ctime = CURRENT_TIME;
    mark_inode_dirty(directory);
}

static int add_entry(struct inode *directory, const struct qstr *name, number inode)
{
    struct buffer_head *buffer, place;
    number entry;
    byte *raw;
    int error;
    for (entry = 0; (buffer = entry_block(directory, entry, &raw)); ++entry) {
        if (!load(raw, 0)) {
            set_entry(directory, buffer, raw, inode, name);
            return 0;
        }
        brelse(buffer);
    }
    if (entry * entry_bytes != directory->i_size) return -EIO;
    place.b_state = 0;
    error = get_block(directory, entry * entry_bytes >> block_bits, &place, 1);
    if (error) return error;
    buffer = getblk(directory->i_sb->s_dev, place.b_blocknr, block_bytes);
    if (!buffer) return -EIO;
    if (place.b_state & 1UL << BH_New) clear(buffer->b_data, block_bytes);
    buffer->b_state |= 1UL << BH_Uptodate;
    directory->i_size += block_bytes;
    set_entry(directory, buffer, (byte *)buffer->b_data, inode, name);
    return 0;
}

static struct dentry *smallfs_lookup(struct inode *directory, struct dentry *dentry)
{
    struct inode *inode = NULL;
    byte *raw;
    struct buffer_head *buffer = find_entry(directory, &dentry->d_name, &raw);
    if (buffer) {
        inode = iget4(directory->i_sb, load(raw, 0), NULL, NULL);
        brelse(buffer);
        if (!inode) return (struct dentry *)-ENOMEM;
        if (is_bad_inode(inode)) {
            iput(inode);
            return (struct dentry *)-EIO;
        }
    }
    d_add(dentry, inode);
    return NULL;
}

static int is_dot(const byte *raw) { return raw[4] == '.' && (!raw[5] || (raw[5] == '.' && !raw[6])); }

static int make(struct inode *directory, struct dentry *dentry, int mode, struct inode **made)
{
    int error;
    if (dentry->d_name.len > name_bytes) return -EINVAL;
    *made = make_inode(directory, mode);
    if (!*made) return -ENOSPC;
    error = add_entry(directory, &dentry->d_name, (*made)->i_ino);
    if (!error) return 0;
    (*made)->i_nlink = 0;
    iput(*made);
    return error;
}

static int smallfs_create(struct inode *directory, struct dentry *dentry, int mode)
{
    struct inode *inode;
    int error = make(directory, dentry, mode, &inode);
    if (!error) d_instantiate(dentry, inode);
    return error;
}

static int smallfs_symlink(struct inode *directory, struct dentry *dentry, const char *target)
{
    struct inode *inode;
    int bytes = 1, error = make(directory, dentry, S_IFLNK | 0777, &inode);
    const char *at;
    if (error) return error;
    for (at = target; *at; ++at) ++bytes;
    error = block_symlink(inode, target, bytes);
    d_instantiate(dentry, inode);
    return error;
}

static int smallfs_mkdir(struct inode *directory, struct dentry *dentry, int mode)
{
    static const struct qstr dot = {(const byte *)".", 1, 0}, dots = {(const byte *)"..", 2, 0};
    struct inode *inode;
    int error = make(directory, dentry, S_IFDIR | mode, &inode);
    if (error) return error;
    error = add_entry(inode, &dot, inode->i_ino);
    if (!error) error = add_entry(inode, &dots, directory->i_ino);
    inode->i_nlink = 2;
    ++directory->i_nlink;
    mark_inode_dirty(inode);
    mark_inode_dirty(directory);
    d_instantiate(dentry, inode);
    return error;
}

static int remove_entry(struct inode *directory, struct dentry *dentry)
{
    byte *raw;
    struct buffer_head *buffer = find_entry(directory, &dentry->d_name, &raw);
    if (!buffer) return -ENOENT;
    set_entry(directory, buffer, raw, 0, NULL);
    return 0;
}

static void lose_link(struct inode *inode, int links)
{
    inode->i_nlink -= links;
    inode->i_ctime = CURRENT_TIME;
    mark_inode_dirty(inode);
}

static int smallfs_unlink(struct inode *directory, struct dentry *dentry)
{
    int error = remove_entry(directory, dentry);
    if (!error) lose_link(dentry->d_inode, 1);
    return error;
}

static int is_empty(struct inode *directory)
{
    struct buffer_head *buffer;
    number entry;
    byte *raw;
    int found = 0;
    for (entry = 0; !found && (buffer = entry_block(directory, entry, &raw)); ++entry) {
        found = load(raw, 0) && !is_dot(raw);
        brelse(buffer);
    }
    return !found;
}

static int smallfs_rmdir(struct inode *directory, struct dentry *dentry)
{
    int error;
    if (!is_empty(dentry->d_inode)) return -ENOTEMPTY;
    error = remove_entry(directory, dentry);
    if (error) return error;
    lose_link(dentry->d_inode, 2);
    lose_link(directory, 1);
    return 0;
}

static int smallfs_link(struct dentry *old, struct inode *directory, struct dentry *dentry)
{
    struct inode *inode = old->d_inode;
    int error = dentry->d_name.len > name_bytes ? -EINVAL : add_entry(directory, &dentry->d_name, inode->i_ino);
    if (error) return error;
    atomic_inc(&inode->i_count);
    lose_link(inode, -1);
    d_instantiate(dentry, inode);
    return 0;
}

static int smallfs_rename(struct inode *old_directory, struct dentry *old, struct inode *new_directory, struct dentry *new)
{
    struct inode *inode = old->d_inode, *target = new->d_inode;
    struct buffer_head *buffer;
    byte *raw;
    int error;
    if (new->d_name.len > name_bytes) return -EINVAL;
    if (target && S_ISDIR(target->i_mode) && !is_empty(target)) return -ENOTEMPTY;
    if (target && (buffer = find_entry(new_directory, &new->d_name, &raw))) {
        set_entry(new_directory, buffer, raw, inode->i_ino, NULL);
        lose_link(target, S_ISDIR(target->i_mode) ? 2 : 1);
        if (S_ISDIR(target->i_mode)) lose_link(new_directory, 1);
    } else if ((error = add_entry(new_directory, &new->d_name, inode->i_ino))) {
        return error;
    }
    if ((error = remove_entry(old_directory, old))) return error;
    if (S_ISDIR(inode->i_mode) && old_directory != new_directory) {
        static const struct qstr dots = {(const byte *)"..", 2, 0};
        if ((buffer = find_entry(inode, &dots, &raw))) set_entry(inode, buffer, raw, new_directory->i_ino, NULL);
        lose_link(old_directory, 1);
        lose_link(new_directory, -1);
    }
    return 0;
}

static int smallfs_readdir(struct file *file, void *into, filldir_t fill)
{
    struct inode *directory = file->f_dentry->d_inode;
    struct buffer_head *buffer;
    byte *raw;
    int full = 0;
    while (!full && (buffer = entry_block(directory, file->f_pos / entry_bytes, &raw))) {
        int length = 0;
        while (length < name_bytes && raw[4 + length]) ++length;
        if (load(raw, 0)) full = fill(into, (const char *)raw + 4, length, file->f_pos, load(raw, 0), 0) < 0;
        if (!full) file->f_pos += entry_bytes;
        brelse(buffer);
    }
    return 0;
}

static struct inode_operations directory_inode_operations = {
    .create = smallfs_create,
    .lookup = smallfs_lookup,
    .link = smallfs_link,
    .unlink = smallfs_unlink,
    .symlink = smallfs_symlink,
    .mkdir = smallfs_mkdir,
    .rmdir = smallfs_rmdir,
    .rename = smallfs_rename,
};
static struct file_operations directory_operations = {
    .read = generic_read_dir,
    .readdir = smallfs_readdir,
    .fsync = file_fsync,
};

/* --- the whole ---------------------------------------------------------------------------------------------------------- */

static int smallfs_statfs(struct super_block *super, struct statfs *into)
{
    struct buffer_head *map = read_block(super, 1);
    number block;
    into->f_type = magic;
    into->f_bsize = block_bytes;
    into->f_blocks = SUPER(super)->blocks - first_content(super);
    for (block = first_content(super); map && block < SUPER(super)->blocks; ++block)
        into->f_bfree += !(map->b_data[block / 8] >> block % 8 & 1);
    into->f_bavail = into->f_bfree;
    into->f_files = SUPER(super)->inodes;
    into->f_namelen = name_bytes;
    brelse(map);
    return 0;
}

static struct super_operations super_operations = {
    .read_inode = smallfs_read_inode,
    .write_inode = smallfs_write_inode,
    .delete_inode = smallfs_delete_inode,
    .statfs = smallfs_statfs,
};

static int is_sound(struct super_block *super, const char *raw)
{
    static const char word[] = "smallfs1";
    struct smallfs_super *info = SUPER(super);
    int i;
    for (i = 0; i < 8; ++i)
        if (raw[i] != word[i]) return 0;
    info->blocks = load(raw, 2);
    info->inodes = load(raw, 3);
    info->inode_blocks = load(raw, 4);
    return info->blocks <= most_blocks && info->inode_blocks && info->inode_blocks < info->blocks
           && info->inodes / inodes_in_block <= info->inode_blocks && info->inodes <= info->inode_blocks * inodes_in_block;
}

static struct super_block *smallfs_read_super(struct super_block *super, void *data, int silent)
{
    struct buffer_head *buffer;
    struct inode *root;
    int sound;
    (void)data;
    set_blocksize(super->s_dev, block_bytes);
    super->s_blocksize = block_bytes;
    super->s_blocksize_bits = block_bits;
    if (!(buffer = read_block(super, 0))) {
        printk(KERN_ERR "smallfs: %s: the super block cannot be read\n", bdevname(super->s_dev));
        return NULL;
    }
    sound = is_sound(super, buffer->b_data);
    brelse(buffer);
    if (!sound) {
        if (!silent) printk(KERN_ERR "smallfs: %s: no file system\n", bdevname(super->s_dev));
        return NULL;
    }
    super->s_magic = magic;
    super->s_maxbytes = file_blocks * block_bytes;
    super->s_op = &super_operations;
    root = iget4(super, root_number, NULL, NULL);
    if (root && S_ISDIR(root->i_mode) && !is_bad_inode(root)) super->s_root = d_alloc_root(root);
    if (super->s_root) return super;
    printk(KERN_ERR "smallfs: %s: no root\n", bdevname(super->s_dev));
    if (root) iput(root);
    return NULL;
}

static struct file_system_type type = {
    .name = "smallfs",
    .fs_flags = FS_REQUIRES_DEV,
    .read_super = smallfs_read_super,
    .owner = THIS_MODULE,
};

static int __init smallfs_init(void) { return register_filesystem(&type); }
static void __exit smallfs_exit(void) { unregister_filesystem(&type); }

module_init(smallfs_init);
module_exit(smallfs_exit);
