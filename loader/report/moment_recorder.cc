// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/report/moment_recorder.h"

#include "emu/kernel/symbols.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retromod {
namespace {

std::string result_text(SyscallResult result, const Arch& arch)
{
    if (const auto error = result.error(arch)) return fmt::format("{} ({})", errno_name(*error), errno_text(*error));
    if (result.failed(arch)) return std::to_string(arch.signed_word(result.word));
    return result.word < 65536 ? std::to_string(result.word) : fmt::format("{:#x}", result.word);
}

} // namespace

MomentRecorder::MomentRecorder(Kernel& kernel, LoadRecord& record) : kernel_(kernel), record_(record), former_(kernel.sink())
{
    record_.moments.reserve(2 * most_moments); // pointers into it stay good
    kernel_.set_sink(this);
}

MomentRecorder::~MomentRecorder()
{
    kernel_.set_sink(former_);
}

/// Nothing when there are so many that nobody would read them: they are counted.
Moment* MomentRecorder::add(Moment moment)
{
    if (record_.moments.size() >= most_moments) {
        ++record_.moments_left_out;
        return nullptr;
    }
    return &record_.moments.emplace_back(std::move(moment));
}

void MomentRecorder::program(const std::string& command_line)
{
    add({.kind = Moment::Kind::program, .text = "$ " + command_line});
}

void MomentRecorder::said(std::string_view text)
{
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    if (!text.empty()) add({.kind = Moment::Kind::said, .depth = 1, .text = std::string(text)});
}

void MomentRecorder::end(const std::string& text, bool failed)
{
    if (!record_.moments.empty()) settle_log(&record_.moments.back());
    depth_ = 0;
    // The end is shown however much was left out.
    record_.moments.push_back({.kind = Moment::Kind::end, .text = text, .failed = failed});
}

void MomentRecorder::syscall_entered(std::string_view name, std::span<const std::string> arguments)
{
    if (former_) former_->syscall_entered(name, arguments);
    ran_.clear();
    depth_ = 1;
    last_call_ =
        add({.kind = Moment::Kind::call, .depth = depth_, .text = fmt::format("{}({})", name, fmt::join(arguments, ", "))});
    ++depth_;
}

/// Calls that only ask come dozens in a row: those that follow each other become one moment.
void MomentRecorder::syscall_returned(std::string_view name, SyscallResult result)
{
    if (former_) former_->syscall_returned(name, result);
    depth_ = 1;
    settle_log(last_call_);
    if (!last_call_) return;
    last_call_->result = result_text(result, kernel_.arch());
    last_call_->failed = result.failed(kernel_.arch());
    auto& moments = record_.moments;
    if (name != "query_module" || moments.size() < 2 || &moments.back() != last_call_) return;
    auto& before = moments[moments.size() - 2];
    if (before.kind != Moment::Kind::call || !before.text.starts_with("query_module")) return;
    ++before.times;
    moments.pop_back();
    last_call_ = &moments.back();
}

void MomentRecorder::export_called(const ExportCall& call)
{
    if (former_) former_->export_called(call);
    if (call.finished && call.arguments.empty() && !open_exports_.empty()) {
        auto& begun = record_.moments[open_exports_.back()];
        if (begun.text.starts_with(fmt::format("{}(", call.name))) {
            begun.result = call.result;
            settle_log(&begun);
            depth_ = begun.depth;
            open_exports_.pop_back();
            return;
        }
    }
    auto* moment = add({.kind = Moment::Kind::exported,
                        .depth = depth_,
                        .text = fmt::format("{}({})", call.name, fmt::join(call.arguments, ", ")),
                        .result = call.result,
                        .grade = call.grade});
    if (call.finished) settle_log(moment);
    if (call.finished || !moment) return;
    open_exports_.push_back(record_.moments.size() - 1);
    ++depth_;
}

void MomentRecorder::guest_called(GuestAddr function, std::string_view why)
{
    if (former_) former_->guest_called(function, why);
    ran_ = why;
    if (!record_.moments.empty()) settle_log(&record_.moments.back());
    if (why == "init" && before_init) before_init();
    add({.kind = Moment::Kind::guest, .depth = depth_, .text = fmt::format("{}: {}", why, named(function))});
    if (open_exports_.empty()) depth_ = 3;
}

void MomentRecorder::logged(std::string_view text)
{
    if (former_) former_->logged(text);
    while (text.ends_with('\n'))
        text.remove_suffix(1);
    if (!text.empty() && !record_.moments_left_out) unsettled_log_.emplace_back(text);
}

/// Gives what was logged to the moment that wrote it.
void MomentRecorder::settle_log(Moment* writer)
{
    if (writer) writer->log.insert(writer->log.end(), unsettled_log_.begin(), unsettled_log_.end());
    unsettled_log_.clear();
}

void MomentRecorder::faulted(GuestAddr pc, GuestAddr address, std::string_view what)
{
    if (former_) former_->faulted(pc, address, what);
    settle_log(record_.moments.empty() ? nullptr : &record_.moments.back());
    add({.kind = Moment::Kind::fault,
         .depth = depth_,
         .text = fmt::format("fault at {}, address {:#x}: {}", named(pc), address.value, what),
         .failed = true});
}

std::string MomentRecorder::named(GuestAddr address)
{
    auto name = kernel_.symbols().describe(address);
    if (name.empty() && name_of) name = name_of(address.value);
    return name.empty() ? fmt::format("{:#x}", address.value) : name;
}

} // namespace retromod
