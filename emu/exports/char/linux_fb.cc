// SPDX-License-Identifier: GPL-2.0-or-later
// linux/fb.h: frame buffers and their colour maps. Source: drivers/video/{fbmem,fbcmap}.c of 2.4.
#include "emu/exports/answers.h"
#include "emu/kernel/devices.h"
#include "emu/kernel/guest_bytes.h"
#include "emu/kernel/heap.h"
#include "emu/kernel/kernel.h"
#include "emu/kernel/log.h"
#include "emu/kernel/thread.h"
#include "emu/kernel/user_access.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace retromod {
namespace {

constexpr std::uint32_t frame_buffer_major = 29, buffer_limit = 32, consoles = 63; // FB_MAJOR, FB_MAX, MAX_NR_CONSOLES

/// Registered struct fb_info's, by index; fixed format.
struct FrameBufferRow {
    static constexpr std::string_view table_name = "frame_buffers";
    static constexpr std::uint32_t table_capacity = buffer_limit;
    std::uint32_t used;
    std::uint32_t index;
    std::uint64_t info;
};

/// struct fb_info on i386: modename[40], node, flags, open, var 160, fix 68, monspecs 16, cmap 24, fbops, ...; the same in all
/// of 2.4.
constexpr std::uint64_t node_at = 40, operations_at = 320;

FrameBufferRow* buffer_of(Kernel& kernel, std::uint32_t index)
{
    return kernel.machine().table<FrameBufferRow>().find_if([&](const FrameBufferRow& r) { return r.index == index; });
}

struct Opening {
    std::uint32_t index, console;
};

/// Every console that shows this buffer (all of them show the first) opens it.
Step register_framebuffer(Kernel& kernel, Frame& frame, GuestAddr info)
{
    auto& memory = kernel.memory();
    auto& state = frame.local<Opening>();
    const auto operations = memory.load_pointer(info + operations_at);
    const auto owner = memory.load_pointer(operations), open = memory.load_pointer(operations + kernel.arch().word_bytes);
    if (!frame.phase++) {
        while (state.index < buffer_limit && buffer_of(kernel, state.index)) ++state.index;
        auto* row = kernel.machine().table<FrameBufferRow>().insert();
        if (!row) return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{error_code(kernel, Errno::enxio)}))};
        *row = {1, state.index, info.value};
        memory.store<std::uint16_t>(info + node_at, static_cast<std::uint16_t>(frame_buffer_major << 8 | state.index));
    } else if (frame.result) {
        release_module(kernel, owner);
    }
    if (state.index) return Return{0};
    while (state.console < consoles) {
        ++state.console;
        hold_module(kernel, owner);
        if (open) return CallGuest{open, {info.value, 0}, 2, "fb_open"};
    }
    return Return{0};
}

std::int32_t unregister_framebuffer(Kernel& kernel, GuestAddr info)
{
    const auto index = kernel.memory().load<std::uint16_t>(info + node_at) & 31u;
    if (index == 0) return error_code(kernel, Errno::ebusy); // the consoles show it
    auto* row = buffer_of(kernel, index);
    if (!row) return error_code(kernel, Errno::einval);
    kernel.machine().table<FrameBufferRow>().erase(*row);
    return 0;
}

/// The index of a node: the first eight had 32 minors each once.
std::int32_t frame_buffer_index(Kernel& kernel, std::uint32_t device)
{
    const auto minor = device & 0xff;
    if (minor < 32) return static_cast<std::int32_t>(minor);
    kernel.log().write(fmt::format("Warning: Remapping obsolete /dev/fb* minor {} to {}\n", minor, minor >> 5));
    return static_cast<std::int32_t>(minor >> 5);
}

// --- colour maps --------------------------------------------------------------------------------------------------------

