// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/capstone_handle.h"

#include <stdexcept>

namespace retromod {

CapstoneHandle::CapstoneHandle(const Cpu& cpu) : unit_(cpu.capstone_arch == CS_ARCH_X86 ? 1 : 4)
{
    const auto error =
        cs_open(static_cast<cs_arch>(cpu.capstone_arch), static_cast<cs_mode>(cpu.capstone_mode), &handle_);
    if (error != CS_ERR_OK) throw std::runtime_error(std::string("capstone: ") + cs_strerror(error));
    cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = cs_malloc(handle_);
    if (!instruction_) {
        cs_close(&handle_);
        throw std::runtime_error("capstone: out of memory");
    }
}

CapstoneHandle::~CapstoneHandle()
{
    cs_free(instruction_, 1);
    cs_close(&handle_);
}

const cs_insn* CapstoneHandle::decode(std::span<const std::byte> code, GuestAddr address) const
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(code.data());
    auto size = code.size();
    auto at = address.value;
    return cs_disasm_iter(handle_, &bytes, &size, &at, instruction_) ? instruction_ : nullptr;
}

} // namespace retromod
