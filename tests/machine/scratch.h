// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "emu/machine/host_file.h"
#include "emu/machine/machine.h"
#include "tests/in_child.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace retromod::test {

/// A directory that is gone when the test is over.
class Scratch {
public:
    Scratch()
    {
        auto name = (std::filesystem::temp_directory_path() / "retromod-test-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no scratch directory");
        directory_ = name;
    }
    ~Scratch() { std::filesystem::remove_all(directory_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    std::string directory() const { return directory_.string(); }
    std::string path(const std::string& name = "machine") const { return (directory_ / name).string(); }

private:
    std::filesystem::path directory_;
};

/// A checksum over a file's length and everything in it that is not zero.
inline std::uint64_t digest(const std::string& path)
{
    const HostFile file(path, O_RDONLY);
    std::uint64_t sum = file.size();
    std::vector<std::byte> page(4096);
    for (auto at = file.next_data(0); at; at = file.next_data(*at + page.size())) {
        const auto count = file.read(page, *at);
        if (std::ranges::all_of(page, [](auto byte) { return byte == std::byte{0}; })) continue;
        sum = sum * 31 + *at;
        for (std::size_t i = 0; i < count; ++i) sum = sum * 1099511628211u + static_cast<std::uint64_t>(page[i]);
    }
    return sum;
}

/// The disk space that a file takes, bytes.
inline std::uint64_t disk_bytes(const std::string& path)
{
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0 ? static_cast<std::uint64_t>(found.st_blocks) * 512 : 0;
}

/// A row for tests that need one.
struct Counter {
    static constexpr std::string_view table_name = "counters";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t value;
};

inline MachineOptions small_machine() { return {.memory_bytes = 16 << 20}; }

} // namespace retromod::test
