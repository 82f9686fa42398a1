/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buffers: blocks of a device, in the page cache of its inode, found by number. Source: fs/buffer.c of 2.4.
 * Differs from 2.4: all buffers that are written wait in one list of dirty ones. */
#include "block.h"
#include "page.h"
#include "vfs.h"

enum { buckets = 4096 };

static struct buffer_head *hash_table[buckets];
static struct buffer_head *dirty; /* the last one of a ring over b_next_free, or NULL */

#define STATE(buffer) F(buffer, buffer_head, b_state)
#define WAITERS(buffer) IN(buffer, buffer_head, b_wait)

static int has(struct buffer_head *buffer, int bit) { return test_bit(bit, &STATE(buffer)); }

static struct buffer_head **bucket(kdev_t dev, word block)
{
    word value = block ^ (word)dev << 5 ^ block >> 12;
    return &hash_table[value & (buckets - 1)];
}

/* --- the ring of dirty buffers ------------------------------------------------------------------------------------------ */

static void ring_in(struct buffer_head *buffer)
{
    if (F(buffer, buffer_head, b_next_free)) return;
    if (!dirty) {
        F(buffer, buffer_head, b_next_free) = F(buffer, buffer_head, b_prev_free) = dirty = buffer;
        return;
    }
    struct buffer_head *first = F(dirty, buffer_head, b_next_free);
    F(buffer, buffer_head, b_next_free) = first;
    F(buffer, buffer_head, b_prev_free) = dirty;
    F(first, buffer_head, b_prev_free) = buffer;
    F(dirty, buffer_head, b_next_free) = buffer;
    dirty = buffer;
}

static void ring_out(struct buffer_head *buffer)
{
    struct buffer_head *next = F(buffer, buffer_head, b_next_free), *previous = F(buffer, buffer_head, b_prev_free);
    if (!next) return;
    F(next, buffer_head, b_prev_free) = previous;
    F(previous, buffer_head, b_next_free) = next;
    F(buffer, buffer_head, b_next_free) = F(buffer, buffer_head, b_prev_free) = NULL;
    if (dirty == buffer) dirty = next == buffer ? NULL : previous;
}

void refile_buffer(struct buffer_head *buffer)
{
    F(buffer, buffer_head, b_list) = has(buffer, BH_Dirty) ? BUF_DIRTY : has(buffer, BH_Lock) ? BUF_LOCKED : BUF_CLEAN;
    if (has(buffer, BH_Dirty)) return ring_in(buffer);
    ring_out(buffer);
}

FASTCALL void __mark_buffer_dirty(struct buffer_head *buffer) { refile_buffer(buffer); }

FASTCALL void mark_buffer_dirty(struct buffer_head *buffer)
{
    if (!test_and_set_bit(BH_Dirty, &STATE(buffer))) refile_buffer(buffer);
}

/* --- locks -------------------------------------------------------------------------------------------------------------- */

void __wait_on_buffer(struct buffer_head *buffer)
{
    if (!has(buffer, BH_Lock)) return;
    ++F(buffer, buffer_head, b_count);
    kc_run_task_queue(VAR__tq_disk);
    wait_while(has(buffer, BH_Lock), WAITERS(buffer), "a buffer");
    --F(buffer, buffer_head, b_count);
}

void lock_buffer_of(struct buffer_head *buffer)
{
    while (test_and_set_bit(BH_Lock, &STATE(buffer))) __wait_on_buffer(buffer);
}

FASTCALL void unlock_buffer(struct buffer_head *buffer)
{
    clear_bit(BH_Lock, &STATE(buffer));
    wake(WAITERS(buffer));
}

void end_buffer_io_sync(struct buffer_head *buffer, int uptodate)
{
    if (uptodate) set_bit(BH_Uptodate, &STATE(buffer));
    else clear_bit(BH_Uptodate, &STATE(buffer));
    unlock_buffer(buffer);
    --F(buffer, buffer_head, b_count);
}

