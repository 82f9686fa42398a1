// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/heap.h"
#include "emu/kernel/log.h"
#include "tests/exports/guest.h"

#include <catch2/catch.hpp>

using namespace retromod;

namespace {

GuestAddr address(std::int64_t word) { return {static_cast<std::uint32_t>(word)}; }
constexpr std::uint64_t enxio = 6;

/// A super block with operations that count their calls.
struct FileSystem {
    explicit FileSystem(Guest& guest)
        : guest(guest), super_block(guest.make("struct super_block")), operations(guest.make("struct super_operations")),
          count_at(guest.buffer(4)), code(guest.buffer(16))
    {
        // incl count; xor eax, eax; ret
        guest.memory().store<std::uint16_t>(code, 0x05ff);
        guest.memory().store<std::uint32_t>(code + 2, static_cast<std::uint32_t>(count_at.value));
        guest.memory().store<std::uint32_t>(code + 6, 0xc3c031);
        super_block.set("s_op", operations.at());
        super_block.set("s_dev", std::uint64_t{0x0102});
    }
    /// Code that counts its call and goes on with a function of the kernel.
    GuestAddr counting_before(std::string_view function)
    {
        const auto at = guest.buffer(16);
        guest.memory().store<std::uint16_t>(at, 0x05ff);
        guest.memory().store<std::uint32_t>(at + 2, static_cast<std::uint32_t>(count_at.value));
        guest.memory().store<std::uint8_t>(at + 6, 0xe9);
        const auto target = guest.kernel().symbols().address(function).value();
        guest.memory().store<std::uint32_t>(at + 7, static_cast<std::uint32_t>(target - at - 11));
        return at;
    }
    std::uint32_t calls() { return guest.memory().load<std::uint32_t>(count_at); }

    Guest& guest;
    GuestStruct super_block, operations;
    GuestAddr count_at, code;
};

GuestStruct inode_at(Guest& guest, GuestAddr at) { return {guest.kernel(), "struct inode", at}; }

/// A struct qstr with that text.
std::uint64_t name(Guest& guest, std::string_view text)
{
    auto qstr = guest.make("struct qstr");
    qstr.set("name", std::uint64_t{guest.text(text)});
    qstr.set("len", text.size());
    std::uint32_t hash = 0; // full_name_hash
    for (const unsigned char c : text) hash = (hash + (c << 4) + (c >> 4)) * 11;
    qstr.set("hash", std::uint64_t{hash});
    return qstr.at().value;
}

} // namespace

TEST_CASE("iget4 has its file system read an inode once, and finds it again while it is hashed", "[exports][files]")
{
    Guest guest("2.4.18-14");
    FileSystem fs(guest);
    fs.operations.set("read_inode", fs.code);
    const auto first = address(guest.call("iget4", {fs.super_block.at().value, 7, 0, 0}));
    REQUIRE(first);
    CHECK(inode_at(guest, first).get("i_ino") == 7);
    CHECK(inode_at(guest, first).get("i_dev") == 0x0102);
    CHECK(inode_at(guest, first).get("i_state") == 0);
    CHECK(address(guest.call("iget4", {fs.super_block.at().value, 7, 0, 0})) == first);
    CHECK(fs.calls() == 1);
    CHECK(inode_at(guest, first).get("i_count.counter") == 2);
    CHECK(guest.call("iunique", {fs.super_block.at().value, 6}) == 8);
    CHECK(address(guest.call("iget4", {fs.super_block.at().value, 8, 0, 0})) != first);
}

TEST_CASE("iget4_locked hands out a new inode locked and unread, and again as it is", "[exports][files]")
{
    Guest guest("2.4.37.11");
    FileSystem fs(guest);
    fs.operations.set("read_inode", fs.code);
    const auto first = address(guest.call("iget4_locked", {fs.super_block.at().value, 7, 0, 0}));
    REQUIRE(first);
    CHECK(inode_at(guest, first).get("i_ino") == 7);
    CHECK(inode_at(guest, first).get("i_state") == 8 + 64); // I_LOCK, I_NEW
    CHECK(fs.calls() == 0);
    guest.call("unlock_new_inode", {first.value});
    CHECK(inode_at(guest, first).get("i_state") == 0);
    CHECK(address(guest.call("iget4_locked", {fs.super_block.at().value, 7, 0, 0})) == first);
    CHECK(inode_at(guest, first).get("i_state") == 0);
    CHECK(inode_at(guest, first).get("i_count.counter") == 2);
}

