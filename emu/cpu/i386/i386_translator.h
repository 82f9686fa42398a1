// SPDX-License-Identifier: GPL-2.0-or-later
// From the guest's code to blocks in the code cache.
#pragma once

#include "emu/cpu/i386/i386_code_cache.h"
#include "emu/cpu/i386/i386_emitter.h"
#include "emu/cpu/i386/i386_jump_map.h"
#include "emu/cpu/i386/i386_pages.h"

#include <optional>
#include <unordered_map>

namespace retromod {

/// Translates on demand, a run of basic blocks at a time: up to a branch that does not fall through. Knows which blocks were made
/// from which page, and drops them.
class I386Translator {
public:
    /// `memory` and `pages` must outlive it. Throws std::system_error.
    I386Translator(AddressSpace& memory, I386Pages& pages);

    /// What a place in the guest's code is to its block.
    enum class Start : std::uint8_t {
        block,  ///< the start of a basic block, which counts
        inside, ///< in the middle of one, which was counted
    };
    /// The offset of the code for `pc`, translated if need be; nothing when its first byte may not be executed.
    std::optional<std::uint32_t> find(std::uint32_t pc, Start start);
    /// The offset of the code of a basic block that was translated; 0, where no block lies, when it was not, and of kernel entries.
    std::uint32_t find_counted(std::uint32_t pc)
    {
        const auto* row = map_.find(pc);
        return row && *row != miss_stub_ && *row != entry_stub_ ? cache_.offset_of(*row) : 0;
    }
    /// Code for the one instruction at `pc`, or for another one in its place, which is run once: it leaves with go_on when the next
    /// one is to be run.
    std::optional<std::uint32_t> translate_alone(std::uint32_t pc, const I386Instruction* instead = nullptr);

    /// Makes the branch at code offset `site` lead to `code`.
    void link(std::uint32_t site, std::uint32_t code);

    /// Forgets what was made from `range`.
    void drop(GuestRange range);
    /// Forgets a block, by the offset of its code.
    void drop_block(std::uint32_t code);
    void clear();
    /// Changes when offsets become invalid.
    std::uint64_t generation() const { return generation_; }

    void set_entries(GuestRange entries);
    bool is_entry(std::uint32_t pc) const { return entries_.contains({pc}); }

    I386CodeCache& cache() { return cache_; }
    const I386CodeCache& cache() const { return cache_; }
    I386JumpMap& map() { return map_; }
    /// The row of the map for an entry that is called for the first time.
    void open_entry(std::uint32_t pc);
    bool uses_fpu() const { return uses_fpu_; }
    bool has_user_code() const { return has_user_code_; }

private:
    enum class Alone : std::uint8_t { no, yes };
    enum class Flow : std::uint8_t {
        falls,  ///< on into the next instruction
        splits, ///< into the next instruction, which begins a basic block
        ends,   ///< never into the next one
    };
    struct Run;

    std::uint32_t translate(std::uint32_t pc, Start start, Alone alone, const I386Instruction* instead = nullptr);
    void begin_block(Run& run, std::uint32_t pc, Start start);
    void end_block(Run& run);
    Flow emit(Run& run, const I386Instruction& instruction, std::uint32_t pc, std::uint32_t next);
    Flow emit_branch(Run& run, const I386Instruction& instruction, std::uint32_t next);
    void emit_direct(Run& run, std::initializer_list<unsigned> opcode, std::uint32_t target);
    std::size_t bytes_to_compare(std::uint32_t pc) const;
    void make_stubs();
    std::uint32_t* inside(std::uint32_t pc);
    void kill(std::uint32_t number);
    bool is_mixed(std::uint32_t pc, std::uint32_t end) const;

    AddressSpace& memory_;
    I386Pages& pages_;
    I386CodeCache cache_;
    I386JumpMap map_;
    GuestRange entries_;
    std::unordered_map<std::uint32_t, std::uint32_t> inside_; ///< code offsets of blocks that do not count, by pc
    std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> by_page_; ///< numbers of blocks
    std::uint64_t miss_stub_ = 0, entry_stub_ = 0;           ///< addresses to run
    std::uint64_t generation_ = 0;
    bool uses_fpu_ = false, has_user_code_ = false;
};

} // namespace retromod
