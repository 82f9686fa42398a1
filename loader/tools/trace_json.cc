// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/trace_sinks.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace retromod {
namespace {

using Json = nlohmann::ordered_json;

class JsonTrace final : public EventSink {
public:
    explicit JsonTrace(TraceOptions options) : options_(std::move(options)) {}

    void syscall_entered(std::string_view name, std::span<const std::string> arguments) override
    {
        print({{"event", "syscall"}, {"name", name}, {"arguments", arguments}});
    }

    void syscall_returned(std::string_view name, SyscallResult result) override
    {
        Json line{{"event", "syscall_result"}, {"name", name}, {"result", result.word}};
        if (result.failed(*options_.arch)) line["result"] = options_.arch->signed_word(result.word);
        if (const auto error = result.error(*options_.arch)) line["errno"] = errno_name(*error);
        print(line);
    }

    void export_called(const ExportCall& call) override
    {
        Json line{{"event", "export"}, {"name", call.name}, {"grade", grade_name(call.grade)}, {"finished", call.finished}};
        if (call.caller) line["caller"] = address(call.caller);
        if (!call.arguments.empty()) line["arguments"] = call.arguments;
        if (!call.result.empty()) line["result"] = call.result;
        print(line);
    }

    void guest_called(GuestAddr function, std::string_view why) override
    {
        print({{"event", "guest_call"}, {"why", why}, {"function", address(function)}, {"symbol", symbol(function)}});
    }

    void logged(std::string_view text) override { print({{"event", "log"}, {"text", text}}); }

    void faulted(GuestAddr pc, GuestAddr at, std::string_view what) override
    {
        print({{"event", "fault"}, {"pc", address(pc)}, {"symbol", symbol(pc)}, {"address", address(at)}, {"what", what}});
    }

    void io_accessed(const IoAccess& access) override
    {
        Json line{{"event", access.memory ? (access.write ? "write" : "read") : (access.write ? "out" : "in")}};
        if (access.memory) line["physical"] = address({access.address});
        else line["port"] = access.address;
        line.update(
            Json{{"size", access.size}, {"value", access.value}, {"pc", address(access.pc)}, {"symbol", symbol(access.pc)}});
        print(line);
    }

private:
    // Guest text can be any bytes; JSON is UTF-8.
    void print(const Json& line)
    {
        fmt::print(options_.into, "{}\n", line.dump(-1, ' ', false, Json::error_handler_t::replace));
    }

    static std::string address(GuestAddr at) { return fmt::format("{:#x}", at.value); }
    std::string symbol(GuestAddr at) const { return options_.symbolize ? options_.symbolize(at) : ""; }

    TraceOptions options_;
};

} // namespace

std::unique_ptr<EventSink> make_json_trace(TraceOptions options)
{
    return std::make_unique<JsonTrace>(std::move(options));
}

} // namespace retromod
