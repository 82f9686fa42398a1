// SPDX-License-Identifier: GPL-2.0-or-later
#include "loader/modern/load_info.h"

#include <algorithm>

namespace retromod {

unsigned LoadInfo::find(std::string_view wanted) const
{
    for (unsigned number = 1; number < sections.size(); ++number)
        if (allocated(number) && section_name(number) == wanted) return number;
    return 0;
}

// Source: get_next_modinfo and next_string: entries are NUL-terminated, any number of NULs between them.
std::vector<std::string> LoadInfo::all_modinfo(std::string_view key) const
{
    std::vector<std::string> values;
    if (!index.info) return values;
    const auto& section = sections[index.info];
    const auto bytes = image.bytes();
    if (section.offset > bytes.size()) return values;
    const auto end = section.offset + std::min<std::uint64_t>(section.size, bytes.size() - section.offset);
    std::uint64_t at = section.offset;
    while (at < end) {
        const auto text = image.string(at, "an entry of .modinfo"); // an unterminated last one runs on, as in the kernel
        if (text.size() > key.size() && text.starts_with(key) && text[key.size()] == '=')
            values.push_back(text.substr(key.size() + 1));
        at += text.size();
        while (at < end && bytes[at] == std::byte{0}) ++at;
    }
    return values;
}

std::optional<std::string> LoadInfo::modinfo(std::string_view key) const
{
    auto values = all_modinfo(key);
    if (values.empty()) return std::nullopt;
    return std::move(values.front());
}

} // namespace retromod
