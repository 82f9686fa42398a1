// SPDX-License-Identifier: GPL-2.0-or-later
// linux/seq_file.h: /proc files made of records. Source: fs/seq_file.c of 2.4.18.
#include "emu/exports/answers.h"
#include "emu/exports/fs/fs_objects.h"
#include "emu/kernel/format.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

/// struct seq_file {buf, size, from, count, loff_t index, sem, op, private}, on a machine of that word size.
struct SeqFile {
    Kernel& kernel;
    GuestAddr at;

    enum Word : unsigned { buffer, size, from, count };
    std::uint64_t get(Word word) const { return kernel.memory().load_word(at + word * kernel.arch().word_bytes); }
    void set(Word word, std::uint64_t value) { kernel.memory().store_word(at + word * kernel.arch().word_bytes, value); }
    GuestAddr text() const { return {get(buffer)}; }
    GuestAddr index_at() const { return at + 4 * kernel.arch().word_bytes; }
    std::int64_t index() const { return static_cast<std::int64_t>(kernel.memory().load<std::uint64_t>(index_at())); }
    void set_index(std::int64_t value) { kernel.memory().store<std::uint64_t>(index_at(), static_cast<std::uint64_t>(value)); }
    GuestAddr semaphore() const { return index_at() + 8; }
    GuestAddr operations_at() const { return semaphore() + kernel.layouts().size("struct semaphore"); }
    GuestAddr operation(unsigned which) const
    {
        return kernel.memory().load_pointer(kernel.memory().load_pointer(operations_at()) + which * kernel.arch().word_bytes);
    }
    std::uint64_t bytes() const { return operations_at() + 2 * kernel.arch().word_bytes - at; }
    bool grow(std::uint64_t to)
    {
        if (text()) kernel.heap().free(text());
        const auto fresh = kernel.heap().allocate(to);
        set(buffer, fresh.value);
        set(size, to);
        set(count, 0);
        return fresh.value != 0;
    }
};
enum : unsigned { op_start, op_stop, op_next, op_show };

SeqFile file_of(Kernel& kernel, GuestAddr file)
{
    return {kernel, GuestStruct(kernel, "struct file", file).pointer("private_data")};
}

std::int32_t seq_open(Kernel& kernel, GuestAddr file, GuestAddr operations)
{
    SeqFile seq{kernel, {}};
    const auto at = kernel.heap().allows(AllocationKind::kmalloc) ? kernel.heap().allocate(seq.bytes()) : GuestAddr{};
    if (!at) return error_code(kernel, Errno::enomem);
    seq.at = at;
    kernel.memory().fill(at, seq.bytes(), std::byte{0});
    init_mutex(kernel, seq.semaphore());
    kernel.memory().store_word(seq.operations_at(), operations.value);
    GuestStruct(kernel, "struct file", file).set("private_data", at);
    return 0;
}

std::int32_t seq_release(Kernel& kernel, GuestAddr, GuestAddr file)
{
    const auto seq = file_of(kernel, file);
    if (seq.text()) kernel.heap().free(seq.text());
    kernel.heap().free(seq.at);
    return 0;
}

/// Appends what fits; -1 and a full buffer when it does not, so that the reader comes again with a larger one.
std::int32_t append(SeqFile seq, const std::string& text)
{
    const auto count = seq.get(SeqFile::count), size = seq.get(SeqFile::size);
    if (count < size && count + text.size() < size) {
        store_string(seq.kernel, seq.text() + count, text);
        seq.set(SeqFile::count, count + text.size());
        return 0;
    }
    seq.set(SeqFile::count, size);
    return -1;
}

std::int32_t seq_printf(Kernel& kernel, GuestAddr at, const GuestString& format, VarArgs arguments)
{
    const SeqFile seq{kernel, at};
    const auto capacity = std::min<std::uint64_t>(seq.get(SeqFile::size), 1 << 20); // a text that fills it does not fit
    return append(seq, format_text(kernel, format.text, arguments.cursor, capacity));
}

