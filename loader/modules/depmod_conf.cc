// SPDX-License-Identifier: GPL-2.0-or-later
// What depmod.d says: which of several modules of a name counts.
#include "loader/modules/depmod_conf.h"

#include "loader/modules/conf_lines.h"
#include "loader/modules/kmod_depmod.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view folders[] = {"/etc/depmod.d", "/run/depmod.d", "/usr/local/lib/depmod.d", "/lib/depmod.d"};
constexpr std::string_view built_in = "built-in";

/// The files by their names: of two of a name the one of the folder that was looked at first.
void add_files(const std::string& host_folder, std::map<std::string, std::string>& files)
{
    std::error_code error;
    for (fs::directory_iterator entry(host_folder, error), end; !error && entry != end; entry.increment(error))
        if (entry->path().extension() == ".conf") files.try_emplace(entry->path().filename(), entry->path());
}

void read_line(const std::string& line, std::string_view release, DepmodConf& conf)
{
    std::istringstream words(line);
    std::string keyword, name, of_release, folder;
    words >> keyword;
    if (keyword == "search")
        while (words >> folder) conf.search.push_back(folder);
    if (keyword != "override" || !(words >> name >> of_release >> folder)) return;
    if (of_release == "*" || of_release == release) conf.overrides.try_emplace(kmod_name_of(name), folder);
}

void read_text(const std::string& text, std::string_view release, DepmodConf& conf)
{
    std::istringstream lines(text);
    std::string whole;
    for (std::string line; std::getline(lines, line);) {
        const bool continues = line.ends_with('\\');
        whole += line.substr(0, line.size() - (continues ? 1 : 0));
        if (continues) continue;
        if (!whole.starts_with('#')) read_line(whole, release, conf);
        whole.clear();
    }
}

bool is_in(std::string_view path, std::string_view folder)
{
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

} // namespace

bool DepmodConf::prefers(std::string_view path, std::string_view other) const
{
    if (const auto found = overrides.find(kmod_name_of(path)); found != overrides.end()) {
        const auto is_there = [&](std::string_view file) { return file.substr(0, file.rfind('/')) == found->second; };
        if (is_there(path) != is_there(other)) return is_there(path);
    }
    const auto place = [&](std::string_view file) {
        const auto folder = std::ranges::find_if(search, [&](const auto& each) { return is_in(file, each); });
        return folder != search.end() ? folder : std::ranges::find(search, built_in);
    };
    return place(path) < place(other);
}

DepmodConf read_depmod_conf(const FileTree& tree, std::string_view given, std::string_view release)
{
    std::map<std::string, std::string> files;
    std::error_code error;
    if (given.empty())
        for (const auto folder : folders) add_files(tree.host(folder), files);
    else if (const auto host = tree.of_user(given); fs::is_directory(host, error)) add_files(host, files);
    else files.emplace(given, host);
    DepmodConf conf;
    for (const auto& [name, path] : files)
        if (const auto text = read_conf_file(path)) read_text(*text, release, conf);
    if (conf.search.empty()) conf.search = {"updates", std::string(built_in)};
    return conf;
}

} // namespace retromod
