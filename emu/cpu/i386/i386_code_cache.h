// SPDX-License-Identifier: GPL-2.0-or-later
// Where emitted code lies, and which of it belongs to which instruction of the guest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retromod {

/// Emitted code of consecutive instructions of the guest. Its place in the cache is an offset.
struct I386Block {
    std::uint32_t code = 0, code_end = 0;
    std::uint32_t pc = 0, pc_end = 0;
    std::uint32_t lengths = 0;      ///< of its instructions, in the cache's table
    std::uint32_t instructions = 0;
    std::uint16_t prologue = 0;     ///< bytes of code before the first instruction's
    bool counted = false;           ///< it begins a basic block
    bool registered = false;        ///< branches lead to it, and it is dropped when its source changes
    bool dead = false;
    bool compares = false;        ///< its prologue looks whether its source is still the same; r11 keeps ecx then
};

/// Memory for code, mapped twice: here it is written, there it runs. Nothing is ever both.
class I386CodeCache {
public:
    /// Throws std::system_error.
    I386CodeCache();
    ~I386CodeCache();
    I386CodeCache(const I386CodeCache&) = delete;
    I386CodeCache& operator=(const I386CodeCache&) = delete;

    std::uint8_t* writable(std::uint32_t offset) const { return writable_ + offset; }
    std::uint64_t executable(std::uint32_t offset) const { return reinterpret_cast<std::uint64_t>(executable_) + offset; }
    std::uint32_t offset_of(const std::uint8_t* writable) const { return static_cast<std::uint32_t>(writable - writable_); }
    bool holds(std::uint64_t host) const { return host - reinterpret_cast<std::uint64_t>(executable_) < bytes; }
    std::uint32_t offset_of(std::uint64_t host) const
    {
        return static_cast<std::uint32_t>(host - reinterpret_cast<std::uint64_t>(executable_));
    }

    /// Blocks come one behind the other in the first part, what is seldom run in the second.
    std::uint32_t block_end() const { return block_end_; }
    void set_block_end(std::uint32_t offset) { block_end_ = offset; }
    std::uint32_t stub_end() const { return stub_end_; }
    void set_stub_end(std::uint32_t offset) { stub_end_ = offset; }
    /// Whether there is room for a run of blocks; else the cache is to be cleared.
    bool has_room() const
    {
        return block_end_ + reserve < first_stub && stub_end_ + reserve < bytes && blocks_.size() < most_blocks;
    }

    /// The lengths of an instruction's code and of the instruction itself.
    void add_lengths(std::size_t code, std::size_t instruction)
    {
        lengths_.push_back(static_cast<std::uint8_t>(code));
        lengths_.push_back(static_cast<std::uint8_t>(instruction));
    }
    std::uint32_t lengths_end() const { return static_cast<std::uint32_t>(lengths_.size()); }
    std::uint32_t add(const I386Block& block)
    {
        blocks_.push_back(block);
        return static_cast<std::uint32_t>(blocks_.size() - 1);
    }
    I386Block& block(std::uint32_t number) { return blocks_[number]; }
    std::uint32_t block_count() const { return static_cast<std::uint32_t>(blocks_.size()); }

    /// An instruction of the guest by a place in its code.
    struct Found {
        I386Block* block = nullptr; ///< null: no block is there
        std::uint32_t pc = 0;
        std::uint32_t code = 0; ///< where its code begins; of a place in the prologue, the block's
        bool in_prologue = false;
    };
    Found find(std::uint32_t code);

    void clear();

    /// What is large enough for any one run of blocks.
    static constexpr std::uint32_t reserve = 512 << 10;
    static constexpr std::uint32_t bytes = 48 << 20, first_stub = 32 << 20;
    static constexpr std::uint32_t first_block = 64; ///< nothing lies at 0

private:
    static constexpr std::size_t most_blocks = 1 << 20;
    std::uint8_t* writable_ = nullptr;
    std::uint8_t* executable_ = nullptr;
    std::uint32_t block_end_ = first_block, stub_end_ = first_stub;
    std::vector<I386Block> blocks_; ///< by ascending place of their code
    std::vector<std::uint8_t> lengths_;
};

} // namespace retromod
