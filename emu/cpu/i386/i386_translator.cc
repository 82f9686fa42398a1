// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/cpu/i386/i386_translator.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace retromod {
namespace {

constexpr std::uint32_t page_bytes = 4096;
constexpr std::size_t most_instructions = 512; ///< of a block; what follows is a block that does not count
constexpr std::size_t most_blocks = 64;        ///< of a run
constexpr std::uint32_t run_alignment = 64;    ///< lines of the host's cache

/// Whether it may store to memory that is not its stack.
bool may_store(const I386Instruction& i)
{
    using enum I386Form;
    if (i.form == pop_memory) return i.has_memory();
    if (i.form == string_to || i.form == string_to_from) return i.opcode != 0xa6 && i.opcode != 0xa7 && i.opcode < 0xae;
    if (i.form == implicit) return i.two_bytes || i.opcode == 0xa2 || i.opcode == 0xa3;
    if (i.form != copy || !i.has_memory()) return false;
    const auto op = i.opcode;
    if (i.two_bytes) {
        const bool reads = op == 0xaf || op == 0xa3 || op == 0xb6 || op == 0xb7 || (op >= 0xbc && op <= 0xbf) || op == 0x0d ||
                           op == 0x18 || op == 0x1f || (op >= 0x40 && op <= 0x4f) || (op == 0xba && i.reg() == 4);
        return !reads;
    }
    if (op < 0x40) return (op & 7) < 2 && op < 0x38;
    if (op >= 0x80 && op <= 0x83) return i.reg() != 7;
    if (op == 0xf6 || op == 0xf7) return i.reg() == 2 || i.reg() == 3;
    if (op == 0xd8 || op == 0xda || op == 0xdc || op == 0xde) return false;
    const bool reads = op == 0x69 || op == 0x6b || op == 0x84 || op == 0x85 || op == 0x8a || op == 0x8b;
    return !reads;
}

bool is_branch(const I386Instruction& i)
{
    using enum I386Form;
    return i.form == jump_if || i.form == loop || i.form == jump || i.form == jump_indirect || i.form == call ||
           i.form == call_indirect || i.form == ret || i.form == illegal;
}

} // namespace

/// A run of blocks in the making.
struct I386Translator::Run {
    I386Emitter code, stubs;
    Alone alone;
    I386Block block;
    bool mixed = false;       ///< the block lies in a page that is written to
    std::size_t compared = 0; ///< bytes of such a block
};

I386Translator::I386Translator(AddressSpace& memory, I386Pages& pages) : memory_(memory), pages_(pages) { make_stubs(); }

void I386Translator::make_stubs()
{
    const auto start = cache_.stub_end();
    I386Emitter emitter(cache_.writable(start));
    miss_stub_ = cache_.executable(start);
    emitter.jump_out(I386Exit::miss);
    entry_stub_ = cache_.executable(cache_.offset_of(emitter.at()));
    emitter.jump_out(I386Exit::entry);
    cache_.set_stub_end(cache_.offset_of(emitter.at()));
}

void I386Translator::set_entries(GuestRange entries)
{
    entries_ = entries;
    clear();
}

void I386Translator::open_entry(std::uint32_t pc) { map_.row(pc, miss_stub_) = entry_stub_; }

void I386Translator::clear()
{
    std::vector<std::uint32_t> pages;
    for (const auto& [page, blocks] : by_page_) pages.push_back(page);
    by_page_.clear();
    inside_.clear();
    cache_.clear();
    make_stubs();
    map_.clear(miss_stub_);
    for (const auto page : pages) pages_.remove_code({std::uint64_t{page} * page_bytes});
    has_user_code_ = false;
    ++generation_;
}

std::uint32_t* I386Translator::inside(std::uint32_t pc)
{
    const auto found = inside_.find(pc);
    return found == inside_.end() ? nullptr : &found->second;
}

std::optional<std::uint32_t> I386Translator::find(std::uint32_t pc, Start start)
{
    if (start == Start::inside) {
        if (const auto* known = inside(pc)) return *known;
    } else if (const auto* row = map_.find(pc); row && *row != miss_stub_ && *row != entry_stub_) {
        return cache_.offset_of(*row);
    }
    if (memory_.bytes({pc}, Access::execute, 1).empty()) return std::nullopt;
    if (!cache_.has_room()) clear();
    return translate(pc, start, Alone::no);
}

