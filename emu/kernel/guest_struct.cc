// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/guest_struct.h"

#include "emu/kernel/kernel.h"

namespace retromod {

void store_string(Kernel& kernel, GuestAddr at, std::string_view text)
{
    kernel.memory().write_all(at, std::as_bytes(std::span(text.data(), text.size())));
    kernel.memory().store<std::uint8_t>(at + text.size(), 0);
}

GuestAddr kernel_string(Kernel& kernel, std::string_view text)
{
    const auto at = kernel.memory().allocate_image(text.size() + 1, 1);
    store_string(kernel, at, text);
    return at;
}

} // namespace retromod
