// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/machine_opening.h"

#include "emu/machine/machine_check.h"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>

namespace retromod {

MachineHeader read_machine_header(const HostFile& file)
{
    MachineHeader header;
    if (file.read(std::as_writable_bytes(std::span(&header, 1)), 0) != sizeof header)
        throw MachineDamaged(fmt::format("{} bytes are too short for a machine", file.size()));
    return header;
}

std::optional<MachineHeader> header_if_machine(const HostFile& file)
{
    MachineHeader header{};
    file.read(std::as_writable_bytes(std::span(&header, 1)), 0);
    if (std::string_view(header.magic, sizeof header.magic) != machine_magic) return std::nullopt;
    return header;
}

HostFile open_machine_file(const std::string& path, int flags)
{
    struct stat found;
    if (::stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) { // opening a pipe or device would do something
        errno = S_ISDIR(found.st_mode) ? EISDIR : ENOTSUP;
        HostFile named;
        named.set_path(path);
        named.fail("not a machine file");
    }
    HostFile file(path, flags);
    try {
        check_machine_format(read_machine_header(file), file.size());
    } catch (const MachineDamaged& damage) {
        throw MachineDamaged(path + ": " + damage.what());
    }
    if (::fstat(file.descriptor(), &found) == 0 && found.st_nlink > 1)
        throw MachineDamaged(path + ": this machine has several names (hard links), and locks go by the name");
    return file;
}

std::unique_ptr<Machine> attach_machine(const std::string& path, std::span<std::byte> mapping)
{
    try {
        return std::make_unique<Machine>(mapping);
    } catch (const MachineDamaged& damage) {
        throw MachineDamaged(path + ": " + damage.what());
    }
}

} // namespace retromod