std::optional<std::uint32_t> I386Translator::translate_alone(std::uint32_t pc, const I386Instruction* instead)
{
    if (memory_.bytes({pc}, Access::execute, 1).empty()) return std::nullopt;
    if (!cache_.has_room()) clear();
    return translate(pc, Start::inside, Alone::yes, instead);
}

bool I386Translator::is_mixed(std::uint32_t pc, std::uint32_t end) const
{
    for (auto at = round_down(pc, page_bytes); at < end; at += page_bytes)
        if (pages_.is_mixed({at})) return true;
    return false;
}

std::uint32_t I386Translator::translate(std::uint32_t pc, Start start, Alone alone, const I386Instruction* instead)
{
    const auto first = static_cast<std::uint32_t>(round_up(cache_.block_end(), run_alignment));
    Run run{I386Emitter(cache_.writable(first)), I386Emitter(cache_.writable(cache_.stub_end())), alone, {}};
    for (std::size_t blocks = 0;; ++blocks) {
        const auto length = cache_.offset_of(run.code.at()) - first;
        if (blocks == most_blocks || length > I386CodeCache::reserve / 2) { // the last one has ended by falling into this one
            if (start == Start::block) emit_direct(run, {0xe9}, pc);
            else run.code.jump_out(I386Exit::go_on, pc, 0);
            break;
        }
        if (blocks) { // what is known already is not made again
            const auto* row = start == Start::block ? map_.find(pc) : nullptr;
            const auto* known = start == Start::inside ? inside(pc) : nullptr;
            const bool counted = row && *row != miss_stub_ && *row != entry_stub_;
            if (counted || known || is_entry(pc)) {
                if (counted || known) {
                    run.code.bytes({0xe9});
                    run.code.relative(cache_.writable(known ? *known : cache_.offset_of(*row)));
                } else {
                    emit_direct(run, {0xe9}, pc);
                }
                break;
            }
        }
        begin_block(run, pc, start);
        auto flow = Flow::falls;
        auto next = pc;
        const auto code = memory_.bytes({pc}, Access::execute, most_instructions * 16);
        for (std::size_t count = 0; flow == Flow::falls; ++count) {
            if (count == most_instructions || (alone == Alone::yes && count == 1)) {
                run.code.jump_out(I386Exit::go_on, next, 0);
                flow = Flow::ends;
                break;
            }
            I386Instruction instruction;
            const auto offset = next - pc;
            const auto decoding =
                offset < code.size() ? decode_i386(code.subspan(offset), instruction) : I386Decoding::truncated;
            const auto* const before = run.code.at();
            const bool ends_here = run.mixed ? offset >= run.compared : count && is_mixed(next, next + 15);
            if (ends_here && alone == Alone::no) break;
            if (decoding == I386Decoding::truncated) {
                run.code.jump_out(I386Exit::fetch, next, 0);
                cache_.add_lengths(static_cast<std::size_t>(run.code.at() - before), 0);
                ++run.block.instructions;
                flow = Flow::ends;
                break;
            }
            const auto here = std::exchange(next, next + static_cast<std::uint32_t>(instruction.bytes.size()));
            flow = emit(run, instead ? *instead : instruction, here, next);
            cache_.add_lengths(static_cast<std::size_t>(run.code.at() - before), instruction.bytes.size());
            ++run.block.instructions;
        }
        run.block.pc_end = next;
        end_block(run);
        if (flow == Flow::ends) break;
        pc = next;
        start = flow == Flow::splits ? Start::block : Start::inside;
        if (alone == Alone::yes) {
            emit_direct(run, {0xe9}, pc);
            break;
        }
        if (memory_.bytes({pc}, Access::execute, 1).empty()) { // a block of its own finds out when it is reached
            run.code.jump_out(I386Exit::fetch, pc, start == Start::block);
            break;
        }
    }
    cache_.set_block_end(cache_.offset_of(run.code.at()));
    cache_.set_stub_end(cache_.offset_of(run.stubs.at()));
    return first;
}

