/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page cache: pages of files by mapping and index; locking pages; giving them back. Source: mm/filemap.c of 2.4.
 * Differs from 2.4: one list of pages in the order of their use, shrunk from its old end when memory is short. */
#include "page.h"

#include "vfs.h"

enum { buckets = 4096, wait_queues = 64, wait_queue_words = 8 };

static struct page *hash_table[buckets];
static struct list_head recently_used;
static word queues[wait_queues][wait_queue_words];
static word shift, inverse; /* a struct page's number is its distance from the first, >> shift, times inverse */

DECLARE_VARIABLE(mem_map);
#define mem_map (*(char **)VAR__mem_map)

#define LIST(p) ((struct list_head *)IN(p, page, list))
#define LRU(p) ((struct list_head *)IN(p, page, lru))
#define A_OPS(mapping) F(mapping, address_space, a_ops)
#define A_OP(mapping, name) (A_OPS(mapping) ? F(A_OPS(mapping), address_space_operations, name) : NULL)

/* The first page's address is that of the direct map: on 64-bit CPUs it does not fit a symbol's relocation. */
static word page_offset;

void *page_address(struct page *page)
{
    word distance = (char *)page - mem_map;
    return (void *)(page_offset + ((distance >> shift) * inverse << PAGE_SHIFT));
}

struct page *page_of(const void *address)
{
    return (struct page *)(mem_map + (((word)address - page_offset) >> PAGE_SHIFT) * SIZE(page));
}

/* --- locks -------------------------------------------------------------------------------------------------------------- */

static void *queue_of(struct page *page) { return queues[(word)page / 32 % wait_queues]; }

void ___wait_on_page(struct page *page)
{
    if (!page_locked(page)) return;
    if (F(page, page, mapping) && A_OP(F(page, page, mapping), sync_page)) A_OP(F(page, page, mapping), sync_page)(page);
    wait_while(page_locked(page), queue_of(page), "a page");
}

FASTCALL void lock_page(struct page *page)
{
    while (test_and_set_bit(PG_locked, &F(page, page, flags))) ___wait_on_page(page);
}

FASTCALL void unlock_page(struct page *page)
{
    if (!test_and_clear_bit(PG_locked, &F(page, page, flags))) kc_bug("unlock_page of an unlocked page");
    wake(queue_of(page));
}

/* --- the table ---------------------------------------------------------------------------------------------------------- */

static struct page **bucket(struct address_space *mapping, word index)
{
    word value = ((word)mapping >> 5) + index;
    return &hash_table[(value ^ value >> 12) & (buckets - 1)];
}

static void add(struct page *page, struct address_space *mapping, word index)
{
    struct page **head = bucket(mapping, index);
    page_get(page);
    F(page, page, flags) &= ~(word)(1 << PG_error | 1 << PG_referenced | 1 << PG_uptodate | 1 << PG_dirty);
    F(page, page, mapping) = mapping;
    F(page, page, index) = index;
    F(page, page, next_hash) = *head;
    if (*head) F(*head, page, pprev_hash) = (void *)&F(page, page, next_hash);
    F(page, page, pprev_hash) = (void *)head;
    *head = page;
    list_add(LIST(page), IN(mapping, address_space, clean_pages));
    list_add(LRU(page), &recently_used);
    ++F(mapping, address_space, nrpages);
}

static void remove(struct page *page)
{
    struct address_space *mapping = F(page, page, mapping);
    struct page *next = F(page, page, next_hash);
    if (HAS(address_space_operations, removepage) && A_OP(mapping, removepage)) A_OP(mapping, removepage)(page);
    *(struct page **)F(page, page, pprev_hash) = next;
    if (next) F(next, page, pprev_hash) = F(page, page, pprev_hash);
    F(page, page, pprev_hash) = NULL;
    F(page, page, next_hash) = NULL;
    list_del(LIST(page));
    list_del(LRU(page));
    F(page, page, mapping) = NULL;
    clear_bit(PG_dirty, &F(page, page, flags));
    --F(mapping, address_space, nrpages);
    page_put(page);
}

void page_put(struct page *page)
{
    if (--F(page, page, count)) return;
    F(page, page, flags) &= ~(word)(1 << PG_error | 1 << PG_referenced | 1 << PG_uptodate | 1 << PG_dirty);
    kc_free_page(page);
}

static struct page *find(struct address_space *mapping, word index)
{
    struct page *page = *bucket(mapping, index);
    while (page && (F(page, page, mapping) != mapping || F(page, page, index) != index)) page = F(page, page, next_hash);
    if (page) {
        list_del(LRU(page));
        list_add(LRU(page), &recently_used);
    }
    return page;
}

struct page *find_get_page(struct address_space *mapping, word index)
{
    struct page *page = find(mapping, index);
    if (page) page_get(page);
    return page;
}

