// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/disk_images.h"
#include "emu/kernel/symbols.h"
#include "loader/api/guest_names.h"
#include "loader/api/session.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdlib.h>

using namespace retromod;

namespace {

/// A machine in memory with the core, and its files.
struct World {
    explicit World(const char* release = "2.4.20", std::string_view arch = "i386")
        : session(Session::in_memory(
              {.arch = find_arch(arch), .release = find_release(release), .memory_bytes = 32 << 20})),
          names(session.calls())
    {
    }
    bool good(SyscallResult result) { return !names.failed(result); }
    Errno error(SyscallResult result)
    {
        REQUIRE(names.failed(result));
        return *result.error(names.arch());
    }
    void write(const std::string& path, const std::string& text)
    {
        const auto file = names.create(path, 0644);
        REQUIRE(good(file));
        REQUIRE(names.write(file.word, text).word == text.size());
        REQUIRE(good(names.close(file.word)));
    }
    std::string read(const std::string& path)
    {
        const auto file = names.open(path);
        REQUIRE(good(file));
        std::string text;
        for (;;) {
            const auto part = names.read(file.word, 5000);
            REQUIRE(good(part.result));
            if (part.value.empty()) break;
            text += part.value;
        }
        REQUIRE(good(names.close(file.word)));
        return text;
    }
    std::vector<std::string> list(const std::string& path)
    {
        std::vector<std::string> found;
        for (const auto& entry : names.entries(path).value) found.push_back(entry.name);
        std::ranges::sort(found);
        return found;
    }

    Session session;
    GuestNames names;
};

std::string pattern(std::size_t bytes)
{
    std::string text(bytes, '\0');
    std::uint32_t state = 1;
    for (auto& c : text) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    return text;
}

/// An image file of the host in a folder of the test's own, as disk hda of a world.
struct Image {
    explicit Image(const std::string& contents)
    {
        char name[] = "/tmp/retromod-test-XXXXXX";
        folder = ::mkdtemp(name);
        path = folder + "/disk.img";
        std::ofstream(path, std::ios::binary) << contents;
    }
    ~Image() { std::filesystem::remove_all(folder); }
    void add_to(World& world, bool writes_through)
    {
        auto* row = world.session.machine().table<DiskImageRow>().insert();
        row->major = 3;
        row->writes_through = writes_through;
        row->bytes = std::filesystem::file_size(path) / sector_bytes * sector_bytes;
        std::string_view("hda").copy(row->name, sizeof row->name - 1);
        path.copy(row->path, sizeof row->path - 1);
        DiskImages(world.session.machine()).open_all();
        world.names.make_device_node("/dev/hda");
    }
    std::string contents() const
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    std::string folder, path;
};

} // namespace