void I386Translator::begin_block(Run& run, std::uint32_t pc, Start start)
{
    auto& block = run.block;
    block = {};
    block.code = cache_.offset_of(run.code.at());
    block.pc = pc;
    block.counted = start == Start::block;
    block.lengths = cache_.lengths_end();
    if (run.alone == Alone::no) pages_.touch({pc});
    run.compared = run.alone == Alone::no ? bytes_to_compare(pc) : 0;
    run.mixed = block.compares = run.compared != 0;
    if (run.mixed) {
        const auto code = memory_.bytes({pc}, Access::execute, run.compared);
        run.code.compare_code(pc, {reinterpret_cast<const std::uint8_t*>(code.data()), run.compared}, block.code);
    }
    if (block.counted) run.code.count_block();
    else if (!run.mixed) run.code.bytes({0x0f, 0x1f, 0x44, 0, 0}); // 5 bytes that a jump can replace
    block.prologue = static_cast<std::uint16_t>(run.code.at() - cache_.writable(block.code));
}

/// How many bytes a block at `pc` has in a mixed page: it ends behind the first instruction that stores, which could change what
/// follows. Zero where no mixed page is near.
std::size_t I386Translator::bytes_to_compare(std::uint32_t pc) const
{
    constexpr std::size_t most_compared = 64;
    if (!is_mixed(pc, pc + most_compared + 15)) return 0;
    const auto code = memory_.bytes({pc}, Access::execute, most_compared + 15);
    std::size_t bytes = 0;
    for (I386Instruction i; bytes < most_compared && bytes < code.size(); bytes += i.bytes.size()) {
        if (decode_i386(code.subspan(bytes), i) == I386Decoding::truncated) break;
        if (may_store(i) || is_branch(i)) return bytes + i.bytes.size();
    }
    return bytes;
}

void I386Translator::end_block(Run& run)
{
    auto& block = run.block;
    block.code_end = cache_.offset_of(run.code.at());
    block.registered = run.alone == Alone::no;
    const auto number = cache_.add(block);
    if (!block.registered) return;
    if (block.counted) map_.row(block.pc, miss_stub_) = cache_.executable(block.code);
    else inside_[block.pc] = block.code;
    const auto end = std::max(block.pc_end, block.pc + 1);
    for (auto page = block.pc / page_bytes; page <= (end - 1) / page_bytes; ++page) by_page_[page].push_back(number);
    pages_.add_code({{block.pc}, end - block.pc});
    if (memory_.is_user({block.pc})) has_user_code_ = true;
}

// --- dropping ---------------------------------------------------------------------------------------------------

/// Its code becomes a jump to a stub that finds the new translation.
void I386Translator::kill(std::uint32_t number)
{
    auto& block = cache_.block(number);
    if (block.dead) return;
    block.dead = true;
    if (block.counted) {
        auto* const row = map_.find(block.pc);
        if (row && *row == cache_.executable(block.code)) *row = miss_stub_;
    } else if (const auto* known = inside(block.pc); known && *known == block.code) {
        inside_.erase(block.pc);
    }
    if (cache_.stub_end() + I386Emitter::longest > I386CodeCache::bytes) return clear();
    I386Emitter stub(cache_.writable(cache_.stub_end())), code(cache_.writable(block.code));
    code.bytes({0xe9});
    code.relative(stub.at());
    stub.jump_out(I386Exit::dead, block.pc, block.code);
    cache_.set_stub_end(cache_.offset_of(stub.at()));
}

void I386Translator::drop(GuestRange range)
{
    if (range.bytes == 0 || by_page_.empty()) return;
    const auto first = range.start.value / page_bytes, last = (range.start.value + range.bytes - 1) / page_bytes;
    std::vector<std::uint32_t> pages;
    if (last - first > by_page_.size()) {
        for (const auto& [page, blocks] : by_page_)
            if (page >= first && page <= last) pages.push_back(page);
    } else {
        for (auto page = first; page <= last; ++page)
            if (by_page_.contains(static_cast<std::uint32_t>(page))) pages.push_back(static_cast<std::uint32_t>(page));
    }
    const auto before = generation_;
    for (const auto page : pages) {
        auto blocks = by_page_[page]; // a copy: killing may clear all
        std::erase_if(blocks, [&](std::uint32_t number) {
            const auto& block = cache_.block(number);
            if (block.dead) return true;
            const auto end = std::max(block.pc_end, block.pc + 1);
            const bool apart = block.pc >= range.start.value + range.bytes || range.start.value >= end;
            if (apart) return false;
            kill(number);
            return true;
        });
        if (generation_ != before) return;
        if (!blocks.empty()) {
            by_page_[page] = std::move(blocks);
            continue;
        }
        by_page_.erase(page);
        pages_.remove_code({std::uint64_t{page} * page_bytes});
    }
}

