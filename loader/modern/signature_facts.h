// SPDX-License-Identifier: GPL-2.0-or-later
// What the signature behind a module's image says of itself.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retromod {

/// A signature's facts, as modinfo shows them.
struct SignatureFacts {
    std::string signer;               ///< the issuer's common name
    std::string hash;                 ///< "sha256"
    std::vector<std::byte> key;       ///< the certificate's serial number
    std::vector<std::byte> signature;
};

/// Of an image that ends in a PKCS#7 signature and the kernel's marker; nothing of any other.
std::optional<SignatureFacts> signature_facts(std::span<const std::byte> image);

} // namespace retromod
