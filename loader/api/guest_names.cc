// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/guest_names.h"

#include "emu/kernel/export_call.h"
#include "emu/kernel/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <sstream>

namespace retromod {
namespace {

constexpr std::uint64_t listing_bytes = 32768, path_bytes = 4096, mounts_bytes = 65536;

/// open's flags where they differ. Source: include/asm-*/fcntl.h of 2.4.
struct OpenFlags {
    std::uint64_t create, truncate;
};
OpenFlags open_flags(const Arch& arch)
{
    if (arch.name.starts_with("mips")) return {0x100, 0x200};
    if (arch.name == "alpha") return {01000, 02000};
    if (arch.name == "sparc") return {0x200, 0x400};
    return {0100, 01000};
}

} // namespace

/// A call whose first arguments are names, and the rest numbers.
SyscallResult GuestNames::name_call(std::string_view call, std::initializer_list<std::string_view> names,
                                    std::initializer_list<std::uint64_t> numbers)
{
    const UserBuffers buffers(calls_.user_memory());
    SystemCall wanted{call};
    std::vector<std::string> shown;
    for (const auto name : names) {
        wanted.arguments[wanted.argument_count++] = calls_.user_memory().place(name).value;
        shown.push_back(quoted(name));
    }
    for (const auto number : numbers) {
        wanted.arguments[wanted.argument_count++] = number;
        shown.push_back(show_unsigned(number));
    }
    return calls_.call(wanted, shown);
}

SyscallResult GuestNames::mount(const std::string& device, const std::string& directory, const std::string& type,
                                std::uint64_t flags, const std::string& options)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const std::array shown = {quoted(device), quoted(directory), quoted(type), fmt::format("{:#x}", flags), quoted(options)};
    const auto data = options.empty() ? GuestAddr{} : user.place(options);
    return calls_.call({"mount",
                        {user.place(device).value, user.place(directory).value, user.place(type).value, flags, data.value}, 5},
                       shown);
}

SyscallResult GuestNames::umount(const std::string& directory) { return name_call("umount", {directory}, {0}); }

/// A call (path, buffer of 64-bit words[, number]).
Answer<std::vector<std::uint64_t>> GuestNames::words(std::string_view call, const std::string& path, std::size_t count,
                                                     std::optional<std::uint64_t> last)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const auto into = user.allocate(count * 8);
    const std::array shown = {quoted(path), fmt::format("{:#x}", into.value)};
    Answer<std::vector<std::uint64_t>> answer;
    answer.result = calls_.call({call, {user.place(path).value, into.value, last.value_or(0)}, last ? 3u : 2u}, shown);
    answer.value.resize(count);
    if (failed(answer.result)) return answer;
    const auto bytes = user.buffer(into, count * 8);
    for (std::size_t index = 0; index < count; ++index)
        answer.value[index] = load<std::uint64_t>(bytes.data() + 8 * index, arch().order);
    return answer;
}

Answer<FileStatus> GuestNames::status(const std::string& path, FollowLinks follow)
{
    const auto [result, w] = words("stat", path, 13, follow == FollowLinks::yes);
    return {result, {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], w[12]}};
}

Answer<FilesystemStatus> GuestNames::filesystem(const std::string& path)
{
    const auto [result, w] = words("statfs", path, 8, std::nullopt);
    return {result, {w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7]}};
}

