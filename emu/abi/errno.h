// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/arch.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace retromod {

/// An error of a system call, by name. Its enumerators' values are the generic (i386) numbers; `errno_number` gives
/// an architecture's own.
enum class Errno : std::uint16_t {
#define RETROMOD_ERRNO(name, NAME, generic, mips, alpha, sparc, text) name = generic,
#include "emu/abi/errno_rows.inc"
#undef RETROMOD_ERRNO
};

/// The number that an error has on `arch`. Source: include/asm-*/errno.h, 2.4.37.11; errors that came
/// later: 6.1.
unsigned errno_number(Errno error, const Arch& arch);

/// The error of that number on `arch`, if it has a name.
std::optional<Errno> errno_from_number(std::uint64_t number, const Arch& arch);

/// "ENOENT".
std::string_view errno_name(Errno error);
/// The error of that name, also by its other ones (EWOULDBLOCK is EAGAIN).
std::optional<Errno> errno_from_name(std::string_view name);

/// What strerror(3) says: "No such file or directory".
std::string_view errno_text(Errno error);

} // namespace retromod
