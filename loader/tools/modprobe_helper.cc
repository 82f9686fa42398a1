// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/modprobe_helper.h"

#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "emu/machine/host_text.h"
#include "loader/api/insmod_run.h"
#include "loader/tools/command.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace retromod {
namespace {

constexpr unsigned most_aliases = 16; ///< of aliases: more is a circle

/// Lines `alias NAME MODULE`. Differs from modutils: other directives are not obeyed.
std::map<std::string, std::string, std::less<>> read_aliases(const std::string& path)
{
    std::map<std::string, std::string, std::less<>> aliases;
    if (std::error_code error; !std::filesystem::exists(path, error) && !error) return aliases;
    std::istringstream file(read_host_text(path));
    std::string line;
    for (unsigned number = 1; std::getline(file, line); ++number) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string directive, name, module;
        if (!(words >> directive) || directive != "alias") continue;
        if (!(words >> name >> module))
            throw std::runtime_error(fmt::format("{}:{}: '{}' is no 'alias NAME MODULE'", path, number, line));
        aliases[name] = module;
    }
    return aliases;
}

/// A program's own user memory, while the one who waits for it keeps what it has in flight.
class OwnUserMemory {
public:
    explicit OwnUserMemory(Session& session)
        : memory_(session.kernel().memory()), before_(memory_.user_memory()), user_(session.arch())
    {
        memory_.set_user_memory(&user_);
    }
    ~OwnUserMemory() { memory_.set_user_memory(before_); }
    OwnUserMemory(const OwnUserMemory&) = delete;
    OwnUserMemory& operator=(const OwnUserMemory&) = delete;
    BufferedUserMemory& user() { return user_; }

private:
    AddressSpace& memory_;
    UserMemory* before_;
    BufferedUserMemory user_;
};

} // namespace

ModprobeHelper::ModprobeHelper(Session& session, std::string folder, const RunLimits& limits)
    : session_(session), folder_(std::move(folder)), limits_(limits)
{
}

void ModprobeHelper::open_folder()
{
    if (modules_) return;
    modules_.emplace(folder_);
    aliases_ = read_aliases(folder_ + "/modules.conf");
}

bool ModprobeHelper::is_loaded(std::string_view module)
{
    bool found = false;
    session_.kernel().modules().for_each([&](const ModuleView& view) { found = found || view.is_named(module); });
    return found;
}

bool ModprobeHelper::load(const FolderModule& module)
try {
    if (is_loaded(module.name)) return true;
    OwnUserMemory own(session_);
    KernelCalls calls(session_.kernel(), own.user());
    calls.set_caller({.comm = "modprobe"});
    calls.set_limits(limits_);
    InsmodOptions options;
    options.file = module.path;
    options.autoclean = true;
    const TextSinks silent{[](std::string_view) {}, [](std::string_view) {}};
    return run_insmod(options, session_, calls, silent).exit_status == 0;
} catch (const CallStopped& stopped) {
    if (stopped.outcome.kind != Outcome::Kind::oops) throw;
    return false; // modprobe was killed; who waits for it goes on
}

void ModprobeHelper::request_module(std::string_view name)
{
    open_folder();
    std::string wanted(name);
    for (unsigned i = 0; i < most_aliases; ++i) {
        const auto alias = aliases_.find(wanted);
        if (alias == aliases_.end()) break;
        wanted = alias->second;
    }
    const auto* module = modules_->find(wanted);
    if (!module) return;
    const auto offered = [&](const std::string& symbol) {
        return session_.kernel().symbols().address(without_version(symbol)).has_value();
    };
    for (const auto* dependency : modules_->dependencies(*module, offered))
        if (!load(*dependency)) return;
    load(*module);
}

} // namespace retromod
