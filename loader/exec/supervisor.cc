// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/supervisor.h"

#include "loader/exec/process_state.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace retromod::exec {
namespace {

constexpr int rest_after = 2, look_every = 10; ///< milliseconds

void check(int result, const char* what)
{
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
}

std::array<std::span<const CallEntry>, 11> all_groups()
{
    return {module_calls(), open_calls(),   file_calls(),  status_calls(),    name_calls(),
            mount_calls(),  system_calls(), unfit_calls(), directory_calls(), poll_calls(),
            identity_calls()};
}

} // namespace

/// A program's call under way; or a file's close, for which no program waits.
struct Supervisor::Running {
    Running(const seccomp_notif& notification, const Arch& arch) : call(notification, arch) {}

    ProgramCall call;
    std::unique_ptr<GuestFd> closing;
    std::optional<CallTask<Ending>> task;
};

std::vector<std::string_view> answered_calls()
{
    std::vector<std::string_view> names;
    for (const auto group : all_groups())
        for (const auto& entry : group) names.push_back(entry.name);
    return names;
}

Supervisor::Supervisor(MachineClient& machine, const SupervisorOptions& options)
    : machine_(machine), options_(options), epoll_(::epoll_create1(EPOLL_CLOEXEC)), programs_(Credentials::of(options.uid))
{
    check(epoll_, "exec: epoll");
    descriptors_ = std::make_unique<Descriptors>(epoll_);
    for (const auto group : all_groups())
        for (const auto& entry : group) entries_.emplace(entry.name, entry);
}

Supervisor::~Supervisor()
{
    descriptors_.reset();
    for (const int descriptor : {epoll_, children_})
        if (descriptor >= 0) ::close(descriptor);
}

void Supervisor::watch(int descriptor, std::uint32_t events)
{
    epoll_event event = {};
    event.events = events;
    event.data.fd = descriptor;
    check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "exec: epoll");
}

int Supervisor::serve(pid_t program, int listener)
{
    program_ = program;
    listener_ = listener;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    children_ = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    check(children_, "exec: signalfd");
    watch(children_, EPOLLIN);
    watch(listener_, EPOLLIN);
    watch(machine_.descriptor(), EPOLLRDHUP);
    while (!all_ended_) {
        std::array<epoll_event, 1> events;
        const bool waits = !sleepers_.empty() || !lookers_.empty() || descriptors_->want_signals();
        const int timeout = waits ? look_every : busy_ ? rest_after : -1;
        const int count = ::epoll_wait(epoll_, events.data(), events.size(), timeout);
        if (count < 0 && errno != EINTR) check(count, "exec: epoll");
        reap();
        close_dropped_files();
        if (count > 0 && events[0].data.fd == listener_) {
            if (events[0].events & EPOLLIN) take_notification();
            else all_ended_ = true; // nobody is under the filter any more
        }
        if (count == 0) pause();
        else if (std::exchange(progress_, false)) look_after_sleepers(true);
    }
    int status = 0;
    if (!status_ && ::waitpid(program_, &status, 0) == program_) note_end(status);
    for (auto& file : descriptors_->take_all()) close_file(std::move(file));
    tell_missing();
    if (program_oopsed_) return 128 + SIGSEGV;
    return status_.value_or(1);
}

// --- notifications ----------------------------------------------------------------------------------------------------

void Supervisor::take_notification()
{
    seccomp_notif notification = {};
    if (::ioctl(listener_, SECCOMP_IOCTL_NOTIF_RECV, &notification) != 0) return; // the program is gone, or was interrupted
    close_dropped_files(); // what this program closed before is closed
    auto& running = running_.emplace_back(notification, arch());
    const auto entry = entries_.find(running.call.name);
    if (entry == entries_.end()) {
        respond(running.call, Ending::host());
        running_.pop_back();
        return;
    }
    running.task.emplace(answer(running.call, entry->second));
    start(running);
}

CallTask<Ending> Supervisor::answer(ProgramCall& call, const CallEntry& entry)
{
    if (!std::exchange(mounts_known_, true)) co_await look_at_mounts(call);
    co_return co_await entry.answer(*this, call);
}

