/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Directory entries: what names stand for, kept until memory is short. An entry is hashed while lookups may find it; one that
 * nobody uses stays on a list of its super block's until shrunk. Source: fs/dcache.c of 2.4. */
#include "page.h"
#include "vfs.h"

enum { buckets = 1024 };

static struct list_head hash_table[buckets];
static struct list_head unused;

#define HASH(p) ((struct list_head *)IN(p, dentry, d_hash))
#define LRU(p) ((struct list_head *)IN(p, dentry, d_lru))
#define CHILD(p) ((struct list_head *)IN(p, dentry, d_child))
#define CHILDREN(p) ((struct list_head *)IN(p, dentry, d_subdirs))
#define ALIAS(p) ((struct list_head *)IN(p, dentry, d_alias))
#define NAME(p) ((struct qstr *)IN(p, dentry, d_name))
#define OPERATION(p, name) (F(p, dentry, d_op) ? F(F(p, dentry, d_op), dentry_operations, name) : NULL)

static struct list_head *bucket(struct dentry *parent, unsigned hash)
{
    word value = hash + ((word)parent >> 6);
    return &hash_table[(value ^ value >> 10) & (buckets - 1)];
}

/* full_name_hash, which modules compute, too. Source: include/linux/dcache.h. */
unsigned hash_name(const unsigned char *name, unsigned length)
{
    word hash = 0;
    while (length--) {
        word c = *name++;
        hash = (hash + (c << 4) + (c >> 4)) * 11;
    }
    return (unsigned)hash;
}

int d_unhashed(struct dentry *dentry) { return list_empty(HASH(dentry)); }

void d_drop(struct dentry *dentry) { list_del_init(HASH(dentry)); }

struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
    word room = (word)LEN__dentry__d_iname;
    struct dentry *dentry = kc_kmalloc(SIZE(dentry));
    char *text;
    if (!dentry) return NULL;
    text = name->len < room ? IN(dentry, dentry, d_iname) : kc_kmalloc(name->len + 1);
    if (!text) {
        kc_kfree(dentry);
        return NULL;
    }
    memcpy(text, name->name, name->len);
    text[name->len] = 0;
    NAME(dentry)->name = (const unsigned char *)text;
    NAME(dentry)->len = name->len;
    NAME(dentry)->hash = name->hash;
    list_init(HASH(dentry));
    list_init(LRU(dentry));
    list_init(CHILDREN(dentry));
    list_init(ALIAS(dentry));
    list_init(CHILD(dentry));
    if (HAS(dentry, d_vfsmnt)) list_init(IN(dentry, dentry, d_vfsmnt));
    F(dentry, dentry, d_count) = 1;
    F(dentry, dentry, d_parent) = parent ? dget(parent) : dentry;
    if (parent) {
        F(dentry, dentry, d_sb) = F(parent, dentry, d_sb);
        list_add(CHILD(dentry), CHILDREN(parent));
    }
    return dentry;
}

void d_instantiate(struct dentry *dentry, struct inode *inode)
{
    if (!list_empty(ALIAS(dentry))) kc_bug("d_instantiate of an entry that has an inode");
    if (inode) list_add(ALIAS(dentry), IN(inode, inode, i_dentry));
    F(dentry, dentry, d_inode) = inode;
}

struct dentry *d_alloc_root(struct inode *root)
{
    static const struct qstr name = {(const unsigned char *)"/", 1, 0};
    struct dentry *dentry = root ? d_alloc(NULL, &name) : NULL;
    if (!dentry) return NULL;
    F(dentry, dentry, d_sb) = F(root, inode, i_sb);
    d_instantiate(dentry, root);
    return dentry;
}

void d_rehash(struct dentry *dentry)
{
    if (!list_empty(HASH(dentry))) kc_bug("d_rehash of a hashed entry");
    list_add(HASH(dentry), bucket(F(dentry, dentry, d_parent), NAME(dentry)->hash));
}

