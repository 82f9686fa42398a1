/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages of files that lie in blocks: read, written, grown, by the file system's own get_block. Source: fs/buffer.c of 2.4. */
#include "page.h"
#include "vfs.h"

enum { most_buffers = 16 }; /* of 512 bytes in a page of 8 KB */

#define STATE(buffer) F(buffer, buffer_head, b_state)
#define NEXT(buffer) F(buffer, buffer_head, b_this_page)

static int has(struct buffer_head *buffer, int bit) { return test_bit(bit, &STATE(buffer)); }

static struct inode *host(struct page *page) { return F(F(page, page, mapping), address_space, host); }

static word block_bytes(struct inode *inode)
{
    if (HAS(inode, i_blkbits) && F(inode, inode, i_blkbits)) return 1UL << F(inode, inode, i_blkbits);
    return F(inode, inode, i_sb) ? F(F(inode, inode, i_sb), super_block, s_blocksize) : 1024;
}

static unsigned bits_of(word bytes)
{
    unsigned bits = 0;
    while (1UL << bits < bytes) ++bits;
    return bits;
}

static struct buffer_head *buffers_of(struct page *page, struct inode *inode)
{
    if (!F(page, page, buffers)) create_empty_buffers(page, F(inode, inode, i_dev), block_bytes(inode));
    return F(page, page, buffers);
}

static void zero(struct page *page, word from, word to) { memset((char *)page_address(page) + from, 0, to - from); }

int block_read_full_page(struct page *page, get_block_t get)
{
    struct inode *inode = host(page);
    struct buffer_head *head = buffers_of(page, inode), *buffer = head, *wanted[most_buffers];
    word bytes = F(head, buffer_head, b_size), offset = 0;
    unsigned bits = bits_of(bytes);
    word block = F(page, page, index) << (PAGE_SHIFT - bits);
    word end = (word)((F(inode, inode, i_size) + bytes - 1) >> bits);
    int count = 0, i;
    do {
        if (!has(buffer, BH_Uptodate)) {
            if (!has(buffer, BH_Mapped) && block < end && get(inode, block, buffer, 0)) set_bit(PG_error, &F(page, page, flags));
            if (!has(buffer, BH_Mapped)) {
                zero(page, offset, offset + bytes);
                set_bit(BH_Uptodate, &STATE(buffer));
            } else if (!has(buffer, BH_Uptodate)) { /* get_block may have read it */
                wanted[count++] = buffer;
            }
        }
        ++block;
        offset += bytes;
        buffer = NEXT(buffer);
    } while (buffer != head);
    if (!count) {
        if (!test_bit(PG_error, &F(page, page, flags))) set_page_uptodate(page);
        unlock_page(page);
        return 0;
    }
    for (i = 0; i < count; ++i) {
        lock_buffer_of(wanted[i]);
        set_buffer_async_io(wanted[i]);
    }
    for (i = 0; i < count; ++i) submit_bh(READ, wanted[i]);
    return 0;
}

static int map_for_write(struct inode *inode, word block, struct buffer_head *buffer, get_block_t get)
{
    int error;
    if (has(buffer, BH_Mapped)) return 0;
    error = get(inode, block, buffer, 1);
    if (!error && has(buffer, BH_New)) unmap_underlying_metadata(buffer);
    return error;
}

int block_prepare_write(struct page *page, unsigned from, unsigned to, get_block_t get)
{
    struct inode *inode = host(page);
    struct buffer_head *head = buffers_of(page, inode), *buffer = head, *wanted[2];
    word bytes = F(head, buffer_head, b_size), start = 0, block = F(page, page, index) << (PAGE_SHIFT - bits_of(bytes));
    int count = 0, error = 0, i;
    do {
        word end = start + bytes;
        if (end > from && start < to) {
            if ((error = map_for_write(inode, block, buffer, get))) goto out;
            if (has(buffer, BH_New)) {
                clear_bit(BH_New, &STATE(buffer));
                if (page_uptodate(page)) {
                    set_bit(BH_Uptodate, &STATE(buffer));
                } else {
                    if (end > to) zero(page, to, end);
                    if (start < from) zero(page, start, from);
                }
            } else if (page_uptodate(page)) {
                set_bit(BH_Uptodate, &STATE(buffer));
            } else if (!has(buffer, BH_Uptodate) && (start < from || end > to)) {
                ll_rw_block(READ, 1, &buffer);
                wanted[count++] = buffer;
            }
        }
        start = end;
        ++block;
        buffer = NEXT(buffer);
    } while (buffer != head);
    for (i = 0; i < count; ++i) {
        __wait_on_buffer(wanted[i]);
        if (!has(wanted[i], BH_Uptodate)) error = -EIO;
    }
out:
    if (error) clear_bit(PG_uptodate, &F(page, page, flags));
    return error;
}