void Supervisor::start(Running& running)
{
    running.task->start();
    if (running.task->done()) finish(running);
}

void Supervisor::finish(Running& running)
{
    const auto ending = running.task->take();
    if (!running.closing) respond(running.call, ending);
    running_.remove_if([&](const Running& other) { return &other == &running; });
}

void Supervisor::respond(const ProgramCall& call, const Ending& ending)
{
    if (ending.kind == Ending::Kind::descriptor) {
        seccomp_notif_addfd add = {};
        add.id = call.id;
        add.flags = SECCOMP_ADDFD_FLAG_SEND;
        add.srcfd = static_cast<__u32>(ending.value);
        add.newfd_flags = ending.close_on_exec ? O_CLOEXEC : 0;
        const int given = ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
        const int error = errno;
        ::close(static_cast<int>(ending.value));
        if (given < 0 && error != ENOENT) respond(call, Ending::of(-error)); // EMFILE
        return;
    }
    if (ending.kind == Ending::Kind::nothing) return;
    seccomp_notif_resp response = {};
    response.id = call.id;
    if (ending.kind == Ending::Kind::host) response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else if (ending.value < 0 && ending.value >= -4095) response.error = static_cast<__s32>(ending.value);
    else response.val = ending.value;
    ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_SEND, &response); // ENOENT: the program is gone, or was interrupted
}

