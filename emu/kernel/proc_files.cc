// SPDX-License-Identifier: GPL-2.0-or-later
// Files of /proc whose text the kernel makes from what it keeps. Source: fs/proc/proc_misc.c and the seq_file or
// get_*_list function behind each, 2.4.
#include "emu/kernel/proc_files.h"

#include "emu/abi/errno_or.h"
#include "emu/kernel/clock.h"
#include "emu/kernel/crypto_algorithms.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/interrupts.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/kernel_rows.h"
#include "emu/kernel/outcome.h"
#include "emu/kernel/pci_functions.h"
#include "emu/kernel/regions.h"
#include "emu/kernel/registry.h"
#include "emu/kernel/scheduler.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/uts_version.h"
#include "emu/memory/buffered_user_memory.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

std::string name_at(Kernel& kernel, std::uint64_t at) { return at ? kernel.memory().load_string({at}) : std::string("<NULL>"); }

std::string interrupts_text(Kernel& kernel)
{
    std::vector<const InterruptRow*> rows;
    for (auto& row : kernel.machine().table<InterruptRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, [](const InterruptRow* row) { return std::pair(row->line, row->order); });
    std::string text = "           CPU0       \n";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool shared = i && rows[i]->line == rows[i - 1]->line;
        const auto name = name_at(kernel, rows[i]->name);
        if (shared) {
            text.back() = ',';
            text += fmt::format(" {}\n", name);
            continue;
        }
        const auto count = rows[i]->line == 0 ? kernel.clock().jiffies() : 0; // only the timer interrupts
        text += fmt::format("{:3}: {:10}          XT-PIC  {}\n", rows[i]->line, count, name);
    }
    return text + fmt::format("NMI: {:10} \nERR: {:10}\n", 0, 0);
}

std::string dma_text(Kernel& kernel)
{
    std::vector<const DmaRow*> rows;
    for (auto& row : kernel.machine().table<DmaRow>()) rows.push_back(&row);
    std::ranges::sort(rows, {}, &DmaRow::channel);
    std::string text;
    for (const auto* row : rows) text += fmt::format("{:2}: {}\n", row->channel, name_at(kernel, row->name));
    return text;
}

std::string uptime_text(Kernel& kernel)
{
    const auto ticks = kernel.clock().jiffies();
    return fmt::format("{0}.{1:02} {0}.{1:02}\n", ticks / hz, ticks % hz);
}

std::string version_text(Kernel& kernel)
{
    return fmt::format("Linux version {} (retromod) {}\n", kernel.machine().uts_release(), uts_version(kernel.machine()));
}

std::string meminfo_text(Kernel& kernel)
{
    const auto kilobytes = kernel.arch().page_bytes / 1024;
    const auto total = kernel.memory().total_pages() * kilobytes, free = kernel.memory().free_pages() * kilobytes;
    return fmt::format("MemTotal: {:8} kB\nMemFree:  {:8} kB\n", total, free);
}

std::string tainted_text(Kernel& kernel) { return fmt::format("{}\n", kernel.state().tainted); }

struct KernelText {
    std::string_view path;
    std::string (*make)(Kernel&);
    LayoutVersion since = LayoutVersion::v2_2_1;
};

constexpr KernelText kernel_texts[] = {
    {"/proc/crypto", crypto_text, LayoutVersion::v2_4_22},
    {"/proc/devices", devices_text},
    {"/proc/dma", dma_text},
    {"/proc/filesystems", filesystems_text},
    {"/proc/interrupts", interrupts_text},
    {"/proc/iomem", iomem_text},
    {"/proc/ioports", ioports_text},
    {"/proc/meminfo", meminfo_text},
    {"/proc/misc", misc_text},
    {"/proc/modules", proc_modules_text},
    {"/proc/net/dev", net_devices_text},
    {"/proc/pci", pci_text},
    {"/proc/sys/kernel/tainted", tainted_text, LayoutVersion::v2_4_18_14}, // since 2.4.10
    {"/proc/tty/drivers", tty_drivers_text},
    {"/proc/tty/ldiscs", tty_ldiscs_text},
    {"/proc/uptime", uptime_text},
    {"/proc/version", version_text},
};
constexpr std::string_view ksyms_path = "/proc/ksyms"; // alone in that it can fail

} // namespace

bool is_kernel_text(Kernel& kernel, std::string_view path)
{
    return std::ranges::binary_search(kernel_text_paths(kernel), path);
}

std::vector<std::string_view> kernel_text_paths(Kernel& kernel)
{
    std::vector<std::string_view> paths{ksyms_path};
    for (const auto& text : kernel_texts)
        if (kernel.machine().release().layouts >= text.since) paths.push_back(text.path);
    std::ranges::sort(paths);
    return paths;
}

ErrnoOr<std::string> kernel_text(Kernel& kernel, std::string_view path)
{
    if (path == ksyms_path) return proc_ksyms_text(kernel);
    const auto* found = std::ranges::find(kernel_texts, path, &KernelText::path);
    if (found == std::end(kernel_texts) || kernel.machine().release().layouts < found->since) return Errno::enoent;
    return found->make(kernel);
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
