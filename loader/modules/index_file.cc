// SPDX-License-Identifier: GPL-2.0-or-later
// The binary indexes of kmod. Source: kmod 30 libkmod/libkmod-index.h, tools/depmod.c.
#include "loader/modules/index_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fnmatch.h>

namespace retromod {
namespace {

constexpr std::uint32_t magic = 0xB007F457;
constexpr std::uint32_t version = 0x00020001;
constexpr std::uint32_t has_prefix = 0x80000000;
constexpr std::uint32_t has_values = 0x40000000;
constexpr std::uint32_t has_children = 0x20000000;
constexpr std::uint32_t place_mask = 0x0FFFFFFF;
constexpr unsigned letters = 128;
constexpr std::size_t longest_key = 8192;
constexpr std::size_t most_nodes = 1'000'000; ///< that one search looks at

void put_word(std::string& file, std::uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) file += static_cast<char>(value >> shift);
}

void set_word(std::string& file, std::size_t offset, std::uint32_t value)
{
    for (unsigned index = 0; index < 4; ++index) file[offset + index] = static_cast<char>(value >> (24 - 8 * index));
}

} // namespace

struct IndexTree::Node {
    std::string prefix;
    std::vector<IndexValue> values;
    std::array<std::unique_ptr<Node>, letters> children;

    /// Appends this node and what is below it; its place.
    std::uint32_t write(std::string& file) const
    {
        const auto is_there = [](const auto& child) { return child != nullptr; };
        const auto first = std::ranges::find_if(children, is_there);
        const auto last = std::find_if(children.rbegin(), children.rend(), is_there);
        std::vector<std::uint32_t> places;
        if (first != children.end())
            for (auto child = first; child != last.base(); ++child) places.push_back(*child ? (*child)->write(file) : 0);
        auto place = static_cast<std::uint32_t>(file.size());
        if (!prefix.empty()) {
            file += prefix + '\0';
            place |= has_prefix;
        }
        if (!places.empty()) {
            file += static_cast<char>(first - children.begin());
            file += static_cast<char>(last.base() - children.begin() - 1);
            for (const auto child : places) put_word(file, child);
            place |= has_children;
        }
        if (values.empty()) return place;
        put_word(file, static_cast<std::uint32_t>(values.size()));
        for (const auto& value : values) {
            put_word(file, value.priority);
            file += value.text + '\0';
        }
        return place | has_values;
    }
};

IndexTree::IndexTree() : root_(std::make_unique<Node>()) {}
IndexTree::~IndexTree() = default;
IndexTree::IndexTree(IndexTree&&) noexcept = default;
IndexTree& IndexTree::operator=(IndexTree&&) noexcept = default;

bool IndexTree::insert(std::string_view key, std::string_view value, std::uint32_t priority)
{
    if (std::ranges::any_of(key, [](char letter) { return static_cast<unsigned char>(letter) >= letters; })) return false;
    auto* node = root_.get();
    for (;;) {
        const auto same = static_cast<std::size_t>(std::ranges::mismatch(node->prefix, key).in1 - node->prefix.begin());
        if (same < node->prefix.size()) { // the node is split: what follows becomes a child
            auto below = std::make_unique<Node>(std::move(*node));
            *node = Node{};
            node->prefix = below->prefix.substr(0, same);
            const auto letter = static_cast<unsigned char>(below->prefix[same]);
            below->prefix.erase(0, same + 1);
            node->children[letter] = std::move(below);
        }
        key.remove_prefix(same);
        if (key.empty()) break;
        auto& child = node->children[static_cast<unsigned char>(key.front())];
        key.remove_prefix(1);
        if (!child) {
            child = std::make_unique<Node>();
            child->prefix = key;
            key = {};
            node = child.get();
            break;
        }
        node = child.get();
    }
    const auto place = std::ranges::find_if(node->values, [&](const auto& other) { return other.priority >= priority; });
    const bool is_new = node->values.empty();
    node->values.insert(place, {std::string(value), priority});
    return is_new;
}

std::string IndexTree::file() const
{
    std::string file;
    put_word(file, magic);
    put_word(file, version);
    put_word(file, 0);
    set_word(file, 8, root_->write(file));
    return file;
}

std::optional<IndexFile> IndexFile::open(std::string bytes)
{
    IndexFile file(std::move(bytes));
    constexpr std::uint32_t major = 16;
    const auto found = file.word_at(4);
    if (file.word_at(0) != magic || !found || *found >> major != version >> major || !file.word_at(8)) return std::nullopt;
    return file;
}

