// SPDX-License-Identifier: GPL-2.0-or-later
// Does the steps of a modern scenario on a fresh machine.
#include "loader/scenario/modern_runner.h"

#include "emu/kernel/boot_options.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/threads.h"
#include "loader/scenario/module_mutator.h"
#include "loader/scenario/scenario_limits.h"
#include "loader/scenario/scenario_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {

using nlohmann::json;

namespace {

constexpr std::uint64_t page = 4096;
constexpr std::string_view blacklist = "module_blacklist=blk1,blk2,mo_dup2";

MachineOptions machine_options(const Release& release)
{
    MachineOptions options;
    options.release = &release;
    options.arch = find_arch(release.arch);
    options.memory_bytes = 256 << 20;
    options.uts_release = release.uts_release;
    return options;
}

BootOptions boot_options(const Scenario& scenario)
{
    BootOptions boot;
    boot.command_line = blacklist;
    if (const auto more = scenario.content->find("boot"); more != scenario.content->end())
        boot.command_line += " " + more->get<std::string>();
    boot.module_keys = ModernBases::trusted_key();
    return boot;
}

/// A record of the log as /dev/kmsg shows it: bytes that are no printable ASCII as \xNN.
std::string shown_record(std::string_view text)
{
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 32 || byte >= 127 || byte == '\\') shown += fmt::format("\\x{:02x}", byte);
        else shown += c;
    }
    return shown;
}

std::uint64_t number(const std::string& text)
{
    const bool minus = text.starts_with('-');
    const auto value = number_in_text(std::string_view(text).substr(minus));
    if (!value) throw ScenarioError(fmt::format("'{}' is no number", text));
    return minus ? 0 - *value : *value;
}

std::uint64_t length_argument(const std::string& text, std::uint64_t size)
{
    constexpr std::string_view file = "file size";
    if (!text.starts_with(file)) return number(text);
    const auto rest = text.substr(file.size());
    if (rest.empty()) return size;
    return rest[0] == '-' ? size - number(rest.substr(1)) : size + number(rest.substr(1));
}

/// "40 MiB of 'x'", "16 bytes 'x' ending at an unmapped page, no NUL".
struct RepeatedText {
    std::uint64_t count;
    char letter;
    bool has_nul;
};
std::optional<RepeatedText> repeated_text(const std::string& text)
{
    constexpr std::pair<std::string_view, unsigned> units[] = {{" bytes ", 0}, {" KiB ", 10}, {" MiB ", 20}};
    constexpr std::string_view edge = " ending at an unmapped page, no NUL";
    for (const auto& [unit, shift] : units) {
        const auto at = text.find(unit);
        if (at == text.npos) continue;
        std::string_view rest = std::string_view(text).substr(at + unit.size());
        if (rest.starts_with("of ")) rest.remove_prefix(3);
        const bool quotes_one = rest.size() >= 3 && rest[0] == '\'' && rest[2] == '\'';
        if (!quotes_one || (rest.size() > 3 && rest.substr(3) != edge)) return std::nullopt;
        const auto count = number(text.substr(0, at));
        if (count > scenario_limits::parameter_bytes >> shift)
            throw ScenarioError(fmt::format("'{}' is longer than {} bytes", text, scenario_limits::parameter_bytes));
        return RepeatedText{count << shift, rest[1], rest.size() == 3};
    }
    return std::nullopt;
}

std::uint64_t delete_flags(const std::string& text)
{
    constexpr std::pair<std::string_view, std::uint64_t> names[] = {{"NONBLOCK", 04000}, {"TRUNC", 01000}};
    std::uint64_t flags = 0;
    bool named = false;
    for (const auto& [name, bit] : names)
        if (text.find(name) != text.npos) flags |= bit, named = true;
    return named ? flags : number(text);
}

} // namespace

ModernRunner::ModernRunner(const Scenario& scenario, const Release& release, const ModernBases& bases)
    : scenario_(scenario), release_(release), bases_(bases), machine_(machine_options(release)), user_(machine_.arch()),
      kernel_(machine_, modern_exports(), boot_options(scenario)), modern_(ModernKernel::of(kernel_))
{
    machine_.memory().set_user_memory(&user_);
    kernel_.set_sink(this);
    modern_.set_user_files(&files_);
}

ModernRunner::~ModernRunner() { machine_.memory().set_user_memory(nullptr); }

void ModernRunner::logged(std::string_view text)
{
    char level = '4';
    if (text.size() >= 3 && text[0] == '<' && text[2] == '>') {
        level = text[1];
        text.remove_prefix(3);
    }
    if (text.ends_with('\n')) text.remove_suffix(1);
    log_.push_back(fmt::format("{} {}", level, shown_record(text)));
}