/// struct fb_cmap: start, len, then four arrays of 16 bits: red, green, blue, transparency.
struct ColorMap {
    Kernel& kernel;
    GuestAddr at;
    std::uint32_t start() const { return kernel.memory().load<std::uint32_t>(at); }
    std::uint32_t length() const { return kernel.memory().load<std::uint32_t>(at + 4); }
    GuestAddr array(unsigned i) const { return kernel.memory().load_pointer(at + 8 + i * kernel.arch().word_bytes); }
    void set(std::uint32_t start, std::uint32_t length)
    {
        kernel.memory().store<std::uint32_t>(at, start);
        kernel.memory().store<std::uint32_t>(at + 4, length);
    }
    void set_array(unsigned i, GuestAddr value) { kernel.memory().store_word(at + 8 + i * kernel.arch().word_bytes, value.value); }
};
constexpr unsigned arrays = 4, transparency = 3;

/// The kernel's maps of 2, 4, 8 and 16 colours; fixed format, one row.
struct DefaultMapsRow {
    static constexpr std::string_view table_name = "color_maps";
    static constexpr std::uint32_t table_capacity = 1;
    std::uint32_t used;
    std::uint32_t reserved;
    std::uint64_t maps[4];
};

/// Red, green and blue of one colour of the default map with that many colours.
std::uint16_t default_level(unsigned colors, unsigned index, unsigned channel)
{
    constexpr std::uint16_t grey[] = {0, 0xaaaa, 0x5555, 0xffff};
    if (colors <= 4) return colors == 2 && index ? 0xaaaa : grey[index];
    if (colors == 8 && index >= 6)
        return channel == 0 ? 0xaaaa : channel == 2 ? (index == 7 ? 0xaaaa : 0) : index == 6 ? 0x5555 : 0xaaaa;
    const bool lit = index >> (2 - channel) & 1;
    if (index == 6 && channel == 1) return 0x5555; // brown, not dark yellow
    return index < 8 ? (lit ? 0xaaaa : 0) : (lit ? 0xffff : 0x5555);
}

GuestAddr make_default_map(Kernel& kernel, unsigned colors)
{
    ColorMap map{kernel, kernel.heap().allocate(8 + arrays * kernel.arch().word_bytes)};
    map.set(0, colors);
    for (unsigned channel = 0; channel < transparency; ++channel) {
        const auto levels = kernel.heap().allocate(colors * 2);
        for (unsigned i = 0; i < colors; ++i)
            kernel.memory().store<std::uint16_t>(levels + i * 2, default_level(colors, i, channel));
        map.set_array(channel, levels);
    }
    return map.at;
}

GuestAddr fb_default_cmap(Kernel& kernel, std::int32_t colors)
{
    const unsigned which = colors <= 2 ? 0 : colors <= 4 ? 1 : colors <= 8 ? 2 : 3;
    auto& row = kernel.machine().single<DefaultMapsRow>();
    if (!row.maps[which]) row.maps[which] = make_default_map(kernel, 2u << which).value;
    return {row.maps[which]};
}

/// As the kernel's, which counts the offsets in colours but the size in bytes.
void fb_copy_cmap(Kernel& kernel, GuestAddr from_at, GuestAddr to_at, std::int32_t direction)
{
    enum : std::int32_t { within_kernel, from_user, to_user };
    const ColorMap from{kernel, from_at}, to{kernel, to_at};
    const auto from_offset = to.start() > from.start() ? to.start() - from.start() : 0;
    const auto to_offset = to.start() > from.start() ? 0 : from.start() - to.start();
    const auto count = std::min(std::int64_t{to.length()} - to_offset, std::int64_t{from.length()} - from_offset);
    if (count <= 0) return;
    const auto bytes = static_cast<std::uint64_t>(count) * 2;
    for (unsigned i = 0; i < arrays; ++i) {
        const auto source = from.array(i), target = to.array(i);
        if (i == transparency && (!source || !target)) continue;
        require_access(kernel, direction == from_user ? target + to_offset * 2 : source + from_offset * 2, bytes,
                       direction == from_user ? Access::write : Access::read);
        std::vector<std::byte> levels(bytes);
        if (direction == from_user) kernel.user().copy_from(levels, source + from_offset * 2);
        else kernel.memory().read_all(source + from_offset * 2, levels);
        if (direction == to_user) kernel.user().copy_to(target + to_offset * 2, levels);
        else kernel.memory().write_all(target + to_offset * 2, levels);
    }
}

