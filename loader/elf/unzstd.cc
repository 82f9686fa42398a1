// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/unpack.h"

#include <zstd.h>

#include <memory>
#include <new>

namespace retromod {

// The decoder refuses windows above 128 MB by itself (ZSTD_d_windowLogMax).
ProblemOr<std::vector<std::byte>> unzstd(std::span<const std::byte> packed, std::uint64_t limit)
{
    const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> decoder(ZSTD_createDStream(), ZSTD_freeDStream);
    if (!decoder) throw std::bad_alloc();
    ZSTD_inBuffer in{packed.data(), packed.size(), 0};
    std::vector<std::byte> unpacked, chunk(ZSTD_DStreamOutSize());
    while (true) {
        ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
        const auto left = ZSTD_decompressStream(decoder.get(), &out, &in);
        if (ZSTD_isError(left))
            return Problem{.kind = ProblemKind::bad_packed, .where = "zstd", .offset = in.pos, .detail = ZSTD_getErrorName(left)};
        if (unpacked.size() + out.pos > limit)
            return Problem{
                .kind = ProblemKind::file_too_large, .where = "zstd", .value = unpacked.size() + out.pos, .expected = limit};
        unpacked.insert(unpacked.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(out.pos));
        if (in.pos == in.size && out.pos < out.size) return unpacked;
    }
}

} // namespace retromod
