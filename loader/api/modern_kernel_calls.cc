// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/modern_kernel_calls.h"

#include "emu/abi/errno_or.h"
#include "emu/kernel/export_call.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <array>

namespace retromod {
namespace {

constexpr std::int32_t module_descriptor = 3; ///< the first that a program gets when it opens a file

/// A process that has one file open.
class OneFile final : public UserFiles {
public:
    OneFile(ModernKernel& kernel, std::span<const std::byte> content) : kernel_(kernel)
    {
        file_.content.assign(content.begin(), content.end());
        kernel_.set_user_files(this);
    }
    ~OneFile() override { kernel_.set_user_files(nullptr); }
    const UserFile* file(std::int32_t descriptor) override { return descriptor == module_descriptor ? &file_ : nullptr; }

private:
    ModernKernel& kernel_;
    UserFile file_;
};

std::string shown_text(std::optional<std::string_view> text) { return text ? quoted(*text) : "NULL"; }

} // namespace

std::uint64_t ModernKernelCalls::place(std::optional<std::string_view> text)
{
    return text ? calls_.user_memory().place(*text).value : 0;
}

SyscallResult ModernKernelCalls::init_module(std::span<const std::byte> image, std::optional<std::string_view> params)
{
    const UserBuffers buffers(calls_.user_memory());
    const std::array shown = {fmt::format("{{{} bytes}}", image.size()), std::to_string(image.size()), shown_text(params)};
    return calls_.call({"init_module", {calls_.user_memory().place(image).value, image.size(), place(params)}, 3}, shown);
}

SyscallResult ModernKernelCalls::finit_module(std::span<const std::byte> file, std::optional<std::string_view> params,
                                              std::uint32_t flags)
{
    const UserBuffers buffers(calls_.user_memory());
    const OneFile opened(ModernKernel::of(kernel_), file);
    const std::array shown = {std::to_string(module_descriptor), shown_text(params), std::to_string(flags)};
    return calls_.call({"finit_module", {module_descriptor, place(params), flags}, 3}, shown);
}

SyscallResult ModernKernelCalls::delete_module(std::optional<std::string_view> name, std::uint32_t flags)
{
    const UserBuffers buffers(calls_.user_memory());
    std::string words = flags & modern_flag::nonblock ? "O_NONBLOCK" : "0";
    if (flags & modern_flag::truncate) words += "|O_TRUNC";
    const std::array shown = {shown_text(name), words};
    return calls_.call({"delete_module", {place(name), flags}, 2}, shown);
}

ErrnoOr<std::string> ModernKernelCalls::read_file(std::string_view path) { return ModernKernel::of(kernel_).read_file(path); }

ErrnoOr<std::vector<std::string>> ModernKernelCalls::list_folder(std::string_view path)
{
    return ModernKernel::of(kernel_).list_folder(path);
}

} // namespace retromod
