// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/comparison/comparison_side.h"

#include "emu/kernel/boot_options.h"
#include "emu/kernel/export_call.h"
#include "emu/kernel/log.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "loader/api/machine_words.h"
#include "loader/elf/module_file.h"
#include "loader/scenario/modern_bases.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr std::uint64_t unmapped_address = 0x10000;

void change_image(std::vector<std::byte>& image, const ImageChange& change, const std::string& path)
{
    const auto bytes = std::as_bytes(std::span(change.bytes));
    const auto size = static_cast<std::int64_t>(image.size());
    switch (change.kind) {
    case ImageChange::Kind::truncate:
        image.resize(
            static_cast<std::size_t>(std::clamp<std::int64_t>(change.number < 0 ? size + change.number : change.number, 0, size)));
        return;
    case ImageChange::Kind::patch:
        if (change.number + static_cast<std::int64_t>(bytes.size()) > size)
            throw std::runtime_error(fmt::format("{}: has no {} bytes at offset {} to change", path, bytes.size(), change.number));
        std::ranges::copy(bytes, image.begin() + change.number);
        return;
    case ImageChange::Kind::replace:
        break;
    }
    const auto from = std::as_bytes(std::span(change.from));
    bool found = false;
    for (auto at = image.begin(); (at = std::search(at, image.end(), from.begin(), from.end())) != image.end(); found = true)
        at = std::ranges::copy(bytes, at).out;
    if (!found) throw std::runtime_error(fmt::format("{}: holds no '{}' to change", path, change.from));
}

} // namespace

std::vector<std::byte> read_image(const ComparedModule& module)
{
    auto file = read_module_file(module.path, Unpacks::everything);
    if (!file) throw std::runtime_error(explain(file.problem(), module.path));
    for (const auto& change : module.changes) change_image(file->bytes, change, module.path);
    return std::move(file->bytes);
}

