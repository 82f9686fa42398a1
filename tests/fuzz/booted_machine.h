// SPDX-License-Identifier: GPL-2.0-or-later
// The bytes of a machine that was booted and prepared once, made fresh for each input; what an input's calls may end with.
#pragma once

#include "emu/kernel/export.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/trouble.h"
#include "emu/machine/machine.h"
#include "emu/memory/buffered_user_memory.h"
#include "loader/api/kernel_calls.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace retromod {

class BootedMachine {
public:
    template <class Prepare>
    BootedMachine(const ExportTable& exports, Prepare prepare)
    {
        Machine machine({.memory_bytes = 16 << 20});
        BufferedUserMemory user(machine.arch());
        machine.memory().set_user_memory(&user);
        Kernel kernel(machine, exports);
        prepare(kernel, user);
        machine.memory().set_user_memory(nullptr);
        const auto booted = machine.mapping();
        void* memory = ::mmap(nullptr, booted.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) std::abort();
        bytes_ = {static_cast<std::byte*>(memory), booted.size()};
        for (std::size_t at = 0; at < booted.size(); at += page) {
            const auto* from = booted.data() + at;
            if (from[0] == std::byte{0} && std::memcmp(from, from + 1, page - 1) == 0) continue;
            places_.push_back(at);
            contents_.insert(contents_.end(), from, from + page);
        }
    }

    std::span<std::byte> fresh()
    {
        ::madvise(bytes_.data(), bytes_.size(), MADV_DONTNEED);
        for (std::size_t i = 0; i < places_.size(); ++i) std::memcpy(bytes_.data() + places_[i], contents_.data() + i * page, page);
        return bytes_;
    }

private:
    static constexpr std::size_t page = 4096;
    std::span<std::byte> bytes_;
    std::vector<std::size_t> places_; ///< of pages that are not zero
    std::vector<std::byte> contents_;
};

/// What a command would report, and go on or end.
template <class Work>
void guarded(Work work)
{
    try {
        work();
    } catch (const CallStopped&) {
    } catch (const KernelFault&) {
    } catch (const KernelHang&) {
    } catch (const KernelBug&) {
    } catch (const std::length_error&) { // a table or the guest's memory is full
    } catch (const MachineDamaged&) {
    }
}

} // namespace retromod
