// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/kernel.h"

namespace retromod {

/// A struct crypto_alg that crypto_register_alg knows; fixed format.
struct CryptoAlgorithmRow {
    static constexpr std::string_view table_name = "crypto_algorithms";
    static constexpr std::uint32_t table_capacity = 256;
    std::uint32_t used;
    std::uint32_t order; ///< of registration
    std::uint64_t object;
};

/// struct crypto_alg, as modules built for this kernel have it. Source: include/linux/crypto.h of 2.4.22 and 2.4.32, whose
/// cipher_alg and digest_alg differ.
class CryptoAlgorithm {
public:
    CryptoAlgorithm(Kernel& kernel, GuestAddr at) : kernel_(kernel), at_(at) {}
    std::string name() const;
    GuestAddr module() const;
    std::string text() const; ///< its paragraph of /proc/crypto

private:
    std::uint32_t number(std::uint64_t offset) const { return kernel_.memory().load<std::uint32_t>(at_ + offset); }
    std::uint64_t name_offset() const { return 2 * std::uint64_t{kernel_.arch().word_bytes} + 12; }
    std::uint64_t kind_offset() const;
    bool has_iv_size() const;

    Kernel& kernel_;
    GuestAddr at_;
};

/// The text of /proc/crypto, which there is from 2.4.22 on.
std::string crypto_text(Kernel& kernel);

} // namespace retromod
