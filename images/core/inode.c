/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inodes: made, found by number, given up, written. An inode is hashed while its file system may find it again; it is on one
 * of three lists by its state: in use, unused, or its super block's dirty ones. Source: fs/inode.c of 2.4. */
#include "page.h"
#include "vfs.h"

enum { buckets = 1024 };

static struct list_head hash_table[buckets];
static struct list_head in_use, unused;
static word bad_inode_operations[64], bad_file_operations[64], no_operations[64], no_file_operations[64];
static word last_number;

#define LIST(p) ((struct list_head *)IN(p, inode, i_list))
#define HASH(p) ((struct list_head *)IN(p, inode, i_hash))
#define OPERATION(super, name) (F(super, super_block, s_op) ? F(F(super, super_block, s_op), super_operations, name) : NULL)

static struct list_head *bucket(struct super_block *super, word number)
{
    word hash = number + ((word)super >> 6);
    return &hash_table[(hash ^ hash >> 10) & (buckets - 1)];
}

void init_mapping(struct address_space *mapping, struct inode *host)
{
    list_init(IN(mapping, address_space, clean_pages));
    list_init(IN(mapping, address_space, dirty_pages));
    list_init(IN(mapping, address_space, locked_pages));
    F(mapping, address_space, host) = host;
    F(mapping, address_space, nrpages) = 0;
    if (HAS(address_space, gfp_mask)) F(mapping, address_space, gfp_mask) = 0x1d2; /* GFP_HIGHUSER */
}

void inode_init_once(struct inode *inode)
{
    memset(inode, 0, SIZE(inode));
    list_init(HASH(inode));
    list_init(LIST(inode));
    list_init(IN(inode, inode, i_dentry));
    list_init(IN(inode, inode, i_dirty_buffers));
    if (HAS(inode, i_dirty_data_buffers)) list_init(IN(inode, inode, i_dirty_data_buffers));
    if (HAS(inode, i_devices)) list_init(IN(inode, inode, i_devices));
    init_mutex(IN(inode, inode, i_sem));
    init_mutex(IN(inode, inode, i_zombie));
    if (HAS(inode, i_alloc_sem)) init_rw_semaphore(IN(inode, inode, i_alloc_sem));
    init_waitqueue(IN(inode, inode, i_wait));
    init_mapping(IN(inode, inode, i_data), inode);
}

/* What an inode holds whoever asked for it: an empty i_op and i_fop, so that nobody needs to look whether they are there. */
static struct inode *allocate(struct super_block *super)
{
    struct inode *(*own)(struct super_block *) = super && HAS(super_operations, alloc_inode) ? OPERATION(super, alloc_inode) : NULL;
    struct inode *inode = own ? own(super) : kc_kmalloc(SIZE(inode));
    if (!inode) return NULL;
    if (!own) inode_init_once(inode);
    F(inode, inode, i_sb) = super;
    F(inode, inode, i_dev) = super ? F(super, super_block, s_dev) : 0;
    if (HAS(inode, i_blkbits)) F(inode, inode, i_blkbits) = super ? F(super, super_block, s_blocksize_bits) : 0;
    F(inode, inode, i_op) = (void *)no_operations;
    F(inode, inode, i_fop) = (void *)no_file_operations;
    SET_SIZED(inode, inode, i_nlink, 1);
    F(inode, inode, i_count) = 1;
    F(inode, inode, i_mapping) = IN(inode, inode, i_data);
    return inode;
}

static void destroy(struct inode *inode)
{
    struct super_block *super = F(inode, inode, i_sb);
    void (*own)(struct inode *) = super && HAS(super_operations, destroy_inode) ? OPERATION(super, destroy_inode) : NULL;
    if (own) own(inode);
    else kc_kfree(inode);
}

struct inode *new_inode(struct super_block *super)
{
    struct inode *inode = allocate(super);
    if (!inode) return NULL;
    F(inode, inode, i_ino) = ++last_number;
    list_add(LIST(inode), &in_use);
    return inode;
}

struct inode *get_empty_inode(void) { return new_inode(NULL); }

static void wait_unlocked(struct inode *inode)
{
    wait_while(F(inode, inode, i_state) & I_LOCK, IN(inode, inode, i_wait), "an inode");
}

static struct inode *find(struct super_block *super, word number, find_inode_t test, void *opaque)
{
    struct list_head *head = bucket(super, number), *at;
    for (at = head->next; at != head; at = at->next) {
        struct inode *inode = OWNER(at, inode, i_hash);
        if (F(inode, inode, i_ino) != number || F(inode, inode, i_sb) != super) continue;
        if (test && !test(inode, number, opaque)) continue;
        return inode;
    }
    return NULL;
}

