// SPDX-License-Identifier: GPL-2.0-or-later
// video/fbcon.h: drawing on frame buffers. No console is drawn. Source: drivers/video/fbcon*.c of 2.4.
#include "emu/exports/answers.h"

namespace retromod {
namespace {

constexpr Export functions[] = {
    inert<do_nothing<GuestAddr>>("fbcon_cfb8_setup"),
    inert<do_nothing<GuestAddr>>("fbcon_cfb16_setup"),
    inert<do_nothing<GuestAddr>>("fbcon_cfb24_setup"),
    inert<do_nothing<GuestAddr>>("fbcon_cfb32_setup"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb8_bmove"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb16_bmove"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb32_bmove"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t, std::int32_t, std::int32_t>>("fbcon_redraw_bmove"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb8_clear"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb16_clear"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb24_clear"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb32_clear"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_redraw_clear", since_2_4),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb8_putc"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb16_putc"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb24_putc"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t, std::int32_t, std::int32_t>>("fbcon_cfb32_putc"),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb8_putcs"),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb16_putcs"),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb24_putcs"),
    inert<do_nothing<GuestAddr, GuestAddr, GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb32_putcs"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb8_revc"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb16_revc"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb24_revc"),
    inert<do_nothing<GuestAddr, std::int32_t, std::int32_t>>("fbcon_cfb32_revc"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t>>("fbcon_cfb8_clear_margins"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t>>("fbcon_cfb16_clear_margins"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t>>("fbcon_cfb24_clear_margins"),
    inert<do_nothing<GuestAddr, GuestAddr, std::int32_t>>("fbcon_cfb32_clear_margins"),
    inert<answer<0, std::int32_t, std::int32_t, std::int32_t>>("vc_resize"),
};

} // namespace

extern const Family video_fbcon{.header = "video/fbcon.h", .functions = functions};

} // namespace retromod
