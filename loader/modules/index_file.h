// SPDX-License-Identifier: GPL-2.0-or-later
// The binary indexes of kmod: modules.dep.bin and its like.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retromod {

/// One value of a key; of several the one with the lower priority comes first.
struct IndexValue {
    std::string text;
    std::uint32_t priority = 0;
};

/// A radix tree of keys and values, as kmod keeps it in a file: all numbers big endian; a magic and a version word, the root's
/// place, then nodes, children first. The upper four bits of a node's place say what it has: a prefix, children, values.
/// Source: kmod 30 libkmod/libkmod-index.h, tools/depmod.c.
class IndexTree {
public:
    IndexTree();
    ~IndexTree();
    IndexTree(IndexTree&&) noexcept;
    IndexTree& operator=(IndexTree&&) noexcept;

    /// Adds a value; letters of the key are 7-bit. False where the key is not, or had a value already.
    bool insert(std::string_view key, std::string_view value, std::uint32_t priority);
    /// The whole file.
    std::string file() const;

private:
    struct Node;
    std::unique_ptr<Node> root_;
};

/// An index file in memory. Nothing in it is trusted: a search that leaves the file or goes too deep finds nothing.
class IndexFile {
public:
    /// Nothing: it is none of this version.
    static std::optional<IndexFile> open(std::string bytes);

    /// The values of exactly that key.
    std::vector<IndexValue> find(std::string_view key) const;
    /// The values of every key that, as a shell pattern, matches `text`, by priority.
    std::vector<IndexValue> find_matching(std::string_view text) const;
    /// All keys in the order of the tree, one line for each value: `PREFIX KEY VALUE`.
    std::string listing(std::string_view prefix) const;

private:
    /// A node, read.
    struct Node {
        std::string_view prefix;
        unsigned first = 0, count = 0;
        std::size_t children = 0; ///< offset of the first child's place
        std::size_t values = 0;   ///< offset of the number of values; 0 for none
    };

    std::string bytes_;

    explicit IndexFile(std::string bytes) : bytes_(std::move(bytes)) {}
    std::optional<std::uint32_t> word_at(std::size_t offset) const;
    std::optional<std::string_view> text_at(std::size_t offset) const;
    std::optional<Node> node_at(std::uint32_t place) const;
    std::uint32_t child_of(const Node& node, unsigned letter) const;
    void take_values(const Node& node, std::vector<IndexValue>& into) const;
    struct Search;
    void search(std::uint32_t place, std::string& key, Search& search) const;
    struct Listing;
    void list(std::uint32_t place, std::string& key, Listing& listing) const;
};

} // namespace retromod
