// SPDX-License-Identifier: GPL-2.0-or-later
// Stops the guest of a command where gdb wants it to stop.
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/cpu/instruction_watcher.h"
#include "loader/gdb/muted_output.h"
#include "loader/gdb/server.h"

#include <memory>
#include <unordered_set>
#include <vector>

namespace retromod {

/// What a debugging session is made of.
struct DebuggerOptions {
    int in = 0, out = 1;     ///< where gdb is
    int script = -1;         ///< an open file that gets the lines of GdbMonitor::symbol_script; -1: none
    bool waits_for_init = false; ///< the first stop is before a module's init; else where a module's code first runs
    std::vector<std::string> files; ///< that the command may load
    /// A trace of the kernel that writes lines into a stream.
    std::function<std::unique_ptr<EventSink>(Kernel&, std::FILE*)> make_trace;
};

/// Looks at every instruction and kernel call of the guest, and serves gdb when it is to stop. The guest runs in a child of the
/// process that made this; to go backwards that child ends, and another runs the command anew, up to an earlier moment: runs are
/// deterministic. What gdb wrote is written again; what the command said is not said again.
class Debugger final : public InstructionWatcher, public EventSink {
public:
    /// Throws std::system_error.
    explicit Debugger(DebuggerOptions options);
    ~Debugger() override;

    /// Before the command's work: its kernel, and who else is told of what happens there, if anybody.
    void attach(Kernel& kernel, EventSink* other);
    /// First of all in each child.
    void begin_run();
    /// Asked when a child has ended: whether another is to run the command anew.
    bool runs_again();
    /// Whether what the command did may be kept.
    bool keeps() const;
    /// Tells gdb, if it is still there, how the command ended. False: it killed the command, or is gone.
    bool end(int status);

    void before_instruction(GuestAddr pc) noexcept override { happened(pc, Event::instruction); }
    void before_kernel_call(GuestAddr entry) noexcept override { happened(entry, Event::kernel_call); }
    void accessed(GuestAddr address, unsigned bytes, Access access) noexcept override;

    void syscall_entered(std::string_view name, std::span<const std::string> arguments) override;
    void syscall_returned(std::string_view name, SyscallResult result) override;
    void export_called(const ExportCall& call) override;
    void guest_called(GuestAddr function, std::string_view why) override;
    void logged(std::string_view text) override;
    void faulted(GuestAddr pc, GuestAddr address, std::string_view what) override;
    void io_accessed(const IoAccess& access) override;

private:
    enum class Event : std::uint8_t { instruction, kernel_call, fault };
    struct Watched {
        GdbPoint point;
        std::vector<std::byte> bytes; ///< as they were
    };

    void happened(GuestAddr pc, Event event);
    std::optional<GdbStop> reason_at(GuestAddr pc, Event event);
    bool begins_at(GuestAddr pc) const;
    std::optional<GdbStop> changed_watch();
    void travel(const std::optional<GdbStop>& reason, Event event, GuestAddr pc);
    void stop(const GdbStop& stop);
    void leave_for(Travel travel, std::uint64_t until);
    [[noreturn]] void leave();
    void take_points();
    void apply_edits();
    void write_script();
    void note_trace();
    template <class Tell> void tell(Tell tell);

    DebuggerOptions options_;
    SharedState& shared_;
    PacketChannel channel_;
    GdbServer server_;
    GdbMonitor monitor_;
    MutedOutput output_;
    Kernel* kernel_ = nullptr;
    EventSink* other_ = nullptr;
    std::FILE* trace_stream_ = nullptr; ///< into trace_text_
    char* trace_text_ = nullptr;
    std::size_t trace_bytes_ = 0;
    std::unique_ptr<EventSink> trace_;

    // Of the run under way:
    std::uint64_t now_ = 0;          ///< moments so far
    std::uint64_t init_ = 0;         ///< a module's init that is about to be called
    std::size_t next_edit_ = 0;
    bool stops_next_ = false;        ///< gdb steps
    bool was_moved_ = false;         ///< gdb set the program counter: the next moment is still this place
    std::unordered_set<std::uint64_t> breakpoints_;
    std::vector<Watched> watched_;   ///< for writes
    std::vector<GdbPoint> accesses_; ///< watched for reads, or for both
    std::optional<GdbStop> access_;  ///< the instruction under way has accessed one of those
};

} // namespace retromod
