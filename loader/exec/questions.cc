// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/questions.h"

#include "emu/kernel/devices.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/proc_names.h"
#include "loader/api/modern_kernel_calls.h"

#include <algorithm>
#include <cstring>
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
    const auto mode = mode_in_proc(kernel, path);
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
    const auto names = names_in_proc(kernel, path);
    for (const auto& name : names) append(answer.payload, name);
    return names.empty() && path != "/proc" ? failure(session, Errno::enotdir) : answer;
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
    if (question == "?signals") return {}; // they come with any answer
    if (question == "?clear-log") return session.kernel().log().clear(), QuestionAnswer{};
    if (question == "?log") return of_text(session.kernel().log().text());
    return failure(session, Errno::enosys);
}

} // namespace retromod::exec
