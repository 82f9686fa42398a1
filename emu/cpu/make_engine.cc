// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/alpha/alpha_engine.h"
#include "emu/cpu/unicorn/unicorn_engine.h"

namespace retromod {

std::unique_ptr<Engine> make_engine(const Cpu& cpu, AddressSpace& memory)
{
    if (cpu.arch->name == "alpha") return std::make_unique<AlphaEngine>(memory);
    const auto* arch = find_unicorn_arch(*cpu.arch);
    return arch ? std::make_unique<UnicornEngine>(cpu, *arch, memory) : nullptr;
}

} // namespace retromod
