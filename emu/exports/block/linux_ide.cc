// SPDX-License-Identifier: GPL-2.0-or-later
// linux/ide.h: drivers of IDE devices. The board's interface has no drive. Source: drivers/ide/ide.c of 2.4.18.
#include "emu/exports/answers.h"
#include "emu/kernel/kernel.h"

#include <algorithm>
#include <string>

namespace retromod {
namespace {

/// A struct ide_module_s {type, init, info, next}; fixed format.
struct IdeModuleRow {
    static constexpr std::string_view table_name = "ide_modules";
    static constexpr std::uint32_t table_capacity = 32;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t object;
};

IdeModuleRow* find_module(Kernel& kernel, GuestAddr at)
{
    return kernel.machine().table<IdeModuleRow>().find_if([&](const IdeModuleRow& r) { return r.object == at.value; });
}

std::int32_t ide_register_module(Kernel& kernel, GuestAddr at)
{
    if (find_module(kernel, at)) return 1;
    if (auto* row = kernel.machine().table<IdeModuleRow>().insert()) row->object = at.value;
    return 0;
}
void ide_unregister_module(Kernel& kernel, GuestAddr at)
{
    if (auto* row = find_module(kernel, at)) kernel.machine().table<IdeModuleRow>().erase(*row);
}

/// The n-th drive of a kind that a driver has: there is none.
GuestAddr ide_scan_devices(Kernel&, std::uint32_t, GuestString, GuestAddr, std::int32_t) { return {}; }

/// ide_init_drive_cmd: an empty request for a drive.
void ide_init_drive_cmd(Kernel& kernel, GuestAddr at)
{
    constexpr std::uint64_t drive_command = 5; // IDE_DRIVE_CMD
    GuestStruct request(kernel, "struct request", at);
    request.clear();
    request.set("cmd", drive_command);
}

/// ide_fixstring: the words of an identification in the machine's order, blanks at its ends gone and inside single.
void ide_fixstring(Kernel& kernel, GuestAddr at, std::int32_t bytes, std::int32_t swap)
{
    constexpr std::size_t part = 4096; // so that memory's end is met before ours is taken
    std::string text;
    for (const auto wanted = static_cast<std::size_t>(std::max(bytes, 0)); text.size() < wanted;) {
        const auto done = text.size();
        text.resize(std::min(wanted, done + part));
        kernel.memory().read_all(at + done, std::as_writable_bytes(std::span(text).subspan(done)));
    }
    for (std::size_t i = 0; swap && i + 1 < text.size(); i += 2) std::swap(text[i], text[i + 1]);
    std::string out;
    for (const char c : text) {
        if (!c) break;
        if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
        out += c;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out.resize(text.size());
    kernel.memory().write_all(at, std::as_bytes(std::span(out)));
}

/// For a drive that is there; ours are not, so nothing comes here in the right order.
std::int32_t refuse_drive(Kernel&, GuestAddr, GuestAddr, std::int32_t) { return 1; }

constexpr Export functions[] = {
    init<ide_register_module>("ide_register_module"),
    full<ide_unregister_module>("ide_unregister_module"),
    full<ide_scan_devices>("ide_scan_devices"),
    full<ide_init_drive_cmd>("ide_init_drive_cmd"),
    full<ide_fixstring>("ide_fixstring"),
    full<refuse_drive>("ide_register_subdriver"),
    full<answer<1, GuestAddr>>("ide_unregister_subdriver"),
    inert<do_nothing<GuestAddr, GuestString, std::int32_t, std::int32_t, std::int32_t>>("ide_add_setting"),
};

void tell(RowVisitor& visitor, const IdeModuleRow& row) { visitor.pointer("an ide_module_t", row.object); }
constexpr TableKind tables[] = {table<IdeModuleRow, tell>("IDE modules")};

} // namespace

extern const Family linux_ide{.header = "linux/ide.h", .functions = functions, .keeps = {.tables = tables}};

} // namespace retromod