static void take(struct inode *inode)
{
    if (F(inode, inode, i_count)++) return;
    if (F(inode, inode, i_state) & (I_DIRTY | I_LOCK)) return;
    list_del(LIST(inode));
    list_add(LIST(inode), &in_use);
}

struct inode *igrab(struct inode *inode)
{
    if (F(inode, inode, i_state) & I_FREEING) return NULL;
    take(inode);
    return inode;
}

/* A fresh inode under that number, locked until the file system has filled it. */
static struct inode *fresh(struct super_block *super, word number)
{
    struct inode *inode = allocate(super);
    if (!inode) return NULL;
    F(inode, inode, i_ino) = number;
    F(inode, inode, i_state) = I_LOCK | I_NEW;
    list_add(LIST(inode), &in_use);
    list_add(HASH(inode), bucket(super, number));
    return inode;
}

static struct inode *find_held(struct super_block *super, word number, find_inode_t test, void *opaque)
{
    struct inode *inode = find(super, number, test, opaque);
    if (!inode) return NULL;
    take(inode);
    wait_unlocked(inode);
    return inode;
}

void unlock_new_inode(struct inode *inode)
{
    F(inode, inode, i_state) &= ~(word)(I_LOCK | I_NEW);
    wake(IN(inode, inode, i_wait));
}

struct inode *iget4_locked(struct super_block *super, word number, find_inode_t test, void *opaque)
{
    struct inode *inode = find_held(super, number, test, opaque);
    return inode ? inode : fresh(super, number);
}

struct inode *iget4(struct super_block *super, word number, find_inode_t test, void *opaque)
{
    struct inode *inode = find_held(super, number, test, opaque);
    if (inode) return inode;
    if (!(inode = fresh(super, number))) return NULL;
    if (HAS(super_operations, read_inode2) && OPERATION(super, read_inode2)) OPERATION(super, read_inode2)(inode, opaque);
    else if (OPERATION(super, read_inode)) OPERATION(super, read_inode)(inode);
    unlock_new_inode(inode);
    return inode;
}

word iunique(struct super_block *super, word reserved)
{
    static word counter;
    do {
        if (counter <= reserved) counter = reserved + 1;
    } while (find(super, counter++, NULL, NULL));
    return counter - 1;
}

void insert_inode_hash(struct inode *inode)
{
    struct super_block *super = F(inode, inode, i_sb);
    list_add(HASH(inode), bucket(super, F(inode, inode, i_ino)));
}

void remove_inode_hash(struct inode *inode) { list_del_init(HASH(inode)); }

void clear_inode(struct inode *inode)
{
    struct super_block *super = F(inode, inode, i_sb);
    invalidate_inode_buffers(inode);
    if (F(F(inode, inode, i_mapping), address_space, nrpages) && F(inode, inode, i_mapping) == IN(inode, inode, i_data))
        kc_bug("clear_inode of an inode with pages");
    if (!(F(inode, inode, i_state) & I_FREEING)) kc_bug("clear_inode of an inode that is not being freed");
    if (F(inode, inode, i_state) & I_CLEAR) kc_bug("clear_inode of an inode that is gone");
    wait_unlocked(inode);
    if (super && OPERATION(super, clear_inode)) OPERATION(super, clear_inode)(inode);
    if (F(inode, inode, i_bdev)) forget_block_inode(inode);
    F(inode, inode, i_state) = I_CLEAR;
}

void force_delete(struct inode *inode)
{
    struct super_block *super = F(inode, inode, i_sb);
    if (F(inode, inode, i_count) == 1) SET_SIZED(inode, inode, i_nlink, 0);
    (void)super;
}

static void dispose(struct inode *inode)
{
    truncate_inode_pages(IN(inode, inode, i_data), 0);
    clear_inode(inode);
    destroy(inode);
}

/* No name is left: the file system frees the blocks, and calls clear_inode itself. */
static void remove(struct inode *inode, struct super_block *super)
{
    void (*own)(struct inode *) = super ? OPERATION(super, delete_inode) : NULL;
    list_del_init(HASH(inode));
    list_del_init(LIST(inode));
    F(inode, inode, i_state) |= I_FREEING;
    truncate_inode_pages(IN(inode, inode, i_data), 0);
    if (own) own(inode);
    else clear_inode(inode);
    if (F(inode, inode, i_state) != I_CLEAR) kc_bug("delete_inode without clear_inode");
    destroy(inode);
}

