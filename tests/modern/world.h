// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/boot_options.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/thread.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/modern/modern_kernel.h"
#include "loader/scenario/modern_bases.h"
#include "loader/scenario/module_mutator.h"

#include <nlohmann/json.hpp>

namespace retromod {

/// A machine of a modern release with a process that makes calls.
class ModernWorld : private EventSink, private UserFiles {
public:
    explicit ModernWorld(std::string_view release = "6.1", BootOptions boot = {})
        : release_(*find_release(release)), machine_(options(release_)), user_(machine_.arch()),
          kernel_(machine_, modern_exports(), with_key(boot)), modern_(ModernKernel::of(kernel_))
    {
        machine_.memory().set_user_memory(&user_);
        kernel_.set_sink(this);
        modern_.set_user_files(this);
    }
    ~ModernWorld() { machine_.memory().set_user_memory(nullptr); }

    /// A base module with these operations of the scenario language done to it.
    std::vector<std::byte> module(const std::string& name, const char* operations = "[]") const
    {
        const MutationContext context{std::string(release_.uts_release) + std::string(release_.modern->vermagic_tail),
                                      [&](std::string_view member) { return find_member(*release_.modern, member)->offset; },
                                      [&](const std::string& base) { return bases_.find(release_.name, base); }};
        return mutated(bases_.find(release_.name, name), nlohmann::json::parse(operations), context);
    }

    /// "0", "EPERM", or the number that the call returned.
    std::string load(const std::vector<std::byte>& image, std::string_view params = "")
    {
        const auto at = image.empty() ? GuestAddr{} : user_.place(image);
        return call({"init_module", {at.value, image.size(), user_.place(params).value}, 3});
    }
    std::string finit(UserFile file, std::uint64_t flags = 0, std::string_view params = "")
    {
        file_ = std::move(file);
        return call({"finit_module", {descriptor, user_.place(params).value, flags}, 3});
    }
    std::string remove(std::string_view name, std::uint64_t flags = 04000)
    {
        return call({"delete_module", {user_.place(name).value, flags}, 2});
    }
    std::string call(const SystemCall& call)
    {
        const auto outcome = kernel_.scheduler().call(call, {capable, "test"});
        if (outcome.kind != Outcome::Kind::done) return outcome.what;
        if (const auto error = outcome.result.error(machine_.arch())) return std::string(errno_name(*error));
        return std::to_string(machine_.arch().signed_word(outcome.result.word));
    }
    /// Begins a call and lets that many hundredths of a second pass.
    ThreadId begin(const std::vector<std::byte>& image, std::string_view params, std::uint64_t ticks)
    {
        const auto thread =
            kernel_.scheduler().begin({"init_module", {user_.place(image).value, image.size(), user_.place(params).value}, 3}, {});
        kernel_.scheduler().settle(ticks);
        return thread;
    }

    static constexpr std::uint64_t descriptor = 3;
    bool capable = true;
    std::string log;
    Kernel& kernel() { return kernel_; }
    ModernKernel& modern() { return modern_; }
    BufferedUserMemory& user() { return user_; }

private:
    static MachineOptions options(const Release& release)
    {
        MachineOptions options;
        options.release = &release;
        options.arch = find_arch(release.arch);
        options.uts_release = release.uts_release;
        return options;
    }
    static BootOptions with_key(BootOptions boot)
    {
        boot.module_keys += ModernBases::trusted_key();
        return boot;
    }
    void logged(std::string_view text) override { log += text; }
    const UserFile* file(std::int32_t number) override { return number == descriptor && file_ ? &*file_ : nullptr; }

    const Release& release_;
    Machine machine_;
    BufferedUserMemory user_;
    Kernel kernel_;
    ModernKernel& modern_;
    ModernBases bases_;
    std::optional<UserFile> file_;
};

inline UserFile file_of(std::vector<std::byte> content)
{
    UserFile file;
    file.content = std::move(content);
    return file;
}

} // namespace retromod
