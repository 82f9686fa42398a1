// SPDX-License-Identifier: GPL-2.0-or-later
// --check memory: what modules do wrong with the blocks that they kmalloc.
#pragma once

#include "emu/cpu/instruction_watcher.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/left_behind.h"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

namespace retromod {

/// Watches every access of guest code to blocks of kmalloc and of slab caches, and every free. Freed blocks are held back for a
/// while, so that their addresses are nobody else's. Bytes behind and inside of them are looked at, too: kernel functions write
/// there for modules. Blocks that modules made and have not freed are remembered in the machine for the next command that checks.
class MemoryCheck final : public InstructionWatcher, public BlockWatch {
public:
    /// Before guest code runs; takes its place at the kernel's processor and heap.
    explicit MemoryCheck(Kernel& kernel);

    /// When the command's work is over: looks at what is left, lets the held blocks go. Returns a line for each fault found, in
    /// the order in which they were found.
    std::vector<std::string> finish();

    void before_instruction(GuestAddr pc) noexcept override { pc_ = pc; }
    void before_kernel_call(GuestAddr entry) noexcept override;
    void accessed(GuestAddr address, unsigned bytes, Access access) noexcept override;

    std::uint64_t padded(std::uint64_t bytes) override;
    void made(GuestAddr block, std::uint64_t bytes) override;
    bool may_free(GuestAddr block) override;
    void gone(GuestAddr block) override;

private:
    struct Block {
        std::uint64_t bytes = 0;  ///< that the module asked for
        std::uint64_t extent = 0; ///< with the guard behind them
        std::string module;
        std::string made;
        std::string freed;        ///< empty: it is there
        bool is_reported = false; ///< one line is enough
    };
    struct Module {
        FreedArea area;
        bool is_known = false;             ///< what pointed there when it came, nothing or `before`
        std::set<std::string> before = {}; ///< that others had left
    };
    enum class Arrived : bool { before, now };
    using Blocks = std::map<std::uint64_t, Block>; ///< by address

    void remember();
    void note_modules(Arrived when);
    Blocks::iterator block_around(std::uint64_t address);
    void look_at(std::uint64_t address, Block& block);
    void let_go(std::uint64_t address);
    void report(Block& block, std::string what, bool once = true);
    std::string caller(std::string_view arguments) const;
    std::string named(GuestAddr address) const;
    void find_leaks(const std::set<std::string>& loaded);
    void find_left_behind(const std::set<std::string>& loaded);
    void keep_rows();

    Kernel& kernel_;
    Blocks blocks_;
    std::unordered_set<std::uint64_t> pages_; ///< that hold any of them
    std::deque<std::uint64_t> held_;          ///< freed, the oldest first
    std::uint64_t held_bytes_ = 0;
    std::map<std::string, Module> modules_; ///< that were seen loaded
    std::vector<std::string> found_;
    std::size_t left_out_ = 0;
    GuestAddr pc_, entry_;
};

} // namespace retromod