static void commit(struct page *page, struct inode *inode, unsigned from, unsigned to)
{
    struct buffer_head *head = F(page, page, buffers), *buffer = head;
    word bytes = F(head, buffer_head, b_size), start = 0;
    int partial = 0;
    do {
        word end = start + bytes;
        if (end <= from || start >= to) {
            if (!has(buffer, BH_Uptodate)) partial = 1;
        } else {
            set_bit(BH_Uptodate, &STATE(buffer));
            if (!has(buffer, BH_Dirty)) {
                mark_buffer_dirty(buffer);
                buffer_insert_inode_data_queue(buffer, inode);
            }
        }
        start = end;
        buffer = NEXT(buffer);
    } while (buffer != head);
    if (!partial) set_page_uptodate(page);
}

int generic_commit_write(struct file *file, struct page *page, unsigned from, unsigned to)
{
    struct inode *inode = host(page);
    loff_t end = ((loff_t)F(page, page, index) << PAGE_SHIFT) + to;
    (void)file;
    commit(page, inode, from, to);
    if (end > F(inode, inode, i_size)) {
        F(inode, inode, i_size) = end;
        mark_inode_dirty(inode);
    }
    return 0;
}

/* A whole page is written: its blocks are found or taken, and go to the disk at once. */
static int write_full(struct inode *inode, struct page *page, get_block_t get)
{
    struct buffer_head *head = buffers_of(page, inode), *buffer = head;
    word block = F(page, page, index) << (PAGE_SHIFT - bits_of(F(head, buffer_head, b_size)));
    int error;
    do {
        if ((error = map_for_write(inode, block, buffer, get))) {
            clear_bit(PG_uptodate, &F(page, page, flags));
            unlock_page(page);
            return error;
        }
        ++block;
        buffer = NEXT(buffer);
    } while (buffer != head);
    do {
        lock_buffer_of(buffer);
        set_buffer_async_io(buffer);
        set_bit(BH_Uptodate, &STATE(buffer));
        clear_bit(BH_Dirty, &STATE(buffer));
        buffer = NEXT(buffer);
    } while (buffer != head);
    set_page_uptodate(page);
    do {
        struct buffer_head *next = NEXT(buffer);
        submit_bh(WRITE, buffer);
        buffer = next;
    } while (buffer != head);
    return 0;
}

int block_write_full_page(struct page *page, get_block_t get)
{
    struct inode *inode = host(page);
    word last = (word)(F(inode, inode, i_size) >> PAGE_SHIFT), offset = (word)F(inode, inode, i_size) & (PAGE_SIZE - 1);
    int error;
    if (F(page, page, index) < last) return write_full(inode, page, get);
    if (F(page, page, index) > last || !offset) {
        unlock_page(page);
        return -EIO;
    }
    error = block_prepare_write(page, 0, offset, get);
    if (!error) {
        zero(page, offset, PAGE_SIZE);
        commit(page, inode, 0, offset);
    }
    unlock_page(page);
    return error;
}

/* Files that may not have holes: from their end to the page, zeros are written. */
int cont_prepare_write(struct page *page, unsigned offset, unsigned to, get_block_t get, word *bytes)
{
    struct address_space *mapping = F(page, page, mapping);
    struct inode *inode = F(mapping, address_space, host);
    word block = block_bytes(inode), index, begin;
    int error;
    while (F(page, page, index) > (index = *bytes >> PAGE_SHIFT)) {
        struct page *before = grab_cache_page(mapping, index);
        if (!before) return -ENOMEM;
        begin = *bytes & (PAGE_SIZE - 1);
        if (begin & (block - 1)) {
            *bytes |= block - 1;
            ++*bytes;
        }
        error = block_prepare_write(before, begin, PAGE_SIZE, get);
        if (!error) {
            zero(before, begin, PAGE_SIZE);
            generic_commit_write(NULL, before, begin, PAGE_SIZE);
        }
        unlock_page(before);
        page_put(before);
        if (error) return error;
    }
    begin = F(page, page, index) < index ? offset : *bytes & (PAGE_SIZE - 1);
    if (F(page, page, index) < index || offset <= begin) {
        begin = offset;
    } else {
        if (begin & (block - 1)) {
            *bytes |= block - 1;
            ++*bytes;
        }
    }
    error = block_prepare_write(page, begin, to, get);
    if (!error && begin < offset) {
        zero(page, begin, offset);
        generic_commit_write(NULL, page, begin, offset);
    }
    return error;
}