TEST_CASE("A file of several pages is read back as it was written", "[core]")
{
    for (const auto release : {"2.4.0", "2.4.18-14", "2.4.20", "2.4.37.11"}) {
        INFO(release);
        World world(release);
        const auto text = pattern(70'001);
        world.write("/tmp/file", text);
        CHECK(world.read("/tmp/file") == text);
        const auto status = world.names.status("/tmp/file", FollowLinks::yes).value;
        CHECK(status.bytes == text.size());
        CHECK(status.is_regular());
        CHECK((status.mode & 07777) == 0644);
        CHECK(status.links == 1);
    }
}

TEST_CASE("Directories hold what was made in them, and go only when they are empty", "[core]")
{
    World world;
    REQUIRE(world.good(world.names.make_directory("/tmp/a", 0755)));
    CHECK(world.error(world.names.make_directory("/tmp/a", 0755)) == Errno::eexist);
    world.write("/tmp/a/one", "1");
    world.write("/tmp/a/two", "2");
    CHECK(world.list("/tmp/a") == std::vector<std::string>{"one", "two"});
    CHECK(world.error(world.names.remove_directory("/tmp/a")) == Errno::enotempty);
    CHECK(world.error(world.names.remove("/tmp/a")) == Errno::eisdir);
    REQUIRE(world.good(world.names.rename("/tmp/a/one", "/tmp/three")));
    CHECK(world.read("/tmp/three") == "1");
    CHECK(world.error(world.names.open("/tmp/a/one")) == Errno::enoent);
    REQUIRE(world.good(world.names.remove("/tmp/a/two")));
    REQUIRE(world.good(world.names.remove_directory("/tmp/a")));
    CHECK(world.error(world.names.status("/tmp/a", FollowLinks::yes).result) == Errno::enoent);
}

TEST_CASE("Symbolic links lead on, absolute and relative, and not in circles", "[core]")
{
    World world;
    world.write("/tmp/file", "text");
    REQUIRE(world.good(world.names.make_link("file", "/tmp/near")));
    REQUIRE(world.good(world.names.make_link("/tmp/near", "/far")));
    CHECK(world.read("/far") == "text");
    CHECK(world.names.link_target("/far").value == "/tmp/near");
    CHECK(world.names.status("/far", FollowLinks::no).value.is_link());
    REQUIRE(world.good(world.names.make_link("/tmp/circle", "/tmp/circle")));
    CHECK(world.error(world.names.open("/tmp/circle")) == Errno::eloop);
    CHECK(world.error(world.names.open("/tmp/file/below")) == Errno::enotdir);
    CHECK(world.error(world.names.open("/tmp/" + std::string(300, 'x'))) == Errno::enametoolong);
}

TEST_CASE("A mounted tmpfs covers its directory until it is unmounted, and is busy while a file is open", "[core]")
{
    World world;
    world.write("/mnt/below", "covered");
    REQUIRE(world.good(world.names.mount("none", "/mnt", "tmpfs", 0, "")));
    CHECK(world.list("/mnt").empty());
    world.write("/mnt/inside", "new");
    const auto open = world.names.open("/mnt/inside");
    CHECK(world.error(world.names.umount("/mnt")) == Errno::ebusy);
    REQUIRE(world.good(world.names.close(open.word)));
    REQUIRE(world.good(world.names.umount("/mnt")));
    CHECK(world.list("/mnt") == std::vector<std::string>{"below"});
    CHECK(world.error(world.names.umount("/mnt")) == Errno::einval);
    CHECK(world.error(world.names.mount("none", "/mnt", "nosuchfs", 0, "")) == Errno::enodev);
    CHECK(world.error(world.names.mount("none", "/absent", "tmpfs", 0, "")) == Errno::enoent);
    CHECK(world.error(world.names.mount("none", "/mnt/below", "tmpfs", 0, "")) == Errno::enotdir);
}

TEST_CASE("A disk is its image, and what is written to it stays in the machine", "[core][disk]")
{
    World world;
    const auto contents = pattern(100'352);
    Image image(contents);
    image.add_to(world, false);
    CHECK(world.read("/dev/hda") == contents);
    const auto file = world.names.calls().call(
        {"open", {world.names.calls().user_memory().place("/dev/hda").value, 1, 0}, 3}, std::vector<std::string>(3));
    REQUIRE(world.good(file));
    CHECK(world.names.write(file.word, "changed").word == 7);
    REQUIRE(world.good(world.names.close(file.word)));
    REQUIRE(world.good(world.names.sync()));
    CHECK(world.read("/dev/hda") == "changed" + contents.substr(7));
    CHECK(image.contents() == contents);
}

TEST_CASE("Sectors that the image lost are errors of the disk, not of the host", "[core][disk]")
{
    World world;
    Image image(pattern(65'536));
    image.add_to(world, false);
    std::filesystem::resize_file(image.path, 4096);
    const auto file = world.names.open("/dev/hda");
    REQUIRE(world.good(file));
    CHECK(world.names.read(file.word, 4096).value.size() == 4096);
    CHECK(world.error(world.names.read(file.word, 4096).result) == Errno::eio);
}

TEST_CASE("A node without a device behind it cannot be opened", "[core][disk]")
{
    World world;
    REQUIRE(world.good(world.names.make_node("/dev/nothing", 0060660, 44, 3)));
    CHECK(world.error(world.names.open("/dev/nothing")) == Errno::enxio);
    CHECK(world.error(world.names.mount("/dev/nothing", "/mnt", "ext2", 0, "")) == Errno::enxio);
    CHECK(world.error(world.names.mount("/tmp", "/mnt", "ext2", 0, "")) == Errno::enotblk);
}

TEST_CASE("A file system that is built in by its name alone is refused, not jumped to", "[core][disk]")
{
    World world;
    Image image(pattern(65'536));
    image.add_to(world, false);
    CHECK(world.error(world.names.mount("/dev/hda", "/mnt", "iso9660", 1, "")) == Errno::enodev);
    CHECK(world.error(world.names.mount("none", "/mnt", "devpts", 0, "")) == Errno::enodev);
}

TEST_CASE("A core comes up on every CPU, and its files hold what was written", "[core]")
{
    for (const auto* arch : {"i386", "x86_64", "mipsel", "mips", "ppc", "arm", "sparc", "m68k", "alpha"}) {
        INFO(arch);
        World world("2.4.37.11", arch);
        const auto text = pattern(20'001);
        world.write("/tmp/file", text);
        CHECK(world.read("/tmp/file") == text);
        REQUIRE(world.good(world.names.make_directory("/tmp/a", 0755)));
        CHECK(world.list("/tmp") == std::vector<std::string>{"a", "file"});
    }
}

TEST_CASE("A function of the core has its name in the kernel's symbols", "[core]")
{
    World world;
    const auto entry = world.session.kernel().symbols().address("iput");
    REQUIRE(entry);
    CHECK(world.session.kernel().symbols().describe(*entry) == "iput");
    CHECK_FALSE(world.session.kernel().symbols().address("kc_nothing"));
}