std::vector<std::string> lines_of(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (end) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

MachineOptions machine_options(const ComparedMachine& wanted)
{
    MachineOptions machine;
    MachineWords words;
    words.release = wanted.release;
    if (!wanted.arch.empty()) words.arch = wanted.arch;
    if (const auto wrong = read_machine_words(words, machine)) throw std::runtime_error(*wrong);
    return machine;
}

std::unique_ptr<ComparisonSide> ComparisonSide::make(const ComparedMachine& wanted)
{
    const auto machine = machine_options(wanted);
    BootOptions boot;
    boot.command_line = wanted.command_line;
    for (const auto& [name, on] : wanted.configuration)
        if (const auto wrong = read_configuration(name + (on ? "=y" : "=n"), boot)) throw std::runtime_error(*wrong);
    boot.module_keys = ModernBases::trusted_key();
    auto session = Session::in_memory(machine, boot);
    return machine.release->modern ? make_modern_side(std::move(session)) : make_old_side(std::move(session));
}

std::string ComparisonSide::machine_text()
{
    return fmt::format("{} on {}", session_.machine().release().name, session_.arch().name);
}

// --- what is noted ----------------------------------------------------------------------------------------------------

std::string ComparisonSide::result_text(SyscallResult result)
{
    if (const auto error = result.error(session_.arch())) return std::string(errno_name(*error));
    if (result.failed(session_.arch())) return std::to_string(session_.arch().signed_word(result.word));
    return result.word > 0xffff ? fmt::format("{:#x}", result.word) : std::to_string(result.word);
}

void ComparisonSide::note_call(const std::string& text, SyscallResult result, Decides decides)
{
    column_.did.push_back(fmt::format("{} = {}", text, result_text(result)));
    if (failed_ || decides == Decides::no) return;
    failed_ = result.failed(session_.arch());
    column_.result = result_text(result);
}

void ComparisonSide::say(std::string_view text)
{
    for (auto& line : lines_of(text)) column_.said.push_back(std::move(line));
}

// --- a step -----------------------------------------------------------------------------------------------------------

StepColumn ComparisonSide::perform(const ComparedAction& action)
{
    column_ = {};
    failed_ = false;
    log_before_ = session_.kernel().log().position();
    if (action.kind != ComparedAction::Kind::nothing) {
        try {
            do_action(action);
        } catch (const CallStopped& stopped) {
            column_.did.push_back(stopped.call + " never returned");
            column_.result = outcome_word(stopped.outcome.kind);
            column_.checked = fmt::format("the kernel: {}", stopped.outcome.what);
        }
        if (column_.result.empty()) column_.result = "no call";
    }
    column_.log = lines_of(logged());
    column_.state = modules();
    if (const auto letters = taint(); !letters.empty()) column_.state.push_back(std::string(taint_mark) + letters);
    return column_;
}

void ComparisonSide::do_action(const ComparedAction& action)
{
    using Kind = ComparedAction::Kind;
    switch (action.kind) {
    case Kind::nothing: return;
    case Kind::insmod: return insmod(action, read_image(action.module));
    case Kind::rmmod: return rmmod(action);
    case Kind::lsmod:
        column_.did.emplace_back("$ lsmod");
        return lsmod();
    case Kind::call: return call(action);
    case Kind::capability:
        capable_ = action.on;
        column_.did.emplace_back(action.on ? "the caller has CAP_SYS_MODULE" : "the caller has no CAP_SYS_MODULE");
        column_.result = "0";
        return;
    case Kind::cat: {
        column_.did.push_back("$ cat " + action.word);
        const auto text = read_file(action.word);
        column_.result = text ? "0" : std::string(errno_name(text.error()));
        if (text) say(*text);
        return;
    }
    case Kind::write: {
        const auto text = fmt::format("{}\n", fmt::join(action.arguments, " "));
        column_.did.push_back(fmt::format("$ echo {} > {}", fmt::join(action.arguments, " "), action.word));
        const auto written = write_file(action.word, text);
        column_.result = written ? "0" : std::string(errno_name(written.error()));
        return;
    }
    }
}

/// A system call with arguments as they are. What an image or text needs is placed in user memory for the call.
void ComparisonSide::call(const ComparedAction& action)
{
    using Kind = ComparedArgument::Kind;
    auto& user = session_.calls().user_memory();
    const UserBuffers buffers(user);
    SystemCall call{action.word, {}, static_cast<unsigned>(action.words.size())};
    std::vector<std::string> shown;
    for (std::size_t number = 0; number < action.words.size(); ++number) {
        const auto& word = action.words[number];
        auto& value = call.arguments[number];
        std::vector<std::byte> image;
        if (word.kind == Kind::image || word.kind == Kind::length) image = read_image(word.module);
        switch (word.kind) {
        case Kind::number: value = session_.arch().word(static_cast<std::uint64_t>(word.number)); break;
        case Kind::text: value = user.place(word.text).value; break;
        case Kind::null: value = 0; break;
        case Kind::unmapped: value = unmapped_address; break;
        case Kind::kernel: value = session_.arch().page_offset.value; break;
        case Kind::image: value = user.place(image).value; break;
        case Kind::length: value = image.size(); break;
        }
        switch (word.kind) {
        case Kind::text:
            shown.push_back(word.text.size() > 64 ? fmt::format("{{{} characters}}", word.text.size()) : quoted(word.text));
            break;
        case Kind::null: shown.emplace_back("NULL"); break;
        case Kind::image: shown.push_back(fmt::format("{{{} bytes}}", image.size())); break;
        case Kind::unmapped:
        case Kind::kernel: shown.push_back(fmt::format("{:#x}", value)); break;
        case Kind::number:
        case Kind::length: shown.push_back(std::to_string(static_cast<std::int64_t>(value)));
        }
    }
    const auto outcome = session_.kernel().scheduler().call(call, {.cap_sys_module = capable_, .comm = "program"});
    if (outcome.kind != Outcome::Kind::done) throw CallStopped{action.word, outcome};
    note_call(fmt::format("{}({})", action.word, fmt::join(shown, ", ")), outcome.result);
    column_.checked = check_of(action.word, outcome.result);
}

} // namespace retromod
