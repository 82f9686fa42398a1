// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/event_sink.h"
#include "emu/kernel/kernel.h"
#include "loader/api/session.h"

#include <deque>

namespace retromod {

/// Stands before a kernel's calls and says of each that fails which check refused it: in the kernel's words, where it
/// logged some, and in ours, with the values that the check saw.
class RefusalWatch final : public ModuleCalls, private EventSink {
public:
    explicit RefusalWatch(Session& session);
    ~RefusalWatch() override;

    SyscallResult create_module(std::string_view name, std::uint64_t size) override;
    SyscallResult init_module(std::string_view name, std::span<const std::byte> image) override;
    SyscallResult delete_module(std::optional<std::string_view> name) override;
    QueryResult query_module(std::optional<std::string_view> name, Query which, std::span<std::byte> buffer) override;
    SyscallResult get_kernel_syms(std::span<std::byte> table) override;

    /// One line for each call that failed: `init_module: EINVAL: mod->deps out of bounds (deps=0xc88002f0, module ends
    /// at 0xc88002e0)`. Lines that begin with blanks belong to the one before.
    const std::vector<std::string>& explanations() const { return explanations_; }

private:
    void guest_called(GuestAddr function, std::string_view why) override;
    void export_called(const ExportCall& call) override;

    /// Makes a call, and keeps what it logged and which guest functions ran.
    template <class Call>
    auto watch(Call call);
    void explain(std::string_view call, SyscallResult result, const std::string& reason);
    std::string reason_of_create(std::string_view name, std::uint64_t size, Errno error);
    std::string reason_of_init(std::string_view name, std::span<const std::byte> image, SyscallResult result);
    std::string reason_of_delete(std::optional<std::string_view> name, Errno error);

    Session& session_;
    Kernel& kernel_;
    EventSink* former_sink_;
    std::string log_;       ///< what the kernel logged during the last call
    std::string ran_;       ///< the routine that the kernel called in it: "init", "cleanup"
    std::deque<std::string> last_exports_; ///< that the routine called
    std::vector<std::string> explanations_;
};

} // namespace retromod
