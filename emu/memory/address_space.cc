// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/memory/address_space.h"

#include "emu/memory/work_meter.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace retromod {
namespace {

constexpr std::uint8_t first_of_area = 0x80;
constexpr std::uint8_t protection_bits = 0x07;
constexpr std::uint64_t steps_of_access = 8; ///< of work, beside those for its bytes: to find where they are

bool allows(std::uint8_t page, Access access)
{
    switch (access) {
    case Access::read: return page & 1;
    case Access::write: return page & 2;
    case Access::execute: return page & 4;
    }
    return false;
}

/// Joins the ranges that lie no more than `gap` bytes apart; they are sorted by start.
std::vector<GuestRange> joined(const std::vector<GuestRange>& ranges, std::uint64_t gap)
{
    std::vector<GuestRange> result;
    for (const auto& range : ranges) {
        if (result.empty() || range.start - result.back().start > result.back().bytes + gap) result.push_back(range);
        else result.back().bytes = std::max(result.back().bytes, range.start - result.back().start + range.bytes);
    }
    return result;
}

/// Adds `range`, as part of the last one where they meet or nearly so: writes come in runs.
void append_range(std::vector<GuestRange>& ranges, GuestRange range)
{
    constexpr std::uint64_t near = 256;
    if (!ranges.empty()) {
        auto& last = ranges.back();
        if (range.start >= last.start && range.start - last.start <= last.bytes + near) {
            last.bytes = std::max(last.bytes, range.start - last.start + range.bytes);
            return;
        }
    }
    ranges.push_back(range);
    // Where nobody takes them they must not pile up: they grow coarser.
    constexpr std::size_t many = 2048;
    if (ranges.size() < many) return;
    std::ranges::sort(ranges, {}, &GuestRange::start);
    for (auto gap = near; ranges.size() > many / 2; gap *= 16) ranges = joined(ranges, gap);
}

} // namespace

AddressSpace::AddressSpace(const Arch& arch, const MemoryImage& image) : arch_(&arch), image_(image) {}

// --- access -----------------------------------------------------------------------------------------------------

std::span<std::byte> AddressSpace::bytes(GuestAddr address, Access access, std::uint64_t wanted) const
{
    if (in_direct_map(address)) return direct_bytes(address, access);
    if (in_image_map(address)) return direct_bytes(in_direct_terms(address), access);
    if (vmalloc_window().contains(address)) return vmalloc_bytes(address, access, wanted);
    if (is_user(address) && user_) {
        const auto found = user_->bytes(address, access);
        return found.first(std::min<std::uint64_t>(found.size(), arch_->task_size - address));
    }
    return {};
}

std::span<std::byte> AddressSpace::direct_bytes(GuestAddr address, Access access) const
{
    const auto& state = *image_.state;
    auto end = arch_->page_offset.value + image_.direct.size();
    if (access == Access::write) {
        if (is_text(address)) return {};
        if (address.value < state.text_start) end = state.text_start;
        const auto hole = (arch_->page_offset + isa_hole_start).value;
        if (state.has_isa_hole && address.value < hole) end = std::min(end, hole);
        if (in_isa_hole(address)) return {};
    }
    return image_.direct.subspan(address - arch_->page_offset, end - address.value);
}

std::span<std::byte> AddressSpace::vmalloc_bytes(GuestAddr address, Access access, std::uint64_t wanted) const
{
    const auto first = page_index(address);
    const auto offset = address - image_.vmalloc_start;
    const auto pages = std::min<std::uint64_t>(image_.vmalloc_pages.size(), first + wanted / arch_->page_bytes + 2);
    auto end = first;
    while (end < pages && allows(image_.vmalloc_pages[end], access)) ++end;
    if (end == first) return {};
    return image_.vmalloc.subspan(offset, end * arch_->page_bytes - offset);
}

std::size_t AddressSpace::read(GuestAddr address, std::span<std::byte> into) const
{
    std::size_t done = 0;
    while (done < into.size()) {
        const auto source = bytes(address + done, Access::read, into.size() - done);
        if (source.empty()) break;
        const auto count = std::min(source.size(), into.size() - done);
        work_meter().take(count + steps_of_access);
        std::ranges::copy(source.first(count), into.begin() + static_cast<std::ptrdiff_t>(done));
        done += count;
    }
    return done;
}

