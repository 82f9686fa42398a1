// SPDX-License-Identifier: GPL-2.0-or-later
// The C API: arguments are checked, the work is CMachine's, and nothing gets past `guarded`.
#include "loader/api/retromod.h"

#include "emu/kernel/proc_files.h"
#include "loader/api/c_machine.h"
#include "loader/api/host_file_view.h"
#include "loader/api/machine_words.h"
#include "loader/api/modern_kernel_calls.h"
#include "loader/kmod/kmod.h"
#include "loader/legacy/insmod.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <sstream>
#include <stdexcept>

using namespace retromod;

namespace {

/// An argument of the function itself is no good.
struct BadArgument : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// How a function ended, kept without allocating.
struct Ending {
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

thread_local Ending last_ending;

static_assert(static_cast<int>(Outcome::Kind::trap) == RETROMOD_TRAP && static_cast<int>(Outcome::Kind::oops) == RETROMOD_OOPS);

} // namespace

struct retromod_machine {
    std::unique_ptr<CMachine> machine;
    std::string release;
    std::string output; ///< of the last insmod
    Ending ending;
};

namespace {

void note(retromod_machine* machine, retromod_outcome_t how, std::string_view why) noexcept
{
    last_ending.set(how, why);
    if (machine) machine->ending.set(how, why);
}

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
        note(machine, RETROMOD_HOST_FAILURE, "out of memory");
    } catch (const std::exception& failure) {
        note(machine, RETROMOD_HOST_FAILURE, failure.what());
    } catch (...) {
        note(machine, RETROMOD_HOST_FAILURE, "an exception that is no std::exception");
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
std::int64_t result_of(retromod_machine* machine, const CAnswer& answer)
{
    if (answer.kind != Outcome::Kind::done) {
        note(machine, static_cast<retromod_outcome_t>(answer.kind), answer.what);
        return RETROMOD_STOPPED;
    }
    const auto& arch = machine->machine->arch();
    if (SyscallResult{answer.word}.failed(arch)) return arch.signed_word(answer.word);
    return static_cast<std::int64_t>(answer.word);
}

std::int64_t call(retromod_machine* machine, std::string_view name, std::array<std::uint64_t, 6> arguments, unsigned count)
{
    return result_of(machine, machine->machine->call({name, arguments, count}));
}

/// Puts a buffer of the caller's into user memory; a null pointer is NULL.
std::uint64_t place(CMachine& machine, const void* content, std::size_t bytes, CUserMemory::Writable writable)
{
    if (!content) return 0;
    const auto at = machine.user().map(std::span(static_cast<const std::byte*>(content), bytes), writable);
    if (!at) throw BadArgument(fmt::format("a buffer of {} bytes is more than the guest's user space holds", bytes));
    return at->value;
}

std::uint64_t place_text(CMachine& machine, const char* text)
{
    return place(machine, text, text ? std::strlen(text) + 1 : 0, CUserMemory::Writable::no);
}

void take(CMachine& machine, std::uint64_t from, void* into, std::size_t bytes)
{
    if (!into) return;
    const auto content = machine.user().bytes({from}, bytes);
    std::memcpy(into, content->data(), content->size());
}

std::int64_t copy_out(std::string_view text, char* into, std::size_t bytes)
{
    if (into && bytes) {
        const auto count = std::min(text.size(), bytes - 1);
        std::memcpy(into, text.data(), count);
        into[count] = '\0';
    }
    return static_cast<std::int64_t>(text.size());
}

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

constexpr std::uint64_t milliseconds_per_jiffy = 1000 / hz;

} // namespace

// --- machines ---------------------------------------------------------------------------------------------------------

retromod_machine* retromod_boot(const retromod_options* given)
{
    return guarded(nullptr, static_cast<retromod_machine*>(nullptr), [&] {
        const auto options = known_members(given);
        MachineOptions machine;
        if (const auto wrong = read_machine_words(words_of(options), machine)) throw BadArgument(*wrong);
        return hand_out(CMachine::boot({options.file ? std::optional<std::string>(options.file) : std::nullopt, options.jail != 0},
                                       machine, boot_options(options, machine)));
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

// --- the five calls ---------------------------------------------------------------------------------------------------

std::int64_t retromod_create_module(retromod_machine* machine, const char* name, std::uint64_t size)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        return call(machine, "create_module", {place_text(m, name), m.arch().word(size)}, 2);
    });
}

std::int64_t retromod_init_module(retromod_machine* machine, const char* name, const void* image, std::size_t image_bytes)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto name_at = place_text(m, name);
        return call(machine, "init_module", {name_at, place(m, image, image_bytes, CUserMemory::Writable::no)}, 2);
    });
}

