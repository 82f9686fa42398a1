// SPDX-License-Identifier: GPL-2.0-or-later
// Words of modules.conf: how they are told apart, and what stands for what in them.
#include "loader/modules/words.h"

#include <algorithm>
#include <functional>

namespace retromod {
namespace {

constexpr std::string_view blanks = " \t\n\v\f\r";

bool is_blank(char letter) { return blanks.find(letter) != std::string_view::npos; }

bool has_any(std::string_view text, std::string_view letters) { return text.find_first_of(letters) != std::string_view::npos; }

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size())); }

/// Replaces what modutils itself knows between backquotes. Stops at the first command that it does not know.
std::string with_builtin_commands(std::string text, const WordContext& context)
{
    for (std::size_t open; (open = text.find('`')) != std::string::npos;) {
        auto command = std::string_view(text).substr(open + 1);
        skip_blanks(command);
        std::string_view value;
        if (command.starts_with("uname -r")) value = context.release;
        else if (command.starts_with("kernelversion")) value = kernel_version_of(context.release);
        else break;
        const auto close = text.find('`', open + 1);
        if (close == std::string::npos) break;
        text.replace(open, close - open + 1, value);
    }
    return text;
}

bool is_name_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9')
           || letter == '_';
}

/// The value of `$NAME` or `${NAME}` at the front of `text`, which loses it; nothing when no name follows the `$`.
std::optional<std::string> take_variable(std::string_view& text, const WordContext& context)
{
    auto name = text.substr(1);
    std::size_t used = 1;
    if (name.starts_with('{')) {
        const auto end = name.find('}');
        if (end == std::string_view::npos) return std::nullopt;
        name = name.substr(1, end - 1);
        used += end + 1;
    } else {
        const auto end = std::ranges::find_if_not(name, is_name_letter);
        name = name.substr(0, static_cast<std::size_t>(end - name.begin()));
        if (name.empty()) return std::nullopt;
        used += name.size();
    }
    text.remove_prefix(used);
    const auto found = context.variables.find(std::string(name));
    return found == context.variables.end() ? std::string() : found->second;
}

/// What a command that stands at the front of `text` between backquotes printed; `text` loses it. Nothing without its end.
std::optional<std::string> take_command(std::string_view& text, const WordContext& context)
{
    const auto end = text.find('`', 1);
    if (end == std::string_view::npos) return std::nullopt;
    auto said = context.run_command ? context.run_command(std::string(text.substr(1, end - 1))) : std::nullopt;
    text.remove_prefix(end + 1);
    auto output = said.value_or("");
    while (output.ends_with('\n')) output.pop_back();
    return output;
}

/// What a shell makes of the text between double quotes: variables and commands.
std::string as_shell(std::string_view text, const WordContext& context)
{
    std::string result;
    while (!text.empty()) {
        std::optional<std::string> value;
        if (text.front() == '$') value = take_variable(text, context);
        else if (text.front() == '`') value = take_command(text, context);
        if (value) {
            result += *value;
            continue;
        }
        result += text.front();
        text.remove_prefix(1);
    }
    return result;
}

std::vector<std::string> plain_words(std::string_view text)
{
    std::vector<std::string> words;
    for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
        const auto word = text.substr(0, text.find_first_of(blanks));
        words.emplace_back(word);
        text.remove_prefix(word.size());
    }
    return words;
}

} // namespace

std::string_view take_word(std::string_view& rest)
{
    std::size_t end = 0;
    for (; end < rest.size() && !is_blank(rest[end]); ++end) {
        const char quote = rest[end];
        if (std::string_view("\"'`").find(quote) == std::string_view::npos) continue;
        for (++end; end < rest.size() && rest[end] != quote; ++end)
            if (rest[end] == '\\' && end + 1 < rest.size() && rest[end + 1] == quote) ++end;
        if (end == rest.size()) break;
    }
    const auto word = rest.substr(0, end);
    rest.remove_prefix(end);
    skip_blanks(rest);
    return word;
}

std::string_view kernel_version_of(std::string_view release)
{
    const auto first = release.find('.');
    return first == std::string_view::npos ? release : release.substr(0, release.find('.', first + 1));
}

std::vector<std::string> split_words(std::string_view line, Quotes quotes)
{
    const bool keeps = quotes == Quotes::keep;
    std::vector<std::string> words;
    for (skip_blanks(line); !line.empty(); skip_blanks(line)) {
        std::string word;
        std::size_t at = 0;
        for (; at < line.size() && !is_blank(line[at]); ++at) {
            const char letter = line[at];
            const bool opens = letter == '"' || letter == '\'';
            if (keeps || (!opens && letter != '\\')) word += letter;
            if (!opens) continue;
            for (++at; at < line.size() && line[at] != letter; ++at) {
                word += line[at];
                if (line[at] == '\\' && at + 1 < line.size() && line[at + 1] == letter) word += line[++at];
            }
            if (at == line.size()) break;
            if (keeps) word += letter;
        }
        line.remove_prefix(std::min(at, line.size()));
        if (!word.empty()) words.push_back(std::move(word));
    }
    return words;
}

// Source: modutils 2.4 util/meta_expand.c.
std::vector<std::string> expand_words(std::string_view given, const WordContext& context)
{
    const auto text = with_builtin_commands(std::string(given), context);
    if (!has_any(text, shell_letters)) return plain_words(text);
    if (!has_any(text, "&();|<>$`!{}[]~=+:?*")) return split_words(text, Quotes::strip); // quotes alone
    if (!has_any(text, "&();|<>$`\"'\\!{}~+:[]?*")) return split_words(text, Quotes::keep); // `=` alone: options
    if (!has_any(text, "&();|<>$`\"'\\!{}~=+:") && context.tree)
        if (auto paths = context.tree->glob(text); !paths.empty()) return paths;
    return split_words(as_shell(text, context), Quotes::strip);
}

std::string expand_word(std::string_view text, const WordContext& context)
{
    const auto words = expand_words(text, context);
    return words.empty() ? std::string() : words.front();
}

} // namespace retromod
