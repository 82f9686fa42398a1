// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/pkcs7.h"

#include "loader/modern/gnutls_library.h"

#include <memory>
#include <new>
#include <vector>

namespace retromod {
namespace {

gnutls_datum_t datum(const void* data, std::size_t size)
{
    return {const_cast<unsigned char*>(static_cast<const unsigned char*>(data)), static_cast<unsigned>(size)};
}

struct Message {
    gnutls_pkcs7_t value = nullptr;
    Message()
    {
        if (gnutls_library().pkcs7_init(&value) < 0) throw std::bad_alloc();
    }
    ~Message() { gnutls_library().pkcs7_deinit(value); }
    Message(const Message&) = delete;
    Message& operator=(const Message&) = delete;
};

/// A list of trusted certificates.
class Certificates {
public:
    explicit Certificates(std::string_view pem)
    {
        if (pem.empty()) return;
        const auto text = datum(pem.data(), pem.size());
        if (gnutls_library().x509_crt_list_import2(&list_, &count_, &text, GNUTLS_X509_FMT_PEM, 0) < 0) list_ = nullptr, count_ = 0;
    }
    ~Certificates()
    {
        for (unsigned i = 0; i < count_; ++i) gnutls_library().x509_crt_deinit(list_[i]);
        (*gnutls_library().free)(list_);
    }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;
    std::span<gnutls_x509_crt_t> all() const { return {list_, count_}; }

private:
    gnutls_x509_crt_t* list_ = nullptr;
    unsigned count_ = 0;
};

bool same(const gnutls_datum_t& a, const void* data, std::size_t size)
{
    return a.size == size && std::equal(a.data, a.data + size, static_cast<const unsigned char*>(data));
}

/// Whether the signer's issuer and serial number, or key identifier, are that certificate's.
bool names(const gnutls_pkcs7_signature_info_st& signer, gnutls_x509_crt_t certificate)
{
    unsigned char buffer[512];
    std::size_t size = sizeof buffer;
    if (signer.signer_serial.size && gnutls_library().x509_crt_get_serial(certificate, buffer, &size) == 0
        && same(signer.signer_serial, buffer, size)) {
        gnutls_datum_t issuer{};
        if (gnutls_library().x509_crt_get_raw_issuer_dn(certificate, &issuer) != 0) return false;
        const bool equal = same(signer.issuer_dn, issuer.data, issuer.size);
        (*gnutls_library().free)(issuer.data);
        return equal;
    }
    size = sizeof buffer;
    return signer.issuer_keyid.size && gnutls_library().x509_crt_get_subject_key_id(certificate, buffer, &size, nullptr) == 0 &&
           same(signer.issuer_keyid, buffer, size);
}

/// The bytes that a DER element takes by its own header; nothing when it has no definite length.
std::optional<std::size_t> der_bytes(std::span<const std::byte> der)
{
    if (der.size() < 2 || der[0] != std::byte{0x30}) return std::nullopt;
    const auto first = std::to_integer<unsigned>(der[1]);
    if (first < 0x80) return 2 + first;
    const auto count = first & 0x7f;
    if (count == 0 || count > 4 || der.size() < 2 + count) return std::nullopt;
    std::size_t length = 0;
    for (unsigned i = 0; i < count; ++i) length = length << 8 | std::to_integer<unsigned>(der[2 + i]);
    return 2 + count + length;
}

std::optional<Errno> verify_signer(const Message& message, unsigned signer, std::span<const std::byte> data,
                                   const Certificates& trusted)
{
    gnutls_pkcs7_signature_info_st info{};
    if (gnutls_library().pkcs7_get_signature_info(message.value, signer, &info) < 0) return Errno::ebadmsg;
    std::optional<Errno> result = Errno::enokey;
    for (const auto certificate : trusted.all()) {
        if (!names(info, certificate)) continue;
        const auto signed_data = datum(data.data(), data.size());
        constexpr unsigned flags = GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_ALLOW_BROKEN;
        const auto status = gnutls_library().pkcs7_verify_direct(message.value, certificate, signer, &signed_data, flags);
        if (status == GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM || status == GNUTLS_E_UNKNOWN_HASH_ALGORITHM) result = Errno::enopkg;
        else result = status < 0 ? std::optional(Errno::ekeyrejected) : std::nullopt;
        break;
    }
    gnutls_library().pkcs7_signature_info_deinit(&info);
    return result;
}

} // namespace

std::optional<Errno> verify_pkcs7(std::span<const std::byte> data, std::span<const std::byte> signature, std::string_view keys)
{
    if (der_bytes(signature) != signature.size()) return Errno::ebadmsg;
    const Message message;
    const auto der = datum(signature.data(), signature.size());
    if (gnutls_library().pkcs7_import(message.value, &der, GNUTLS_X509_FMT_DER) < 0) return Errno::ebadmsg;
    const int signers = gnutls_library().pkcs7_get_signature_count(message.value);
    if (signers < 1) return Errno::ebadmsg;
    const Certificates trusted(keys);
    std::optional<Errno> result = Errno::enokey;
    for (int signer = 0; signer < signers; ++signer) {
        result = verify_signer(message, static_cast<unsigned>(signer), data, trusted);
        if (!result || *result != Errno::enokey) break; // one trusted signature is enough; a wrong one is fatal
    }
    return result;
}

void load_signature_library() { gnutls_library(); }

std::size_t count_certificates(std::string_view pem) { return Certificates(pem).all().size(); }

} // namespace retromod
