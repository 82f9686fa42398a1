// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/unicorn_library.h"

#include <stdexcept>
#include <string>

namespace retromod {

/// Throws std::runtime_error, naming `what`, unless `error` is none.
inline void require(uc_err error, const char* what)
{
    if (error != UC_ERR_OK) throw std::runtime_error(std::string("unicorn: ") + what + ": " + unicorn_library().strerror(error));
}

} // namespace retromod
