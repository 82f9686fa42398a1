// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/capstone_handle.h"

#include <stdexcept>

namespace retromod {

CapstoneHandle::CapstoneHandle(const Cpu& cpu) : unit_(cpu.capstone_arch == CS_ARCH_X86 ? 1 : 4)
{
    const auto error =
        capstone_library().open(static_cast<cs_arch>(cpu.capstone_arch), static_cast<cs_mode>(cpu.capstone_mode), &handle_);
    if (error != CS_ERR_OK) throw std::runtime_error(std::string("capstone: ") + capstone_library().strerror(error));
    capstone_library().option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
    instruction_ = capstone_library().malloc(handle_);
    if (!instruction_) {
        capstone_library().close(&handle_);
        throw std::runtime_error("capstone: out of memory");
    }
}

CapstoneHandle::~CapstoneHandle()
{
    capstone_library().free(instruction_, 1);
    capstone_library().close(&handle_);
}

const cs_insn* CapstoneHandle::decode(std::span<const std::byte> code, GuestAddr address) const
{
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(code.data());
    auto size = code.size();
    auto at = address.value;
    return capstone_library().disasm_iter(handle_, &bytes, &size, &at, instruction_) ? instruction_ : nullptr;
}

} // namespace retromod
