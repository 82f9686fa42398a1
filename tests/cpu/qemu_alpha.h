// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/cpu/alpha_assembler.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

extern char** environ;

namespace retromod::alpha {

/// The address `base` + `distance` into `into`.
inline void add_distance(std::vector<std::uint32_t>& code, unsigned into, std::int64_t distance, unsigned base)
{
    const auto low = static_cast<std::int16_t>(distance);
    code.push_back(memory("ldah", into, static_cast<int>((distance - low) >> 16), base));
    code.push_back(memory("lda", into, low, into));
}

inline void append(std::vector<std::byte>& to, const void* from, std::size_t bytes)
{
    const auto* const start = static_cast<const std::byte*>(from);
    to.insert(to.end(), start, start + bytes);
}

/// A static Alpha program that calls `function` with the addresses of `input` and of a zeroed output of `output_bytes`,
/// and writes the output to its standard output.
inline std::vector<std::byte> make_program(std::span<const std::uint32_t> function, std::span<const std::byte> input,
                                           std::uint64_t output_bytes)
{
    constexpr std::uint64_t base = 0x120000000, stub_at = 0x1000, stub_bytes = 0x100;
    const auto code_at = stub_at + stub_bytes;
    // Data on pages of its own: qemu translates code anew that lies beside what is stored.
    constexpr std::uint64_t page = 0x10000;
    const auto input_at = round_up(code_at + function.size_bytes(), page);
    const auto output_at = round_up(input_at + input.size(), page);
    const auto total = output_at + output_bytes;

    std::vector<std::uint32_t> stub;
    constexpr std::uint64_t here = stub_at + 4;
    const auto address = [&](unsigned into, std::uint64_t at) {
        add_distance(stub, into, static_cast<std::int64_t>(at - here), s5);
    };
    stub.push_back(branch("br", s5, 0));
    address(a0, input_at);
    address(a1, output_at);
    address(pv, code_at);
    stub.push_back(jump("jsr", ra, pv));
    constexpr int sys_exit = 1, sys_write = 4;
    stub.push_back(memory("lda", v0, sys_write, zero));
    stub.push_back(memory("lda", a0, 1, zero));
    address(a1, output_at);
    add_distance(stub, a2, static_cast<std::int64_t>(output_bytes), zero);
    stub.push_back(pal("callsys"));
    stub.push_back(memory("lda", v0, sys_exit, zero));
    stub.push_back(operate("bis", zero, zero, a0));
    stub.push_back(pal("callsys"));

    std::vector<std::byte> file;
    const auto put = [&](auto value) { append(file, &value, sizeof value); };
    append(file,
           "\x7f"
           "ELF\2\1\1",
           7);
    file.resize(16);
    put(std::uint16_t{2});      // ET_EXEC
    put(std::uint16_t{0x9026}); // EM_ALPHA
    put(std::uint32_t{1});
    put(base + stub_at);
    put(std::uint64_t{64}); // program headers
    put(std::uint64_t{0});
    put(std::uint32_t{0});
    for (const int half : {64, 56, 1, 0, 0, 0})
        put(static_cast<std::uint16_t>(half));
    put(std::uint32_t{1}); // PT_LOAD
    put(std::uint32_t{7}); // read, write, execute
    for (const auto value : {std::uint64_t{0}, base, base, total, total, std::uint64_t{0x2000}})
        put(value);
    file.resize(total);
    std::memcpy(file.data() + stub_at, stub.data(), stub.size() * 4);
    std::memcpy(file.data() + code_at, function.data(), function.size_bytes());
    std::memcpy(file.data() + input_at, input.data(), input.size());
    return file;
}

/// What the program writes when qemu-alpha runs it. Throws std::runtime_error when it cannot, or the program fails.
inline std::vector<std::byte> run_under_qemu(const std::vector<std::byte>& program)
{
    auto folder = (std::filesystem::temp_directory_path() / "qemu-alpha-XXXXXX").string();
    if (!mkdtemp(folder.data())) throw std::runtime_error("no temporary folder");
    const auto path = folder + "/program", output = folder + "/output";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(program.data()), static_cast<std::streamsize>(program.size()));
    chmod(path.c_str(), 0700);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT, 0600);
    const char* const arguments[] = {"qemu-alpha", "-cpu", "ev67", path.c_str(), nullptr};
    pid_t child = 0;
    const auto failed = posix_spawnp(&child, arguments[0], &actions, nullptr, const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = -1;
    if (!failed) waitpid(child, &status, 0);
    std::ifstream stream(output, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::filesystem::remove_all(folder);
    if (failed) throw std::runtime_error("qemu-alpha cannot be run (Debian package qemu-user)");
    if (status != 0) throw std::runtime_error("the program failed under qemu-alpha: status " + std::to_string(status));
    std::vector<std::byte> bytes;
    append(bytes, text.data(), text.size());
    return bytes;
}

} // namespace retromod::alpha
