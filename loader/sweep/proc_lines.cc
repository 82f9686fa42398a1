// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/sweep/proc_lines.h"

#include "emu/exports/core/caches.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

std::vector<std::string> split_lines(std::string_view text)
{
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (end) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::string whole(std::string line) { return line.substr(0, line.find_last_not_of(' ') + 1); }

/// "  5:          0          XT-PIC  lt0" as "5: XT-PIC lt0".
std::string without_count(std::string line)
{
    const auto colon = line.find(':');
    if (colon == std::string::npos) return {}; // the heading
    const auto kind = line.find_first_not_of(" 0123456789", colon + 1);
    return kind == std::string::npos ? "" : line.substr(0, colon + 1) + " " + line.substr(kind);
}

/// The device of a line of /proc/net/dev; nothing for the headings.
std::string device_name(std::string line)
{
    const auto colon = line.find(':');
    return colon == std::string::npos ? "" : trimmed(line.substr(0, colon));
}

/// "c4831910 uPD98402_init\t[uPD98402]" without the address; the kernel's own
/// symbols do not come and go, and those that insmod adds hold the file's time.
std::string without_address(std::string line)
{
    const auto blank = line.find(' ');
    const bool counts = blank != std::string::npos && line.ends_with(']') && !line.substr(blank + 1).starts_with("__insmod_");
    return counts ? line.substr(blank + 1) : "";
}

struct ProcFile {
    std::string_view name;             ///< below /proc
    std::string (*compared)(std::string); ///< what of a line; nothing: the line does not count
};

constexpr ProcFile proc_files[] = {
    {"devices", whole},        {"filesystems", whole}, {"misc", whole},        {"ioports", whole},
    {"iomem", whole},          {"dma", whole},         {"interrupts", without_count}, {"net/dev", device_name},
    {"tty/drivers", whole},    {"tty/ldiscs", whole},  {"ksyms", without_address}, {"modules", whole},
};

std::vector<std::string> tree_lines(Kernel& kernel)
{
    std::vector<std::string> lines;
    const auto root = kernel.symbols().variable("proc_root");
    for (auto path : proc_listing(kernel)) {
        if (path.ends_with('/')) path.pop_back();
        const auto entry = find_proc_entry(kernel, root, std::string_view(path).substr(sizeof "/proc/" - 1));
        if (entry) lines.push_back(fmt::format("{} {:o}", path, GuestStruct(kernel, "struct proc_dir_entry", entry).get("mode")));
    }
    return lines;
}

std::vector<std::string> cache_names(Kernel& kernel)
{
    std::vector<std::string> names;
    for (const auto& row : kernel.machine().table<CacheRow>()) names.emplace_back(row.name, strnlen(row.name, sizeof row.name));
    return names;
}

} // namespace

ProcSnapshot proc_snapshot(Kernel& kernel)
{
    ProcSnapshot snapshot;
    const auto look = [&](std::string_view name, auto read) {
        try {
            snapshot.lines[std::string(name)] = read();
        } catch (const KernelFault&) {
            if (snapshot.fault.empty()) snapshot.fault = name;
        } catch (const KernelHang&) {
            if (snapshot.fault.empty()) snapshot.fault = name;
        }
    };
    for (const auto& file : proc_files) {
        look(file.name, [&] {
            std::vector<std::string> lines;
            const auto text = kernel_text(kernel, fmt::format("/proc/{}", file.name));
            for (auto& line : split_lines(text ? *text : ""))
                if (auto shown = file.compared(line); !shown.empty()) lines.push_back(std::move(shown));
            return lines;
        });
    }
    look("tree", [&] { return tree_lines(kernel); });
    look("slabinfo", [&] { return cache_names(kernel); });
    return snapshot;
}

ProcLines lines_added(const ProcLines& before, const ProcLines& after)
{
    ProcLines added;
    for (const auto& [file, lines] : after) {
        auto known = before.contains(file) ? before.at(file) : std::vector<std::string>();
        for (const auto& line : lines) {
            const auto found = std::ranges::find(known, line);
            if (found == known.end()) added[file].push_back(line);
            else known.erase(found);
        }
    }
    return added;
}

} // namespace retromod
