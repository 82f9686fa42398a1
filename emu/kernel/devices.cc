// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/devices.h"

#include "emu/kernel/guest_struct.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/module_list.h"
#include "emu/kernel/module_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <vector>

namespace retromod {
namespace {

constexpr std::uint32_t minor_bits = 256;

/// "10:135"; nothing when it is not of that form or a number is above 255.
std::optional<DeviceNumber> parse_number(std::string_view text)
{
    DeviceNumber number;
    const auto* end = text.data() + text.size();
    const auto major = std::from_chars(text.data(), end, number.major);
    if (major.ec != std::errc{} || major.ptr == end || *major.ptr != ':') return std::nullopt;
    const auto minor = std::from_chars(major.ptr + 1, end, number.minor);
    if (minor.ec != std::errc{} || minor.ptr != end) return std::nullopt;
    if (number.major >= minor_bits || number.minor >= minor_bits) return std::nullopt;
    return number;
}

std::string name_at(Kernel& kernel, std::uint64_t at) { return at ? kernel.memory().load_string({at}) : std::string(); }

std::vector<MiscRow*> misc_rows(Kernel& kernel)
{
    std::vector<MiscRow*> rows;
    for (auto& row : kernel.machine().table<MiscRow>()) rows.push_back(&row);
    std::ranges::sort(rows, std::greater{}, &MiscRow::order); // the list's newest entry comes first
    return rows;
}

std::string majors_text(Kernel& kernel, DeviceKind kind)
{
    std::vector<const MajorRow*> rows;
    for (auto& row : kernel.machine().table<MajorRow>())
        if (row.kind == kind) rows.push_back(&row);
    std::ranges::sort(rows, {}, &MajorRow::major);
    std::string text;
    for (const auto* row : rows) text += fmt::format("{:3} {}\n", row->major, name_at(kernel, row->name));
    return text;
}

} // namespace

MajorRow* find_major(Kernel& kernel, DeviceKind kind, std::uint32_t major)
{
    return kernel.machine().table<MajorRow>().find_if([&](const MajorRow& r) { return r.kind == kind && r.major == major; });
}

GuestAddr find_misc(Kernel& kernel, std::uint32_t minor)
{
    for (const auto* row : misc_rows(kernel))
        if (GuestStruct(kernel, "struct miscdevice", {row->device}).get("minor") == minor) return {row->device};
    return {};
}

std::optional<DeviceNumber> find_device(Kernel& kernel, std::string_view path)
{
    constexpr std::string_view by_number = "/dev/char/", by_name = "/dev/";
    if (path.starts_with(by_number)) return parse_number(path.substr(by_number.size()));
    if (!path.starts_with(by_name)) return std::nullopt;
    const auto name = path.substr(by_name.size());
    for (const auto* row : misc_rows(kernel)) {
        const GuestStruct device(kernel, "struct miscdevice", {row->device});
        if (device.string("name") == name) return DeviceNumber{misc_major, static_cast<std::uint32_t>(device.get("minor"))};
    }
    for (const auto& row : kernel.machine().table<MajorRow>())
        if (row.kind == DeviceKind::character && name_at(kernel, row.name) == name) return DeviceNumber{row.major, 0};
    return std::nullopt;
}

std::optional<DeviceNumber> find_numbered_device(Kernel& kernel, std::string_view path)
{
    constexpr std::size_t most_digits = 3; // a minor has 8 bits
    const auto digits = path.size() - (path.find_last_not_of("0123456789") + 1);
    if (digits == 0 || digits > most_digits || digits == path.size()) return std::nullopt;
    unsigned minor = 0;
    std::from_chars(path.data() + path.size() - digits, path.data() + path.size(), minor);
    auto device = find_device(kernel, path.substr(0, path.size() - digits));
    if (!device || device->major == misc_major || minor > 255) return std::nullopt;
    device->minor = minor;
    return device;
}

std::vector<std::pair<std::string, DeviceNumber>> named_devices(Kernel& kernel)
{
    std::map<std::string, DeviceNumber> found;
    for (const auto* row : misc_rows(kernel)) {
        const GuestStruct device(kernel, "struct miscdevice", {row->device});
        found.emplace(device.string("name"), DeviceNumber{misc_major, static_cast<std::uint32_t>(device.get("minor"))});
    }
    for (const auto& row : kernel.machine().table<MajorRow>())
        if (row.kind == DeviceKind::character && row.operations)
            found.emplace(name_at(kernel, row.name), DeviceNumber{row.major, 0});
    return {found.begin(), found.end()};
}

bool hold_module(Kernel& kernel, GuestAddr at)
{
    if (!at) return true;
    auto module = kernel.modules().view(at);
    if (module.flag(module_flag::deleted)) return false;
    module.set_usecount(module.usecount() + 1);
    module.set_flag(module_flag::visited | module_flag::used_once);
    return true;
}

void release_module(Kernel& kernel, GuestAddr at)
{
    if (!at) return;
    auto module = kernel.modules().view(at);
    module.set_usecount(module.usecount() - 1);
    module.set_flag(module_flag::visited);
}

std::string devices_text(Kernel& kernel)
{
    return "Character devices:\n" + majors_text(kernel, DeviceKind::character) + "\nBlock devices:\n"
           + majors_text(kernel, DeviceKind::block);
}

std::string misc_text(Kernel& kernel)
{
    std::string text;
    for (const auto* row : misc_rows(kernel)) {
        const GuestStruct device(kernel, "struct miscdevice", {row->device});
        text += fmt::format("{:3} {}\n", device.get("minor"), device.string("name"));
    }
    return text;
}

} // namespace retromod
