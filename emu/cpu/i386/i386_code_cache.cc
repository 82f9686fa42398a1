// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386/i386_code_cache.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace retromod {

I386CodeCache::I386CodeCache()
{
    void* const memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "memory for code");
    writable_ = static_cast<std::uint8_t*>(memory);
    // An old size of 0 maps the same pages once more.
    void* const second = ::mremap(memory, 0, bytes, MREMAP_MAYMOVE);
    if (second == MAP_FAILED || ::mprotect(second, bytes, PROT_READ | PROT_EXEC) != 0) {
        const int error = errno;
        ::munmap(memory, bytes);
        if (second != MAP_FAILED) ::munmap(second, bytes);
        throw std::system_error(error, std::generic_category(), "memory for code");
    }
    executable_ = static_cast<std::uint8_t*>(second);
}

I386CodeCache::~I386CodeCache()
{
    ::munmap(writable_, bytes);
    ::munmap(executable_, bytes);
}

I386CodeCache::Found I386CodeCache::find(std::uint32_t code)
{
    const auto after = std::ranges::upper_bound(blocks_, code, {}, &I386Block::code);
    if (after == blocks_.begin()) return {};
    auto& block = *std::prev(after);
    if (code >= block.code_end) return {};
    auto at = block.code + block.prologue;
    if (code < at) return {&block, block.pc, block.code, true};
    auto pc = block.pc;
    for (auto next = block.lengths; next < block.lengths + 2 * block.instructions; next += 2) {
        if (code < at + lengths_[next]) return {&block, pc, at, false};
        at += lengths_[next];
        pc += lengths_[next + 1];
    }
    return {};
}

void I386CodeCache::clear()
{
    block_end_ = first_block;
    stub_end_ = first_stub;
    blocks_.clear();
    lengths_.clear();
}

} // namespace retromod
