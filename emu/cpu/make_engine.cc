// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_engine.h"
#include "emu/cpu/i386/i386_engine.h"
#include "emu/cpu/preferred_engine.h"
#include "emu/cpu/unicorn/unicorn_engine.h"

namespace retromod {

std::unique_ptr<Engine> make_engine(const Cpu& cpu, AddressSpace& memory)
{
    if (cpu.arch->name == "alpha") return std::make_unique<AlphaEngine>(memory);
    if (cpu.arch->name == "i386" && preferred_engine() == EngineKind::native)
        if (auto* const window = I386Engine::find_window(memory)) return std::make_unique<I386Engine>(memory, *window);
    const auto* arch = find_unicorn_arch(*cpu.arch);
    return arch ? std::make_unique<UnicornEngine>(cpu, *arch, memory) : nullptr;
}

} // namespace retromod
