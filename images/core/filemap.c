/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading and writing files through the page cache. Source: mm/filemap.c of 2.4.
 * Differs from 2.4: no pages are read ahead of the reader; O_DIRECT goes through the cache. */
#include "page.h"
#include "vfs.h"

#define A_OPS(mapping, name) F(F(mapping, address_space, a_ops), address_space_operations, name)

/* The page with its contents, held; an error as a pointer. */
static struct page *filled(struct file *file, struct address_space *mapping, word index)
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
    clear_bit(PG_error, &F(page, page, flags));
    error = A_OPS(mapping, readpage)(file, page);
    if (!error) {
        ___wait_on_page(page);
        if (page_uptodate(page)) return page;
        error = -EIO;
    }
    page_put(page);
    return error_pointer(error);
}

void do_generic_file_read(struct file *file, loff_t *position, read_descriptor_t *what, read_actor_t actor)
{
    struct inode *inode = F(F(file, file, f_dentry), dentry, d_inode);
    struct address_space *mapping = F(inode, inode, i_mapping);
    while (what->count) {
        loff_t size = F(F(mapping, address_space, host), inode, i_size);
        word index = (word)(*position >> PAGE_SHIFT), offset = (word)*position & (PAGE_SIZE - 1), bytes = PAGE_SIZE - offset;
        struct page *page;
        int done;
        if (*position >= size) break;
        page = filled(file, mapping, index);
        if (is_error(page)) {
            what->error = error_of(page);
            break;
        }
        size = F(F(mapping, address_space, host), inode, i_size);
        if (*position >= size) {
            page_put(page);
            break;
        }
        if (size - *position < (loff_t)bytes) bytes = (word)(size - *position);
        done = actor(what, page, offset, bytes);
        page_put(page);
        *position += done;
        if ((word)done != bytes) break;
    }
    update_atime(inode);
}

static int to_user(read_descriptor_t *what, struct page *page, word offset, word bytes)
{
    word count = what->count < bytes ? what->count : bytes;
    word left = kc_copy_to_user(what->buf, (char *)page_address(page) + offset, count);
    if (left) {
        count -= left;
        what->error = -EFAULT;
    }
    what->count = left ? 0 : what->count - count;
    what->written += count;
    what->buf += count;
    return count;
}

ssize_t generic_file_read(struct file *file, char *buffer, size_t count, loff_t *position)
{
    read_descriptor_t what = {0, count, buffer, 0};
    if ((ssize_t)count < 0) return -EINVAL;
    if (!count) return 0;
    do_generic_file_read(file, position, &what, to_user);
    return what.written ? (ssize_t)what.written : what.error;
}

static void remove_suid(struct inode *inode)
{
    unsigned mode = F(inode, inode, i_mode);
    unsigned bits = (mode & 02000 && mode & 010 ? 02000 : 0) | (mode & 04000);
    if (!bits || F(current, task_struct, fsuid) == 0) return;
    F(inode, inode, i_mode) = mode & ~bits;
    mark_inode_dirty(inode);
}

/* How much may be written from `position` on; an error where nothing may. */
static ssize_t allowed(struct file *file, struct inode *inode, size_t count, loff_t *position)
{
    struct super_block *super = F(inode, inode, i_sb);
    unsigned long long most = HAS(super_block, s_maxbytes) ? F(super, super_block, s_maxbytes) : 0x7fffffff;
    if ((ssize_t)count < 0) return -EINVAL;
    if (*position < 0) return -EINVAL;
    if (S_ISBLK(F(inode, inode, i_mode))) {
        if (is_read_only(F(inode, inode, i_rdev))) return -EPERM;
        if (*position >= F(inode, inode, i_size)) return count || *position > F(inode, inode, i_size) ? -ENOSPC : 0;
        if (F(inode, inode, i_size) - *position < (loff_t)count) return (ssize_t)(F(inode, inode, i_size) - *position);
        return count;
    }
    if (F(file, file, f_flags) & O_APPEND) *position = F(inode, inode, i_size);
    if ((unsigned long long)*position >= most) return count || (unsigned long long)*position > most ? -EFBIG : 0;
    if (most - *position < count) return (ssize_t)(most - *position);
    return count;
}

/* Writes into one page; how many bytes, or an error. */
static int write_page(struct file *file, struct inode *inode, word index, word offset, const char *buffer, word bytes)
{
    struct address_space *mapping = F(inode, inode, i_mapping);
    struct page *page = grab_cache_page(mapping, index);
    word left;
    int error;
    if (!page) return -ENOMEM;
    error = A_OPS(mapping, prepare_write)(file, page, offset, offset + bytes);
    if (error) {
        unlock_page(page);
        page_put(page);
        /* blocks that were taken beyond the end of the file go again */
        if ((loff_t)index << PAGE_SHIFT > F(inode, inode, i_size) - (loff_t)offset - (loff_t)bytes)
            vmtruncate(inode, F(inode, inode, i_size));
        return error;
    }
    left = kc_copy_from_user((char *)page_address(page) + offset, buffer, bytes);
    error = A_OPS(mapping, commit_write)(file, page, offset, offset + bytes);
    if (left) error = -EFAULT;
    unlock_page(page);
    page_put(page);
    return error < 0 ? error : (int)bytes;
}

ssize_t generic_file_write(struct file *file, const char *buffer, size_t count, loff_t *at)
{
    struct address_space *mapping = F(F(F(file, file, f_dentry), dentry, d_inode), inode, i_mapping);
    struct inode *inode = F(mapping, address_space, host);
    loff_t position = *at;
    ssize_t written = 0, result;
    down(IN(inode, inode, i_sem));
    result = F(file, file, f_error);
    if (result) {
        F(file, file, f_error) = 0;
        goto out;
    }
    result = allowed(file, inode, count, &position);
    if (result <= 0) goto out;
    count = result;
    remove_suid(inode);
    F(inode, inode, i_ctime) = F(inode, inode, i_mtime) = CURRENT_TIME;
    __mark_inode_dirty(inode, I_DIRTY_SYNC | I_DIRTY_DATASYNC);
    result = 0;
    while (count) {
        word offset = (word)position & (PAGE_SIZE - 1), bytes = PAGE_SIZE - offset;
        if (bytes > count) bytes = count;
        result = write_page(file, inode, (word)(position >> PAGE_SHIFT), offset, buffer, bytes);
        if (result < 0) break;
        written += result;
        count -= result;
        position += result;
        buffer += result;
    }
    *at = position;
    if (result >= 0 && (F(file, file, f_flags) & O_SYNC || F(inode, inode, i_flags) & S_SYNC))
        result = fsync_inode(inode);
    if (written) result = written;
out:
    up(IN(inode, inode, i_sem));
    return result;
}

/* Differs from 2.4: nothing maps the pages: no program of the guest's runs here. */
int generic_file_mmap(struct file *file, struct vm_area_struct *area)
{
    struct inode *inode = F(F(file, file, f_dentry), dentry, d_inode);
    struct address_space *mapping = F(inode, inode, i_mapping);
    (void)area;
    if (!F(mapping, address_space, a_ops) || !A_OPS(mapping, readpage)) return -ENOEXEC;
    update_atime(inode);
    return 0;
}