std::size_t AddressSpace::write(GuestAddr address, std::span<const std::byte> from)
{
    std::size_t done = 0;
    while (done < from.size()) {
        if (in_isa_hole(address + done)) {
            done += std::min<std::size_t>(from.size() - done, arch_->page_offset + isa_hole_end - (address + done));
            continue;
        }
        const auto target = bytes(address + done, Access::write, from.size() - done);
        if (target.empty()) break;
        const auto count = std::min(target.size(), from.size() - done);
        work_meter().take(count + steps_of_access);
        std::ranges::copy(from.subspan(done, count), target.begin());
        done += count;
    }
    note_changed(address, done);
    return done;
}

void AddressSpace::fault(GuestAddr address, Access access) const
{
    throw KernelFault{{address, access, access == Access::write && !bytes(address, Access::read).empty()}};
}

void AddressSpace::read_all(GuestAddr address, std::span<std::byte> into) const
{
    const auto done = read(address, into);
    if (done != into.size()) fault(address + done, Access::read);
}

void AddressSpace::write_all(GuestAddr address, std::span<const std::byte> from)
{
    const auto done = write(address, from);
    if (done != from.size()) fault(address + done, Access::write);
}

void AddressSpace::fill(GuestAddr address, std::uint64_t count, std::byte value)
{
    for (std::uint64_t done = 0; done < count;) {
        if (in_isa_hole(address + done)) {
            done += std::min(count - done, arch_->page_offset + isa_hole_end - (address + done));
            continue;
        }
        const auto target = bytes(address + done, Access::write, count - done);
        if (target.empty()) fault(address + done, Access::write);
        const auto part = target.first(std::min<std::uint64_t>(target.size(), count - done));
        work_meter().take(part.size() + steps_of_access);
        std::ranges::fill(part, value);
        done += part.size();
    }
    note_changed(address, count);
}

std::uint64_t AddressSpace::load_word(GuestAddr address) const { return load_sized(address, arch_->word_bytes); }

void AddressSpace::store_word(GuestAddr address, std::uint64_t value) { store_sized(address, arch_->word_bytes, value); }

std::uint64_t AddressSpace::load_sized(GuestAddr address, unsigned size) const
{
    std::byte buffer[8];
    read_all(address, std::span(buffer).first(size));
    return load_unsigned(buffer, size, arch_->order);
}

void AddressSpace::store_sized(GuestAddr address, unsigned size, std::uint64_t value)
{
    std::byte buffer[8];
    store_unsigned(buffer, size, arch_->order, value);
    write_all(address, std::span(buffer).first(size));
}

std::string AddressSpace::load_string(GuestAddr address, std::size_t limit) const
{
    constexpr std::uint64_t likely_text = 64; // most end here: no need to know how far the memory reaches
    std::string text;
    while (text.size() < limit) {
        const auto source = bytes(address + text.size(), Access::read, likely_text);
        if (source.empty()) fault(address + text.size(), Access::read);
        const auto part = source.first(std::min(source.size(), limit - text.size()));
        const auto* begin = reinterpret_cast<const char*>(part.data());
        const auto length = ::strnlen(begin, part.size());
        work_meter().take(length + steps_of_access);
        text.append(begin, length);
        if (length < part.size()) break;
    }
    return text;
}

// --- allocation -------------------------------------------------------------------------------------------------

