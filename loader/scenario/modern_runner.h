// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/thread.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/scenario/modern_files.h"
#include "loader/scenario/modern_scenario.h"

#include <nlohmann/json.hpp>

namespace retromod {

/// What a step did.
struct ModernResult {
    std::optional<std::int64_t> ret;    ///< as user space sees it: -1 with `error`
    nlohmann::json error;               ///< name or number; 0
    std::vector<std::string> log;       ///< "6 mo_ret: init ret=0"
    std::string taints;                 ///< letters that came
    std::vector<std::string> modules;   ///< /proc/modules behind it
    std::vector<std::string> output;    ///< of cat and ls
    std::string broke;                  ///< how the kernel broke
};

/// One modern scenario's machine. The process that makes the calls is "init", as root.
class ModernRunner final : private EventSink {
public:
    ModernRunner(const Scenario& scenario, const Release& release, const ModernBases& bases);
    ~ModernRunner();

    /// Does a step: {call, args} and what it expects, which is not looked at.
    ModernResult step(const nlohmann::json& step);
    /// How a background call ended, once `wait` or the end of the scenario has let it.
    std::optional<ModernResult> background(std::size_t number);
    void finish_background();

private:
    using json = nlohmann::json;
    void logged(std::string_view text) override;
    std::vector<std::byte> image(const std::string& name);
    GuestAddr pointer(const std::string& text);
    GuestAddr params_pointer(const json& args);
    SystemCall module_call(const std::string& name, const json& args);
    SystemCall init_call(const json& args);
    SystemCall finit_call(const json& args);
    SystemCall delete_call(const json& args);
    void run(const SystemCall& call, bool background, ModernResult& result);
    void set_result(const Outcome& outcome, ModernResult& result);
    void raw_call(const json& args, bool compat, ModernResult& result);
    void write(const json& args, ModernResult& result);
    void cat(const std::string& path, ModernResult& result);
    void list(const std::string& path, ModernResult& result);

    const Scenario& scenario_;
    const Release& release_;
    const ModernBases& bases_;
    Machine machine_;
    BufferedUserMemory user_;
    Kernel kernel_;
    ModernKernel& modern_;
    ModernFiles files_;
    bool capable_ = true, root_ = true;
    std::vector<std::string> log_;
    struct Background {
        ThreadId thread;
        std::optional<ModernResult> result;
    };
    std::vector<Background> background_;
};

} // namespace retromod
