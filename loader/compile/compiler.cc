// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/compile/compiler.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retromod {
namespace {

constexpr int no_such_program = 127; // as a shell says it

std::vector<std::string> words_of(std::string_view command)
{
    std::istringstream text{std::string(command)};
    std::vector<std::string> words;
    for (std::string word; text >> word;) words.push_back(word);
    return words;
}

enum class Output : bool { shown, dropped };

/// In the child: becomes the program.
[[noreturn]] void become(const std::vector<std::string>& words, Output output)
{
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const int into = output == Output::shown ? STDERR_FILENO : ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(into, STDOUT_FILENO);
    ::dup2(into, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(no_such_program);
}

int run(const std::vector<std::string>& words, Output output)
{
    const auto child = ::fork();
    if (child < 0) throw std::system_error(errno, std::generic_category(), words.front());
    if (!child) become(words, output);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw std::system_error(errno, std::generic_category(), words.front());
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

int run_program(const std::vector<std::string>& words) { return run(words, Output::shown); }

std::vector<std::string> find_compiler(const CompilerChoice& choice, const std::filesystem::path& scratch)
{
    const auto source = scratch / "probe.c";
    std::ofstream(source) << "int probe;\n";
    for (const auto command : choice.commands) {
        auto words = words_of(command);
        auto probe = words;
        for (const auto& word : {std::string("-c"), source.string(), std::string("-o"), (scratch / "probe.o").string()})
            probe.push_back(word);
        if (run(probe, Output::dropped) == 0) return words;
    }
    throw SourceRefused(fmt::format("no compiler for {}: looked for {}; Debian has it in the package {}", choice.target,
                                    fmt::join(choice.commands, ", then "), choice.package));
}

} // namespace retromod