GuestAddr AddressSpace::allocate_image(std::uint64_t count, std::uint64_t alignment)
{
    auto& state = *image_.state;
    const auto page = arch_->page_bytes;
    const auto page_offset = arch_->page_offset.value;
    // The page that the image ends in is its own; pages behind it may have been handed out since.
    const auto first_foreign = (round_up(state.image_end, page) - page_offset) / page;
    auto start = round_up(state.image_end, alignment);
    for (auto frame = std::max(first_foreign, (start - page_offset) / page);
         frame < (start - page_offset + count + page - 1) / page && frame < image_.frames.size(); ++frame)
        if (image_.frames[frame]) start = round_up(page_offset + (frame + 1) * page, alignment);
    const auto offset = start - page_offset;
    if (offset + count > image_.direct.size()) throw std::length_error("the kernel image does not fit the machine's memory");
    for (auto frame = offset / page; frame < (offset + count + page - 1) / page; ++frame) {
        if (!image_.frames[frame]) ++state.frames_in_use;
        image_.frames[frame] = 1;
    }
    state.image_end = start + count;
    return arch_->image_map ? arch_->image_map + offset : GuestAddr{start};
}

GuestAddr AddressSpace::allocate_text(std::uint64_t count)
{
    const auto page = arch_->page_bytes;
    const auto start = allocate_image(round_up(count, page), page);
    image_.state->text_start = in_direct_terms(start).value;
    image_.state->text_end = image_.state->image_end;
    return start;
}

bool AddressSpace::is_text(GuestAddr address) const
{
    const auto value = in_direct_terms(address).value;
    return value >= image_.state->text_start && value < image_.state->text_end;
}

std::uint64_t AddressSpace::free_pages() const
{
    const auto used = image_.state->frames_in_use + image_.state->vmalloc_in_use;
    return used < image_.state->page_limit ? image_.state->page_limit - used : 0;
}

std::optional<GuestAddr> AddressSpace::allocate_frames(unsigned order)
{
    if (order > 10) return std::nullopt;
    return allocate_frame_run(std::uint64_t{1} << order, std::uint64_t{1} << order);
}

std::optional<GuestAddr> AddressSpace::allocate_frame_run(std::uint64_t pages, std::uint64_t alignment_pages)
{
    if (pages == 0 || pages > free_pages()) return std::nullopt;
    const auto is_free = [](auto frame) { return frame == 0; };
    for (auto start = round_up(frame_hint_, alignment_pages); start + pages <= image_.frames.size();
         start += alignment_pages) {
        const auto run = image_.frames.subspan(start, pages);
        if (!std::ranges::all_of(run, is_free)) continue;
        std::ranges::fill(run, std::uint8_t{1});
        image_.state->frames_in_use += pages;
        if (pages == 1) frame_hint_ = start + 1;
        return arch_->page_offset + start * arch_->page_bytes;
    }
    return std::nullopt;
}

void AddressSpace::free_frames(GuestAddr address, std::uint64_t pages)
{
    if (!in_direct_map(address)) return;
    const auto first = (address - arch_->page_offset) / arch_->page_bytes;
    const auto end = std::min<std::uint64_t>(first + pages, image_.frames.size());
    for (auto frame = first; frame < end; ++frame) {
        if (image_.frames[frame]) --image_.state->frames_in_use;
        image_.frames[frame] = 0;
    }
    frame_hint_ = std::min(frame_hint_, first);
}

std::optional<std::uint64_t> AddressSpace::find_vmalloc_gap(std::uint64_t pages) const
{
    const auto& map = image_.vmalloc_pages;
    auto run_start = image_.state->vmalloc_next;
    for (auto page = run_start; page < map.size(); ++page) {
        if (map[page]) run_start = page + 2;                  // past the guard page behind it
        else if (page >= run_start + pages) return run_start; // room for the area and its own guard page
    }
    return std::nullopt;
}

std::optional<GuestAddr> AddressSpace::vmalloc(std::uint64_t count, Protection protection)
{
    const auto page = arch_->page_bytes;
    const auto pages = arch_->word(count + page - 1) / page;
    if (pages == 0 || pages > free_pages()) return std::nullopt;
    const auto start = find_vmalloc_gap(pages);
    if (!start) return std::nullopt;
    auto& state = *image_.state;
    if (!state.reuse_addresses || *start == state.vmalloc_next) state.vmalloc_next = *start + pages + 1;
    const auto area = image_.vmalloc_pages.subspan(*start, pages);
    std::ranges::fill(area, static_cast<std::uint8_t>(protection));
    area.front() |= first_of_area;
    state.vmalloc_in_use += pages;
    if (state.has_fill) std::ranges::fill(image_.vmalloc.subspan(*start * page, pages * page), std::byte{state.fill});
    return image_.vmalloc_start + *start * page;
}

