// SPDX-License-Identifier: GPL-2.0-or-later
// What kmod's modprobe does, done to a machine since 2.6.
#include "loader/tools/kmod_session.h"

#include "loader/elf/module_file.h"
#include "loader/elf/unpack.h"
#include "loader/kmod/force.h"

#include <fmt/format.h>

#include <cstdlib>

namespace retromod {

bool KmodSessionActions::is_loaded(const std::string& name)
{
    return static_cast<bool>(calls_.read_file(fmt::format("/sys/module/{}/initstate", name)));
}

bool KmodSessionActions::is_built_in(const std::string& name)
{
    return !is_loaded(name) && calls_.list_folder("/sys/module/" + name);
}

std::int64_t KmodSessionActions::references(const std::string& name)
{
    const auto count = calls_.read_file(fmt::format("/sys/module/{}/refcnt", name));
    return count ? std::strtoll(count->c_str(), nullptr, 10) : 0;
}

std::vector<std::string> KmodSessionActions::holders(const std::string& name)
{
    const auto holders = calls_.list_folder(fmt::format("/sys/module/{}/holders", name));
    return holders ? *holders : std::vector<std::string>{};
}

std::optional<Errno> KmodSessionActions::error_of(SyscallResult result) const
{
    if (!result.failed(calls_.arch())) return std::nullopt;
    return result.error(calls_.arch()).value_or(Errno::einval);
}

std::optional<Errno> KmodSessionActions::insert(const std::string& path, const std::string& parameters, std::uint32_t flags)
{
    const auto file = read_module_file(home_.tree().host(path), Unpacks::nothing);
    if (!file) return file.problem().kind == ProblemKind::cannot_open ? Errno::enoent : Errno::einval;
    if (packing_of(file->bytes) == Packing::none) {
        const auto result = calls_.finit_module(file->bytes, parameters, flags);
        if (result.error(calls_.arch()) != Errno::enosys) return error_of(result);
        return error_of(calls_.init_module(flags ? without_versions(file->bytes) : file->bytes, parameters));
    }
    const auto unpacked = unpack(file->bytes, largest_module_file);
    if (!unpacked) return Errno::einval;
    return error_of(calls_.init_module(flags ? without_versions(*unpacked) : *unpacked, parameters));
}

std::optional<Errno> KmodSessionActions::remove(const std::string& name, std::uint32_t flags)
{
    return error_of(calls_.delete_module(name, flags));
}

int KmodSessionActions::run(const std::string& module, const std::string& command)
{
    if (runner_) return runner_->run(session_, fmt::format("export MODPROBE_MODULE='{}'\n{}", module, command));
    speech_.complain(fmt::format("modprobe: not run (--run-commands runs it): {}", command));
    return 0;
}

} // namespace retromod
