// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>

namespace retromod {

/// The path that the guest knows a device by: "254:0" is "/dev/char/254:0", anything else stays.
inline std::string device_path(const std::string& words)
{
    const bool numbers = !words.empty() && words.find_first_not_of("0123456789:") == std::string::npos;
    return numbers && words.find(':') != std::string::npos ? "/dev/char/" + words : words;
}

} // namespace retromod
