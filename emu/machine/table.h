// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cassert>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace retromod {

/// What a table keeps about itself in the machine; fixed format.
struct TableHeader {
    char name[32] = {};
    std::uint32_t row_bytes = 0;
    std::uint32_t capacity = 0;
    std::uint64_t offset = 0;     ///< of row 0, from the start of the machine's mapping
    std::uint32_t count = 0;      ///< rows in use
    std::uint32_t high_water = 0; ///< no row from here on was ever in use
};

/// Rows of one kind in the machine. A Row is trivially copyable and has
///     static constexpr std::string_view table_name; static constexpr std::uint32_t table_capacity;
///     std::uint32_t used; // 0 = free
/// Rows are linked by their numbers; a number from the machine is checked by `find`.
template <class Row>
class Table {
    static_assert(std::is_trivially_copyable_v<Row>);

public:
    Table(TableHeader& header, Row* rows) : header_(&header), rows_(rows) {}

    std::uint32_t size() const { return header_->count; }
    std::uint32_t capacity() const { return header_->capacity; }

    /// The row of that number, or nothing when it is out of range or free.
    Row* find(std::uint32_t number) const
    {
        if (number >= limit() || !rows_[number].used) return nullptr;
        return &rows_[number];
    }
    std::uint32_t number_of(const Row& row) const { return static_cast<std::uint32_t>(&row - rows_); }

    /// A fresh zeroed row, marked used; nothing when the table is full.
    Row* insert()
    {
        std::uint32_t number = limit();
        if (header_->count < limit()) {
            for (number = 0; number < limit() && rows_[number].used; ++number) {}
        }
        if (number >= header_->capacity) return nullptr;
        if (number >= header_->high_water) header_->high_water = number + 1;
        ++header_->count;
        rows_[number] = Row{};
        rows_[number].used = 1;
        return &rows_[number];
    }
    /// The same where a kernel has no limit. Throws std::length_error when the table is full.
    Row& insert_or_throw()
    {
        if (auto* row = insert()) return *row;
        throw std::length_error("table " + std::string(Row::table_name) + " of the machine is full");
    }
    void erase(Row& row)
    {
        assert(row.used);
        row = Row{};
        if (header_->count) --header_->count;
    }

    class Iterator {
    public:
        Iterator(Row* at, Row* end) : at_(at), end_(end) { skip(); }
        Row& operator*() const { return *at_; }
        Iterator& operator++() { ++at_; skip(); return *this; }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        void skip() { while (at_ != end_ && !at_->used) ++at_; }
        Row* at_;
        Row* end_;
    };
    Iterator begin() const { return {rows_, rows_ + limit()}; }
    Iterator end() const { return {rows_ + limit(), rows_ + limit()}; }

    /// The first row that `predicate` accepts, or nothing.
    template <class Predicate>
    Row* find_if(Predicate predicate) const
    {
        for (auto& row : *this)
            if (predicate(row)) return &row;
        return nullptr;
    }

private:
    std::uint32_t limit() const { return header_->high_water < header_->capacity ? header_->high_water : header_->capacity; }

    TableHeader* header_;
    Row* rows_;
};

} // namespace retromod