std::int32_t seq_escape(Kernel& kernel, GuestAddr at, GuestString text, GuestString escaped)
{
    std::string out;
    for (const char c : text.text)
        out +=
            escaped.text.find(c) == std::string::npos ? std::string(1, c) : fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    return append({kernel, at}, out);
}

// --- reading ----------------------------------------------------------------------------------------------------------

/// seq_read and the walk of seq_lseek: where they are, and the record they hold.
struct Walk {
    std::uint32_t phase, reserved;
    GuestAddr record;
    std::int64_t position; ///< the record's
    std::uint64_t copied, wanted, user, before;
    std::int64_t error;
};
enum : std::uint32_t { enter, started, shown_first, stopped_to_grow, shown_more, advanced, stopped_empty, stopped_full };

bool is_error(GuestAddr value) { return static_cast<std::uint32_t>(value.value) >= static_cast<std::uint32_t>(-1000); }
std::int64_t error_of(std::uint64_t value) { return static_cast<std::int32_t>(value); }
GuestAddr position_slot(Kernel& kernel, const Frame& frame) { return {round_down(frame.caller.reg[kernel.cpu().sp] - 64, 16)}; }

CallGuest call_start(SeqFile& seq, const Frame& frame, Walk& walk)
{
    walk.phase = started;
    seq.kernel.memory().store<std::uint64_t>(position_slot(seq.kernel, frame), static_cast<std::uint64_t>(seq.index()));
    return {seq.operation(op_start), {seq.at.value, position_slot(seq.kernel, frame).value}, 2, "start", ResultType::word};
}
CallGuest call_show(SeqFile& seq, Walk& walk, std::uint32_t phase)
{
    walk.phase = phase;
    return {seq.operation(op_show), {seq.at.value, walk.record.value}, 2, "show"};
}
CallGuest call_stop(SeqFile& seq, Walk& walk, std::uint32_t phase)
{
    walk.phase = phase;
    return {seq.operation(op_stop), {seq.at.value, walk.record.value}, 2, "stop"};
}

Return finished(Kernel& kernel, Walk& walk, GuestAddr position_at)
{
    if (!walk.copied) return {kernel.arch().word(static_cast<std::uint64_t>(walk.error))};
    kernel.memory().store<std::uint64_t>(position_at, kernel.memory().load<std::uint64_t>(position_at) + walk.copied);
    return {walk.copied};
}

/// Hands the reader as much of the buffer as it wants.
bool hand_out(SeqFile& seq, Walk& walk, std::uint64_t from)
{
    auto& kernel = seq.kernel;
    const auto bytes = std::min(seq.get(SeqFile::count), walk.wanted);
    const auto text = load_bytes(kernel, seq.text() + from, bytes);
    if (kernel.user().copy_to({walk.user}, text)) {
        walk.error = error_code(kernel, Errno::efault);
        return false;
    }
    seq.set(SeqFile::count, seq.get(SeqFile::count) - bytes);
    seq.set(SeqFile::from, from + bytes);
    walk.wanted -= bytes;
    walk.user += bytes;
    walk.copied += bytes;
    return true;
}

