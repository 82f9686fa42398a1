// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "loader/scenario/scenario.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retromod {

/// A member of a fixed record of a file: where, and how wide.
struct RecordField {
    std::string_view name;
    unsigned offset, bytes;
};

/// The row of that name. Throws ScenarioError.
const RecordField& find_field(std::span<const RecordField> fields, std::string_view name);

/// Members of Elf64_Shdr, in their order.
inline constexpr RecordField section_fields[] = {
    {"sh_name", 0, 4},  {"sh_type", 4, 4},  {"sh_flags", 8, 8}, {"sh_addr", 16, 8},      {"sh_offset", 24, 8},
    {"sh_size", 32, 8}, {"sh_link", 40, 4}, {"sh_info", 44, 4}, {"sh_addralign", 48, 8}, {"sh_entsize", 56, 8},
};

/// An ELF64 module, little endian, as bytes that are to be changed; also where it is no proper ELF file any more. What is
/// asked of it and lies outside its bytes is a ScenarioError.
class EditableImage {
public:
    using Bytes = std::vector<std::byte>;

    static constexpr std::size_t section_header_bytes = 64, symbol_bytes = 24, relocation_bytes = 24, version_bytes = 64;

    explicit EditableImage(Bytes bytes) : bytes_(std::move(bytes)) {}
    std::size_t size() const { return bytes_.size(); }
    std::span<std::byte> bytes() { return bytes_; }
    Bytes take() { return std::move(bytes_); }

    std::uint64_t load(std::size_t at, unsigned bytes) const;
    void store(std::size_t at, unsigned bytes, std::uint64_t value);
    void patch(std::size_t at, std::span<const std::byte> bytes);
    std::string text_at(std::size_t at) const;
    void resize(std::size_t size) { bytes_.resize(size); }
    void append(std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void append(std::string_view text) { append(std::as_bytes(std::span(text))); }

    std::uint64_t section_count() const;
    std::size_t section_header(std::uint64_t index) const;
    std::uint64_t section_value(std::uint64_t index, std::string_view field) const;
    void set_section(std::uint64_t index, std::string_view field, std::uint64_t number);
    std::uint64_t section_index(std::string_view name) const;
    Bytes section_content(std::uint64_t index) const;
    /// Puts a section's new content at the end of the file.
    void replace_content(std::uint64_t index, std::span<const std::byte> content);
    /// A further section; `row` has the members of its header but name and place. The headers move to the end of the file.
    void add_section(const std::string& name, std::span<const std::byte> content,
                     std::span<const std::pair<std::string_view, std::uint64_t>> row);
    std::uint64_t section_names() const; ///< the string table of section names
    /// Puts a name at the end of a string table; returns where in it.
    std::uint64_t add_string(std::uint64_t table, std::string_view text);

    std::uint64_t symbol_table() const;
    std::uint64_t symbol_number(std::string_view name) const;

    /// The strings of .modinfo that are not empty.
    std::vector<std::string> modinfo() const;
    void set_modinfo(std::span<const std::string> entries);
    /// Where the entry of __versions for that symbol is.
    std::size_t version_of(std::string_view symbol) const;

private:
    void align();

    Bytes bytes_;
};

} // namespace retromod
