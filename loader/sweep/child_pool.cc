// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/child_pool.h"

#include "loader/api/failure_sentence.h"

#include <chrono>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <map>
#include <poll.h>
#include <stdexcept>
#include <system_error>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace retromod {
namespace {

using Clock = std::chrono::steady_clock;

struct Child {
    std::size_t index;
    pid_t pid;
    int pipe;
    Clock::time_point started;
    bool timed_out = false;
    std::string output;

    double seconds() const { return std::chrono::duration<double>(Clock::now() - started).count(); }
};

[[noreturn]] void be_child(int pipe, const std::function<std::string(std::size_t)>& job, std::size_t index)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a child must not outlive an interrupted parent
    int status = 0;
    std::string output;
    try {
        output = job(index);
    } catch (...) {
        output = failure_sentence();
        status = 1;
    }
    for (std::size_t at = 0; at < output.size();) {
        const auto written = write(pipe, output.data() + at, output.size() - at);
        if (written <= 0) break;
        at += static_cast<std::size_t>(written);
    }
    _exit(status);
}

Child start(const std::function<std::string(std::size_t)>& job, std::size_t index)
{
    int ends[2];
    if (pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    std::fflush(stdout);
    std::fflush(stderr);
    const auto pid = fork();
    if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid == 0) {
        close(ends[0]);
        be_child(ends[1], job, index);
    }
    close(ends[1]);
    return {index, pid, ends[0], Clock::now(), false, {}};
}

/// Takes what has arrived; false at the end.
bool read_some(Child& child)
{
    char buffer[65536];
    const auto got = read(child.pipe, buffer, sizeof buffer);
    if (got > 0) child.output.append(buffer, static_cast<std::size_t>(got));
    return got > 0 || (got < 0 && errno == EINTR);
}

ChildResult finish(Child& child)
{
    close(child.pipe);
    int status = 0;
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {}
    ChildResult result{ChildResult::End::exited, 0, std::move(child.output), child.seconds()};
    if (child.timed_out) result.end = ChildResult::End::timed_out;
    else if (WIFSIGNALED(status)) result.end = ChildResult::End::killed, result.status = WTERMSIG(status);
    else if (WEXITSTATUS(status)) result.end = ChildResult::End::failed, result.status = WEXITSTATUS(status);
    return result;
}

} // namespace

void ChildPool::run(std::size_t count, const std::function<std::string(std::size_t)>& job,
                    const std::function<void(std::size_t, const ChildResult&)>& done) const
{
    std::vector<Child> running;
    std::map<std::size_t, ChildResult> finished; // those that wait for an earlier one
    std::size_t next = 0, reported = 0;
    while (reported < count) {
        while (next < count && running.size() < jobs) running.push_back(start(job, next++));
        std::vector<pollfd> waits;
        for (const auto& child : running) waits.push_back({child.pipe, POLLIN, 0});
        poll(waits.data(), waits.size(), 100);
        for (std::size_t i = running.size(); i-- > 0;) {
            auto& child = running[i];
            if (!child.timed_out && child.seconds() > time_limit) {
                child.timed_out = true;
                kill(child.pid, SIGKILL);
            }
            if (!waits[i].revents || read_some(child)) continue;
            finished.emplace(child.index, finish(child));
            running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
        }
        for (; !finished.empty() && finished.begin()->first == reported; ++reported) {
            done(reported, finished.begin()->second);
            finished.erase(finished.begin());
        }
    }
}

} // namespace retromod
