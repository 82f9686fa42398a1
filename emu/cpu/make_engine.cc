// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_engine.h"
#include "emu/cpu/i386/i386_engine.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/cpu/unicorn/unicorn_engine.h"

#include <new>
#include <system_error>

namespace retromod {
namespace {

/// Our own engine for i386; null where the host cannot run it: another CPU, no window, or no room for its tables of addresses.
std::unique_ptr<Engine> make_native(AddressSpace& memory)
{
#if defined(__x86_64__)
    auto* const window = I386Engine::find_window(memory);
    if (!window) return nullptr;
    try {
        return std::make_unique<I386Engine>(memory, *window);
    } catch (const std::system_error&) {
    } catch (const std::bad_alloc&) {
    }
#else
    static_cast<void>(memory);
#endif
    return nullptr;
}

} // namespace

std::unique_ptr<Engine> make_engine(const Cpu& cpu, AddressSpace& memory)
{
    if (cpu.arch->name == "alpha") return std::make_unique<AlphaEngine>(memory);
    if (cpu.arch->name == "i386" && preferred_engine() == EngineKind::native)
        if (auto engine = make_native(memory)) return engine;
    const auto* arch = find_unicorn_arch(*cpu.arch);
    return arch ? std::make_unique<UnicornEngine>(cpu, *arch, memory) : nullptr;
}

} // namespace retromod
