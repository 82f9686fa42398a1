/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Partition tables of the PC: four primary partitions in sector 0, and a chain of extended ones.
 * Source: fs/partitions/{check,msdos}.c of 2.4. */
#include "block.h"

DECLARE_VARIABLE(blk_size);

enum { table_at = 446, entry_bytes = 16, first_logical = 5, most_logical = 60 };

#define DISK(disk, member) F(disk, gendisk, member)

static word load_32(const unsigned char *at) { return at[0] | at[1] << 8 | at[2] << 16 | (word)at[3] << 24; }

/* A sector in the device's cache, of which `*buffer` is to be released; NULL where it cannot be read. */
static const unsigned char *read_sector(kdev_t dev, word sector, struct buffer_head **buffer)
{
    word bytes = block_bytes_of(dev), each = 0;
    while (512u << each < bytes) ++each;
    *buffer = bread(dev, (int)(sector >> each), (int)bytes);
    return *buffer ? (unsigned char *)F(*buffer, buffer_head, b_data) + (((sector & ((1u << each) - 1))) << 9) : NULL;
}

static int has_signature(const unsigned char *sector) { return sector[510] == 0x55 && sector[511] == 0xaa; }
static int is_extended(unsigned char type) { return type == 0x05 || type == 0x0f || type == 0x85; }

/* The chain: each link's table has a partition, relative to the link, and the next link, relative to the first. */
static void read_chain(kdev_t dev, word first, partition_found found, void *data)
{
    word link = first;
    int number;
    for (number = first_logical; number < first_logical + most_logical; ) {
        struct buffer_head *buffer;
        const unsigned char *sector = read_sector(dev, link, &buffer), *entry;
        word next = 0;
        int i;
        if (!sector) return;
        for (i = 0; i < 4 && has_signature(sector); ++i) {
            entry = sector + table_at + i * entry_bytes;
            if (!load_32(entry + 12)) continue;
            if (is_extended(entry[4])) {
                if (!next) next = first + load_32(entry + 8);
            } else {
                found(data, number++, link + load_32(entry + 8), load_32(entry + 12));
            }
        }
        brelse(buffer);
        if (!next || next == link || i < 4) return;
        if (next <= link && number == first_logical) return; /* a circle without partitions */
        link = next;
    }
}

int read_partitions(kdev_t dev, partition_found found, void *data)
{
    struct buffer_head *buffer;
    const unsigned char *sector = read_sector(dev, 0, &buffer), *entry;
    int i, result = 0;
    if (!sector) return -EIO;
    if (has_signature(sector)) result = 1;
    for (i = 0; i < 4 && result; ++i)
        if (sector[table_at + i * entry_bytes] & 0x7f) result = 0; /* neither active nor not: the signature is a file system's */
    for (i = 0; i < 4 && result; ++i) {
        entry = sector + table_at + i * entry_bytes;
        if (!load_32(entry + 12)) continue;
        found(data, i + 1, load_32(entry + 8), is_extended(entry[4]) ? 2 : load_32(entry + 12)); /* room for a boot loader */
        if (is_extended(entry[4])) read_chain(dev, load_32(entry + 8), found, data);
    }
    brelse(buffer);
    return result;
}

/* --- disks of drivers --------------------------------------------------------------------------------------------------- */

struct checked { struct gendisk *disk; int first, last, chain; };

static void tell_name(struct gendisk *disk, int minor)
{
    int unit = minor >> DISK(disk, minor_shift), part = minor & ((1 << DISK(disk, minor_shift)) - 1);
    if (part) kc_printk(" %s%c%d", DISK(disk, major_name), 'a' + unit, part);
    else kc_printk(" %s%c:", DISK(disk, major_name), 'a' + unit);
}

static struct hd_struct *part_at(struct gendisk *disk, int minor)
{
    return (struct hd_struct *)((char *)DISK(disk, part) + (word)minor * SIZE(hd_struct));
}

static void note(void *data, int number, word start, word count)
{
    struct checked *checked = data;
    int minor = checked->first + number;
    if (minor >= checked->last) return;
    if (number >= first_logical && !checked->chain++) kc_printk(" <");
    if (number < first_logical && checked->chain) {
        kc_printk(" >");
        checked->chain = 0;
    }
    F(part_at(checked->disk, minor), hd_struct, start_sect) = start;
    F(part_at(checked->disk, minor), hd_struct, nr_sects) = count;
    tell_name(checked->disk, minor);
}

static void check_partition(struct gendisk *disk, int first)
{
    struct checked checked = {disk, first, first + DISK(disk, max_p), 0};
    static int told;
    kdev_t dev = (kdev_t)(DISK(disk, major) << 8 | first);
    int found;
    if (!told++) kc_printk("<6>Partition check:\n");
    kc_printk("<6>");
    tell_name(disk, first);
    found = read_partitions(dev, note, &checked);
    if (checked.chain) kc_printk(" >");
    kc_printk(found < 0 ? " unable to read partition table\n" : found ? "\n" : " unknown partition table\n");
}

void grok_partitions(struct gendisk *disk, int drive, unsigned minors, long sectors)
{
    int first = drive << DISK(disk, minor_shift), last = first + DISK(disk, max_p), i;
    int *sizes = DISK(disk, sizes);
    if (!sizes) ((int **)VAR__blk_size)[DISK(disk, major) & 0xff] = NULL;
    F(part_at(disk, first), hd_struct, nr_sects) = sectors;
    if (!sectors || minors == 1) return;
    for (i = first + 1; i < last; ++i) {
        F(part_at(disk, i), hd_struct, nr_sects) = 0;
        if (sizes) sizes[i] = 0;
    }
    if (sizes) {
        sizes[first] = (int)(sectors >> 1);
        ((int **)VAR__blk_size)[DISK(disk, major) & 0xff] = sizes;
    }
    check_partition(disk, first);
    for (i = first; sizes && i < last; ++i) sizes[i] = (int)(F(part_at(disk, i), hd_struct, nr_sects) >> 1);
}

void register_disk(struct gendisk *disk, kdev_t dev, unsigned minors, struct block_device_operations *operations, long sectors)
{
    (void)operations;
    if (disk) grok_partitions(disk, (int)(MINOR(dev) >> DISK(disk, minor_shift)), minors, sectors);
}