void iput(struct inode *inode)
{
    struct super_block *super;
    if (!inode) return;
    super = F(inode, inode, i_sb);
    if (F(inode, inode, i_state) == I_CLEAR) kc_bug("iput of an inode that is gone");
    if (super && OPERATION(super, put_inode)) OPERATION(super, put_inode)(inode);
    if (--F(inode, inode, i_count)) return;
    if (!SIZED(inode, inode, i_nlink)) return remove(inode, super);
    if (!list_empty(HASH(inode))) {
        if (!(F(inode, inode, i_state) & (I_DIRTY | I_LOCK))) {
            list_del(LIST(inode));
            list_add(LIST(inode), &unused);
        }
        if (!super || F(super, super_block, s_flags) & MS_ACTIVE) return;
        ++F(inode, inode, i_count);
        write_inode_now(inode, 1);
        --F(inode, inode, i_count);
        if (F(inode, inode, i_count)) return;
    }
    list_del_init(HASH(inode));
    list_del_init(LIST(inode));
    F(inode, inode, i_state) |= I_FREEING;
    dispose(inode);
}

/* --- writing ----------------------------------------------------------------------------------------------------------- */

void __mark_inode_dirty(struct inode *inode, int flags)
{
    struct super_block *super = F(inode, inode, i_sb);
    if (!super) return;
    if (HAS(super_operations, dirty_inode) && flags & (I_DIRTY_SYNC | I_DIRTY_DATASYNC) && OPERATION(super, dirty_inode))
        OPERATION(super, dirty_inode)(inode);
    if ((F(inode, inode, i_state) & flags) == (word)flags) return;
    F(inode, inode, i_state) |= flags;
    if (F(inode, inode, i_state) & (I_LOCK | I_FREEING | I_CLEAR) || list_empty(HASH(inode))) return;
    list_del(LIST(inode));
    list_add(LIST(inode), IN(super, super_block, s_dirty));
}

void update_atime(struct inode *inode)
{
    struct super_block *super = F(inode, inode, i_sb);
    if (F(inode, inode, i_atime) == CURRENT_TIME) return;
    if (F(inode, inode, i_flags) & S_NOATIME || F(super, super_block, s_flags) & (MS_NOATIME | MS_RDONLY)) return;
    if (S_ISDIR(F(inode, inode, i_mode)) && F(super, super_block, s_flags) & MS_NODIRATIME) return;
    F(inode, inode, i_atime) = CURRENT_TIME;
    __mark_inode_dirty(inode, I_DIRTY_SYNC);
}

/* The list that an inode belongs to by its state. */
static void refile(struct inode *inode)
{
    struct super_block *super = F(inode, inode, i_sb);
    if (F(inode, inode, i_state) & (I_FREEING | I_CLEAR)) return;
    list_del(LIST(inode));
    if (F(inode, inode, i_state) & I_DIRTY && super) list_add(LIST(inode), IN(super, super_block, s_dirty));
    else list_add(LIST(inode), F(inode, inode, i_count) ? &in_use : &unused);
}

static void sync_one(struct inode *inode, int sync)
{
    struct super_block *super = F(inode, inode, i_sb);
    int dirty;
    wait_unlocked(inode);
    dirty = F(inode, inode, i_state) & I_DIRTY;
    F(inode, inode, i_state) |= I_LOCK;
    F(inode, inode, i_state) &= ~(word)I_DIRTY;
    ++F(inode, inode, i_count);
    filemap_fdatasync(F(inode, inode, i_mapping));
    if (dirty & (I_DIRTY_SYNC | I_DIRTY_DATASYNC) && super && !is_bad_inode(inode) && OPERATION(super, write_inode))
        OPERATION(super, write_inode)(inode, sync);
    if (sync) filemap_fdatawait(F(inode, inode, i_mapping));
    --F(inode, inode, i_count);
    F(inode, inode, i_state) &= ~(word)I_LOCK;
    refile(inode);
    wake(IN(inode, inode, i_wait));
}

void write_inode_now(struct inode *inode, int sync)
{
    if (!F(inode, inode, i_sb)) return;
    while (F(inode, inode, i_state) & I_DIRTY) sync_one(inode, sync);
    if (sync) wait_unlocked(inode);
}

void sync_inodes_of(struct super_block *super, int wait)
{
    struct list_head *dirty = IN(super, super_block, s_dirty);
    word rounds = 0;
    while (!list_empty(dirty) && rounds++ < 1 << 20) sync_one(OWNER(dirty->prev, inode, i_list), wait);
}

