// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/machine_server.h"

#include "emu/kernel/core_calls.h"
#include "emu/kernel/export.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/raised_signals.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/threads.h"
#include "loader/exec/questions.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <cstring>
#include <string_view>
#include <utility>

namespace retromod::exec {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

/// A call's own file, for finit_module: the program's, as the supervisor found it.
class SentFile final : public UserFiles {
public:
    SentFile(Kernel& kernel, std::span<const std::byte> payload) : modern_(ModernKernel::of(kernel))
    {
        WireFile sent{};
        if (payload.size() >= sizeof sent) {
            std::memcpy(&sent, payload.data(), sizeof sent);
            payload = payload.subspan(sizeof sent);
        }
        file_.kind = sent.is_regular ? UserFile::Kind::regular : UserFile::Kind::other;
        file_.readable = sent.is_readable;
        file_.written = sent.is_written;
        file_.content.assign(payload.begin(), payload.end());
        is_open_ = sent.is_open;
        modern_.set_user_files(this);
    }
    ~SentFile() override { modern_.set_user_files(nullptr); }
    const UserFile* file(std::int32_t) override { return is_open_ ? &file_ : nullptr; }

private:
    ModernKernel& modern_;
    UserFile file_;
    bool is_open_ = false;
};

/// A result as the supervisor's host counts: errors negative, other words as they are.
std::uint64_t host_word(SyscallResult result, const Arch& arch)
{
    return result.failed(arch) ? static_cast<std::uint64_t>(arch.signed_word(result.word)) : result.word;
}

} // namespace

MachineServer::MachineServer(Session& session, Wire& wire, const RunLimits& limits, Keeps keeps)
    : session_(session), wire_(wire), limits_(limits), keeps_(keeps == Keeps::yes)
{
}

MachineServer::~MachineServer() = default;

int MachineServer::serve()
{
    wire_.send(Said::hello, {session_.kernel().module_loader() != nullptr}, bytes_of(session_.arch().name));
    while (const auto message = wire_.receive()) {
        const auto number = message->words[0];
        switch (message->said) {
        case Said::call: call(*message); break;
        case Said::again: run(number); break;
        case Said::signal: signal(number); break;
        case Said::rest: rest(); break;
        case Said::end: end_programs(); return static_cast<int>(number);
        default: throw std::runtime_error("exec: the supervisor sent a message that is none");
        }
    }
    end_programs();
    return 1;
}

/// The machine is ours again.
void MachineServer::take_up()
{
    if (std::exchange(resting_, false)) session_.take_up();
}

void MachineServer::call(const Message& message)
{
    WireCall wanted;
    if (message.payload.size() < sizeof wanted) throw std::runtime_error("exec: a call without its words");
    std::memcpy(&wanted, message.payload.data(), sizeof wanted);
    wanted.name[sizeof wanted.name - 1] = wanted.comm[sizeof wanted.comm - 1] = '\0';
    take_up();
    const auto number = message.words[0], caller = message.words[1];
    if (answer_without_thread(number, wanted, message)) return;
    auto& flight = flights_[number];
    flight.caller = caller;
    flight.name = wanted.name;
    flight.identity = identities_[caller];
    flight.memory = std::make_unique<RemoteMemory>(session_.arch(), wire_, number);
    auto& processes = session_.kernel().processes();
    const auto before = processes.become(flight.identity);
    flight.thread = begin(wanted);
    flight.identity = identities_[caller] = processes.become(before);
    std::optional<SentFile> file;
    if (flight.name == "finit_module") file.emplace(session_.kernel(), std::span(message.payload).subspan(sizeof wanted));
    run(number);
}

/// What is no system call of the machine's kernel: a question, or a call that it does not have.
bool MachineServer::answer_without_thread(std::uint64_t number, const WireCall& wanted, const Message& message)
{
    const std::string_view name = wanted.name;
    if (is_question(name)) {
        const auto* subject = reinterpret_cast<const char*>(message.payload.data() + sizeof wanted);
        const auto answer = answer_question(session_, name, {subject, message.payload.size() - sizeof wanted});
        send_signals(number);
        wire_.send(Said::returned, {number, static_cast<std::uint64_t>(answer.result)}, answer.payload);
        return true;
    }
    const bool modern_only = name == "finit_module" && !session_.kernel().module_loader();
    if (!modern_only) return false;
    const auto missing = SyscallResult::failure(Errno::enosys, session_.arch());
    wire_.send(Said::returned, {number, host_word(missing, session_.arch())});
    return true;
}

