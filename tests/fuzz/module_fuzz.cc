// SPDX-License-Identifier: GPL-2.0-or-later
// Takes the input as a module, loads it into a machine in memory and lets it do what it does: init, time, what /proc shows of
// it, cleanup, and another module after it. Checked: no crash, no leak, no hang of the host, whatever the module did to its
// kernel. Half of the mutations keep the file a module and change what its sections hold: code, data, relocations.
// Seeds: the sample modules.
#include "emu/exports/standard_exports.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/left_behind.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"
#include "loader/api/kernel_calls.h"
#include "loader/elf/constants.h"
#include "loader/elf/elf_file.h"
#include "loader/elf/module_file.h"
#include "loader/legacy/insmod.h"
#include "tests/fuzz/booted_machine.h"
#include "tests/overlooked_leaks.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <vector>

using namespace retromod;

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

constexpr RunLimits short_run{.blocks = 300'000}; // 150 ms of the guest's time

/// The kernel of one input, and what its calls need.
struct World {
    Machine machine;
    BufferedUserMemory user;
    Kernel kernel;
    KernelCalls calls;
    KernelSystem system;

    explicit World(std::span<std::byte> bytes)
        : machine(bytes), user(machine.arch()), kernel(machine, standard_exports()), calls(kernel, user), system(kernel)
    {
        machine.memory().set_user_memory(&user);
        calls.set_limits(short_run);
    }
    ~World() { machine.memory().set_user_memory(nullptr); }

    std::optional<LoadReport> insmod(std::span<const std::byte> bytes)
    {
        std::optional<LoadReport> report;
        guarded([&] {
            InsmodOptions options;
            options.file = "fuzzed.o";
            options.force = true;
            options.bind_unresolved = [&](std::string_view name) { return std::optional(kernel.symbols().bind_trap(name)); };
            const TextSinks silent{[](std::string_view) {}, [](std::string_view) {}};
            ModuleFile file;
            file.path = options.file;
            file.bytes.assign(bytes.begin(), bytes.end());
            report = insmod_file(options, ProblemOr<ModuleFile>(std::move(file)), calls, system, silent).report;
        });
        return report;
    }
};

const std::vector<std::byte>& good_module()
{
    static const auto file = read_module_file("images/built/i386/hello.o");
    if (!file) std::abort();
    return file->bytes;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static BootedMachine booted(standard_exports(), [](Kernel&, BufferedUserMemory&) {});
    World world(booted.fresh());
    const auto report = world.insmod(std::as_bytes(std::span(data, size)));
    guarded([&] { world.kernel.scheduler().settle(5); });
    for (const auto path : kernel_text_paths(world.kernel)) guarded([&] { (void)kernel_text(world.kernel, path); });
    guarded([&] { (void)proc_listing(world.kernel); });
    guarded([&] { (void)world.calls.delete_module("fuzzed"); });
    if (report) (void)left_behind(world.kernel, {report->base, report->size});
    guarded([&] { (void)world.calls.delete_module(std::nullopt); });
    world.insmod(good_module());
    guarded([&] { world.kernel.scheduler().settle(2); });
    return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed)
{
    std::minstd_rand random(seed);
    const auto file = ElfFile::open(std::as_bytes(std::span(data, size)));
    if (random() % 2 || !file) return LLVMFuzzerMutate(data, size, most);
    std::vector<ElfFile::Section> sections;
    for (const auto& section : file->sections())
        if (!section.contents.empty() && section.type != elf::sht_strtab) sections.push_back(section);
    if (sections.empty()) return LLVMFuzzerMutate(data, size, most);
    const auto& chosen = sections[random() % sections.size()];
    for (unsigned changes = 1 + random() % 8; changes; --changes) {
        auto& byte = data[chosen.file_offset + random() % chosen.contents.size()];
        switch (random() % 3) {
        case 0: byte = static_cast<std::uint8_t>(random()); break;
        case 1: byte ^= static_cast<std::uint8_t>(1u << random() % 8); break;
        default: byte = data[chosen.file_offset + random() % chosen.contents.size()]; // one that may mean something
        }
    }
    return size;
}
