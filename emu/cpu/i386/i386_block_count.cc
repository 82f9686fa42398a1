// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386/i386_block_count.h"

#include <sys/mman.h>

#include <new>

namespace retromod {

I386BlockCount::I386BlockCount()
{
    void* const memory = ::mmap(nullptr, guard + most, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    window_ = reinterpret_cast<std::uint64_t>(memory) + guard;
    open();
}

I386BlockCount::~I386BlockCount() { ::munmap(reinterpret_cast<void*>(window_ - guard), guard + most); }

void I386BlockCount::close() noexcept { ::mprotect(reinterpret_cast<void*>(window_), most, PROT_NONE); }

void I386BlockCount::open()
{
    if (::mprotect(reinterpret_cast<void*>(window_), most, PROT_READ) != 0) throw std::bad_alloc();
}

} // namespace retromod
