// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/sample.h"

#include "emu/abi/release.h"
#include "emu/machine/host_path.h"
#include "emu/machine/machine_file.h"
#include "loader/api/machine_path.h"

#include <fmt/format.h>

#include <fcntl.h>

#include <filesystem>
#include <span>

namespace retromod {
namespace {

namespace fs = std::filesystem;

/// The samples that fit the user's machine, the best first. The machine's header alone is read.
std::vector<std::string> folders_for(const Invocation& invocation)
{
    const auto file = open_regular(machine_path(invocation.machine), O_RDONLY);
    MachineHeader header{};
    if (!file || file->read(std::as_writable_bytes(std::span(&header, 1)), 0) != sizeof header) return {"i386"};
    const auto text = [](const auto& field) { return std::string(field, strnlen(field, sizeof field)); };
    const auto* release = find_release(text(header.release));
    const auto arch = text(header.arch);
    if (release && release->modern) return {release->name.starts_with("2.6") ? "2.6.17" : std::string(release->name)};
    if (release && release->is_2_2()) return {arch + "-2.2"};
    return {header.smp ? arch + "-smp" : arch};
}

} // namespace

std::string module_or_sample(const Invocation& invocation, const std::string& file)
{
    std::error_code error;
    if (file.empty() || file.find('/') != file.npos || fs::exists(file, error)) return file;
    if (!file.ends_with(".o") && !file.ends_with(".ko")) return file;
    const auto samples = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path() / "share/retromod/samples";
    for (const auto& folder : folders_for(invocation)) {
        const auto sample = samples / folder / file;
        if (fs::exists(sample, error)) return sample.string();
    }
    return file;
}

} // namespace retromod
