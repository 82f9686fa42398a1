// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/memory/guest_window.h"

#include <sys/mman.h>

#include <algorithm>
#include <map>
#include <mutex>

#ifndef MREMAP_DONTUNMAP // Linux 5.7, of files 5.13
#define MREMAP_DONTUNMAP 4
#endif

namespace retromod {
namespace {

std::mutex mutex;
std::map<const std::byte*, std::unique_ptr<GuestWindow>>& windows()
{
    static std::map<const std::byte*, std::unique_ptr<GuestWindow>> by_mapping;
    return by_mapping;
}

} // namespace

std::unique_ptr<GuestWindow> GuestWindow::reserve()
{
    // The alignment is found inside a reservation of twice the size, whose ends are given back.
    constexpr auto whole = 2 * bytes + 2 * guard_bytes;
    void* const memory = ::mmap(nullptr, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    const auto start = reinterpret_cast<std::uint64_t>(memory);
    const auto base = round_up(start + guard_bytes, bytes);
    if (base - guard_bytes > start) ::munmap(memory, base - guard_bytes - start);
    const auto end = base + bytes + guard_bytes;
    if (start + whole > end) ::munmap(reinterpret_cast<void*>(end), start + whole - end);
    return std::unique_ptr<GuestWindow>(new GuestWindow(reinterpret_cast<std::byte*>(base)));
}

GuestWindow::~GuestWindow() { ::munmap(base_ - guard_bytes, bytes + 2 * guard_bytes); }

// The old place stays mapped: a hole there could become somebody else's, and go with the mapping.
bool GuestWindow::move_in(std::byte* from, const Part& part)
{
    constexpr int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
    return ::mremap(from + part.offset, part.bytes, part.bytes, flags, base_ + part.start.value) != MAP_FAILED;
}

GuestWindow* GuestWindow::adopt(std::span<std::byte> mapping, std::span<const Part> parts)
{
    auto window = reserve();
    if (!window) return nullptr;
    for (const auto& part : parts)
        if (!window->move_in(mapping.data(), part)) return nullptr; // the first, or none: the parts are of one mapping
    const std::lock_guard lock(mutex);
    auto& place = windows()[mapping.data()];
    place = std::move(window);
    return place.get();
}

GuestWindow* GuestWindow::of(const std::byte* mapping)
{
    const std::lock_guard lock(mutex);
    const auto found = windows().find(mapping);
    return found == windows().end() ? nullptr : found->second.get();
}

GuestWindow* GuestWindow::holding(const std::byte* host)
{
    const std::lock_guard lock(mutex);
    const auto holds = [&](const auto& row) { return host >= row.second->base() && host < row.second->base() + bytes; };
    const auto found = std::ranges::find_if(windows(), holds);
    return found == windows().end() ? nullptr : found->second.get();
}

void GuestWindow::release(const std::byte* mapping)
{
    const std::lock_guard lock(mutex);
    windows().erase(mapping);
}

} // namespace retromod
