// SPDX-License-Identifier: GPL-2.0-or-later
// The functions of GnuTLS that signatures need, found in the library when one is first looked at.
#pragma once

#include <gnutls/pkcs7.h>
#include <gnutls/x509.h>

namespace retromod {

#define RETROMOD_GNUTLS_FUNCTIONS(FUNCTION)                                                                                     \
    FUNCTION(digest_get_name) FUNCTION(pkcs7_deinit) FUNCTION(pkcs7_get_signature_count) FUNCTION(pkcs7_get_signature_info)     \
    FUNCTION(pkcs7_import) FUNCTION(pkcs7_init) FUNCTION(pkcs7_signature_info_deinit) FUNCTION(pkcs7_verify_direct)             \
    FUNCTION(sign_get_hash_algorithm) FUNCTION(x509_crt_deinit) FUNCTION(x509_crt_get_raw_issuer_dn)                            \
    FUNCTION(x509_crt_get_serial) FUNCTION(x509_crt_get_subject_key_id) FUNCTION(x509_crt_list_import2)                         \
    FUNCTION(x509_rdn_get_by_oid) FUNCTION(free)

/// Each member is the function gnutls_NAME; `free` is a variable that holds one.
struct GnutlsLibrary {
    /// Throws std::runtime_error where the library cannot be loaded.
    GnutlsLibrary();
#define FUNCTION(name) decltype(&gnutls_##name) name = nullptr;
    RETROMOD_GNUTLS_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

inline const GnutlsLibrary& gnutls_library()
{
    static const GnutlsLibrary library;
    return library;
}

} // namespace retromod
