// SPDX-License-Identifier: GPL-2.0-or-later
// Tokens of preprocessed C, as genksyms sees them.
#include "loader/genksyms/lexer.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace retromod::genksyms {
namespace {

bool is_word(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '$'; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

constexpr std::string_view long_punctuation[] = {"...", "<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=",
                                                 "&&",  "||",  "*=",  "/=", "%=", "+=", "-=", "&=", "^=", "|="};

class Lexer {
public:
    explicit Lexer(std::string_view source) : rest_(source) { tokens_.files.emplace_back("<stdin>"); }

    Tokens run()
    {
        while (!rest_.empty()) step();
        add(TokenKind::end, 0);
        return std::move(tokens_);
    }

private:
    std::string_view rest_;
    Tokens tokens_;
    unsigned line_ = 1;
    unsigned file_ = 0;
    bool line_begins_ = true;

    void add(TokenKind kind, std::size_t length)
    {
        tokens_.all.push_back({kind, rest_.substr(0, length), line_, file_});
        rest_.remove_prefix(length);
    }

    void step()
    {
        const char letter = rest_.front();
        if (letter == '\n') {
            ++line_;
            line_begins_ = true;
            rest_.remove_prefix(1);
            return;
        }
        if (std::isspace(static_cast<unsigned char>(letter))) return rest_.remove_prefix(1);
        if (letter == '#' && line_begins_) return take_directive();
        line_begins_ = false;
        if (rest_.starts_with("/*")) return skip_comment();
        if (letter == '"' || (letter == 'L' && rest_.size() > 1 && rest_[1] == '"')) return add(TokenKind::string, quoted('"'));
        if (letter == '\'') return add(TokenKind::character, quoted('\''));
        if (is_digit(letter) || (letter == '.' && rest_.size() > 1 && is_digit(rest_[1]))) return add(TokenKind::number, number());
        if (is_word(letter)) return add(TokenKind::identifier, word());
        for (const auto text : long_punctuation)
            if (rest_.starts_with(text)) return add(TokenKind::punctuation, text.size());
        add(TokenKind::punctuation, 1);
    }

    std::size_t word() const { return static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_word) - rest_.begin()); }

    std::size_t number() const
    {
        std::size_t length = 1;
        while (length < rest_.size() && (is_word(rest_[length]) || rest_[length] == '.' || signs_exponent(length))) ++length;
        return length;
    }

    bool signs_exponent(std::size_t at) const
    {
        const auto before = rest_[at - 1];
        return (rest_[at] == '+' || rest_[at] == '-') && (before == 'e' || before == 'E') && !rest_.starts_with("0x");
    }

    std::size_t quoted(char quote)
    {
        auto at = rest_.find(quote) + 1;
        for (; at < rest_.size() && rest_[at] != quote; ++at) {
            if (rest_[at] == '\\') ++at;
            if (at < rest_.size() && rest_[at] == '\n') ++line_;
        }
        return std::min(at + 1, rest_.size());
    }

    void skip_comment()
    {
        const auto end = rest_.find("*/", 2);
        const auto length = end == rest_.npos ? rest_.size() : end + 2;
        line_ += static_cast<unsigned>(std::ranges::count(rest_.substr(0, length), '\n'));
        rest_.remove_prefix(length);
    }

    /// `# 12 "file.h" 1` or `#line 12 "file.h"`; anything else says nothing.
    void take_directive()
    {
        auto text = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(text.size());
        text.remove_prefix(1);
        while (!text.empty() && !is_digit(text.front()) && text.front() != '"') text.remove_prefix(1);
        unsigned line = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), line).ec != std::errc{}) return;
        line_ = line - 1; // the end of this line counts it up
        const auto open = text.find('"'), close = text.rfind('"');
        if (open == text.npos || close == open) return;
        const std::string file(text.substr(open + 1, close - open - 1));
        const auto known = std::ranges::find(tokens_.files, file);
        file_ = static_cast<unsigned>(known - tokens_.files.begin());
        if (known == tokens_.files.end()) tokens_.files.push_back(file);
    }
};

} // namespace

Tokens tokenize(std::string_view source) { return Lexer(source).run(); }

} // namespace retromod::genksyms
