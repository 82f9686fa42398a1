// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/host_program.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retromod {
namespace {

constexpr std::size_t most_output = std::size_t{16} << 20; ///< bytes of one stream; what comes then is read and dropped

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

/// One stream of a program.
struct Pipe {
    int ends[2] = {-1, -1};
    explicit Pipe(const std::string& what)
    {
        if (::pipe2(ends, O_CLOEXEC) != 0) fail(what);
    }
    ~Pipe()
    {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    void close_end(int which)
    {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }
};

[[noreturn]] void become(const HostProgram& program, const Pipe& out, const Pipe& err)
{
    ::setpgid(0, 0);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out.ends[1], STDOUT_FILENO);
    ::dup2(err.ends[1], STDERR_FILENO);
    if (!program.folder.empty() && ::chdir(program.folder.c_str()) != 0) ::_exit(126);
    for (const auto& [name, value] : program.environment)
        ::setenv(name.c_str(), value.c_str(), 1);
    std::vector<char*> words;
    for (const auto& word : program.words)
        words.push_back(const_cast<char*>(word.c_str()));
    words.push_back(nullptr);
    ::execvp(words[0], words.data());
    ::_exit(127);
}

/// Takes what is there; false at the end of the stream.
bool read_some(int from, std::string& into)
{
    std::array<char, 65536> buffer{};
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    into.append(buffer.data(), std::min(static_cast<std::size_t>(got), most_output - std::min(into.size(), most_output)));
    return got != 0;
}

} // namespace

HostProgramEnd run_host_program(const HostProgram& program)
{
    using Clock = std::chrono::steady_clock;
    HostProgramEnd end;
    Pipe out(program.words.front()), err(program.words.front());
    const auto child = ::fork();
    if (child < 0) fail(program.words.front());
    if (!child) become(program, out, err);
    ::setpgid(child, child);
    out.close_end(1);
    err.close_end(1);
    const auto limit = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(program.seconds));
    while (out.ends[0] >= 0 || err.ends[0] >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - Clock::now()).count();
        if (left <= 0) {
            end.timed_out = true;
            break;
        }
        std::array<pollfd, 2> waits{{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
        if (::poll(waits.data(), waits.size(), static_cast<int>(left)) < 0 && errno != EINTR) fail("poll");
        if (waits[0].revents && !read_some(out.ends[0], end.out)) out.close_end(0);
        if (waits[1].revents && !read_some(err.ends[0], end.err)) err.close_end(0);
    }
    siginfo_t ended{};
    while (!end.timed_out && ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && !ended.si_pid) {
        end.timed_out = Clock::now() >= limit;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ::kill(-child, SIGKILL); // what it left behind, or itself
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) fail(program.words.front());
    end.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return end;
}

} // namespace retromod