// --- arguments --------------------------------------------------------------------------------------------------

/// "@" is the scenario's own base, mutated; others are named in `images`.
std::vector<std::byte> ModernRunner::image(const std::string& name)
{
    const auto& content = *scenario_.content;
    const auto& form = name == "@" ? content : content.at("images").at(name);
    const MutationContext context{
        modern_.vermagic(),
        [&](std::string_view member) -> std::size_t {
            const auto* found = find_member(*release_.modern, member);
            if (!found) throw ScenarioError(fmt::format("struct module has no known member '{}'", member));
            return found->offset;
        },
        [&](const std::string& base) { return bases_.find(release_.name, base); }};
    return mutated(bases_.find(release_.name, form.at("base_id").get<std::string>()), form.value("mutation", json::array()),
                   context);
}

GuestAddr ModernRunner::pointer(const std::string& text)
{
    if (text == "NULL") return {};
    if (text == "kernel address") return {machine_.arch().page_offset.value + page};
    const auto repeated = repeated_text(text);
    if (!repeated) return {number(text)};
    const std::string content(repeated->count, repeated->letter);
    return repeated->has_nul ? user_.place(std::string_view(content))
                             : user_.place(std::as_bytes(std::span(content)), BufferedUserMemory::Fit::end);
}

GuestAddr ModernRunner::params_pointer(const json& args)
{
    if (const auto given = args.find("params_ptr"); given != args.end()) return pointer(given->get<std::string>());
    const auto text = bytes_in_text(args.at("params").get_ref<const std::string&>());
    if (!text) throw ScenarioError("params have characters above 255");
    return user_.place(std::string_view(*text));
}

SystemCall ModernRunner::init_call(const json& args)
{
    const auto content = image(args.value("image", "@"));
    const auto length = length_argument(args.at("len").get<std::string>(), content.size());
    GuestAddr at;
    if (const auto given = args.find("image_ptr"); given != args.end()) at = pointer(given->get<std::string>());
    else at = content.empty() ? user_.allocate(page) : user_.place(content);
    return {"init_module", {at.value, length, params_pointer(args).value}, 3};
}

SystemCall ModernRunner::finit_call(const json& args)
{
    const auto file = args.at("file").get<std::string>();
    const auto content = file.starts_with('/') ? std::vector<std::byte>() : image(file);
    const auto descriptor = files_.open(args.at("fd").get<std::string>(), file, content);
    return {"finit_module",
            {static_cast<std::uint64_t>(std::int64_t{descriptor}), params_pointer(args).value,
             number(args.at("flags").get<std::string>())},
            3};
}

SystemCall ModernRunner::delete_call(const json& args)
{
    GuestAddr name;
    if (const auto given = args.find("name_ptr"); given != args.end()) {
        name = pointer(given->get<std::string>());
    } else {
        const auto text = bytes_in_text(args.at("name").get_ref<const std::string&>());
        if (!text) throw ScenarioError("a name has characters above 255");
        const auto place = args.value("name_place", "");
        name = place.starts_with("no NUL") ? user_.place(std::as_bytes(std::span(*text)), BufferedUserMemory::Fit::end)
                                           : user_.place(std::string_view(*text));
    }
    return {"delete_module", {name.value, delete_flags(args.at("flags").get<std::string>())}, 2};
}

SystemCall ModernRunner::module_call(const std::string& name, const json& args)
{
    if (name == "init_module") return init_call(args);
    if (name == "finit_module") return finit_call(args);
    return delete_call(args);
}

// --- calls ------------------------------------------------------------------------------------------------------

void ModernRunner::set_result(const Outcome& outcome, ModernResult& result)
{
    if (outcome.kind != Outcome::Kind::done) {
        const auto kind = outcome.kind == Outcome::Kind::budget ? Outcome::Kind::hang : outcome.kind;
        result.broke = fmt::format("{}: {}", outcome_word(kind), outcome.what);
        return;
    }
    const auto& arch = machine_.arch();
    const auto value = arch.signed_word(outcome.result.word);
    result.error = 0;
    if (!outcome.result.failed(arch)) {
        result.ret = value;
        return;
    }
    result.ret = -1;
    if (const auto known = outcome.result.error(arch)) result.error = errno_name(*known);
    else result.error = -value;
}

void ModernRunner::run(const SystemCall& call, bool background, ModernResult& result)
{
    const RunLimits limits{scenario_limits::guest_blocks};
    const auto thread = kernel_.scheduler().begin(call, {capable_, "init"});
    if (background) {
        background_.push_back({thread, {}});
        kernel_.scheduler().settle(0);
        return;
    }
    const auto outcome = kernel_.scheduler().run(thread, limits);
    kernel_.threads().reap(thread);
    set_result(outcome, result);
}

