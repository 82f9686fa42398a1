// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/cpu/unicorn/hidden_state.h"

#include <array>

struct uc_context;

namespace retromod {

/// The register windows of a SPARC, with the traps that spill them to the stack and fill them again, and the registers
/// that Unicorn 2.0.1 keeps but does not give: supervisor mode, condition codes, %y, the interrupt level. All of them are
/// reached in a saved context, whose layout is checked when an engine starts.
///
/// Live windows lie from the current one up to the one that the window-invalid mask names. Whenever a context is saved,
/// all but the current one go to their frames, so that another thread's windows can take their place.
class SparcWindows final : public HiddenState {
public:
    SparcWindows() = default;
    ~SparcWindows() override;
    SparcWindows(const SparcWindows&) = delete;
    SparcWindows& operator=(const SparcWindows&) = delete;

    void start(uc_struct* uc) override;
    void settle(AddressSpace& memory) override;
    bool handles(unsigned vector) const override;
    HiddenResult handle(unsigned vector, AddressSpace& memory, GuestAddr pc) override;
    std::uint64_t reg(unsigned number) const override;
    void set_reg(unsigned number, std::uint64_t value) override;

private:
    std::uint32_t* word(std::size_t offset) const;
    void load() const;
    void store();
    std::uint32_t& window_register(unsigned window, unsigned number);
    std::uint32_t& visible_register(unsigned number);
    void spill(AddressSpace& memory, unsigned window);
    void fill(AddressSpace& memory, unsigned window);
    void enter(unsigned window);
    unsigned current() const;
    unsigned invalid() const;

    uc_struct* uc_ = nullptr;
    uc_context* context_ = nullptr;
    std::size_t state_at_ = 0; ///< byte of the CPU's state in a saved context
};

} // namespace retromod