bool Supervisor::is_alive(std::uint64_t id) const { return ::ioctl(listener_, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0; }

// --- calls of the guest -----------------------------------------------------------------------------------------------

MachineClient::Who Supervisor::who(const ProgramCall& call)
{
    if (!call.thread) return {0, {}, "exec"};
    const ProcessState state(call.thread);
    return {static_cast<std::uint64_t>(state.process()), programs_.of(call.thread).credentials, state.comm()};
}

Supervisor::GuestCall Supervisor::begin(ProgramCall& call, std::string_view name, std::span<const std::uint64_t> arguments,
                                        std::span<const std::byte> payload)
{
    const auto number = ++last_number_;
    auto caller = who(call);
    if (call.thread && !is_alive(call.id)) return {*this, call, number, {.value = -EINTR}}; // its memory may be another's by now
    busy_ = progress_ = true;
    auto progress = machine_.begin(number, call, caller, name, arguments, payload);
    deliver_signals();
    if (progress.state == Progress::State::stopped) kill_program(call, progress);
    return {*this, call, number, std::move(progress)};
}

Progress Supervisor::ask(ProgramCall& call, std::string_view question, std::string_view subject)
{
    busy_ = true;
    auto answer = machine_.begin(++last_number_, call, {0, {}, "exec"}, question, {}, std::as_bytes(std::span(subject)));
    deliver_signals();
    return answer;
}

/// A call that slept goes on, as far as it comes.
void Supervisor::wake(std::uint64_t number)
{
    const auto found = sleepers_.find(number);
    if (found == sleepers_.end()) return;
    auto& sleeper = *found->second;
    busy_ = true;
    sleeper.progress_ = machine_.again(number, sleeper.call_);
    deliver_signals();
    if (sleeper.progress_.state == Progress::State::sleeps) return;
    if (sleeper.progress_.state == Progress::State::stopped) kill_program(sleeper.call_, sleeper.progress_);
    progress_ = true;
    sleepers_.erase(found);
    resume(sleeper.call_, sleeper.waiting_);
}

/// Goes on with a coroutine that waited, and ends its call where it is over.
void Supervisor::resume(ProgramCall& call, std::coroutine_handle<> waiting)
{
    waiting.resume();
    const auto running = std::ranges::find_if(running_, [&](const Running& other) { return &other.call == &call; });
    if (running != running_.end() && running->task->done()) finish(*running);
}

/// Calls that sleep go on where the machine has changed, or their program has a signal or is gone.
void Supervisor::look_after_sleepers(bool changed)
{
    std::vector<std::uint64_t> numbers;
    for (const auto& [number, sleeper] : sleepers_) {
        const auto& call = sleeper->call_;
        const bool signalled = call.thread && (!is_alive(call.id) || ProcessState(call.thread).has_signal());
        if (signalled) machine_.signal(number);
        if (signalled || changed || sleeper->progress_.timed) numbers.push_back(number);
    }
    for (const auto number : numbers) wake(number);
    wake_lookers();
}

void Supervisor::wake_lookers()
{
    for (auto* looker : std::exchange(lookers_, {})) {
        looker->goes_on_ = is_alive(looker->call_.id) && !ProcessState(looker->call_.thread).has_signal();
        resume(looker->call_, looker->waiting_);
    }
}

Supervisor::NextLook Supervisor::next_look(ProgramCall& call) { return {*this, call}; }

pid_t Supervisor::process_of(const ProgramCall& call) const { return ProcessState(call.thread).process(); }

/// Whether it is one of the programs, or was started by one: no other process of the host gets a signal.
bool Supervisor::is_program(pid_t process) const
{
    constexpr int most_generations = 1024;
    const auto ourselves = ::getpid();
    for (int i = 0; i < most_generations && process > 1; ++i) {
        const auto parent = ProcessState(process).parent();
        if (parent == ourselves) return true;
        process = parent;
    }
    return false;
}

/// Signals of the guest's kernel reach the programs that they are for.
void Supervisor::deliver_signals()
{
    for (const auto& [process, signal] : machine_.take_signals())
        if (is_program(process < 0 ? -process : process)) ::kill(process, signal);
}

/// Nothing was to be done for a while: others may work on the machine.
void Supervisor::pause()
{
    const bool changed = machine_.rest();
    if (changed) mounts_known_ = false;
    if (changed && descriptors_->want_signals()) {
        ProgramCall nobody(seccomp_notif{}, arch());
        ask(nobody, "?signals", "");
    }
    busy_ = false;
    look_after_sleepers(changed || std::exchange(progress_, false));
}

/// The guest's kernel killed the caller, or would never have returned to it.
void Supervisor::kill_program(const ProgramCall& call, const Progress& stopped)
{
    fmt::print(stderr, "retromod: exec: {}\n", stopped.line);
    if (!call.thread) return;
    const ProcessState state(call.thread);
    if (stopped.oopsed) descriptors_->lose(who(call).caller);
    if (state.process() == program_) program_oopsed_ = stopped.oopsed;
    const int signal = stopped.oopsed && !state.handles(SIGSEGV) ? SIGSEGV : SIGKILL;
    ::kill(state.process(), signal);
}

// --- files of the guest -----------------------------------------------------------------------------------------------

CallTask<Ending> Supervisor::give(ProgramCall& call, GuestFd file, bool close_on_exec)
{
    const auto descriptor = file.descriptor;
    file.caller = who(call).caller;
    const bool lists = file.lists;
    const int placeholder = descriptors_->add(std::move(file));
    if (placeholder >= 0) co_return Ending{Ending::Kind::descriptor, placeholder, close_on_exec};
    if (!lists) co_await guest(call, "close", descriptor);
    co_return Ending::of(placeholder);
}

void Supervisor::close_dropped_files()
{
    std::array<epoll_event, 64> events;
    int count = 0;
    do {
        count = ::epoll_wait(epoll_, events.data(), events.size(), 0);
        for (int i = 0; i < count; ++i) {
            const int end = events[static_cast<std::size_t>(i)].data.fd;
            if (end == machine_.descriptor()) throw std::runtime_error("exec: the process that runs the machine is gone");
            if (end == listener_ || end == children_) continue;
            if (auto file = descriptors_->take(end)) close_file(std::move(file));
        }
    } while (count == static_cast<int>(events.size()));
}

namespace {

CallTask<Ending> close_in_guest(Supervisor& supervisor, ProgramCall& call, std::uint64_t descriptor)
{
    co_await supervisor.guest(call, "close", descriptor);
    co_return Ending{Ending::Kind::nothing};
}

} // namespace

/// No program has it open any more.
void Supervisor::close_file(std::unique_ptr<GuestFd> file)
{
    if (file->lists) return;
    auto& running = running_.emplace_back(seccomp_notif{}, arch());
    running.closing = std::move(file);
    running.task.emplace(close_in_guest(*this, running.call, running.closing->descriptor));
    start(running);
}

std::optional<std::string> Supervisor::guests_name(const ProgramCall& call, int directory, unsigned index)
{
    const auto text = call.text(index);
    if (!text || text->empty() || text->size() >= ProgramCall::path_bytes) return std::nullopt; // the host says what is wrong
    auto path = path_of(call, directory, *text);
    const auto up = text->find("..");
    const bool leads_out = up != text->npos && places_.is_guests(path_of(call, directory, text->substr(0, up)));
    if (!leads_out && !places_.is_guests(path)) return std::nullopt;
    if (is_process_mounts(path)) path = "/proc/mounts";
    return path;
}

std::string Supervisor::path_of(const ProgramCall& call, int directory, std::string_view path)
{
    if (path.starts_with('/')) return normal_path(path);
    if (const auto* file = directory == AT_FDCWD ? nullptr : descriptors_->find(call.thread, directory))
        return normal_path(file->path + "/" + std::string(path));
    if (directory == AT_FDCWD)
        if (const auto guests = directory_of(call.thread)) return normal_path(*guests + "/" + std::string(path));
    return normal_path(inside_root(ProcessState(call.thread).directory(directory)) + "/" + std::string(path));
}

std::string Supervisor::inside_root(const std::string& path) const
{
    const auto& root = options_.root;
    return !root.empty() && path.starts_with(root) ? normal_path(path.substr(root.size())) : path;
}

std::optional<std::string> Supervisor::hidden_name(const ProgramCall& call, int directory, unsigned index)
{
    if (options_.root.empty()) return std::nullopt;
    const auto text = call.text(index);
    if (!text || text->empty() || text->size() >= ProgramCall::path_bytes) return std::nullopt;
    return hosts_name(path_of(call, directory, *text), process_of(call));
}

CallTask<bool> Supervisor::look_at_mounts(ProgramCall& call)
{
    constexpr std::size_t most_bytes = 65536;
    std::vector<std::string> mounts;
    const std::vector<std::byte> room(most_bytes);
    const auto into = call.user.place(room);
    Progress told;
    if (!is_modern()) told = co_await guest(call, "mounts", into, most_bytes);
    if (told.value > 0) {
        const auto bytes = call.user.placed(into).first(std::min<std::size_t>(static_cast<std::size_t>(told.value), most_bytes));
        mounts_text_.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        std::istringstream lines(mounts_text_);
        for (std::string device, folder, rest; lines >> device >> folder && std::getline(lines, rest);)
            if (folder != "/") mounts.push_back(folder);
    }
    places_.set_mounts(std::move(mounts));
    co_return true;
}

std::optional<std::string> Supervisor::directory_of(pid_t thread)
{
    const auto directory = programs_.of(thread).directory;
    return directory.empty() ? std::nullopt : std::optional(directory);
}

void Supervisor::set_directory(const ProgramCall& call, std::string path)
{
    if (path.empty() && programs_.of(call.thread).directory.empty()) return;
    programs_.change(call.thread).directory = std::move(path);
}

// --- ends -------------------------------------------------------------------------------------------------------------

/// Processes that ended, ours and those that nobody else waits for.
void Supervisor::reap()
{
    signalfd_siginfo told;
    while (::read(children_, &told, sizeof told) > 0) {}
    int status = 0;
    for (pid_t process; (process = ::waitpid(-1, &status, WNOHANG)) > 0;)
        if (process == program_) note_end(status);
}

void Supervisor::note_end(int status) { status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

Ending Supervisor::missing(const ProgramCall& call)
{
    missing_.insert(call.name);
    return Ending::of(-ENOSYS);
}

void Supervisor::tell_missing() const
{
    if (!missing_.empty())
        fmt::print(stderr, "retromod: exec: system calls that this kernel does not have here: {}\n", fmt::join(missing_, ", "));
}

} // namespace retromod::exec
