// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace retromod {

/// Whether `signature`, a detached PKCS#7 message in DER, signs `data` by one of the trusted certificates (PEM, one behind
/// the other). EBADMSG: it cannot be read; ENOKEY: by nobody we know; EKEYREJECTED: by one we know, but it does not fit;
/// ENOPKG: by an algorithm that there is not. Source: verify_pkcs7_signature of certs/system_keyring.c.
std::optional<Errno> verify_pkcs7(std::span<const std::byte> data, std::span<const std::byte> signature, std::string_view keys);

/// Loads the library that reads signatures: a process in the jail can load none. Throws std::runtime_error.
void load_signature_library();

/// How many certificates a text in PEM form has; 0 where it is no such text.
std::size_t count_certificates(std::string_view pem);

} // namespace retromod
