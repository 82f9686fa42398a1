// SPDX-License-Identifier: GPL-2.0-or-later
// Declarations of preprocessed C, as far as checksums of exported names want them.
#pragma once

#include "loader/genksyms/definition.h"
#include "loader/genksyms/lexer.h"

namespace retromod::genksyms {

/// What a parser calls.
struct ParserEvents {
    std::function<void(const std::string& name, const Token& where)> export_symbol; ///< EXPORT_SYMBOL(name)
    std::function<void(const Token& where, const std::string& text)> warn;          ///< "parse error", "redefinition of x"
};

/// Reads declarations and definitions of types, variables and functions; bodies, initializers and assembly are passed over.
/// What it does not understand it tells, and goes on behind the next `;` or `}`.
class Parser {
public:
    Parser(const Tokens& tokens, Definitions& definitions, ParserEvents events)
        : tokens_(tokens.all), definitions_(definitions), events_(std::move(events))
    {
    }
    void run();

private:
    /// Words in front of declarators: what kinds of words were among them.
    struct Specifiers {
        Words words;
        bool is_typedef = false, is_extern = false, has_type = false;
    };
    /// Where a declarator stands: its name is kept, or (of a parameter) dropped.
    enum class Names : bool { drop, keep };
    struct SyntaxError {
        std::size_t at;
    };

    const std::vector<Token>& tokens_;
    Definitions& definitions_;
    ParserEvents events_;
    std::size_t at_ = 0;
    unsigned depth_ = 0;

    const Token& now() const { return tokens_[at_]; }
    bool take(std::string_view word);
    void expect(std::string_view word);
    void add_word(Words& words);
    bool is_typedef_name(const Token& token) const;

    void external_declaration();
    void recover();
    bool take_export();
    void skip_assembly();
    void skip_braces();
    void skip_initializer();

    /// Whether a typedef's name behind a type is one more type (a member, a parameter: as genksyms has it), or a new name.
    enum class MoreTypes : bool { no, yes };
    Specifiers specifiers(MoreTypes more);
    bool take_specifier(Specifiers& specifiers, MoreTypes more);
    void take_tagged(Specifiers& specifiers);
    void take_raw(Words& words, std::string_view open, std::string_view close);
    bool take_attribute(Words& words);
    Words members();
    std::string declarator(Words& words, Names names);
    std::string direct_declarator(Words& words, Names names);
    bool begins_nested_declarator() const;
    bool begins_type(const Token& token) const;
    void parameters(Words& words);
    void tail(Words& words);
    void declarators(const Specifiers& specifiers);
    void define(const std::string& name, const Specifiers& specifiers, Words words, const Token& where);
};

} // namespace retromod::genksyms