Step seq_read(Kernel& kernel, Frame& frame, GuestAddr file, GuestAddr user, ULong size, GuestAddr position_at)
{
    auto& walk = frame.local<Walk>();
    auto seq = file_of(kernel, file);
    switch (walk.phase) {
    case enter:
        walk.wanted = size.value;
        walk.user = user.value;
        if (position_at != GuestStruct(kernel, "struct file", file).address("f_pos")) {
            walk.error = error_code(kernel, Errno::epipe);
            return finished(kernel, walk, position_at);
        }
        if (!seq.text() && !seq.grow(kernel.arch().page_bytes)) {
            walk.error = error_code(kernel, Errno::enomem);
            return finished(kernel, walk, position_at);
        }
        if (seq.get(SeqFile::count)) {
            if (!hand_out(seq, walk, seq.get(SeqFile::from))) return finished(kernel, walk, position_at);
            if (!seq.get(SeqFile::count)) seq.set_index(seq.index() + 1);
            if (!walk.wanted) return finished(kernel, walk, position_at);
        }
        return call_start(seq, frame, walk);
    case started:
        walk.record = {frame.result};
        walk.position = static_cast<std::int64_t>(kernel.memory().load<std::uint64_t>(position_slot(kernel, frame)));
        if (walk.record && !is_error(walk.record)) return call_show(seq, walk, shown_first);
        walk.error = error_of(frame.result);
        return call_stop(seq, walk, stopped_empty);
    case shown_first:
        if (frame.result) {
            walk.error = error_of(frame.result);
            return call_stop(seq, walk, stopped_empty);
        }
        if (seq.get(SeqFile::count) >= seq.get(SeqFile::size)) return call_stop(seq, walk, stopped_to_grow);
        break;
    case stopped_to_grow:
        if (seq.grow(seq.get(SeqFile::size) * 2)) return call_start(seq, frame, walk);
        walk.error = error_code(kernel, Errno::enomem);
        return finished(kernel, walk, position_at);
    case advanced:
        walk.record = {frame.result};
        if (walk.record && !is_error(walk.record)) return call_show(seq, walk, shown_more);
        walk.error = error_of(frame.result);
        return call_stop(seq, walk, stopped_full);
    case shown_more:
        if (frame.result || seq.get(SeqFile::count) == seq.get(SeqFile::size)) {
            seq.set(SeqFile::count, walk.before);
            return call_stop(seq, walk, stopped_full);
        }
        walk.position = static_cast<std::int64_t>(kernel.memory().load<std::uint64_t>(position_slot(kernel, frame)));
        break;
    case stopped_empty:
        seq.set(SeqFile::count, 0);
        return finished(kernel, walk, position_at);
    case stopped_full:
        if (!hand_out(seq, walk, 0)) return finished(kernel, walk, position_at);
        if (!seq.get(SeqFile::count)) ++walk.position;
        seq.set_index(walk.position);
        return finished(kernel, walk, position_at);
    default: break;
    }
    if (seq.get(SeqFile::count) >= walk.wanted) return call_stop(seq, walk, stopped_full);
    walk.phase = advanced;
    walk.before = seq.get(SeqFile::count);
    const auto slot = position_slot(kernel, frame);
    kernel.memory().store<std::uint64_t>(slot, static_cast<std::uint64_t>(walk.position));
    return CallGuest{seq.operation(op_next), {seq.at.value, walk.record.value, slot.value}, 3, "next", ResultType::word};
}

/// Differs from 2.4: only back to the start; elsewhere it is EINVAL, as the records are not walked.
std::int64_t seq_lseek(Kernel& kernel, GuestAddr file, std::int64_t offset, std::int32_t whence)
{
    GuestStruct fields(kernel, "struct file", file);
    auto seq = file_of(kernel, file);
    if (whence == 1) offset += static_cast<std::int64_t>(fields.get("f_pos"));
    if (whence > 1 || whence < 0 || offset < 0) return error_code(kernel, Errno::einval);
    if (static_cast<std::uint64_t>(offset) == fields.get("f_pos")) return offset;
    if (offset) return error_code(kernel, Errno::einval);
    seq.set_index(0);
    seq.set(SeqFile::count, 0);
    seq.set(SeqFile::from, 0);
    fields.set("f_pos", std::uint64_t{0});
    return 0;
}

constexpr Export functions[] = {
    full<seq_open>("seq_open", from(LayoutVersion::v2_4_18_14)),
    full<seq_read>("seq_read", from(LayoutVersion::v2_4_18_14)),
    init<seq_lseek>("seq_lseek", from(LayoutVersion::v2_4_18_14)),
    full<seq_release>("seq_release", from(LayoutVersion::v2_4_18_14)),
    full<seq_printf>("seq_printf", from(LayoutVersion::v2_4_18_14)),
    full<seq_escape>("seq_escape", from(LayoutVersion::v2_4_18_14)),
};

} // namespace

extern const Family linux_seq_file{.header = "linux/seq_file.h", .functions = functions};

} // namespace retromod
