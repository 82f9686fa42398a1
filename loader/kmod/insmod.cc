// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/module_file.h"
#include "loader/elf/unpack.h"
#include "loader/kmod/force.h"
#include "loader/kmod/kmod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace retromod {
namespace {

struct ErrorText {
    Errno error;
    std::string_view text;
};

/// Where kmod has a sentence of its own. Source: mod_strerror of tools/insmod.c.
constexpr ErrorText own_texts[] = {
    {Errno::enoexec, "Invalid module format"},
    {Errno::enoent, "Unknown symbol in module"},
    {Errno::esrch, "Module has wrong symbol version"},
    {Errno::einval, "Invalid parameters"},
};

std::string error_sentence(SyscallResult result, const Arch& arch)
{
    const auto error = result.error(arch);
    if (!error) return fmt::format("Unknown error {}", -arch.signed_word(result.word));
    const auto* own = std::ranges::find(own_texts, *error, &ErrorText::error);
    return std::string(own == std::end(own_texts) ? errno_text(*error) : own->text);
}

SyscallResult insert(const KmodInsmodOptions& options, std::span<const std::byte> image, ModernCalls& calls)
{
    const auto params = fmt::format("{}", fmt::join(options.arguments, " "));
    const auto flags = options.force ? modern_flag::ignore_modversions | modern_flag::ignore_vermagic : 0;
    if (!options.packed) {
        const auto result = calls.finit_module(image, params, flags);
        if (result.error(calls.arch()) != Errno::enosys) return result;
    }
    return options.force ? calls.init_module(without_versions(image), params) : calls.init_module(image, params);
}

int refuse(const KmodInsmodOptions& options, std::string_view why, const KmodSinks& sinks)
{
    sinks.err(fmt::format("insmod: ERROR: could not insert module {}: {}\n", options.file, why));
    return 1;
}

/// What of a file that cannot be read or unpacked is said by whom. Source: kmod_file_open, kmod_module_insert_module.
int refuse(const KmodInsmodOptions& options, const Problem& problem, const KmodSinks& sinks)
{
    switch (problem.kind) {
    case ProblemKind::cannot_open:
        sinks.err(fmt::format("insmod: ERROR: could not load module {}: {}\n", options.file, problem.detail));
        return 1;
    case ProblemKind::is_directory:
    case ProblemKind::cannot_read: return refuse(options, problem.detail, sinks);
    case ProblemKind::file_too_large: return refuse(options, errno_text(Errno::efbig), sinks);
    default: return refuse(options, "Invalid parameters", sinks);
    }
}

} // namespace

int kmod_insmod_image(const KmodInsmodOptions& options, std::span<const std::byte> image, ModernCalls& calls,
                      const KmodSinks& sinks)
{
    if (options.verbose) sinks.out(fmt::format("insmod {} {}\n", options.file, fmt::join(options.arguments, " ")));
    constexpr std::size_t looked_at = 6; // libkmod wants to see how the file is packed
    if (!options.packed && image.size() < looked_at) return refuse(options, "Invalid parameters", sinks);
    const auto result = insert(options, image, calls);
    return result.failed(calls.arch()) ? refuse(options, error_sentence(result, calls.arch()), sinks) : 0;
}

int kmod_insmod(const KmodInsmodOptions& options, ModernCalls& calls, const KmodSinks& sinks)
{
    const auto file = read_module_file(options.file, Unpacks::nothing);
    if (!file) return refuse(options, file.problem(), sinks);
    auto how = options;
    how.packed = packing_of(file->bytes) != Packing::none;
    if (!how.packed) return kmod_insmod_image(how, file->bytes, calls, sinks);
    const auto unpacked = unpack(file->bytes, largest_module_file);
    if (!unpacked) return refuse(options, unpacked.problem(), sinks);
    return kmod_insmod_image(how, *unpacked, calls, sinks);
}

} // namespace retromod
