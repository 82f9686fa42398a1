// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/legacy/modinfo.h"

#include "loader/elf/modinfo.h"
#include "loader/legacy/parameter_format.h"
#include "loader/legacy/sentences.h"
#include "loader/link/object.h"

#include <algorithm>
#include <fmt/format.h>

namespace retromod {
namespace {

constexpr std::size_t longest_tag = 127;

/// One `%` of a format: its letter's tag, and what follows it.
struct Replacement {
    std::string_view tag; ///< "%" for a percent sign
    std::string_view rest;
    std::string error{};
};

Replacement parse_replacement(std::string_view text)
{
    if (text.empty()) return {.tag = {}, .rest = {}, .error = "missing replacement"};
    constexpr std::pair<char, std::string_view> letters[] = {{'%', "%"},        {'a', "author"},  {'d', "description"},
                                                             {'n', "filename"}, {'l', "license"}, {'p', "parm"}};
    if (text.front() == '{') {
        const auto end = text.find('}');
        if (end == text.npos) return {.tag = {}, .rest = {}, .error = "unterminated %{...} construct"};
        if (end - 1 > longest_tag) return {.tag = {}, .rest = {}, .error = "%{...} construct is too large"};
        return {.tag = text.substr(1, end - 1), .rest = text.substr(end + 1)};
    }
    const auto* row = std::ranges::find(letters, text.front(), &std::pair<char, std::string_view>::first);
    if (row == std::end(letters))
        return {.tag = {}, .rest = {}, .error = fmt::format("{}: unknown replacement", text.front())};
    return {.tag = row->second, .rest = text.substr(1)};
}

char unescaped(char letter)
{
    constexpr std::pair<char, char> escapes[] = {{'a', '\a'}, {'v', '\v'}, {'b', '\b'}, {'e', '\033'}, {'E', '\033'},
                                                 {'f', '\f'}, {'n', '\n'}, {'r', '\r'}, {'t', '\t'}};
    const auto* found = std::ranges::find(escapes, letter, &std::pair<char, char>::first);
    return found == std::end(escapes) ? letter : found->second;
}

/// A format cut into lines: texts and tags. A tag is what `is_tag` says.
struct Piece {
    std::string text;
    bool is_tag = false;
};
using Line = std::vector<Piece>;

struct Format {
    std::vector<Line> lines;
    std::string error;
};

Format parse_format(std::string_view text)
{
    Format format{.lines = {Line{}}, .error = {}};
    const auto add = [&](char letter) {
        auto& line = format.lines.back();
        if (line.empty() || line.back().is_tag) line.push_back({});
        line.back().text += letter;
        if (letter == '\n') format.lines.emplace_back();
    };
    while (!text.empty()) {
        const char letter = text.front();
        text.remove_prefix(1);
        if (letter == '%') {
            auto replacement = parse_replacement(text);
            if (!replacement.error.empty()) return {.lines = {}, .error = std::move(replacement.error)};
            text = replacement.rest;
            if (replacement.tag == "%")
                add('%');
            else
                format.lines.back().push_back({std::string(replacement.tag), true});
        } else if (letter == '\\' && !text.empty()) {
            add(unescaped(text.front()));
            text.remove_prefix(1);
        } else {
            add(letter);
        }
    }
    return format;
}

/// Values that may have several lines stand in quotes, later lines indented.
std::string quoted(std::string_view value)
{
    std::string text = "\"";
    for (const char letter : value) {
        text += letter;
        if (letter == '\n') text += "  ";
    }
    return text + '"';
}

/// Prints one module by a format.
class ModuleInfo {
public:
    ModuleInfo(const std::string& path, const Modinfo& info, bool has_section, const SymbolTable& symbols,
               Messages& messages)
        : path_(path), info_(info), has_section_(has_section), symbols_(symbols), messages_(messages)
    {
    }

