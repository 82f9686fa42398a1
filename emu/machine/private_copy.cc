// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/machine/private_copy.h"

#include "emu/memory/guest_window.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

namespace retromod {
namespace {

void copy_data(const HostFile& file, std::span<std::byte> into)
{
    for (auto start = file.next_data(0); start && *start < into.size();) {
        const auto end = std::min<std::uint64_t>(file.next_hole(*start), into.size());
        const auto extent = into.subspan(*start, end - *start);
        ::madvise(extent.data(), extent.size(), MADV_POPULATE_WRITE); // all page faults at once; old hosts refuse
        if (file.read(extent, *start) == extent.size()) {
            start = file.next_data(end);
            continue;
        }
        errno = EIO;
        file.fail("cut short while it was read");
    }
}

} // namespace

PrivateCopy::PrivateCopy(const HostFile& file)
{
    const auto bytes = file.size();
    void* mapping = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) file.fail("cannot map a copy");
    mapping_ = {static_cast<std::byte*>(mapping), Unmap{bytes}};
    ::madvise(mapping, bytes, MADV_NOHUGEPAGE); // only advice: huge pages would cost 2 MB per touched structure
    copy_data(file, {mapping_.get(), bytes});
}

void PrivateCopy::Unmap::operator()(std::byte* mapping) const
{
    GuestWindow::release(mapping);
    ::munmap(mapping, bytes);
}

} // namespace retromod
