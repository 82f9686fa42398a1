// SPDX-License-Identifier: GPL-2.0-or-later
// The signature behind an image, judged before anything of the image is. Source: module_sig_check and mod_verify_sig of
// kernel/module/signing.c, mod_check_sig of kernel/module_signature.c.
#include "emu/kernel/kernel_rows.h"
#include "loader/modern/modern_kernel.h"
#include "loader/modern/pkcs7.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::string_view marker = "~Module signature appended~\n";
constexpr std::uint64_t trailer_bytes = 12; ///< algo, hash, id_type, signer_len, key_id_len, 3 of padding, 4 of sig_len
constexpr unsigned pkcs7_id = 2;

bool has_marker(std::span<const std::byte> image)
{
    if (image.size() <= marker.size()) return false;
    const auto end = image.last(marker.size());
    return std::ranges::equal(end, std::as_bytes(std::span(marker)));
}

/// What is wrong with a signature; `why` is for the log.
struct Verdict {
    std::optional<Errno> error;
    std::string_view why = {};
};

/// Judges what stands before the marker, and cuts the image down to what was signed.
Verdict verify(ModuleImage& image, std::string_view keys)
{
    const auto bytes = image.bytes();
    if (bytes.size() <= trailer_bytes) return {Errno::ebadmsg};
    const auto trailer = bytes.last(trailer_bytes);
    const auto field = [&](unsigned at) { return std::to_integer<std::uint64_t>(trailer[at]); };
    const auto length = field(8) << 24 | field(9) << 16 | field(10) << 8 | field(11);
    if (length >= bytes.size() - trailer_bytes) return {Errno::ebadmsg};
    if (field(2) != pkcs7_id) return {Errno::enopkg, "not signed with expected PKCS#7 message"};
    if (field(0) || field(1) || field(3) || field(4) || field(5) || field(6) || field(7))
        return {Errno::ebadmsg, "PKCS#7 signature info has unexpected non-zero params"};
    const auto signed_bytes = bytes.size() - trailer_bytes - length;
    const auto error = verify_pkcs7(bytes.first(signed_bytes), bytes.subspan(signed_bytes, length), keys);
    image.cut(signed_bytes);
    return {error};
}

std::string_view unsigned_kind(Errno error)
{
    if (error == Errno::enopkg) return "module with unsupported crypto";
    return error == Errno::enokey ? "module with unavailable key" : "unsigned module";
}

} // namespace

std::optional<Errno> ModernKernel::check_signature(LoadInfo& info)
{
    if (!has(ModernOption::sig)) return std::nullopt;
    const bool mangled = info.flags & (load_flag::ignore_modversions | load_flag::ignore_vermagic);
    Errno error = Errno::enodata;
    if (!mangled && has_marker(info.image.bytes())) {
        info.image.cut(info.image.size() - marker.size());
        const auto verdict = verify(info.image, row_text(state().keys));
        if (!verdict.why.empty()) log(3, fmt::format("module: {}", verdict.why));
        info.signature_ok = !verdict.error;
        if (info.signature_ok) return std::nullopt;
        error = *verdict.error;
    }
    if (error != Errno::enodata && error != Errno::enopkg && error != Errno::enokey) return error;
    if (state().signature_enforced) {
        log(5, fmt::format("Loading of {} is rejected", unsigned_kind(error)));
        return Errno::ekeyrejected;
    }
    if (has(ModernOption::lockdown) && locked_down("unsigned module loading")) return Errno::eperm;
    return std::nullopt;
}

} // namespace retromod
