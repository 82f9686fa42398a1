// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/scenario/session_recorder.h"

#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace retromod {

using nlohmann::ordered_json;

/// One step, and what the session saw of its call.
struct SessionRecorder::Seen {
    ordered_json step;
    std::optional<SyscallResult> result;  ///< none: no call, or one that did not return
    std::optional<std::uint64_t> stored;  ///< query_module: through its last argument
};

namespace {

ordered_json name_text(std::optional<std::string_view> name)
{
    return name ? ordered_json(text_of_bytes(*name)) : ordered_json(nullptr);
}

} // namespace

/// The calls of a session on their way to the kernel.
class RecordingCalls final : public ModuleCalls {
public:
    RecordingCalls(SessionRecorder& recorder, ModuleCalls& calls) : recorder_(recorder), calls_(calls) {}

    SyscallResult create_module(std::string_view name, std::uint64_t size) override
    {
        recorder_.note_step({{"op", "create"}, {"name", name_text(name)}, {"size", size}});
        return returned(calls_.create_module(name, size));
    }
    SyscallResult init_module(std::string_view name, std::span<const std::byte> image) override
    {
        auto shown = image_text(image, base_of(name), recorder_.addresses_);
        recorder_.note_step({{"op", "init"}, {"name", name_text(name)}, {"image", std::move(shown)}});
        return returned(calls_.init_module(name, image));
    }
    SyscallResult delete_module(std::optional<std::string_view> name) override
    {
        recorder_.note_step({{"op", "delete"}, {"name", name_text(name)}});
        return returned(calls_.delete_module(name));
    }
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override
    {
        constexpr std::array<std::string_view, 6> requests = {"0", "MODULES", "DEPS", "REFS", "SYMBOLS", "INFO"};
        ordered_json step{{"op", "query"}, {"name", name_text(name)}, {"which", requests.at(static_cast<std::size_t>(which))},
                          {"bufsize", buffer.size()}};
        if (buffer.empty()) step["buf"] = {{"bad", "null"}};
        recorder_.note_step(std::move(step));
        auto answer = calls_.query_module(name, which, buffer);
        recorder_.note_result(answer.result, answer.ret);
        return answer;
    }
    SyscallResult get_kernel_syms(std::span<std::byte> table) override
    {
        auto form = table.empty() ? ordered_json(nullptr) : ordered_json{{"bytes", table.size()}};
        recorder_.note_step({{"op", "get_kernel_syms"}, {"table", std::move(form)}});
        return returned(calls_.get_kernel_syms(table));
    }

private:
    SyscallResult returned(SyscallResult result)
    {
        recorder_.note_result(result);
        return result;
    }
    GuestAddr base_of(std::string_view name) const
    {
        const auto label = text_of_bytes(name);
        for (const auto& [base, module] : recorder_.addresses_.modules)
            if (module.label == label) return {base};
        return {};
    }

    SessionRecorder& recorder_;
    ModuleCalls& calls_;
};

SessionRecorder::SessionRecorder(const Arch& arch, std::vector<std::pair<std::string, GuestAddr>> symbols)
    : arch_(arch), notes_(std::tmpfile(), std::fclose)
{
    if (!notes_) throw std::system_error(errno, std::generic_category(), "a file for the session's notes");
    for (auto& [name, address] : symbols) {
        symbol_names_.push_back(name);
        addresses_.symbols.emplace(address.value, std::move(name));
    }
}

SessionRecorder::~SessionRecorder() = default;

// --- notes ------------------------------------------------------------------------------------------------------
// A line of JSON each: the step before its call is made, {"word", "stored"} when it returned.

void SessionRecorder::write(const ordered_json& note)
{
    const auto line = note.dump() + '\n';
    if (std::fwrite(line.data(), 1, line.size(), notes_.get()) != line.size() || std::fflush(notes_.get()) != 0)
        throw std::system_error(errno, std::generic_category(), "the session's notes");
}

void SessionRecorder::note_step(ordered_json step)
{
    write(step);
    apply(step);
}

void SessionRecorder::note_result(SyscallResult result, std::optional<std::uint64_t> stored)
{
    ordered_json note{{"word", result.word}};
    if (stored) note["stored"] = *stored;
    write(note);
    apply(note);
}

void SessionRecorder::apply(const ordered_json& note)
{
    if (note.contains("op")) {
        seen_.push_back({note, {}, {}});
        return;
    }
    auto& last = seen_.back();
    last.result = SyscallResult{note["word"].get<std::uint64_t>()};
    if (note.contains("stored")) last.stored = note["stored"].get<std::uint64_t>();
    apply_result(*last.result);
}

/// Keeps up which modules there are.
void SessionRecorder::apply_result(SyscallResult result)
{
    const auto& step = seen_.back().step;
    if (result.failed(arch_)) return;
    if (step["op"] == "create") {
        addresses_.modules[result.word] = {step["name"].get<std::string>(), step["size"].get<std::uint64_t>()};
    } else if (step["op"] == "delete" && step["name"].is_string()) {
        std::erase_if(addresses_.modules, [&](const auto& module) { return module.second.label == step["name"]; });
    }
}

void SessionRecorder::take_up_notes()
{
    seen_.clear();
    addresses_.modules.clear();
    std::rewind(notes_.get());
    std::string line;
    for (int c = std::fgetc(notes_.get()); c != EOF; c = std::fgetc(notes_.get())) {
        if (c != '\n') {
            line += static_cast<char>(c);
            continue;
        }
        apply(ordered_json::parse(line));
        line.clear();
    }
    std::fseek(notes_.get(), 0, SEEK_END);
}

std::unique_ptr<ModuleCalls> SessionRecorder::stand_before(ModuleCalls& calls)
{
    return std::make_unique<RecordingCalls>(*this, calls);
}

void SessionRecorder::end_command()
{
    take_up_notes();
    if (!seen_.empty() && seen_.back().step["op"] != "state") note_step({{"op", "state"}});
}

ordered_json SessionRecorder::scenario(const std::string& id, const std::string& title) const
{
    ordered_json scenario{{"id", id}, {"title", title}, {"tags", {"recorded"}}, {"symbols", symbol_names_}};
    auto steps = ordered_json::array();
    for (const auto& seen : seen_) steps.push_back(seen.step);
    scenario["steps"] = std::move(steps);
    return scenario;
}

std::optional<std::string> SessionRecorder::difference(const ScenarioResult& run) const
{
    for (std::size_t i = 0; i < seen_.size() && i < run.results->size(); ++i) {
        const auto& step = seen_[i].step;
        const auto& result = seen_[i].result;
        const auto& stored = seen_[i].stored;
        const auto& got = (*run.results)[i];
        const auto differ = [&](const std::string& saw) {
            return fmt::format("step {} ({}): the session saw {}, its replay gives {}", i, step["op"].get<std::string>(), saw,
                               got.dump());
        };
        if (step["op"] == "state") continue;
        if (!result) return got.contains("ret") ? std::optional(differ("no return")) : std::nullopt;
        const auto error = result->error(arch_);
        nlohmann::json expected;
        if (error) expected = std::string(errno_name(*error));
        else if (step["op"] == "create") expected = "@" + step["name"].get<std::string>();
        else expected = static_cast<std::int32_t>(result->word);
        if (!got.contains("ret") || got["ret"] != expected) return differ("ret " + expected.dump());
        if (stored && got.contains("retsize") && got["retsize"] != *stored) return differ(fmt::format("{} stored", *stored));
    }
    if (run.results->size() < seen_.size())
        return fmt::format("its replay ends behind step {}: {}", run.results->size(), run.broke);
    return std::nullopt;
}

} // namespace retromod
