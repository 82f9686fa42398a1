// SPDX-License-Identifier: GPL-2.0-or-later
// Reads modules.conf as modutils 2.4 does, its quirks included. Source: util/config.c.
#include "loader/modules/conf_condition.h"
#include "loader/modules/conf_lines.h"
#include "loader/modules/modules_conf.h"

#include <fmt/format.h>

#include <algorithm>
#include <sys/stat.h>

namespace retromod {
namespace {

constexpr std::string_view conf_name = "/etc/modules.conf";
constexpr std::string_view old_conf_name = "/etc/conf.modules";
constexpr int most_nested_ifs = 20;
constexpr int deepest_include = 20;
constexpr int most_files = 1000; ///< that one configuration may include; modutils has no such limit

/// A keyword of a line that fills a list, and whether `add` before it counts.
struct ListKeyword {
    std::string_view word;
    NamedList ModulesConf::*list;
    bool appends;
    bool always; ///< also where only paths are read
};

constexpr ListKeyword list_keywords[] = {
    {"above", &ModulesConf::above, true, false},       {"below", &ModulesConf::below, true, false},
    {"prune", &ModulesConf::prune, true, true},        {"probe", &ModulesConf::probe, true, false},
    {"probeall", &ModulesConf::probeall, true, false}, {"options", &ModulesConf::options, true, false},
    {"alias", &ModulesConf::aliases, false, false},
};

constexpr HookTime hook_times[] = {HookTime::pre_install, HookTime::install, HookTime::post_install,
                                   HookTime::pre_remove,  HookTime::remove,  HookTime::post_remove};

/// One line, cut into keyword and rest.
struct ConfLine {
    bool adds = false;    ///< it began with `add`
    bool assigns = false; ///< KEYWORD=REST
    std::string keyword;
    std::string rest;
    std::string shown; ///< what an error shows of it: up to the keyword's end
};

ConfLine cut(const std::string& line)
{
    constexpr std::string_view blanks = " \t\n\v\f\r";
    const auto skip = [&](std::size_t at) { return std::min(line.find_first_not_of(blanks, at), line.size()); };
    ConfLine cut_line;
    auto begin = skip(0);
    cut_line.adds = line.compare(begin, 3, "add") == 0; // any word that begins so, as in modutils
    if (cut_line.adds) begin = skip(begin + 3);
    auto end = begin;
    while (end < line.size() && line[end] > ' ' && line[end] != '=') ++end;
    cut_line.assigns = end < line.size() && line[end] == '=';
    cut_line.keyword = line.substr(begin, end - begin);
    cut_line.shown = line.substr(0, end);
    if (end < line.size()) cut_line.rest = line.substr(skip(end + 1));
    return cut_line;
}

/// Reads one configuration with what it includes.
class ConfReader {
public:
    ConfReader(const ConfRequest& request, WordContext context, const Speech& speech)
        : request_(request), context_(std::move(context)), speech_(speech)
    {
    }

    std::optional<ModulesConf> read()
    {
        take_defaults();
        if (!read_named(request_.file, 0)) return std::nullopt;
        for (std::size_t index = 0; index < generated_file_count; ++index)
            if (!name_generated(index)) return std::nullopt;
        return std::move(conf_);
    }

private:
    /// What one file has going on.
    struct FileState {
        std::string name;
        bool drops_paths = true;
        int level = 0;
        int state[most_nested_ifs + 1] = {1}; ///< of each nested `if`: 0 not yet true, 1 true, 2 has been true
        bool failed = false;
        unsigned line = 0;
    };

    const ConfRequest& request_;
    WordContext context_;
    const Speech& speech_;
    ModulesConf conf_;
    int included_ = 0;

    bool everything() const { return request_.scope == ConfScope::everything; }

    std::optional<std::string> environment(const std::string& name) const
    {
        const auto found = request_.environment.find(name);
        if (request_.safe_mode || found == request_.environment.end()) return std::nullopt;
        return found->second;
    }

    void take_rows(NamedList& list, const std::vector<std::string_view>& rows)
    {
        for (auto row : rows) {
            auto& entry = list.row(std::string(take_word(row)));
            entry.words = expand_words(row, context_);
        }
    }

    void take_defaults()
    {
        if (everything()) take_rows(conf_.options, built_in_options());
        take_rows(conf_.prune, built_in_prunes());
        if (everything()) take_rows(conf_.aliases, built_in_aliases());
        if (const auto given = environment("MODPATH")) take_environment_paths(*given);
        else take_default_paths();
        for (std::size_t index = 0; index < generated_file_count; ++index) {
            std::string name(generated_file_words[index]);
            std::ranges::transform(name, name.begin(), [](unsigned char letter) { return std::toupper(letter); });
            if (const auto given = environment(name + "PATH")) conf_.generated[index] = *given;
        }
    }