static int same(struct dentry *parent, struct dentry *dentry, struct qstr *name)
{
    int (*compare)(struct dentry *, struct qstr *, struct qstr *) = OPERATION(parent, d_compare);
    if (compare) return !compare(parent, NAME(dentry), name);
    return NAME(dentry)->len == name->len && !memcmp(NAME(dentry)->name, name->name, name->len);
}

struct dentry *d_lookup(struct dentry *parent, struct qstr *name)
{
    struct list_head *head = bucket(parent, name->hash), *at;
    for (at = head->next; at != head; at = at->next) {
        struct dentry *dentry = OWNER(at, dentry, d_hash);
        if (NAME(dentry)->hash != name->hash || F(dentry, dentry, d_parent) != parent) continue;
        if (same(parent, dentry, name)) return dget_locked(dentry);
    }
    return NULL;
}

struct dentry *dget_locked(struct dentry *dentry)
{
    if (!F(dentry, dentry, d_count)++) list_del_init(LRU(dentry));
    return dentry;
}

struct dentry *d_find_alias(struct inode *inode)
{
    struct list_head *head = IN(inode, inode, i_dentry), *at;
    for (at = head->next; at != head; at = at->next) {
        struct dentry *dentry = OWNER(at, dentry, d_alias);
        if (!list_empty(HASH(dentry))) return dget_locked(dentry);
    }
    return NULL;
}

static void put_inode_of(struct dentry *dentry)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    void (*own)(struct dentry *, struct inode *) = OPERATION(dentry, d_iput);
    if (!inode) return;
    F(dentry, dentry, d_inode) = NULL;
    list_del_init(ALIAS(dentry));
    if (own) own(dentry, inode);
    else iput(inode);
}

/* The entry is gone, and with it one use of its parent, which is returned. */
static struct dentry *destroy(struct dentry *dentry)
{
    struct dentry *parent = F(dentry, dentry, d_parent);
    list_del_init(HASH(dentry));
    list_del_init(LRU(dentry));
    list_del_init(CHILD(dentry));
    put_inode_of(dentry);
    if (OPERATION(dentry, d_release)) OPERATION(dentry, d_release)(dentry);
    if ((void *)NAME(dentry)->name != IN(dentry, dentry, d_iname)) kc_kfree((void *)NAME(dentry)->name);
    kc_kfree(dentry);
    return parent == dentry ? NULL : parent;
}

void dput(struct dentry *dentry)
{
    while (dentry) {
        if (--F(dentry, dentry, d_count)) return;
        if (OPERATION(dentry, d_delete) && OPERATION(dentry, d_delete)(dentry)) list_del_init(HASH(dentry));
        if (!list_empty(HASH(dentry))) {
            list_del(LRU(dentry));
            list_add(LRU(dentry), &unused);
            return;
        }
        dentry = destroy(dentry);
    }
}

/* A name is gone from its directory: the entry stays as a name that stands for nothing, or is no longer found. */
void d_delete(struct dentry *dentry)
{
    if (F(dentry, dentry, d_count) == 1) put_inode_of(dentry);
    else d_drop(dentry);
}

int d_invalidate(struct dentry *dentry)
{
    struct inode *inode = F(dentry, dentry, d_inode);
    if (list_empty(HASH(dentry))) return 0;
    if (!list_empty(CHILDREN(dentry))) shrink_dcache_parent(dentry);
    if (F(dentry, dentry, d_count) > 1 && inode && S_ISDIR(F(inode, inode, i_mode))) return -EBUSY;
    d_drop(dentry);
    return 0;
}

/* --- shrinking ---------------------------------------------------------------------------------------------------------- */

static void prune(struct dentry *dentry) { dput(destroy(dentry)); }

void d_prune_aliases(struct inode *inode)
{
    struct list_head *head = IN(inode, inode, i_dentry), *at;
again:
    for (at = head->next; at != head; at = at->next) {
        struct dentry *dentry = OWNER(at, dentry, d_alias);
        if (F(dentry, dentry, d_count)) continue;
        ++F(dentry, dentry, d_count);
        d_drop(dentry);
        dput(dentry);
        goto again;
    }
}

