// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/guest_output.h"

#include "loader/legacy/messages.h"
#include "loader/tools/command.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t block_bytes = 4096; ///< as cat(1) of the time asked for
constexpr std::uint64_t most_reads = 65536; ///< of a file whose end is waited for: a driver may never come to one

} // namespace

void complain_of_call(std::string_view command, const std::string& path, std::string_view call, SyscallResult result,
                      const Arch& arch)
{
    complain(fmt::format("{}: {}: {}: {}", command, path, call, error_text(result, arch)));
}

bool print_guest_file(KernelCalls& calls, const std::string& path, std::string_view command, std::uint64_t bytes)
{
    const auto& arch = calls.arch();
    GuestFile file(calls, path, GuestFile::Access::read);
    if (!file.is_open()) {
        complain_of_call(command, path, "open", file.opened(), arch);
        return false;
    }
    bool good = true;
    auto reads_left = bytes == whole_file ? most_reads : bytes;
    while (bytes) {
        if (!reads_left--) {
            complain(fmt::format("{}: {}: no end after {} reads", command, path, most_reads));
            good = false;
            break;
        }
        const auto part = file.read(std::min(bytes, block_bytes));
        if (part.result.failed(arch)) {
            complain_of_call(command, path, "read", part.result, arch);
            good = false;
        }
        if (part.text.empty()) break;
        std::fwrite(part.text.data(), 1, part.text.size(), stdout);
        std::fflush(stdout); // the next read may wait
        bytes -= part.text.size();
        if (calls.is_interrupted()) break;
    }
    file.close();
    return good;
}

} // namespace retromod
