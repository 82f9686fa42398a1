// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/module_file.h"
#include "loader/elf/unpack.h"

#include "tests/in_child.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <zlib.h>

using namespace retromod;
using retromod::test::in_child;

namespace {

/// A folder that goes with the test.
struct Folder {
    Folder()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "retromod-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
        std::filesystem::permissions(path, std::filesystem::perms(0755)); // another user looks in, too
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string write(const std::string& name, std::string_view text) const
    {
        std::ofstream(path / name, std::ios::binary) << text;
        return (path / name).string();
    }
    std::filesystem::path path;
};

std::string gzip(std::string_view text)
{
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY);
    std::string packed(deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

std::string text_of(const std::vector<std::byte>& bytes)
{
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

TEST_CASE("a missing file, a directory and an empty file are told apart, by name", "[elf][file]")
{
    const Folder folder;
    const auto missing = read_module_file((folder.path / "none.o").string());
    REQUIRE_FALSE(missing);
    CHECK(missing.problem().kind == ProblemKind::cannot_open);
    CHECK(explain(missing.problem(), "none.o") == "none.o: No such file or directory");
    CHECK(read_module_file(folder.path.string()).problem().kind == ProblemKind::is_directory);
    CHECK(read_module_file(folder.write("empty.o", "")).problem().kind == ProblemKind::empty_file);
}

TEST_CASE("an unreadable file is refused by its error", "[elf][file]")
{
    const Folder folder;
    const auto path = folder.write("secret.o", "x");
    std::filesystem::permissions(path, std::filesystem::perms::none);
    CHECK(in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 50; // root reads everything
        const auto file = read_module_file(path);
        return !file && explain(file.problem(), "secret.o") == "secret.o: Permission denied" ? 0 : 1;
    }) == 0);
}

TEST_CASE("gzip data is unpacked, whatever the file's name", "[elf][file]")
{
    const Folder folder;
    const std::string text(300000, 'm');
    const auto file = read_module_file(folder.write("foo.o", gzip(text)));
    REQUIRE(file);
    CHECK(text_of(file->bytes) == text);
    CHECK(file->modified > 0);
    CHECK(file->real_path.ends_with("/foo.o"));
}

TEST_CASE("damaged or truncated gzip data is refused", "[elf][file]")
{
    const auto packed = gzip(std::string(10000, 'a') + "bcd");
    for (std::size_t length = 2; length < packed.size(); ++length) {
        CAPTURE(length);
        const auto cut = packed.substr(0, length);
        REQUIRE(gunzip(std::as_bytes(std::span(cut)), 1 << 20).problem().kind == ProblemKind::bad_gzip);
    }
}

TEST_CASE("gzip data that unfolds beyond the limit is refused", "[elf][file]")
{
    const auto packed = gzip(std::string(10 << 20, '\0'));
    CHECK(gunzip(std::as_bytes(std::span(packed)), 1 << 20).problem().kind == ProblemKind::file_too_large);
}
