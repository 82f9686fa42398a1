// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/name_kind.h"

#include <cerrno>
#include <cstring>

namespace retromod::exec {

NameKind kind_of(Supervisor& supervisor, ProgramCall& call, std::string_view path)
{
    const auto answer = supervisor.ask(call, "?kind", path);
    NameKind kind;
    if (answer.value < 0 || answer.payload.size() != 2 * sizeof kind.mode) {
        kind.error = answer.value < 0 ? static_cast<int>(-answer.value) : ENOENT;
        return kind;
    }
    std::memcpy(&kind.mode, answer.payload.data(), sizeof kind.mode);
    std::memcpy(&kind.device, answer.payload.data() + sizeof kind.mode, sizeof kind.device);
    return kind;
}

std::vector<std::string> split_names(std::span<const std::byte> payload)
{
    std::vector<std::string> names;
    std::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
    while (!text.empty()) {
        const auto name = text.substr(0, text.find('\0'));
        names.emplace_back(name);
        text.remove_prefix(std::min(text.size(), name.size() + 1));
    }
    return names;
}

} // namespace retromod::exec
