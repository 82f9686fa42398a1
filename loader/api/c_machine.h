// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/api/c_user_memory.h"
#include "loader/api/session.h"
#include "loader/api/temporary_folder.h"
#include "loader/modern/modern_kernel.h"

#include <filesystem>
#include <functional>
#include <optional>

namespace retromod {

/// What work on a machine came to.
struct CAnswer {
    Outcome::Kind kind = Outcome::Kind::done;
    std::uint64_t word = 0; ///< a system call's result, an exit status, ...
    std::string what = {};  ///< of a call that was stopped: a sentence
    std::string text = {};  ///< what was read or printed
};

/// What stands behind a retromod_machine: a session whose calls are kept one by one, in a jail or not, and the user memory
/// of its caller. Errors: those of Session; std::runtime_error when a jailed child died, or when this process has the
/// machine's file open already.
class CMachine {
public:
    struct Place {
        std::optional<std::string> file; ///< none: in memory
        bool jail = false;
    };
    static std::unique_ptr<CMachine> boot(const Place& place, const MachineOptions& machine, const BootOptions& boot);
    static std::unique_ptr<CMachine> open(const std::string& file);
    ~CMachine();

    /// Lets `work` use the machine and keeps what it did, as a command does: unless it was stopped other than by an oops
    /// or BUG(), and then a machine in a file is as before.
    CAnswer perform(const std::function<CAnswer(Session&)>& work);
    /// A system call, with the caller's user memory in place, and these open files where the kernel asks for any.
    /// std::invalid_argument for one that no kernel has.
    CAnswer call(const SystemCall& call, UserFiles* files = nullptr);
    /// For looking only. std::runtime_error when the machine's file could not be taken up again after a failure.
    Session& session();
    CUserMemory& user() { return user_; }
    const Arch& arch() const { return *arch_; }

    /// False for a machine in memory that was booted without one.
    bool set_jail(bool on);
    RunLimits limits = {};
    bool capable = true;

private:
    class Claim;
    CMachine(Session session, std::optional<std::string> file, std::unique_ptr<Claim> claim);
    CAnswer perform_here(const std::function<CAnswer(Session&)>& work);
    CAnswer perform_jailed(const std::function<CAnswer(Session&)>& work);
    void roll_back();

    std::unique_ptr<TemporaryFolder> folder_; ///< of a machine in memory that has a jail
    std::unique_ptr<Claim> claim_;
    std::optional<std::string> file_;
    bool jail_ = false;
    std::optional<Session> session_;
    const Arch* arch_;
    CUserMemory user_;
};

} // namespace retromod
