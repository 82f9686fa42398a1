// SPDX-License-Identifier: GPL-2.0-or-later
// What genksyms knows of a name: the tokens of its declaration, with references to other types.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace retromod::genksyms {

/// What a name stands for. Types have name spaces of their own; variables, functions and typedefs share one.
enum class NameKind : std::uint8_t { normal, type_definition, enumeration, structure, union_type };

/// One word of a definition: itself, or a reference to a type of that name.
struct Word {
    std::string text;
    NameKind kind = NameKind::normal;
    bool operator==(const Word&) const = default;
};
using Words = std::vector<Word>;

/// "struct", "union", "enum", "typedef"; "normal" of the rest.
std::string_view kind_word(NameKind kind);

/// All definitions of a source.
class Definitions {
public:
    /// Adds one, or finds that it is there. False: it is there and differs; the old one is kept. A declaration with `extern`
    /// takes the place of what is there.
    bool add(const std::string& name, NameKind kind, Words words, bool is_extern);
    const Words* find(const std::string& name, NameKind kind) const;
    /// As `Defn for struct x == <...>` lines show it.
    std::vector<std::string> shown_definitions() const;

private:
    struct Entry {
        NameKind kind;
        Words words;
    };
    struct Key {
        NameKind space;
        std::string name;
        bool operator<(const Key& other) const { return std::tie(space, name) < std::tie(other.space, other.name); }
    };
    std::map<Key, Entry> entries_;
    std::vector<Key> order_;

    static Key key(const std::string& name, NameKind kind)
    {
        return {kind == NameKind::type_definition ? NameKind::normal : kind, name};
    }
};

/// The definition of an exported name with every type in it written out where it first occurs: what the checksum is of.
/// Types that nobody defined are `struct x { UNKNOWN }`, and are told.
class Expansion {
public:
    using TellUndefined = std::function<void(NameKind kind, const std::string& name)>;
    Expansion(Definitions& definitions, TellUndefined tell) : definitions_(definitions), tell_(std::move(tell)) {}

    /// Words with a blank after each.
    std::string expand(const Words& words);

private:
    Definitions& definitions_;
    TellUndefined tell_;
    std::set<std::pair<NameKind, std::string>> done_;
    std::size_t depth_ = 0;
    std::string text_;

    void add(const Words& words);
    void add_type(const Word& word);
};

/// The CRC-32 of an expansion: what stands behind `_R` in a versioned name.
std::uint32_t checksum(std::string_view expansion);

} // namespace retromod::genksyms