/* `hash` is the bucket that the caller thinks right: modules compute it, and this table is not theirs. */
struct page *__find_lock_page(struct address_space *mapping, word index, void *hash)
{
    struct page *page;
    (void)hash;
    while ((page = find_get_page(mapping, index))) {
        lock_page(page);
        if (F(page, page, mapping) == mapping) return page;
        unlock_page(page);
        page_put(page);
    }
    return NULL;
}

static struct page *fresh_page(void)
{
    struct page *page = kc_alloc_page();
    if (!page && shrink_pages(64)) page = kc_alloc_page();
    return page;
}

struct page *find_or_create_page(struct address_space *mapping, word index, unsigned mask)
{
    struct page *page = __find_lock_page(mapping, index, NULL);
    (void)mask;
    if (page) return page;
    if (!(page = fresh_page())) return NULL;
    add(page, mapping, index);
    lock_page(page);
    return page;
}

struct page *grab_cache_page(struct address_space *mapping, word index) { return find_or_create_page(mapping, index, 0); }

struct page *grab_cache_page_nowait(struct address_space *mapping, word index)
{
    struct page *page = find_get_page(mapping, index);
    if (!page) return find_or_create_page(mapping, index, 0);
    if (!test_and_set_bit(PG_locked, &F(page, page, flags))) return page;
    page_put(page);
    return NULL;
}

/* The page with its contents; an error of the reader as a pointer. */
struct page *read_cache_page(struct address_space *mapping, word index, int (*fill)(void *, struct page *), void *data)
{
    struct page *page = find_get_page(mapping, index);
    int error;
    if (page && page_uptodate(page)) return page;
    if (page) page_put(page);
    page = find_or_create_page(mapping, index, 0);
    if (!page) return error_pointer(-ENOMEM);
    if (page_uptodate(page)) {
        unlock_page(page);
        return page;
    }
    error = fill(data, page);
    if (!error) return page;
    page_put(page);
    return error_pointer(error);
}

/* --- dirty pages -------------------------------------------------------------------------------------------------------- */

static void move(struct page *page, void *list)
{
    list_del(LIST(page));
    list_add(LIST(page), list);
}

FASTCALL void set_page_dirty(struct page *page)
{
    struct address_space *mapping = F(page, page, mapping);
    if (test_and_set_bit(PG_dirty, &F(page, page, flags)) || !mapping) return;
    move(page, IN(mapping, address_space, dirty_pages));
    if (F(mapping, address_space, host)) __mark_inode_dirty(F(mapping, address_space, host), I_DIRTY_PAGES);
}

int fail_writepage(struct page *page)
{
    set_page_dirty(page);
    unlock_page(page);
    return 0;
}

int filemap_fdatasync(struct address_space *mapping)
{
    struct list_head *dirty = IN(mapping, address_space, dirty_pages);
    word most = F(mapping, address_space, nrpages) + 1;
    int result = 0;
    if (!A_OP(mapping, writepage)) return 0; /* its pages have no other home */
    while (!list_empty(dirty) && most--) {
        struct page *page = OWNER(dirty->prev, page, list);
        move(page, IN(mapping, address_space, locked_pages));
        if (!test_bit(PG_dirty, &F(page, page, flags))) continue;
        page_get(page);
        lock_page(page);
        if (test_and_clear_bit(PG_dirty, &F(page, page, flags)) && A_OP(mapping, writepage)) {
            int error = A_OP(mapping, writepage)(page);
            if (error && !result) result = error;
        } else {
            unlock_page(page);
        }
        page_put(page);
    }
    return result;
}

int filemap_fdatawait(struct address_space *mapping)
{
    struct list_head *locked = IN(mapping, address_space, locked_pages);
    int result = 0;
    while (!list_empty(locked)) {
        struct page *page = OWNER(locked->next, page, list);
        move(page, IN(mapping, address_space, clean_pages));
        if (!page_locked(page)) continue;
        page_get(page);
        ___wait_on_page(page);
        if (test_bit(PG_error, &F(page, page, flags))) result = -EIO;
        page_put(page);
    }
    return result;
}

/* One page's buffers, written. Source: mm/filemap.c of 2.4.18. */
int writeout_one_page(struct page *page)
{
    struct buffer_head *head = F(page, page, buffers), *buffer = head;
    do {
        struct buffer_head *next = F(buffer, buffer_head, b_this_page);
        word state = F(buffer, buffer_head, b_state);
        if (!(state & 1 << BH_Lock) && state & 1 << BH_Dirty && state & 1 << BH_Uptodate) ll_rw_block(WRITE, 1, &buffer);
        buffer = next;
    } while (buffer != head);
    return 0;
}

int waitfor_one_page(struct page *page)
{
    struct buffer_head *head = F(page, page, buffers), *buffer = head;
    int error = 0;
    do {
        __wait_on_buffer(buffer);
        if (F(buffer, buffer_head, b_state) & 1 << BH_Req && !(F(buffer, buffer_head, b_state) & 1 << BH_Uptodate)) error = -EIO;
        buffer = F(buffer, buffer_head, b_this_page);
    } while (buffer != head);
    return error;
}

