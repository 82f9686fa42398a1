// SPDX-License-Identifier: GPL-2.0-or-later
// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#include "emu/cpu/i386/i386_rare.h"

#include <cstring>
#include <utility>

namespace retromod {
namespace {

constexpr unsigned eax = 0, ecx = 1, edx = 2, ebx = 3, esp = 4, esi = 6, edi = 7;
constexpr unsigned general_protection = 13;

std::uint32_t mask(unsigned bytes) { return bytes >= 4 ? 0xffffffff : (1u << 8 * bytes) - 1; }

} // namespace

void I386Rare::run(std::uint32_t pc, std::uint32_t code)
try {
    pc_ = next_ = pc;
    engine_.pc_ = pc;
    if (engine_.pages_.has_user_pages()) engine_.synchronize(); // what is read here are the user's own pages
    const auto bytes = engine_.memory_.bytes({pc}, Access::execute, 15);
    if (decode_i386(bytes, i_) == I386Decoding::truncated) return engine_.end_with_fault(pc, pc, Access::execute);
    next_ = pc + static_cast<std::uint32_t>(i_.bytes.size());
    const bool done = i_.form == I386Form::rare && (flat_or_short() || (!i_.lock && (i_.two_bytes ? two_bytes() : one_byte())));
    if (engine_.stop_) return;
    if (!done) return engine_.end_at(StopKind::illegal, pc);
    if (engine_.running_alone_) {
        engine_.running_alone_ = false;
        return;
    }
    if (engine_.memory_.has_changed()) engine_.synchronize();
    if (next_ != pc + i_.bytes.size()) return engine_.go_to(next_, I386Translator::Start::block);
    const auto place = engine_.translator_.cache().find(code - 1);
    const bool alive = place.block && place.block->registered && !place.block->dead && place.pc == pc;
    if (alive) return engine_.resume_at(code);
    engine_.go_to(next_, I386Translator::Start::inside);
} catch (const KernelFault& fault) {
    engine_.end_with_fault(pc_, static_cast<std::uint32_t>(fault.fault.address.value), fault.fault.access);
}

bool I386Rare::trap(unsigned vector)
{
    engine_.end_at(StopKind::trap, pc_, vector);
    return true;
}

// --- operands ---------------------------------------------------------------------------------------------------

/// The address of the memory operand, with 32-bit or 16-bit registers.
std::uint32_t I386Rare::operand_address() const
{
    const auto& r = state_.registers;
    auto sum = static_cast<std::uint32_t>(i_.displacement);
    const auto mod = i_.mod(), rm = i_.rm();
    if (i_.address16) {
        constexpr unsigned ebp = 5;
        constexpr unsigned none = 8;
        constexpr unsigned bases[] = {ebx, ebx, ebp, ebp, none, none, ebp, ebx};
        constexpr unsigned indexes[] = {esi, edi, esi, edi, esi, edi, none, none};
        if (bases[rm] != none && !(rm == 6 && mod == 0)) sum += r[bases[rm]];
        if (indexes[rm] != none) sum += r[indexes[rm]];
        return sum & 0xffff;
    }
    if (rm != 4) return mod == 0 && rm == 5 ? sum : sum + r[rm];
    const unsigned base = i_.sib & 7, index = i_.sib >> 3 & 7;
    if (!(base == 5 && mod == 0)) sum += r[base];
    if (index != esp) sum += r[index] << (i_.sib >> 6);
    return sum;
}

std::uint32_t I386Rare::read_operand(unsigned bytes)
{
    if (i_.has_memory()) return static_cast<std::uint32_t>(engine_.memory_.load_sized({operand_address()}, bytes));
    return reg(i_.rm()) & mask(bytes);
}

void I386Rare::write_operand(unsigned bytes, std::uint32_t value)
{
    if (i_.has_memory()) engine_.memory_.store_sized({operand_address()}, bytes, value);
    else set_low(i_.rm(), bytes, value);
}

void I386Rare::set_low(unsigned number, unsigned bytes, std::uint32_t value)
{
    reg(number) = (reg(number) & ~mask(bytes)) | (value & mask(bytes));
}

void I386Rare::push(std::uint32_t value)
{
    engine_.memory_.store_sized({reg(esp) - size()}, size(), value);
    reg(esp) -= size();
}

std::uint32_t I386Rare::pop_peek(unsigned bytes)
{
    return static_cast<std::uint32_t>(engine_.memory_.load_sized({reg(esp)}, bytes));
}

// --- forms that only their prefixes make rare -------------------------------------------------------------------

/// Through fs or gs, or with 16-bit addresses: a like instruction, whose operand is at the same place, is run instead.
bool I386Rare::flat_or_short()
{
    if (i_.segment && segment(i_.segment == 0x64 ? 4 : 5) == 0) {
        const bool uses_memory = i_.has_memory() || !i_.has_modrm;
        if (uses_memory) return trap(general_protection);
    }
    if (!i_.segment && !(i_.address16 && i_.has_memory())) return false;
    std::vector<std::byte> like;
    if (i_.lock) like.push_back(std::byte{0xf0});
    if (i_.operand16) like.push_back(std::byte{0x66});
    if (i_.repeat) like.push_back(static_cast<std::byte>(i_.repeat));
    if (i_.address16 && !i_.has_memory()) like.push_back(std::byte{0x67});
    if (i_.two_bytes) like.push_back(std::byte{0x0f});
    like.push_back(static_cast<std::byte>(i_.opcode));
    if (i_.has_memory()) {
        like.push_back(static_cast<std::byte>(i_.reg() << 3 | 5)); // an address without registers
        const auto at = operand_address();
        for (unsigned byte = 0; byte < 4; ++byte) like.push_back(static_cast<std::byte>(at >> 8 * byte));
    } else if (i_.has_modrm) {
        like.push_back(static_cast<std::byte>(i_.modrm));
    }
    for (const auto value : i_.bytes.subspan(i_.immediate_at, i_.immediate_bytes)) like.push_back(static_cast<std::byte>(value));
    I386Instruction instead;
    if (decode_i386(like, instead) == I386Decoding::truncated || instead.form == I386Form::rare) {
        i_.segment = 0;
        return false; // done by hand, as those without such a prefix
    }
    const auto code = engine_.translator_.translate_alone(pc_, &instead);
    if (!code) return false;
    engine_.running_alone_ = true;
    engine_.resume_at(*code);
    return true;
}

// --- ports ------------------------------------------------------------------------------------------------------

std::uint32_t I386Rare::port_in(std::uint32_t port, unsigned bytes)
{
    const auto value = engine_.io_bus_ ? engine_.io_bus_->in(static_cast<std::uint16_t>(port), bytes) : 0xffffffff;
    return value & mask(bytes);
}

void I386Rare::port_out(std::uint32_t port, unsigned bytes, std::uint32_t value)
{
    if (engine_.io_bus_) engine_.io_bus_->out(static_cast<std::uint16_t>(port), bytes, value & mask(bytes));
}

bool I386Rare::string_ports()
{
    const unsigned bytes = i_.opcode & 1 ? size() : 1;
    const bool in = i_.opcode < 0x6e;
    const auto step = state_.direction ? -bytes : bytes;
    if (i_.address16) return false;
    auto& memory = engine_.memory_;
    for (std::uint32_t done = 0; !i_.repeat || reg(ecx); ++done) {
        constexpr std::uint32_t between_looks = 4096;
        if (done % between_looks == between_looks - 1 && engine_.interrupted_.load()) {
            next_ = pc_; // the rest is done by the instruction itself, later
            return true;
        }
        if (in) memory.store_sized({reg(edi)}, bytes, port_in(reg(edx) & 0xffff, bytes));
        else port_out(reg(edx) & 0xffff, bytes, static_cast<std::uint32_t>(memory.load_sized({reg(esi)}, bytes)));
        reg(in ? edi : esi) += step;
        if (!i_.repeat) break;
        --reg(ecx);
    }
    return true;
}

// --- one-byte opcodes -------------------------------------------------------------------------------------------

bool I386Rare::one_byte()
{
    const auto op = i_.opcode;
    const unsigned bytes = op & 1 ? size() : 1;
    switch (op) {
    case 0x06: case 0x07: case 0x0e: case 0x16: case 0x17: case 0x1e: case 0x1f: return segment_push_pop();
    case 0x27: case 0x2f: case 0x37: case 0x3f: case 0xd4: case 0xd5: case 0xd6: return decimal();
    case 0x62: { // bound
        if (!i_.has_memory()) return false;
        const auto signed_of = [&](std::uint32_t value) {
            return i_.operand16 ? static_cast<std::int16_t>(value) : static_cast<std::int32_t>(value);
        };
        const auto at = operand_address();
        const auto low = signed_of(static_cast<std::uint32_t>(engine_.memory_.load_sized({at}, size())));
        const auto high = signed_of(static_cast<std::uint32_t>(engine_.memory_.load_sized({at + size()}, size())));
        const auto index = signed_of(reg(i_.reg()));
        return index < low || index > high ? trap(5) : true;
    }
    case 0x63: { // arpl
        const auto value = read_operand(2), wanted = reg(i_.reg()) & 3;
        const bool lower = (value & 3) < wanted;
        if (lower) write_operand(2, (value & ~3u) | wanted);
        state_.flags = static_cast<std::uint8_t>((state_.flags & ~0x40) | (lower ? 0x40 : 0));
        return true;
    }
    case 0x6c: case 0x6d: case 0x6e: case 0x6f: return string_ports();
    case 0x8c: {
        if (i_.reg() > 5) return false;
        write_operand(i_.has_memory() ? 2 : size(), segment(i_.reg()));
        return true;
    }
    case 0x8e: return i_.reg() <= 5 && i_.reg() != 1 && set_segment(i_.reg(), read_operand(2));
    case 0x9c: push(engine_.flags()); return i_.operand16;
    case 0x9d: {
        const auto value = pop_peek(2);
        reg(esp) += 2;
        engine_.set_flags((engine_.flags() & 0xffff0000) | value);
        return i_.operand16;
    }
    case 0xc4: return load_far_pointer(0);
    case 0xc5: return load_far_pointer(3);
    case 0xcc: engine_.end_at(StopKind::breakpoint, next_); return true;
    case 0xcd: engine_.end_at(StopKind::trap, next_, static_cast<std::uint8_t>(i_.immediate)); return true;
    case 0xce:
        if (state_.overflow) engine_.end_at(StopKind::trap, next_, 4);
        return true;
    case 0xd9: case 0xdd: return fpu_environment();
    case 0xe4: case 0xe5: set_low(eax, bytes, port_in(static_cast<std::uint8_t>(i_.immediate), bytes)); return true;
    case 0xe6: case 0xe7: port_out(static_cast<std::uint8_t>(i_.immediate), bytes, reg(eax)); return true;
    case 0xec: case 0xed: set_low(eax, bytes, port_in(reg(edx) & 0xffff, bytes)); return true;
    case 0xee: case 0xef: port_out(reg(edx) & 0xffff, bytes, reg(eax)); return true;
    case 0xf4: engine_.end_at(StopKind::halt, next_); return true;
    default: return far_or_short_branch();
    }
}

// --- segments ---------------------------------------------------------------------------------------------------

/// By the number that instructions have for it: es, cs, ss, ds, fs, gs.
std::uint32_t& I386Rare::segment(unsigned number)
{
    constexpr unsigned places[] = {3, 0, 1, 2, 4, 5};
    return engine_.segments_[places[number]];
}

/// The kernel's descriptor table has flat segments only: 10 and 23 for code, 18 and 2b for data. Null is good for all but ss.
bool I386Rare::set_segment(unsigned number, std::uint32_t selector)
{
    constexpr unsigned ss = 2;
    const auto index = selector >> 3;
    const bool known = selector < 4 ? number != ss : !(selector & 4) && index >= 2 && index <= 5;
    if (!known || (number == ss && selector != 0x18)) return trap(general_protection);
    segment(number) = selector;
    return true;
}

bool I386Rare::segment_push_pop()
{
    unsigned number = i_.opcode >> 3 & 3;
    if (i_.two_bytes) number = i_.opcode & 8 ? 5 : 4;
    const bool pops = i_.opcode & 1;
    if (!pops) {
        push(segment(number));
        return true;
    }
    if (!set_segment(number, pop_peek(2))) return false;
    if (!engine_.stop_) reg(esp) += size();
    return true;
}

bool I386Rare::load_far_pointer(unsigned number)
{
    if (!i_.has_memory()) return false;
    const auto at = operand_address();
    const auto offset = static_cast<std::uint32_t>(engine_.memory_.load_sized({at}, size()));
    const auto selector = static_cast<std::uint32_t>(engine_.memory_.load_sized({at + size()}, 2));
    if (!set_segment(number, selector)) return false;
    if (!engine_.stop_) set_low(i_.reg(), size(), offset);
    return true;
}

// --- two-byte opcodes -------------------------------------------------------------------------------------------

bool I386Rare::two_bytes()
{
    switch (i_.opcode) {
    case 0x00: case 0x01: return system_table();
    case 0x06: engine_.control_[0] &= ~8u; return true; // clts
    case 0x08: case 0x09: return true;                  // invd, wbinvd
    case 0x20: case 0x21: case 0x22: case 0x23: return control_register();
    case 0x30: case 0x31: case 0x32: return model_specific();
    case 0x34: case 0x35: return trap(general_protection); // sysenter, sysexit: no segment was set for them
    case 0xa0: case 0xa1: case 0xa8: case 0xa9: return segment_push_pop();
    case 0xa2: cpuid(); return true;
    case 0xae: return fpu_environment();
    case 0xb2: return load_far_pointer(2);
    case 0xb4: return load_far_pointer(4);
    case 0xb5: return load_far_pointer(5);
    default: return far_or_short_branch();
    }
}

bool I386Rare::system_table()
{
    const auto group = i_.opcode << 3 | i_.reg();
    constexpr std::uint32_t task_selector = 0x20; // of the kernel's first processor
    switch (group) {
    case 0: write_operand(i_.has_memory() ? 2 : size(), 0); return true;             // sldt
    case 1: write_operand(i_.has_memory() ? 2 : size(), task_selector); return true; // str
    case 2: case 3: read_operand(2); return true;                                    // lldt, ltr
    case 4: case 5: { // verr, verw: every flat segment can be
        const auto index = read_operand(2) >> 3;
        state_.flags = static_cast<std::uint8_t>((state_.flags & ~0x40) | (index >= 2 && index <= 5 ? 0x40 : 0));
        return true;
    }
    case 8: case 9: { // sgdt, sidt: an empty table
        if (!i_.has_memory()) return false;
        engine_.memory_.store_sized({operand_address()}, 2, 0);
        engine_.memory_.store_sized({operand_address() + 2}, 4, 0);
        return true;
    }
    case 10: case 11: { // lgdt, lidt: it is read, but other tables are nothing that guest code can have
        if (!i_.has_memory()) return false;
        engine_.memory_.load_sized({operand_address()}, 2);
        engine_.memory_.load_sized({operand_address() + 2}, 4);
        return false;
    }
    case 12: write_operand(i_.has_memory() ? 2 : size(), engine_.control_[0]); return true; // smsw
    case 14: engine_.control_[0] = (engine_.control_[0] & ~0xeu) | (read_operand(2) & 0xf); return true; // lmsw
    case 15: return i_.has_memory(); // invlpg
    default: return false;
    }
}

bool I386Rare::control_register()
{
    const auto number = i_.reg();
    const bool debug = i_.opcode & 1, sets = i_.opcode & 2;
    if (!debug && number != 0 && number != 2 && number != 3 && number != 4) return false;
    if (debug) {
        if (!sets) reg(i_.rm()) = number == 6 ? 0xffff0ff0 : number == 7 ? 0x400 : 0;
        return true;
    }
    auto& value = engine_.control_[number];
    if (!sets) {
        reg(i_.rm()) = value;
        return true;
    }
    constexpr std::uint32_t protection_and_paging = 0x80000001;
    const auto before = std::exchange(value, reg(i_.rm()));
    const bool stops_paging = number == 0 && (value & protection_and_paging) != protection_and_paging;
    const bool has_other_tables = number == 3 && value != before;
    if (stops_paging || has_other_tables) engine_.end_with_fault(next_, next_, Access::execute); // nobody knows what comes next
    return true;
}

/// The clock counts whole blocks: what is read twice within a block is later the second time.
std::uint64_t I386Rare::time_stamp() const
{
    constexpr std::uint64_t least_between_reads = 32; // cycles
    const auto now = engine_.clock_ ? engine_.clock_->cycles() : 0;
    engine_.time_stamp_ = std::max(now, engine_.time_stamp_ + least_between_reads);
    return engine_.time_stamp_;
}

bool I386Rare::model_specific()
{
    constexpr std::uint32_t time_stamp_counter = 0x10;
    const auto number = reg(ecx);
    if (i_.opcode == 0x30) {
        engine_.model_specific_[number] = std::uint64_t{reg(edx)} << 32 | reg(eax);
        return true;
    }
    std::uint64_t value = 0;
    if (i_.opcode == 0x31 || number == time_stamp_counter) value = time_stamp();
    else if (const auto found = engine_.model_specific_.find(number); found != engine_.model_specific_.end()) value = found->second;
    reg(eax) = static_cast<std::uint32_t>(value);
    reg(edx) = static_cast<std::uint32_t>(value >> 32);
    return true;
}

/// The processor that the machine has: a Pentium III without SSE.
void I386Rare::cpuid()
{
    const auto set = [&](std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
        reg(eax) = a;
        reg(ebx) = b;
        reg(ecx) = c;
        reg(edx) = d;
    };
    constexpr std::uint32_t features = 0x0183fbff & ~0x00000200u; // FPU to MMX and FXSR, no APIC
    switch (reg(eax)) {
    case 0: return set(1, 0x756e6547, 0x6c65746e, 0x49656e69); // GenuineIntel
    case 1: return set(0x673, 0, 0, features);
    default: return set(0, 0, 0, 0);
    }
}

} // namespace retromod
