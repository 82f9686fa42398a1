/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#define port_read_(name, type)                                                           \
    static inline type name(unsigned short port)                                         \
    {                                                                                    \
        type value;                                                                      \
        __asm__ __volatile__("in %w1,%0" : "=a"(value) : "Nd"(port));                    \
        return value;                                                                    \
    }
port_read_(inb, unsigned char)
port_read_(inw, unsigned short)
port_read_(inl, unsigned int)

static inline void outb(unsigned char value, unsigned short port) { __asm__ __volatile__("outb %b0,%w1" : : "a"(value), "Nd"(port)); }

extern void *__ioremap(unsigned long physical, unsigned long size, unsigned long flags);
extern void iounmap(void *address);
