// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/unpack.h"

#include <catch2/catch.hpp>
#include <lzma.h>
#include <string>
#include <zstd.h>

using namespace retromod;

namespace {

constexpr std::uint64_t limit = 1 << 20;

std::string xz(const std::string& text, lzma_check check = LZMA_CHECK_CRC32)
{
    std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
    std::size_t length = 0;
    REQUIRE(lzma_easy_buffer_encode(1, check, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    reinterpret_cast<std::uint8_t*>(packed.data()), &length, packed.size()) == LZMA_OK);
    packed.resize(length);
    return packed;
}

std::string zstd(const std::string& text)
{
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3));
    return packed;
}

ProblemOr<std::vector<std::byte>> unpacked(const std::string& packed) { return unpack(std::as_bytes(std::span(packed)), limit); }
std::string text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

const std::string text = std::string(300000, 'm') + "odule";

} // namespace

TEST_CASE("packed files are told by their first bytes", "[elf][unpack]")
{
    const auto kind = [](const std::string& file) { return packing_of(std::as_bytes(std::span(file))); };
    CHECK(kind(xz(text)) == Packing::xz);
    CHECK(kind(zstd(text)) == Packing::zstd);
    CHECK(kind("\x1f\x8b") == Packing::gzip);
    CHECK(kind("\x7f" "ELF") == Packing::none);
    CHECK(kind("") == Packing::none);
}

TEST_CASE("xz and zstd data is unpacked, all streams of it, with any check", "[elf][unpack]")
{
    for (const auto& packed : {xz(text), xz(text, LZMA_CHECK_SHA256), zstd(text)}) {
        const auto once = unpacked(packed), twice = unpacked(packed + packed);
        REQUIRE(once);
        CHECK(text_of(*once) == text);
        REQUIRE(twice);
        CHECK(text_of(*twice) == text + text);
    }
    CHECK(text_of(*unpacked(xz(""))).empty());
}

TEST_CASE("damaged packed data, and what has something else behind it, is refused", "[elf][unpack]")
{
    for (auto packed : {xz(text), zstd(text)}) {
        CHECK(unpacked(packed + "more").problem().kind == ProblemKind::bad_packed);
        for (std::size_t at = packed.size() / 2; at < packed.size() / 2 + 8; ++at) packed[at] = static_cast<char>(~packed[at]);
        const auto damaged = unpacked(packed);
        REQUIRE_FALSE(damaged);
        CHECK(damaged.problem().kind == ProblemKind::bad_packed);
        CHECK(explain(damaged.problem(), "x.ko").starts_with("x.ko: damaged "));
    }
}

TEST_CASE("xz data that ends too early is refused wherever it does", "[elf][unpack]")
{
    const auto packed = xz(text);
    for (std::size_t length = 6; length < packed.size(); ++length) {
        CAPTURE(length);
        REQUIRE(unpacked(packed.substr(0, length)).problem().kind == ProblemKind::bad_packed);
    }
}

TEST_CASE("zstd data that ends too early unpacks to what there is, as in libkmod", "[elf][unpack]")
{
    const auto packed = zstd(text);
    for (std::size_t length = 4; length < packed.size(); ++length) {
        CAPTURE(length);
        const auto some = unpacked(packed.substr(0, length));
        REQUIRE(some);
        REQUIRE(text.starts_with(text_of(*some)));
    }
}

TEST_CASE("data that unfolds beyond the limit is refused when it gets there", "[elf][unpack]")
{
    const std::string zeros(64 << 20, '\0');
    for (const auto& packed : {xz(zeros), zstd(zeros)}) {
        REQUIRE(packed.size() < limit);
        CHECK(unpacked(packed).problem().kind == ProblemKind::file_too_large);
    }
}
