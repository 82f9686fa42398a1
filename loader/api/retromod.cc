// SPDX-License-Identifier: GPL-2.0-or-later
// The C API: arguments are checked, the work is CMachine's, and nothing gets past `guarded`. Here: machines, and what
// became of the last function.
#include "emu/kernel/boot_options.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/outcome.h"
#include "loader/api/c_function.h"
#include "loader/api/machine_words.h"
#include "loader/modern/pkcs7.h"

#include <fmt/format.h>

#include <sstream>

using namespace retromod;

namespace {

thread_local RetromodEnding last_ending;

static_assert(static_cast<int>(Outcome::Kind::trap) == RETROMOD_TRAP && static_cast<int>(Outcome::Kind::oops) == RETROMOD_OOPS);
static_assert(static_cast<int>(Outcome::Kind::dead) == RETROMOD_DEAD);

/// The members of the caller's structure that it knows of.
retromod_options known_members(const retromod_options* given)
{
    retromod_options options{};
    if (!given) return options;
    if (given->size < offsetof(retromod_options, file) + sizeof given->file || given->size > 4096)
        throw BadArgument(fmt::format("retromod_options.size is {}: it is to be sizeof(retromod_options)", given->size));
    std::memcpy(&options, given, std::min(given->size, sizeof options));
    return options;
}

MachineWords words_of(const retromod_options& options)
{
    MachineWords words;
    if (options.release) words.release = options.release;
    if (options.arch) words.arch = options.arch;
    if (options.uts_release) words.uts_release = options.uts_release;
    constexpr std::uint64_t megabyte = 1 << 20;
    if (options.memory_bytes) words.memory_megabytes = options.memory_bytes / megabyte + (options.memory_bytes % megabyte != 0);
    words.smp = options.smp != 0;
    return words;
}

BootOptions boot_options(const retromod_options& options, const MachineOptions& machine)
{
    BootOptions boot;
    if (!machine.release->modern && (options.command_line || options.configuration || options.module_keys))
        throw BadArgument("command_line, configuration and module_keys are for kernels since 2.6");
    if (options.command_line) boot.command_line = options.command_line;
    if (options.module_keys) boot.module_keys = options.module_keys;
    if (!boot.module_keys.empty() && !count_certificates(boot.module_keys))
        throw BadArgument("module_keys: no certificate (PEM) in it");
    std::istringstream words(options.configuration ? options.configuration : "");
    for (std::string word; words >> word;)
        if (const auto wrong = read_configuration(word, boot)) throw BadArgument(*wrong);
    return boot;
}

retromod_machine* hand_out(std::unique_ptr<CMachine> machine)
{
    auto made = std::make_unique<retromod_machine>();
    made->release = machine->session().machine().uts_release();
    made->machine = std::move(machine);
    return made.release();
}

} // namespace

void retromod::note(retromod_machine* machine, retromod_outcome_t how, std::string_view why) noexcept
{
    last_ending.set(how, why);
    if (machine) machine->ending.set(how, why);
}

std::int64_t retromod::result_of(retromod_machine* machine, const CAnswer& answer)
{
    if (answer.kind != Outcome::Kind::done) {
        note(machine, static_cast<retromod_outcome_t>(answer.kind), answer.what);
        return RETROMOD_STOPPED;
    }
    const auto& arch = machine->machine->arch();
    if (SyscallResult{answer.word}.failed(arch)) return arch.signed_word(answer.word);
    return static_cast<std::int64_t>(answer.word);
}

// --- machines ---------------------------------------------------------------------------------------------------------

retromod_machine* retromod_boot(const retromod_options* given)
{
    return guarded(nullptr, static_cast<retromod_machine*>(nullptr), [&] {
        const auto options = known_members(given);
        MachineOptions machine;
        if (const auto wrong = read_machine_words(words_of(options), machine)) throw BadArgument(*wrong);
        CMachine::Place place{{}, options.jail != RETROMOD_NO_JAIL};
        if (options.file) place.file = options.file;
        return hand_out(CMachine::boot(place, machine, boot_options(options, machine)));
    });
}

retromod_machine* retromod_open(const char* file)
{
    return guarded(nullptr, static_cast<retromod_machine*>(nullptr), [&] {
        if (!file) throw BadArgument("the file is NULL");
        return hand_out(CMachine::open(file));
    });
}

void retromod_close(retromod_machine* machine)
{
    guarded(nullptr, 0, [&] {
        delete machine;
        return 0;
    });
}

std::int64_t retromod_set_jail(retromod_machine* machine, int on)
{
    return with(machine, [&](CMachine& m) {
        if (!m.set_jail(on != 0)) throw BadArgument("a machine in memory has a jail only if it was booted with one");
        return 0;
    });
}

std::int64_t retromod_set_budget(retromod_machine* machine, std::uint64_t milliseconds)
{
    return with(machine, [&](CMachine& m) {
        constexpr auto blocks_per_millisecond = blocks_per_jiffy / milliseconds_per_jiffy;
        if (milliseconds > INT64_MAX / blocks_per_millisecond) throw BadArgument("more milliseconds than there is time");
        m.limits.blocks = milliseconds * blocks_per_millisecond;
        return 0;
    });
}

std::int64_t retromod_set_capable(retromod_machine* machine, int on)
{
    return with(machine, [&](CMachine& m) {
        m.capable = on != 0;
        return 0;
    });
}

// --- what went wrong --------------------------------------------------------------------------------------------------

retromod_outcome_t retromod_outcome(const retromod_machine* machine)
{
    return machine ? machine->ending.outcome : last_ending.outcome;
}

const char* retromod_error(const retromod_machine* machine) { return machine ? machine->ending.error : last_ending.error; }

const char* retromod_errno_name(const retromod_machine* machine, std::int64_t result)
{
    if (!machine || result >= 0 || result < -4095) return nullptr;
    const auto error = errno_from_number(static_cast<std::uint64_t>(-result), machine->machine->arch());
    return error ? errno_name(*error).data() : nullptr; // a literal
}

unsigned retromod_api_version(void) { return RETROMOD_API_VERSION; }
