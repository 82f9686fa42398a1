// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/call_words.h"

#include <stdexcept>

namespace retromod {
namespace {

// i386's regparm registers, in order: eax, edx, ecx.
constexpr unsigned fastcall_registers[] = {0, 2, 1};

} // namespace

ArgCursor::ArgCursor(const Cpu& cpu, const Engine& engine, const AddressSpace& memory, Convention convention)
    : cpu_(&cpu), engine_(&engine), memory_(&memory), convention_(convention)
{
}

ArgCursor::ArgCursor(const Cpu& cpu, const AddressSpace& memory, ArgumentList list)
    : cpu_(&cpu), memory_(&memory), list_(list)
{
}

GuestAddr ArgCursor::listed_at(unsigned index) const
{
    const auto& arch = *cpu_->arch;
    const bool saved = index < list_.saved_words;
    const auto start = saved ? list_.saved : list_.stack;
    return {arch.word(start.value + std::uint64_t{arch.word_bytes} * (saved ? index : index - list_.saved_words))};
}

std::uint64_t ArgCursor::word_at(unsigned index) const
{
    if (!engine_) return memory_->load_word(listed_at(index));
    switch (convention_.kind) {
    case Convention::Kind::c:
        return cpu_->argument(*engine_, *memory_, index);
    case Convention::Kind::fastcall:
        if (index < std::size(fastcall_registers)) return engine_->reg(fastcall_registers[index]);
        return cpu_->argument(*engine_, *memory_, index - static_cast<unsigned>(std::size(fastcall_registers)));
    case Convention::Kind::register_list:
        if (index < convention_.register_count) return engine_->reg(convention_.registers[index]);
    }
    throw std::logic_error("an export reads more arguments than its register list has");
}

std::uint64_t ArgCursor::next_word()
{
    return word_at(index_++);
}

ArgumentList ArgCursor::next_va_list()
{
    const auto base = next_word();
    if (cpu_->open_va_list) return cpu_->open_va_list(*memory_, {base});
    if (cpu_->va_list_words == 1) return {.stack = {base}};
    const auto offset = static_cast<std::int32_t>(next_word());
    return {.stack = GuestAddr{base} + static_cast<std::uint64_t>(std::int64_t{offset})};
}

std::uint64_t ArgCursor::next_wide()
{
    const auto& arch = *cpu_->arch;
    if (arch.word_bytes == 8) return next_word();
    if (cpu_->pairs_wide_arguments) {
        // In a call the pair starts at an even word; in a va_list at an address that is a multiple of eight.
        const bool odd = engine_ ? index_ % 2 : listed_at(index_).value / 4 % 2;
        if (odd) ++index_;
    }
    const auto first = next_word();
    const auto second = next_word();
    return join_words(arch, first, second);
}

} // namespace retromod
