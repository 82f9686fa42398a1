// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386/i386_jump_map.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <system_error>

namespace retromod {

I386JumpMap::I386JumpMap() : open_((std::size_t{1} << 32) / page_bytes / 64)
{
    void* const memory = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "addresses for the jump map");
    rows_ = static_cast<std::uint64_t*>(memory);
}

I386JumpMap::~I386JumpMap() { ::munmap(rows_, bytes); }

std::uint64_t& I386JumpMap::row(std::uint32_t pc, std::uint64_t stub)
{
    if (!is_open(pc)) {
        const auto page = pc / page_bytes;
        auto* const first = rows_ + std::size_t{page} * page_bytes;
        if (::mprotect(first, page_bytes * sizeof *first, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
        std::fill_n(first, page_bytes, stub);
        open_[page / 64] |= std::uint64_t{1} << page % 64;
        pages_.push_back(page);
    }
    return rows_[pc];
}

void I386JumpMap::clear(std::uint64_t stub)
{
    for (const auto page : pages_) std::fill_n(rows_ + std::size_t{page} * page_bytes, page_bytes, stub);
}

} // namespace retromod
