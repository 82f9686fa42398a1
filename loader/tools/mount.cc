// SPDX-License-Identifier: GPL-2.0-or-later
// retromod mount [-t TYPE] [-o OPTIONS] [IMAGE|DEVICE DIR]: mounts a file system in the guest, through its driver; without
// arguments the mounts that there are.
#include "emu/kernel/disk_images.h"
#include "loader/api/guest_names.h"
#include "loader/legacy/messages.h"
#include "loader/tools/commands.h"
#include "loader/tools/disk_choice.h"
#include "loader/tools/options.h"
#include "loader/tools/tool_session.h"

#include <fmt/format.h>

#include <filesystem>

namespace retromod {
namespace {

/// Options that are flags of the call. Source: include/linux/fs.h of 2.4, mount(8).
struct MountOption {
    std::string_view name;
    std::uint64_t set, cleared;
};
constexpr MountOption mount_options[] = {
    {"ro", 1, 0},       {"rw", 0, 1},      {"nosuid", 2, 0},  {"suid", 0, 2},      {"nodev", 4, 0},      {"dev", 0, 4},
    {"noexec", 8, 0},   {"exec", 0, 8},    {"sync", 16, 0},   {"async", 0, 16},    {"remount", 32, 0},   {"noatime", 1024, 0},
    {"atime", 0, 1024}, {"nodiratime", 2048, 0}, {"bind", 4096, 0}, {"defaults", 0, 0},
};

constexpr std::uint64_t magic_flags = 0xc0ed0000; // MS_MGC_VAL, as mount(8) of the time

/// Splits "ro,codepage=437" into flags and what the file system reads itself.
std::uint64_t split_options(std::string_view text, std::string& rest)
{
    auto flags = magic_flags;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const MountOption* known = nullptr;
        for (const auto& option : mount_options)
            if (option.name == word) known = &option;
        if (known) flags = (flags | known->set) & ~known->cleared;
        else rest += (rest.empty() ? "" : ",") + std::string(word);
    }
    return flags;
}

} // namespace

int mount_command(const Invocation& invocation)
{
    std::string type, words;
    std::vector<std::string> what;
    bool write = false;
    Options options(invocation);
    options.value("-t,--type", type, "type of the file system, as its driver registers it")
        .value("-o,--options", words, "options, separated by commas: ro, remount, and the file system's own")
        .flag("--write", write, "what is written to IMAGE goes to the file; else it stays in the machine")
        .rest("SOURCE", what, "IMAGE of the host or /dev/NAME of the guest, and the directory (made below / where it is missing)");
    if (const auto wrong = options.parse()) return *wrong;
    if (what.empty()) {
        ToolSession session(invocation, Purpose::change);
        return run_in_session(session, [&] {
            fmt::print("{}", GuestNames(session->calls()).mounts());
            return 0;
        });
    }
    std::string rest;
    const auto flags = split_options(words, rest);
    const bool changes = flags & (32 | 4096); // remount, bind
    if (what.size() != 2 || (type.empty() && !changes)) {
        complain("mount: -t TYPE IMAGE|DEVICE DIR");
        return exit_status::usage;
    }
    ToolSession session(invocation, Purpose::change);
    auto source = what[0];
    std::error_code error;
    const bool is_image = !changes && !source.starts_with("/dev/") && std::filesystem::exists(source, error);
    if (!is_image && !changes && source.find('/') != source.npos && !source.starts_with("/dev/")) {
        complain(fmt::format("mount: {}: no such file", source));
        return exit_status::failure;
    }
    std::string added;
    if (is_image) {
        added = add_disk(*session, source, std::nullopt, write);
        source = "/dev/" + added;
        session.commit();
    }
    const int status = run_in_session(session, [&] {
        session.let_calls_wait();
        GuestNames names(session->calls());
        names.make_device_node(source);
        if (!changes && names.failed(names.status(what[1], FollowLinks::yes).result)) names.make_directories(what[1], 0755);
        const auto result = names.mount(source, what[1], type, flags, rest);
        if (!names.failed(result)) return 0;
        complain(fmt::format("mount: {} on {}: {}", what[0], what[1], error_text(result, names.arch())));
        return exit_status::failure;
    });
    if (status != 0 && !added.empty()) {
        DiskImages disks(session->machine());
        if (auto* disk = disks.find(added)) disks.remove(*disk);
        session.commit();
    }
    return status;
}

int umount_command(const Invocation& invocation)
{
    std::string directory;
    Options options(invocation);
    options.positional("DIR", directory, "where the file system is mounted");
    if (const auto status = options.parse()) return *status;
    ToolSession session(invocation, Purpose::change);
    return run_in_session(session, [&] {
        session.let_calls_wait();
        GuestNames names(session->calls());
        const auto result = names.umount(directory);
        if (!names.failed(result)) return 0;
        complain(fmt::format("umount: {}: {}", directory, error_text(result, names.arch())));
        return exit_status::failure;
    });
}

} // namespace retromod
