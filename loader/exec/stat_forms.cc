// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/stat_forms.h"

#include <cstring>

namespace retromod::exec {
namespace {

/// A structure to be filled member by member.
class Form {
public:
    explicit Form(std::size_t bytes) : bytes_(bytes) {}
    Form& put(std::size_t offset, std::size_t length, std::uint64_t value)
    {
        std::memcpy(bytes_.data() + offset, &value, length);
        return *this;
    }
    std::vector<std::byte> take() { return std::move(bytes_); }

private:
    std::vector<std::byte> bytes_;
};

std::vector<std::byte> stat_of_64_bit(const StatWords& w)
{
    return Form(144).put(0, 8, w.device).put(8, 8, w.inode).put(16, 8, w.links).put(24, 4, w.mode).put(28, 4, w.user)
        .put(32, 4, w.group).put(40, 8, w.raw_device).put(48, 8, w.bytes).put(56, 8, w.block_bytes).put(64, 8, w.blocks)
        .put(72, 8, w.accessed).put(88, 8, w.modified).put(104, 8, w.changed).take();
}

std::vector<std::byte> stat_of_32_bit(const StatWords& w)
{
    return Form(64).put(0, 4, w.device).put(4, 4, w.inode).put(8, 2, w.mode).put(10, 2, w.links).put(12, 2, w.user)
        .put(14, 2, w.group).put(16, 4, w.raw_device).put(20, 4, w.bytes).put(24, 4, w.block_bytes).put(28, 4, w.blocks)
        .put(32, 4, w.accessed).put(40, 4, w.modified).put(48, 4, w.changed).take();
}

std::vector<std::byte> stat64(const StatWords& w)
{
    return Form(96).put(0, 8, w.device).put(12, 4, w.inode).put(16, 4, w.mode).put(20, 4, w.links).put(24, 4, w.user)
        .put(28, 4, w.group).put(32, 8, w.raw_device).put(44, 8, w.bytes).put(52, 4, w.block_bytes).put(56, 8, w.blocks)
        .put(64, 4, w.accessed).put(72, 4, w.modified).put(80, 4, w.changed).put(88, 8, w.inode).take();
}

std::vector<std::byte> statx(const StatWords& w)
{
    constexpr std::uint64_t basic_stats = 0x7ff;
    return Form(256).put(0, 4, basic_stats).put(4, 4, w.block_bytes).put(16, 4, w.links).put(20, 4, w.user).put(24, 4, w.group)
        .put(28, 2, w.mode).put(32, 8, w.inode).put(40, 8, w.bytes).put(48, 8, w.blocks).put(64, 8, w.accessed)
        .put(96, 8, w.changed).put(112, 8, w.modified).put(128, 4, w.raw_device >> 8).put(132, 4, w.raw_device & 0xff)
        .put(136, 4, w.device >> 8).put(140, 4, w.device & 0xff).take();
}

} // namespace

std::vector<std::byte> stat_form(const StatWords& words, std::string_view call, bool is_32_bit)
{
    if (call == "statx") return statx(words);
    if (!is_32_bit) return stat_of_64_bit(words);
    return call.ends_with("64") ? stat64(words) : stat_of_32_bit(words);
}

} // namespace retromod::exec
