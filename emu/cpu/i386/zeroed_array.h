// SPDX-License-Identifier: GPL-2.0-or-later
// A large array of zeros, of which only touched pages take memory and time.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace retromod {

template <class T>
class ZeroedArray {
public:
    /// Throws std::bad_alloc.
    explicit ZeroedArray(std::size_t count) : bytes_(count * sizeof(T))
    {
        void* const memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        items_ = static_cast<T*>(memory);
    }
    ~ZeroedArray() { ::munmap(items_, bytes_); }
    ZeroedArray(const ZeroedArray&) = delete;
    ZeroedArray& operator=(const ZeroedArray&) = delete;

    T& operator[](std::size_t index) { return items_[index]; }
    const T& operator[](std::size_t index) const { return items_[index]; }

private:
    std::size_t bytes_;
    T* items_ = nullptr;
};

} // namespace retromod
