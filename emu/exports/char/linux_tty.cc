// SPDX-License-Identifier: GPL-2.0-or-later
// linux/tty.h, linux/tty_driver.h, linux/tty_ldisc.h. Terminals of drivers are registered and shown, not opened.
// Source: drivers/char/tty_io.c of 2.4.
#include "emu/exports/char/tty_drivers.h"
#include "emu/exports/family.h"
#include "emu/exports/fs/proc_entries.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/ordered_rows.h"

#include <vector>

namespace retromod {
namespace {

constexpr std::uint64_t driver_installed = 1; // TTY_DRIVER_INSTALLED

/// /proc/tty/driver/NAME, for a driver that has something to say there.
void add_proc_entry(Kernel& kernel, GuestStruct& driver)
{
    if (!driver.has("proc_entry") || driver.get("proc_entry") || !driver.get("driver_name")) return;
    if (!driver.get("read_proc") && !driver.get("write_proc")) return;
    const auto at = create_proc(kernel, "tty/driver/" + driver.string("driver_name"), 0, {});
    if (!at) return;
    GuestStruct entry(kernel, "struct proc_dir_entry", at);
    for (const auto member : {"read_proc", "write_proc"}) entry.set(member, driver.get(member));
    entry.set("data", driver.at());
    driver.set("proc_entry", at);
}
void remove_proc_entry(Kernel& kernel, GuestStruct& driver)
{
    if (!driver.has("proc_entry") || !driver.get("proc_entry")) return;
    remove_proc(kernel, "tty/driver/" + driver.string("driver_name"), {});
    driver.set("proc_entry", std::uint64_t{0});
}

std::int32_t tty_register_driver(Kernel& kernel, GuestAddr at)
{
    GuestStruct driver(kernel, "struct tty_driver", at);
    if (driver.get("flags") & driver_installed) return 0;
    auto majors = kernel.machine().table<MajorRow>();
    auto major = static_cast<std::uint32_t>(driver.get("major"));
    auto* known = major ? find_major(kernel, DeviceKind::character, major) : nullptr;
    // The kernel's own terminal drivers share majors with others: all of them have the kernel's operations.
    if (known && known->operations) return error_code(kernel, Errno::ebusy);
    if (!known) {
        if (!major)
            for (major = 254; major && find_major(kernel, DeviceKind::character, major);) --major;
        auto* row = majors.insert();
        if (!row || !major) return error_code(kernel, Errno::ebusy);
        row->kind = DeviceKind::character;
        row->major = major;
        row->name = driver.get("name");
        driver.set("major", major);
    }
    auto* row = append_row<TtyDriverRow>(kernel);
    if (!row) return error_code(kernel, Errno::enomem);
    row->object = at.value;
    driver.set("flags", driver.get("flags") | driver_installed);
    add_proc_entry(kernel, driver);
    return 0;
}

std::int32_t tty_unregister_driver(Kernel& kernel, GuestAddr at)
{
    GuestStruct driver(kernel, "struct tty_driver", at);
    // A driver without a counter is an oops, as the kernel follows the pointer unasked.
    if (kernel.memory().load<std::int32_t>(driver.pointer("refcount"))) return error_code(kernel, Errno::ebusy);
    auto rows = kernel.machine().table<TtyDriverRow>();
    auto* row = rows.find_if([&](const TtyDriverRow& r) { return r.object == at.value; });
    if (!row) return error_code(kernel, Errno::enoent);
    rows.erase(*row);
    driver.set("flags", driver.get("flags") & ~driver_installed);
    remove_proc_entry(kernel, driver);
    const auto major = driver.get("major");
    const bool shared = rows.find_if([&](const TtyDriverRow& r) {
        return GuestStruct(kernel, "struct tty_driver", {r.object}).get("major") == major;
    });
    auto* known = find_major(kernel, DeviceKind::character, static_cast<std::uint32_t>(major));
    if (!shared && known && known->name == driver.get("name")) kernel.machine().table<MajorRow>().erase(*known);
    return 0;
}

constexpr std::uint32_t first_free_discipline = 1, discipline_limit = 16; // above N_TTY, NR_LDISCS
constexpr std::uint64_t discipline_magic = 0x5403, discipline_defined = 1; // TTY_LDISC_MAGIC, LDISC_FLAG_DEFINED

LineDisciplineRow* find_discipline(Kernel& kernel, std::uint32_t number)
{
    return kernel.machine().table<LineDisciplineRow>().find_if([&](const LineDisciplineRow& r) { return r.number == number; });
}

/// Copies the driver's structure, or with NULL forgets the discipline.
std::int32_t tty_register_ldisc(Kernel& kernel, std::int32_t number, GuestAddr discipline)
{
    const auto index = static_cast<std::uint32_t>(number);
    if (index < first_free_discipline || index >= discipline_limit) return error_code(kernel, Errno::einval);
    auto* row = find_discipline(kernel, index);
    if (!discipline) {
        if (row) {
            kernel.heap().free({row->copy});
            kernel.machine().table<LineDisciplineRow>().erase(*row);
        }
        return 0;
    }
    if (!row) {
        row = &kernel.machine().table<LineDisciplineRow>().insert_or_throw();
        row->number = index;
        row->copy = new_struct(kernel, "struct tty_ldisc").value;
    }
    GuestStruct copy(kernel, "struct tty_ldisc", {row->copy});
    std::vector<std::byte> bytes(copy.bytes());
    kernel.memory().read_all(discipline, bytes);
    kernel.memory().write_all(copy.at(), bytes);
    copy.set("flags", copy.get("flags") | discipline_defined);
    copy.set("num", index);
    return 0;
}

void nothing(Kernel&, GuestAddr) {}
void tty_wait_until_sent(Kernel&, GuestAddr, Long) {}
std::int32_t tty_check_change(Kernel&, GuestAddr) { return 0; }
void tty_devfs(Kernel&, GuestAddr, std::uint32_t, std::uint32_t) {}

/// tty_get_baud_rate: B0 to B38400 by the low bits of c_cflag, the fast ones behind CBAUDEX.
std::int32_t tty_get_baud_rate(Kernel& kernel, GuestAddr tty)
{
    constexpr std::int32_t rates[] = {0,    50,   75,   110,  134,   150,   200,   300,    600,    1200,   1800,
                                      2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 500000};
    const GuestStruct termios(kernel, "struct termios", GuestStruct(kernel, "struct tty_struct", tty).pointer("termios"));
    const auto flags = termios.get("c_cflag");
    const auto index = flags & 0x1000 ? (flags & 15) + 15 : flags & 15;
    return index < std::size(rates) ? rates[index] : 0;
}

constexpr Export functions[] = {
    init<tty_register_driver>("tty_register_driver"),
    full<tty_unregister_driver>("tty_unregister_driver"),
    init<tty_register_ldisc>("tty_register_ldisc"),
    inert<tty_devfs>("tty_register_devfs", since_2_4),
    inert<tty_devfs>("tty_unregister_devfs", since_2_4),
    inert<nothing>("tty_hangup"),
    inert<nothing>("do_SAK"),
    inert<nothing>("tty_flip_buffer_push"),
    inert<tty_wait_until_sent>("tty_wait_until_sent"),
    inert<tty_check_change>("tty_check_change"),
    full<tty_get_baud_rate>("tty_get_baud_rate"),
};

/// ICRNL|IXON, OPOST|ONLCR, B38400|CS8|CREAD|HUPCL, the usual local flags, INIT_C_CC.
void init_std_termios(Kernel& kernel, GuestAddr at)
{
    GuestStruct termios(kernel, "struct termios", at);
    termios.set("c_iflag", std::uint64_t{0x500});
    termios.set("c_oflag", std::uint64_t{0x5});
    termios.set("c_cflag", std::uint64_t{0x4bf});
    termios.set("c_lflag", std::uint64_t{0x8a3b});
    constexpr std::uint8_t characters[] = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22};
    for (unsigned i = 0; i < std::size(characters); ++i)
        kernel.memory().store<std::uint8_t>(termios.address("c_cc") + i, characters[i]);
}

constexpr DataExport data[] = {
    {"tty_std_termios", [](Kernel& kernel) -> std::uint64_t { return kernel.layouts().size("struct termios"); }, init_std_termios},
};

struct BoardTty {
    std::string_view driver, name;
    std::uint32_t major, first, count, type, subtype;
};
constexpr BoardTty board_ttys[] = {
    {"serial", "cua", 5, 64, 64, 3, 2},         {"serial", "ttyS", 4, 64, 64, 3, 1},
    {"pty_slave", "pts", 136, 0, 256, 4, 2},    {"pty_master", "ptm", 128, 0, 256, 4, 1},
    {"pty_slave", "ttyp", 3, 0, 256, 4, 2},     {"pty_master", "pty", 2, 0, 256, 4, 1},
    {"unknown", "vc/%d", 4, 1, 63, 2, 0},       {"/dev/ptmx", "ptmx", 5, 2, 1, 1, 0},
    {"/dev/console", "console", 5, 1, 1, 1, 2}, {"/dev/tty", "tty", 5, 0, 1, 1, 1},
};

void add_board_terminals(Kernel& kernel)
{
    for (const auto& tty : board_ttys) {
        GuestStruct driver(kernel, "struct tty_driver",
                           kernel.memory().allocate_image(kernel.layouts().size("struct tty_driver"), 8));
        driver.clear();
        if (driver.has("driver_name")) driver.set("driver_name", kernel_string(kernel, tty.driver));
        driver.set("name", kernel_string(kernel, tty.name));
        driver.set("major", tty.major);
        driver.set("minor_start", tty.first);
        driver.set("num", tty.count);
        driver.set("type", tty.type);
        driver.set("subtype", tty.subtype);
        if (auto* row = append_row<TtyDriverRow>(kernel)) row->object = driver.at().value;
    }
    auto* row = &kernel.machine().table<LineDisciplineRow>().insert_or_throw(); // N_TTY
    GuestStruct discipline(kernel, "struct tty_ldisc", new_struct(kernel, "struct tty_ldisc"));
    row->copy = discipline.at().value;
    discipline.set("magic", discipline_magic);
    discipline.set("name", kernel_string(kernel, "n_tty"));
}

void tell(RowVisitor& visitor, const TtyDriverRow& row) { visitor.pointer("a struct tty_driver", row.object); }
void tell(RowVisitor& visitor, const LineDisciplineRow& row)
{
    visitor.require(row.number < LineDisciplineRow::table_capacity, "a line discipline has no such number");
    visitor.block("a struct tty_ldisc", row.copy);
}
constexpr TableKind tables[] = {
    table<TtyDriverRow, tell>("/proc/tty/drivers"),
    table<LineDisciplineRow, tell>("/proc/tty/ldiscs"),
};
constexpr ProcFile proc_files[] = {
    proc_file<tty_drivers_text>("/proc/tty/drivers"),
    proc_file<tty_ldiscs_text>("/proc/tty/ldiscs"),
};

} // namespace

extern const Family linux_tty{
    .header = "linux/tty.h", .functions = functions, .data = data, .boot = add_board_terminals,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
