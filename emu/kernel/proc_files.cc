// SPDX-License-Identifier: GPL-2.0-or-later
// Files of /proc whose text the kernel makes from what it keeps: a loop over its subsystems.
#include "emu/kernel/proc_files.h"

#include "emu/kernel/export.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/subsystem.h"
#include "emu/memory/buffered_user_memory.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

bool is_there(Kernel& kernel, const ProcFile& file)
{
    return kernel.machine().release().exports >= file.since && (!file.exists || file.exists(kernel));
}

const ProcFile* find_file(Kernel& kernel, std::span<const Subsystem* const> subsystems, std::string_view path)
{
    for (const auto* subsystem : subsystems)
        for (const auto& file : subsystem->proc_files)
            if (file.path == path && is_there(kernel, file)) return &file;
    return nullptr;
}

const ProcFile* find_file(Kernel& kernel, std::string_view path)
{
    const auto* own = find_file(kernel, kernel_subsystems(), path);
    return own ? own : find_file(kernel, kernel.exports().subsystems, path);
}

} // namespace

bool is_kernel_text(Kernel& kernel, std::string_view path) { return find_file(kernel, path) != nullptr; }

std::vector<std::string_view> kernel_text_paths(Kernel& kernel)
{
    std::vector<std::string_view> paths;
    const auto add = [&](const Subsystem& subsystem) {
        for (const auto& file : subsystem.proc_files)
            if (is_there(kernel, file)) paths.push_back(file.path);
    };
    for (const auto* subsystem : kernel_subsystems()) add(*subsystem);
    for (const auto* subsystem : kernel.exports().subsystems) add(*subsystem);
    std::ranges::sort(paths);
    return paths;
}

ErrnoOr<std::string> kernel_text(Kernel& kernel, std::string_view path)
{
    const auto* file = find_file(kernel, path);
    if (!file) return Errno::enoent;
    return file->text(kernel);
}

FileText read_guest_file(Kernel& kernel, std::string_view path, std::size_t limit)
{
    constexpr std::size_t chunk = 4096;
    constexpr unsigned most_reads = 65536; // a module's file may never come to an end
    BufferedUserMemory user(kernel.arch());
    auto* const before = kernel.memory().user_memory();
    kernel.memory().set_user_memory(&user);
    struct Restore {
        AddressSpace& memory;
        UserMemory* user;
        ~Restore() { memory.set_user_memory(user); }
    } restore{kernel.memory(), before};

    const auto name = user.place(path);
    const auto buffer = user.allocate(chunk);
    const auto failed = [&](const Outcome& o) { return o.kind != Outcome::Kind::done || o.result.failed(kernel.arch()); };
    FileText file;
    file.outcome = kernel.scheduler().call({"open", {name.value, 0, 0}, 3}, {true, "cat"});
    if (failed(file.outcome)) return file;
    const auto descriptor = file.outcome.result.word;
    for (unsigned reads = 0; file.text.size() < limit && reads < most_reads; ++reads) {
        file.outcome = kernel.scheduler().call({"read", {descriptor, buffer.value, chunk}, 3}, {true, "cat"});
        if (failed(file.outcome) || !file.outcome.result.word) break;
        const auto bytes = user.buffer(buffer, std::min<std::size_t>(file.outcome.result.word, chunk));
        file.text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    }
    if (file.outcome.kind == Outcome::Kind::done) kernel.scheduler().call({"close", {descriptor}, 1}, {true, "cat"});
    return file;
}

} // namespace retromod
