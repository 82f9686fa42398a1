// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/kernel.h"

#include <string>
#include <string_view>

namespace retromod {

/// Which check of a kernel since 2.6 gave a call its result, in our words: told by the call, its error and what the kernel
/// logged in it. `ran`: the routine of the module that the kernel called, if any.
std::string modern_check(std::string_view call, SyscallResult result, std::string_view ran, std::string_view log, const Arch& arch);

/// Notices which routine of the module the kernel runs while this is there.
class RoutineWatch final : public EventSink {
public:
    explicit RoutineWatch(Kernel& kernel) : kernel_(kernel), former_(kernel.sink()) { kernel_.set_sink(this); }
    ~RoutineWatch() override { kernel_.set_sink(former_); }
    RoutineWatch(const RoutineWatch&) = delete;
    RoutineWatch& operator=(const RoutineWatch&) = delete;
    void guest_called(GuestAddr, std::string_view why) override { ran = why; }
    std::string ran;

private:
    Kernel& kernel_;
    EventSink* former_;
};

} // namespace retromod
