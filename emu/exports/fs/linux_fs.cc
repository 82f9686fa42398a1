// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fs.h and linux/binfmts.h: registering file systems and executable formats, and the file operations that drivers
// share. Source: fs/super.c, fs/exec.c, fs/read_write.c, fs/fcntl.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/exports/fs/filesystems.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_list.h"
#include "emu/kernel/guest_struct.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/ordered_rows.h"
#include "emu/kernel/raised_signals.h"
#include "emu/kernel/trouble.h"

#include <fmt/format.h>

namespace retromod {
namespace {

GuestStruct filesystem(Kernel& kernel, std::uint64_t at) { return {kernel, "struct file_system_type", {at}}; }

FilesystemRow* find_filesystem(Kernel& kernel, std::string_view name)
{
    for (auto* row : ordered_rows<FilesystemRow>(kernel))
        if (filesystem(kernel, row->object).string("name") == name) return row;
    return nullptr;
}

std::int32_t register_filesystem(Kernel& kernel, GuestAddr type)
{
    if (!type) return error_code(kernel, Errno::einval);
    auto fields = filesystem(kernel, type.value);
    if (fields.get("next")) return error_code(kernel, Errno::ebusy);
    if (fields.has("fs_supers")) guest_list::init(kernel, fields.address("fs_supers"));
    if (find_filesystem(kernel, fields.string("name"))) return error_code(kernel, Errno::ebusy);
    const auto before = ordered_rows<FilesystemRow>(kernel);
    auto* row = append_row<FilesystemRow>(kernel);
    if (!row) return error_code(kernel, Errno::ebusy);
    row->object = type.value;
    if (!before.empty()) filesystem(kernel, before.back()->object).set("next", type);
    return 0;
}

std::int32_t unregister_filesystem(Kernel& kernel, GuestAddr type)
{
    std::uint64_t before = 0;
    for (auto* row : ordered_rows<FilesystemRow>(kernel)) {
        if (row->object != type.value) {
            before = row->object;
            continue;
        }
        auto fields = filesystem(kernel, row->object);
        if (before) filesystem(kernel, before).set("next", fields.get("next"));
        fields.set("next", std::uint64_t{0});
        kernel.machine().table<FilesystemRow>().erase(*row);
        return 0;
    }
    return error_code(kernel, Errno::einval);
}

// --- executable formats ---------------------------------------------------------------------------------------------

/// A struct linux_binfmt; fixed format.
struct BinaryFormatRow {
    static constexpr std::string_view table_name = "binary_formats";
    static constexpr std::uint32_t table_capacity = 64;
    std::uint32_t used;
    std::uint32_t order;
    std::uint64_t object;
};

BinaryFormatRow* find_format(Kernel& kernel, GuestAddr format)
{
    return kernel.machine().table<BinaryFormatRow>().find_if([&](const BinaryFormatRow& r) { return r.object == format.value; });
}

std::int32_t register_binfmt(Kernel& kernel, GuestAddr format)
{
    if (!format) return error_code(kernel, Errno::einval);
    if (GuestStruct(kernel, "struct linux_binfmt", format).get("next") || find_format(kernel, format))
        return error_code(kernel, Errno::ebusy);
    auto* row = append_row<BinaryFormatRow>(kernel);
    if (!row) return error_code(kernel, Errno::ebusy);
    row->object = format.value;
    return 0;
}

std::int32_t unregister_binfmt(Kernel& kernel, GuestAddr format)
{
    auto* row = find_format(kernel, format);
    if (!row) return error_code(kernel, Errno::einval);
    kernel.machine().table<BinaryFormatRow>().erase(*row);
    return 0;
}

// --- file operations ------------------------------------------------------------------------------------------------

/// no_llseek: such a file cannot seek. Its result has 64 bits.
std::int64_t no_llseek(Kernel& kernel, GuestAddr, std::int64_t, std::int32_t) { return error_code(kernel, Errno::espipe); }

/// Keeps the list of files that want SIGIO: *list points to struct fasync_struct.
std::int32_t fasync_helper(Kernel& kernel, std::int32_t descriptor, GuestAddr file, std::int32_t on, GuestAddr list)
{
    constexpr std::uint64_t magic = 0x4601; // FASYNC_MAGIC
    auto& memory = kernel.memory();
    auto link = list;
    for (std::size_t steps = 0; const auto at = memory.load_pointer(link); ++steps) {
        if (steps > guest_list::walk_limit) throw KernelHang{"a list of asynchronous readers is a circle"};
        GuestStruct entry(kernel, "struct fasync_struct", at);
        if (entry.pointer("fa_file") != file) {
            link = entry.address("fa_next");
            continue;
        }
        if (on) {
            entry.set("fa_fd", static_cast<std::uint32_t>(descriptor));
        } else {
            memory.store_word(link, entry.get("fa_next"));
            kernel.heap().free(at);
        }
        return 1;
    }
    if (!on) return 0;
    GuestStruct entry(kernel, "struct fasync_struct", new_struct(kernel, "struct fasync_struct"));
    if (!entry.at()) return error_code(kernel, Errno::enomem);
    entry.set("magic", magic);
    entry.set("fa_fd", static_cast<std::uint32_t>(descriptor));
    entry.set("fa_file", file);
    entry.set("fa_next", memory.load_pointer(list));
    memory.store_word(list, entry.at().value);
    return 1;
}

/// SIGIO, or the signal that its owner wished for, to the owner of each file of the list. SIGURG goes only to those who wished
/// for one.
void __kill_fasync(Kernel& kernel, GuestAddr list, std::int32_t signal, std::int32_t)
{
    constexpr std::int32_t sigurg = 23;
    constexpr std::uint32_t sigio = 29;
    for (std::size_t steps = 0; list; ++steps) {
        if (steps > guest_list::walk_limit) throw KernelHang{"a list of asynchronous readers is a circle"};
        const GuestStruct entry(kernel, "struct fasync_struct", list);
        const GuestStruct file(kernel, "struct file", entry.pointer("fa_file"));
        const GuestStruct owner(kernel, "struct fown_struct", file.address("f_owner"));
        const auto wished = static_cast<std::uint32_t>(owner.get("signum"));
        const auto process = owner.get_int("pid");
        if (process && (signal != sigurg || wished)) raise_signal(kernel, process, wished ? wished : sigio);
        list = entry.pointer("fa_next");
    }
}
/// 2.4 takes the place of the list, 2.2 the list.
void kill_fasync(Kernel& kernel, GuestAddr list, std::int32_t signal, std::int32_t band)
{
    __kill_fasync(kernel, kernel.memory().load_pointer(list), signal, band);
}
void kill_fasync_2_2(Kernel& kernel, GuestAddr list, std::int32_t signal) { __kill_fasync(kernel, list, signal, 0); }

constexpr std::uint64_t device_name_bytes = 32;

/// The kernel's buffer for device names; fixed format, one row.
struct NameBufferRow {
    static constexpr std::string_view table_name = "device_name_buffer";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t address;
};

/// bdevname, cdevname: "loop(7,0)".
GuestAddr driver_name(Kernel& kernel, DeviceKind kind, std::uint32_t device, std::string_view unknown)
{
    const GuestAddr buffer{kernel.machine().single<NameBufferRow>().address};
    const auto major = device >> 8 & 0xff;
    const auto* row = find_major(kernel, kind, major);
    const auto name = row && row->name ? kernel.memory().load_string({row->name}) : std::string(unknown);
    store_string(kernel, buffer, fmt::format("{:.{}}({},{})", name, device_name_bytes - sizeof "(255,255)", major, device & 0xff));
    return buffer;
}
GuestAddr bdevname(Kernel& kernel, std::uint32_t device)
{
    return driver_name(kernel, DeviceKind::block, device, "unknown-block");
}
GuestAddr cdevname(Kernel& kernel, std::uint32_t device)
{
    return driver_name(kernel, DeviceKind::character, device, "unknown-char");
}

/// kdevname: "03:01".
GuestAddr kdevname(Kernel& kernel, std::uint32_t device)
{
    const GuestAddr buffer{kernel.machine().single<NameBufferRow>().address};
    store_string(kernel, buffer, fmt::format("{:02x}:{:02x}", device >> 8 & 0xff, device & 0xff));
    return buffer;
}

constexpr Export functions[] = {
    init<register_filesystem>("register_filesystem"),
    full<unregister_filesystem>("unregister_filesystem"),
    init<register_binfmt>("register_binfmt"),
    full<unregister_binfmt>("unregister_binfmt"),
    full<no_llseek>("no_llseek", from(LayoutVersion::v2_4_18_14)),
    full<fasync_helper>("fasync_helper"),
    full<kill_fasync>("kill_fasync", since_2_4),
    full<kill_fasync_2_2>("kill_fasync", only_2_2),
    full<__kill_fasync>("__kill_fasync", since_2_4),
    full<kdevname>("kdevname"),
    full<bdevname>("bdevname"),
    full<cdevname>("cdevname", since_2_4),
};

/// FS_* of include/linux/fs.h, 2.4.
constexpr std::uint64_t fs_requires_dev = 1, fs_nomount = 16, fs_litter = 32;

struct BoardFilesystem {
    std::string_view name;
    std::uint64_t flags;
    std::string_view read_super = {}; ///< of the core
};
constexpr BoardFilesystem board_filesystems[] = {
    {"rootfs", fs_litter, "core_ramfs_read_super"}, {"bdev", fs_nomount}, {"proc", 0}, {"sockfs", fs_nomount},
    {"tmpfs", fs_litter, "core_tmpfs_read_super"}, {"shm", fs_litter, "core_tmpfs_read_super"}, {"pipefs", fs_nomount},
    {"ext2", fs_requires_dev}, {"ramfs", fs_litter, "core_ramfs_read_super"}, {"iso9660", fs_requires_dev}, {"devpts", 0},
};

void boot(Kernel& kernel)
{
    kernel.machine().single<NameBufferRow>().address = kernel.memory().allocate_image(device_name_bytes).value;
    for (const auto& type : board_filesystems) {
        const auto bytes = kernel.layouts().size("struct file_system_type");
        auto fields = filesystem(kernel, kernel.memory().allocate_image(bytes, 8).value);
        fields.clear();
        fields.set("name", kernel_string(kernel, type.name));
        fields.set("fs_flags", type.flags);
        const bool has_core = kernel.machine().release().exports >= LayoutVersion::v2_4_0;
        if (has_core && !type.read_super.empty()) fields.set("read_super", function_address(kernel, type.read_super));
        register_filesystem(kernel, fields.at());
    }
}

void tell(RowVisitor& visitor, const FilesystemRow& row) { visitor.pointer("a struct file_system_type", row.object); }
void tell(RowVisitor& visitor, const BinaryFormatRow& row) { visitor.pointer("a struct linux_binfmt", row.object); }
void tell(RowVisitor& visitor, const NameBufferRow& row) { visitor.block("the buffer of kdevname", row.address); }
constexpr TableKind tables[] = {
    table<FilesystemRow, tell>("/proc/filesystems"),
    table<BinaryFormatRow, tell>("binary formats"),
    table<NameBufferRow, tell>(),
    table<RaisedSignalRow>("signals to programs"),
};
constexpr ProcFile proc_files[] = {proc_file<filesystems_text>("/proc/filesystems")};

} // namespace

extern const Family linux_fs{
    .header = "linux/fs.h", .functions = functions, .boot = boot,
    .keeps = {.proc_files = proc_files, .tables = tables}};

} // namespace retromod
