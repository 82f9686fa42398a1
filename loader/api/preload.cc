// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/api/preload.h"

#include "emu/cpu/engine_libraries.h"
#include "emu/machine/machine.h"
#include "loader/modern/pkcs7.h"

namespace retromod {

void load_libraries(Machine& machine)
{
    load_engine_libraries(machine.memory());
    if (machine.release().modern) load_signature_library();
}

void load_all_libraries()
{
    load_engine_libraries();
    load_signature_library();
}

} // namespace retromod
