// SPDX-License-Identifier: GPL-2.0-or-later
// What gdb asks of a guest that stands still, and what it tells it to do. Source: gdb manual, appendix E.
#include "loader/gdb/server.h"

#include "emu/kernel/processor.h"
#include "loader/gdb/hex.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace retromod {
namespace {

constexpr std::string_view ok = "OK";
constexpr std::string_view malformed = "E16";  // EINVAL
constexpr std::string_view bad_memory = "E0e"; // EFAULT
constexpr std::string_view no_room = "E1c";    // ENOSPC
constexpr std::string_view no_guest = "E03";   // ESRCH
constexpr std::size_t most_memory = PacketChannel::largest_packet / 2; ///< bytes that one answer holds as digits

std::string stop_text(const GdbStop& stop)
{
    constexpr std::string_view thread = "thread:1;";
    switch (stop.kind) {
    case GdbStop::Kind::trap: return fmt::format("T05{}", thread);
    case GdbStop::Kind::beginning: return fmt::format("T05replaylog:begin;{}", thread);
    case GdbStop::Kind::breakpoint:
        return fmt::format("T05{}:;{}", stop.point == PointKind::software ? "swbreak" : "hwbreak", thread);
    case GdbStop::Kind::watch: {
        const auto kind = stop.point == PointKind::write_watch  ? "watch"
                          : stop.point == PointKind::read_watch ? "rwatch"
                                                                : "awatch";
        return fmt::format("T05{}:{:x};{}", kind, stop.address, thread);
    }
    case GdbStop::Kind::interrupt: return fmt::format("T02{}", thread);
    case GdbStop::Kind::fault: return fmt::format("T0b{}", thread);
    }
    return "";
}

struct Range {
    std::uint64_t start, bytes;
};

/// `start,bytes`, taken off the front of `text`.
std::optional<Range> take_range(std::string_view& text)
{
    const auto start = take_number(text);
    if (!start || !take_mark(text, ",")) return std::nullopt;
    const auto bytes = take_number(text);
    return bytes ? std::optional(Range{*start, *bytes}) : std::nullopt;
}

/// `kind,address,bytes` and what may follow.
std::optional<GdbPoint> read_point(std::string_view text)
{
    const auto kind = take_number(text);
    if (!kind || *kind > 4 || !take_mark(text, ",")) return std::nullopt;
    const auto range = take_range(text);
    if (!range) return std::nullopt;
    return GdbPoint{static_cast<PointKind>(*kind), range->start, range->bytes};
}

/// The part of `whole` that `offset,bytes` asks for: `m` with more behind it, or `l`.
std::string part_of(const std::string& whole, std::string_view range)
{
    const auto asked = take_range(range);
    if (!asked || !range.empty() || asked->start > whole.size()) return std::string(malformed);
    const auto bytes = std::min<std::uint64_t>(asked->bytes, most_memory);
    const auto part = whole.substr(asked->start, bytes);
    return (asked->start + part.size() < whole.size() ? "m" : "l") + part;
}

} // namespace

/// How a packet begins, and what answers it; what stands behind the beginning is handed over.
struct GdbServer::Row {
    std::string_view begins;
    Answer (GdbServer::*answer)(std::string_view);
    bool needs_guest = false;
};

const GdbServer::Row GdbServer::rows[] = {
    {"qSupported", &GdbServer::supported},
    {"QStartNoAckMode", &GdbServer::no_acks},
    {"qXfer:features:read:target.xml:", &GdbServer::describe_target, true},
    {"qRcmd,", &GdbServer::run_monitor, true},
    {"qSymbol:", &GdbServer::fine},
    {"qAttached", &GdbServer::attached},
    {"qfThreadInfo", &GdbServer::threads},
    {"qsThreadInfo", &GdbServer::no_more_threads},
    {"qC", &GdbServer::thread},
    {"?", &GdbServer::why_stopped},
    {"H", &GdbServer::fine},
    {"T", &GdbServer::fine},
    {"g", &GdbServer::read_all_registers, true},
    {"G", &GdbServer::write_all_registers, true},
    {"p", &GdbServer::read_one_register, true},
    {"P", &GdbServer::write_one_register, true},
    {"m", &GdbServer::read_memory, true},
    {"M", &GdbServer::write_memory, true},
    {"X", &GdbServer::write_binary, true},
    {"Z", &GdbServer::insert_point},
    {"z", &GdbServer::remove_point},
    {"vCont?", &GdbServer::actions},
    {"vCont;", &GdbServer::act, true},
    {"vKill;", &GdbServer::kill_process},
    {"bc", &GdbServer::go_back, true},
    {"bs", &GdbServer::step_back, true},
    {"c", &GdbServer::continue_, true},
    {"C", &GdbServer::continue_, true},
    {"s", &GdbServer::step, true},
    {"S", &GdbServer::step, true},
    {"D", &GdbServer::detach},
    {"k", &GdbServer::kill},
};

