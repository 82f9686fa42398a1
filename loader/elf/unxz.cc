// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/unpack.h"

#include <lzma.h>

#include <new>

namespace retromod {
namespace {

constexpr std::uint64_t decoder_memory = 128 << 20;
constexpr std::size_t chunk_bytes = 64 * 1024;

struct Decoder {
    lzma_stream stream = LZMA_STREAM_INIT;
    explicit Decoder(XzStreams streams)
    {
        if (lzma_stream_decoder(&stream, decoder_memory, streams == XzStreams::all ? LZMA_CONCATENATED : 0) != LZMA_OK)
            throw std::bad_alloc();
    }
    ~Decoder() { lzma_end(&stream); }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
};

XzEnd end_of(lzma_ret result)
{
    switch (result) {
    case LZMA_BUF_ERROR: return XzEnd::too_short;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return XzEnd::out_of_memory;
    case LZMA_FORMAT_ERROR: return XzEnd::not_xz;
    case LZMA_OPTIONS_ERROR: return XzEnd::unsupported;
    default: return XzEnd::damaged;
    }
}

} // namespace

Unpacked unxz(std::span<const std::byte> packed, std::uint64_t limit, XzStreams streams)
{
    Decoder decoder(streams);
    auto& stream = decoder.stream;
    stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
    stream.avail_in = packed.size();
    std::vector<std::byte> unpacked, chunk(chunk_bytes);
    while (true) {
        stream.next_out = reinterpret_cast<std::uint8_t*>(chunk.data());
        stream.avail_out = chunk.size();
        const auto result = lzma_code(&stream, LZMA_FINISH);
        const auto got = chunk.size() - stream.avail_out;
        if (unpacked.size() + got > limit) return {{}, XzEnd::too_large};
        unpacked.insert(unpacked.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(got));
        if (result == LZMA_STREAM_END) return {std::move(unpacked), XzEnd::done};
        if (result != LZMA_OK) return {{}, end_of(result)};
    }
}

} // namespace retromod