Answer<std::vector<DirectoryEntry>> GuestNames::entries(const std::string& path)
{
    constexpr std::size_t length_at = 16, name_at = 19, least = name_at + 1;
    constexpr std::size_t most_entries = 1 << 20; // a directory that leads back into itself never ends
    Answer<std::vector<DirectoryEntry>> answer;
    answer.result = open(path);
    if (failed(answer.result)) return answer;
    const auto descriptor = answer.result.word;
    while (answer.value.size() < most_entries) {
        auto& user = calls_.user_memory();
        const UserBuffers buffers(user);
        const auto into = user.allocate(listing_bytes);
        const std::array shown = {std::to_string(descriptor), fmt::format("{:#x}", into.value), std::to_string(listing_bytes)};
        answer.result = calls_.call({"getdents64", {descriptor, into.value, listing_bytes}, 3}, shown);
        if (failed(answer.result) || answer.result.word == 0) break;
        auto left = user.buffer(into, std::min(answer.result.word, listing_bytes));
        while (left.size() >= least) {
            const auto length = load<std::uint16_t>(left.data() + length_at, arch().order);
            if (length < least || length > left.size()) break;
            const auto* text = reinterpret_cast<const char*>(left.data() + name_at);
            const std::string name(text, strnlen(text, length - name_at));
            if (name != "." && name != "..") answer.value.push_back({name, load<std::uint64_t>(left.data(), arch().order)});
            left = left.subspan(length);
        }
    }
    close(descriptor);
    return answer;
}

Answer<std::string> GuestNames::link_target(const std::string& path)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const auto into = user.allocate(path_bytes);
    const std::array shown = {quoted(path), fmt::format("{:#x}", into.value), std::to_string(path_bytes)};
    Answer<std::string> answer;
    answer.result = calls_.call({"readlink", {user.place(path).value, into.value, path_bytes}, 3}, shown);
    if (failed(answer.result)) return answer;
    const auto got = user.buffer(into, std::min(answer.result.word, path_bytes));
    answer.value.assign(reinterpret_cast<const char*>(got.data()), got.size());
    return answer;
}

SyscallResult GuestNames::make_directory(const std::string& path, std::uint32_t mode) { return name_call("mkdir", {path}, {mode}); }
SyscallResult GuestNames::remove_directory(const std::string& path) { return name_call("rmdir", {path}, {}); }
SyscallResult GuestNames::remove(const std::string& path) { return name_call("unlink", {path}, {}); }
SyscallResult GuestNames::rename(const std::string& from, const std::string& to) { return name_call("rename", {from, to}, {}); }
SyscallResult GuestNames::make_link(const std::string& target, const std::string& path)
{
    return name_call("symlink", {target, path}, {});
}
SyscallResult GuestNames::make_node(const std::string& path, std::uint32_t mode, std::uint32_t major, std::uint32_t minor)
{
    return name_call("mknod", {path}, {mode, major << 8 | minor});
}
SyscallResult GuestNames::set_mode(const std::string& path, std::uint32_t mode) { return name_call("chmod", {path}, {mode}); }
SyscallResult GuestNames::set_times(const std::string& path, std::uint64_t accessed, std::uint64_t modified)
{
    return name_call("utime", {path}, {accessed, modified});
}
SyscallResult GuestNames::sync() { return name_call("sync", {}, {}); }

bool GuestNames::is_mounted(std::string_view path)
{
    std::istringstream lines(mounts());
    std::string device, folder, rest;
    while (lines >> device >> folder && std::getline(lines, rest)) {
        const bool below = path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
        if (folder != "/" && below) return true;
    }
    return false;
}

void GuestNames::make_directories(const std::string& path, std::uint32_t mode)
{
    for (auto slash = path.find('/', 1); slash != path.npos; slash = path.find('/', slash + 1))
        make_directory(path.substr(0, slash), mode);
    make_directory(path, mode);
}

std::string GuestNames::mounts()
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const auto into = user.allocate(mounts_bytes);
    const std::array shown = {fmt::format("{:#x}", into.value), std::to_string(mounts_bytes)};
    const auto result = calls_.call({"mounts", {into.value, mounts_bytes}, 2}, shown);
    if (failed(result)) return "";
    const auto got = user.buffer(into, std::min(result.word, mounts_bytes));
    return {reinterpret_cast<const char*>(got.data()), got.size()};
}

SyscallResult GuestNames::create(const std::string& path, std::uint32_t mode)
{
    const auto flags = open_flags(arch());
    return name_call("open", {path}, {1 | flags.create | flags.truncate, mode});
}