std::int32_t fb_alloc_cmap(Kernel& kernel, GuestAddr at, std::int32_t colors, std::int32_t with_transparency)
{
    ColorMap map{kernel, at};
    if (map.length() != static_cast<std::uint32_t>(colors)) {
        for (unsigned i = 0; i < arrays; ++i) {
            if (const auto old = map.array(i)) kernel.heap().free(old);
            map.set_array(i, {});
        }
        map.set(map.start(), 0);
        if (!colors) return 0;
        for (unsigned i = 0; i < arrays; ++i) {
            if (i == transparency && !with_transparency) break;
            const auto levels = kernel.heap().allocate(static_cast<std::uint32_t>(colors) * 2);
            if (!levels) return -1;
            map.set_array(i, levels);
        }
    }
    map.set(0, static_cast<std::uint32_t>(colors));
    fb_copy_cmap(kernel, fb_default_cmap(kernel, colors), at, 0);
    return 0;
}

void fb_invert_cmaps(Kernel& kernel)
{
    for (unsigned which = 0; which < 4; ++which) {
        const ColorMap map{kernel, fb_default_cmap(kernel, 2 << which)};
        for (unsigned channel = 0; channel < transparency; ++channel)
            for (unsigned i = 0; i < map.length(); ++i) {
                const auto at = map.array(channel) + i * 2;
                kernel.memory().store<std::uint16_t>(at, static_cast<std::uint16_t>(~kernel.memory().load<std::uint16_t>(at)));
            }
    }
}

std::uint32_t level(Kernel& kernel, const ColorMap& map, unsigned channel, std::uint32_t index, bool in_kernel)
{
    const auto at = map.array(channel);
    if (!at) return 0;
    std::array<std::byte, 2> bytes{};
    if (in_kernel) kernel.memory().read_all(at + index * 2, bytes);
    else kernel.user().copy_from(bytes, at + index * 2);
    return load<std::uint16_t>(bytes.data(), kernel.arch().order);
}

/// setcolreg(number, red, green, blue, transparency, info) for each colour, until it refuses.
Step fb_set_cmap(Kernel& kernel, Frame& frame, GuestAddr at, std::int32_t in_kernel, GuestFunction set, GuestAddr info)
{
    const ColorMap map{kernel, at};
    auto& next = frame.local<std::uint32_t>();
    if (static_cast<std::int32_t>(map.start()) < 0)
        return Return{kernel.arch().word(static_cast<std::uint64_t>(std::int64_t{error_code(kernel, Errno::einval)}))};
    if ((frame.phase++ && frame.result) || next == map.length()) return Return{0};
    const auto color = next++;
    std::array<std::uint64_t, 6> arguments{map.start() + color};
    for (unsigned channel = 0; channel < arrays; ++channel)
        arguments[1 + channel] = level(kernel, map, channel, color, in_kernel != 0);
    arguments[5] = info.value;
    return CallGuest{set.address, arguments, 6, "setcolreg"};
}

