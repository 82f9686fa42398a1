// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/memory/buffered_user_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cassert>
#include <new>
#include <stdexcept>

namespace retromod {
namespace {

/// Above where programs of the time were linked (0x08048000 on i386, 0x00400000 on MIPS).
constexpr GuestAddr first_buffer{0x10000000};

// Blocks of the host that are kept for the next buffer: each call places its arguments anew, and a mapping costs more
// than most calls do.
constexpr std::uint64_t largest_spare = 64 << 10;
constexpr std::size_t most_spares = 8;

} // namespace

BufferedUserMemory::BufferedUserMemory(const Arch& arch) : arch_(&arch), next_(first_buffer) {}

BufferedUserMemory::~BufferedUserMemory()
{
    clear();
    for (const auto& [bytes, block] : spares_)
        munmap(block, bytes);
}

// --- access -----------------------------------------------------------------------------------------------------

BufferedUserMemory::Buffers::iterator BufferedUserMemory::find(GuestAddr address)
{
    const auto after = buffers_.upper_bound(address.value);
    if (after == buffers_.begin()) return buffers_.end();
    const auto found = std::prev(after);
    return address.value - found->first < found->second.bytes ? found : buffers_.end();
}

std::span<std::byte> BufferedUserMemory::bytes(GuestAddr address, Access access)
{
    const auto found = find(address);
    if (found == buffers_.end()) return {};
    const auto& [start, buffer] = *found;
    if (access == Access::write && buffer.writable == Writable::no) return {};
    const auto offset = address.value - start;
    auto count = buffer.bytes - offset;
    // Parts of one buffer that were protected or punched apart still lie side by side in the host.
    for (auto next = std::next(found); next != buffers_.end() && next->first == address.value + count; ++next) {
        if (next->second.host != buffer.host + offset + count) break;
        if (access == Access::write && next->second.writable == Writable::no) break;
        count += next->second.bytes;
    }
    return {buffer.host + offset, count};
}

std::span<std::byte> BufferedUserMemory::buffer(GuestAddr start, std::uint64_t count)
{
    const auto found = bytes(start, Access::read);
    assert(count <= found.size());
    return found.first(count);
}

// --- placing ----------------------------------------------------------------------------------------------------

std::byte* BufferedUserMemory::new_block(std::uint64_t count)
{
    if (const auto spare = spares_.find(count); spare != spares_.end()) {
        auto* block = spare->second;
        spares_.erase(spare);
        std::fill_n(block, count, std::byte{0});
        blocks_.emplace(block, Block{count, 0});
        return block;
    }
    void* memory = mmap(nullptr, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    auto* block = static_cast<std::byte*>(memory);
    blocks_.emplace(block, Block{count, 0});
    return block;
}

bool BufferedUserMemory::is_free(GuestAddr start, std::uint64_t count) const
{
    auto next = buffers_.lower_bound(start.value);
    if (next != buffers_.end() && next->first < start.value + count) return false;
    return next == buffers_.begin() || (--next)->first + next->second.bytes <= start.value;
}

bool BufferedUserMemory::allocate_at(GuestAddr start, std::uint64_t count, Writable writable)
{
    const auto limit = arch_->task_size.value;
    if (count == 0 || start.value >= limit || count > limit - start.value || !is_free(start, count)) return false;
    const auto page = arch_->page_bytes;
    const auto offset = start.value % page; // the host's pages lie as the guest's do
    auto* block = new_block(round_up(offset + count, page));
    ++blocks_.at(block).buffers;
    buffers_.emplace(start.value, Buffer{count, block + offset, writable, block});
    ++generation_;
    return true;
}

GuestAddr BufferedUserMemory::allocate(std::uint64_t count, Fit fit, Writable writable)
{
    const auto page = arch_->page_bytes;
    count = std::max<std::uint64_t>(count, 1);
    for (;;) {
        const auto rounded = round_up(count, page);
        const auto room = arch_->task_size - next_;
        if (rounded < count || next_ > arch_->task_size || room < page || rounded > room - page)
            throw std::length_error("user memory of the emulated process is used up");
        const auto start = fit == Fit::end ? next_ + (rounded - count) : next_;
        const bool placed =
            is_free(next_, rounded + page) && allocate_at(start, fit == Fit::pages ? rounded : count, writable);
        next_ += rounded + page;
        if (placed) return start;
    }
}

GuestAddr BufferedUserMemory::place(std::span<const std::byte> content, Fit fit, Writable writable)
{
    const auto start = allocate(content.size(), fit, writable);
    std::ranges::copy(content, buffers_.at(start.value).host);
    return start;
}

GuestAddr BufferedUserMemory::place(std::string_view text, Fit fit)
{
    const auto start = allocate(text.size() + 1, fit);
    std::ranges::copy(std::as_bytes(std::span(text)), buffers_.at(start.value).host);
    return start;
}

// --- changing ---------------------------------------------------------------------------------------------------

void BufferedUserMemory::split_at(GuestAddr address)
{
    const auto found = find(address);
    if (found == buffers_.end() || found->first == address.value) return;
    auto& whole = found->second;
    const auto head = address.value - found->first;
    ++blocks_.at(whole.block).buffers;
    buffers_.emplace(address.value, Buffer{whole.bytes - head, whole.host + head, whole.writable, whole.block});
    whole.bytes = head;
}

void BufferedUserMemory::punch(GuestAddr start, std::uint64_t count)
{
    split_at(start);
    split_at(start + count);
    const auto end = buffers_.lower_bound(start.value + count);
    for (auto at = buffers_.lower_bound(start.value); at != end; at = buffers_.erase(at))
        release(at->second);
    ++generation_;
}

void BufferedUserMemory::protect(GuestAddr start, std::uint64_t count, Writable writable)
{
    split_at(start);
    split_at(start + count);
    const auto end = buffers_.lower_bound(start.value + count);
    for (auto at = buffers_.lower_bound(start.value); at != end; ++at)
        at->second.writable = writable;
    ++generation_;
}

void BufferedUserMemory::drop_block(std::byte* block, std::uint64_t count)
{
    if (count <= largest_spare && spares_.size() < most_spares) spares_.emplace(count, block);
    else munmap(block, count);
}

void BufferedUserMemory::release(const Buffer& buffer)
{
    const auto block = blocks_.find(buffer.block);
    if (--block->second.buffers) return;
    drop_block(block->first, block->second.bytes);
    blocks_.erase(block);
}

bool BufferedUserMemory::free(GuestAddr start)
{
    const auto found = buffers_.find(start.value);
    if (found == buffers_.end()) return false;
    release(found->second);
    buffers_.erase(found);
    ++generation_;
    return true;
}

void BufferedUserMemory::clear()
{
    for (const auto& [block, row] : blocks_)
        drop_block(block, row.bytes);
    blocks_.clear();
    buffers_.clear();
    next_ = first_buffer;
    ++generation_;
}

} // namespace retromod
