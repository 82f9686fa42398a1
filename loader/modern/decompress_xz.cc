// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/decompress_xz.h"

#include <fmt/format.h>
#include <lzma.h>

#include <algorithm>
#include <new>

namespace retromod {
namespace {

/// The kernel decoder's status numbers.
enum Status { xz_ok = 0, xz_mem_error = 3, xz_format_error = 5, xz_options_error = 6, xz_data_error = 7 };

constexpr std::uint64_t decoder_memory = 128 << 20;
constexpr std::size_t stream_header_bytes = 12;
constexpr std::byte magic[] = {std::byte{0xfd}, std::byte{'7'}, std::byte{'z'}, std::byte{'X'}, std::byte{'Z'}, std::byte{0}};

struct Decoder {
    lzma_stream stream = LZMA_STREAM_INIT;
    Decoder()
    {
        if (lzma_stream_decoder(&stream, decoder_memory, 0) != LZMA_OK) throw std::bad_alloc();
    }
    ~Decoder() { lzma_end(&stream); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
};

int status_of(lzma_ret result)
{
    switch (result) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: return xz_ok; // the file ends too early
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return xz_mem_error;
    case LZMA_FORMAT_ERROR: return xz_format_error;
    case LZMA_OPTIONS_ERROR: return xz_options_error;
    default: return xz_data_error;
    }
}

Expanded failed(int status) { return {{}, fmt::format("decompression failed with status {}", status)}; }

} // namespace

Expanded decompress_xz(std::span<const std::byte> file, std::uint64_t limit)
{
    if (file.size() < sizeof magic || !std::ranges::equal(file.first(sizeof magic), magic)) return {{}, "not an xz compressed module"};
    // The check's kind: none 0, CRC32 1. The kernel's decoder knows no other.
    if (file.size() >= stream_header_bytes && (file[7] != std::byte{0} && file[7] != std::byte{1})) return failed(xz_options_error);
    Decoder decoder;
    auto& stream = decoder.stream;
    stream.next_in = reinterpret_cast<const std::uint8_t*>(file.data());
    stream.avail_in = file.size();
    Expanded expanded;
    std::vector<std::byte> room(1 << 16);
    while (true) {
        stream.next_out = reinterpret_cast<std::uint8_t*>(room.data());
        stream.avail_out = room.size();
        const auto result = lzma_code(&stream, LZMA_RUN);
        const auto got = room.size() - stream.avail_out;
        if (expanded.bytes.size() + got > limit) return {{}, fmt::format("decompression failed with status {}", int{xz_mem_error}), true};
        expanded.bytes.insert(expanded.bytes.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(got));
        if (result == LZMA_STREAM_END) return expanded;
        if (result != LZMA_OK) return failed(status_of(result));
        if (stream.avail_in == 0 && got == 0) return failed(xz_ok);
    }
}

} // namespace retromod
