// SPDX-License-Identifier: GPL-2.0-or-later
// What a JSON library has to say, for people.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace retromod {

/// The library's sentence without "[json.exception.parse_error.101] ", which is for programmers.
inline std::string json_sentence(const nlohmann::json::exception& error)
{
    const std::string text = error.what();
    const auto end = text.find("] ");
    return text.starts_with('[') && end != std::string::npos ? text.substr(end + 2) : text;
}

} // namespace retromod
