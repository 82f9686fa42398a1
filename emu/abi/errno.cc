// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/abi/errno.h"

#include <algorithm>
#include <array>

namespace retromod {
namespace {

struct Row {
    Errno error;
    std::string_view name;
    std::array<std::uint16_t, 4> number; ///< by ErrnoSet
    std::string_view text;
};

constexpr Row rows[] = {
#define RETROMOD_ERRNO(id, name, generic, mips, alpha, sparc, text) {Errno::id, name, {generic, mips, alpha, sparc}, text},
#include "emu/abi/errno_rows.inc"
#undef RETROMOD_ERRNO
};

const Row& row_of(Errno error) { return *std::ranges::find(rows, error, &Row::error); }

/// Names that the generic numbers give to the same errors.
constexpr std::pair<std::string_view, Errno> other_names[] = {
    {"EDEADLOCK", Errno::edeadlk}, {"EWOULDBLOCK", Errno::eagain}, {"ENOTSUP", Errno::eopnotsupp}};

} // namespace

unsigned errno_number(Errno error, const Arch& arch)
{
    return row_of(error).number[static_cast<std::size_t>(arch.errno_set)];
}

std::optional<Errno> errno_from_number(std::uint64_t number, const Arch& arch)
{
    const auto set = static_cast<std::size_t>(arch.errno_set);
    const auto* row = std::ranges::find_if(rows, [&](const Row& r) { return r.number[set] == number; });
    if (row == std::end(rows)) return std::nullopt;
    return row->error;
}

std::string_view errno_name(Errno error) { return row_of(error).name; }
std::string_view errno_text(Errno error) { return row_of(error).text; }

std::optional<Errno> errno_from_name(std::string_view name)
{
    for (const auto& [other, error] : other_names)
        if (name == other) return error;
    const auto* row = std::ranges::find(rows, name, &Row::name);
    if (row == std::end(rows)) return std::nullopt;
    return row->error;
}

} // namespace retromod
