// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/engine_libraries.h"

#include "emu/cpu/capstone_library.h"
#include "emu/cpu/i386/i386_engine.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/cpu/unicorn/unicorn_arch.h"
#include "emu/cpu/unicorn/unicorn_library.h"

#include <sys/resource.h>

namespace retromod {
namespace {

#if defined(__x86_64__)
bool is_for_native(const AddressSpace& memory)
{
    rlimit limit{};
    const bool has_room = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
    const bool is_wanted = memory.arch().name == "i386" && preferred_engine() == EngineKind::native;
    return is_wanted && has_room && I386Engine::find_window(memory);
}
#else
bool is_for_native(const AddressSpace&) { return false; }
#endif

} // namespace

void load_engine_libraries(const AddressSpace& memory)
{
    if (find_unicorn_arch(memory.arch()) && !is_for_native(memory)) load_engine_libraries();
}

void load_engine_libraries()
{
    unicorn_library();
    capstone_library(); // finds the instruction of a fault
}

} // namespace retromod
