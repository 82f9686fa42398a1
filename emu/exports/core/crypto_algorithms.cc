// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/exports/core/crypto_algorithms.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/ordered_rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t name_bytes = 64; // CRYPTO_MAX_ALG_NAME

} // namespace

bool CryptoAlgorithm::has_iv_size() const { return kernel_.machine().release().exports <= LayoutVersion::v2_4_22; }

std::string CryptoAlgorithm::name() const
{
    std::string text;
    for (std::uint64_t i = 0; i < name_bytes; ++i) {
        const auto c = kernel_.memory().load<std::uint8_t>(at_ + name_offset() + i);
        if (!c) break;
        text += static_cast<char>(c);
    }
    return text;
}

/// Where the union of cipher_alg, digest_alg and compress_alg begins.
std::uint64_t CryptoAlgorithm::kind_offset() const { return round_up(name_offset() + name_bytes, kernel_.arch().word_bytes); }

GuestAddr CryptoAlgorithm::module() const
{
    const std::uint64_t word = kernel_.arch().word_bytes;
    const auto cipher = round_up(has_iv_size() ? 12 : 8, word) + 3 * word;
    const auto digest = word + (has_iv_size() ? 3 : 4) * word; // its size, and its functions
    return kernel_.memory().load_pointer(at_ + kind_offset() + std::max(cipher, digest));
}

std::string CryptoAlgorithm::text() const
{
    constexpr std::uint32_t type_mask = 0xff, cipher = 1, digest = 2, compression = 4;
    const std::uint64_t flags_offset = 2 * std::uint64_t{kernel_.arch().word_bytes}, block_offset = flags_offset + 4;
    const auto owner = module();
    auto text =
        fmt::format("name         : {}\nmodule       : {}\n", name(), owner ? kernel_.modules().view(owner).name() : "kernel");
    const auto type = number(flags_offset) & type_mask;
    if (!has_iv_size())
        text += fmt::format("type         : {}\n", type == cipher        ? "cipher"
                                                   : type == digest      ? "digest"
                                                   : type == compression ? "compression"
                                                                         : "unknown");
    if (type == cipher || type == digest) text += fmt::format("blocksize    : {}\n", number(block_offset));
    if (type == cipher)
        text += fmt::format("min keysize  : {}\nmax keysize  : {}\n", number(kind_offset()), number(kind_offset() + 4));
    if (type == cipher && has_iv_size()) text += fmt::format("ivsize       : {}\n", number(kind_offset() + 8));
    if (type == digest) text += fmt::format("digestsize   : {}\n", number(kind_offset()));
    return text + "\n";
}

std::string crypto_text(Kernel& kernel)
{
    std::string text;
    for (const auto* row : ordered_rows<CryptoAlgorithmRow>(kernel)) text += CryptoAlgorithm(kernel, {row->object}).text();
    return text;
}

} // namespace retromod
