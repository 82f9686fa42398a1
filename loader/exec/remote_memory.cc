// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/exec/remote_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace retromod::exec {
namespace {

/// Two memories never answer under one number: an engine knows a user memory by its address and this.
std::uint64_t next_generation()
{
    static std::uint64_t last = 0;
    return ++last;
}

} // namespace

RemoteMemory::RemoteMemory(const Arch& arch, Wire& wire, std::uint64_t number)
    : arch_(&arch), wire_(wire), number_(number), generation_(next_generation())
{
}

void RemoteMemory::Free::operator()(std::byte* bytes) const { std::free(bytes); }

RemoteMemory::Bytes RemoteMemory::new_page() const
{
    auto* bytes = static_cast<std::byte*>(std::aligned_alloc(arch_->page_bytes, arch_->page_bytes));
    if (!bytes) throw std::bad_alloc();
    std::memset(bytes, 0, arch_->page_bytes);
    return Bytes(bytes);
}

std::span<std::byte> RemoteMemory::bytes(GuestAddr address, Access access)
{
    const auto offset = address.value % arch_->page_bytes;
    const auto* page = find(address.value - offset, access);
    if (!page || offset < page->first || offset >= page->end) return {};
    return {page->content.get() + offset, page->end - offset};
}

/// The page that starts there, if it may be accessed so.
RemoteMemory::Page* RemoteMemory::find(std::uint64_t start, Access access)
{
    auto found = pages_.find(start);
    const bool writes = access == Access::write;
    if (found == pages_.end() || (writes && !found->second.write_asked)) {
        fetch(start, access);
        found = pages_.find(start);
    }
    if (found == pages_.end() || (writes && !found->second.writable)) return nullptr;
    return &found->second;
}

/// Takes over what the supervisor has of that page, and of those behind it that it sends along.
void RemoteMemory::fetch(std::uint64_t start, Access access)
{
    wire_.send(Said::fault, {number_, start, access == Access::write});
    const auto answer = wire_.receive();
    if (!answer || answer->said != Said::page) throw std::runtime_error("exec: the supervisor is gone");
    const auto size = arch_->page_bytes;
    const auto first = answer->words[0], end = first + answer->payload.size();
    const bool writable = answer->words[1];
    for (auto at = first - first % size; at < end; at += size) {
        auto [place, fresh] = pages_.try_emplace(at);
        auto& page = place->second;
        if (fresh) {
            page.content = new_page();
            page.first = std::max(at, first) - at;
            page.end = std::min(at + size, end) - at;
            std::copy_n(answer->payload.data() + (at + page.first - first), page.end - page.first, page.content.get() + page.first);
        }
        if (access != Access::write || at != start) continue;
        page.write_asked = true;
        page.writable = writable;
        if (!writable || page.before) continue;
        page.before = new_page();
        std::memcpy(page.before.get(), page.content.get(), size);
        generation_ = next_generation(); // an engine has it read-only
    }
}

void RemoteMemory::send_changes(std::uint64_t start, const Page& page)
{
    const auto* now = page.content.get();
    const auto* before = page.before.get();
    for (auto at = page.first; at < page.end;) {
        const auto differs = [&](std::uint64_t i) { return now[i] != before[i]; };
        if (!differs(at)) {
            ++at;
            continue;
        }
        auto end = at;
        while (end < page.end && differs(end)) ++end;
        wire_.send(Said::store, {number_, start + at}, {now + at, static_cast<std::size_t>(end - at)});
        at = end;
    }
}

void RemoteMemory::flush()
{
    for (const auto& [start, page] : pages_)
        if (page.before) send_changes(start, page);
    pages_.clear();
    generation_ = next_generation();
}

} // namespace retromod::exec
