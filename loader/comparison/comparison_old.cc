// SPDX-License-Identifier: GPL-2.0-or-later
// The old side of a comparison: modutils links the module, and makes the five calls.
#include "emu/abi/errno_or.h"
#include "emu/kernel/export_call.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "loader/api/insmod_run.h"
#include "loader/comparison/comparison_side.h"
#include "loader/explain/refusal.h"
#include "loader/legacy/lsmod.h"
#include "loader/legacy/rmmod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace retromod {
namespace {

/// Tells of the calls that change something; of those that only ask, that there were some.
class NotedCalls final : public ModuleCalls {
public:
    using Note = std::function<void(const std::string&, SyscallResult)>;
    NotedCalls(ModuleCalls& calls, Note note) : calls_(calls), note_(std::move(note)) {}

    SyscallResult create_module(std::string_view name, std::uint64_t size) override
    {
        return noted(fmt::format("create_module({}, {})", quoted(name), size), calls_.create_module(name, size));
    }
    SyscallResult init_module(std::string_view name, std::span<const std::byte> image) override
    {
        return noted(fmt::format("init_module({}, {{{} bytes}})", quoted(name), image.size()), calls_.init_module(name, image));
    }
    SyscallResult delete_module(std::optional<std::string_view> name) override
    {
        return noted(fmt::format("delete_module({})", name ? quoted(*name) : "NULL"), calls_.delete_module(name));
    }
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override
    {
        asked = true;
        return calls_.query_module(name, which, buffer);
    }
    SyscallResult get_kernel_syms(std::span<std::byte> table) override
    {
        asked = true;
        return calls_.get_kernel_syms(table);
    }

    bool asked = false;

private:
    SyscallResult noted(const std::string& text, SyscallResult result)
    {
        note_(text, result);
        return result;
    }
    ModuleCalls& calls_;
    Note note_;
};

class OldSide final : public ComparisonSide {
public:
    explicit OldSide(Session session) : ComparisonSide(std::move(session)) {}

protected:
    void insmod(const ComparedAction& action, const std::vector<std::byte>& image) override
    {
        column().did.push_back(fmt::format("$ insmod {}{}{}{}", action.on ? "-f " : "", file_name(action.module.path),
                                           action.arguments.empty() ? "" : " ", fmt::join(action.arguments, " ")));
        InsmodOptions options;
        options.file = file_name(action.module.path);
        options.arguments = action.arguments;
        options.force = action.on;
        run("insmod", [&](ModuleCalls& calls, const TextSinks& sinks) {
            const ModuleFile file{options.file, options.file, 0, image};
            return insmod_file(options, file, calls, session().system(), sinks).exit_status;
        });
    }

    void rmmod(const ComparedAction& action) override
    {
        column().did.push_back(fmt::format("$ rmmod {}", action.word));
        RmmodOptions options;
        options.names = {action.word};
        run("rmmod",
            [&](ModuleCalls& calls, const TextSinks& sinks) { return retromod::rmmod(options, calls, session().arch(), sinks); });
    }

    void lsmod() override
    {
        run("lsmod", [&](ModuleCalls& calls, const TextSinks& sinks) { return retromod::lsmod(calls, session().system(), sinks); });
    }

    ErrnoOr<std::string> read_file(const std::string& path) override
    {
        auto file = read_guest_file(session().kernel(), path);
        if (file.outcome.kind != Outcome::Kind::done) throw CallStopped{"read", file.outcome};
        if (const auto error = file.outcome.result.error(session().arch())) return *error;
        return std::move(file.text);
    }
    ErrnoOr<std::size_t> write_file(const std::string&, const std::string&) override { return Errno::enoent; }

    std::string check_of(std::string_view call, SyscallResult result) override
    {
        if (const auto error = result.error(session().arch()))
            return fmt::format("the kernel, in {}: {}", call, errno_text(*error));
        return "the kernel: every check passed";
    }

    std::vector<std::string> modules() override
    {
        std::vector<std::string> lines;
        const auto text = kernel_text(session().kernel(), "/proc/modules");
        if (!text) return lines;
        for (const auto& line : lines_of(*text)) {
            std::istringstream words(line);
            std::string name, size, count, rest;
            words >> name >> size >> count;
            std::getline(words >> std::ws, rest);
            lines.push_back(fmt::format("{} {}{}{}", name, count, rest.empty() ? "" : " ", rest));
        }
        return lines;
    }

    std::string taint() override
    {
        const auto value = session().system().taint().value;
        std::string letters;
        for (unsigned bit = 0; bit < 3; ++bit)
            if (value >> bit & 1) letters += "PFS"[bit];
        return letters;
    }

private:
    static std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

    /// Runs a program of modutils, and says who decided what became of it.
    void run(std::string_view program, const std::function<int(ModuleCalls&, const TextSinks&)>& work)
    {
        session().calls().set_caller({.cap_sys_module = capable(), .comm = program});
        RefusalWatch watch(session());
        NotedCalls calls(watch, [this](const std::string& text, SyscallResult result) { note_call(text, result); });
        const TextSinks sinks{[this](std::string_view text) { say(text); }, [this](std::string_view text) { say(text); }};
        const auto status = work(calls, sinks);
        if (calls.asked) column().did.insert(column().did.begin() + 1, "query_module, as often as it takes");
        column().did.push_back(fmt::format("exit status {}", status));
        if (!watch.explanations().empty()) column().checked = "the kernel, in " + watch.explanations().front();
        else if (status) column().checked = fmt::format("{}, in user space", program);
        else column().checked = column().result.empty() ? "nobody" : "every check passed";
    }
};

} // namespace

std::unique_ptr<ComparisonSide> make_old_side(Session session) { return std::make_unique<OldSide>(std::move(session)); }

} // namespace retromod
