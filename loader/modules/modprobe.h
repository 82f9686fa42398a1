// SPDX-License-Identifier: GPL-2.0-or-later
// modprobe of modutils 2.4: loads and removes modules with what they need.
#pragma once

#include "loader/modules/module_stack.h"

#include <set>

namespace retromod {

/// A loaded module, as modprobe wants to know it.
struct LoadedModule {
    std::string name;
    std::int64_t use_count = 0;
    std::uint64_t flags = 0; ///< of struct module
    bool referenced = false; ///< other modules use it
};

/// What modprobe does to the machine: a tool's session, or real processes.
class ModprobeActions {
public:
    virtual ~ModprobeActions() = default;

    /// Newest first; nothing: the kernel did not say.
    virtual std::optional<std::vector<LoadedModule>> loaded() = 0;
    /// Runs insmod with these words; its exit status.
    virtual int insmod(const std::vector<std::string>& words) = 0;
    /// Removes one, or (no name) sweeps what nobody uses. "" or the words of the error.
    virtual std::string remove(std::optional<std::string> name) = 0;
    /// Runs a command of modules.conf; its exit status. One that is not to be run is shown, and has the status 0.
    virtual int run(const std::string& command) = 0;
};

/// modprobe's command line, parsed.
struct ModprobeOptions {
    bool all = false;       ///< -a
    bool autoclean = false; ///< -k
    bool no_run = false;    ///< -n
    bool quiet = false;     ///< -q, -k
    bool syslog = false;    ///< -s
    bool verbose = false;   ///< -v
    bool debug = false;     ///< -d
    std::string type{};     ///< -t
    bool safe_mode = false; ///< words are names of modules, and nothing else
};

/// Exit statuses of modprobe beside 0: it failed (-1), its stack is too deep (abort(3), as a shell shows it), insmod's words
/// are too many.
constexpr int modprobe_failed = 255;
constexpr int modprobe_aborted = 134;
constexpr int modprobe_too_many_words = 1;

/// Loads and removes. Source: modutils 2.4 modprobe.c.
class Modprobe {
public:
    /// `find` lists the paths that a pattern matches, of a type or of any.
    using FindModules = std::function<std::vector<std::string>(const std::string& pattern, const std::string& type)>;
    Modprobe(const ModprobeOptions& options, const ModulesConf& conf, const DepFile& dep, FindModules find,
             ModprobeActions& actions, const Speech& speech);

    /// Loads `NAME [PARAMETER=VALUE...]...`: the first that can be, or (-a) all. The exit status.
    int load(const std::vector<std::string>& words);
    /// Removes stacks of modules. Exit status: how many could not be.
    int remove(const std::vector<std::string>& names);
    /// Removes what -k loaded and nobody used since the last sweep. Exit status 0 or 1.
    int sweep();

private:
    enum class LoadAll : bool { no, yes };
    enum class Probed : std::uint8_t { loaded, off, unknown, failed };
    enum class Complains : bool { no, yes };

    const ModprobeOptions& options_;
    const ModulesConf& conf_;
    const DepFile& dep_;
    FindModules find_;
    ModprobeActions& actions_;
    const Speech& speech_;
    StackBuilder stacks_;
    std::set<std::string, std::less<>> in_kernel_;
    unsigned successes_ = 0; ///< of the list that is being loaded
    int probe_depth_ = 0;
    std::optional<int> ended_{}; ///< modprobe ended in the middle, with that status
    std::string last_error_; ///< what perror(3) would say

    void say_verbose(std::string_view text) const;
    void ask_kernel();
    int load_list(const std::vector<std::string>& words, LoadAll all);
    bool expand_probe(const std::string& name);
    Probed load_word(const std::string& name, const std::vector<std::string>& parameters, LoadAll all, std::string& unknown);
    Probed load_matching(const std::string& name, const std::vector<std::string>& parameters, LoadAll all, std::string& unknown);
    Probed load_stack(const std::string& name, const std::string& path, const std::vector<std::string>& parameters,
                      const DepModule*& tried, std::string& unknown);
    enum class Load : std::uint8_t { there, done, failed };
    Load load_one(const StackModule& module, const std::vector<std::string>& parameters);
    std::optional<std::vector<std::string>> insmod_words(const StackModule& module,
                                                         const std::vector<std::string>& parameters) const;
    const std::string* command_of(HookTime when, const std::string& name) const;
    /// Runs that command of each name until one fails; how many there were, and whether all went well.
    struct HooksRun {
        unsigned count = 0;
        bool ok = true;
    };
    HooksRun run_hooks(HookTime when, const std::vector<std::string>& names, Complains complains);
    bool unload(const std::string& name, const StackModule* module, Complains complains);
    bool remove_stack(const std::string& name);
    bool remove_probed(const NamedWords& list, int depth);
    void dump(const StackModule& module) const;
};

} // namespace retromod
