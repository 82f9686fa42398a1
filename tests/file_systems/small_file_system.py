# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of the sample module smallfs's file system (images/samples/smallfs.c has the format): made from a tree, read back, checked."""
import stat
import struct

BLOCK, INODE_BYTES, ENTRY_BYTES, DIRECT = 1024, 64, 32, 9
MOST_BYTES = (DIRECT + BLOCK // 4) * BLOCK


class Image:
    """An image in memory; `data` are its bytes."""

    def __init__(self, blocks: int = 1024, inode_blocks: int = 8):
        self.data = bytearray(blocks * BLOCK)
        self.blocks, self.inode_blocks, self.inodes = blocks, inode_blocks, inode_blocks * (BLOCK // INODE_BYTES)
        self.data[:20] = b"smallfs1" + struct.pack("<3I", blocks, self.inodes, inode_blocks)
        self._next_block, self._next_inode = 2 + inode_blocks, 1
        for block in range(self._next_block):
            self._mark(block)

    def _mark(self, block: int) -> None:
        self.data[BLOCK + block // 8] |= 1 << block % 8

    def _take(self, contents: bytes) -> int:
        block, self._next_block = self._next_block, self._next_block + 1
        self._mark(block)
        self.data[block * BLOCK:block * BLOCK + len(contents)] = contents
        return block

    def _contents(self, contents: bytes) -> list[int]:
        blocks = [self._take(contents[at:at + BLOCK]) for at in range(0, len(contents), BLOCK)]
        indirect = self._take(struct.pack(f"<{len(blocks) - DIRECT}I", *blocks[DIRECT:])) if len(blocks) > DIRECT else 0
        return (blocks[:DIRECT] + [0] * DIRECT)[:DIRECT] + [indirect]

    def _put(self, number: int, mode: int, links: int, contents: bytes) -> None:
        words = [mode, links, 0, 0, len(contents), 1_000_000_000, *self._contents(contents)]
        at = 2 * BLOCK + (number - 1) * INODE_BYTES
        self.data[at:at + INODE_BYTES] = struct.pack("<16I", *words)

    def add(self, tree: dict, parent: int = 0) -> int:
        """A directory: names with bytes (a file), text (a symbolic link) or another directory. Its inode's number."""
        number, self._next_inode = self._next_inode, self._next_inode + 1
        entries = [(".", number), ("..", parent or number)]
        for name, what in tree.items():
            if isinstance(what, dict):
                entries.append((name, self.add(what, number)))
                continue
            entries.append((name, self._next_inode))
            is_file = isinstance(what, bytes)
            self._put(self._next_inode, stat.S_IFREG | 0o644 if is_file else stat.S_IFLNK | 0o777, 1, what if is_file else what.encode())
            self._next_inode += 1
        contents = b"".join(struct.pack("<I28s", inode, name.encode()) for name, inode in entries)
        links = 2 + sum(isinstance(what, dict) for what in tree.values())
        self._put(number, stat.S_IFDIR | 0o755, links, contents.ljust(-(-len(contents) // BLOCK) * BLOCK, b"\0"))
        return number


def image_of(tree: dict, **sizes) -> bytes:
    image = Image(**sizes)
    image.add(tree)
    return bytes(image.data)


class Reader:
    """What an image holds; a broken rule of the format is an AssertionError."""

    def __init__(self, data: bytes):
        self.data = data
        assert data[:8] == b"smallfs1"
        self.blocks, self.inodes, self.inode_blocks = struct.unpack_from("<3I", data, 8)
        self.used, self.links = set(range(2 + self.inode_blocks)), {}

    def _words(self, number: int) -> tuple:
        assert 1 <= number <= self.inodes, number
        return struct.unpack_from("<16I", self.data, 2 * BLOCK + (number - 1) * INODE_BYTES)

    def _use(self, block: int) -> bytes:
        assert 2 + self.inode_blocks <= block < self.blocks and block not in self.used, f"block {block}"
        self.used.add(block)
        return self.data[block * BLOCK:(block + 1) * BLOCK]

    def _contents(self, words: tuple) -> bytes:
        blocks = list(words[6:15])
        if words[15]:
            blocks += struct.unpack("<256I", self._use(words[15]))
        whole = [self._use(block) if block else bytes(BLOCK) for block in blocks]
        assert words[4] <= len(whole) * BLOCK
        return b"".join(whole)[:words[4]]

    def tree(self, number: int = 1, parent: int = 1) -> dict:
        found = {}
        for inode, raw in struct.iter_unpack("<I28s", self._contents(self._words(number))):
            name = raw.split(b"\0")[0].decode()
            if not inode:
                continue
            self.links[inode] = self.links.get(inode, 0) + 1
            if name in (".", ".."):
                assert inode == (number if name == "." else parent), f"{name} of inode {number}"
                continue
            words = self._words(inode)
            if stat.S_ISDIR(words[0]):
                found[name] = self.tree(inode, number)
            elif self.links[inode] == 1:
                contents = self._contents(words)
                found[name] = contents.decode() if stat.S_ISLNK(words[0]) else contents
            else:
                found[name] = f"link to {inode}"
        return found

    def check(self) -> dict:
        """The tree, of an image whose link counts and map of blocks are right."""
        tree = self.tree()
        for number in range(1, self.inodes + 1):
            words = self._words(number)
            assert words[1] == self.links.get(number, 0) or not words[0], f"inode {number}: {words[1]} links"
            assert bool(words[0]) == (number in self.links), f"inode {number} of mode {words[0]:o} has {self.links.get(number, 0)} names"
        marked = {block for block in range(self.blocks) if self.data[BLOCK + block // 8] >> block % 8 & 1}
        assert marked == self.used, f"in use and not marked, or marked and not in use: {sorted(marked ^ self.used)}"
        return tree
