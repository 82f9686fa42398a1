// SPDX-License-Identifier: GPL-2.0-or-later
// The C API: insmod, virtual time, and what can be read of a machine.
#include "emu/kernel/clock.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_loader.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/scheduler.h"
#include "loader/api/c_function.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/kmod/kmod.h"
#include "loader/legacy/insmod.h"

using namespace retromod;

namespace {

std::int64_t copy_out(std::string_view text, char* into, std::size_t bytes)
{
    if (into && bytes) {
        const auto count = std::min(text.size(), bytes - 1);
        std::memcpy(into, text.data(), count);
        into[count] = '\0';
    }
    return static_cast<std::int64_t>(text.size());
}

} // namespace

// --- programs ---------------------------------------------------------------------------------------------------------

namespace {

int insmod_of_its_time(Session& session, const InsmodOptions& options, const std::function<void(std::string_view)>& say)
{
    if (!session.kernel().module_loader()) return insmod(options, session.calls(), session.system(), {say, say}).exit_status;
    ModernKernelCalls calls(session.kernel(), session.calls());
    return kmod_insmod({options.file, options.arguments, false, false}, calls, {say, say});
}

CAnswer run_insmod(Session& session, const InsmodOptions& options)
{
    CAnswer answer;
    try {
        answer.word =
            static_cast<std::uint64_t>(insmod_of_its_time(session, options, [&](std::string_view text) { answer.text += text; }));
    } catch (const CallStopped& stopped) {
        answer.kind = stopped.outcome.kind;
        answer.what = stopped.call + ": " + stopped.outcome.what;
    }
    return answer;
}

} // namespace

std::int64_t retromod_insmod(retromod_machine* machine, const char* file, const char* const* parameters)
{
    return with(machine, [&](CMachine& m) {
        if (!file) throw BadArgument("the file is NULL");
        machine->output.clear();
        InsmodOptions options;
        options.file = file;
        for (; parameters && *parameters; ++parameters) options.arguments.emplace_back(*parameters);
        auto answer = m.perform([&](Session& session) {
            session.calls().set_caller({.cap_sys_module = m.capable});
            session.calls().set_limits(m.limits);
            return run_insmod(session, options);
        });
        machine->output = std::move(answer.text);
        return result_of(machine, answer);
    });
}

std::int64_t retromod_run(retromod_machine* machine, std::uint64_t milliseconds)
{
    return with(machine, [&](CMachine& m) {
        if (milliseconds > m.limits.blocks / blocks_per_jiffy * milliseconds_per_jiffy)
            throw BadArgument("that is more than retromod_set_budget allows one call");
        return result_of(machine, m.perform([&](Session& session) -> CAnswer {
            auto outcome = session.kernel().scheduler().settle(milliseconds / milliseconds_per_jiffy);
            return {outcome.kind, 0, std::move(outcome.what), {}};
        }));
    });
}

// --- what can be read -------------------------------------------------------------------------------------------------

std::int64_t retromod_log(retromod_machine* machine, char* into, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) { return copy_out(m.session().kernel().log().text(), into, bytes); });
}

std::int64_t retromod_read_file(retromod_machine* machine, const char* path, char* into, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) {
        if (!path) throw BadArgument("the path is NULL");
        const auto answer = m.perform([&](Session& session) -> CAnswer {
            if (session.kernel().module_loader())
                if (auto text = ModernKernel::of(session.kernel()).read_file(path))
                    return {Outcome::Kind::done, 0, {}, std::move(*text)};
            auto file = read_guest_file(session.kernel(), path);
            return {file.outcome.kind, file.outcome.result.word, std::move(file.outcome.what), std::move(file.text)};
        });
        const auto result = result_of(machine, answer);
        return result < 0 ? result : copy_out(answer.text, into, bytes);
    });
}

std::int64_t retromod_write_file(retromod_machine* machine, const char* path, const char* text)
{
    return with(machine, [&](CMachine& m) {
        if (!path || !text) throw BadArgument("the path or the text is NULL");
        return result_of(machine, m.perform([&](Session& session) -> CAnswer {
            const auto failed = [&](Errno error) {
                return CAnswer{Outcome::Kind::done, SyscallResult::failure(error, session.arch()).word, {}, {}};
            };
            if (!session.kernel().module_loader()) return failed(Errno::enoent);
            const auto written = ModernKernel::of(session.kernel()).write_file(path, text);
            return written ? CAnswer{Outcome::Kind::done, *written, {}, {}} : failed(written.error());
        }));
    });
}

std::int64_t retromod_output(retromod_machine* machine, char* into, std::size_t bytes)
{
    return with(machine, [&](CMachine&) { return copy_out(machine->output, into, bytes); });
}

const char* retromod_release(const retromod_machine* machine) { return machine ? machine->release.c_str() : nullptr; }
