// SPDX-License-Identifier: GPL-2.0-or-later
// What shows or replaces the FPU whole: the host's would show addresses of the host.
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#include "emu/cpu/i386/i386_rare.h"

#include <cstring>

namespace retromod {

bool I386Rare::fpu_environment()
{
    auto* const fpu = state_.fpu;
    const auto at = operand_address();
    auto& memory = engine_.memory_;
    constexpr std::size_t registers = 32, register_bytes = 10, environment_bytes = 28;
    constexpr unsigned pointers = 8, pointers_end = 24;
    const auto clear = [&] { // fninit
        std::memset(fpu, 0, 6);
        fpu[0] = 0x7f;
        fpu[1] = 0x03;
    };
    if (i_.two_bytes) { // fxsave, fxrstor
        if (!i_.has_memory() || i_.reg() > 1) return false;
        if (at % 16) return trap(13);
        if (i_.reg() == 0) {
            std::uint8_t image[512];
            std::memcpy(image, fpu, sizeof image);
            std::memset(image + pointers, 0, pointers_end - pointers); // where the host was
            memory.write_all({at}, std::as_bytes(std::span(image).first(288)));
            return true;
        }
        std::uint8_t image[288];
        memory.read_all({at}, std::as_writable_bytes(std::span(image)));
        std::memcpy(fpu, image, sizeof image);
        std::memset(fpu + pointers, 0, pointers_end - pointers);
        constexpr std::uint16_t mxcsr_bits = 0xffbf;
        std::uint32_t mxcsr = 0;
        std::memcpy(&mxcsr, fpu + 24, sizeof mxcsr);
        if (mxcsr & ~std::uint32_t{mxcsr_bits}) return trap(13);
        return true;
    }
    constexpr unsigned control = 16, status = 17, tags = 34; // numbers in CpuContext
    const bool whole = i_.opcode == 0xdd, loads = i_.reg() == 4;
    const auto end = at + environment_bytes;
    if (loads) {
        std::uint32_t words[7];
        memory.read_all({at}, std::as_writable_bytes(std::span(words)));
        std::uint8_t image[8 * register_bytes];
        if (whole) memory.read_all({end}, std::as_writable_bytes(std::span(image)));
        engine_.set_reg(control, words[0] & 0xffff);
        engine_.set_reg(status, words[1] & 0xffff);
        engine_.set_reg(tags, words[2] & 0xffff);
        for (std::size_t n = 0; whole && n < 8; ++n)
            std::memcpy(fpu + registers + 16 * n, image + register_bytes * n, register_bytes);
        return true;
    }
    const std::uint32_t words[7] = {static_cast<std::uint32_t>(engine_.reg(control)) | 0xffff0000,
                                    static_cast<std::uint32_t>(engine_.reg(status)) | 0xffff0000,
                                    static_cast<std::uint32_t>(engine_.reg(tags)) | 0xffff0000, 0, 0, 0, 0xffff0000};
    std::uint8_t image[environment_bytes + 8 * register_bytes];
    std::memcpy(image, words, sizeof words);
    for (std::size_t n = 0; n < 8; ++n)
        std::memcpy(image + environment_bytes + register_bytes * n, fpu + registers + 16 * n, register_bytes);
    memory.write_all({at}, std::as_bytes(std::span(image).first(whole ? sizeof image : environment_bytes)));
    if (whole) clear();
    else fpu[0] |= 0x3f; // fnstenv masks all exceptions
    return true;
}

} // namespace retromod
