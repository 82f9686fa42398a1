// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/unpack.h"

#include <algorithm>
#include <memory>
#include <zlib.h>

namespace retromod {
namespace {

constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr int gzip_window_bits = 16 + 15; // zlib: 16 asks for a gzip header

Problem bad_gzip(const z_stream& stream, const char* fallback)
{
    return {.kind = ProblemKind::bad_gzip,
            .where = "gzip",
            .offset = stream.total_in,
            .detail = stream.msg ? stream.msg : fallback};
}

} // namespace

ProblemOr<std::vector<std::byte>> gunzip(std::span<const std::byte> packed, std::uint64_t limit)
{
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window_bits) != Z_OK) return bad_gzip(stream, "zlib does not start");
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());

    std::vector<std::byte> unpacked;
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        const auto filled = unpacked.size();
        if (filled > limit)
            return Problem{.kind = ProblemKind::file_too_large, .where = "gzip", .value = filled, .expected = limit};
        unpacked.resize(filled + chunk_bytes);
        stream.next_out = reinterpret_cast<Bytef*>(unpacked.data() + filled);
        stream.avail_out = chunk_bytes;
        status = inflate(&stream, Z_NO_FLUSH);
        unpacked.resize(unpacked.size() - stream.avail_out);
        if (status != Z_OK && status != Z_STREAM_END) return bad_gzip(stream, "it ends too early");
    }
    return unpacked;
}

} // namespace retromod