void I386Translator::drop_block(std::uint32_t code)
{
    const auto found = cache_.find(code);
    if (!found.block || found.block->code != code) return;
    drop({{found.block->pc}, std::max(found.block->pc_end, found.block->pc + 1) - found.block->pc});
}

void I386Translator::link(std::uint32_t site, std::uint32_t code)
{
    const auto displacement = code - (site + 4);
    std::memcpy(cache_.writable(site), &displacement, sizeof displacement);
}

// --- instructions -----------------------------------------------------------------------------------------------

/// A jump or call opcode whose displacement leads to a stub, until it is linked.
void I386Translator::emit_direct(Run& run, std::initializer_list<unsigned> opcode, std::uint32_t target)
{
    run.code.bytes(opcode);
    const auto site = cache_.offset_of(run.code.at());
    if (is_entry(target)) {
        run.code.relative(run.stubs.at());
        return run.stubs.jump_out(I386Exit::entry, target, 0);
    }
    const auto* row = map_.find(target);
    if (run.alone == Alone::no && row && *row != miss_stub_ && *row != entry_stub_)
        return run.code.relative(cache_.writable(cache_.offset_of(*row)));
    run.code.relative(run.stubs.at());
    run.stubs.jump_out(I386Exit::link, target, run.alone == Alone::yes ? 0 : site);
}

I386Translator::Flow I386Translator::emit(Run& run, const I386Instruction& i, std::uint32_t pc, std::uint32_t next)
{
    using enum I386Form;
    auto& code = run.code;
    if (i.fpu) uses_fpu_ = true;
    switch (i.form) {
    case copy:
    case implicit: code.copy(i); return Flow::falls;
    case inc_dec: code.increment(i); return Flow::falls;
    case lea: code.address(i); return Flow::falls;
    case push_register: code.push_register(i); return Flow::falls;
    case pop_register: code.pop_register(i); return Flow::falls;
    case push_immediate: code.push_value(static_cast<std::uint32_t>(i.immediate), i.operand16); return Flow::falls;
    case push_memory: code.push_memory(i); return Flow::falls;
    case pop_memory: code.pop_memory(i); return Flow::falls;
    case push_all: code.push_all(); return Flow::falls;
    case pop_all: code.pop_all(); return Flow::falls;
    case push_flags: code.push_flags(); return Flow::falls;
    case pop_flags: code.pop_flags(); return Flow::falls;
    case enter: code.enter(static_cast<std::uint16_t>(i.immediate)); return Flow::falls;
    case leave: code.leave(); return Flow::falls;
    case string_to:
    case string_to_from: code.string(i); return Flow::falls;
    case cli: code.set_interrupts(false); return Flow::falls;
    case sti: code.set_interrupts(true); return Flow::falls;
    case cld: code.set_direction(false); return Flow::falls;
    case I386Form::std: code.set_direction(true); return Flow::falls;
    case rare:
    case illegal: {
        const auto* const before = code.at();
        constexpr std::uint32_t length = 22; // of what jump_out emits
        code.jump_out(I386Exit::rare, pc, cache_.offset_of(before) + length);
        if (i.form == illegal || run.alone == Alone::yes) return Flow::ends;
        return Flow::falls;
    }
    default: return emit_branch(run, i, next);
    }
}

I386Translator::Flow I386Translator::emit_branch(Run& run, const I386Instruction& i, std::uint32_t next)
{
    using enum I386Form;
    auto& code = run.code;
    switch (i.form) {
    case jump_if:
        emit_direct(run, {0x0f, 0x80u | (i.opcode & 15u)}, i.target(next));
        return Flow::splits;
    case loop:
        code.bytes({0x67, i.opcode, 2, 0xeb, 5}); // over the jump, unless it is to be taken
        emit_direct(run, {0xe9}, i.target(next));
        return Flow::splits;
    case jump:
        emit_direct(run, {0xe9}, i.target(next));
        return Flow::ends;
    case call:
        code.push_value(next);
        emit_direct(run, {0xe9}, i.target(next));
        return Flow::ends;
    case call_indirect:
        code.load_target(i);
        code.push_value(next);
        code.jump_to_target();
        return Flow::ends;
    case jump_indirect:
        code.load_target(i);
        code.jump_to_target();
        return Flow::ends;
    default: // ret
        code.pop_target(static_cast<std::uint16_t>(i.immediate));
        code.jump_to_target();
        return Flow::ends;
    }
}

} // namespace retromod