/// The call on a thread of its own, whose task has the caller's user.
ThreadId MachineServer::begin(const WireCall& wanted)
{
    auto& kernel = session_.kernel();
    const auto& [user, group] = wanted.credentials;
    const Caller caller{wanted.credentials.is_privileged(), wanted.comm};
    SystemCall call{wanted.name, wanted.arguments, wanted.argument_count};
    for (auto& word : call.arguments) word = session_.arch().word(word);
    const auto id = kernel.scheduler().begin(call, caller);
    constexpr Credentials root;
    if (std::memcmp(&wanted.credentials, &root, sizeof root) == 0 || kernel.module_loader()) return id;
    auto& thread = *kernel.threads().find(id);
    kernel.threads().ensure_task(thread);
    const std::pair<const char*, std::uint32_t> members[] = {
        {"uid", user.real},   {"euid", user.effective},   {"suid", user.saved},   {"fsuid", user.file_system},
        {"gid", group.real},  {"egid", group.effective},  {"sgid", group.saved},  {"fsgid", group.file_system}};
    for (const auto& [member, value] : members) kernel.threads().set_task_field({thread.task}, member, value);
    if (wanted.credentials.is_privileged()) return id;
    for (const auto member : {"cap_effective", "cap_inheritable", "cap_permitted"})
        kernel.threads().set_task_field({thread.task}, member, 0);
    return id;
}

/// Lets a call's thread run until it is over, sleeps, or is stopped.
void MachineServer::run(std::uint64_t number)
{
    const auto found = flights_.find(number);
    if (found == flights_.end()) throw std::runtime_error("exec: no such call is under way");
    take_up();
    auto& flight = found->second;
    auto& kernel = session_.kernel();
    auto& processes = kernel.processes();
    auto* const user = session_.machine().memory().user_memory();
    session_.machine().memory().set_user_memory(flight.memory.get());
    const auto before = processes.become(flight.identity);
    const auto outcome = run_in_slices(flight);
    kernel.put_down();
    flight.identity = processes.become(before);
    flight.memory->flush();
    session_.machine().memory().set_user_memory(user);
    send_signals(number);
    const bool timed = outcome.kind == Outcome::Kind::budget && is_asleep(flight);
    if (timed || outcome.kind == Outcome::Kind::deadlock) return wire_.send(Said::sleeps, {number, timed});
    switch (outcome.kind) {
    case Outcome::Kind::done: {
        const auto result = host_word(outcome.result, session_.arch());
        end_flight(number, flight);
        wire_.send(Said::returned, {number, result});
        return;
    }
    default: break;
    }
    auto where = kernel.symbols().describe(outcome.at);
    const auto line = fmt::format("{}: {}: {}{}{}", flight.name, outcome_word(outcome.kind), outcome.what,
                                  where.empty() ? "" : " at ", where);
    end_flight(number, flight);
    wire_.send(Said::stopped, {number, static_cast<std::uint64_t>(outcome.kind)}, bytes_of(line));
}

bool MachineServer::is_asleep(const Flight& flight)
{
    const auto* thread = session_.kernel().threads().find(flight.thread);
    return thread && thread->state == ThreadState::sleeping;
}

/// A call that sleeps while timers go on lets other programs' calls in now and then; one that runs has the limit to itself.
Outcome MachineServer::run_in_slices(Flight& flight)
{
    constexpr std::uint64_t slice = 200'000;
    auto limits = limits_;
    limits.blocks = std::min(slice, limits_.blocks);
    Outcome outcome;
    for (std::uint64_t used = 0; used < limits_.blocks; used += limits.blocks) {
        limits.is_slice = used + limits.blocks < limits_.blocks;
        outcome = session_.kernel().scheduler().run(flight.thread, limits);
        if (outcome.kind != Outcome::Kind::budget || is_asleep(flight)) break;
    }
    return outcome;
}

void MachineServer::end_flight(std::uint64_t number, Flight& flight)
{
    session_.kernel().threads().reap(flight.thread);
    flights_.erase(number);
}

/// The program has a signal: its task wakes from an interruptible sleep.
void MachineServer::signal(std::uint64_t number)
{
    const auto found = flights_.find(number);
    if (found == flights_.end()) return;
    take_up();
    auto& threads = session_.kernel().threads();
    auto* thread = threads.find(found->second.thread);
    if (thread && thread->task) threads.signal({thread->task});
}

/// Hands over what the guest's kernel has sent to programs.
void MachineServer::send_signals(std::uint64_t number)
{
    auto rows = session_.machine().table<RaisedSignalRow>();
    while (auto* row = rows.find_if([](const RaisedSignalRow&) { return true; })) {
        wire_.send(Said::raised, {number, static_cast<std::uint64_t>(std::int64_t{row->process}), row->signal});
        rows.erase(*row);
    }
}

/// Commits, lets others work, and says whether they did.
void MachineServer::rest()
{
    if (keeps_ && !resting_) {
        std::vector<std::uint32_t> alive;
        for (const auto& [caller, identity] : identities_)
            if (shown_.insert(identity.process).second) alive.push_back(identity.process);
        session_.put_down(alive);
        resting_ = true;
    }
    wire_.send(Said::rested, {resting_ && session_.changed_by_others()});
}

/// The programs are gone: what they had under way ends as by SIGKILL, their files are closed.
void MachineServer::end_programs()
{
    take_up();
    flights_.clear();
    for (const auto& [caller, identity] : identities_) session_.kernel().processes().end(identity.process);
    identities_.clear();
    if (keeps_) session_.commit();
}

} // namespace retromod::exec