/* The last buffer of a page to end its I/O unlocks the page. */
static void end_buffer_io_async(struct buffer_head *buffer, int uptodate)
{
    struct page *page = F(buffer, buffer_head, b_page);
    struct buffer_head *other;
    if (uptodate) set_bit(BH_Uptodate, &STATE(buffer));
    else {
        clear_bit(BH_Uptodate, &STATE(buffer));
        set_bit(PG_error, &F(page, page, flags));
    }
    clear_bit(BH_Async, &STATE(buffer));
    unlock_buffer(buffer);
    for (other = F(buffer, buffer_head, b_this_page); other != buffer; other = F(other, buffer_head, b_this_page))
        if (has(other, BH_Async) && has(other, BH_Lock)) return;
    if (!test_bit(PG_error, &F(page, page, flags))) set_page_uptodate(page);
    unlock_page(page);
}

void set_buffer_async_io(struct buffer_head *buffer)
{
    F(buffer, buffer_head, b_end_io) = end_buffer_io_async;
    set_bit(BH_Async, &STATE(buffer));
}

void init_buffer(struct buffer_head *buffer, void (*end)(struct buffer_head *, int), void *data)
{
    F(buffer, buffer_head, b_list) = BUF_CLEAN;
    F(buffer, buffer_head, b_end_io) = end;
    F(buffer, buffer_head, b_private) = data;
}

/* --- making them -------------------------------------------------------------------------------------------------------- */

struct buffer_head *get_unused_buffer_head(int asynchronous)
{
    struct buffer_head *buffer = kc_kmalloc(SIZE(buffer_head));
    (void)asynchronous;
    if (!buffer) return NULL;
    init_waitqueue(WAITERS(buffer));
    F(buffer, buffer_head, b_blocknr) = ~0UL;
    return buffer;
}

void put_unused_buffer_head(struct buffer_head *buffer) { kc_kfree(buffer); }

void set_bh_page(struct buffer_head *buffer, struct page *page, word offset)
{
    F(buffer, buffer_head, b_page) = page;
    F(buffer, buffer_head, b_data) = (char *)page_address(page) + offset;
}

/* All memory is low: no buffer needs another in its place. */
struct buffer_head *create_bounce(int direction, struct buffer_head *buffer) { return buffer; }

static void free_ring(struct buffer_head *head)
{
    struct buffer_head *buffer = head;
    do {
        struct buffer_head *next = F(buffer, buffer_head, b_this_page);
        kc_kfree(buffer);
        buffer = next;
    } while (buffer && buffer != head);
}

/* Buffers for all of a page, linked in a ring, not yet of any block; the first. The page is held for them. */
static struct buffer_head *make_buffers(struct page *page, kdev_t dev, word bytes)
{
    struct buffer_head *head = NULL, *last = NULL;
    word offset = PAGE_SIZE;
    while (offset >= bytes) {
        struct buffer_head *buffer = get_unused_buffer_head(0);
        if (!buffer) {
            if (head) {
                F(last, buffer_head, b_this_page) = NULL;
                free_ring(head);
            }
            return NULL;
        }
        offset -= bytes;
        F(buffer, buffer_head, b_dev) = dev;
        F(buffer, buffer_head, b_this_page) = head;
        F(buffer, buffer_head, b_size) = bytes;
        set_bh_page(buffer, page, offset);
        if (!last) last = buffer;
        head = buffer;
    }
    F(last, buffer_head, b_this_page) = head;
    F(page, page, buffers) = head;
    page_get(page);
    return head;
}

void create_empty_buffers(struct page *page, kdev_t dev, word bytes)
{
    if (F(page, page, buffers)) kc_bug("create_empty_buffers of a page that has buffers");
    while (!make_buffers(page, dev, bytes))
        if (!shrink_pages(32)) kc_bug("no memory for buffers");
}

static int on_hash(struct buffer_head *buffer) { return F(buffer, buffer_head, b_pprev) != NULL; }

static void hash(struct buffer_head *buffer)
{
    struct buffer_head **head = bucket(F(buffer, buffer_head, b_dev), F(buffer, buffer_head, b_blocknr));
    F(buffer, buffer_head, b_next) = *head;
    if (*head) F(*head, buffer_head, b_pprev) = &F(buffer, buffer_head, b_next);
    F(buffer, buffer_head, b_pprev) = head;
    *head = buffer;
}

