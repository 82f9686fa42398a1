// SPDX-License-Identifier: GPL-2.0-or-later
// What the signature behind a module's image says of itself. Source: kmod 30 libkmod/libkmod-signature.c.
#include "loader/modern/signature_facts.h"

#include "loader/modern/gnutls_library.h"

#include <algorithm>
#include <string_view>

namespace retromod {
namespace {

constexpr std::string_view marker = "~Module signature appended~\n";
constexpr std::size_t trailer_bytes = 12;
constexpr auto pkcs7_id = std::byte{2};

std::vector<std::byte> bytes_of(const gnutls_datum_t& datum)
{
    const auto* first = reinterpret_cast<const std::byte*>(datum.data);
    return {first, first + datum.size};
}

std::string common_name(const gnutls_datum_t& name)
{
    char text[256];
    std::size_t size = sizeof text;
    if (gnutls_library().x509_rdn_get_by_oid(&name, GNUTLS_OID_X520_COMMON_NAME, 0, 0, text, &size) != 0) return {};
    return text;
}

std::string hash_of(gnutls_sign_algorithm_t algorithm)
{
    const char* name = gnutls_library().digest_get_name(gnutls_library().sign_get_hash_algorithm(algorithm));
    std::string text(name ? name : "");
    std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
    return text;
}

} // namespace

std::optional<SignatureFacts> signature_facts(std::span<const std::byte> image)
{
    if (image.size() <= marker.size() + trailer_bytes) return std::nullopt;
    if (!std::ranges::equal(image.last(marker.size()), std::as_bytes(std::span(marker)))) return std::nullopt;
    image = image.first(image.size() - marker.size());
    const auto trailer = image.last(trailer_bytes);
    std::size_t length = 0;
    for (unsigned index = 8; index < trailer_bytes; ++index) length = length << 8 | std::to_integer<std::size_t>(trailer[index]);
    image = image.first(image.size() - trailer_bytes);
    if (trailer[2] != pkcs7_id || length > image.size()) return std::nullopt;
    const auto der = image.last(length);
    gnutls_pkcs7_t message = nullptr;
    if (gnutls_library().pkcs7_init(&message) < 0) return std::nullopt;
    const gnutls_datum_t data{const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(der.data())),
                              static_cast<unsigned>(der.size())};
    std::optional<SignatureFacts> facts;
    gnutls_pkcs7_signature_info_st info{};
    const auto& gnutls = gnutls_library();
    const bool is_message = gnutls.pkcs7_import(message, &data, GNUTLS_X509_FMT_DER) >= 0;
    if (is_message && gnutls.pkcs7_get_signature_info(message, 0, &info) >= 0) {
        facts = SignatureFacts{common_name(info.issuer_dn), hash_of(info.algo), bytes_of(info.signer_serial), bytes_of(info.sig)};
        gnutls_library().pkcs7_signature_info_deinit(&info);
    }
    gnutls_library().pkcs7_deinit(message);
    return facts;
}

} // namespace retromod
