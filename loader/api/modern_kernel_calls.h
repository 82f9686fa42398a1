// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/abi/errno_or.h"
#include "emu/kernel/kernel.h"
#include "loader/api/kernel_calls.h"
#include "loader/kmod/modern_calls.h"

namespace retromod {

/// The calls since 2.6, made on a Kernel of such a release through its KernelCalls: the same caller, limits and trace.
/// Throws CallStopped.
class ModernKernelCalls final : public ModernCalls {
public:
    ModernKernelCalls(Kernel& kernel, KernelCalls& calls) : kernel_(kernel), calls_(calls) {}

    SyscallResult init_module(std::span<const std::byte> image, std::optional<std::string_view> params) override;
    SyscallResult finit_module(std::span<const std::byte> file, std::optional<std::string_view> params,
                               std::uint32_t flags) override;
    SyscallResult delete_module(std::optional<std::string_view> name, std::uint32_t flags) override;
    ErrnoOr<std::string> read_file(std::string_view path) override;
    ErrnoOr<std::vector<std::string>> list_folder(std::string_view path) override;
    const Arch& arch() const override { return kernel_.arch(); }

private:
    std::uint64_t place(std::optional<std::string_view> text);

    Kernel& kernel_;
    KernelCalls& calls_;
};

} // namespace retromod
