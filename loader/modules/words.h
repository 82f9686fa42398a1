// SPDX-License-Identifier: GPL-2.0-or-later
// Words of modules.conf: how they are told apart, and what stands for what in them.
#pragma once

#include "loader/modules/file_tree.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// The letters that mean something to a shell. Source: modutils 2.4 include/util.h.
constexpr std::string_view shell_letters = "&();|<>$`\"'\\!{}[]~=+:?*";

/// Takes the first word off `rest`, quotes included; what follows it begins with its next word.
std::string_view take_word(std::string_view& rest);

/// What words of a configuration are expanded with.
struct WordContext {
    const FileTree* tree = nullptr;
    std::string release;                          ///< of the kernel: `uname -r`
    std::map<std::string, std::string> variables; ///< what `define` made, and the environment
    /// Runs a command between backquotes and returns what it printed; nothing: it was not run.
    std::function<std::optional<std::string>(const std::string&)> run_command;
};

/// "2.4" of "2.4.20-8": the release up to its second dot.
std::string_view kernel_version_of(std::string_view release);

/// The words that a text of modules.conf stands for: backquoted `uname -r` and `kernelversion` are replaced, quotes
/// removed, patterns matched with files, variables and other commands replaced, in modutils' order.
std::vector<std::string> expand_words(std::string_view text, const WordContext& context);

/// The first of them; "" when there is none.
std::string expand_word(std::string_view text, const WordContext& context);

/// Splits at blanks, with regard to quotes, which are kept or removed.
enum class Quotes : bool { keep, strip };
std::vector<std::string> split_words(std::string_view line, Quotes quotes);

} // namespace retromod
