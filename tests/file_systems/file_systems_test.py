#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A file system and a block driver that are modules, smallfs and ramblock of the samples: images read, written, damaged.

usage: file_systems_test.py RESULT.json BIN_DIR
"""
import functools
import hashlib
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import exec_host
import results

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import small_file_system  # noqa: E402

BIN = pathlib.Path(sys.argv[2]).resolve()
BUILT = pathlib.Path(__file__).resolve().parent.parent.parent / "images/built"
BIG = random.Random(1).randbytes(200_000)
TREE = {"hello.txt": b"hello from the image\n", "dir": {"nested.txt": b"nested\n", "empty": {}}, "link": "hello.txt", "big": BIG, "none": b""}


class World:
    """A machine with the driver, in a folder of its own."""

    def __init__(self, arch: str = "i386", boot=(), modules=("smallfs",)):
        self.arch, self.kept = arch, tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.kept.name)
        self.environment = {**os.environ, "RETROMOD_MACHINE": f"{self.folder}/machine"}
        self.good("retromod", "boot", "--release", "2.4.20", "--arch", arch, *boot)
        for module in modules:
            self.good("insmod", BUILT / arch / f"{module}.o")

    def run(self, command: str, *words) -> subprocess.CompletedProcess:
        return subprocess.run([str(word) for word in (BIN / command, *words)], env=self.environment, capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL, check=False)

    def good(self, *words) -> str:
        done = self.run(*words)
        assert done.returncode == 0, f"{words}: {done.returncode} {done.stdout!r} {done.stderr!r}"
        return done.stdout.decode("latin-1")

    def refused(self, *words) -> str:
        done = self.run(*words)
        assert done.returncode == 1, f"{words}: {done.returncode} {done.stdout!r} {done.stderr!r}"
        return done.stderr.decode("latin-1")

    def file(self, contents: bytes, name: str = "disk.img") -> pathlib.Path:
        path = self.folder / name
        path.write_bytes(contents)
        return path

    def copied_out(self, name: str = "out") -> dict:
        self.good("retromod", "cp", "-r", "/mnt", f"host:{self.folder / name}")
        return read_tree(self.folder / name)


def read_tree(folder: pathlib.Path) -> dict:
    """A folder of the host as small_file_system has trees."""
    return {path.name: os.readlink(path) if path.is_symlink() else read_tree(path) if path.is_dir() else path.read_bytes()
            for path in folder.iterdir()}


def an_image_is_read_and_written_and_is_sound_after_it(arch: str) -> None:
    world = World(arch)
    image = world.file(small_file_system.image_of(TREE))
    world.good("retromod", "mount", "-t", "smallfs", "--write", image, "/mnt")
    assert world.copied_out() == TREE
    world.good("retromod", "cp", f"host:{world.file(BIG[:150_001], 'new')}", "/mnt/dir/new")
    world.good("retromod", "mkdir", "/mnt/dir/sub")
    world.good("retromod", "rm", "/mnt/hello.txt")
    assert "busy" in world.refused("rmmod", "smallfs")
    world.good("retromod", "umount", "/mnt")
    wanted = {**TREE, "dir": {**TREE["dir"], "new": BIG[:150_001], "sub": {}}}
    del wanted["hello.txt"]
    assert small_file_system.Reader(image.read_bytes()).check() == wanted
    world.good("retromod", "mount", "-t", "smallfs", "/dev/hda", "/mnt")
    assert world.copied_out("again") == wanted
    world.good("retromod", "umount", "/mnt")
    world.good("rmmod", "smallfs")


def what_is_not_to_be_written_stays_in_the_machine() -> None:
    world, contents = World(), small_file_system.image_of(TREE)
    image = world.file(contents)
    world.good("retromod", "mount", "-t", "smallfs", image, "/mnt")
    world.good("retromod", "rm", "-r", "/mnt/dir")
    world.good("retromod", "umount", "/mnt")
    world.good("retromod", "mount", "-t", "smallfs", "/dev/hda", "/mnt")
    assert "dir" not in world.copied_out()
    assert image.read_bytes() == contents


def a_full_disk_is_enospc_and_stays_sound() -> None:
    world = World()
    image = world.file(small_file_system.image_of({}, blocks=100, inode_blocks=1))
    world.good("retromod", "mount", "-t", "smallfs", "--write", image, "/mnt")
    assert "No space left on device" in world.refused("retromod", "cp", f"host:{world.file(BIG, 'big')}", "/mnt/big")
    world.good("retromod", "rm", "/mnt/big")
    world.good("retromod", "cp", f"host:{world.file(BIG[:80_000], 'small')}", "/mnt/small")
    world.good("retromod", "umount", "/mnt")
    assert small_file_system.Reader(image.read_bytes()).check() == {"small": BIG[:80_000]}


def a_busy_file_system_is_not_unmounted() -> None:
    world = World()
    image = world.file(small_file_system.image_of(TREE))
    world.good("retromod", "mount", "-t", "smallfs", image, "/mnt")
    script = "exec 3< /mnt/big; umount /mnt; echo $?; exec 3<&-; umount /mnt; echo $?; umount /mnt; echo $?"
    done = world.run("retromod", "exec", "/bin/busybox", "sh", "-c", script)
    assert done.stdout.split() == [b"1", b"0", b"1"] and b"busy" in done.stderr, done


def links_and_renames_of_programs_are_kept() -> None:
    world = World()
    image = world.file(small_file_system.image_of(TREE))
    world.good("retromod", "mount", "-t", "smallfs", "--write", image, "/mnt")
    script = ("cd /mnt; ln hello.txt hard; mv dir/nested.txt moved; mkdir a; mv dir a/b; ln -s ../none a/soft; rmdir a; mv big none; "
              "echo more >> moved; truncate -s 5000 none; dd if=/dev/zero of=hole bs=1 seek=20000 count=1 2>/dev/null; stat -c %h hello.txt . a")
    done = world.run("retromod", "exec", "/bin/busybox", "sh", "-c", script)
    assert done.stdout.split() == [b"2", b"3", b"3"] and b"Directory not empty" in done.stderr, done
    world.good("retromod", "umount", "/mnt")
    tree = small_file_system.Reader(image.read_bytes()).check()
    assert tree.pop("hard") == "link to 2" or tree["hello.txt"] == "link to 2"
    assert tree == {"hello.txt": TREE["hello.txt"], "link": "hello.txt", "moved": b"nested\nmore\n", "none": BIG[:5000],
                    "hole": bytes(20_001), "a": {"b": {"empty": {}}, "soft": "../none"}}, tree


def changed(image: bytes, place: int, *words: int) -> bytes:
    return image[:place] + struct.pack(f"<{len(words)}I", *words) + image[place + 4 * len(words):]


def damaged_images() -> dict[str, tuple[bytes, int]]:
    """Images by what is wrong with them: 0: it cannot be mounted; 2: and hello.txt can be read; 1: and it cannot."""
    sound, inode = small_file_system.image_of(TREE), lambda number: 2048 + (number - 1) * 64
    return {
        "empty": (bytes(64 * 1024), 0),
        "short": (sound[:1024], 0),
        "no word": (b"bigfs" + sound[5:], 0),
        "more blocks than the map has": (changed(sound, 8, 9000), 0),
        "no inodes": (changed(sound, 12, 0), 0),
        "root is a file": (changed(sound, inode(1), 0o100644), 0),
        "root without a mode": (changed(sound, inode(1), 0), 0),
        "blocks beyond the disk": (sound[:20 * 1024], 1),
        "a directory that holds itself": (changed(sound, 2048 + 2 * 64 + 24, *struct.unpack_from("<I", sound, inode(1) + 24)), 2),
        "names of inodes that are none": (changed(sound, struct.unpack_from("<I", sound, inode(1) + 24)[0] * 1024 + 64, 0x7fffffff), 1),
        "a file of wild blocks": (changed(sound, inode(7) + 24, *[0xfffffff0] * 10), 2),
        "a file of the table's blocks": (changed(sound, inode(7) + 24, *range(10)), 2),
        "a size without measure": (changed(sound, inode(7) + 16, 0xffffffff), 2),
    }


def a_damaged_image_is_an_error_and_nothing_is_lost() -> None:
    world = World()
    for name, (contents, mounts) in damaged_images().items():
        image = world.file(contents, "damaged.img")
        done = world.run("retromod", "mount", "-t", "smallfs", image, "/mnt")
        assert done.returncode == (0 if mounts else 1), f"{name}: {done}"
        assert mounts or b"Invalid argument" in done.stderr, f"{name}: {done}"
        if mounts:
            out = world.folder / "out"
            copied = world.run("retromod", "cp", "-r", "/mnt", f"host:{out}")
            assert copied.returncode in (0, 1), f"{name}: {copied}"
            assert name != "a directory that holds itself" or b"has another name" in copied.stderr, copied
            assert not (mounts == 2) or (out / "hello.txt").read_bytes() == TREE["hello.txt"], f"{name}: {copied}"
            subprocess.run(["rm", "-rf", out], check=True)
            world.good("retromod", "umount", "/mnt")
            world.good("retromod", "disk", "remove", "hda")
    world.good("rmmod", "smallfs")


def requests_of_neighbours_merge_and_errors_reach_the_reader(delay: int) -> None:
    world = World(modules=["smallfs"])
    world.good("insmod", BUILT / "i386/ramblock.o", f"delay={delay}", "bad_sector=1200")
    image = small_file_system.image_of({"big": BIG})
    source = world.file(image)
    script = f"""mknod /dev/rb b 240 0; dd if={source} of=/dev/rb bs=64k count=8 2>/dev/null; cat /proc/ramblock
        mount -t smallfs /dev/rb /mnt && md5sum < /mnt/big; umount /mnt; cat /dev/rb > /dev/null; cat /proc/modules | grep ramblock"""
    done = world.run("retromod", "exec", "/bin/busybox", "sh", "-c", script)
    lines = done.stdout.decode().splitlines()
    requests, buffers = (int(lines[0].split()[at]) for at in (0, 3))
    assert buffers == 512 and requests <= 32, done
    assert lines[1].split()[0] == hashlib.md5(BIG).hexdigest(), done
    assert b"Input/output error" in done.stderr, done
    assert "end_request: I/O error, dev f0:00 (ramblock), sector 1200" in world.good("retromod", "dmesg")
    assert lines[2].split()[2] == "0", done
    world.good("rmmod", "ramblock")


def partitioned(first: bytes, logical: bytes) -> bytes:
    """A disk whose partitions 1 and 5 are these."""
    def entry(kind: int, start: int, bytes_: int) -> bytes:
        return struct.pack("<B3xB3xII", 0, kind, start, bytes_ // 512)

    def table(*entries: bytes) -> bytes:
        return (bytes(446) + b"".join(entries)).ljust(510, b"\0") + b"\x55\xaa"

    extended = 63 + len(first) // 512
    head = table(entry(0x83, 63, len(first)), entry(5, extended, len(logical) + 63 * 512)).ljust(63 * 512, b"\0")
    return head + first + table(entry(0x83, 63, len(logical))).ljust(63 * 512, b"\0") + logical


def partitions_of_a_disk_are_devices_of_their_own() -> None:
    world = World()
    first, logical = small_file_system.image_of({"one": b"1"}), small_file_system.image_of({"five": b"5"}, blocks=200)
    image = world.file(partitioned(first, logical))
    world.good("retromod", "disk", "add", image, "--as", "hda", "--write")
    world.good("retromod", "mount", "-t", "smallfs", "/dev/hda5", "/mnt")
    assert world.copied_out() == {"five": b"5"}
    world.good("retromod", "cp", f"host:{world.file(BIG[:50_000], 'new')}", "/mnt/new")
    assert "No such device or address" in world.refused("retromod", "mount", "-t", "smallfs", "/dev/hda6", "/tmp")
    world.good("retromod", "mount", "-t", "smallfs", "/dev/hda1", "/tmp")
    assert world.good("retromod", "cat", "/tmp/one") == "1"
    world.good("retromod", "umount", "/tmp")
    world.good("retromod", "umount", "/mnt")
    after = image.read_bytes()
    start = len(after) - len(logical)
    assert small_file_system.Reader(after[start:]).check() == {"five": b"5", "new": BIG[:50_000]}
    assert after[:start] == partitioned(first, logical)[:start]


def a_chain_of_partitions_in_a_circle_ends() -> None:
    world = World()
    data = bytearray(partitioned(small_file_system.image_of({"one": b"1"}), bytes(2048)))
    link = struct.unpack_from("<I", data, 446 + 16 + 8)[0] * 512
    for back in (0, 1):
        data[link + 446 + 16:link + 446 + 32] = struct.pack("<B3xB3xII", 0, 5, back, 100)
        image = world.file(data, "circle.img")
        world.good("retromod", "disk", "add", image, "--as", "hda")
        world.good("retromod", "mount", "-t", "smallfs", "/dev/hda1", "/mnt")
        assert world.good("retromod", "cat", "/mnt/one") == "1"
        world.good("retromod", "umount", "/mnt")
        world.good("retromod", "disk", "remove", "hda")


def a_driver_s_disk_has_the_partitions_of_its_table() -> None:
    world = World(modules=["smallfs", "ramblock"])
    source = world.file(partitioned(small_file_system.image_of({"one": b"1"}, blocks=300), small_file_system.image_of({"five": b"5"}, blocks=200)))
    assert "<6>Partition check:\n<6> rba: unknown partition table\n" in world.good("retromod", "dmesg")
    script = f"""mknod /dev/rba b 240 0; mknod /dev/rba5 b 240 5; cat /dev/rba5; dd if={source} of=/dev/rba bs=64k 2>/dev/null
        blockdev --rereadpt /dev/rba; mount -t smallfs /dev/rba5 /mnt; cat /mnt/five; wc -c < /dev/rba5"""
    done = world.run("retromod", "exec", "/bin/busybox", "sh", "-c", script)
    assert done.stdout == f"5{200 * 1024}\n".encode() and b"No such device or address" in done.stderr, done
    assert "<6> rba: rba1 rba2 < rba5 >\n" in world.good("retromod", "dmesg")


def a_ram_disk_keeps_what_is_written_to_it() -> None:
    world = World(boot=["--builtin", "ramdisk"])
    source = world.file(small_file_system.image_of(TREE))
    script = f"""mknod /dev/ram3 b 1 3; mknod /dev/ram16 b 1 16; dd if={source} of=/dev/ram3 bs=64k 2>/dev/null; cat /dev/ram16
        mount -t smallfs /dev/ram3 /mnt; echo new > /mnt/new; umount /mnt; mount -t smallfs /dev/ram3 /mnt; cat /mnt/new /mnt/hello.txt
        wc -c < /dev/ram3"""
    done = world.run("retromod", "exec", "/bin/busybox", "sh", "-c", script)
    assert done.stdout.decode().splitlines() == ["new", "hello from the image", str(4096 * 1024)], done
    assert b"No such device or address" in done.stderr, done


CASES = [(f"{case.__name__} on {arch}", functools.partial(case, arch)) for case in [an_image_is_read_and_written_and_is_sound_after_it]
         for arch in ("i386", "alpha", "mips", "mipsel", "ppc", "arm", "m68k", "x86_64")]
CASES += [(case.__name__, case) for case in (what_is_not_to_be_written_stays_in_the_machine, a_full_disk_is_enospc_and_stays_sound, partitions_of_a_disk_are_devices_of_their_own,
                                             a_chain_of_partitions_in_a_circle_ends,
                                             a_damaged_image_is_an_error_and_nothing_is_lost)]
OF_PROGRAMS = [(case.__name__, case) for case in (a_busy_file_system_is_not_unmounted, links_and_renames_of_programs_are_kept, a_ram_disk_keeps_what_is_written_to_it,
                                                   a_driver_s_disk_has_the_partitions_of_its_table)]
OF_PROGRAMS += [(f"requests_of_neighbours_merge_and_errors_reach_the_reader, {delay} ticks", functools.partial(requests_of_neighbours_merge_and_errors_reach_the_reader, delay))
                for delay in (0, 1)]

if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "file_systems", CASES if exec_host.refusal(BIN) else CASES + OF_PROGRAMS))
