// SPDX-License-Identifier: GPL-2.0-or-later
// Where a machine's user space has its modules, and how its modules.conf is read.
#include "loader/tools/module_home.h"

#include "emu/kernel/module_requests.h"
#include "loader/api/machine_path.h"
#include "loader/api/session.h"
#include "loader/modules/conf_lines.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace retromod {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view default_release = "2.4.20"; // of a machine that is made without a word

bool is_folder(const std::string& path)
{
    std::error_code error;
    return fs::is_directory(path, error);
}

std::string absolute(const std::string& path) { return fs::absolute(path).lexically_normal(); }

} // namespace

std::map<std::string, std::string> environment_variables()
{
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text(*entry);
        const auto equals = text.find('=');
        if (equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

ModuleHome::ModuleHome(FileTree tree, std::string release) : tree_(std::move(tree)), release_(std::move(release))
{
    heap_ = is_folder(tree_.root()) && !is_folder(tree_.host("/lib/modules")) && !is_folder(tree_.host("/etc"));
}

ModuleHome ModuleHome::of(const Invocation& invocation, const std::string& boot_folder, std::string release)
{
    const auto tree = [&](const std::string& root) { return ModuleHome(FileTree(absolute(root)), release); };
    if (const char* root = std::getenv("RETROMOD_ROOT"); root && *root) return tree(root);
    if (!boot_folder.empty()) return tree(boot_folder);
    return tree(fs::path(absolute(machine_path(invocation.machine))).parent_path() / "root");
}

ModuleHome ModuleHome::of(const Invocation& invocation, Session& session)
{
    return of(invocation, session.kernel().module_requests().folder(), session.system().release());
}

ModuleHome ModuleHome::of(const Invocation& invocation)
{
    const auto path = machine_path(invocation.machine);
    if (!MachineFile(path).exists()) return of(invocation, "", std::string(default_release));
    auto session = Session::look(path);
    return of(invocation, session);
}

WordContext ModuleHome::words() const { return {&tree_, release_, {}, {}}; }

std::optional<ModulesConf> ModuleHome::read_conf(ConfRequest request, const Speech& speech) const
{
    if (heap_ && request.file.empty() && tree_.is_readable("/modules.conf")) request.file = "/modules.conf";
    auto conf = read_modules_conf(request, words(), speech);
    if (conf && heap_) conf->paths = {{"misc", "/"}};
    return conf;
}

std::optional<DepFile> ModuleHome::read_dep(const ModulesConf& conf, const Speech& speech) const
{
    const auto& path = conf.generated_file(GeneratedFile::dep);
    const auto text = read_conf_file(tree_.host(path));
    if (!text) {
        speech.error(fmt::format("Can't open dependencies file {} ({})", path, std::strerror(errno)));
        return std::nullopt;
    }
    if (conf.modified != 0 && conf.modified > tree_.modified(path))
        speech.print(fmt::format("Note: {} is more recent than {}", conf.file, path));
    return parse_dep_file(*text, speech);
}

std::optional<std::string> ModuleHome::find_module(std::string_view name, OwnerCheck owner, const Speech& speech) const
{
    const auto conf = read_paths(speech);
    if (!conf) return std::nullopt;
    return find_module_file({tree_, *conf, speech, owner}, name);
}

std::optional<ModulesConf> ModuleHome::read_paths(const Speech& speech) const
{
    return read_conf({.scope = ConfScope::paths, .file = {}, .environment = environment_variables()}, speech);
}

std::optional<std::string> ModuleHome::below_module_path(std::string_view path, const Speech& speech) const
{
    const auto conf = read_paths(speech);
    if (!conf) return std::nullopt;
    for (const auto& folder : conf->paths) {
        std::string_view prefix = folder.path;
        while (prefix.ends_with('/')) prefix.remove_suffix(1);
        if (!path.starts_with(prefix) || path.substr(prefix.size()).find_first_not_of('/') == 0) continue;
        const auto below = path.substr(prefix.size());
        const auto begin = below.find_first_not_of('/');
        if (begin != below.npos) return std::string(below.substr(begin));
    }
    return std::nullopt;
}

std::string ModuleHome::persist_folder(const Speech& speech) const
{
    const auto conf = read_paths(speech);
    return conf ? conf->persist_folder : ModulesConf{}.persist_folder;
}

bool ModuleHome::has_ksymoops() const { return is_folder(tree_.host("/var/log/ksymoops")); }

void give_home(InsmodOptions& options, const ModuleHome& home, OwnerCheck owner, const Speech& speech)
{
    options.find_module = [&home, &speech, owner](std::string_view name) { return home.find_module(name, owner, speech); };
    options.below_module_path = [&home, &speech](const std::string& path) { return home.below_module_path(path, speech); };
    if (options.persist && options.persist->empty()) options.persist_folder = home.persist_folder(speech);
    options.host_path = [&home](const std::string& path) { return home.tree().of_user(path); };
    options.persist_path = [&home](const std::string& path) { return home.tree().host(path); };
}

} // namespace retromod
