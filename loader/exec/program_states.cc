// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/program_states.h"

#include "loader/exec/process_state.h"

namespace retromod::exec {

ProgramState ProgramStates::of(pid_t thread) { return states_.empty() ? first_ : change(thread); }

ProgramState& ProgramStates::change(pid_t thread)
{
    const ProcessState process(thread);
    const auto started = process.started();
    auto found = states_.find(process.process());
    if (found != states_.end() && found->second.started == started) return found->second;
    const auto parent = states_.find(process.parent());
    auto fresh = parent == states_.end() ? first_ : parent->second;
    fresh.started = started;
    return states_[process.process()] = fresh;
}

} // namespace retromod::exec