/* --- pages that go ------------------------------------------------------------------------------------------------------ */

static int flush(struct page *page, word offset)
{
    struct address_space *mapping = F(page, page, mapping);
    if (!F(page, page, buffers)) return 1;
    if (HAS(address_space_operations, flushpage) && A_OP(mapping, flushpage)) return A_OP(mapping, flushpage)(page, offset);
    return discard_bh_page(page, offset, 1);
}

static struct page *page_from(struct list_head *list, word index, int partial, word partial_index)
{
    struct list_head *at;
    for (at = list->next; at != list; at = at->next) {
        struct page *page = OWNER(at, page, list);
        if (F(page, page, index) >= index || (partial && F(page, page, index) == partial_index)) return page;
    }
    return NULL;
}

static int truncate_list(struct list_head *list, word index, word partial)
{
    struct page *page = page_from(list, index, partial != 0, index - 1);
    int cut;
    if (!page) return 0;
    cut = F(page, page, index) < index;
    page_get(page);
    lock_page(page);
    if (cut) {
        memset((char *)page_address(page) + partial, 0, PAGE_SIZE - partial);
        flush(page, partial);
    } else if (F(page, page, mapping)) {
        flush(page, 0);
        remove(page);
    }
    unlock_page(page);
    page_put(page);
    return cut ? -1 : 1;
}

void truncate_inode_pages(struct address_space *mapping, loff_t start)
{
    word index = (word)((start + PAGE_SIZE - 1) >> PAGE_SHIFT), partial = (word)start & (PAGE_SIZE - 1);
    word lists[3] = {(word)OFF__address_space__clean_pages, (word)OFF__address_space__dirty_pages,
                     (word)OFF__address_space__locked_pages};
    int i, cut = partial != 0;
    for (i = 0; i < 3; ++i) {
        struct list_head *list = (void *)((char *)mapping + lists[i]);
        int done;
        while (!list_empty(list) && (done = truncate_list(list, index, cut ? partial : 0)))
            if (done < 0) cut = 0;
    }
}

/* The pages that nobody uses and that are as on the disk. */
void invalidate_inode_pages(struct inode *inode)
{
    struct list_head *list = IN(F(inode, inode, i_mapping), address_space, clean_pages), *at, *next;
    for (at = list->next; at != list; at = next) {
        struct page *page = OWNER(at, page, list);
        next = at->next;
        if (page_locked(page) || F(page, page, count) != 1 || F(page, page, buffers)) continue;
        remove(page);
    }
}

int vmtruncate(struct inode *inode, loff_t size)
{
    struct super_block *super = F(inode, inode, i_sb);
    struct inode_operations *operations = F(inode, inode, i_op);
    loff_t old = F(inode, inode, i_size);
    int limited = super && HAS(super_block, s_maxbytes);
    if (size > old && limited && (unsigned long long)size > F(super, super_block, s_maxbytes)) return -EFBIG;
    F(inode, inode, i_size) = size;
    if (size < old) truncate_inode_pages(F(inode, inode, i_mapping), size);
    if (operations && F(operations, inode_operations, truncate)) F(operations, inode_operations, truncate)(inode);
    return 0;
}

static int release_buffers(struct page *page)
{
    struct address_space *mapping = F(page, page, mapping);
    if (HAS(address_space_operations, releasepage) && A_OP(mapping, releasepage)) {
        if (!A_OP(mapping, releasepage)(page, 0x1f0)) return 0;
    }
    return !F(page, page, buffers) || try_to_free_buffers(page, 0);
}

word shrink_pages(word wanted)
{
    struct list_head *at = recently_used.prev, *previous;
    word freed = 0;
    for (; at != &recently_used && freed < wanted; at = previous) {
        struct page *page = OWNER(at, page, lru);
        previous = at->prev;
        if (page_locked(page) || test_bit(PG_dirty, &F(page, page, flags))) continue;
        if (F(page, page, count) != (F(page, page, buffers) ? 2 : 1)) continue;
        if (!A_OP(F(page, page, mapping), readpage)) continue; /* it has no other home */
        set_bit(PG_locked, &F(page, page, flags));
        page_get(page);
        if (!F(page, page, buffers) || release_buffers(page)) {
            previous = at->prev;
            remove(page);
            ++freed;
        } else {
            previous = at->prev;
        }
        unlock_page(page);
        page_put(page);
    }
    return freed;
}

void page_start(void)
{
    word odd = SIZE(page), i;
    page_offset = (word)kc_direct_map();
    while (!(odd & 1)) odd >>= 1, ++shift;
    for (inverse = odd, i = 0; i < 6; ++i) inverse *= 2 - odd * inverse; /* modulo a word, doubles the right bits */
    for (i = 0; i < wait_queues; ++i) init_waitqueue(queues[i]);
    list_init(&recently_used);
}