std::optional<GuestRange> AddressSpace::vmalloc_area(GuestAddr address) const
{
    if (!vmalloc_window().contains(address)) return std::nullopt;
    const auto& map = image_.vmalloc_pages;
    auto first = page_index(address);
    if (!map[first]) return std::nullopt;
    while (first > 0 && !(map[first] & first_of_area)) --first;
    auto end = first + 1;
    while (end < map.size() && map[end]) ++end;
    return GuestRange{image_.vmalloc_start + first * arch_->page_bytes, (end - first) * arch_->page_bytes};
}

bool AddressSpace::vfree(GuestAddr start)
{
    const auto area = vmalloc_area(start);
    if (!area || area->start != start) return false;
    const auto first = page_index(start);
    const auto pages = area->bytes / arch_->page_bytes;
    auto& state = *image_.state;
    std::ranges::fill(image_.vmalloc_pages.subspan(first, pages), std::uint8_t{0});
    std::ranges::fill(image_.vmalloc.subspan(first * arch_->page_bytes, area->bytes), std::byte{0});
    state.vmalloc_in_use -= std::min(pages, state.vmalloc_in_use);
    if (state.reuse_addresses) state.vmalloc_next = std::min(state.vmalloc_next, first);
    unmapped_.push_back(*area);
    return true;
}

// --- what an engine must know -----------------------------------------------------------------------------------

AddressSpace::Mapping AddressSpace::direct_mapping(GuestAddr address) const
{
    const auto& state = *image_.state;
    auto start = std::max(arch_->page_offset.value, arch_->page_bytes);
    auto end = arch_->page_offset.value + image_.direct.size();
    auto protection = Protection::all;
    if (is_text(address)) {
        start = state.text_start;
        end = state.text_end;
        protection = Protection::read_execute;
    } else if (address.value < state.text_start) {
        end = state.text_start;
    } else {
        start = std::max(start, state.text_end);
    }
    const bool hole = in_isa_hole(address);
    if (state.has_isa_hole) {
        const auto first = (arch_->page_offset + isa_hole_start).value, behind = (arch_->page_offset + isa_hole_end).value;
        if (hole || address.value < first) end = std::min(end, hole ? behind : first);
        if (hole || address.value >= behind) start = std::max(start, hole ? first : behind);
    }
    return {{{start}, end - start}, image_.direct.data() + (start - arch_->page_offset.value), protection, hole};
}

std::optional<AddressSpace::Mapping> AddressSpace::mapping(GuestAddr address) const
{
    if (in_direct_map(address)) return direct_mapping(address);
    if (in_image_map(address)) {
        auto found = direct_mapping(in_direct_terms(address));
        found.range.start = arch_->image_map + (found.range.start - arch_->page_offset);
        return found;
    }
    if (const auto area = vmalloc_area(address)) {
        const auto bits = image_.vmalloc_pages[page_index(address)] & protection_bits;
        return Mapping{*area, image_.vmalloc.data() + (area->start - image_.vmalloc_start), static_cast<Protection>(bits)};
    }
    if (!is_user(address) || !user_) return std::nullopt;
    const auto page_bytes = arch_->page_bytes;
    const GuestAddr page{round_down(address.value, page_bytes)};
    const auto writable = user_->bytes(page, Access::write);
    const auto room = std::min<std::uint64_t>(writable.size(), arch_->task_size - page);
    const auto writable_pages = round_down(room, page_bytes);
    if (writable_pages) return Mapping{{page, writable_pages}, writable.data(), Protection::all};
    const auto readable = user_->bytes(page, Access::read);
    if (readable.size() < page_bytes) return std::nullopt;
    return Mapping{{page, page_bytes}, readable.data(), Protection::read_execute};
}

void AddressSpace::note_changed(GuestAddr start, std::uint64_t count)
{
    if (count == 0 || is_user(start)) return;
    append_range(changed_, {start, count});
    if (vmalloc_window().contains(start)) append_range(written_, {start, count});
}

} // namespace retromod