std::int64_t retromod_delete_module(retromod_machine* machine, const char* name)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        return call(machine, "delete_module", {place_text(m, name)}, 1);
    });
}

std::int64_t retromod_query_module(retromod_machine* machine, const char* name, int which, void* buffer, std::size_t buffer_bytes,
                                   std::uint64_t* ret)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto word = m.arch().word_bytes;
        const auto name_at = place_text(m, name);
        const auto buffer_at = place(m, buffer, buffer_bytes, CUserMemory::Writable::yes);
        std::array<std::byte, 8> stored{};
        if (ret) store_unsigned(stored.data(), word, m.arch().order, *ret);
        const auto ret_at = place(m, ret ? stored.data() : nullptr, word, CUserMemory::Writable::yes);
        const auto which_word = m.arch().word(static_cast<std::uint64_t>(std::int64_t{which}));
        const auto result = call(machine, "query_module", {name_at, which_word, buffer_at, m.arch().word(buffer_bytes), ret_at}, 5);
        take(m, buffer_at, buffer, buffer_bytes);
        take(m, ret_at, ret ? stored.data() : nullptr, word);
        if (ret) *ret = load_unsigned(stored.data(), word, m.arch().order);
        return result;
    });
}

std::int64_t retromod_get_kernel_syms(retromod_machine* machine, void* table, std::size_t table_bytes)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto table_at = place(m, table, table_bytes, CUserMemory::Writable::yes);
        const auto result = call(machine, "get_kernel_syms", {table_at}, 1);
        take(m, table_at, table, table_bytes);
        return result;
    });
}

// --- the calls since 2.6 ----------------------------------------------------------------------------------------------

std::int64_t retromod_init_module_image(retromod_machine* machine, const void* image, std::size_t image_bytes, const char* params)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto image_at = place(m, image, image_bytes, CUserMemory::Writable::no);
        return call(machine, "init_module", {image_at, m.arch().word(image_bytes), place_text(m, params)}, 3);
    });
}

std::int64_t retromod_finit_module(retromod_machine* machine, int fd, const char* params, unsigned flags)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        if (!m.session().kernel().module_loader()) return m.arch().signed_word(SyscallResult::failure(Errno::enosys, m.arch()).word);
        HostFileView files(fd);
        const auto params_at = place_text(m, params);
        return result_of(machine, m.call({"finit_module", {m.arch().word(static_cast<std::uint64_t>(std::int64_t{fd})), params_at, flags}, 3}, &files));
    });
}

std::int64_t retromod_delete_module_flags(retromod_machine* machine, const char* name, unsigned flags)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        return call(machine, "delete_module", {place_text(m, name), flags}, 2);
    });
}

// --- any call ---------------------------------------------------------------------------------------------------------

namespace {

constexpr std::array<std::string_view, 11> system_calls = {
    "create_module", "init_module", "delete_module", "query_module", "get_kernel_syms",
    "open", "close", "read", "write", "lseek", "ioctl",
};

} // namespace

std::int64_t retromod_syscall(retromod_machine* machine, const char* name, const std::uint64_t* arguments, unsigned count)
{
    return with(machine, [&](CMachine& m) {
        if (!name) throw BadArgument("the call's name is NULL");
        std::array<std::uint64_t, 6> words{};
        if (count > words.size()) throw BadArgument(fmt::format("{} arguments: a system call has up to six", count));
        if (count && !arguments) throw BadArgument("the arguments are NULL");
        for (unsigned i = 0; i < count; ++i) words[i] = m.arch().word(arguments[i]);
        if (std::ranges::find(system_calls, std::string_view(name)) == system_calls.end())
            throw BadArgument(fmt::format("no kernel here has a call '{}'", name));
        return call(machine, name, words, count);
    });
}

std::int64_t retromod_user_map(retromod_machine* machine, std::uint64_t bytes, int writable)
{
    return with(machine, [&](CMachine& m) {
        const auto at = m.user().map(bytes, writable ? CUserMemory::Writable::yes : CUserMemory::Writable::no);
        if (!at) throw BadArgument(fmt::format("{} bytes are more than the guest's user space holds", bytes));
        return static_cast<std::int64_t>(at->value);
    });
}

std::int64_t retromod_user_unmap(retromod_machine* machine, std::uint64_t address)
{
    return with(machine, [&](CMachine& m) {
        if (!m.user().unmap({address})) throw BadArgument(fmt::format("no memory was mapped at {:#x}", address));
        return 0;
    });
}

namespace {

std::span<std::byte> mapped_bytes(CMachine& machine, std::uint64_t address, const void* buffer, std::size_t bytes)
{
    const auto found = machine.user().bytes({address}, bytes);
    if (!found) throw BadArgument(fmt::format("{} bytes at {:#x} are not all mapped", bytes, address));
    if (!buffer && bytes) throw BadArgument("the buffer is NULL");
    return *found;
}

} // namespace

