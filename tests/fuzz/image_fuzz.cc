// SPDX-License-Identifier: GPL-2.0-or-later
// Damages a sound image of the sample module smallfs's file system as the input says, mounts it, reads all that it holds, writes
// into it and unmounts it. Checked: no crash, no leak, no hang of the host, and no more of the host's image than its size is
// written, whatever the image makes of the driver. Input: a byte that chooses the image, then changes of 7 bytes: a place of 16
// bits, how many bytes (1 to 4), their value.
#include "emu/kernel/disk_images.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/scheduler.h"
#include "loader/api/guest_names.h"
#include "loader/boot/core_link.h"
#include "loader/elf/module_file.h"
#include "loader/legacy/insmod.h"
#include "tests/fuzz/booted_machine.h"
#include "tests/overlooked_leaks.h"

#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

using namespace retromod;

namespace {

constexpr std::uint64_t disk_bytes = 64 << 10;
constexpr RunLimits short_run{.blocks = 500'000}; // 250 ms of the guest's time

int image()
{
    static const int descriptor = ::memfd_create("image", 0);
    if (descriptor < 0) std::abort();
    return descriptor;
}

/// tests/file_systems/small_file_system.py made them.
std::vector<std::byte> sound_image(std::size_t number)
{
    constexpr const char* files[] = {"tests/fuzz/images/tree.img", "tests/fuzz/images/empty.img"};
    std::ifstream file(files[number % std::size(files)], std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (text.empty()) std::abort();
    std::vector<std::byte> bytes(disk_bytes);
    std::memcpy(bytes.data(), text.data(), std::min<std::size_t>(text.size(), bytes.size()));
    return bytes;
}

std::vector<std::byte> damaged_image(std::span<const std::uint8_t> input)
{
    constexpr std::size_t change_bytes = 7;
    static const std::vector<std::byte> sound[] = {sound_image(0), sound_image(1)};
    auto image = sound[input.empty() ? 0 : input[0] % std::size(sound)];
    for (std::size_t at = 1; at + change_bytes <= input.size(); at += change_bytes) {
        const std::size_t place = input[at] | input[at + 1] << 8, count = 1 + input[at + 2] % 4;
        std::memcpy(image.data() + place, input.data() + at + 3, std::min(count, image.size() - place));
    }
    return image;
}

void add_disk(Machine& machine)
{
    auto* row = machine.table<DiskImageRow>().insert();
    row->major = 3;
    row->writes_through = 1;
    row->bytes = disk_bytes;
    std::string_view("hda").copy(row->name, sizeof row->name - 1);
    ("/proc/self/fd/" + std::to_string(image())).copy(row->path, sizeof row->path - 1);
}

/// The driver is loaded, and the core is up.
void prepare(Kernel& kernel, BufferedUserMemory& user)
{
    KernelCalls calls(kernel, user);
    KernelSystem system(kernel);
    InsmodOptions options;
    options.file = "smallfs.o";
    options.force = true;
    const TextSinks silent{[](std::string_view) {}, [](std::string_view) {}};
    if (insmod_file(options, read_module_file("images/built/i386/smallfs.o"), calls, system, silent).exit_status) std::abort();
    add_disk(kernel.machine());
    GuestNames names(calls);
    names.make_device_node("/dev/hda");
}

/// Reads and lists what is below a name, a bounded number of entries in all.
void read_below(GuestNames& names, const std::string& path, int depth, int& left)
{
    for (const auto& entry : names.entries(path).value) {
        if (entry.name == "." || entry.name == ".." || left-- <= 0) continue;
        const auto name = path + "/" + entry.name;
        const auto status = names.status(name, FollowLinks::no).value;
        (void)names.link_target(name);
        if (depth < 6 && status.is_directory()) read_below(names, name, depth + 1, left);
        const auto file = names.open(name);
        if (names.failed(file)) continue;
        for (int parts = 0; parts < 8 && !names.read(file.word, 4096).value.empty(); ++parts) {}
        (void)names.close(file.word);
    }
}

void write_into(GuestNames& names)
{
    (void)names.make_directory("/mnt/made", 0755);
    for (const auto path : {"/mnt/made/file", "/mnt/hello.txt", "/mnt/dir/nested.txt"}) {
        const auto file = names.create(path, 0644);
        if (names.failed(file)) continue;
        (void)names.write(file.word, std::string(12'000, 'x'));
        (void)names.close(file.word);
    }
    (void)names.rename("/mnt/dir", "/mnt/made/dir");
    (void)names.remove("/mnt/big");
    (void)names.remove_directory("/mnt/made");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static BootedMachine booted(linked_exports(), prepare);
    const auto bytes = damaged_image({data, size});
    if (::pwrite(image(), bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
    Machine machine(booted.fresh());
    BufferedUserMemory user(machine.arch());
    machine.memory().set_user_memory(&user);
    {
        Kernel kernel(machine, linked_exports());
        KernelCalls calls(kernel, user);
        calls.set_limits(short_run);
        GuestNames names(calls);
        DiskImages disks(machine);
        disks.open_all();
        guarded([&] {
            if (names.failed(names.mount("/dev/hda", "/mnt", "smallfs", 0, ""))) return;
            int left = 100;
            read_below(names, "/mnt", 0, left);
            write_into(names);
        });
        guarded([&] { (void)names.sync(); });
        guarded([&] { (void)names.umount("/mnt"); });
        guarded([&] { kernel.scheduler().settle(2); });
        guarded([&] { disks.write_back(); });
        if (::lseek(image(), 0, SEEK_END) != static_cast<off_t>(disk_bytes)) std::abort();
    }
    machine.memory().set_user_memory(nullptr);
    return 0;
}
