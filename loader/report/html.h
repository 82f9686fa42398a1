// SPDX-License-Identifier: GPL-2.0-or-later
// What every page has: text made safe, one style for screen, dark screen and paper, one script; nothing is fetched.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// Text for HTML, attributes included. Bytes that are no printable ASCII become U+FFFD: guest text can hold anything.
std::string escaped(std::string_view text);

/// A word of letters, digits and `-` that can be an id.
std::string id_of(std::string_view text);

/// The page up to its first section: title, style, the way past the navigation. `navigation` holds {id, name} pairs.
struct PageLink {
    std::string id, name;
};
std::string page_begin(std::string_view title, const std::vector<PageLink>& navigation);
/// The rest of it.
std::string page_end();

/// A cell or word that shows a state by a word, not by its colour alone: kind is "good", "bad", "weak" or "plain".
std::string badge(std::string_view kind, std::string_view word);

} // namespace retromod