TEST_CASE("the last iput of an inode without a name deletes it, of an unhashed one clears it", "[exports][files]")
{
    Guest guest("2.4.18-14");
    FileSystem fs(guest);
    fs.operations.set("delete_inode", fs.counting_before("clear_inode"));
    const auto nameless = address(guest.call("new_inode", {fs.super_block.at().value}));
    inode_at(guest, nameless).set("i_nlink", std::uint64_t{0});
    CHECK(guest.call("igrab", {nameless.value}) != 0);
    guest.call("iput", {nameless.value});
    CHECK(fs.calls() == 0);
    guest.call("iput", {nameless.value});
    CHECK(fs.calls() == 1);
    CHECK(guest.kernel().heap().size_of(nameless) == 0);
    fs.operations.set("clear_inode", fs.code);
    guest.call("iput", {static_cast<std::uint64_t>(guest.call("new_inode", {fs.super_block.at().value})) & 0xffffffff});
    CHECK(fs.calls() == 2);
}

TEST_CASE("an entry is found by name while it is hashed, and goes with its inode when nobody uses it", "[exports][files]")
{
    Guest guest("2.4.18-14");
    FileSystem fs(guest);
    fs.operations.set("clear_inode", fs.code);
    const auto inode = address(guest.call("new_inode", {fs.super_block.at().value}));
    const auto root = address(guest.call("d_alloc_root", {inode.value}));
    REQUIRE(root);
    const auto wanted = name(guest, "file");
    const auto entry = address(guest.call("d_alloc", {root.value, wanted}));
    CHECK(guest.call("d_lookup", {root.value, wanted}) == 0);
    guest.call("d_rehash", {entry.value});
    CHECK(address(guest.call("d_lookup", {root.value, wanted})) == entry);
    CHECK(guest.call("is_subdir", {entry.value, root.value}) == 1);
    CHECK(guest.call("is_subdir", {root.value, entry.value}) == 0);
    const auto child = address(guest.call("new_inode", {fs.super_block.at().value}));
    inode_at(guest, child).set("i_ino", std::uint64_t{99});
    guest.call("d_instantiate", {entry.value, child.value});
    CHECK(guest.call("find_inode_number", {root.value, wanted}) == 99);
    CHECK(guest.call("d_invalidate", {entry.value}) == 0);
    guest.call("dput", {entry.value}); // the lookup's
    CHECK(fs.calls() == 0);
    guest.call("dput", {entry.value});
    CHECK(fs.calls() == 1);
    CHECK(guest.kernel().heap().size_of(entry) == 0);
    CHECK(GuestStruct(guest.kernel(), "struct dentry", root).get("d_count.counter") == 1);
    guest.call("dput", {root.value});
    CHECK(fs.calls() == 2);
    CHECK(guest.kernel().heap().size_of(inode) == 0);
}

TEST_CASE("d_move gives an entry another's name and parent", "[exports][files]")
{
    Guest guest("2.4.18-14");
    FileSystem fs(guest);
    const auto root =
        address(guest.call("d_alloc_root", {static_cast<std::uint32_t>(guest.call("new_inode", {fs.super_block.at().value}))}));
    const auto directory = address(guest.call("d_alloc", {root.value, name(guest, "directory")}));
    const auto old = address(guest.call("d_alloc", {root.value, name(guest, "old")}));
    const auto fresh = address(guest.call("d_alloc", {directory.value, name(guest, "new")}));
    guest.call("d_rehash", {old.value});
    guest.call("d_rehash", {fresh.value});
    guest.call("d_move", {old.value, fresh.value});
    CHECK(address(guest.call("d_lookup", {directory.value, name(guest, "new")})) == old);
    CHECK(guest.call("d_lookup", {root.value, name(guest, "old")}) == 0);
}

TEST_CASE("permission bits are those of the caller's class, and root may all but execute what nobody may", "[exports][files]")
{
    Guest guest("2.4.18-14");
    auto inode = guest.make("struct inode");
    inode.set("i_mode", std::uint64_t{0100640});
    CHECK(guest.call("vfs_permission", {inode.at().value, 4}) == 0);
    CHECK(guest.call("vfs_permission", {inode.at().value, 1}) == -13);
    CHECK(guest.call("permission", {inode.at().value, 2}) == 0);
    inode.set("i_mode", std::uint64_t{040640});
    CHECK(guest.call("vfs_permission", {inode.at().value, 1}) == 0); // a directory
    guest.call("make_bad_inode", {inode.at().value});
    CHECK(guest.call("is_bad_inode", {inode.at().value}) == 1);
    auto changes = guest.make("struct iattr");
    changes.set("ia_valid", std::uint64_t{1 | 8});
    changes.set("ia_mode", std::uint64_t{0100600});
    changes.set("ia_size", std::uint64_t{1234});
    CHECK(guest.call("inode_change_ok", {inode.at().value, changes.at().value}) == 0);
    CHECK(guest.call("inode_setattr", {inode.at().value, changes.at().value}) == 0);
    CHECK(inode.get("i_mode") == 0100600);
    CHECK(inode.get("i_size") == 1234);
}

