// SPDX-License-Identifier: GPL-2.0-or-later
// Declarations of preprocessed C, as far as checksums of exported names want them.
#include "loader/genksyms/parser.h"

#include <algorithm>

namespace retromod::genksyms {
namespace {

constexpr unsigned deepest = 200; ///< declarators and structures within each other

template <std::size_t N> bool is_one_of(const Token& token, const std::string_view (&words)[N])
{
    return token.kind == TokenKind::identifier && std::ranges::find(words, token.text) != std::end(words);
}

// Storage classes and the like do not change what callers and callees agree on.
constexpr std::string_view dropped_words[] = {"auto", "register", "static", "inline", "__inline", "__inline__", "__extension__"};
constexpr std::string_view qualifiers[] = {"const",    "__const",    "__const__", "volatile",     "__volatile",
                                           "__volatile__", "restrict", "__restrict", "__restrict__"};
constexpr std::string_view type_words[] = {"void", "char",     "short",      "int",   "long",   "float", "double",
                                           "signed", "__signed", "__signed__", "unsigned", "_Bool"};
constexpr std::string_view assembly_words[] = {"asm", "__asm", "__asm__"};
constexpr std::string_view attribute_words[] = {"__attribute__", "__attribute"};
constexpr std::string_view typeof_words[] = {"typeof", "__typeof", "__typeof__"};

std::optional<NameKind> tag_kind(const Token& token)
{
    if (token.is("struct")) return NameKind::structure;
    if (token.is("union")) return NameKind::union_type;
    if (token.is("enum")) return NameKind::enumeration;
    return std::nullopt;
}

} // namespace

bool Parser::take(std::string_view word)
{
    if (!now().is(word)) return false;
    ++at_;
    return true;
}

void Parser::expect(std::string_view word)
{
    if (!take(word)) throw SyntaxError{at_};
}

void Parser::add_word(Words& words)
{
    if (now().kind == TokenKind::end) throw SyntaxError{at_};
    words.push_back({std::string(now().text)});
    ++at_;
}

bool Parser::is_typedef_name(const Token& token) const
{
    return token.kind == TokenKind::identifier && definitions_.find(std::string(token.text), NameKind::type_definition);
}

void Parser::run()
{
    while (now().kind != TokenKind::end) {
        depth_ = 0;
        try {
            external_declaration();
        } catch (const SyntaxError& error) {
            events_.warn(tokens_[error.at], "parse error");
            at_ = std::max(at_, error.at);
            recover();
        }
    }
}

/// Goes on behind the next `;` or `}` that is in no deeper braces.
void Parser::recover()
{
    while (now().kind != TokenKind::end) {
        if (now().is("{")) return skip_braces();
        const bool over = now().is(";") || now().is("}");
        ++at_;
        if (over) return;
    }
}

void Parser::external_declaration()
{
    if (take(";") || take_export()) return;
    if (is_one_of(now(), assembly_words)) {
        skip_assembly();
        take(";");
        return;
    }
    const auto begun = at_;
    auto found = specifiers(MoreTypes::no);
    declarators(found);
    if (at_ == begun) throw SyntaxError{at_};
}

bool Parser::take_export()
{
    if (!now().is("EXPORT_SYMBOL") && !now().is("EXPORT_SYMBOL_GPL")) return false;
    ++at_;
    expect("(");
    const auto& name = now();
    if (name.kind != TokenKind::identifier || is_typedef_name(name)) throw SyntaxError{at_};
    ++at_;
    expect(")");
    if (!now().is(";")) throw SyntaxError{at_};
    events_.export_symbol(std::string(name.text), name);
    ++at_;
    return true;
}

void Parser::skip_assembly()
{
    ++at_;
    while (is_one_of(now(), qualifiers)) ++at_;
    Words ignored;
    take_raw(ignored, "(", ")");
}

void Parser::skip_braces()
{
    Words ignored;
    take_raw(ignored, "{", "}");
}

/// An initializer: up to a `,` or `;` outside of brackets.
void Parser::skip_initializer()
{
    Words ignored;
    while (!now().is(",") && !now().is(";")) {
        if (now().is("{")) take_raw(ignored, "{", "}");
        else if (now().is("(")) take_raw(ignored, "(", ")");
        else if (now().is("[")) take_raw(ignored, "[", "]");
        else add_word(ignored);
    }
}

void Parser::take_raw(Words& words, std::string_view open, std::string_view close)
{
    if (!now().is(open)) throw SyntaxError{at_};
    unsigned level = 0;
    do {
        if (now().is(open)) ++level;
        else if (now().is(close)) --level;
        add_word(words);
    } while (level != 0);
}

bool Parser::take_attribute(Words& words)
{
    if (!is_one_of(now(), attribute_words)) return false;
    add_word(words);
    take_raw(words, "(", ")");
    return true;
}

Parser::Specifiers Parser::specifiers(MoreTypes more)
{
    Specifiers found;
    while (take_specifier(found, more)) {}
    return found;
}

bool Parser::take_specifier(Specifiers& specifiers, MoreTypes more)
{
    auto& words = specifiers.words;
    const auto& token = now();
    if (token.is("typedef")) {
        specifiers.is_typedef = true;
        add_word(words);
        return true;
    }
    if (token.is("extern") || is_one_of(token, dropped_words)) {
        specifiers.is_extern |= token.is("extern");
        ++at_;
        return true;
    }
    if (is_one_of(token, qualifiers)) {
        add_word(words);
        return true;
    }
    if (take_attribute(words)) return true;
    if (is_one_of(token, type_words)) {
        specifiers.has_type = true;
        add_word(words);
        return true;
    }
    if (is_one_of(token, typeof_words)) {
        specifiers.has_type = true;
        add_word(words);
        take_raw(words, "(", ")");
        return true;
    }
    if (tag_kind(token)) {
        specifiers.has_type = true;
        take_tagged(specifiers);
        return true;
    }
    if ((specifiers.has_type && more == MoreTypes::no) || !is_typedef_name(token)) return false;
    specifiers.has_type = true;
    words.push_back({std::string(token.text), NameKind::type_definition});
    ++at_;
    return true;
}

/// struct, union or enum: a reference to its tag, which a body defines; without a tag all of it.
void Parser::take_tagged(Specifiers& specifiers)
{
    const auto& where = now();
    const auto kind = *tag_kind(where);
    Words own;
    add_word(own);
    while (take_attribute(own)) {}
    std::string tag;
    if (now().kind == TokenKind::identifier) {
        tag = now().text;
        add_word(own);
    }
    if (now().is("{")) {
        if (kind == NameKind::enumeration) {
            take_raw(own, "{", "}");
        } else {
            const auto inner = members();
            own.insert(own.end(), inner.begin(), inner.end());
        }
        if (!tag.empty() && !definitions_.add(tag, kind, own, false)) events_.warn(where, "redefinition of " + tag);
    } else if (tag.empty()) {
        throw SyntaxError{at_};
    }
    if (tag.empty()) specifiers.words.insert(specifiers.words.end(), own.begin(), own.end());
    else specifiers.words.push_back({tag, kind});
}

/// `{ members }` of a structure.
Words Parser::members()
{
    if (++depth_ > deepest) throw SyntaxError{at_};
    Words words;
    add_word(words);
    while (!now().is("}")) {
        if (now().is(";")) {
            add_word(words);
            continue;
        }
        const auto begun = at_;
        const auto found = specifiers(MoreTypes::yes);
        words.insert(words.end(), found.words.begin(), found.words.end());
        while (!now().is(";")) {
            declarator(words, Names::keep);
            if (now().is(":"))
                while (!now().is(",") && !now().is(";") && !is_one_of(now(), attribute_words)) add_word(words);
            while (take_attribute(words)) {}
            if (!now().is(",")) break;
            add_word(words);
        }
        if (!now().is(";")) throw SyntaxError{at_};
        add_word(words);
        if (at_ == begun) throw SyntaxError{at_};
    }
    add_word(words);
    --depth_;
    return words;
}

std::string Parser::declarator(Words& words, Names names)
{
    if (++depth_ > deepest) throw SyntaxError{at_};
    while (now().is("*") || is_one_of(now(), qualifiers) || is_one_of(now(), attribute_words))
        if (!take_attribute(words)) add_word(words);
    auto name = direct_declarator(words, names);
    --depth_;
    return name;
}

/// Whether a parenthesis opens a declarator in it, not a list of parameters.
bool Parser::begins_nested_declarator() const
{
    const auto& inner = tokens_[at_ + 1];
    if (inner.is("*") || inner.is("(") || is_one_of(inner, attribute_words)) return true;
    return inner.kind == TokenKind::identifier && !begins_type(inner);
}

bool Parser::begins_type(const Token& token) const
{
    return is_typedef_name(token) || tag_kind(token) || is_one_of(token, type_words) || is_one_of(token, qualifiers) ||
           is_one_of(token, dropped_words) || is_one_of(token, typeof_words);
}

std::string Parser::direct_declarator(Words& words, Names names)
{
    std::string name;
    if (now().kind == TokenKind::identifier) {
        name = now().text;
        if (names == Names::keep) add_word(words);
        else ++at_;
    } else if (now().is("(") && at_ + 1 < tokens_.size() && begins_nested_declarator()) {
        add_word(words);
        name = declarator(words, names);
        if (!now().is(")")) throw SyntaxError{at_};
        add_word(words);
    }
    for (;;) {
        if (now().is("[")) take_raw(words, "[", "]");
        else if (now().is("(")) parameters(words);
        else return name;
    }
}

void Parser::parameters(Words& words)
{
    add_word(words);
    while (!now().is(")")) {
        if (now().is("...")) {
            add_word(words);
        } else {
            const auto begun = at_;
            const auto found = specifiers(MoreTypes::yes);
            words.insert(words.end(), found.words.begin(), found.words.end());
            // Names of a list without types belong to the list.
            declarator(words, found.has_type || !found.words.empty() ? Names::drop : Names::keep);
            while (take_attribute(words)) {}
            if (at_ == begun) throw SyntaxError{at_};
        }
        if (now().is(",")) add_word(words);
        else if (!now().is(")")) throw SyntaxError{at_};
    }
    add_word(words);
}

/// What may follow a declarator: its name in assembly and attributes, which count, and an initializer, which does not.
void Parser::tail(Words& words)
{
    for (;;) {
        if (is_one_of(now(), assembly_words)) {
            add_word(words);
            take_raw(words, "(", ")");
        } else if (!take_attribute(words)) {
            break;
        }
    }
    if (take("=")) skip_initializer();
    while (take_attribute(words)) {}
}

void Parser::define(const std::string& name, const Specifiers& specifiers, Words words, const Token& where)
{
    const auto kind = specifiers.is_typedef ? NameKind::type_definition : NameKind::normal;
    if (!definitions_.add(name, kind, std::move(words), specifiers.is_extern))
        events_.warn(where, "redefinition of " + name);
}

void Parser::declarators(const Specifiers& specifiers)
{
    while (!now().is(";")) {
        const auto& where = now();
        auto words = specifiers.words;
        const auto name = declarator(words, Names::keep);
        if (name.empty()) throw SyntaxError{at_};
        tail(words);
        if (now().is("{")) {
            define(name, specifiers, std::move(words), where);
            return skip_braces();
        }
        define(name, specifiers, std::move(words), where);
        if (take(",")) continue;
        if (!now().is(";")) { // the declarations of a function's parameters in the old style
            if (!begins_type(now())) throw SyntaxError{at_};
            while (now().kind != TokenKind::end && !now().is("{")) ++at_;
            if (now().is("{")) return skip_braces();
            throw SyntaxError{at_};
        }
    }
    expect(";");
}

} // namespace retromod::genksyms
