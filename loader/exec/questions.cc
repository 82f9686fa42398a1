// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/questions.h"

#include "emu/kernel/devices.h"
#include "emu/kernel/guest_core.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/proc_files.h"
#include "emu/kernel/proc_tree.h"
#include "emu/kernel/symbols.h"
#include "loader/api/modern_kernel_calls.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>

namespace retromod::exec {
namespace {

constexpr std::uint64_t directory_mode = 0040555, file_mode_bits = 0100444, character_mode = 0020666;

QuestionAnswer failure(Session& session, Errno error) { return {-static_cast<std::int64_t>(errno_number(error, session.arch()))}; }

void append(std::vector<std::byte>& bytes, std::string_view text)
{
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    bytes.insert(bytes.end(), first, first + text.size());
    bytes.push_back(std::byte{0});
}

QuestionAnswer of_text(std::string_view text)
{
    QuestionAnswer answer;
    append(answer.payload, text);
    answer.payload.pop_back();
    return answer;
}

QuestionAnswer of_kind(std::uint64_t mode, std::uint64_t device = 0)
{
    QuestionAnswer answer;
    answer.payload.resize(16);
    std::memcpy(answer.payload.data(), &mode, 8);
    std::memcpy(answer.payload.data() + 8, &device, 8);
    return answer;
}

QuestionAnswer uname(Session& session)
{
    QuestionAnswer answer;
    append(answer.payload, session.system().release());
    append(answer.payload, session.system().version());
    append(answer.payload, session.arch().name == "i386" ? "i686" : session.arch().name);
    return answer;
}

constexpr std::string_view mounts_path = "/proc/mounts"; ///< whose text the core makes

bool has_mounts(Kernel& kernel) { return kernel.machine().single<CoreRow>().base != 0; }

/// The names of an old kernel below /proc or /dev, a directory's with a slash behind it.
std::set<std::string> old_names(Kernel& kernel)
{
    std::set<std::string> names;
    for (const auto path : kernel_text_paths(kernel)) names.emplace(path);
    for (auto& path : proc_listing(kernel)) names.insert(std::move(path));
    if (has_mounts(kernel)) names.emplace(mounts_path);
    return names;
}

/// The mode of an old kernel's file of /proc; 0 where there is none.
std::uint64_t proc_mode(Kernel& kernel, std::string_view path)
{
    if (path == "/proc") return directory_mode;
    if (is_kernel_text(kernel, path) || (path == mounts_path && has_mounts(kernel))) return file_mode_bits;
    const auto root = kernel.symbols().find_variable("proc_root");
    const auto entry = root ? find_proc_entry(kernel, *root, path.substr(6)) : GuestAddr{};
    if (entry) {
        const auto mode = GuestStruct(kernel, "struct proc_dir_entry", entry).get("mode");
        return mode ? mode : file_mode_bits;
    }
    const auto folder = std::string(path) + "/";
    const auto names = old_names(kernel);
    const auto first = names.lower_bound(folder);
    return first != names.end() && first->starts_with(folder) ? directory_mode : 0;
}

QuestionAnswer kind_of_name(Session& session, std::string_view path)
{
    auto& kernel = session.kernel();
    if (kernel.module_loader()) {
        ModernKernelCalls calls(kernel, session.calls());
        if (calls.list_folder(path)) return of_kind(directory_mode);
        const auto text = calls.read_file(path);
        return text ? of_kind(file_mode_bits) : failure(session, text.error());
    }
    if (path == "/dev") return of_kind(directory_mode);
    if (const auto device = find_device(kernel, path)) return of_kind(character_mode, device->major << 8 | device->minor);
    const auto mode = path == "/proc" || path.starts_with("/proc/") ? proc_mode(kernel, path) : 0;
    return mode ? of_kind(mode) : failure(session, Errno::enoent);
}

/// The names right below `path`.
QuestionAnswer list(Session& session, std::string_view path)
{
    auto& kernel = session.kernel();
    QuestionAnswer answer;
    if (kernel.module_loader()) {
        ModernKernelCalls calls(kernel, session.calls());
        const auto names = calls.list_folder(path);
        if (!names) return failure(session, names.error());
        for (const auto& name : *names) append(answer.payload, name);
        return answer;
    }
    std::set<std::string> found;
    const auto folder = std::string(path) + "/";
    for (const auto& name : old_names(kernel)) {
        if (!name.starts_with(folder)) continue;
        const auto rest = std::string_view(name).substr(folder.size());
        if (!rest.empty()) found.emplace(rest.substr(0, rest.find('/')));
    }
    for (const auto& name : found) append(answer.payload, name);
    return found.empty() && path != "/proc" ? failure(session, Errno::enotdir) : answer;
}

QuestionAnswer text(Session& session, std::string_view path)
{
    if (!session.kernel().module_loader()) return failure(session, Errno::enosys);
    const auto found = ModernKernelCalls(session.kernel(), session.calls()).read_file(path);
    return found ? of_text(*found) : failure(session, found.error());
}

} // namespace

bool is_question(std::string_view name) { return name.starts_with('?'); }

QuestionAnswer answer_question(Session& session, std::string_view question, std::string_view subject)
{
    if (question == "?uname") return uname(session);
    if (question == "?kind") return kind_of_name(session, subject);
    if (question == "?list") return list(session, subject);
    if (question == "?text") return text(session, subject);
    if (question == "?clear-log") return session.kernel().log().clear(), QuestionAnswer{};
    if (question == "?log") return of_text(session.kernel().log().text());
    return failure(session, Errno::enosys);
}

} // namespace retromod::exec
