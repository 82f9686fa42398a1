// SPDX-License-Identifier: GPL-2.0-or-later
// User memory as the kernel copies it. Source: asm/uaccess.h, arch/*/lib/usercopy.c.
#include "emu/kernel/user_access.h"

#include "emu/kernel/address_limit.h"

#include <algorithm>
#include <array>

namespace retromod {

bool UserAccess::access_ok(GuestAddr from, std::uint64_t bytes)
{
    const auto rule = address_limit(machine_.arch(), machine_.release().exports);
    const auto* current = threads_.current();
    const auto limit = current && current->task ? threads_.task_field({current->task}, rule.member) : rule.user;
    // On m68k users have an address space of their own: here nothing of theirs is where the kernel is.
    const bool shares_addresses = machine_.arch().page_offset < machine_.arch().task_size;
    if (shares_addresses && limit == rule.user && !machine_.memory().is_user(from)) return false;
    return rule.allows(machine_.arch(), limit, from.value, bytes);
}

std::uint64_t UserAccess::copy_from(std::span<std::byte> into, GuestAddr from)
{
    if (into.empty()) return 0;
    const auto done = access_ok(from, into.size()) ? machine_.memory().read(from, into) : 0;
    std::ranges::fill(into.subspan(done), std::byte{0});
    return into.size() - done;
}

std::uint64_t UserAccess::copy_from(GuestAddr into, GuestAddr from, std::uint64_t bytes)
{
    if (!access_ok(from, bytes)) {
        machine_.memory().fill(into, bytes, std::byte{0});
        return bytes;
    }
    std::uint64_t done = 0;
    while (done < bytes) {
        const auto source = machine_.memory().bytes(from + done, Access::read);
        if (source.empty()) break;
        const auto part = source.first(std::min<std::uint64_t>(source.size(), bytes - done));
        machine_.memory().write_all(into + done, part);
        done += part.size();
    }
    if (done < bytes) machine_.memory().fill(into + done, bytes - done, std::byte{0});
    return bytes - done;
}

std::uint64_t UserAccess::copy_to(GuestAddr to, std::span<const std::byte> from)
{
    if (from.empty()) return 0;
    const auto done = access_ok(to, from.size()) ? machine_.memory().write(to, from) : 0;
    return from.size() - done;
}

bool UserAccess::put_word(GuestAddr to, std::uint64_t value)
{
    std::array<std::byte, 8> buffer;
    const auto bytes = std::span(buffer).first(machine_.arch().word_bytes);
    store_unsigned(bytes.data(), machine_.arch().word_bytes, machine_.arch().order, value);
    // A word is stored whole or not at all.
    if (!access_ok(to, bytes.size())) return false;
    if (machine_.memory().bytes(to, Access::write).size() < bytes.size()) {
        for (std::uint64_t i = 0; i < bytes.size(); ++i)
            if (machine_.memory().bytes(to + i, Access::write).empty()) return false;
    }
    return machine_.memory().write(to, bytes) == bytes.size();
}

std::optional<std::uint64_t> UserAccess::get_word(GuestAddr from)
{
    std::array<std::byte, 8> buffer;
    const auto bytes = std::span(buffer).first(machine_.arch().word_bytes);
    if (!access_ok(from, bytes.size()) || machine_.memory().read(from, bytes) != bytes.size()) return std::nullopt;
    return load_unsigned(bytes.data(), machine_.arch().word_bytes, machine_.arch().order);
}

// Source: get_mod_name and getname of kernel/module.c and fs/namei.c: one page is taken for the name first.
ErrnoOr<std::string> UserAccess::get_mod_name(GuestAddr user)
{
    constexpr std::size_t name_page = 4096;
    if (machine_.release().rules->checks_name_pointer && !access_ok(user, 1)) return Errno::efault;
    if (!heap_.allows(AllocationKind::page)) return Errno::enomem;
    std::string name;
    while (name.size() < name_page) {
        const auto source = access_ok(user + name.size(), 1) ? machine_.memory().bytes(user + name.size(), Access::read)
                                                             : std::span<std::byte>();
        if (source.empty()) return Errno::efault;
        const auto part = source.first(std::min(source.size(), name_page - name.size()));
        const auto nul = std::ranges::find(part, std::byte{0});
        name.append(reinterpret_cast<const char*>(part.data()), static_cast<std::size_t>(nul - part.begin()));
        if (nul == part.end()) continue;
        if (name.empty()) return Errno::einval;
        return name;
    }
    return Errno::enametoolong;
}

} // namespace retromod
