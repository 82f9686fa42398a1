// SPDX-License-Identifier: GPL-2.0-or-later
// retromod report: a load, a machine or a swept archive as one page of HTML.
#include "emu/cpu/cpu.h"
#include "emu/machine/machine_file.h"
#include "loader/api/machine_path.h"
#include "loader/api/machine_words.h"
#include "loader/report/gather.h"
#include "loader/report/load_page.h"
#include "loader/report/sweep_page.h"
#include "loader/tools/commands.h"
#include "loader/tools/kmod_tools.h"
#include "loader/tools/module_arch.h"
#include "loader/tools/options.h"
#include "loader/tools/page_output.h"
#include "loader/tools/sample.h"
#include "loader/tools/scenario_jail.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <memory>

namespace retromod {
namespace {

struct Choice {
    std::vector<std::string> words, before, sweeps;
    std::optional<std::string> machine, output, release;

    std::vector<std::string> files, parameters; ///< of words
};

/// SYMBOL=VALUE, not a file whose path has a `=` in it.
bool is_parameter(const std::string& word)
{
    const auto mark = word.find('=');
    return mark != word.npos && word.find('/') > mark;
}

/// What is wrong with the words together; nothing when they make a page.
std::optional<std::string> problem_of(const Choice& choice)
{
    const auto& files = choice.files;
    if (!choice.sweeps.empty()) {
        if (files.empty() && !choice.machine) return std::nullopt;
        return "--sweep makes a page of its own: it takes no module and no machine";
    }
    if (files.empty() && !choice.machine) return "nothing to show: give a module file, -m MACHINE or --sweep RESULTS";
    if (files.size() > 2) return fmt::format("{}: one module, or two side by side; {} files are given", files[2], files.size());
    if (choice.machine && files.size() == 2) return "two modules stand side by side on machines of their own, not on that of -m";
    if (choice.machine && choice.release) return "--release makes a machine of its own: it does not go with -m";
    return std::nullopt;
}

/// Whether the kernel itself links such a module.
bool is_modern(const std::string& file)
{
    return file.ends_with(".ko") || file.find(".ko.") != file.npos;
}

MachineOptions fresh_machine(const std::string& file, const Choice& choice)
{
    MachineWords words;
    const bool own_release = choice.release && choice.files.size() == 1;
    words.release = own_release ? *choice.release : is_modern(file) ? "6.1" : "2.4.20";
    if (const auto* arch = is_modern(file) ? nullptr : arch_of_module(file); arch && find_cpu(*arch))
        words.arch = std::string(arch->name);
    MachineOptions machine;
    if (!read_machine_words(words, machine)) return machine;
    words.arch.reset(); // of that CPU the release's structures are unknown: insmod says what it thinks of the file
    if (const auto wrong = read_machine_words(words, machine)) throw std::runtime_error(*wrong);
    return machine;
}

/// The user's machine where there is one of the module's kind, else a fresh one. What is done to either, nobody sees.
std::unique_ptr<ToolSession> session_for(const Invocation& invocation, const Choice& choice, const std::string& file)
{
    auto named = invocation;
    if (choice.machine) named.machine = choice.machine;
    const bool is_there = choice.machine || MachineFile(machine_path(named.machine)).exists();
    const bool is_asked = !choice.release && choice.files.size() < 2;
    if (is_there && is_asked && (choice.machine || is_modern_machine(named) == is_modern(file)))
        return std::make_unique<ToolSession>(named, Purpose::look);
    return std::make_unique<ToolSession>(named, Purpose::look, Session::in_memory(fresh_machine(file, choice)));
}

LoadRecord record_load(Session& session, const std::string& file, const std::vector<std::string>& parameters)
{
    return session.machine().release().modern ? record_modern_load(session, file, parameters)
                                              : record_old_load(session, file, parameters);
}

/// One module, or two beside each other. A file that is no module makes no page: 1.
int load_report(const Invocation& invocation, const Choice& choice, PageOutput& output)
{
    std::vector<std::unique_ptr<ToolSession>> sessions;
    for (const auto& file : choice.files)
        sessions.push_back(session_for(invocation, choice, file));
    return in_jail(invocation, [&] {
        std::vector<LoadRecord> records;
        for (std::size_t i = 0; i < choice.files.size(); ++i) {
            auto& session = **sessions[i];
            for (const auto& file : choice.before)
                if (is_modern(file) == (session.machine().release().modern != nullptr)) record_load(session, file, {});
            records.push_back(record_load(session, choice.files[i], choice.parameters));
            if (!records.back().sections.empty()) continue;
            complain("report: " + records.back().verdict);
            return exit_status::failure;
        }
        auto title = fmt::format("{} on {}", records[0].title, records[0].machine);
        if (records.size() == 2) title += fmt::format(" and {} on {}", records[1].title, records[1].machine);
        output.write(load_page(records, title));
        return 0;
    });
}

int machine_report(const Invocation& invocation, const Choice& choice, PageOutput& output)
{
    const auto session = session_for(invocation, choice, "");
    return in_jail(invocation, [&] {
        auto& machine = **session;
        output.write(load_page(record_loaded_modules(machine),
                               fmt::format("The modules of {}, {}", *choice.machine, machine_name(machine))));
        return 0;
    });
}

} // namespace

int report_command(const Invocation& invocation)
{
    Choice choice;
    Options options(invocation);
    options.words("FILE", choice.words, "a module and its SYMBOL=VALUE; a second file stands beside it, to compare the two ABIs")
        .value("-m", choice.machine,
               "a machine file: its modules as they are, or the machine that FILE is loaded in; it stays as it is")
        .value("-o,--output", choice.output, "write the page there (default: standard output)")
        .value("--release", choice.release,
               "load it in a fresh machine of this release (default: the user's machine, else 2.4.20 or 6.1)")
        .values("--load", choice.before, "load this module before; may be given several times")
        .values("--sweep", choice.sweeps, "results that `sweep -o` kept, as a page; the files of shards, one each");
    if (const auto status = options.parse()) return *status;
    for (auto& word : choice.words) {
        if (is_parameter(word)) choice.parameters.push_back(std::move(word));
        else choice.files.push_back(module_or_sample(invocation, word));
    }
    for (auto& file : choice.before) file = module_or_sample(invocation, file);
    if (!choice.machine && choice.files.empty() && choice.sweeps.empty()) choice.machine = invocation.machine;
    if (const auto problem = problem_of(choice)) {
        complain("report: " + *problem);
        return exit_status::usage;
    }
    PageOutput output(choice.output);
    int status = 0;
    if (!choice.sweeps.empty())
        output.write(sweep_page(merge_sweep_results(choice.sweeps)));
    else if (choice.files.empty())
        status = machine_report(invocation, choice, output);
    else
        status = load_report(invocation, choice, output);
    if (status == 0) output.keep();
    return status;
}

} // namespace retromod
