// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/unicorn/sparc_windows.h"

#include "emu/cpu/sparc_registers.h"
#include "emu/cpu/unicorn/unicorn_error.h"

#include <bit>
#include <cstring>

namespace retromod {
namespace {

constexpr unsigned windows = 8, window_words = 16, frame_words = 16, outs = 0, locals = 8, stack_pointer = 6;
constexpr unsigned overflow_trap = 5, underflow_trap = 6, save_op3 = 0x3c;

// Bytes into the CPU's state (CPUSPARCState of Unicorn 2.0.1, 32-bit).
constexpr std::size_t globals_at = 0, window_pointer_at = 32, pc_at = 40, npc_at = 44, y_at = 48, cc_src_at = 52,
                      cc_src2_at = 56, cc_dst_at = 60, cc_op_at = 64, icc_at = 72, cwp_at = 208, wim_at = 212,
                      supervisor_at = 220, level_at = 232, window_base_at = 248, window_count_at = 2332;

struct HiddenRegister {
    unsigned number;
    std::size_t at;
};
constexpr HiddenRegister hidden[] = {
    {sparc_y, y_at},           {sparc_icc, icc_at},       {sparc_cc_op, cc_op_at},
    {sparc_cc_src, cc_src_at}, {sparc_cc_src2, cc_src2_at}, {sparc_cc_dst, cc_dst_at},
};

} // namespace

SparcWindows::~SparcWindows()
{
    if (context_) unicorn_library().context_free(context_);
}

void SparcWindows::start(uc_engine* uc)
{
    uc_ = uc;
    require(unicorn_library().context_alloc(uc, &context_), "uc_context_alloc");
    const std::uint32_t marks[] = {0x5a5a0101, 0x5a5a0202, 0x5a5a0303};
    for (int number = 0; number < 3; ++number)
        require(unicorn_library().reg_write(uc, UC_SPARC_REG_G1 + number, &marks[number]), "globals");
    require(unicorn_library().reg_write(uc, UC_SPARC_REG_O5, &marks[1]), "outs");
    load();
    const auto* bytes = reinterpret_cast<const std::byte*>(context_);
    bool found = false;
    for (; state_at_ + window_count_at + 4 <= unicorn_library().context_size(uc) && !found; state_at_ += found ? 0 : 4)
        found = std::memcmp(bytes + state_at_ + globals_at + 4, marks, sizeof marks) == 0;
    if (!found || *word(window_count_at) != windows || *word(cwp_at) != 0 || *word(window_base_at + 4 * 5) != marks[1])
        throw std::runtime_error("unicorn: the state of a SPARC is not as expected");
    const std::uint32_t zero = 0;
    for (int number = 0; number < 3; ++number) require(unicorn_library().reg_write(uc, UC_SPARC_REG_G1 + number, &zero), "globals");
    load();
    *word(supervisor_at) = 1;
    *word(wim_at) = 2; // the window above the current one
    store();
}

// --- the saved context ------------------------------------------------------------------------------------------

std::uint32_t* SparcWindows::word(std::size_t offset) const
{
    return reinterpret_cast<std::uint32_t*>(reinterpret_cast<std::byte*>(context_) + state_at_ + offset);
}

void SparcWindows::load() const { require(unicorn_library().context_save(uc_, context_), "uc_context_save"); }
void SparcWindows::store() { require(unicorn_library().context_restore(uc_, context_), "uc_context_restore"); }

unsigned SparcWindows::current() const { return *word(cwp_at) % windows; }
unsigned SparcWindows::invalid() const { return static_cast<unsigned>(std::countr_zero(*word(wim_at))) % windows; }

/// Out, local and in registers of a window are numbers 0 to 23 of it; its ins are the outs of the next one. While the
/// last window is the current one its ins are kept behind it, not in front.
std::uint32_t& SparcWindows::window_register(unsigned window, unsigned number)
{
    auto at = (window * window_words + number) % (windows * window_words);
    if (current() == windows - 1 && at < 8) at += windows * window_words;
    return *word(window_base_at + 4 * at);
}

std::uint32_t& SparcWindows::visible_register(unsigned number)
{
    return number < 8 ? *word(globals_at + 4 * number) : window_register(current(), number - 8);
}

void SparcWindows::enter(unsigned window)
{
    const auto wrapped = window_base_at + 4 * windows * window_words;
    const auto before = current();
    if (before == windows - 1) std::memcpy(word(window_base_at), word(wrapped), 32);
    std::uint64_t pointer = 0;
    std::memcpy(&pointer, word(window_pointer_at), sizeof pointer);
    pointer += 4 * window_words * (std::uint64_t{window} - before);
    std::memcpy(word(window_pointer_at), &pointer, sizeof pointer);
    *word(cwp_at) = window;
    if (window == windows - 1) std::memcpy(word(wrapped), word(window_base_at), 32);
}

// --- spilling and filling ---------------------------------------------------------------------------------------

void SparcWindows::spill(AddressSpace& memory, unsigned window)
{
    const auto frame = window_register(window, outs + stack_pointer);
    for (unsigned index = 0; index < frame_words; ++index)
        memory.store<std::uint32_t>({frame + 4 * index}, window_register(window, locals + index));
}

void SparcWindows::fill(AddressSpace& memory, unsigned window)
{
    const auto frame = window_register(window, outs + stack_pointer);
    for (unsigned index = 0; index < frame_words; ++index)
        window_register(window, locals + index) = memory.load<std::uint32_t>({frame + 4 * index});
}

void SparcWindows::settle(AddressSpace& memory)
{
    load();
    const auto above = (current() + 1) % windows;
    if (invalid() == above) return;
    for (auto window = above; window != invalid(); window = (window + 1) % windows) spill(memory, window);
    *word(wim_at) = 1u << above;
    store();
}

bool SparcWindows::handles(unsigned vector) const { return vector == overflow_trap || vector == underflow_trap; }

// The instruction is done here, with the trap's work before it: it may stand in the delay slot of a return, and Unicorn
// cannot start in a delay slot.
HiddenResult SparcWindows::handle(unsigned vector, AddressSpace& memory, GuestAddr pc)
{
    load();
    const auto instruction = memory.load<std::uint32_t>(pc);
    const auto immediate = static_cast<std::uint32_t>(static_cast<std::int32_t>(instruction << 19) >> 19);
    const auto first = visible_register(instruction >> 14 & 31);
    const auto second = instruction & 0x2000 ? immediate : visible_register(instruction & 31);
    const bool saves = (instruction >> 19 & 63) == save_op3;
    const auto target = (current() + (saves ? windows - 1 : 1)) % windows;
    if (vector == overflow_trap) {
        const auto oldest = (target + windows - 1) % windows;
        spill(memory, oldest);
        *word(wim_at) = 1u << oldest;
    } else {
        fill(memory, target);
        *word(wim_at) = 1u << (target + 1) % windows;
    }
    enter(target);
    if (const auto result = instruction >> 25 & 31) visible_register(result) = first + second;
    const GuestAddr next{*word(npc_at)};
    store();
    return {next, std::nullopt};
}

// --- registers --------------------------------------------------------------------------------------------------

std::uint64_t SparcWindows::reg(unsigned number) const
{
    load();
    if (number == sparc_psr) return sparc_kernel_psr | (*word(level_at) & 15) << 8;
    for (const auto& row : hidden)
        if (row.number == number) return *word(row.at);
    return 0;
}

void SparcWindows::set_reg(unsigned number, std::uint64_t value)
{
    load();
    if (number == sparc_psr) *word(level_at) = value >> 8 & 15;
    for (const auto& row : hidden)
        if (row.number == number) *word(row.at) = static_cast<std::uint32_t>(value);
    store();
}

} // namespace retromod