void ModernRunner::finish_background()
{
    for (auto& entry : background_) {
        if (entry.result) continue;
        entry.result.emplace();
        const auto outcome = kernel_.scheduler().run(entry.thread, {scenario_limits::guest_blocks});
        kernel_.threads().reap(entry.thread);
        set_result(outcome, *entry.result);
    }
}

std::optional<ModernResult> ModernRunner::background(std::size_t index)
{
    return index < background_.size() ? background_[index].result : std::nullopt;
}

/// A call by its number, with raw words. `compat` is int 0x80, whose words have 32 bits.
void ModernRunner::raw_call(const json& args, bool compat, ModernResult& result)
{
    struct Number {
        unsigned native, compat;
        std::string_view name;
    };
    constexpr Number numbers[] = {{174, 127, "create_module"}, {175, 128, "init_module"}, {176, 129, "delete_module"},
                                  {177, 130, "get_kernel_syms"}, {178, 167, "query_module"}, {313, 350, "finit_module"}};
    const auto wanted = args.at("nr").get<unsigned>();
    const auto* row = std::ranges::find(numbers, wanted, compat ? &Number::compat : &Number::native);
    if (row == std::end(numbers)) throw ScenarioError(fmt::format("system call {} is none for modules", wanted));
    SystemCall call{row->name, {}, 0};
    for (const auto& word : args.at("args")) {
        if (call.argument_count == call.arguments.size()) break;
        const auto value = number(word.get<std::string>());
        call.arguments[call.argument_count++] = compat ? value & 0xffffffff : value;
    }
    run(call, false, result);
}

// --- files ------------------------------------------------------------------------------------------------------

void ModernRunner::write(const json& args, ModernResult& result)
{
    const auto text = bytes_in_text(args.at("data").get_ref<const std::string&>());
    if (!text) throw ScenarioError("data have characters above 255");
    const auto written = modern_.write_file(args.at("path").get<std::string>(), *text);
    result.error = 0;
    if (written) {
        result.ret = static_cast<std::int64_t>(*written);
    } else {
        result.ret = -1;
        result.error = errno_name(written.error());
    }
}

void ModernRunner::cat(const std::string& path, ModernResult& result)
{
    const auto text = modern_.read_file(path, root_);
    if (!text) {
        result.output.push_back(fmt::format("{} errno={}", path, errno_name(text.error())));
        return;
    }
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        result.output.push_back(fmt::format("{}: {}", path, text_of_bytes(rest.substr(0, end))));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

void ModernRunner::list(const std::string& path, ModernResult& result)
{
    const auto names = modern_.list_folder(path);
    if (!names) {
        result.output.push_back(fmt::format("{} errno={}", path, errno_name(names.error())));
        return;
    }
    for (const auto& name : *names) result.output.push_back(fmt::format("{}/ {}", path, text_of_bytes(name)));
}

// --- steps ------------------------------------------------------------------------------------------------------

ModernResult ModernRunner::step(const json& step)
{
    constexpr std::uint64_t milliseconds_a_tick = 1000 / hz;
    ModernResult result;
    log_.clear();
    const auto tainted = modern_.tainted();
    const auto call = step.at("call").get<std::string>();
    const auto& args = step.at("args");
    const auto first = [&] {
        const auto& list = args.at("args");
        return list.empty() ? std::string() : list.at(0).get<std::string>();
    };
    if (call == "init_module" || call == "finit_module" || call == "delete_module")
        run(module_call(call, args), step.value("background", false), result);
    else if (call == "syscall" || call == "int80") raw_call(args, call == "int80", result);
    else if (call == "write") write(args, result);
    else if (call == "cat") cat(first(), result);
    else if (call == "ls") list(first(), result);
    else if (call == "sleep") kernel_.scheduler().settle(number(first()) / milliseconds_a_tick);
    else if (call == "wait") finish_background();
    else if (call == "drop CAP_SYS_MODULE") capable_ = false;
    else if (call == "unshare(CLONE_NEWUSER)") capable_ = root_ = false; // a capability in a child namespace does not count
    else if (call == "setuid") capable_ = root_ = number(first()) == 0;
    else throw ScenarioError(fmt::format("there is no step '{}'", call));
    result.log = log_;
    result.taints = taint_letters(modern_.tainted() & ~tainted);
    ModernResult seen;
    cat("/proc/modules", seen);
    constexpr std::string_view prefix = "/proc/modules: ";
    for (const auto& line : seen.output) result.modules.push_back(line.substr(prefix.size()));
    return result;
}

} // namespace retromod
