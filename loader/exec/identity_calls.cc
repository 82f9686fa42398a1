// SPDX-License-Identifier: GPL-2.0-or-later
// getuid, setuid and their like: who a program is in the guest. On the host it stays who it was.
// Source: kernel/sys.c and kernel/uid16.c of 2.4. Supplementary groups there are none.
#include "loader/exec/supervisor.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace retromod::exec {
namespace {

constexpr std::uint32_t no_change = 0xffffffff;

/// Calls of old i386 programs have identities of 16 bits.
bool is_short(const ProgramCall& call) { return call.is_32_bit && !call.name.ends_with("32"); }

std::uint32_t identity(const ProgramCall& call, unsigned index)
{
    const auto word = static_cast<std::uint32_t>(call.arguments[index]);
    if (!is_short(call)) return word;
    return (word & 0xffff) == 0xffff ? no_change : word & 0xffff;
}

std::int64_t shown(const ProgramCall& call, std::uint32_t id)
{
    constexpr std::uint32_t overflow = 65534; // of identities that do not fit
    return is_short(call) && id > 0xffff ? overflow : id;
}

/// The caller's users or groups, by the call's name.
Identities& which(ProgramState& state, const ProgramCall& call)
{
    return call.name.find("gid") == call.name.npos ? state.credentials.user : state.credentials.group;
}

CallTask<Ending> get(Supervisor& supervisor, ProgramCall& call)
{
    auto state = supervisor.programs().of(call.thread);
    const auto& ids = which(state, call);
    co_return Ending::of(shown(call, call.name.starts_with("gete") ? ids.effective : ids.real));
}

// getresuid(real, effective, saved).
CallTask<Ending> get_three(Supervisor& supervisor, ProgramCall& call)
{
    auto state = supervisor.programs().of(call.thread);
    const auto& ids = which(state, call);
    const std::array<std::uint32_t, 3> values = {ids.real, ids.effective, ids.saved};
    for (unsigned i = 0; i < values.size(); ++i) {
        const auto value = static_cast<std::uint32_t>(shown(call, values[i]));
        const auto bytes = std::as_bytes(std::span(&value, 1)).first(is_short(call) ? 2 : 4); // little-endian hosts only
        if (call.memory.write(call.arguments[i], bytes) != bytes.size()) co_return Ending::of(-EFAULT);
    }
    co_return Ending::of(0);
}

/// What a call makes of the identities of a caller who may do all, or may not; nothing: EPERM.
using Change = std::optional<Identities> (*)(const Identities& old, const ProgramCall& call, bool privileged);

// setuid(id).
std::optional<Identities> set_one(const Identities& old, const ProgramCall& call, bool privileged)
{
    const auto id = identity(call, 0);
    if (privileged) return Identities{id, id, id, id};
    if (id != old.real && id != old.saved) return std::nullopt;
    return Identities{old.real, id, old.saved, id};
}

// setreuid(real, effective).
std::optional<Identities> set_two(const Identities& old, const ProgramCall& call, bool privileged)
{
    const auto real = identity(call, 0), effective = identity(call, 1);
    auto fresh = old;
    if (real != no_change) {
        if (!privileged && real != old.real && real != old.effective) return std::nullopt;
        fresh.real = real;
    }
    if (effective != no_change) {
        if (!privileged && effective != old.real && effective != old.effective && effective != old.saved) return std::nullopt;
        fresh.effective = effective;
    }
    if (real != no_change || (effective != no_change && effective != old.real)) fresh.saved = fresh.effective;
    fresh.file_system = fresh.effective;
    return fresh;
}

// setresuid(real, effective, saved).
std::optional<Identities> set_three(const Identities& old, const ProgramCall& call, bool privileged)
{
    const std::array<std::uint32_t, 3> wanted = {identity(call, 0), identity(call, 1), identity(call, 2)};
    for (const auto id : wanted)
        if (!privileged && id != no_change && id != old.real && id != old.effective && id != old.saved) return std::nullopt;
    auto fresh = old;
    if (wanted[0] != no_change) fresh.real = wanted[0];
    if (wanted[1] != no_change) fresh.effective = fresh.file_system = wanted[1];
    if (wanted[2] != no_change) fresh.saved = wanted[2];
    return fresh;
}

template <Change change>
CallTask<Ending> set(Supervisor& supervisor, ProgramCall& call)
{
    auto& state = supervisor.programs().change(call.thread);
    auto& ids = which(state, call);
    const auto fresh = change(ids, call, state.credentials.is_privileged());
    if (fresh) ids = *fresh;
    co_return Ending::of(fresh ? 0 : -EPERM);
}

// setfsuid(id): tells what it was, whether it could be changed or not.
CallTask<Ending> set_file_system(Supervisor& supervisor, ProgramCall& call)
{
    auto& state = supervisor.programs().change(call.thread);
    auto& ids = which(state, call);
    const auto old = ids.file_system, id = identity(call, 0);
    const bool has = id == ids.real || id == ids.effective || id == ids.saved || id == old;
    if (id != no_change && (has || state.credentials.is_privileged())) ids.file_system = id;
    co_return Ending::of(shown(call, old));
}

CallTask<Ending> get_groups(Supervisor&, ProgramCall&) { co_return Ending::of(0); }

CallTask<Ending> set_groups(Supervisor& supervisor, ProgramCall& call)
{
    co_return Ending::of(supervisor.programs().of(call.thread).credentials.is_privileged() ? 0 : -EPERM);
}

constexpr CallEntry table[] = {
    {"getuid", get},
    {"geteuid", get},
    {"getgid", get},
    {"getegid", get},
    {"getuid32", get},
    {"geteuid32", get},
    {"getgid32", get},
    {"getegid32", get},
    {"getresuid", get_three},
    {"getresgid", get_three},
    {"getresuid32", get_three},
    {"getresgid32", get_three},
    {"setuid", set<set_one>},
    {"setgid", set<set_one>},
    {"setuid32", set<set_one>},
    {"setgid32", set<set_one>},
    {"setreuid", set<set_two>},
    {"setregid", set<set_two>},
    {"setreuid32", set<set_two>},
    {"setregid32", set<set_two>},
    {"setresuid", set<set_three>},
    {"setresgid", set<set_three>},
    {"setresuid32", set<set_three>},
    {"setresgid32", set<set_three>},
    {"setfsuid", set_file_system},
    {"setfsgid", set_file_system},
    {"setfsuid32", set_file_system},
    {"setfsgid32", set_file_system},
    {"getgroups", get_groups},
    {"getgroups32", get_groups},
    {"setgroups", set_groups},
    {"setgroups32", set_groups},
};

} // namespace

std::span<const CallEntry> identity_calls() { return table; }

} // namespace retromod::exec
