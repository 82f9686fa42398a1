// SPDX-License-Identifier: GPL-2.0-or-later
// What genksyms knows of names, and how a definition is written out.
#include "loader/genksyms/definition.h"

#include <fmt/format.h>
#include <zlib.h>

namespace retromod::genksyms {
namespace {

constexpr std::size_t deepest = 1000;             ///< types within types
constexpr std::size_t longest = std::size_t{64} << 20; ///< bytes of one expansion

} // namespace

std::string_view kind_word(NameKind kind)
{
    constexpr std::string_view words[] = {"normal", "typedef", "enum", "struct", "union"};
    return words[static_cast<std::size_t>(kind)];
}

bool Definitions::add(const std::string& name, NameKind kind, Words words, bool is_extern)
{
    auto at = key(name, kind);
    const auto found = entries_.find(at);
    if (found == entries_.end()) {
        order_.push_back(at);
        entries_.emplace(std::move(at), Entry{kind, std::move(words)});
        return true;
    }
    if (found->second.kind == kind && found->second.words == words) return true;
    if (!is_extern) return false;
    found->second = {kind, std::move(words)};
    return true;
}

const Words* Definitions::find(const std::string& name, NameKind kind) const
{
    const auto found = entries_.find(key(name, kind));
    return found == entries_.end() || (kind == NameKind::type_definition && found->second.kind != kind) ? nullptr
                                                                                                       : &found->second.words;
}

std::vector<std::string> Definitions::shown_definitions() const
{
    std::vector<std::string> lines;
    for (const auto& at : order_) {
        const auto& entry = entries_.at(at);
        auto line = fmt::format("Defn for {} {} == <", kind_word(entry.kind), at.name);
        for (const auto& word : entry.words)
            line +=
                word.kind == NameKind::normal ? word.text + " " : fmt::format("{}#{} ", kind_word(word.kind).front(), word.text);
        lines.push_back(line + ">");
    }
    return lines;
}

std::string Expansion::expand(const Words& words)
{
    add(words);
    return std::move(text_);
}

void Expansion::add(const Words& words)
{
    if (++depth_ > deepest || text_.size() > longest) {
        --depth_;
        return;
    }
    for (const auto& word : words) {
        if (word.kind != NameKind::normal) add_type(word);
        else text_ += word.text + ' ';
    }
    --depth_;
}

void Expansion::add_type(const Word& word)
{
    const auto name = std::string(kind_word(word.kind));
    if (done_.contains({word.kind, word.text})) {
        text_ += word.kind == NameKind::type_definition ? word.text + ' ' : fmt::format("{} {} ", name, word.text);
        return;
    }
    const auto* words = definitions_.find(word.text, word.kind);
    if (!words) {
        tell_(word.kind, word.text);
        definitions_.add(word.text, word.kind, {{name}, {word.text}, {"{"}, {"UNKNOWN"}, {"}"}}, false);
        words = definitions_.find(word.text, word.kind);
    }
    done_.insert({word.kind, word.text});
    add(Words(*words));
}

std::uint32_t checksum(std::string_view expansion)
{
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const unsigned char*>(expansion.data()), static_cast<unsigned>(expansion.size())));
}

} // namespace retromod::genksyms
