// SPDX-License-Identifier: GPL-2.0-or-later
// Notes what happens in a machine while a module is loaded, for the time line of a page.
#pragma once

#include "emu/kernel/kernel.h"
#include "loader/report/load_record.h"

#include <functional>

namespace retromod {

/// Stands before a kernel's event sink while it lives; what it notes goes into a record.
class MomentRecorder final : public EventSink {
public:
    MomentRecorder(Kernel& kernel, LoadRecord& record);
    ~MomentRecorder() override;

    /// A program that begins, as it would be typed.
    void program(const std::string& command_line);
    /// What it printed.
    void said(std::string_view text);
    /// What became of it.
    void end(const std::string& text, bool failed);

    /// The call that was made last, with its result; nothing when there was no room to note it.
    Moment* last_call() { return last_call_; }
    /// The routine of the module that the kernel called since the last system call began.
    const std::string& ran() const { return ran_; }
    /// Called when the kernel is about to call the module's init routine.
    std::function<void()> before_init;
    /// A name for an address that the kernel has none for; empty text: none.
    std::function<std::string(std::uint64_t)> name_of;

private:
    static constexpr std::size_t most_moments = 1500;

    void syscall_entered(std::string_view name, std::span<const std::string> arguments) override;
    void syscall_returned(std::string_view name, SyscallResult result) override;
    void export_called(const ExportCall& call) override;
    void guest_called(GuestAddr function, std::string_view why) override;
    void logged(std::string_view text) override;
    void faulted(GuestAddr pc, GuestAddr address, std::string_view what) override;

    Moment* add(Moment moment);
    void settle_log(Moment* writer);
    std::string named(GuestAddr address);

    Kernel& kernel_;
    LoadRecord& record_;
    EventSink* former_;
    Moment* last_call_ = nullptr;
    std::string ran_;
    unsigned depth_ = 0;
    std::vector<std::string> unsettled_log_; ///< lines whose moment is still to come: an export is told of when it is over
    std::vector<std::size_t> open_exports_;  ///< moments of exports that are under way
};

} // namespace retromod