void shrink_dcache_sb(struct super_block *super)
{
    struct list_head *at;
again:
    for (at = unused.next; at != &unused; at = at->next) {
        struct dentry *dentry = OWNER(at, dentry, d_lru);
        if (F(dentry, dentry, d_sb) != super || F(dentry, dentry, d_count)) continue;
        prune(dentry);
        goto again;
    }
}

/* One unused entry below `parent` that has nothing below itself. */
static struct dentry *unused_below(struct dentry *parent)
{
    struct list_head *at;
    for (at = CHILDREN(parent)->next; at != CHILDREN(parent); at = at->next) {
        struct dentry *dentry = OWNER(at, dentry, d_child), *below;
        if (!list_empty(CHILDREN(dentry)) && (below = unused_below(dentry))) return below;
        if (!F(dentry, dentry, d_count) && list_empty(CHILDREN(dentry))) return dentry;
    }
    return NULL;
}

void shrink_dcache_parent(struct dentry *parent)
{
    struct dentry *dentry;
    while ((dentry = unused_below(parent))) prune(dentry);
}

/* --- places in the tree ------------------------------------------------------------------------------------------------- */

int is_subdir(struct dentry *dentry, struct dentry *above)
{
    for (;;) {
        struct dentry *parent = F(dentry, dentry, d_parent);
        if (dentry == above) return 1;
        if (parent == dentry) return 0;
        dentry = parent;
    }
}

int have_submounts(struct dentry *parent)
{
    struct list_head *at;
    if (mounted_on(parent)) return 1;
    for (at = CHILDREN(parent)->next; at != CHILDREN(parent); at = at->next)
        if (have_submounts(OWNER(at, dentry, d_child))) return 1;
    return 0;
}

word find_inode_number(struct dentry *parent, struct qstr *name)
{
    struct dentry *dentry;
    word number;
    name->hash = hash_name(name->name, name->len);
    if (OPERATION(parent, d_hash) && OPERATION(parent, d_hash)(parent, name)) return 0;
    if (!(dentry = d_lookup(parent, name))) return 0;
    number = F(dentry, dentry, d_inode) ? F(F(dentry, dentry, d_inode), inode, i_ino) : 0;
    dput(dentry);
    return number;
}

static void swap_names(struct dentry *left, struct dentry *right)
{
    word room = (word)LEN__dentry__d_iname, i;
    char *a = IN(left, dentry, d_iname), *b = IN(right, dentry, d_iname);
    int left_inside = (char *)NAME(left)->name == a, right_inside = (char *)NAME(right)->name == b;
    struct qstr name = *NAME(left);
    for (i = 0; i < room; ++i) {
        char c = a[i];
        a[i] = b[i];
        b[i] = c;
    }
    *NAME(left) = *NAME(right);
    *NAME(right) = name;
    if (right_inside) NAME(left)->name = (unsigned char *)a;
    if (left_inside) NAME(right)->name = (unsigned char *)b;
}

/* rename: the entry takes the target's place and name, and the target the entry's. */
void d_move(struct dentry *dentry, struct dentry *target)
{
    struct dentry *parent = F(dentry, dentry, d_parent), *new_parent = F(target, dentry, d_parent);
    if (!F(dentry, dentry, d_inode)) kc_printk("<4>VFS: moving negative dcache entry\n");
    list_del(HASH(dentry));
    list_add(HASH(dentry), HASH(target));
    list_del_init(HASH(target));
    list_del(CHILD(dentry));
    list_del(CHILD(target));
    swap_names(dentry, target);
    if (parent == dentry) parent = target;
    if (new_parent == target) new_parent = dentry;
    F(target, dentry, d_parent) = parent;
    F(dentry, dentry, d_parent) = new_parent;
    if (parent == target) list_init(CHILD(target));
    else list_add(CHILD(target), CHILDREN(parent));
    if (new_parent == dentry) list_init(CHILD(dentry));
    else list_add(CHILD(dentry), CHILDREN(new_parent));
}

void dcache_start(void)
{
    int i;
    for (i = 0; i < buckets; ++i) list_init(&hash_table[i]);
    list_init(&unused);
}
