// SPDX-License-Identifier: GPL-2.0-or-later
// The machine's /sbin/modprobe, called by its kernel.
#include "loader/tools/modprobe_helper.h"

#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/symbols.h"
#include "emu/machine/host_text.h"
#include "loader/api/insmod_run.h"
#include "loader/modules/module_folder.h"
#include "loader/tools/command.h"
#include "loader/tools/modprobe_session.h"
#include "loader/tools/tool_voice.h"

#include <algorithm>

namespace retromod {
namespace {

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

/// Who needs whom in a folder without modules.dep. Of several files of a name the loadable ones come first.
DepFile dependencies_of_heap(const ModuleHome& home, Kernel& kernel)
{
    const ModuleFolder folder(home.tree().root());
    const auto offered = [&](const std::string& symbol) { return kernel.symbols().address(without_version(symbol)).has_value(); };
    std::vector<const FolderModule*> modules;
    for (const auto& module : folder.modules()) modules.push_back(&module);
    std::stable_partition(modules.begin(), modules.end(), [](const FolderModule* module) { return module->loadable; });
    DepFile file;
    for (const auto* module : modules) {
        DepModule entry{.path = home.tree().guest(module->path), .key = module->name, .dependencies = {}};
        const auto needed = folder.dependencies(*module, offered);
        for (auto each = needed.rbegin(); each != needed.rend(); ++each)
            entry.dependencies.push_back(home.tree().guest((*each)->path));
        file.add(std::move(entry));
    }
    return file;
}

} // namespace

ModprobeHelper::ModprobeHelper(const Invocation& invocation, Session& session, std::string boot_folder, const RunLimits& limits)
    : invocation_(invocation), session_(session), boot_folder_(std::move(boot_folder)), limits_(limits)
{
}

std::optional<DepFile> ModprobeHelper::dependencies(const ModuleHome& home, const ModulesConf& conf, const Speech& speech)
{
    if (!home.is_heap()) return home.read_dep(conf, speech);
    if (!heap_) heap_ = dependencies_of_heap(home, session_.kernel());
    return heap_;
}

void ModprobeHelper::request_module(std::string_view name)
try {
    ToolVoice voice("modprobe", ToSyslog::yes);
    const struct Flush {
        ToolVoice& voice;
        Session& session;
        ~Flush() { voice.flush(session.kernel()); }
    } flush{voice, session_};
    OwnUserMemory own(session_);
    KernelCalls calls(session_.kernel(), own.user());
    calls.set_caller({.comm = "modprobe"});
    calls.set_limits(limits_);
    const auto home = ModuleHome::of(invocation_, boot_folder_, session_.system().release());
    const ModprobeOptions options{.autoclean = true, .quiet = true, .syslog = true, .safe_mode = true};
    const auto conf = home.read_conf({.autoclean = true, .safe_mode = true, .environment = {}}, voice.speech());
    if (!conf) return;
    auto dep = dependencies(home, *conf, voice.speech());
    if (!dep) return;
    dep->add({.path = "null", .key = "null", .dependencies = {}});
    SessionActions actions(invocation_, session_, calls, home, voice.sinks(), voice.speech());
    const auto find = [](const std::string&, const std::string&) { return std::vector<std::string>{}; };
    Modprobe(options, *conf, *dep, find, actions, voice.speech()).load({std::string(name)});
} catch (const CallStopped& stopped) {
    if (stopped.outcome.kind != Outcome::Kind::oops) throw;
    // modprobe was killed; who waits for it goes on
}

} // namespace retromod
