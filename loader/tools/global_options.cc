// SPDX-License-Identifier: GPL-2.0-or-later
// The options of every command, which stand before or behind its name.
#include "loader/tools/global_options.h"

#include "emu/cpu/preferred_engine.h"

#include <fmt/format.h>

#include <charconv>

namespace retromod {
namespace {

constexpr std::uint64_t most_budget_seconds = 1'000'000;

int refuse(const std::string& reason)
{
    complain(reason);
    return exit_status::usage;
}

/// The value of the option at `at`, `--name=VALUE` or the next word, which goes. Nothing: there is none.
std::optional<std::string> take_value(const std::string& option, std::vector<std::string>& words, std::size_t at)
{
    if (const auto equals = option.find('='); equals != std::string::npos) return option.substr(equals + 1);
    if (at >= words.size()) return std::nullopt;
    auto value = words[at];
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    return value;
}

std::optional<int> set_machine(const std::optional<std::string>& path, Invocation& invocation)
{
    if (!path || path->empty()) return refuse("--machine needs a path");
    invocation.machine = path;
    return std::nullopt;
}

std::optional<int> set_budget(const std::string& seconds, Invocation& invocation)
{
    const auto* end = seconds.data() + seconds.size();
    const auto read = std::from_chars(seconds.data(), end, invocation.budget_seconds);
    if (read.ec == std::errc{} && read.ptr == end && invocation.budget_seconds <= most_budget_seconds) return std::nullopt;
    return refuse(fmt::format("--budget '{}': a number of seconds up to {}", seconds, most_budget_seconds));
}

std::optional<int> set_engine(const std::string& name)
{
    if (name != "native" && name != "unicorn") return refuse(fmt::format("--engine '{}': native or unicorn", name));
    prefer_engine(name == "native" ? EngineKind::native : EngineKind::unicorn);
    return std::nullopt;
}

/// KIND:N, the N-th allocation of that kind, or each N-th of whatever kind.
std::optional<int> set_fail(const std::string& text, Invocation& invocation)
{
    const auto mark = text.find(':');
    FailChoice fail{text.substr(0, mark)};
    const auto* end = text.data() + text.size();
    const bool is_kind = fail.kind == "kmalloc" || fail.kind == "page" || fail.kind == "vmalloc" || fail.kind == "every";
    const auto read = mark == text.npos ? std::from_chars_result{nullptr, std::errc::invalid_argument}
                                        : std::from_chars(text.data() + mark + 1, end, fail.nth);
    if (!is_kind || read.ec != std::errc{} || read.ptr != end || fail.nth == 0)
        return refuse(fmt::format("--fail '{}': kmalloc:N, page:N or vmalloc:N, the N-th allocation of the command fails; every:N, "
                                  "each N-th of any kind since guest code ran",
                                  text));
    invocation.fail = fail;
    return std::nullopt;
}

std::optional<int> set_check(const std::string& what, Invocation& invocation)
{
    if (what != "memory") return refuse(fmt::format("--check '{}': memory is what can be checked", what));
    invocation.check_memory = CheckMemory::yes;
    prefer_engine(EngineKind::unicorn); // our own for i386 shows no single accesses
    return std::nullopt;
}

bool set_flag(const std::string& word, Invocation& invocation)
{
    if (word == "--dry-run") invocation.dry_run = DryRun::yes;
    else if (word == "--durable") invocation.durable = Durable::yes;
    else if (word == "--no-jail") invocation.jailed = Jailed::no;
    else if (word == "--no-wait") invocation.waits = Waits::no;
    else return false;
    return true;
}

} // namespace

GlobalOption take_global_option(std::vector<std::string>& words, std::size_t at, Invocation& invocation)
{
    const auto word = words[at];
    const auto name = word.substr(0, word.find('='));
    const bool takes_value = name == "--machine" || name == "--budget" || name == "--engine" || name == "--fail" ||
                             name == "--check";
    if (!takes_value && !set_flag(word, invocation)) return {};
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(at));
    if (!takes_value) return {.taken = true, .status = {}};
    const auto value = take_value(word, words, at);
    if (name == "--fail") return {.taken = true, .status = set_fail(value.value_or(""), invocation)};
    if (name == "--check") return {.taken = true, .status = set_check(value.value_or(""), invocation)};
    if (name == "--engine") return {.taken = true, .status = set_engine(value.value_or(""))};
    return {.taken = true,
            .status = name == "--machine" ? set_machine(value, invocation) : set_budget(value.value_or(""), invocation)};
}

std::optional<int> take_global_options(std::vector<std::string>& words, Invocation& invocation)
{
    for (std::size_t at = 0; at < words.size() && words[at] != "--";) {
        const auto option = take_global_option(words, at, invocation);
        if (option.status) return option.status;
        if (!option.taken) ++at;
    }
    return std::nullopt;
}

} // namespace retromod
