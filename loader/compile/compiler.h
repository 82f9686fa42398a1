// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// A compiler that may be there under several commands, the best first.
struct CompilerChoice {
    std::span<const std::string_view> commands; ///< each a program, and what makes it compile for the machine: "gcc -m32"
    std::string_view target;                    ///< for whom: "i386"
    std::string_view package;                   ///< of Debian, that has the first of them
};

/// A source does not compile, or nothing is there that could compile it. The compiler itself has said why, if it runs.
struct SourceRefused : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The words of the first command that compiles an empty file; `scratch` is where it may write. SourceRefused that names
/// what was looked for and what to install.
std::vector<std::string> find_compiler(const CompilerChoice& choice, const std::filesystem::path& scratch);

/// Runs a program of PATH with this process's streams; its output goes to standard error. Its exit status, 127 when there
/// is none, 128 and the signal's number when it was killed.
int run_program(const std::vector<std::string>& words);

} // namespace retromod