GdbServer::Answer GdbServer::answer(std::string_view packet)
{
    for (const auto& row : rows) {
        if (!packet.starts_with(row.begins)) continue;
        if (row.needs_guest && !kernel_) return std::string(no_guest);
        return (this->*row.answer)(packet.substr(row.begins.size()));
    }
    return ""; // what is not known is answered so
}

void GdbServer::show(Kernel& kernel, const GdbMonitor& monitor, std::uint64_t moment)
{
    if (!kernel_) {
        set_ = find_register_set(kernel.arch());
        if (set_) registers_ = registers_of(*set_);
    }
    kernel_ = &kernel;
    monitor_ = &monitor;
    moment_ = moment;
}

GdbResume GdbServer::serve(const GdbStop& stop)
{
    stop_reply_ = stop_text(stop);
    if (std::exchange(shared_.awaits_stop, false)) channel_.send(stop_reply_);
    resume_.reset();
    while (!resume_) {
        const auto packet = channel_.receive();
        if (!packet) return GdbResume::kill; // it is gone
        if (*packet == PacketChannel::interrupt) continue; // it stands still already
        const auto reply = answer(*packet);
        if (!resume_ || *resume_ == GdbResume::detach || *resume_ == GdbResume::kill) channel_.send(reply);
    }
    return *resume_;
}

void GdbServer::serve_end(int status)
{
    stop_reply_ = fmt::format("W{:02x}", static_cast<unsigned>(status) & 0xff);
    kernel_ = nullptr;
    if (std::exchange(shared_.awaits_stop, false)) return channel_.send(stop_reply_);
    // It has not even asked: what it asks before that does not need a guest.
    for (bool is_told = false; !is_told;) {
        const auto packet = channel_.receive();
        if (!packet) return;
        if (*packet == PacketChannel::interrupt) continue;
        channel_.send(answer(*packet));
        is_told = *packet == "?" || packet->starts_with("vKill") || *packet == "k" || packet->starts_with("D");
    }
}

void GdbServer::console(std::string_view text)
{
    constexpr std::size_t most_bytes = most_memory / 2;
    for (; !text.empty(); text.remove_prefix(std::min(text.size(), most_bytes)))
        channel_.send("O" + to_hex(text.substr(0, most_bytes)));
}

// --- the conversation ---------------------------------------------------------------------------------------------

GdbServer::Answer GdbServer::supported(std::string_view)
{
    return fmt::format("PacketSize={:x};QStartNoAckMode+;swbreak+;hwbreak+;vContSupported+;ReverseContinue+;ReverseStep+{}",
                       PacketChannel::largest_packet, kernel_ && !set_ ? "" : ";qXfer:features:read+");
}

GdbServer::Answer GdbServer::no_acks(std::string_view)
{
    shared_.without_acks = true; // from the next packet on: the acknowledgement of this one is out
    return std::string(ok);
}

GdbServer::Answer GdbServer::describe_target(std::string_view range)
{
    return set_ ? part_of(target_description(*set_), range) : std::string(malformed);
}

GdbServer::Answer GdbServer::why_stopped(std::string_view) { return stop_reply_; }
GdbServer::Answer GdbServer::fine(std::string_view) { return std::string(ok); }
GdbServer::Answer GdbServer::thread(std::string_view) { return "QC1"; }
GdbServer::Answer GdbServer::threads(std::string_view) { return "m1"; }
GdbServer::Answer GdbServer::no_more_threads(std::string_view) { return "l"; }
GdbServer::Answer GdbServer::attached(std::string_view) { return "1"; } // a debugger that ends detaches
GdbServer::Answer GdbServer::actions(std::string_view) { return "vCont;c;C;s;S"; }

