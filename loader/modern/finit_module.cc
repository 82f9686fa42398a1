// SPDX-License-Identifier: GPL-2.0-or-later
// finit_module(2). Source: SYSCALL_DEFINE3(finit_module), kernel_read_file, module_decompress, idempotent_init_module.
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/processes.h"
#include "loader/modern/decompress_xz.h"
#include "loader/modern/modern_kernel.h"

#include <fmt/format.h>

#include <limits>

namespace retromod {

ModernKernel::Task ModernKernel::do_finit_module(std::array<std::uint64_t, 8> arguments)
{
    constexpr std::uint32_t known = load_flag::ignore_modversions | load_flag::ignore_vermagic | load_flag::compressed_file;
    const auto descriptor = static_cast<std::int32_t>(arguments[0]);
    const GuestAddr params{arguments[1]};
    const auto flags = static_cast<std::uint32_t>(arguments[2]);
    if (!kernel_.processes().caller().cap_sys_module || state().modules_disabled) co_return error(Errno::eperm);
    if (flags & ~known) co_return error(Errno::einval);
    const auto* file = user_files_ ? user_files_->file(descriptor) : nullptr;
    if (!file || !file->readable) co_return error(Errno::ebadf);

    std::shared_ptr<SharedLoad> shared;
    const auto inode = file->inode;
    if (rules().merges_finit && inode) {
        if (const auto first = shared_loads_.find(inode); first != shared_loads_.end()) {
            shared = first->second;
            while (!shared->result) co_await park("a load of the same file");
            co_return *shared->result;
        }
        shared = std::make_shared<SharedLoad>();
        shared_loads_[inode] = shared;
    }
    std::vector<std::byte> image;
    auto result = read_user_file(*file, image);
    if (result == 0 && flags & load_flag::compressed_file) result = decompress(image);
    if (result == 0) result = co_await load_module(std::move(image), params, flags);
    if (shared) {
        shared->result = result;
        shared_loads_.erase(inode);
        wake_waiters();
    }
    co_return result;
}

std::int64_t ModernKernel::read_user_file(const UserFile& file, std::vector<std::byte>& image)
{
    const auto size = file.size.value_or(file.content.size());
    if (file.kind != UserFile::Kind::regular) return error(Errno::einval);
    if (file.written) return error(Errno::etxtbsy);
    if (size == 0) return error(Errno::einval);
    if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) return error(Errno::efbig);
    if (size > kernel_.memory().total_pages() * kernel_.arch().page_bytes) return error(Errno::enomem);
    if (file.read_error) return error(*file.read_error);
    if (size != file.content.size()) return error(Errno::eio);
    image = file.content;
    return 0;
}

std::int64_t ModernKernel::decompress(std::vector<std::byte>& image)
{
    if (!has(ModernOption::decompress)) return error(Errno::eopnotsupp);
    auto expanded = decompress_xz(image, kernel_.memory().total_pages() * kernel_.arch().page_bytes);
    if (!expanded.problem.empty()) {
        log(3, expanded.problem);
        return error(expanded.out_of_memory ? Errno::enomem : Errno::einval);
    }
    image = std::move(expanded.bytes);
    return 0;
}

} // namespace retromod
