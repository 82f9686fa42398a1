// SPDX-License-Identifier: GPL-2.0-or-later
// Stops the guest of a command where gdb wants it to stop.
#include "loader/gdb/debugger.h"

#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/processor.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <system_error>

namespace retromod {
namespace {

constexpr std::uint64_t moments_between_looks = 1024; ///< for a Ctrl-C, while the guest runs

bool overlaps(const GdbPoint& point, std::uint64_t address, std::uint64_t bytes)
{
    return address < point.address + point.bytes && point.address < address + bytes;
}

std::vector<std::byte> bytes_at(const AddressSpace& memory, const GdbPoint& point)
{
    std::vector<std::byte> bytes(point.bytes);
    bytes.resize(memory.read({point.address}, bytes));
    return bytes;
}

} // namespace

Debugger::Debugger(DebuggerOptions options)
    : options_(std::move(options)), shared_(SharedState::make()), channel_(shared_, options_.in, options_.out),
      server_(shared_, channel_), monitor_(shared_, options_.files), trace_stream_(open_memstream(&trace_text_, &trace_bytes_))
{
    if (!trace_stream_) throw std::system_error(errno, std::generic_category(), "memory for the trace");
}

Debugger::~Debugger()
{
    trace_.reset();
    std::fclose(trace_stream_);
    std::free(trace_text_);
}

void Debugger::attach(Kernel& kernel, EventSink* other)
{
    kernel_ = &kernel;
    other_ = other;
    trace_ = options_.make_trace(kernel, trace_stream_);
    monitor_.set_kernel(kernel);
    kernel.processor().set_watcher(*this);
    kernel.set_sink(this);
    // A command whose work comes in parts begins each part's history anew.
    shared_.first = shared_.furthest = shared_.edits.count = 0;
}

void Debugger::begin_run()
{
    if (shared_.furthest) output_.mute();
    take_points();
}

bool Debugger::runs_again() { return std::exchange(shared_.runs_again, false); }
bool Debugger::keeps() const { return !shared_.was_killed && (shared_.is_over || shared_.travel == Travel::none); }

bool Debugger::end(int status)
{
    if (!shared_.is_over) server_.serve_end(status);
    return !shared_.was_killed;
}

// --- moments --------------------------------------------------------------------------------------------------------

void Debugger::happened(GuestAddr pc, Event event)
{
    ++now_;
    apply_edits();
    if (now_ >= shared_.furthest) output_.unmute();
    if (shared_.is_over) return;
    if (std::exchange(was_moved_, false)) return;
    const auto reason = reason_at(pc, event);
    if (shared_.travel != Travel::none) return travel(reason, event, pc);
    if (reason) stop(*reason);
}

/// Why the guest would stop at this moment, however it came there.
std::optional<GdbStop> Debugger::reason_at(GuestAddr pc, Event event)
{
    const auto change = changed_watch();
    if (begins_at(pc)) {
        if (pc.value == init_) init_ = 0;
        if (!shared_.first) shared_.first = now_;
        return GdbStop{};
    }
    if (!shared_.first) return std::nullopt;
    if (event == Event::fault) return GdbStop{GdbStop::Kind::fault, {}, {}};
    if (change) return change;
    if (const auto access = std::exchange(access_, std::nullopt)) return access;
    if (breakpoints_.contains(pc.value)) {
        const auto* const point = std::ranges::find(shared_.points, pc.value, &GdbPoint::address);
        return GdbStop{GdbStop::Kind::breakpoint, point->kind, {}};
    }
    if (std::exchange(stops_next_, false)) return GdbStop{};
    if (now_ % moments_between_looks != 0 || shared_.travel != Travel::none) return std::nullopt;
    switch (channel_.poll()) {
    case PacketChannel::Between::nothing: return std::nullopt;
    case PacketChannel::Between::interrupt: return GdbStop{GdbStop::Kind::interrupt, {}, {}};
    case PacketChannel::Between::gone: break;
    }
    shared_.is_over = shared_.was_killed = true;
    leave();
}

/// A module's init, or where a command that loads none first runs a module's code.
bool Debugger::begins_at(GuestAddr pc) const
{
    if (pc.value == init_) return true;
    if (options_.waits_for_init || (shared_.first && shared_.first != now_)) return false;
    return kernel_->memory().vmalloc_window().contains(pc);
}

/// Looks at all watched memory: what the kernel's own functions store counts, too.
std::optional<GdbStop> Debugger::changed_watch()
{
    std::optional<GdbStop> found;
    for (auto& watched : watched_) {
        auto bytes = bytes_at(kernel_->memory(), watched.point);
        if (bytes == watched.bytes) continue;
        watched.bytes = std::move(bytes);
        found = GdbStop{GdbStop::Kind::watch, watched.point.kind, watched.point.address};
    }
    return found;
}

void Debugger::accessed(GuestAddr address, unsigned bytes, Access access) noexcept
{
    if (accesses_.empty() || shared_.is_over) return;
    for (const auto& point : accesses_) {
        const bool counts = point.kind == PointKind::access_watch || access == Access::read;
        if (counts && overlaps(point, address.value, bytes)) access_ = GdbStop{GdbStop::Kind::watch, point.kind, point.address};
    }
}

// --- stops ----------------------------------------------------------------------------------------------------------

void Debugger::stop(const GdbStop& stop)
{
    std::fflush(nullptr);
    shared_.furthest = std::max(shared_.furthest, now_);
    write_script();
    server_.show(*kernel_, monitor_, now_);
    auto& engine = kernel_->processor().engine();
    const auto pc = engine.reg(kernel_->cpu().pc);
    auto resume = server_.serve(stop);
    while (now_ <= shared_.first && (resume == GdbResume::back || resume == GdbResume::step_back))
        resume = server_.serve({GdbStop::Kind::beginning, {}, {}}); // before the first stop there is nothing to be seen
    next_edit_ = shared_.edits.count; // but those of a replayed future, which come later
    while (next_edit_ && shared_.edits.items[next_edit_ - 1].moment > now_) --next_edit_;
    take_points();
    was_moved_ = engine.reg(kernel_->cpu().pc) != pc;
    stops_next_ = false;
    switch (resume) {
    case GdbResume::go_on: return;
    case GdbResume::step: stops_next_ = true; return;
    case GdbResume::step_back: return leave_for(Travel::arrive, now_ - 1);
    case GdbResume::back: return leave_for(Travel::search, now_);
    case GdbResume::detach: shared_.is_over = true; return;
    case GdbResume::kill: break;
    }
    shared_.is_over = shared_.was_killed = true;
    leave();
}

/// Another child is to come there.
void Debugger::leave_for(Travel travel, std::uint64_t until)
{
    shared_.travel = travel;
    shared_.until = until;
    shared_.found = shared_.first;
    shared_.found_stop = {travel == Travel::search ? GdbStop::Kind::beginning : GdbStop::Kind::trap, {}, {}};
    shared_.runs_again = true;
    leave();
}

void Debugger::leave()
{
    std::fflush(nullptr);
    ::_exit(EXIT_FAILURE);
}

/// A moment of a guest that is run anew.
void Debugger::travel(const std::optional<GdbStop>& reason, Event event, GuestAddr pc)
{
    if (shared_.travel == Travel::arrive) {
        if (now_ < shared_.until) return;
        shared_.travel = Travel::none;
        return stop(std::exchange(shared_.found_stop, {}));
    }
    const bool is_change = reason && reason->kind == GdbStop::Kind::watch;
    if (is_change && now_ <= shared_.until && now_ - 1 > shared_.first) {
        shared_.found = now_ - 1; // backwards, memory changes where the instruction is about to change it
        shared_.found_stop = *reason;
    } else if (!is_change && now_ < shared_.until && now_ > shared_.first) {
        const bool is_call = event == Event::kernel_call && pc.value != kernel_->state().return_entry && !shared_.passes_calls;
        if (reason || is_call) {
            shared_.found = now_;
            shared_.found_stop = reason.value_or(GdbStop{});
        }
    }
    if (now_ < shared_.until) return;
    shared_.travel = Travel::arrive;
    shared_.until = shared_.found;
    shared_.runs_again = true;
    leave();
}

void Debugger::take_points()
{
    breakpoints_.clear();
    watched_.clear();
    accesses_.clear();
    access_.reset();
    for (const auto& point : shared_.points) {
        if (point.kind <= PointKind::hardware) breakpoints_.insert(point.address);
        else if (point.kind == PointKind::write_watch) watched_.push_back({point, bytes_at(kernel_->memory(), point)});
        else accesses_.push_back(point);
    }
}

/// Writes what gdb wrote at this moment of the run before.
void Debugger::apply_edits()
{
    for (; next_edit_ < shared_.edits.count && shared_.edits.items[next_edit_].moment <= now_; ++next_edit_) {
        const auto& edit = shared_.edits.items[next_edit_];
        if (edit.is_register) {
            std::uint64_t value = 0;
            std::memcpy(&value, edit.data.data(), sizeof value);
            kernel_->processor().engine().set_reg(static_cast<unsigned>(edit.place), value);
            was_moved_ = was_moved_ || edit.place == kernel_->cpu().pc;
        } else {
            kernel_->memory().write({edit.place}, std::span(edit.data).first(edit.bytes));
        }
    }
}

/// The whole script anew, in the place of what is there.
void Debugger::write_script()
{
    if (options_.script < 0) return;
    const auto text = monitor_.run("symbols");
    if (::pwrite(options_.script, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()))
        static_cast<void>(::ftruncate(options_.script, static_cast<off_t>(text.size())));
}

// --- what is told ---------------------------------------------------------------------------------------------------

template <class Tell> void Debugger::tell(Tell tell)
{
    if (other_) tell(*other_);
    tell(*trace_);
    note_trace();
}

/// Takes the lines that the trace has written.
void Debugger::note_trace()
{
    std::fflush(trace_stream_);
    std::string_view text(trace_text_, trace_bytes_);
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        monitor_.add_trace_line(std::string(line));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    std::rewind(trace_stream_);
}

void Debugger::syscall_entered(std::string_view name, std::span<const std::string> arguments)
{
    tell([&](EventSink& sink) { sink.syscall_entered(name, arguments); });
}

void Debugger::syscall_returned(std::string_view name, SyscallResult result)
{
    tell([&](EventSink& sink) { sink.syscall_returned(name, result); });
}

void Debugger::export_called(const ExportCall& call)
{
    tell([&](EventSink& sink) { sink.export_called(call); });
}

void Debugger::guest_called(GuestAddr function, std::string_view why)
{
    if (why == "init" && kernel_->memory().vmalloc_window().contains(function)) init_ = function.value;
    tell([&](EventSink& sink) { sink.guest_called(function, why); });
}

void Debugger::logged(std::string_view text)
{
    tell([&](EventSink& sink) { sink.logged(text); });
}

void Debugger::faulted(GuestAddr pc, GuestAddr address, std::string_view what)
{
    tell([&](EventSink& sink) { sink.faulted(pc, address, what); });
    if (what != "saved by __ex_table" && kernel_->processor().made_engine()) happened(pc, Event::fault);
}

void Debugger::io_accessed(const IoAccess& access)
{
    tell([&](EventSink& sink) { sink.io_accessed(access); });
}

} // namespace retromod