static void unhash(struct buffer_head *buffer)
{
    struct buffer_head *next = F(buffer, buffer_head, b_next);
    if (!on_hash(buffer)) return;
    *F(buffer, buffer_head, b_pprev) = next;
    if (next) F(next, buffer_head, b_pprev) = F(buffer, buffer_head, b_pprev);
    F(buffer, buffer_head, b_next) = NULL;
    F(buffer, buffer_head, b_pprev) = NULL;
}

static void forget_queue(struct buffer_head *buffer)
{
    struct list_head *list = IN(buffer, buffer_head, b_inode_buffers);
    if (list->next) list_del(list);
    list->next = list->prev = NULL;
    if (HAS(buffer_head, b_inode)) F(buffer, buffer_head, b_inode) = NULL;
}

static int busy(struct buffer_head *buffer)
{
    return F(buffer, buffer_head, b_count) || STATE(buffer) & (1 << BH_Dirty | 1 << BH_Lock);
}

FASTCALL int try_to_free_buffers(struct page *page, unsigned mask)
{
    struct buffer_head *head = F(page, page, buffers), *buffer = head;
    (void)mask;
    if (!head) return 1;
    do {
        if (busy(buffer)) return 0;
        buffer = F(buffer, buffer_head, b_this_page);
    } while (buffer != head);
    do {
        ring_out(buffer);
        unhash(buffer);
        forget_queue(buffer);
        buffer = F(buffer, buffer_head, b_this_page);
    } while (buffer != head);
    F(page, page, buffers) = NULL;
    free_ring(head);
    page_put(page);
    return 1;
}

static void discard(struct buffer_head *buffer)
{
    clear_bit(BH_Dirty, &STATE(buffer));
    lock_buffer_of(buffer);
    clear_bit(BH_Uptodate, &STATE(buffer));
    clear_bit(BH_Mapped, &STATE(buffer));
    clear_bit(BH_Req, &STATE(buffer));
    clear_bit(BH_New, &STATE(buffer));
    ring_out(buffer);
    unhash(buffer);
    forget_queue(buffer);
    unlock_buffer(buffer);
}

/* The page's blocks from `offset` on are gone; 1 when it has no buffers any more. */
int discard_bh_page(struct page *page, word offset, int drop)
{
    struct buffer_head *head = F(page, page, buffers), *buffer = head;
    word at = 0;
    if (!head) return 1;
    do {
        if (offset <= at) discard(buffer);
        at += F(buffer, buffer_head, b_size);
        buffer = F(buffer, buffer_head, b_this_page);
    } while (buffer != head);
    return !offset && drop ? try_to_free_buffers(page, 0) : !offset ? 0 : 1;
}

/* --- blocks of a device ------------------------------------------------------------------------------------------------- */

struct buffer_head *get_hash_table(kdev_t dev, int block, int bytes)
{
    struct buffer_head *buffer = *bucket(dev, block);
    for (; buffer; buffer = F(buffer, buffer_head, b_next)) {
        if (F(buffer, buffer_head, b_blocknr) != (word)(unsigned)block || F(buffer, buffer_head, b_dev) != dev) continue;
        if (F(buffer, buffer_head, b_size) != bytes) continue;
        ++F(buffer, buffer_head, b_count);
        return buffer;
    }
    return NULL;
}

/* The blocks of a page of the device's inode become buffers. 0: it has others in use, or there is no memory. */
static int grow(struct block_device *device, kdev_t dev, word block, word bytes)
{
    struct inode *inode = block_inode(device);
    word bits = 0, index, first; /* bits: of the number of blocks in a page */
    struct page *page;
    struct buffer_head *head, *buffer;
    if (bytes & (hard_sector_bytes(dev) - 1)) kc_bug("grow_buffers");
    while (PAGE_SIZE >> bits > bytes) ++bits;
    index = block >> bits;
    first = index << bits;
    page = inode ? find_or_create_page(F(inode, inode, i_mapping), index, 0) : NULL;
    if (!page) return 0;
    head = F(page, page, buffers);
    if (head && F(head, buffer_head, b_size) != bytes) {
        if (!try_to_free_buffers(page, 0)) goto failed;
        head = NULL;
    }
    if (!head && !(head = make_buffers(page, dev, bytes))) goto failed;
    buffer = head;
    do {
        if (!on_hash(buffer)) {
            if (!has(buffer, BH_Mapped)) {
                init_buffer(buffer, NULL, NULL);
                F(buffer, buffer_head, b_dev) = dev;
                F(buffer, buffer_head, b_blocknr) = first;
                if (page_uptodate(page)) set_bit(BH_Uptodate, &STATE(buffer));
                set_bit(BH_Mapped, &STATE(buffer));
            }
            hash(buffer);
        }
        ++first;
        buffer = F(buffer, buffer_head, b_this_page);
    } while (buffer != head);
    unlock_page(page);
    page_put(page);
    return 1;
failed:
    unlock_page(page);
    page_put(page);
    return 0;
}