    void take_environment_paths(std::string_view given)
    {
        while (!given.empty()) {
            std::string path(given.substr(0, given.find(':')));
            given.remove_prefix(std::min(path.size() + 1, given.size()));
            if (path.empty()) continue;
            if (const auto place = path.find("%s"); place != path.npos) path.replace(place, 2, context_.release);
            const auto slash = path.rfind('/');
            conf_.paths.push_back({slash == path.npos ? "misc" : path.substr(slash + 1), path});
        }
    }

    void take_default_paths()
    {
        conf_.paths.push_back({"boot", "/lib/modules/boot"});
        conf_.paths.push_back({"toplevel", "/lib/modules/" + context_.release});
        conf_.paths.push_back({"toplevel", fmt::format("/lib/modules/{}", kernel_version_of(context_.release))});
        for (const auto folder : built_in_folders())
            conf_.paths.push_back({std::string(folder), fmt::format("/lib/modules/{}", folder)});
    }

    /// Names a generated file that no line named, or expands the name that one gave.
    bool name_generated(std::size_t index)
    {
        auto& name = conf_.generated[index];
        if (name.empty()) {
            name = fmt::format("/lib/modules/{}/modules.{}", context_.release, generated_file_words[index]);
            return true;
        }
        const auto words = expand_words(name, context_);
        if (words.empty()) return false;
        name = words.front();
        return true;
    }

    bool read_named(const std::string& given, int depth)
    {
        if (!given.empty()) return read_chosen(given, context_.tree->of_user(given), depth);
        if (const auto chosen = environment("MODULECONFIG"); chosen && !chosen->empty())
            return read_chosen(*chosen, context_.tree->of_user(*chosen), depth);
        for (const auto name : {conf_name, old_conf_name}) {
            const auto text = read_conf_file(context_.tree->host(name));
            if (!text) continue;
            if (name == conf_name) warn_of_both_names();
            else if (kernel_version_of(context_.release) != "2.2") warn_of_old_name(); // the name of that time is no surprise
            return read_text(std::string(name), context_.tree->host(name), *text, depth);
        }
        return true; // no configuration is one, too
    }

    bool read_chosen(const std::string& name, const std::string& host_path, int depth)
    {
        const auto text = read_conf_file(host_path);
        if (!text) {
            speech_.error(fmt::format("Can't open {}", name));
            return false;
        }
        return read_text(name, host_path, *text, depth);
    }

    void warn_of_old_name() const
    {
        speech_.complain(fmt::format("Warning: modutils is reading from {1} because\n"
                                     "         {0} does not exist.  The use of {1} is\n"
                                     "         deprecated, please rename {1} to {0}\n"
                                     "         as soon as possible.  Command\n"
                                     "         mv {1} {0}",
                                     conf_name, old_conf_name));
    }

