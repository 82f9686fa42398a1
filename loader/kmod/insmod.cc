// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/elf/module_file.h"
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

SyscallResult insert(std::span<const std::byte> image, const std::string& params, bool force, ModernCalls& calls)
{
    const auto flags = force ? modern_flag::ignore_modversions | modern_flag::ignore_vermagic : 0;
    const auto result = calls.finit_module(image, params, flags);
    if (result.error(calls.arch()) != Errno::enosys) return result;
    return force ? calls.init_module(without_versions(image), params) : calls.init_module(image, params);
}

} // namespace

int kmod_insmod_image(const KmodInsmodOptions& options, std::span<const std::byte> image, ModernCalls& calls, const KmodSinks& sinks)
{
    if (options.verbose) sinks.out(fmt::format("insmod {} {}\n", options.file, fmt::join(options.arguments, " ")));
    const auto result = insert(image, fmt::format("{}", fmt::join(options.arguments, " ")), options.force, calls);
    if (!result.failed(calls.arch())) return 0;
    sinks.err(fmt::format("insmod: ERROR: could not insert module {}: {}\n", options.file, error_sentence(result, calls.arch())));
    return 1;
}

int kmod_insmod(const KmodInsmodOptions& options, ModernCalls& calls, const KmodSinks& sinks)
{
    const auto file = read_module_file(options.file);
    if (file) return kmod_insmod_image(options, file->bytes, calls, sinks);
    const auto& problem = file.problem();
    if (problem.kind == ProblemKind::empty_file) return kmod_insmod_image(options, {}, calls, sinks);
    sinks.err(fmt::format("insmod: ERROR: could not load module {}: {}\n", options.file,
                          problem.detail.empty() ? "Invalid argument" : problem.detail));
    return 1;
}

} // namespace retromod
