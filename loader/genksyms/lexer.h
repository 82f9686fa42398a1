// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens of preprocessed C, as genksyms sees them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retromod::genksyms {

enum class TokenKind : std::uint8_t { end, identifier, number, string, character, punctuation };

/// One token and where it stands.
struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text; ///< points into the source
    unsigned line = 0;     ///< in `file`, from the last `# LINE "FILE"`
    unsigned file = 0;     ///< index into Tokens::files

    bool is(std::string_view word) const { return text == word && kind != TokenKind::string && kind != TokenKind::character; }
};

/// A source cut into tokens; the last one is of kind `end`.
struct Tokens {
    std::vector<Token> all;
    std::vector<std::string> files;
};

/// Cuts a preprocessed source. Lines that begin with `#` tell file and line, or are passed over. What is no token of C is a
/// punctuation of one letter.
Tokens tokenize(std::string_view source);

} // namespace retromod::genksyms