std::int64_t retromod_user_write(retromod_machine* machine, std::uint64_t address, const void* from, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) {
        const auto into = mapped_bytes(m, address, from, bytes);
        if (bytes) std::memcpy(into.data(), from, bytes);
        return 0;
    });
}

std::int64_t retromod_user_read(retromod_machine* machine, std::uint64_t address, void* into, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) {
        const auto from = mapped_bytes(m, address, into, bytes);
        if (bytes) std::memcpy(into, from.data(), bytes);
        return 0;
    });
}

// --- programs ---------------------------------------------------------------------------------------------------------

namespace {

int insmod_of_its_time(Session& session, const InsmodOptions& options, const std::function<void(std::string_view)>& say)
{
    if (!session.kernel().module_loader()) return insmod(options, session.calls(), session.system(), {say, say}).exit_status;
    ModernKernelCalls calls(session.kernel(), session.calls());
    return kmod_insmod({options.file, options.arguments, false, false}, calls, {say, say});
}

CAnswer run_insmod(Session& session, const InsmodOptions& options)
{
    CAnswer answer;
    try {
        answer.word = static_cast<std::uint64_t>(insmod_of_its_time(session, options, [&](std::string_view text) { answer.text += text; }));
    } catch (const CallStopped& stopped) {
        answer.kind = stopped.outcome.kind;
        answer.what = stopped.call + ": " + stopped.outcome.what;
    }
    return answer;
}

} // namespace

std::int64_t retromod_insmod(retromod_machine* machine, const char* file, const char* const* parameters)
{
    return with(machine, [&](CMachine& m) {
        if (!file) throw BadArgument("the file is NULL");
        machine->output.clear();
        InsmodOptions options;
        options.file = file;
        for (; parameters && *parameters; ++parameters) options.arguments.emplace_back(*parameters);
        auto answer = m.perform([&](Session& session) {
            session.calls().set_caller({.cap_sys_module = m.capable});
            session.calls().set_limits(m.limits);
            return run_insmod(session, options);
        });
        machine->output = std::move(answer.text);
        return result_of(machine, answer);
    });
}

std::int64_t retromod_run(retromod_machine* machine, std::uint64_t milliseconds)
{
    return with(machine, [&](CMachine& m) {
        if (milliseconds > m.limits.blocks / blocks_per_jiffy * milliseconds_per_jiffy)
            throw BadArgument("that is more than retromod_set_budget allows one call");
        return result_of(machine, m.perform([&](Session& session) -> CAnswer {
            session.kernel().settle(milliseconds / milliseconds_per_jiffy);
            return {};
        }));
    });
}

// --- what can be read -------------------------------------------------------------------------------------------------

std::int64_t retromod_log(retromod_machine* machine, char* into, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) { return copy_out(m.session().kernel().log_text(), into, bytes); });
}

std::int64_t retromod_read_file(retromod_machine* machine, const char* path, char* into, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) {
        if (!path) throw BadArgument("the path is NULL");
        const auto answer = m.perform([&](Session& session) -> CAnswer {
            if (session.kernel().module_loader())
                if (auto text = ModernKernel::of(session.kernel()).read_file(path)) return {Outcome::Kind::done, 0, {}, std::move(*text)};
            auto file = read_guest_file(session.kernel(), path);
            return {file.outcome.kind, file.outcome.result.word, std::move(file.outcome.what), std::move(file.text)};
        });
        const auto result = result_of(machine, answer);
        return result < 0 ? result : copy_out(answer.text, into, bytes);
    });
}

std::int64_t retromod_write_file(retromod_machine* machine, const char* path, const char* text)
{
    return with(machine, [&](CMachine& m) {
        if (!path || !text) throw BadArgument("the path or the text is NULL");
        return result_of(machine, m.perform([&](Session& session) -> CAnswer {
            const auto failed = [&](Errno error) { return CAnswer{Outcome::Kind::done, SyscallResult::failure(error, session.arch()).word, {}, {}}; };
            if (!session.kernel().module_loader()) return failed(Errno::enoent);
            const auto written = ModernKernel::of(session.kernel()).write_file(path, text);
            return written ? CAnswer{Outcome::Kind::done, *written, {}, {}} : failed(written.error());
        }));
    });
}

std::int64_t retromod_output(retromod_machine* machine, char* into, std::size_t bytes)
{
    return with(machine, [&](CMachine&) { return copy_out(machine->output, into, bytes); });
}

const char* retromod_release(const retromod_machine* machine) { return machine ? machine->release.c_str() : nullptr; }

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
