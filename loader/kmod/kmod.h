// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/kmod/modern_calls.h"

#include <functional>
#include <string>
#include <vector>

namespace retromod {

/// Where a tool's text goes; whole lines.
struct KmodSinks {
    std::function<void(std::string_view)> out;
    std::function<void(std::string_view)> err;
};

/// insmod's command line, parsed.
struct KmodInsmodOptions {
    std::string file{};
    std::vector<std::string> arguments{}; ///< what follows it: joined by blanks they are the call's string
    bool force = false;                   ///< -f: neither versions nor the version magic count
    bool verbose = false;                 ///< -v
    bool packed = false;                  ///< the image was unpacked: the kernel cannot read it out of the file
};

/// insmod of kmod 30: finit_module; where the kernel has none, or the file is packed (gzip, xz, zstd), init_module gets
/// what is read. 0 or 1.
int kmod_insmod(const KmodInsmodOptions& options, ModernCalls& calls, const KmodSinks& sinks);
/// The same for a file that was read already. `options.file` is the name it goes by.
int kmod_insmod_image(const KmodInsmodOptions& options, std::span<const std::byte> image, ModernCalls& calls,
                      const KmodSinks& sinks);

struct KmodRmmodOptions {
    std::vector<std::string> names{}; ///< or paths of files
    bool force = false;               ///< -f
    bool verbose = false;             ///< -v
};

/// rmmod of kmod 30: looks into /sys/module first, as it does, and then calls. 0 or 1.
int kmod_rmmod(const KmodRmmodOptions& options, ModernCalls& calls, const KmodSinks& sinks);

/// lsmod of kmod 30, from /proc/modules and /sys/module. 0 or 1.
int kmod_lsmod(ModernCalls& calls, const KmodSinks& sinks);

/// The name that a module of that file has, or that such a word means: the last component up to its first dot, `-` as `_`.
std::string kmod_module_name(std::string_view path);

} // namespace retromod
