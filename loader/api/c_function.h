// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/kernel/clock.h"
#include "loader/api/c_machine.h"
#include "loader/api/failure_sentence.h"
#include "loader/api/retromod.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

/// How a function of the C API ended, kept without allocating.
struct RetromodEnding {
    retromod_outcome_t outcome = RETROMOD_DONE;
    char error[1024] = "";

    void set(retromod_outcome_t how, std::string_view why) noexcept
    {
        outcome = how;
        const auto count = std::min(why.size(), sizeof error - 1);
        std::memcpy(error, why.data(), count);
        error[count] = '\0';
    }
};

struct retromod_machine {
    std::unique_ptr<retromod::CMachine> machine;
    std::string release;
    std::string output; ///< of the last insmod
    RetromodEnding ending;
};

namespace retromod {

constexpr std::uint64_t milliseconds_per_jiffy = 1000 / hz;

/// An argument of the function itself is no good.
struct BadArgument : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Keeps how the thread's last function, and the machine's, ended.
void note(retromod_machine* machine, retromod_outcome_t how, std::string_view why) noexcept;

/// Runs a function's body; `failed` is its result when that throws.
template <class Result, class Body>
Result guarded(retromod_machine* machine, Result failed, Body body) noexcept
{
    note(machine, RETROMOD_DONE, "");
    try {
        return body();
    } catch (const BadArgument& wrong) {
        note(machine, RETROMOD_BAD_ARGUMENT, wrong.what());
    } catch (const std::bad_alloc&) {
        note(machine, RETROMOD_HOST_FAILURE, "out of memory"); // no sentence that would have to be allocated
    } catch (...) {
        note(machine, RETROMOD_HOST_FAILURE, failure_sentence());
    }
    return failed;
}

/// The same of a function of a machine.
template <class Body>
std::int64_t with(retromod_machine* machine, Body body) noexcept
{
    return guarded(machine, RETROMOD_FAILED, [&]() -> std::int64_t {
        if (!machine) throw BadArgument("the machine is NULL");
        return body(*machine->machine);
    });
}

/// What the guest's call left in its result register, as user space reads it.
std::int64_t result_of(retromod_machine* machine, const CAnswer& answer);

} // namespace retromod
