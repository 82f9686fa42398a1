// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/tools/commands.h"

#include "loader/tools/module_commands.h"
#include "loader/tools/terminal.h"

#include <fmt/format.h>

#include <algorithm>

namespace retromod {
namespace {

constexpr Command table[] = {
    {"boot", "make a machine: release, architecture, memory", boot_command},
    {"status", "what machine there is, and what goes on in it", status_command},
    {"shutdown", "remove the machine", shutdown_command},
    {"snapshot", "save, restore, list and compare copies of the machine", snapshot_command},
    {"fsck", "check the machine's file, and repair it", fsck_command},

    {"insmod", "load a module, as modutils 2.4 does", insmod_command},
    {"modprobe", "load modules with what they need", modprobe_command},
    {"depmod", "find out which module needs which", depmod_command},
    {"kmod", "list modules, show static device nodes, as kmod does", kmod_command},
    {"rmmod", "unload modules, as modutils 2.4 does", rmmod_command},
    {"lsmod", "list the loaded modules", lsmod_command},
    {"ksyms", "list exported symbols", ksyms_command},
    {"modinfo", "show what a module file says of itself", modinfo_command},

    {"shell", "open a shell in which all of these names are ours", shell_command},
    {"genksyms", "make versions of exported symbols from preprocessed C", genksyms_command},
    {"kallsyms", "make an object of a kernel's symbols, to be linked into it", kallsyms_command},

    {"dmesg", "show the kernel's log", dmesg_command},
    {"syslog", "show what insmod -s and modprobe on the kernel's behalf said", syslog_command},
    {"cat", "show files of the guest", cat_command},
    {"disk", "image files of the host as disks of the machine", disk_command},
    {"mount", "mount a file system in the guest, through its driver", mount_command},
    {"umount", "unmount a file system", umount_command},
    {"ls", "list files of the guest", ls_command},
    {"cp", "copy files out of the guest, and into it", cp_command},
    {"mkdir", "make directories in the guest", mkdir_command},
    {"mknod", "make a device node or a named pipe in the guest", mknod_command},
    {"rm", "remove files of the guest", rm_command},
    {"df", "show the space of a file system of the guest", df_command},
    {"read", "read from a device of the guest", read_command},
    {"write", "write to a device of the guest", write_command},
    {"ioctl", "ioctl on a device of the guest", ioctl_command},
    {"run", "let virtual time pass", run_command},
    {"irq", "let a device interrupt", irq_command},
    {"exec", "run a program of the host whose kernel is the machine", exec_command},

    {"trace", "run a command, showing system calls and kernel functions called", trace_command},
    {"gdb", "run a command, stopped where gdb wants the guest to stop", gdb_command},
    {"explain", "say why a module is refused, without loading it", explain_command},
    {"layout", "show a loaded module's struct module, field by field", layout_command},
    {"disasm", "disassemble a module file or a loaded module", disasm_command},
    {"report", "make a page of a load, a machine or a sweep, to look at", report_command},
    {"compare", "do the same under the old and the new module ABI, in two columns", compare_command},
    {"cc", "compile a module's source, with our headers and its kernel's flags", cc_command},
    {"new", "make the skeleton of a module, with a scenario and a Makefile", new_command},
    {"test", "run a folder's scenario files and scripts as tests", test_command},
    {"record", "write the system calls of commands, and what they answer, as a scenario", record_command},
    {"replay", "do recorded system calls again, and compare what they answer", replay_command},
    {"sweep", "load every module of a folder, each in a machine of its own", sweep_command},
};

} // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::string_view name)
{
    const auto found = std::ranges::find(table, name, &Command::name);
    return found == std::end(table) ? nullptr : found;
}

void complain(std::string_view text)
{
    std::fflush(stdout); // in the order in which things happened, where both go to one place
    fmt::print(stderr, "{} {}\n", coloured("retromod:", Colour::red, stderr), text);
}

} // namespace retromod
