// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/explain/refusal.h"

#include "emu/abi/event_sink.h"
#include "emu/kernel/log.h"
#include "emu/kernel/module_list.h"
#include "loader/explain/header_refusal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retromod {
namespace {

constexpr std::size_t exports_kept = 4;

std::string error_name(SyscallResult result, const Arch& arch)
{
    if (const auto error = result.error(arch)) return std::string(errno_name(*error));
    return fmt::format("result {:#x}", result.word);
}

} // namespace

RefusalWatch::RefusalWatch(Session& session)
    : session_(session), kernel_(session.kernel()), former_sink_(kernel_.sink())
{
    kernel_.set_sink(this);
}

RefusalWatch::~RefusalWatch() { kernel_.set_sink(former_sink_); }

void RefusalWatch::guest_called(GuestAddr, std::string_view why) { ran_ = why; }

void RefusalWatch::export_called(const ExportCall& call)
{
    if (!call.finished) return;
    last_exports_.push_back(fmt::format("{}({}){}", call.name, fmt::join(call.arguments, ", "),
                                        call.result.empty() ? "" : " = " + call.result));
    if (last_exports_.size() > exports_kept) last_exports_.pop_front();
}

template <class Call>
auto RefusalWatch::watch(Call call)
{
    ran_.clear();
    last_exports_.clear();
    const auto before = kernel_.log().position();
    auto result = call();
    log_ = kernel_.log().since(before);
    return result;
}

void RefusalWatch::explain(std::string_view call, SyscallResult result, const std::string& reason)
{
    explanations_.push_back(fmt::format("{}: {}: {}", call, error_name(result, session_.arch()), reason));
}

// --- the calls -----------------------------------------------------------------------------------------------------

SyscallResult RefusalWatch::create_module(std::string_view name, std::uint64_t size)
{
    const auto result = watch([&] { return session_.calls().create_module(name, size); });
    if (const auto error = result.error(session_.arch())) explain("create_module", result, reason_of_create(name, size, *error));
    return result;
}

SyscallResult RefusalWatch::init_module(std::string_view name, std::span<const std::byte> image)
{
    const auto result = watch([&] { return session_.calls().init_module(name, image); });
    if (result.word == 0) return result;
    explain("init_module", result, reason_of_init(name, image, result));
    if (ran_.empty()) return result;
    for (const auto& call : last_exports_) explanations_.push_back("  it called " + call);
    return result;
}

SyscallResult RefusalWatch::delete_module(std::optional<std::string_view> name)
{
    const auto result = watch([&] { return session_.calls().delete_module(name); });
    if (const auto error = result.error(session_.arch())) explain("delete_module", result, reason_of_delete(name, *error));
    return result;
}

ModuleCalls::QueryResult RefusalWatch::query_module(std::optional<std::string_view> name, Query which,
                                                    std::span<std::byte> buffer)
{
    return session_.calls().query_module(name, which, buffer); // failing is part of its use: the buffer grows
}

SyscallResult RefusalWatch::get_kernel_syms(std::span<std::byte> table) { return session_.calls().get_kernel_syms(table); }

// --- the reasons ---------------------------------------------------------------------------------------------------

std::string RefusalWatch::reason_of_create(std::string_view name, std::uint64_t size, Errno error)
{
    switch (error) {
    case Errno::eperm: return "the caller lacks CAP_SYS_MODULE";
    case Errno::eexist: return fmt::format("a module '{}' is in the kernel's list", name);
    case Errno::einval:
        return fmt::format("{} bytes are too few for struct module ({} bytes) and the name", size,
                           kernel_.modules().layout().header_bytes());
    case Errno::enomem:
        return fmt::format("no memory for {} bytes: {} pages are free", size, kernel_.memory().free_pages());
    case Errno::enametoolong: return fmt::format("the name has {} characters", name.size());
    default: return std::string(errno_text(error));
    }
}

std::string RefusalWatch::reason_of_init(std::string_view name, std::span<const std::byte> image, SyscallResult result)
{
    if (ran_ == "init")
        return fmt::format("the module's own init routine returned it; the kernel had accepted the module '{}'", name);
    const auto module = kernel_.modules().find(name);
    if (!module) return fmt::format("no module '{}' was created", name);
    if (auto said = explain_header(kernel_, *module, image, log_)) return *said;
    const auto error = result.error(session_.arch());
    return std::string(error ? errno_text(*error) : "no check of the kernel gives this");
}

std::string RefusalWatch::reason_of_delete(std::optional<std::string_view> name, Errno error)
{
    if (error == Errno::eperm) return "the caller lacks CAP_SYS_MODULE";
    if (!name) return std::string(errno_text(error));
    const auto module = kernel_.modules().find(*name);
    if (!module) return fmt::format("no module '{}' is in the kernel's list", *name);
    if (error != Errno::ebusy) return std::string(errno_text(error));
    std::vector<std::string> users;
    for (auto at = module->pointer(ModuleField::refs); at && users.size() < 64; at = kernel_.modules().load_ref(at).next_ref)
        users.push_back(kernel_.modules().view(kernel_.modules().load_ref(at).ref).name());
    if (!users.empty()) return fmt::format("'{}' is used by {}", *name, fmt::join(users, ", "));
    if (module->can_unload()) return fmt::format("the can_unload routine of '{}' says that it is in use", *name);
    return fmt::format("the use count of '{}' is {}", *name, module->usecount());
}

} // namespace retromod
