// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/kernel/log.h"
#include "loader/api/session.h"
#include "loader/comparison/comparison.h"

#include <memory>

namespace retromod {

/// One kernel of a comparison, with the programs of its time: does the actions of one side's steps.
class ComparisonSide {
public:
    virtual ~ComparisonSide() = default;
    /// The side for that kind of kernel, on a fresh machine. std::runtime_error when there is no such machine.
    static std::unique_ptr<ComparisonSide> make(const ComparedMachine& machine);

    StepColumn perform(const ComparedAction& action);
    /// "2.4.20 on i386".
    std::string machine_text();

protected:
    explicit ComparisonSide(Session session) : session_(std::move(session)) {}

    // The programs; what they do goes to column().
    virtual void insmod(const ComparedAction& action, const std::vector<std::byte>& image) = 0;
    virtual void rmmod(const ComparedAction& action) = 0;
    virtual void lsmod() = 0;
    virtual ErrnoOr<std::string> read_file(const std::string& path) = 0;
    virtual ErrnoOr<std::size_t> write_file(const std::string& path, const std::string& text) = 0;
    /// Which check gave a raw call its result.
    virtual std::string check_of(std::string_view call, SyscallResult result) = 0;
    /// A line for each module, newest first, without what no two kernels have in common.
    virtual std::vector<std::string> modules() = 0;
    virtual std::string taint() = 0;

    Session& session() { return session_; }
    StepColumn& column() { return column_; }
    bool capable() const { return capable_; }
    /// Whether a call's result can be the step's.
    enum class Decides : bool { no, yes };
    /// Notes a system call; the first that fails decides the step, else the last.
    void note_call(const std::string& text, SyscallResult result, Decides decides = Decides::yes);
    void say(std::string_view text);
    std::string result_text(SyscallResult result);
    /// What the kernel has logged since the step began.
    std::string logged() { return session_.kernel().log().since(log_before_); }

private:
    void call(const ComparedAction& action);
    void do_action(const ComparedAction& action);

    Session session_;
    StepColumn column_;
    bool capable_ = true;
    bool failed_ = false;
    std::uint64_t log_before_ = 0;
};

/// What to boot for that side. std::runtime_error when there is no such machine.
MachineOptions machine_options(const ComparedMachine& machine);

/// A kernel up to 2.4, with modutils.
std::unique_ptr<ComparisonSide> make_old_side(Session session);

/// A kernel since 2.6, with kmod.
std::unique_ptr<ComparisonSide> make_modern_side(Session session);

/// The image of a module file, with the changes of a step made.
std::vector<std::byte> read_image(const ComparedModule& module);

/// Lines of a text, without empty ones.
std::vector<std::string> lines_of(std::string_view text);

} // namespace retromod
