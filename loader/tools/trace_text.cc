// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/trace_sinks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace retromod {
namespace {

class TextTrace final : public EventSink {
public:
    explicit TextTrace(TraceOptions options) : options_(std::move(options)) {}

    void syscall_entered(std::string_view name, std::span<const std::string> arguments) override
    {
        announce(fmt::format("{}({})", name, fmt::join(arguments, ", ")));
        open_.emplace_back(name);
    }

    void syscall_returned(std::string_view name, SyscallResult result) override
    {
        close(name, show_result(result, *options_.arch), "");
    }

    void export_called(const ExportCall& call) override
    {
        const auto grade = call.grade == Grade::full ? "" : fmt::format("  [{}]", grade_name(call.grade));
        if (call.finished && is_open(call.name) && call.arguments.empty()) return close(call.name, call.result, grade);
        const auto head = fmt::format("{}({})", call.name, fmt::join(call.arguments, ", "));
        if (call.finished) return line(head + (call.result.empty() ? "" : " = " + call.result) + grade);
        announce(head);
        open_.emplace_back(call.name);
    }

    void guest_called(GuestAddr function, std::string_view why) override
    {
        line(fmt::format("--- {}: {}", why, named(function)));
    }

    void logged(std::string_view text) override
    {
        while (text.ends_with('\n')) text.remove_suffix(1);
        line(fmt::format("klog: {}", text));
    }

    void faulted(GuestAddr pc, GuestAddr address, std::string_view what) override
    {
        line(fmt::format("+++ fault at {}, address {:#x}: {}", named(pc), address.value, what));
    }

    void io_accessed(const IoAccess& access) override
    {
        const auto names = access.memory ? std::pair("read", "write") : std::pair("in", "out");
        line(fmt::format("{}{}({:#x}) {} {:#x}  at {}", access.write ? names.second : names.first,
                         access.size == 1 ? "b" : access.size == 2 ? "w" : access.size == 4 ? "l" : "q", access.address,
                         access.write ? "<-" : "=", access.value, named(access.pc)));
    }

private:
    /// A call whose result comes later: shown whole, if nothing happens until then.
    void announce(const std::string& head)
    {
        flush();
        pending_ = head;
    }

    void flush()
    {
        if (pending_.empty()) return;
        print(open_.size() - 1, pending_ + " ...");
        pending_.clear();
    }

    void line(const std::string& text)
    {
        flush();
        print(open_.size(), text);
    }

    void close(std::string_view name, const std::string& result, const std::string& grade)
    {
        const auto last = std::ranges::find(open_.rbegin(), open_.rend(), name);
        if (last != open_.rend()) open_.erase(last.base() - 1, open_.end());
        const auto tail = (result.empty() ? "" : " = " + result) + grade;
        if (pending_.empty()) return print(open_.size(), fmt::format("<... {}>{}", name, tail));
        print(open_.size(), pending_ + tail);
        pending_.clear();
    }

    void print(std::size_t depth, const std::string& text)
    {
        fmt::print(options_.into, "{:{}}{}\n", "", 2 * depth, text);
    }

    bool is_open(std::string_view name) const { return std::ranges::find(open_, name) != open_.end(); }

    std::string named(GuestAddr address) const
    {
        const auto name = options_.symbolize ? options_.symbolize(address) : "";
        return name.empty() ? fmt::format("{:#x}", address.value) : name;
    }

    TraceOptions options_;
    std::vector<std::string> open_; ///< calls under way, the outermost first
    std::string pending_;           ///< the innermost, while nothing was printed since
};

} // namespace

std::string show_result(SyscallResult result, const Arch& arch)
{
    if (const auto error = result.error(arch))
        return fmt::format("-1 {} ({})", errno_name(*error), errno_text(*error));
    if (result.failed(arch)) return fmt::format("-1 errno {}", -arch.signed_word(result.word));
    return result.word < 65536 ? std::to_string(result.word) : fmt::format("{:#x}", result.word);
}

std::unique_ptr<EventSink> make_text_trace(TraceOptions options)
{
    return std::make_unique<TextTrace>(std::move(options));
}

} // namespace retromod
