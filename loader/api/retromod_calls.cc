// SPDX-License-Identifier: GPL-2.0-or-later
// The C API: system calls. User memory is the caller's buffers for as long as a call takes, or what it mapped itself.
#include "emu/kernel/module_loader.h"
#include "loader/api/c_function.h"
#include "loader/api/host_file_view.h"

#include <fmt/format.h>

#include <array>

using namespace retromod;

namespace {

std::int64_t call(retromod_machine* machine, std::string_view name, std::array<std::uint64_t, 6> arguments, unsigned count)
{
    return result_of(machine, machine->machine->call({name, arguments, count}));
}

/// Puts a buffer of the caller's into user memory; a null pointer is NULL.
std::uint64_t place(CMachine& machine, const void* content, std::size_t bytes, CUserMemory::Writable writable)
{
    if (!content) return 0;
    const auto at = machine.user().map(std::span(static_cast<const std::byte*>(content), bytes), writable);
    if (!at) throw BadArgument(fmt::format("a buffer of {} bytes is more than the guest's user space holds", bytes));
    return at->value;
}

std::uint64_t place_text(CMachine& machine, const char* text)
{
    return place(machine, text, text ? std::strlen(text) + 1 : 0, CUserMemory::Writable::no);
}

void take(CMachine& machine, std::uint64_t from, void* into, std::size_t bytes)
{
    if (!into) return;
    const auto content = machine.user().bytes({from}, bytes);
    std::memcpy(into, content->data(), content->size());
}

} // namespace

// --- the five calls ---------------------------------------------------------------------------------------------------

std::int64_t retromod_create_module(retromod_machine* machine, const char* name, std::uint64_t size)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        return call(machine, "create_module", {place_text(m, name), m.arch().word(size)}, 2);
    });
}

std::int64_t retromod_init_module(retromod_machine* machine, const char* name, const void* image, std::size_t image_bytes)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto name_at = place_text(m, name);
        return call(machine, "init_module", {name_at, place(m, image, image_bytes, CUserMemory::Writable::no)}, 2);
    });
}

std::int64_t retromod_delete_module(retromod_machine* machine, const char* name)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        return call(machine, "delete_module", {place_text(m, name)}, 1);
    });
}

std::int64_t retromod_query_module(retromod_machine* machine, const char* name, int which, void* buffer, std::size_t buffer_bytes,
                                   std::uint64_t* ret)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto word = m.arch().word_bytes;
        const auto name_at = place_text(m, name);
        const auto buffer_at = place(m, buffer, buffer_bytes, CUserMemory::Writable::yes);
        std::array<std::byte, 8> stored{};
        if (ret) store_unsigned(stored.data(), word, m.arch().order, *ret);
        const auto ret_at = place(m, ret ? stored.data() : nullptr, word, CUserMemory::Writable::yes);
        const auto which_word = m.arch().word(static_cast<std::uint64_t>(std::int64_t{which}));
        const auto result = call(machine, "query_module", {name_at, which_word, buffer_at, m.arch().word(buffer_bytes), ret_at}, 5);
        take(m, buffer_at, buffer, buffer_bytes);
        take(m, ret_at, ret ? stored.data() : nullptr, word);
        if (ret) *ret = load_unsigned(stored.data(), word, m.arch().order);
        return result;
    });
}

std::int64_t retromod_get_kernel_syms(retromod_machine* machine, void* table, std::size_t table_bytes)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto table_at = place(m, table, table_bytes, CUserMemory::Writable::yes);
        const auto result = call(machine, "get_kernel_syms", {table_at}, 1);
        take(m, table_at, table, table_bytes);
        return result;
    });
}

// --- the calls since 2.6 ----------------------------------------------------------------------------------------------

std::int64_t retromod_init_module_image(retromod_machine* machine, const void* image, std::size_t image_bytes, const char* params)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        const auto image_at = place(m, image, image_bytes, CUserMemory::Writable::no);
        return call(machine, "init_module", {image_at, m.arch().word(image_bytes), place_text(m, params)}, 3);
    });
}

std::int64_t retromod_finit_module(retromod_machine* machine, int fd, const char* params, unsigned flags)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        if (!m.session().kernel().module_loader())
            return m.arch().signed_word(SyscallResult::failure(Errno::enosys, m.arch()).word);
        HostFileView files(fd);
        const auto params_at = place_text(m, params);
        return result_of(
            machine,
            m.call({"finit_module", {m.arch().word(static_cast<std::uint64_t>(std::int64_t{fd})), params_at, flags}, 3}, &files));
    });
}

std::int64_t retromod_delete_module_flags(retromod_machine* machine, const char* name, unsigned flags)
{
    return with(machine, [&](CMachine& m) {
        const CUserMemory::Scope scope(m.user());
        return call(machine, "delete_module", {place_text(m, name), flags}, 2);
    });
}

// --- any call ---------------------------------------------------------------------------------------------------------

namespace {

constexpr std::array<std::string_view, 11> system_calls = {
    "create_module", "init_module", "delete_module", "query_module", "get_kernel_syms",
    "open", "close", "read", "write", "lseek", "ioctl",
};

} // namespace

std::int64_t retromod_syscall(retromod_machine* machine, const char* name, const std::uint64_t* arguments, unsigned count)
{
    return with(machine, [&](CMachine& m) {
        if (!name) throw BadArgument("the call's name is NULL");
        std::array<std::uint64_t, 6> words{};
        if (count > words.size()) throw BadArgument(fmt::format("{} arguments: a system call has up to six", count));
        if (count && !arguments) throw BadArgument("the arguments are NULL");
        for (unsigned i = 0; i < count; ++i) words[i] = m.arch().word(arguments[i]);
        if (std::ranges::find(system_calls, std::string_view(name)) == system_calls.end())
            throw BadArgument(fmt::format("no kernel here has a call '{}'", name));
        return call(machine, name, words, count);
    });
}

std::int64_t retromod_user_map(retromod_machine* machine, std::uint64_t bytes, int writable)
{
    return with(machine, [&](CMachine& m) {
        const auto at = m.user().map(bytes, writable ? CUserMemory::Writable::yes : CUserMemory::Writable::no);
        if (!at) throw BadArgument(fmt::format("{} bytes are more than the guest's user space holds", bytes));
        return static_cast<std::int64_t>(at->value);
    });
}

std::int64_t retromod_user_unmap(retromod_machine* machine, std::uint64_t address)
{
    return with(machine, [&](CMachine& m) {
        if (!m.user().unmap({address})) throw BadArgument(fmt::format("no memory was mapped at {:#x}", address));
        return 0;
    });
}

namespace {

std::span<std::byte> mapped_bytes(CMachine& machine, std::uint64_t address, const void* buffer, std::size_t bytes)
{
    const auto found = machine.user().bytes({address}, bytes);
    if (!found) throw BadArgument(fmt::format("{} bytes at {:#x} are not all mapped", bytes, address));
    if (!buffer && bytes) throw BadArgument("the buffer is NULL");
    return *found;
}

} // namespace

std::int64_t retromod_user_write(retromod_machine* machine, std::uint64_t address, const void* from, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) {
        const auto into = mapped_bytes(m, address, from, bytes);
        if (bytes) std::memcpy(into.data(), from, bytes);
        return 0;
    });
}

std::int64_t retromod_user_read(retromod_machine* machine, std::uint64_t address, void* into, std::size_t bytes)
{
    return with(machine, [&](CMachine& m) {
        const auto from = mapped_bytes(m, address, into, bytes);
        if (bytes) std::memcpy(into, from.data(), bytes);
        return 0;
    });
}