std::optional<std::uint32_t> IndexFile::word_at(std::size_t offset) const
{
    if (offset > bytes_.size() || bytes_.size() - offset < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (unsigned index = 0; index < 4; ++index) value = value << 8 | static_cast<unsigned char>(bytes_[offset + index]);
    return value;
}

std::optional<std::string_view> IndexFile::text_at(std::size_t offset) const
{
    const auto end = bytes_.find('\0', offset);
    if (offset >= bytes_.size() || end == std::string::npos) return std::nullopt;
    return std::string_view(bytes_).substr(offset, end - offset);
}

std::optional<IndexFile::Node> IndexFile::node_at(std::uint32_t place) const
{
    Node node;
    std::size_t offset = place & place_mask;
    if (offset == 0) return std::nullopt;
    if (place & has_prefix) {
        const auto prefix = text_at(offset);
        if (!prefix) return std::nullopt;
        node.prefix = *prefix;
        offset += prefix->size() + 1;
    }
    if (place & has_children) {
        if (offset + 2 > bytes_.size()) return std::nullopt;
        node.first = static_cast<unsigned char>(bytes_[offset]);
        const unsigned last = static_cast<unsigned char>(bytes_[offset + 1]);
        if (last < node.first) return std::nullopt;
        node.count = last - node.first + 1;
        node.children = offset + 2;
        offset = node.children + std::size_t{4} * node.count;
    }
    if (place & has_values) node.values = offset;
    return node;
}

std::uint32_t IndexFile::child_of(const Node& node, unsigned letter) const
{
    if (letter < node.first || letter - node.first >= node.count) return 0;
    return word_at(node.children + std::size_t{4} * (letter - node.first)).value_or(0);
}

void IndexFile::take_values(const Node& node, std::vector<IndexValue>& into) const
{
    if (node.values == 0) return;
    auto count = word_at(node.values).value_or(0);
    for (auto offset = node.values + 4; count != 0; --count) {
        const auto priority = word_at(offset);
        const auto text = priority ? text_at(offset + 4) : std::nullopt;
        if (!text) return;
        into.push_back({std::string(*text), *priority});
        offset += 4 + text->size() + 1;
    }
}

std::vector<IndexValue> IndexFile::find(std::string_view key) const
{
    std::vector<IndexValue> values;
    auto node = node_at(*word_at(8));
    for (std::size_t steps = 0; node && steps < most_nodes; ++steps) {
        if (!key.starts_with(node->prefix)) return {};
        key.remove_prefix(node->prefix.size());
        if (key.empty()) {
            take_values(*node, values);
            return values;
        }
        node = node_at(child_of(*node, static_cast<unsigned char>(key.front())));
        key.remove_prefix(1);
    }
    return {};
}

/// A search for patterns: what it looks for and has found.
struct IndexFile::Search {
    std::string text;
    std::size_t nodes = 0;
    std::vector<IndexValue> values{};
};

void IndexFile::search(std::uint32_t place, std::string& key, Search& search) const
{
    const auto node = node_at(place);
    if (!node || ++search.nodes > most_nodes || key.size() > longest_key) return;
    const auto before = key.size();
    key += node->prefix;
    // As far as a key has no pattern letter, it must be what the text begins with.
    const auto plain = key.find_first_of("*?[\\");
    if (search.text.starts_with(std::string_view(key).substr(0, plain))) {
        if (node->values != 0 && ::fnmatch(key.c_str(), search.text.c_str(), 0) == 0) take_values(*node, search.values);
        for (unsigned index = 0; index < node->count; ++index) {
            const auto child = child_of(*node, node->first + index);
            if (child == 0) continue;
            key += static_cast<char>(node->first + index);
            this->search(child, key, search);
            key.pop_back();
        }
    }
    key.resize(before);
}

std::vector<IndexValue> IndexFile::find_matching(std::string_view text) const
{
    Search wanted{.text = std::string(text)};
    std::string key;
    search(*word_at(8), key, wanted);
    std::ranges::stable_sort(wanted.values, {}, &IndexValue::priority);
    return std::move(wanted.values);
}

/// Lines of a listing, and how many nodes were seen for it.
struct IndexFile::Listing {
    std::string_view prefix;
    std::string text{};
    std::size_t nodes = 0;
};

void IndexFile::list(std::uint32_t place, std::string& key, Listing& listing) const
{
    const auto node = node_at(place);
    if (!node || ++listing.nodes > most_nodes || key.size() > longest_key) return;
    const auto before = key.size();
    key += node->prefix;
    std::vector<IndexValue> values;
    take_values(*node, values);
    for (const auto& value : values) listing.text += fmt::format("{} {} {}\n", listing.prefix, key, value.text);
    for (unsigned index = 0; index < node->count; ++index) {
        const auto child = child_of(*node, node->first + index);
        if (child == 0) continue;
        key += static_cast<char>(node->first + index);
        list(child, key, listing);
        key.pop_back();
    }
    key.resize(before);
}

std::string IndexFile::listing(std::string_view prefix) const
{
    Listing listing{.prefix = prefix};
    std::string key;
    list(*word_at(8), key, listing);
    return std::move(listing.text);
}

} // namespace retromod
