// SPDX-License-Identifier: GPL-2.0-or-later
// linux/sunrpc/ and linux/lockd/ of kernels that have them built in: services and clients show their /proc files; nothing is
// sent. Source: net/sunrpc/{stats,sysctl,sunrpc_syms}.c, fs/lockd of 2.2.
#include "emu/exports/answers.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/export_choice.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"

namespace retromod {
namespace {

/// A struct rpc_stat or svc_stat begins with its program, and that with its name or, of a service, has it at `name_at` words.
constexpr std::uint64_t client_name_at = 0, service_name_at = 5;

void show_rpc_folder(Kernel& kernel)
{
    constexpr std::uint64_t directory = 0040555;
    if (!find_proc_entry(kernel, kernel.symbols().variable("proc_root"), "net/rpc")) create_proc(kernel, "net/rpc", directory, {});
}

template <std::uint64_t name_at>
GuestAddr show_statistics(Kernel& kernel, GuestAddr statistics)
{
    const auto program = kernel.memory().load_pointer(statistics);
    const auto name = kernel.memory().load_pointer(program + name_at * kernel.arch().word_bytes);
    show_rpc_folder(kernel);
    return create_proc(kernel, "net/rpc/" + kernel.memory().load_string(name), 0, {});
}
void hide_statistics(Kernel& kernel, GuestString name) { remove_proc(kernel, "net/rpc/" + name.text, {}); }

constexpr Export functions[] = {
    init<show_rpc_folder>("rpc_proc_init", where_listed),
    full<do_nothing<>>("rpc_register_sysctl", where_listed),
    init<show_statistics<client_name_at>>("rpc_proc_register", where_listed),
    full<hide_statistics>("rpc_proc_unregister", where_listed),
    init<show_statistics<service_name_at>>("svc_proc_register", where_listed),
    full<hide_statistics>("svc_proc_unregister", where_listed),
    inert<do_nothing<GuestAddr, std::uint32_t, GuestAddr, GuestAddr>>("rpc_call_setup", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("rpc_clnt_sigmask", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("rpc_clnt_sigunmask", where_listed),
    inert<no_object<GuestAddr, GuestString, GuestAddr, std::uint32_t, std::uint32_t>>("rpc_create_client", where_listed),
    inert<do_nothing<GuestAddr, ULong>>("rpc_delay", where_listed),
    inert<answer<0, GuestAddr>>("rpc_destroy_client", where_listed),
    inert<refuse<Errno::eio, GuestAddr, std::uint32_t, GuestAddr, GuestAddr, std::int32_t, GuestAddr, GuestAddr>>(
        "rpc_do_call", where_listed),
    inert<refuse<Errno::eio, GuestAddr>>("rpc_execute", where_listed),
    inert<do_nothing<GuestAddr>>("rpc_free", where_listed),
    inert<no_object<std::uint32_t, std::uint32_t>>("rpc_allocate", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::int32_t>>("rpc_init_task", where_listed),
    inert<do_nothing<GuestAddr>>("rpc_killall_tasks", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("rpc_new_child", where_listed),
    inert<do_nothing<GuestAddr>>("rpc_release_task", where_listed),
    inert<do_nothing<GuestAddr>>("rpc_restart_call", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr>>("rpc_run_child", where_listed),
    inert<answer<0, GuestAddr>>("rpc_shutdown_client", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, GuestAddr>>("rpc_sleep_on", where_listed),
    inert<no_object<GuestAddr>>("rpc_wake_up_next", where_listed),
    inert<do_nothing<GuestAddr>>("rpc_wake_up_task", where_listed),
    inert<do_nothing<GuestAddr>>("rpcauth_free_credcache", where_listed),
    inert<do_nothing<GuestAddr>>("rpcauth_init_credcache", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("rpcauth_insert_credcache", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("rpcauth_lookupcred", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, std::int32_t>>("rpcauth_matchcred", where_listed),
    inert<refuse<Errno::eperm, GuestAddr>>("rpcauth_register", where_listed),
    inert<do_nothing<GuestAddr, GuestAddr>>("rpcauth_releasecred", where_listed),
    inert<refuse<Errno::eperm, GuestAddr>>("rpcauth_unregister", where_listed),
    inert<do_nothing<>>("rpciod_down", where_listed),
    inert<refuse<Errno::eio>>("rpciod_up", where_listed),
    inert<no_object<GuestAddr, std::uint32_t, std::uint32_t>>("svc_create", where_listed),
    inert<refuse<Errno::enomem, GuestAddr, GuestAddr>>("svc_create_thread", where_listed),
    inert<do_nothing<GuestAddr>>("svc_destroy", where_listed),
    inert<answer<0, GuestAddr>>("svc_drop", where_listed),
    inert<do_nothing<GuestAddr>>("svc_exit_thread", where_listed),
    inert<refuse<Errno::eio, GuestAddr, std::int32_t, std::uint32_t>>("svc_makesock", where_listed),
    inert<answer<0, GuestAddr, GuestAddr>>("svc_process", where_listed),
    inert<refuse<Errno::eagain, GuestAddr, GuestAddr, ULong>>("svc_recv", where_listed),
    inert<do_nothing<GuestAddr>>("svc_wake_up", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, ULong, std::int32_t, GuestAddr, GuestAddr>>("svc_proc_read", where_listed),
    inert<answer<0, GuestAddr, GuestAddr, ULong, std::int32_t, GuestAddr, GuestAddr>>("rpc_proc_read", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("xdr_decode_netobj", where_listed),
    inert<no_object<GuestAddr, GuestAddr, GuestAddr, std::uint32_t>>("xdr_decode_string", where_listed),
    inert<no_object<GuestAddr, GuestAddr>>("xdr_encode_netobj", where_listed),
    inert<no_object<GuestAddr, GuestString>>("xdr_encode_string", where_listed),
    inert<no_object<std::int32_t, GuestAddr, GuestAddr>>("xprt_create_proto", where_listed),
    inert<answer<0, GuestAddr>>("xprt_destroy", where_listed),
    inert<do_nothing<GuestAddr, std::uint32_t, ULong>>("xprt_set_timeout", where_listed),
    inert<refuse<Errno::eio>>("lockd_up", where_listed),
    inert<do_nothing<>>("lockd_down", where_listed),
    inert<refuse<Errno::eio, GuestAddr, std::int32_t, GuestAddr>>("nlmclnt_proc", where_listed),
    inert<do_nothing<GuestAddr>>("nlmsvc_invalidate_client", where_listed),
};

constexpr DataExport data[] = {
    {"rpc_debug", fixed_bytes<4>, nullptr, where_listed},
    {"nfs_debug", fixed_bytes<4>, nullptr, where_listed},
    {"nfsd_debug", fixed_bytes<4>, nullptr, where_listed},
    {"nlm_debug", fixed_bytes<4>, nullptr, where_listed},
    {"rpc_success", fixed_bytes<4>, nullptr, where_listed},
    {"rpc_system_err", fixed_bytes<4>, nullptr, where_listed},
    {"rpc_garbage_args", fixed_bytes<4>, nullptr, where_listed},
    {"xdr_one", fixed_bytes<4>, nullptr, where_listed},
    {"xdr_zero", fixed_bytes<4>, nullptr, where_listed},
    {"nlmsvc_grace_period", fixed_bytes<4>, nullptr, where_listed},
    {"nlmsvc_timeout", fixed_bytes<4>, nullptr, where_listed},
    {"do_lockdctl", fixed_bytes<4>, nullptr, where_listed},
    {"nlmsvc_ops", words<1>, nullptr, where_listed},
};

} // namespace

extern const Family linux_sunrpc{.header = "linux/sunrpc", .functions = functions, .data = data};

} // namespace retromod