    /// Where both names exist: as one file, or as two.
    void warn_of_both_names() const
    {
        struct stat file{}, old{}, link{};
        const auto host = context_.tree->host(conf_name);
        if (::stat(host.c_str(), &file) != 0 || ::stat(context_.tree->host(old_conf_name).c_str(), &old) != 0) return;
        if (file.st_dev != old.st_dev || file.st_ino != old.st_ino) {
            speech_.complain(fmt::format("Warning: modutils is reading from {0} and\n"
                                         "         ignoring {1}.  The use of {1} is deprecated,\n"
                                         "         please remove {1} as soon as possible.  Command\n"
                                         "           rm {1}",
                                         conf_name, old_conf_name));
        } else if (::lstat(host.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
            speech_.complain(fmt::format("Warning: You do not need a link from {0} to\n"
                                         "         {1}.  The use of {1} is deprecated,\n"
                                         "         please remove {0} and rename {1}\n"
                                         "         to {0} as soon as possible.  Commands.\n"
                                         "           rm {0}\n"
                                         "           mv {1} {0}",
                                         conf_name, old_conf_name));
        } else {
            speech_.complain(fmt::format("Warning: You do not need a link from {1} to\n"
                                         "         {0}.  The use of {1} is deprecated,\n"
                                         "         please remove {1} as soon as possible.  Command\n"
                                         "           rm {1}",
                                         conf_name, old_conf_name));
        }
    }

    bool read_text(const std::string& name, const std::string& host_path, const std::string& text, int depth)
    {
        conf_.file = name;
        conf_.modified = FileTree().modified(host_path);
        FileState file{.name = name};
        ConfLines lines(text, longest_conf_line);
        while (const auto line = lines.next()) {
            file.line = lines.number();
            if (!take_line(cut(*line), file, depth)) return false;
        }
        if (file.level != 0) {
            speech_.error(fmt::format("missing endif at {} EOF", name));
            return false;
        }
        return !file.failed;
    }

    bool refuse(std::string_view text)
    {
        speech_.error(text);
        return false;
    }

    /// False: reading cannot go on.
    bool take_line(ConfLine line, FileState& file, int depth)
    {
        if (line.keyword.empty() && !line.assigns) return true;
        auto& state = file.state[file.level];
        if (!line.assigns && line.keyword == "endif") {
            if (file.level == 0) return refuse(fmt::format("unmatched endif in line {}", file.line));
            --file.level;
            return true;
        }
        if (!line.assigns && line.keyword == "else") {
            if (file.level == 0) return refuse(fmt::format("else without if in line {}", file.line));
            state = !state;
            return true;
        }
        if (!line.assigns && line.keyword == "elseif") {
            if (file.level == 0) return refuse(fmt::format("elseif without if in line {}", file.line));
            if (state != 0) {
                state = 2;
                return true;
            }
            --file.level;
            line.keyword = "if";
        }
        if (line.keyword == "if") {
            if (file.level >= most_nested_ifs) return refuse(fmt::format("Too many nested if's in line {}\n", file.line));
            // Its own condition alone counts: a true `if` inside a false one is obeyed, as in modutils.
            file.state[++file.level] = condition_holds(line.rest, context_, request_.autoclean);
            return true;
        }
        if (state != 1) return true;
        if (!line.assigns && line.keyword == "include") return include(line, file, depth);
        if (!obey(line, file)) tell_invalid(line, file);
        return true;
    }

    void tell_invalid(const ConfLine& line, FileState& file)
    {
        if (!everything()) return;
        speech_.error(fmt::format("Invalid line {} in {}\n\t{}", file.line, file.name, line.shown));
        file.failed = true;
    }

    bool include(const ConfLine& line, FileState& file, int depth)
    {
        if (depth > deepest_include || ++included_ > most_files)
            return refuse(fmt::format("Too many include level in line {}\n", file.line));
        const auto word = expand_word(line.rest, context_);
        if (read_named(word.empty() ? line.rest : word, depth + 1)) return true;
        speech_.error(fmt::format("include {} failed\n", line.rest));
        tell_invalid(line, file);
        return true;
    }

    /// False: the line is none that modutils knows.
    bool obey(const ConfLine& line, FileState& file)
    {
        if (line.assigns) return obey_assignment(line, file);
        if (line.keyword == "define") {
            std::string_view rest = line.rest;
            const std::string name(take_word(rest));
            context_.variables[name] = expand_word(rest, context_);
            return true;
        }
        if (line.keyword == "keep") {
            file.drops_paths = false;
            return true;
        }
        for (const auto& keyword : list_keywords)
            if (keyword.word == line.keyword && (keyword.always || everything())) return take_list(keyword, line);
        if (!everything()) return false;
        for (const auto when : hook_times)
            if (hook_word(when) == line.keyword) return take_command(when, line.rest);
        return false;
    }

    bool take_list(const ListKeyword& keyword, const ConfLine& line)
    {
        std::string_view rest = line.rest;
        auto name = std::string(take_word(rest));
        const bool keeps = keyword.word == "options" && name == "-k";
        if (keeps) {
            if (rest.empty()) speech_.error("Missing module argument after -k\n");
            name = take_word(rest);
        }
        auto& row = (conf_.*keyword.list).row(name);
        if (keeps) row.autoclean = false;
        if (!line.adds || !keyword.appends) row.words.clear();
        for (auto& word : expand_words(rest, context_)) row.words.push_back(std::move(word));
        return true;
    }

    bool take_command(HookTime when, std::string_view rest)
    {
        const std::string module(take_word(rest));
        conf_.commands.push_back({when, module, std::string(rest)});
        return true;
    }

    bool obey_assignment(const ConfLine& line, FileState& file)
    {
        if (line.keyword == "insmod_opt") {
            conf_.insmod_options = line.rest;
            return true;
        }
        if (line.keyword.starts_with("path")) return take_path(line, file);
        if (line.keyword == "persistdir") {
            const auto word = expand_word(line.rest, context_);
            conf_.persist_folder = word.empty() ? line.rest : word;
            return true;
        }
        for (std::size_t index = 0; index < generated_file_count; ++index) {
            if (line.keyword != fmt::format("{}file", generated_file_words[index])) continue;
            if (!conf_.generated[index].empty()) return false; // the first one counts; another is an invalid line
            conf_.generated[index] = line.rest;
            return true;
        }
        return false;
    }

    bool take_path(const ConfLine& line, FileState& file)
    {
        if (file.drops_paths) conf_.paths.clear();
        file.drops_paths = false;
        std::string type = "misc";
        const std::string_view tag = std::string_view(line.keyword).substr(4);
        if (tag.starts_with('[') && tag.find(']') == tag.size() - 1) type = tag.substr(1, tag.size() - 2);
        for (const auto& word : expand_words(line.rest, context_)) conf_.paths.push_back({type, word});
        return true;
    }
};

} // namespace

std::optional<ModulesConf> read_modules_conf(const ConfRequest& request, WordContext context, const Speech& speech)
{
    for (const auto& [name, value] : request.environment) context.variables.try_emplace(name, value);
    return ConfReader(request, std::move(context), speech).read();
}

} // namespace retromod