struct buffer_head *getblk(kdev_t dev, int block, int bytes)
{
    struct buffer_head *buffer;
    int tries = 0;
    while (!(buffer = get_hash_table(dev, block, bytes))) {
        struct block_device *device;
        int done;
        if (bytes < 512 || bytes > (int)PAGE_SIZE || bytes & (bytes - 1) || tries++ > 4) {
            kc_printk("<3>getblk(%02x:%02x, %d, %d): no buffer\n", MAJOR(dev), MINOR(dev), block, bytes);
            return NULL;
        }
        device = bdget(dev);
        done = device && grow(device, dev, (unsigned)block, bytes);
        if (device) bdput_with_pages(device);
        if (!done) shrink_pages(64);
    }
    return buffer;
}

struct buffer_head *bread(kdev_t dev, int block, int bytes)
{
    struct buffer_head *buffer = getblk(dev, block, bytes);
    if (!buffer || has(buffer, BH_Uptodate)) return buffer;
    ll_rw_block(READ, 1, &buffer);
    __wait_on_buffer(buffer);
    if (has(buffer, BH_Uptodate)) return buffer;
    brelse(buffer);
    return NULL;
}

void __brelse(struct buffer_head *buffer)
{
    if (F(buffer, buffer_head, b_count)) {
        --F(buffer, buffer_head, b_count);
        return;
    }
    kc_printk("<3>VFS: brelse: Trying to free free buffer\n");
}

void __bforget(struct buffer_head *buffer)
{
    clear_bit(BH_Dirty, &STATE(buffer));
    refile_buffer(buffer);
    forget_queue(buffer);
    __brelse(buffer);
    if (!F(buffer, buffer_head, b_count) && !has(buffer, BH_Lock)) unhash(buffer);
}

/* A block was given to a file: what the cache holds of its former life is not to be written over the file's data. */
void unmap_underlying_metadata(struct buffer_head *buffer)
{
    struct buffer_head *old = get_hash_table(F(buffer, buffer_head, b_dev), F(buffer, buffer_head, b_blocknr),
                                             F(buffer, buffer_head, b_size));
    if (!old) return;
    clear_bit(BH_Dirty, &STATE(old));
    refile_buffer(old);
    __wait_on_buffer(old);
    clear_bit(BH_Req, &STATE(old));
    forget_queue(old);
    __brelse(old);
}

/* --- buffers of a file's ------------------------------------------------------------------------------------------------ */

static void insert(struct buffer_head *buffer, struct inode *inode, void *list)
{
    forget_queue(buffer);
    if (HAS(buffer_head, b_inode)) F(buffer, buffer_head, b_inode) = inode;
    list_add(IN(buffer, buffer_head, b_inode_buffers), list);
}

FASTCALL void buffer_insert_inode_queue(struct buffer_head *buffer, struct inode *inode)
{
    insert(buffer, inode, IN(inode, inode, i_dirty_buffers));
}

FASTCALL void buffer_insert_inode_data_queue(struct buffer_head *buffer, struct inode *inode)
{
    if (HAS(inode, i_dirty_data_buffers)) insert(buffer, inode, IN(inode, inode, i_dirty_data_buffers));
    else insert(buffer, inode, IN(inode, inode, i_dirty_buffers));
}

FASTCALL void buffer_insert_list(struct buffer_head *buffer, struct list_head *list) { insert(buffer, NULL, list); }

