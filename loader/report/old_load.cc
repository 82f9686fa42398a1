// SPDX-License-Identifier: GPL-2.0-or-later
// A load up to 2.4: insmod links, the kernel checks the header.
#include "emu/cpu/cpu.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/symbols.h"
#include "loader/api/insmod_run.h"
#include "loader/explain/header_refusal.h"
#include "loader/explain/refusal.h"
#include "loader/legacy/module_header.h"
#include "loader/report/gather.h"
#include "loader/report/moment_recorder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <sstream>

namespace retromod {
namespace {

std::string file_name(const std::string& path)
{
    return path.substr(path.rfind('/') + 1);
}

/// The five calls, with the checks of each noted on its moment.
class CheckedCalls final : public ModuleCalls {
public:
    CheckedCalls(Session& session, RefusalWatch& watch, MomentRecorder& recorder)
        : session_(session), watch_(watch), recorder_(recorder)
    {
    }

    SyscallResult create_module(std::string_view name, std::uint64_t size) override
    {
        return checked("create_module", name, {}, [&] { return watch_.create_module(name, size); });
    }
    SyscallResult init_module(std::string_view name, std::span<const std::byte> image) override
    {
        return checked("init_module", name, image, [&] { return watch_.init_module(name, image); });
    }
    SyscallResult delete_module(std::optional<std::string_view> name) override
    {
        return checked("delete_module", name.value_or(""), {}, [&] { return watch_.delete_module(name); });
    }
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override
    {
        return watch_.query_module(name, which, buffer);
    }
    SyscallResult get_kernel_syms(std::span<std::byte> table) override { return watch_.get_kernel_syms(table); }

private:
    template <class Call>
    SyscallResult checked(std::string_view name, std::string_view module, std::span<const std::byte> image, Call call)
    {
        auto& kernel = session_.kernel();
        const auto before = kernel.log().position();
        const auto told = watch_.explanations().size();
        const auto result = call();
        auto* moment = recorder_.last_call();
        if (!moment) return result;
        const auto log = kernel.log().since(before);
        const auto& said = watch_.explanations();
        const auto reason = said.size() > told ? said[told] : std::string();
        const auto view = kernel.modules().find(module);
        for (const auto& row : checks_of({name, result, module, recorder_.ran(), log, reason}, kernel.rules(), kernel.arch())) {
            ShownCheck check{std::string(row.text), row.state, {}};
            if (row.state == CheckState::refused)
                check.detail = reason;
            else if (row.state == CheckState::passed && view && !image.empty())
                check.detail = header_values(kernel, *view, image, row.logged);
            moment->checks.push_back(std::move(check));
        }
        return result;
    }

    Session& session_;
    RefusalWatch& watch_;
    MomentRecorder& recorder_;
};

std::string what_is_in(const LoadedSection& section)
{
    if (section.flags & elf::shf_execinstr) return "code";
    return section.flags & elf::shf_write ? "data" : "read only";
}

bool is_pointer(ModuleField field)
{
    switch (field) {
    case ModuleField::size_of_struct:
    case ModuleField::size:
    case ModuleField::usecount:
    case ModuleField::flags:
    case ModuleField::nsyms:
    case ModuleField::ndeps:
    case ModuleField::runsize:
        return false;
    default:
        return true;
    }
}

/// What a member's value points to, in the module or in the kernel.
std::string member_meaning(const LoadRecord& record, Kernel& kernel, std::span<const PlacedSymbol> symbols, std::uint64_t value)
{
    if (auto inside = meaning_of(record, symbols, value); !inside.empty()) return inside;
    if (kernel.modules().is_end({value})) return "the kernel's own struct module";
    if (kernel.modules().contains({value})) return fmt::format("struct module of {}", kernel.modules().view({value}).name());
    return value > kernel.arch().task_size.value ? kernel.symbols().describe({value}) : "";
}

void add_members(LoadRecord& record, Kernel& kernel, std::span<const std::byte> image, std::span<const PlacedSymbol> symbols)
{
    const auto& layout = kernel.modules().layout();
    const bool is_loaded = kernel.modules().contains({record.base});
    const auto live = kernel.modules().view({record.base});
    for (int i = 0; i < static_cast<int>(ModuleField::count_); ++i) {
        const auto field = static_cast<ModuleField>(i);
        const auto given = header_field(kernel.arch(), static_cast<HeaderMember>(i)); // both are in the order of struct module
        if (!given.size || given.offset + given.size > image.size()) continue;
        ShownMember member{std::string(module_field_name(field)), given.offset, given.size, {}, {}, {}, is_pointer(field)};
        member.given = load_unsigned(image.data() + given.offset, given.size, kernel.arch().order);
        if (is_loaded && layout.has(field)) member.now = live.get(field);
        const auto pointer = member.now && *member.now ? *member.now : *member.given;
        if (member.is_pointer && pointer) member.meaning = member_meaning(record, kernel, symbols, pointer);
        record.members.push_back(std::move(member));
    }
}

std::vector<PlacedSymbol> placed(const LoadReport& report)
{
    std::vector<PlacedSymbol> symbols;
    for (const auto& symbol : report.symbols)
        symbols.push_back({symbol.name, symbol.address.value, symbol.section});
    return symbols;
}

/// The image as it would have been: unresolved names at 0, no parameters set, whatever version it is for.
InsmodResult link_only(const InsmodOptions& as_asked, Session& session, LinkRecord& link)
{
    InsmodOptions options;
    options.file = as_asked.file;
    options.noload = options.force = options.quiet = true;
    options.record = &link;
    options.bind_unresolved = [](std::string_view) { return std::optional(GuestAddr{0}); };
    const auto nowhere = [](std::string_view) {};
    return insmod_file(options, read_module_file(options.file), session.calls(), session.system(), {nowhere, nowhere});
}

void add_image(LoadRecord& record, Kernel& kernel, const LoadReport& report, LinkRecord& link)
{
    record.base = record.header = report.base.value;
    record.size = report.size;
    for (const auto& section : report.sections)
        if (section.size) record.sections.push_back({section.name, section.address.value, section.size, what_is_in(section)});
    record.relocations = std::move(link.relocations);
    const auto symbols = placed(report);
    add_functions(record, kernel.cpu(), link.image, symbols);
    add_members(record, kernel, link.image, symbols);
}

} // namespace

std::string machine_name(Session& session)
{
    return fmt::format("{} on {}", session.machine().uts_release(), session.arch().name);
}

std::vector<ShownModule> modules_of(Kernel& kernel)
{
    std::map<std::string, std::string> lines;
    const auto listed = kernel_text(kernel, "/proc/modules");
    std::istringstream text(listed ? *listed : std::string());
    for (std::string line; std::getline(text, line);) {
        const auto end = line.find(' ');
        if (end != line.npos) lines[line.substr(0, end)] = line.substr(line.find_first_not_of(' ', end));
    }
    std::vector<ShownModule> modules;
    kernel.modules().for_each([&](const ModuleView& view) {
        ShownModule module{view.name(), lines[view.name()], {}, false};
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(view.get(ModuleField::ndeps), 64); ++i) {
            const auto ref = kernel.modules().load_ref(view.pointer(ModuleField::deps) + i * kernel.modules().layout().ref_bytes());
            if (!kernel.modules().is_end(ref.dep)) module.uses.push_back(kernel.modules().view(ref.dep).name());
        }
        modules.push_back(std::move(module));
    });
    return modules;
}

