// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/gdb/shared_state.h"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace retromod {

SharedState& SharedState::make()
{
    void* const memory = ::mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "memory for the debugger's state");
    return *static_cast<SharedState*>(memory); // zeroes are its initial state; it lives as long as the process
}

} // namespace retromod
