// SPDX-License-Identifier: GPL-2.0-or-later
// linux/personality.h, linux/unistd.h: other systems' programs. Execution domains are kept; of the system calls that their
// modules pass on, those that need neither files nor user processes work. Source: kernel/{exec_domain,sys,time}.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_requests.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/threads.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

#include <vector>

namespace retromod {
namespace {

/// A struct exec_domain {name, handler, pers_low, pers_high, ...}; fixed format.
struct ExecDomainRow {
    static constexpr std::string_view table_name = "exec_domains";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t object;
};

ExecDomainRow* find_domain(Kernel& kernel, GuestAddr at)
{
    return kernel.machine().table<ExecDomainRow>().find_if([&](const ExecDomainRow& r) { return r.object == at.value; });
}

std::int32_t register_exec_domain(Kernel& kernel, GuestAddr at)
{
    if (!at) return error_code(kernel, Errno::einval);
    if (find_domain(kernel, at)) return error_code(kernel, Errno::ebusy);
    auto* row = kernel.machine().table<ExecDomainRow>().insert();
    if (!row) return error_code(kernel, Errno::ebusy);
    row->object = at.value;
    return 0;
}

std::int32_t unregister_exec_domain(Kernel& kernel, GuestAddr at)
{
    auto* row = find_domain(kernel, at);
    if (!row) return error_code(kernel, Errno::einval);
    kernel.machine().table<ExecDomainRow>().erase(*row);
    return 0;
}

/// The domain that was registered for a kind of programs; NULL when none was.
GuestAddr domain_for(Kernel& kernel, std::uint64_t kind)
{
    const auto range = 2 * kernel.arch().word_bytes; // behind the name and the handler
    for (const auto& row : kernel.machine().table<ExecDomainRow>()) {
        const GuestAddr at{row.object};
        const auto low = kernel.memory().load<std::uint8_t>(at + range), high = kernel.memory().load<std::uint8_t>(at + range + 1);
        if (kind >= low && kind <= high) return at;
    }
    return {};
}

/// The task's personality, and the execution domain of that kind, asked for where it is not there.
Step set_personality(Kernel& kernel, Frame& frame, ULong personality)
{
    GuestStruct task(kernel, "struct task_struct", kernel.threads().current_task());
    const auto kind = personality.value & 0xff;
    auto domain = domain_for(kernel, kind);
    if (kind && !domain && !frame.phase++) {
        const auto asked = kernel.module_requests().ask(fmt::format("personality-{}", kind));
        if (asked && *asked) return **asked;
        domain = domain_for(kernel, kind);
    }
    if (domain) task.set("exec_domain", domain);
    task.set("personality", personality.value);
    kernel.log().write(fmt::format("<7>[{}:{}]: set personality to {:x}\n", task.text("comm"), task.get("pid"), personality.value));
    return Return{0};
}

// --- system calls -------------------------------------------------------------------------------------------------------

GuestStruct current(Kernel& kernel) { return {kernel, "struct task_struct", kernel.threads().current_task()}; }
std::uint32_t seconds(Kernel& kernel)
{
    return static_cast<std::uint32_t>(kernel.state().boot_time + kernel.clock().jiffies() / hz);
}

Long sys_time(Kernel& kernel, GuestAddr into)
{
    const auto now = seconds(kernel);
    if (into && !kernel.user().put_word(into, now)) return {error_code(kernel, Errno::efault)};
    return {static_cast<std::int64_t>(now)};
}

Long sys_gettimeofday(Kernel& kernel, GuestAddr time, GuestAddr zone)
{
    const auto word = kernel.arch().word_bytes;
    const auto put = [&](GuestAddr at, std::uint64_t first, std::uint64_t second) {
        return kernel.user().put_word(at, first) && kernel.user().put_word(at + word, second);
    };
    const auto microseconds = kernel.clock().jiffies() % hz * (1'000'000 / hz);
    if (time && !put(time, seconds(kernel), microseconds)) return {error_code(kernel, Errno::efault)};
    if (zone && !put(zone, 0, 0)) return {error_code(kernel, Errno::efault)};
    return {0};
}

template <const char* member>
Long own_number(Kernel& kernel, std::int32_t pid)
{
    if (!pid) return {current(kernel).get_int(member)};
    const auto* thread = kernel.machine().table<ThreadRow>().find_if(
        [&](const ThreadRow& r) { return r.task && r.pid == static_cast<std::uint32_t>(pid) && r.state != ThreadState::dead; });
    if (!thread) return {error_code(kernel, Errno::esrch)};
    return {GuestStruct(kernel, "struct task_struct", {thread->task}).get_int(member)};
}
constexpr char group_member[] = "pgrp", session_member[] = "session";

Long sys_setsid(Kernel& kernel)
{
    auto task = current(kernel);
    const auto pid = task.get("pid");
    if (task.get("pgrp") == pid) return {error_code(kernel, Errno::eperm)};
    task.set("session", pid);
    task.set("pgrp", pid);
    return {static_cast<std::int64_t>(pid)};
}

Long sys_setpgid(Kernel& kernel, std::int32_t pid, std::int32_t group)
{
    auto task = current(kernel);
    const auto own = task.get_int("pid");
    if (group < 0) return {error_code(kernel, Errno::einval)};
    if (pid && pid != own) return {error_code(kernel, Errno::esrch)};
    task.set("pgrp", static_cast<std::uint32_t>(group ? group : own));
    return {0};
}

/// new_utsname: six texts of 65 characters; hostname is the second, domain name the last.
template <unsigned field>
Long set_name(Kernel& kernel, GuestAddr user, std::int32_t length)
{
    constexpr std::int32_t longest = 64;
    if (length < 0 || length > longest) return {error_code(kernel, Errno::einval)};
    std::vector<std::byte> name(static_cast<std::size_t>(length));
    if (kernel.user().copy_from(name, user)) return {error_code(kernel, Errno::efault)};
    const auto at = kernel.symbols().find_variable("system_utsname");
    if (at) store_string(kernel, *at + field * 65, {reinterpret_cast<const char*>(name.data()), name.size()});
    return {0};
}

Long sys_stime(Kernel& kernel, GuestAddr user)
{
    const auto wanted = kernel.user().get_word(user);
    if (!wanted) return {error_code(kernel, Errno::efault)};
    kernel.state().boot_time = *wanted - kernel.clock().jiffies() / hz;
    return {0};
}

/// struct tms of a process that used no time: its ticks since boot are the result.
Long sys_times(Kernel& kernel, GuestAddr user)
{
    const auto word = kernel.arch().word_bytes;
    for (unsigned i = 0; user && i < 4; ++i)
        if (!kernel.user().put_word(user + i * word, 0)) return {error_code(kernel, Errno::efault)};
    return {static_cast<std::int64_t>(kernel.clock().jiffies() & 0x7fffffff)};
}

Long sys_getgroups(Kernel& kernel, std::int32_t size, GuestAddr)
{
    return {size < 0 ? error_code(kernel, Errno::einval) : 0};
}

/// Sleeps until a signal comes.
Step sys_pause(Kernel& kernel, Frame& frame)
{
    if (frame.phase++)
        return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{error_code(kernel, Errno::eintr)}))};
    GuestStruct(kernel, "struct task_struct", kernel.threads().current_task()).set("state", std::uint64_t{1});
    return Sleep{"pause"};
}