TEST_CASE("2.2 reads no block of a device that is not there, and its buffers have its own members", "[exports][files]")
{
    Guest guest("2.2.1");
    CHECK(guest.call("bread", {0x2c00, 5, 1024}) == 0);
    CHECK(guest.log().find("<3>ll_rw_block: Trying to read nonexistent block-device 2c:00 (5)\n") != std::string::npos);
    auto buffer = guest.make("struct buffer_head");
    guest.call("init_buffer", {buffer.at().value, 0x0301, 7, 0xc0100000, 0x1234});
    CHECK(buffer.get("b_dev") == 0x0301);
    CHECK(buffer.get("b_blocknr") == 7);
    CHECK(buffer.get("b_count") == 1);
    CHECK(buffer.get("b_end_io") == 0xc0100000);
    CHECK(buffer.get("b_dev_id") == 0x1234);
    const auto code = guest.buffer(4);
    guest.memory().store<std::uint8_t>(code, 0xc3);
    buffer.set("b_end_io", code);
    buffer.set("b_state", std::uint64_t{3}); // up to date, dirty
    const auto list = guest.buffer(4);
    guest.memory().store_word(list, buffer.at().value);
    guest.call("ll_rw_block", {0, 1, list.value});
    CHECK(buffer.get("b_state") == 0);
    CHECK(guest.log().find("nonexistent block-device 03:01 (7)\n") != std::string::npos);
}

TEST_CASE("a block of a device that is not there is not read, and the kernel says so", "[exports][files]")
{
    Guest guest("2.4.18-14");
    CHECK(guest.call("bread", {0x2c00, 5, 1024}) == 0);
    CHECK(guest.log().find("<3>generic_make_request: Trying to access nonexistent block-device 2c:00 (10)\n") != std::string::npos);
    const auto buffer = address(guest.call("getblk", {0x2c00, 5, 1024}));
    REQUIRE(buffer);
    CHECK(address(guest.call("get_hash_table", {0x2c00, 5, 1024})) == buffer);
    CHECK(guest.call("get_hash_table", {0x2c00, 5, 512}) == 0);
    guest.call("__brelse", {buffer.value});
    guest.call("__bforget", {buffer.value});
    CHECK(guest.call("get_hash_table", {0x2c00, 5, 1024}) == 0);
    const auto device = address(guest.call("bdget", {0x2c00}));
    CHECK(address(guest.call("bdget", {0x2c00})) == device);
    CHECK(guest.call("blkdev_get", {device.value, 1, 0, 0}) == -static_cast<std::int64_t>(enxio));
    guest.call("bdput", {device.value});
}

TEST_CASE("kern_mount calls read_super with a fresh super block; no root is an error", "[exports][files]")
{
    Guest guest("2.4.18-14");
    auto type = guest.make("struct file_system_type");
    type.set("name", std::uint64_t{guest.text("innerfs")});
    const auto code = guest.buffer(16);
    guest.memory().store<std::uint32_t>(code, 0xc3c031); // xor eax, eax; ret
    type.set("read_super", code);
    CHECK(guest.call("kern_mount", {type.at().value}) == -22);
    CHECK(guest.call("register_filesystem", {type.at().value}) == 0);
    CHECK(address(guest.call("get_fs_type", {guest.text("innerfs")})) == type.at());
    CHECK(guest.call("get_fs_type", {guest.text("nofs")}) == 0);
    CHECK(guest.log().find("modprobe -s -k nofs") != std::string::npos);
}

TEST_CASE("a seq_file gives its records as the reader wants them", "[exports][files]")
{
    Guest guest("2.4.18-14");
    auto file = guest.make("struct file");
    const auto operations = guest.buffer(16);
    CHECK(guest.call("seq_open", {file.at().value, operations.value}) == 0);
    const auto seq = file.pointer("private_data");
    REQUIRE(seq);
    const auto text = guest.buffer(64);
    guest.memory().store<std::uint32_t>(seq, static_cast<std::uint32_t>(text.value));
    guest.memory().store<std::uint32_t>(seq + 4, 12); // the buffer's size
    CHECK(guest.call("seq_printf", {seq.value, guest.text("%d-%s"), 42, guest.text("a")}) == 0);
    CHECK(guest.call("seq_escape", {seq.value, guest.text("b c"), guest.text(" ")}) == 0);
    CHECK(guest.load_text(text) == "42-ab\\040c");
    CHECK(guest.call("seq_printf", {seq.value, guest.text("overflows")}) == -1);
    CHECK(guest.memory().load<std::uint32_t>(seq + 12) == 12);
    CHECK(guest.call("seq_release", {0, file.at().value}) == 0);
}