LoadRecord record_old_load(Session& session, const std::string& file, const std::vector<std::string>& arguments)
{
    auto& kernel = session.kernel();
    LoadRecord record;
    record.title = file_name(file);
    record.machine = machine_name(session);
    record.abi = "insmod links the module in user space; the kernel checks its struct module";
    record.arch = &session.arch();
    LinkRecord link;
    InsmodOptions options;
    options.file = file;
    options.arguments = arguments;
    options.record = &link;
    InsmodResult done;
    std::string words;
    {
        RefusalWatch watch(session);
        MomentRecorder recorder(kernel, record);
        CheckedCalls calls(session, watch, recorder);
        recorder.program(fmt::format("insmod {}{}{}", record.title, arguments.empty() ? "" : " ", fmt::join(arguments, " ")));
        const TextSinks sinks{[&](std::string_view text) { recorder.said(text); },
                              [&](std::string_view text) {
                                  recorder.said(text);
                                  if (words.empty()) words = text.substr(0, text.find('\n'));
                              }};
        try {
            done = run_insmod(options, session, calls, sinks);
            record.reasons = done.report.explanations;
        } catch (const CallStopped& stopped) {
            record.reasons.push_back(fmt::format("{} never returned: {}", stopped.call, stopped.outcome.what));
        }
        record.reasons.insert(record.reasons.end(), watch.explanations().begin(), watch.explanations().end());
        recorder.end(fmt::format("insmod ends with exit status {}", done.exit_status), done.exit_status != 0);
    }
    record.refused = done.exit_status != 0;
    if (link.image.empty()) { // refused before it was linked
        link = {};
        const auto linked = link_only(options, session, link);
        if (!link.image.empty()) {
            record.notes.push_back("The module was refused before it had an address: it is shown as it would lie at 0x12340000, "
                                   "with names that nobody offers at 0.");
            done.report.base = linked.report.base;
            done.report.size = linked.report.size;
            done.report.sections = linked.report.sections;
            done.report.symbols = linked.report.symbols;
        }
    }
    if (!link.image.empty() && done.report.sections.empty()) { // the call that never returned took the report along
        LinkRecord again;
        const auto linked = link_only(options, session, again);
        link = std::move(again);
        done.report = linked.report;
        record.notes.push_back("init_module did not return: the module is shown as it would lie at 0x12340000.");
    }
    if (!link.image.empty()) add_image(record, kernel, done.report, link);
    record.modules = modules_of(kernel);
    for (auto& module : record.modules)
        module.is_subject = module.name == done.report.name;
    if (record.refused)
        record.verdict =
            fmt::format("{} is refused: {}", record.title,
                        record.reasons.empty() ? (words.empty() ? "insmod ends with 1" : words) : record.reasons.front());
    else
        record.verdict = fmt::format("{} is loaded: {} bytes at {:#x}", record.title, record.size, record.base);
    return record;
}

} // namespace retromod
