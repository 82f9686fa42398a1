// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/legacy/messages.h"
#include "loader/legacy/module_calls.h"

#include <vector>

namespace retromod {

struct ExportedSymbol {
    std::string_view name;
    std::uint64_t value = 0;
};

/// One loaded module, as query_module describes it.
struct ModuleStatus {
    std::string name;
    bool vanished = false; ///< it was listed, but not found when asked for: it is being deleted
    GuestAddr address{};
    std::uint64_t size = 0;
    std::uint64_t flags = 0;
    std::int64_t use_count = 0;
    std::vector<std::string> users;      ///< modules that refer to it
    std::vector<ExportedSymbol> symbols; ///< names point into `answer`
    std::vector<std::byte> answer;
};

/// All that query_module says. Movable: names point into vectors' contents, which stay where they are.
struct KernelInfo {
    std::vector<ModuleStatus> modules;   ///< newest first
    std::vector<ExportedSymbol> symbols; ///< of the kernel
    std::vector<std::byte> answer;
};

/// What of a module is asked for besides its info.
struct InfoWanted {
    bool symbols = false;
    bool users = false;
};

/// Asks for everything wanted, growing buffers as the kernel demands. On failure says so, as modutils does
/// (`QM_MODULES: Function not implemented`), and returns nothing.
std::optional<KernelInfo> get_kernel_info(ModuleCalls& calls, const Arch& arch, InfoWanted wanted, Messages& messages);

/// One query, repeated with as large a buffer as the kernel asks for. `answer.size()` is the first size tried.
ModuleCalls::QueryResult query_growing(ModuleCalls& calls, const Arch& arch, std::optional<std::string_view> name,
                                       Query which, std::vector<std::byte>& answer);

/// The first `count` NUL-terminated strings of an answer; fewer when it has no more.
std::vector<std::string> strings_of(std::span<const std::byte> answer, std::uint64_t count);

/// The QM_SYMBOLS answer: entries of {value, offset of the name}. Names outside the answer are left out.
std::vector<ExportedSymbol> symbols_of(std::span<const std::byte> answer, std::uint64_t count, const Arch& arch);

} // namespace retromod
