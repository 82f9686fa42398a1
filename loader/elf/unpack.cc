// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/unpack.h"

#include <algorithm>
#include <string_view>

namespace retromod {
namespace {

struct Magic {
    Packing packing;
    std::string_view bytes;
};
constexpr Magic magics[] = {
    {Packing::gzip, "\x1f\x8b"},
    {Packing::xz, {"\xfd"
                   "7zXZ\0",
                   6}},
    {Packing::zstd, "\x28\xb5\x2f\xfd"},
};

std::string_view words_of(XzEnd end)
{
    switch (end) {
    case XzEnd::too_short: return "it ends too early";
    case XzEnd::out_of_memory: return "its dictionary takes more than 128 MB";
    case XzEnd::not_xz: return "something else follows";
    case XzEnd::unsupported: return "options that are not known";
    default: return "its contents are corrupt";
    }
}

ProblemOr<std::vector<std::byte>> unpack_xz(std::span<const std::byte> file, std::uint64_t limit)
{
    auto result = unxz(file, limit, XzStreams::all);
    if (result.end == XzEnd::done) return std::move(result.bytes);
    if (result.end == XzEnd::too_large) return Problem{.kind = ProblemKind::file_too_large, .where = "xz", .expected = limit};
    return Problem{.kind = ProblemKind::bad_packed, .where = "xz", .detail = std::string(words_of(result.end))};
}

} // namespace

Packing packing_of(std::span<const std::byte> file)
{
    for (const auto& magic : magics) {
        const auto bytes = std::as_bytes(std::span(magic.bytes));
        if (file.size() >= bytes.size() && std::ranges::equal(file.first(bytes.size()), bytes)) return magic.packing;
    }
    return Packing::none;
}

ProblemOr<std::vector<std::byte>> unpack(std::span<const std::byte> file, std::uint64_t limit)
{
    switch (packing_of(file)) {
    case Packing::gzip: return gunzip(file, limit);
    case Packing::xz: return unpack_xz(file, limit);
    case Packing::zstd: return unzstd(file, limit);
    case Packing::none: break;
    }
    return std::vector<std::byte>(file.begin(), file.end());
}

} // namespace retromod