/* --- a super block goes ------------------------------------------------------------------------------------------------- */

static int take_out(struct list_head *list, struct super_block *super, struct list_head *into)
{
    struct list_head *at, *next;
    int busy = 0;
    for (at = list->next; at != list; at = next) {
        struct inode *inode = OWNER(at, inode, i_list);
        next = at->next;
        if (F(inode, inode, i_sb) != super) continue;
        invalidate_inode_buffers(inode);
        if (F(inode, inode, i_count)) {
            busy = 1;
            continue;
        }
        list_del_init(HASH(inode));
        list_del(at);
        list_add(at, into);
        F(inode, inode, i_state) |= I_FREEING;
    }
    return busy;
}

/* Forgets all inodes of a super block that nobody uses; 1: some are used. */
int invalidate_inodes(struct super_block *super)
{
    struct list_head gone;
    int busy;
    list_init(&gone);
    busy = take_out(&in_use, super, &gone);
    busy |= take_out(&unused, super, &gone);
    busy |= take_out(IN(super, super_block, s_dirty), super, &gone);
    while (!list_empty(&gone)) {
        struct inode *inode = OWNER(gone.next, inode, i_list);
        list_del_init(gone.next);
        dispose(inode);
    }
    return busy;
}

/* --- special and bad ones ----------------------------------------------------------------------------------------------- */

void init_special_inode(struct inode *inode, unsigned short mode, int device)
{
    F(inode, inode, i_mode) = mode;
    F(inode, inode, i_rdev) = 0;
    if (S_ISCHR(mode)) {
        F(inode, inode, i_fop) = char_device_operations();
        F(inode, inode, i_rdev) = device;
    } else if (S_ISBLK(mode)) {
        F(inode, inode, i_fop) = block_device_operations();
        F(inode, inode, i_rdev) = device;
        if (!F(inode, inode, i_bdev)) F(inode, inode, i_bdev) = bdget(device);
    } else if (!S_ISFIFO(mode) && !S_ISSOCK(mode)) {
        kc_printk("<7>init_special_inode: bogus imode (%o)\n", mode);
    }
}

static int bad_open(struct inode *inode, struct file *file) { return (void)inode, (void)file, -EIO; }
static struct dentry *bad_lookup(struct inode *dir, struct dentry *dentry)
{
    (void)dir;
    d_add(dentry, NULL);
    return error_pointer(-EIO);
}
static int bad_entry(struct dentry *dentry) { return (void)dentry, -EIO; }
static int bad_permission(struct inode *inode, int mask) { return (void)inode, (void)mask, -EIO; }
static ssize_t bad_read(struct file *file, char *buffer, size_t count, loff_t *position)
{
    return (void)file, (void)buffer, (void)count, (void)position, -EIO;
}
static int bad_readdir(struct file *file, void *into, filldir_t fill) { return (void)file, (void)into, (void)fill, -EIO; }

void make_bad_inode(struct inode *inode)
{
    F(inode, inode, i_mode) = S_IFREG;
    F(inode, inode, i_atime) = F(inode, inode, i_mtime) = F(inode, inode, i_ctime) = CURRENT_TIME;
    F(inode, inode, i_op) = (void *)bad_inode_operations;
    F(inode, inode, i_fop) = (void *)bad_file_operations;
}

int is_bad_inode(struct inode *inode) { return (void *)F(inode, inode, i_op) == bad_inode_operations; }

int bmap(struct inode *inode, int block)
{
    struct address_space *mapping = F(inode, inode, i_mapping);
    struct address_space_operations *operations = F(mapping, address_space, a_ops);
    if (!operations || !F(operations, address_space_operations, bmap)) return 0;
    return F(operations, address_space_operations, bmap)(mapping, block);
}

void inode_start(void)
{
    int i;
    for (i = 0; i < buckets; ++i) list_init(&hash_table[i]);
    list_init(&in_use);
    list_init(&unused);
    F((void *)bad_inode_operations, inode_operations, lookup) = bad_lookup;
    F((void *)bad_inode_operations, inode_operations, revalidate) = bad_entry;
    F((void *)bad_inode_operations, inode_operations, permission) = bad_permission;
    F((void *)bad_file_operations, file_operations, open) = bad_open;
    F((void *)bad_file_operations, file_operations, read) = bad_read;
    F((void *)bad_file_operations, file_operations, readdir) = bad_readdir;
}
