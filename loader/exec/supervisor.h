// SPDX-License-Identifier: GPL-2.0-or-later
// Answers the system calls of programs under the filter, with the machine's help.
#pragma once

#include "loader/exec/call_task.h"
#include "loader/exec/descriptors.h"
#include "loader/exec/machine_client.h"
#include "loader/exec/places.h"
#include "loader/exec/program_states.h"

#include <list>
#include <map>
#include <optional>
#include <set>

namespace retromod::exec {

class Supervisor;

/// A system call that programs make of the guest's kernel.
struct CallEntry {
    std::string_view name;
    CallTask<Ending> (*answer)(Supervisor&, ProgramCall&);
};

// The groups of them, a file each.
std::span<const CallEntry> module_calls();
std::span<const CallEntry> open_calls();
std::span<const CallEntry> file_calls();
std::span<const CallEntry> status_calls();
std::span<const CallEntry> name_calls();
std::span<const CallEntry> mount_calls();
std::span<const CallEntry> system_calls();
std::span<const CallEntry> unfit_calls();
std::span<const CallEntry> directory_calls();
std::span<const CallEntry> poll_calls();
std::span<const CallEntry> identity_calls();

/// The names of all of them.
std::vector<std::string_view> answered_calls();

struct SupervisorOptions {
    std::uint32_t uid = 0;  ///< of the programs, in the guest
    std::string root = {};  ///< their "/" as the host names it; "": the host's own
};

class Supervisor {
public:
    Supervisor(MachineClient& machine, const SupervisorOptions& options);
    ~Supervisor();

    /// Serves the program and what it starts until all have ended; its exit status, as a shell has it.
    int serve(pid_t program, int listener);

    // --- for the calls ------------------------------------------------------------------------------------------------

    /// A call of the guest's kernel, to be awaited; the program's own call sleeps while it does.
    class GuestCall;
    template <class... Words>
    GuestCall guest(ProgramCall& call, std::string_view name, Words... arguments);
    /// The same with what does not fit into words.
    template <class... Words>
    GuestCall guest_with(std::span<const std::byte> payload, ProgramCall& call, std::string_view name, Words... arguments);
    /// A question about a name (questions.h).
    Progress ask(ProgramCall& call, std::string_view question, std::string_view subject);

    const Arch& arch() const { return machine_.arch(); }
    bool is_modern() const { return machine_.is_modern(); }
    ProgramStates& programs() { return programs_; }
    Descriptors& descriptors() { return *descriptors_; }
    Places& places() { return places_; }
    /// The normal, absolute path that a program names by a directory's descriptor and a path.
    std::string path_of(const ProgramCall& call, int directory, std::string_view path);
    /// The same of an argument that points to a path, where it is the guest's; nothing: the host's.
    std::optional<std::string> guests_name(const ProgramCall& call, int directory, unsigned index);
    /// The same where another "/" hides what programs have of the host's /dev and /proc all the same: as the host names it.
    std::optional<std::string> hidden_name(const ProgramCall& call, int directory, unsigned index);
    /// A path of the host's as the programs name it.
    std::string inside_root(const std::string& path) const;
    /// Gives the program a descriptor for a file of the guest.
    CallTask<Ending> give(ProgramCall& call, GuestFd file, bool close_on_exec);
    /// The program's working directory, where it is the guest's.
    std::optional<std::string> directory_of(pid_t thread);
    void set_directory(const ProgramCall& call, std::string path);
    /// The number of the process, of all its threads, that makes the call.
    pid_t process_of(const ProgramCall& call) const;
    /// To be awaited: suspends the call until it is worth another look. False: its program has a signal, or is gone.
    class NextLook;
    NextLook next_look(ProgramCall& call);
    /// The text of /proc/mounts.
    const std::string& mounts_text() const { return mounts_text_; }
    /// Where the guest has file systems mounted may have changed.
    CallTask<bool> look_at_mounts(ProgramCall& call);
    /// ENOSYS, told at the end by name.
    Ending missing(const ProgramCall& call);

private:
    struct Running;

    GuestCall begin(ProgramCall& call, std::string_view name, std::span<const std::uint64_t> arguments,
                    std::span<const std::byte> payload);
    void watch(int descriptor, std::uint32_t events);
    void take_notification();
    void close_dropped_files();
    void close_file(std::unique_ptr<GuestFd> file);
    CallTask<Ending> answer(ProgramCall& call, const CallEntry& entry);
    void start(Running& running);
    void finish(Running& running);
    void respond(const ProgramCall& call, const Ending& ending);
    bool is_alive(std::uint64_t id) const;
    MachineClient::Who who(const ProgramCall& call);
    void look_after_sleepers(bool changed);
    void wake(std::uint64_t number);
    void wake_lookers();
    void resume(ProgramCall& call, std::coroutine_handle<> waiting);
    void kill_program(const ProgramCall& call, const Progress& stopped);
    void reap();
    void note_end(int status);
    void pause();
    void deliver_signals();
    bool is_program(pid_t process) const;
    void tell_missing() const;

    MachineClient& machine_;
    SupervisorOptions options_;
    int epoll_ = -1, listener_ = -1, children_ = -1;
    std::unique_ptr<Descriptors> descriptors_;
    Places places_;
    std::map<std::string, CallEntry, std::less<>> entries_;
    std::list<Running> running_;
    ProgramStates programs_;
    std::string mounts_text_;
    std::vector<NextLook*> lookers_;
    std::map<std::uint64_t, GuestCall*> sleepers_; ///< by the guest call's number
    std::uint64_t last_number_ = 0;
    bool busy_ = false;    ///< the machine is not at rest
    bool progress_ = false; ///< a guest call was made since sleepers were looked after
    bool mounts_known_ = false;
    bool all_ended_ = false;
    pid_t program_ = -1;
    std::optional<int> status_;
    bool program_oopsed_ = false;
    std::set<std::string> missing_;
};

class Supervisor::GuestCall {
public:
    GuestCall(Supervisor& supervisor, ProgramCall& call, std::uint64_t number, Progress progress)
        : supervisor_(supervisor), call_(call), number_(number), progress_(std::move(progress))
    {
    }
    bool await_ready() const { return progress_.state != Progress::State::sleeps; }
    void await_suspend(std::coroutine_handle<> waiting)
    {
        waiting_ = waiting;
        supervisor_.sleepers_[number_] = this;
    }
    Progress await_resume() { return std::move(progress_); }

private:
    friend class Supervisor;
    Supervisor& supervisor_;
    ProgramCall& call_;
    std::uint64_t number_;
    Progress progress_;
    std::coroutine_handle<> waiting_;
};

class Supervisor::NextLook {
public:
    NextLook(Supervisor& supervisor, ProgramCall& call) : supervisor_(supervisor), call_(call) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting)
    {
        waiting_ = waiting;
        supervisor_.lookers_.push_back(this);
    }
    bool await_resume() const { return goes_on_; }

private:
    friend class Supervisor;
    Supervisor& supervisor_;
    ProgramCall& call_;
    bool goes_on_ = true;
    std::coroutine_handle<> waiting_;
};

template <class... Words>
Supervisor::GuestCall Supervisor::guest(ProgramCall& call, std::string_view name, Words... arguments)
{
    return guest_with({}, call, name, arguments...);
}

template <class... Words>
Supervisor::GuestCall Supervisor::guest_with(std::span<const std::byte> payload, ProgramCall& call, std::string_view name,
                                             Words... arguments)
{
    const std::array<std::uint64_t, sizeof...(Words)> words = {static_cast<std::uint64_t>(arguments)...};
    return begin(call, name, words, payload);
}

} // namespace retromod::exec