GdbServer::Answer GdbServer::run_monitor(std::string_view digits)
{
    const auto bytes = from_hex(digits);
    if (!bytes) return std::string(malformed);
    const std::string_view line(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    console(monitor_->run(line));
    return std::string(ok);
}

// --- registers ------------------------------------------------------------------------------------------------------

GdbServer::Answer GdbServer::read_all_registers(std::string_view)
{
    std::string digits;
    const auto& engine = kernel_->processor().engine();
    for (const auto& row : registers_) digits += read_register(kernel_->cpu(), engine, row);
    return digits;
}

GdbServer::Answer GdbServer::write_all_registers(std::string_view digits)
{
    for (const auto& row : registers_) {
        const auto part = digits.substr(0, row.bits / 4);
        digits.remove_prefix(part.size());
        const auto bytes = from_hex(part);
        if (!bytes || bytes->size() * 8 != row.bits) {
            if (part.starts_with('x') && part.size() == row.bits / 4) continue; // unavailable
            return std::string(malformed);
        }
        if (row.number < 0) continue;
        if (auto answer = set_register(row, *bytes); answer != ok) return answer;
    }
    return std::string(digits.empty() ? ok : malformed);
}

GdbServer::Answer GdbServer::read_one_register(std::string_view number)
{
    const auto wanted = take_number(number);
    if (!wanted || !number.empty() || *wanted >= registers_.size()) return std::string(malformed);
    return read_register(kernel_->cpu(), kernel_->processor().engine(), registers_[*wanted]);
}

GdbServer::Answer GdbServer::write_one_register(std::string_view assignment)
{
    const auto wanted = take_number(assignment);
    if (!wanted || *wanted >= registers_.size() || !take_mark(assignment, "=")) return std::string(malformed);
    const auto bytes = from_hex(assignment);
    return bytes ? set_register(registers_[*wanted], *bytes) : std::string(malformed);
}

GdbServer::Answer GdbServer::set_register(const GdbRegister& row, std::span<const std::byte> bytes)
{
    auto& engine = kernel_->processor().engine();
    const auto first = static_cast<unsigned>(row.number);
    const unsigned numbers = row.number < 0 ? 0 : row.bits > 64 ? 2 : 1;
    std::array<std::uint64_t, 2> before{};
    for (unsigned i = 0; i < numbers; ++i) before[i] = engine.reg(first + i);
    if (!write_register(kernel_->cpu(), engine, row, bytes)) return std::string(malformed);
    for (unsigned i = 0; i < numbers; ++i) {
        const auto after = engine.reg(first + i);
        if (after != before[i] && !note_edit(first + i, true, std::as_bytes(std::span(&after, 1)))) {
            engine.set_reg(first + i, before[i]);
            return std::string(no_room);
        }
    }
    return std::string(ok);
}

// --- memory ---------------------------------------------------------------------------------------------------------

GdbServer::Answer GdbServer::read_memory(std::string_view range)
{
    const auto asked = take_range(range);
    if (!asked || !range.empty()) return std::string(malformed);
    std::vector<std::byte> bytes(std::min<std::uint64_t>(asked->bytes, most_memory));
    bytes.resize(kernel_->memory().read({asked->start}, bytes));
    if (bytes.empty() && asked->bytes) return std::string(bad_memory);
    return to_hex(bytes);
}

GdbServer::Answer GdbServer::write_memory(std::string_view text)
{
    const auto asked = take_range(text);
    if (!asked || !take_mark(text, ":")) return std::string(malformed);
    const auto bytes = from_hex(text);
    if (!bytes || bytes->size() != asked->bytes) return std::string(malformed);
    return store({asked->start}, *bytes);
}

GdbServer::Answer GdbServer::write_binary(std::string_view text)
{
    const auto asked = take_range(text);
    if (!asked || !take_mark(text, ":") || text.size() != asked->bytes) return std::string(malformed);
    return store({asked->start}, std::as_bytes(std::span(text.data(), text.size())));
}

/// All of the bytes are written, or none.
GdbServer::Answer GdbServer::store(GuestAddr address, std::span<const std::byte> bytes)
{
    auto& memory = kernel_->memory();
    std::vector<std::byte> before(bytes.size());
    const bool is_there = memory.read(address, before) == bytes.size();
    if (!is_there) return std::string(bad_memory);
    forget_future();
    const auto noted = shared_.edits.count;
    if (!note_edit(address.value, false, bytes)) return std::string(no_room);
    if (memory.write(address, bytes) == bytes.size()) return std::string(ok);
    memory.write(address, before);
    shared_.edits.count = noted;
    return std::string(bad_memory);
}

/// What is written now makes another future than the one that was.
void GdbServer::forget_future()
{
    auto& edits = shared_.edits;
    while (edits.count && edits.items[edits.count - 1].moment > moment_) --edits.count;
    shared_.furthest = std::min(shared_.furthest, moment_);
}

bool GdbServer::note_edit(std::uint64_t place, bool is_register, std::span<const std::byte> bytes)
{
    forget_future();
    constexpr auto most_bytes = sizeof(GdbEdit::data);
    const auto parts = (bytes.size() + most_bytes - 1) / most_bytes;
    if (parts > shared_.edits.items.size() - shared_.edits.count) return false;
    for (; !bytes.empty(); bytes = bytes.subspan(std::min(bytes.size(), most_bytes))) {
        GdbEdit edit{moment_, place, is_register, static_cast<std::uint32_t>(std::min(bytes.size(), most_bytes)), {}};
        std::memcpy(edit.data.data(), bytes.data(), edit.bytes);
        shared_.edits.add(edit);
        place += edit.bytes;
    }
    return true;
}

// --- breakpoints and watchpoints ------------------------------------------------------------------------------------

GdbServer::Answer GdbServer::insert_point(std::string_view text)
{
    constexpr std::uint64_t most_watched = 4096; // bytes
    const auto point = read_point(text);
    if (!point) return std::string(malformed);
    const bool watches = point->kind >= PointKind::write_watch;
    if (watches && (point->bytes == 0 || point->bytes > most_watched)) return std::string(malformed);
    if (std::ranges::find(shared_.points, *point) != shared_.points.end()) return std::string(ok);
    return std::string(shared_.points.add(*point) ? ok : no_room);
}

GdbServer::Answer GdbServer::remove_point(std::string_view text)
{
    const auto point = read_point(text);
    if (!point) return std::string(malformed);
    const auto* const found = std::ranges::find(shared_.points, *point);
    if (found != shared_.points.end()) shared_.points.remove(static_cast<std::size_t>(found - shared_.points.begin()));
    return std::string(ok);
}

// --- going on -------------------------------------------------------------------------------------------------------

GdbServer::Answer GdbServer::resume(GdbResume how)
{
    resume_ = how;
    shared_.awaits_stop = how != GdbResume::detach && how != GdbResume::kill;
    return std::string(ok);
}

GdbServer::Answer GdbServer::continue_(std::string_view) { return resume(GdbResume::go_on); }
GdbServer::Answer GdbServer::step(std::string_view) { return resume(GdbResume::step); }
GdbServer::Answer GdbServer::go_back(std::string_view) { return resume(GdbResume::back); }
GdbServer::Answer GdbServer::step_back(std::string_view) { return resume(GdbResume::step_back); }

/// The first of vCont's actions is for our one thread.
GdbServer::Answer GdbServer::act(std::string_view action)
{
    if (action.starts_with('c') || action.starts_with('C')) return resume(GdbResume::go_on);
    if (action.starts_with('s') || action.starts_with('S')) return resume(GdbResume::step);
    return std::string(malformed);
}

GdbServer::Answer GdbServer::detach(std::string_view) { return resume(GdbResume::detach); }
GdbServer::Answer GdbServer::kill_process(std::string_view) { return resume(GdbResume::kill); }
GdbServer::Answer GdbServer::kill(std::string_view) { return resume(GdbResume::kill); }

} // namespace retromod