int generic_cont_expand(struct inode *inode, loff_t size)
{
    struct address_space *mapping = F(inode, inode, i_mapping);
    struct address_space_operations *operations = F(mapping, address_space, a_ops);
    word offset = (word)size & (PAGE_SIZE - 1);
    struct page *page;
    int error = -ENOMEM;
    if ((offset & (block_bytes(inode) - 1)) == 0) ++offset;
    page = grab_cache_page(mapping, (word)(size >> PAGE_SHIFT));
    if (!page) return error;
    error = F(operations, address_space_operations, prepare_write)(NULL, page, offset, offset);
    if (!error) error = F(operations, address_space_operations, commit_write)(NULL, page, offset, offset);
    unlock_page(page);
    page_put(page);
    return error > 0 ? 0 : error;
}

/* The rest of the last block of a file that was cut becomes zeros. */
int block_truncate_page(struct address_space *mapping, loff_t from, get_block_t get)
{
    struct inode *inode = F(mapping, address_space, host);
    word bytes = block_bytes(inode), offset = (word)from & (PAGE_SIZE - 1), inside = (word)from & (bytes - 1), start = 0;
    word index = (word)(from >> PAGE_SHIFT), block = index << (PAGE_SHIFT - bits_of(bytes));
    struct buffer_head *buffer;
    struct page *page;
    int error = 0;
    if (!inside) return 0;
    page = grab_cache_page(mapping, index);
    if (!page) return -ENOMEM;
    buffer = buffers_of(page, inode);
    for (; offset >= start + bytes; start += bytes, ++block) buffer = NEXT(buffer);
    if (!has(buffer, BH_Uptodate)) {
        if (!has(buffer, BH_Mapped)) error = get(inode, block, buffer, 0);
        if (error || !has(buffer, BH_Mapped)) goto out;
        if (page_uptodate(page)) {
            set_bit(BH_Uptodate, &STATE(buffer));
        } else {
            ll_rw_block(READ, 1, &buffer);
            __wait_on_buffer(buffer);
            if (!has(buffer, BH_Uptodate)) {
                error = -EIO;
                goto out;
            }
        }
    }
    zero(page, offset, offset + bytes - inside);
    mark_buffer_dirty(buffer);
out:
    unlock_page(page);
    page_put(page);
    return error;
}

int generic_block_bmap(struct address_space *mapping, long block, get_block_t get)
{
    struct buffer_head *scratch = kc_kmalloc(SIZE(buffer_head));
    int number;
    if (!scratch) return 0;
    get(F(mapping, address_space, host), block, scratch, 0);
    number = F(scratch, buffer_head, b_blocknr);
    kc_kfree(scratch);
    return number;
}

int block_sync_page(struct page *page)
{
    (void)page;
    kc_run_task_queue(VAR__tq_disk);
    return 0;
}

/* A symbolic link's text becomes the file's first page. */
int block_symlink(struct inode *inode, const char *name, int length)
{
    struct address_space *mapping = F(inode, inode, i_mapping);
    struct address_space_operations *operations = F(mapping, address_space, a_ops);
    struct page *page = grab_cache_page(mapping, 0);
    int error;
    if (!page) return -ENOMEM;
    error = F(operations, address_space_operations, prepare_write)(NULL, page, 0, length - 1);
    if (!error) {
        memcpy(page_address(page), name, length - 1);
        F(operations, address_space_operations, commit_write)(NULL, page, 0, length - 1);
        if (page_uptodate(page)) {
            unlock_page(page);
        } else {
            error = F(operations, address_space_operations, readpage)(NULL, page);
            if (!error) ___wait_on_page(page);
        }
        if (!error) mark_inode_dirty(inode);
    } else {
        unlock_page(page);
    }
    page_put(page);
    return error < 0 ? error : 0;
}