constexpr Export functions[] = {
    init<register_exec_domain>("register_exec_domain"),
    full<unregister_exec_domain>("unregister_exec_domain"),
    init<set_personality>("__set_personality", since_2_4),
    full<sys_time>("sys_time", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<sys_gettimeofday>("sys_gettimeofday", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<own_number<group_member>>("sys_getpgid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<own_number<session_member>>("sys_getsid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<sys_setsid>("sys_setsid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    init<sys_setpgid>("sys_setpgid", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    init<set_name<1>>("sys_sethostname", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    init<set_name<5>>("sys_setdomainname", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<sys_stime>("sys_stime", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<sys_times>("sys_times", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<sys_getgroups>("sys_getgroups", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<sys_pause>("sys_pause", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    full<answer<0>>("sys_sync", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<022, std::int32_t>>("sys_umask", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<refuse<Errno::esrch, std::int32_t, std::int32_t>>("sys_kill",
                                                            Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, std::int32_t>>("sys_nice", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
    inert<answer<0, std::uint32_t>>("sys_alarm", Since{LayoutVersion::v2_4_18_14, LayoutVersion::v2_4_18_14}),
};

/// In 2.2 it is not one for readers and writers.
std::uint64_t semaphore_bytes(Kernel& kernel)
{
    const auto& layouts = kernel.layouts();
    return layouts.size(layouts.has("struct rw_semaphore") ? "struct rw_semaphore" : "struct semaphore");
}

constexpr DataExport data[] = {
    {"abi_defhandler_coff", words<1>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"abi_fake_utsname", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"abi_traceflg", fixed_bytes<4>, nullptr, from(LayoutVersion::v2_4_18_14)},
    {"uts_sem", semaphore_bytes},
};

void tell(RowVisitor& visitor, const ExecDomainRow& row) { visitor.pointer("a struct exec_domain", row.object); }
constexpr TableKind tables[] = {table<ExecDomainRow, tell>("execution domains")};

} // namespace

extern const Family linux_personality{
    .header = "linux/personality.h", .functions = functions, .data = data,
    .keeps = {.tables = tables}};

} // namespace retromod
