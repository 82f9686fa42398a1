// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/file.h"

#include "emu/kernel/guest_list.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/processes.h"
#include "emu/kernel/threads.h"

namespace retromod {
namespace {

constexpr std::uint64_t access_modes = 3; // O_ACCMODE

void fill_inode(Kernel& kernel, GuestStruct& inode, const FileRequest& request)
{
    inode.set("i_ino", std::uint64_t{1});
    if (inode.has("i_count.counter")) inode.set("i_count.counter", std::uint64_t{1});
    else inode.set("i_count", std::uint64_t{1});
    inode.set("i_mode", request.mode);
    inode.set("i_nlink", std::uint64_t{1});
    inode.set("i_rdev", std::uint64_t{request.device.major} << 8 | request.device.minor);
    inode.set_if_there("i_fop", request.operations);
    if (request.proc_entry) inode.set_if_there("u.generic_ip", request.proc_entry);
    for (const auto list : {"i_hash", "i_list", "i_dentry", "i_devices"})
        if (inode.has(list)) guest_list::init(kernel, inode.address(list));
}

void fill_dentry(Kernel& kernel, GuestStruct& dentry, GuestAddr inode, const std::string& path)
{
    const auto name = std::string_view(path).substr(path.rfind('/') + 1).substr(0, 15);
    if (dentry.has("d_count.counter")) dentry.set("d_count.counter", std::uint64_t{1});
    dentry.set("d_inode", inode);
    dentry.set("d_parent", dentry.at());
    const auto text = dentry.address("d_iname");
    store_string(kernel, text, name);
    GuestStruct qstr(kernel, "struct qstr", dentry.address("d_name"));
    qstr.set("name", text);
    qstr.set("len", name.size());
}

} // namespace

OpenFileRow* find_open_file(Kernel& kernel, std::uint64_t descriptor)
{
    if (descriptor < first_descriptor || descriptor - first_descriptor >= OpenFileRow::table_capacity) return nullptr;
    return kernel.machine().table<OpenFileRow>().find(static_cast<std::uint32_t>(descriptor) - first_descriptor);
}

OpenFileRow* make_file(Kernel& kernel, const FileRequest& request)
{
    auto* row = kernel.machine().table<OpenFileRow>().insert();
    if (!row) return nullptr;
    row->file = new_struct(kernel, "struct file").value;
    row->inode = new_struct(kernel, "struct inode").value;
    row->dentry = new_struct(kernel, "struct dentry").value;
    row->proc_entry = request.proc_entry;
    row->process = kernel.processes().own();
    row->pid = kernel.threads().current()->pid;
    request.path.copy(row->path, sizeof row->path - 1);
    if (!row->file || !row->inode || !row->dentry) {
        drop_file(kernel, *row);
        return nullptr;
    }
    GuestStruct file(kernel, "struct file", {row->file}), inode(kernel, "struct inode", {row->inode}),
        dentry(kernel, "struct dentry", {row->dentry});
    fill_inode(kernel, inode, request);
    fill_dentry(kernel, dentry, inode.at(), request.path);
    file.set("f_dentry", dentry.at());
    file.set("f_op", request.operations);
    if (file.has("f_count.counter")) file.set("f_count.counter", std::uint64_t{1});
    else file.set("f_count", std::uint64_t{1});
    file.set("f_flags", request.flags);
    file.set("f_mode", (request.flags + 1) & access_modes);
    return row;
}

void drop_file(Kernel& kernel, OpenFileRow& row)
{
    for (const auto object : {row.file, row.inode, row.dentry})
        if (object) kernel.heap().free({object});
    release_module(kernel, {row.owner});
    kernel.machine().table<OpenFileRow>().erase(row);
}

GuestAddr file_operation(Kernel& kernel, const OpenFileRow& row, std::string_view name)
{
    const auto operations = GuestStruct(kernel, "struct file", {row.file}).pointer("f_op");
    if (!operations || !kernel.layouts().has("struct file_operations", name)) return {};
    return GuestStruct(kernel, "struct file_operations", operations).pointer(name);
}

GuestAddr operations_owner(Kernel& kernel, GuestAddr operations)
{
    if (!operations || !kernel.layouts().has("struct file_operations", "owner")) return {};
    return GuestStruct(kernel, "struct file_operations", operations).pointer("owner");
}

bool has_mode(Kernel& kernel, const OpenFileRow& row, std::uint64_t mode)
{
    return GuestStruct(kernel, "struct file", {row.file}).get("f_mode") & mode;
}

} // namespace retromod