static void empty(struct list_head *list)
{
    while (!list_empty(list)) forget_queue(OWNER(list->next, buffer_head, b_inode_buffers));
}

void invalidate_inode_buffers(struct inode *inode)
{
    empty(IN(inode, inode, i_dirty_buffers));
    if (HAS(inode, i_dirty_data_buffers)) empty(IN(inode, inode, i_dirty_data_buffers));
}

enum { at_once = 32 }; /* buffers that are written together, so that their requests merge */

static int wait_for(struct buffer_head **buffers, int count)
{
    int error = 0, i;
    for (i = 0; i < count; ++i) {
        __wait_on_buffer(buffers[i]);
        if (!has(buffers[i], BH_Uptodate)) error = -EIO;
        brelse(buffers[i]);
    }
    return error;
}

/* Takes buffers off the list, held: all that are to be written, or are being written, up to `at_once`. */
static int take_from_list(struct list_head *list, struct buffer_head **into)
{
    int count = 0;
    while (count < at_once && !list_empty(list)) {
        struct buffer_head *buffer = OWNER(list->prev, buffer_head, b_inode_buffers); /* the first that came */
        forget_queue(buffer);
        if (!(STATE(buffer) & (1 << BH_Dirty | 1 << BH_Lock))) continue;
        ++F(buffer, buffer_head, b_count);
        into[count++] = buffer;
    }
    return count;
}

int fsync_buffers_list(struct list_head *list)
{
    struct buffer_head *buffers[at_once];
    word most = 1UL << 20;
    int error = 0, count, i;
    while (most-- && (count = take_from_list(list, buffers))) {
        for (i = 0; i < count; ++i) {
            if (!has(buffers[i], BH_Dirty)) continue;
            __wait_on_buffer(buffers[i]); /* it may have changed since its write began */
            ll_rw_block(WRITE, 1, &buffers[i]);
        }
        if (wait_for(buffers, count)) error = -EIO;
    }
    return error;
}

/* The dirty buffers of a device, of all for 0, held: those that came first, up to `at_once`. */
static int next_to_write(kdev_t dev, struct buffer_head **into)
{
    struct buffer_head *first = dirty ? F(dirty, buffer_head, b_next_free) : NULL, *buffer = first;
    int count = 0;
    if (!first) return 0;
    do {
        if (has(buffer, BH_Dirty) && (!dev || F(buffer, buffer_head, b_dev) == dev)) {
            ++F(buffer, buffer_head, b_count);
            into[count++] = buffer;
        }
        buffer = F(buffer, buffer_head, b_next_free);
    } while (buffer != first && count < at_once);
    return count;
}

/* Writes the dirty buffers of a device, of all for 0. */
int sync_buffers(kdev_t dev, int wait)
{
    struct buffer_head *buffers[at_once];
    word most = 1UL << 20;
    int error = 0, count, i;
    while (most-- && (count = next_to_write(dev, buffers))) {
        for (i = 0; i < count; ++i) {
            __wait_on_buffer(buffers[i]);
            ll_rw_block(WRITE, 1, &buffers[i]);
        }
        if (wait && wait_for(buffers, count)) error = -EIO;
        for (i = 0; !wait && i < count; ++i) brelse(buffers[i]);
    }
    if (!wait) kc_run_task_queue(VAR__tq_disk);
    return error;
}

/* What the cache holds of a device is not good any more. */
void __invalidate_buffers(kdev_t dev, int destroy_dirty)
{
    word i;
    for (i = 0; i < buckets; ++i) {
        struct buffer_head *buffer = hash_table[i], *next;
        for (; buffer; buffer = next) {
            next = F(buffer, buffer_head, b_next);
            if (F(buffer, buffer_head, b_dev) != dev || F(buffer, buffer_head, b_count)) continue;
            if (has(buffer, BH_Lock) || (has(buffer, BH_Dirty) && !destroy_dirty)) continue;
            clear_bit(BH_Uptodate, &STATE(buffer));
            clear_bit(BH_Dirty, &STATE(buffer));
            ring_out(buffer);
            forget_queue(buffer);
            clear_bit(PG_uptodate, &F(F(buffer, buffer_head, b_page), page, flags));
        }
    }
}