SyscallResult GuestNames::open(const std::string& path) { return name_call("open", {path}, {0, 0}); }

Answer<std::string> GuestNames::read(std::uint64_t descriptor, std::uint64_t bytes)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const auto into = user.allocate(bytes);
    const std::array shown = {std::to_string(descriptor), fmt::format("{:#x}", into.value), std::to_string(bytes)};
    Answer<std::string> answer;
    answer.result = calls_.call({"read", {descriptor, into.value, bytes}, 3}, shown);
    if (failed(answer.result)) return answer;
    const auto got = user.buffer(into, std::min(answer.result.word, bytes));
    answer.value.assign(reinterpret_cast<const char*>(got.data()), got.size());
    return answer;
}

SyscallResult GuestNames::write(std::uint64_t descriptor, std::string_view text)
{
    auto& user = calls_.user_memory();
    const UserBuffers buffers(user);
    const std::array shown = {std::to_string(descriptor), quoted(text), std::to_string(text.size())};
    return calls_.call({"write", {descriptor, user.place(std::as_bytes(std::span(text))).value, text.size()}, 3}, shown);
}

SyscallResult GuestNames::close(std::uint64_t descriptor)
{
    const std::array shown = {std::to_string(descriptor)};
    return calls_.call({"close", {descriptor}, 1}, shown);
}

namespace {

/// Block devices by the letters of their names. Source: Documentation/devices.txt of 2.4.
struct NamedMajor {
    std::string_view prefix;
    std::uint32_t major;
    bool lettered;              ///< a letter for each disk and a number for each partition; else a number for each disk
    std::uint32_t minors_each;  ///< of a lettered disk
    char first = 'a';
};
constexpr NamedMajor named_majors[] = {
    {"loop", 7, false, 1}, {"ram", 1, false, 1}, {"fd", 2, false, 1},  {"nb", 43, false, 1}, {"md", 9, false, 1},
    {"hd", 3, true, 64},   {"hd", 22, true, 64, 'c'}, {"hd", 33, true, 64, 'e'}, {"sd", 8, true, 16}, {"xd", 13, true, 64},
};

std::optional<std::uint32_t> number(std::string_view text)
{
    if (text.empty() || text.size() > 3 || text.find_first_not_of("0123456789") != text.npos) return std::nullopt;
    return static_cast<std::uint32_t>(std::stoul(std::string(text)));
}

std::optional<std::pair<std::uint32_t, std::uint32_t>> numbers_of(std::string_view name)
{
    for (const auto& row : named_majors) {
        if (!name.starts_with(row.prefix)) continue;
        const auto rest = name.substr(row.prefix.size());
        if (!row.lettered) {
            if (const auto minor = number(rest); minor && *minor < 256) return std::pair{row.major, *minor};
            continue;
        }
        const auto disks = 256 / row.minors_each;
        const int most = row.prefix == "hd" ? 2 : static_cast<int>(disks);
        if (rest.empty() || rest[0] < row.first || rest[0] >= row.first + most) continue;
        const auto part = rest.size() == 1 ? std::optional<std::uint32_t>(0) : number(rest.substr(1));
        if (part && *part < row.minors_each)
            return std::pair{row.major, static_cast<std::uint32_t>(rest[0] - row.first) * row.minors_each + *part};
    }
    return std::nullopt;
}

} // namespace

std::optional<std::pair<std::uint32_t, std::uint32_t>> GuestNames::block_device(std::string_view path)
{
    constexpr std::string_view folder = "/dev/";
    if (!path.starts_with(folder)) return std::nullopt;
    return numbers_of(path.substr(folder.size()));
}

void GuestNames::make_device_node(const std::string& path)
{
    const auto numbers = block_device(path);
    if (numbers && failed(status(path, FollowLinks::yes).result)) make_node(path, 0060660, numbers->first, numbers->second);
}

} // namespace retromod
