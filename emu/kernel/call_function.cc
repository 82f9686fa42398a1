// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/kernel/kernel.h"
#include "emu/kernel/system_calls.h"
#include "emu/kernel/thread.h"

#include <algorithm>

namespace retromod {

Step call_function(Kernel&, Frame& frame)
{
    if (frame.phase++) return Return{frame.result};
    CallGuest call{{frame.arguments[0]}, {}, 5, "call", ResultType::word};
    std::copy_n(frame.arguments.begin() + 1, 5, call.arguments.begin());
    return call;
}

} // namespace retromod