/// getcolreg(number, &red, &green, &blue, &transparency, info): the levels are fetched below the caller's stack.
Step fb_get_cmap(Kernel& kernel, Frame& frame, GuestAddr at, std::int32_t in_kernel, GuestFunction get, GuestAddr info)
{
    const ColorMap map{kernel, at};
    auto& next = frame.local<std::uint32_t>();
    const GuestAddr levels{round_down(frame.caller.reg[kernel.cpu().sp] - 64, 16)};
    if (frame.phase++) {
        if (frame.result) return Return{0};
        for (unsigned channel = 0; channel < arrays; ++channel) {
            const auto target = map.array(channel);
            if (!target) continue;
            std::array<std::byte, 2> bytes{};
            store<std::uint16_t>(bytes.data(), kernel.arch().order,
                                 static_cast<std::uint16_t>(kernel.memory().load<std::uint32_t>(levels + channel * 4)));
            if (in_kernel) kernel.memory().write_all(target + next * 2, bytes);
            else kernel.user().copy_to(target + next * 2, bytes);
        }
        ++next;
    }
    if (next == map.length()) return Return{0};
    return CallGuest{get.address,
                     {map.start() + next, levels.value, levels.value + 4, levels.value + 8, levels.value + 12, info.value},
                     6,
                     "getcolreg"};
}

constexpr Export functions[] = {
    init<register_framebuffer>("register_framebuffer"),
    full<unregister_framebuffer>("unregister_framebuffer"),
    full<frame_buffer_index>("GET_FB_IDX", since_2_4),
    full<fb_default_cmap>("fb_default_cmap"),
    full<fb_copy_cmap>("fb_copy_cmap"),
    full<fb_alloc_cmap>("fb_alloc_cmap"),
    full<fb_invert_cmaps>("fb_invert_cmaps"),
    full<fb_set_cmap>("fb_set_cmap"),
    full<fb_get_cmap>("fb_get_cmap"),
    inert<answer<0, GuestAddr, GuestAddr>>("__fb_try_mode", since_2_4),
};

/// color_table, default_red ...: the text console's sixteen colours. Source: drivers/char/console.c.
constexpr std::uint8_t color_order[] = {0, 4, 2, 6, 1, 5, 3, 7, 8, 12, 10, 14, 9, 13, 11, 15};
void store_color_order(Kernel& kernel, GuestAddr at)
{
    for (unsigned i = 0; i < 16; ++i) kernel.memory().store<std::uint8_t>(at + i, color_order[i]);
}
template <unsigned channel>
void store_levels(Kernel& kernel, GuestAddr at)
{
    for (unsigned i = 0; i < 16; ++i)
        kernel.memory().store<std::uint32_t>(at + i * 4, default_level(16, color_order[i], channel) & 0xff);
}

/// struct display_switch: ten functions and a font mask. Its functions draw; no console is drawn here.
constexpr std::uint64_t switch_bytes = 64, display_bytes = 63 * 256;

constexpr DataExport data[] = {
    {"color_table", fixed_bytes<16>, store_color_order},
    {"default_red", fixed_bytes<64>, store_levels<0>},
    {"default_grn", fixed_bytes<64>, store_levels<1>},
    {"default_blu", fixed_bytes<64>, store_levels<2>},
    {"fb_display", fixed_bytes<display_bytes>},
    {"fb_con", fixed_bytes<128>, nullptr, since_2_4},
    {"vt_cons", words<63>, nullptr, since_2_4},
    {"fbcon_dummy", fixed_bytes<switch_bytes>},
    {"fbcon_cfb8", fixed_bytes<switch_bytes>},
    {"fbcon_cfb16", fixed_bytes<switch_bytes>},
    {"fbcon_cfb24", fixed_bytes<switch_bytes>},
    {"fbcon_cfb32", fixed_bytes<switch_bytes>},
};

void tell(RowVisitor& visitor, const FrameBufferRow& row) { visitor.pointer("a struct fb_info", row.info); }
void tell(RowVisitor& visitor, const DefaultMapsRow& row)
{
    for (const auto map : row.maps) visitor.block("a color map", map);
}
constexpr TableKind tables[] = {table<FrameBufferRow, tell>("/proc/fb"), table<DefaultMapsRow, tell>()};

} // namespace

extern const Family linux_fb{.header = "linux/fb.h", .functions = functions, .data = data, .keeps = {.tables = tables}};

} // namespace retromod