    void print(const Line& line)
    {
        const bool repeats =
            std::ranges::any_of(line, [](const Piece& piece) { return piece.is_tag && piece.text == "parm"; });
        if (!repeats) return messages_.raw(expand(line, nullptr));
        if (!has_section_) return messages_.error("module does not support typed parameters");
        for (const auto& entry : info_.entries()) {
            if (!entry.key.starts_with("parm_") || (entry.key.starts_with("parm_desc_") && entry.key.size() > 10))
                continue;
            if (entry.has_value)
                messages_.raw(expand(line, &entry));
            else
                messages_.error(fmt::format("parameter {} found with no value", entry.key));
        }
    }

private:
    const std::string& path_;
    const Modinfo& info_;
    bool has_section_;
    const SymbolTable& symbols_;
    Messages& messages_;

    std::string expand(const Line& line, const ModinfoEntry* parameter)
    {
        std::string text;
        for (const auto& piece : line) {
            if (!piece.is_tag)
                text += piece.text;
            else if (piece.text == "parm")
                text += parameter_text(parameter->key.substr(5), parameter->value);
            else
                text += value_text(piece.text);
        }
        return text;
    }

    std::string value_text(std::string_view tag) const
    {
        if (tag == "filename") return path_;
        const auto value = info_.find(tag);
        if (!value) return "<none>";
        const bool many_lines = tag == "author" || tag == "description" || tag == "license";
        return many_lines ? quoted(*value) : std::string(*value);
    }

    std::string parameter_text(std::string_view name, std::string_view declaration) const
    {
        std::string text;
        if (!symbols_.find(name)) text += fmt::format("warning: symbol for parameter {} not found\n", name);
        const auto format = parse_parameter_format(declaration);
        if (format.max < format.min) text += fmt::format("warning: parameter {} has max < min!\n", name);
        text += fmt::format("{} ", name);
        if (!append_type(text, format)) return text;
        if (format.min > 1 || format.max > 1)
            text += fmt::format(" array (min = {}, max = {})", format.min, format.max);
        const auto description = info_.find(fmt::format("parm_desc_{}", name));
        if (description && !description->empty()) text += fmt::format(", description {}", quoted(*description));
        return text;
    }

    /// False: nothing more is said of this parameter.
    static bool append_type(std::string& text, const ParameterFormat& format)
    {
        constexpr std::pair<char, std::string_view> types[] = {{'c', "char"}, {'b', "byte"}, {'h', "short"},
                                                               {'i', "int"},  {'l', "long"}, {'s', "string"}};
        Cursor type{format.type};
        const auto* row = std::ranges::find(types, type.peek(), &std::pair<char, std::string_view>::first);
        if (row == std::end(types)) {
            text += type.at_end() ? std::string("no format character!\n")
                                  : fmt::format("unknown format character '{}'", type.peek());
            return false;
        }
        text += row->second;
        const char letter = type.peek();
        if (letter == 'c' && !is_digit(type.peek_next())) text += " *** missing string size ***";
        while (letter == 'c' && is_digit(type.peek_next())) type.next();
        type.next();
        if (type.peek() == 'p')
            text += letter == 's' ? " persistent (invalid)" : " persistent";
        else if (!type.at_end())
            text += fmt::format(" unknown format modifier '{}'", type.peek());
        return true;
    }
};

} // namespace

bool is_modinfo_format(std::string_view text, const TextSinks& sinks)
{
    const auto format = parse_format(text);
    if (!format.error.empty()) Messages(sinks, "modinfo").error(format.error);
    return format.error.empty();
}

bool modinfo(const std::string& path, const std::string& host_path, std::string_view text, const TextSinks& sinks)
{
    Messages messages(sinks, path);
    const auto format = parse_format(text);
    const auto report = [&](const Problem& problem) {
        messages.error(modutils_sentence(problem, path));
        return false;
    };
    const auto file = read_module_file(host_path);
    if (!file) return report(file.problem());
    const auto elf = ElfFile::open(file->bytes);
    if (!elf) return report(elf.problem());
    const auto* arch = elf->header().arch();
    if (!arch) return report({.kind = ProblemKind::unknown_architecture, .where = path});
    std::vector<Problem> complaints;
    const auto object = Object::load(*elf, *arch, complaints);
    for (const auto& complaint : complaints) report(complaint);
    if (!object) return report(object.problem());
    const Modinfo info(*elf);
    ModuleInfo module(path, info, elf->find_section(".modinfo") != nullptr, object->symbols(), messages);
    for (const auto& line : format.lines)
        if (!line.empty()) module.print(line);
    return true;
}

} // namespace retromod
