// SPDX-License-Identifier: GPL-2.0-or-later
// What modprobe.d says. Source: kmod 30 libkmod/libkmod-config.c.
#include "loader/modules/modprobe_conf.h"

#include "loader/modules/conf_lines.h"
#include "loader/modules/kmod_depmod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folders[] = {"/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/lib/modprobe.d"};
constexpr std::string_view blanks = " \t";

std::string_view take_token(std::string_view& rest)
{
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    const auto token = rest.substr(0, rest.find_first_of(blanks));
    rest.remove_prefix(token.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    return token;
}

/// A word and the one blank behind it: the rest of the line stays as it is.
std::string_view take_word(std::string_view& rest)
{
    rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    const auto token = rest.substr(0, rest.find_first_of(blanks));
    rest.remove_prefix(std::min(token.size() + 1, rest.size()));
    return token;
}

std::string underscored(std::string_view name) { return normalized_alias(name).value_or(std::string(name)); }

SoftDependency soft_dependency(std::string name, std::string_view text)
{
    SoftDependency soft{.name = std::move(name), .before = {}, .after = {}};
    std::vector<std::string>* list = nullptr;
    while (!text.empty()) {
        const auto token = take_token(text);
        if (token == "pre:") list = &soft.before;
        else if (token == "post:") list = &soft.after;
        else if (list && !token.empty()) list->emplace_back(token);
    }
    return soft;
}

class Reader {
public:
    explicit Reader(const Speech& speech) : speech_(speech) {}

    void read_file(const std::string& host_path, const std::string& shown)
    {
        const auto text = read_conf_file(host_path);
        if (!text) return;
        unsigned number = 0;
        for (std::string_view rest = *text; !rest.empty();) {
            std::string line;
            for (bool continues = true; continues && !rest.empty();) {
                auto part = rest.substr(0, rest.find('\n'));
                rest.remove_prefix(std::min(part.size() + 1, rest.size()));
                ++number;
                continues = part.ends_with('\\');
                if (continues) part.remove_suffix(1);
                line += part;
            }
            if (!line.empty() && line.front() != '#') take(line, shown, number);
        }
    }

    void read_command_line(std::string_view text)
    {
        while (!text.empty()) {
            auto word = take_token(text);
            const auto dot = word.find('.');
            if (dot == word.npos || word.substr(0, word.find('=')).size() < dot) continue;
            const auto module = underscored(word.substr(0, dot));
            const auto parameter = word.substr(dot + 1);
            if (module == "modprobe" && parameter.starts_with("blacklist=")) take_blacklist(parameter.substr(10));
            else if (!module.empty() && !parameter.empty()) conf_.options.push_back({module, std::string(parameter)});
        }
    }

    ModprobeConf take_conf() { return std::move(conf_); }

private:
    const Speech& speech_;
    ModprobeConf conf_;

    /// libkmod reads the configuration before modprobe tells it how to speak: so Debian 12's names its own source line.
    void complain(int line, std::string_view text) const
    {
        speech_.complain(fmt::format("libkmod: ERROR ../libkmod/libkmod-config.c:{} kmod_config_parse: {}", line, text));
    }

    void take_blacklist(std::string_view names)
    {
        while (!names.empty()) {
            const auto name = names.substr(0, names.find(','));
            names.remove_prefix(std::min(name.size() + 1, names.size()));
            if (!name.empty()) conf_.blacklist.push_back(underscored(name));
        }
    }

    void take(std::string_view line, const std::string& file, unsigned number)
    {
        const auto keyword = take_token(line);
        if (keyword.empty() || keyword.front() == '#') return;
        const auto name = take_word(line);
        const bool has_text = !name.empty() && !line.empty() && normalized_alias(name);
        if (keyword == "alias" && has_text) {
            const auto module = take_token(line);
            if (!module.empty()) return conf_.aliases.push_back({underscored(name), underscored(module)});
        }
        if (keyword == "blacklist" && !name.empty()) return conf_.blacklist.push_back(underscored(name));
        if (keyword == "options" && has_text) return conf_.options.push_back({underscored(name), std::string(line)});
        if (keyword == "install" && has_text) return conf_.installs.push_back({underscored(name), std::string(line)});
        if (keyword == "remove" && has_text) return conf_.removes.push_back({underscored(name), std::string(line)});
        if (keyword == "softdep" && has_text) {
            conf_.soft_dependencies.push_back(soft_dependency(underscored(name), line));
            return;
        }
        if (keyword == "include" || keyword == "config")
            return complain(708, fmt::format("{}: command {} is deprecated and not parsed anymore", file, keyword));
        complain(712, fmt::format("{} line {}: ignoring bad line starting with '{}'", file, number, keyword));
    }
};

} // namespace

ModprobeConf read_modprobe_conf(const FileTree& tree, std::string_view given, std::string_view command_line, const Speech& speech)
{
    std::map<std::string, std::string> files; // name -> the guest's path
    const auto take_folder = [&](const std::string& host, std::string_view shown) {
        std::error_code error;
        for (fs::directory_iterator entry(host, error), end; !error && entry != end; entry.increment(error)) {
            const auto name = entry->path().filename().string();
            if (name.ends_with(".conf") && !name.starts_with('.')) files.try_emplace(name, fmt::format("{}/{}", shown, name));
        }
    };
    Reader reader(speech);
    std::error_code unknown;
    if (given.empty()) {
        for (const auto folder : folders) take_folder(tree.host(folder), folder);
        for (const auto& [name, path] : files) reader.read_file(tree.host(path), path);
    } else if (const auto host = tree.of_user(given); fs::is_directory(host, unknown)) {
        take_folder(host, given);
        for (const auto& [name, path] : files) reader.read_file(fmt::format("{}/{}", host, name), path);
    } else {
        reader.read_file(host, std::string(given));
    }
    reader.read_command_line(command_line);
    return reader.take_conf();
}

std::string modprobe_conf_text(const ModprobeConf& conf)
{
    std::string text;
    for (const auto& name : conf.blacklist) text += fmt::format("blacklist {}\n", name);
    const auto show = [&](std::string_view keyword, const std::vector<ModprobeLine>& lines) {
        for (const auto& line : lines) text += fmt::format("{} {} {}\n", keyword, line.name, line.text);
    };
    show("install", conf.installs);
    show("remove", conf.removes);
    show("alias", conf.aliases);
    show("options", conf.options);
    for (const auto& soft : conf.soft_dependencies) { // kmod 30 puts no blank between the lists
        text += fmt::format("softdep {} ", soft.name);
        if (!soft.before.empty()) text += fmt::format("pre: {}", fmt::join(soft.before, " "));
        if (!soft.after.empty()) text += fmt::format("post: {}", fmt::join(soft.after, " "));
        text += '\n';
    }
    return text;
}

} // namespace retromod
