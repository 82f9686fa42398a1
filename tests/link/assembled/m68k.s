| SPDX-License-Identifier: GPL-2.0-or-later
| Each relocation type that an m68k module can have.
        .text
        .globl  init_module
init_module:
        jsr     printk                          | R_68K_32
        bsr.l   printk                          | R_68K_PC32
        bsr.w   target                          | R_68K_PC16
        .byte   0x60                            | bra.s target
        .reloc  ., R_68K_PC8, aside-1
        .byte   0
        lea     message+4, %a0
        move.w  #low, %d0                       | R_68K_16
        .byte   0x70                            | moveq
        .reloc  ., R_68K_8, lower
        .byte   0
        rts
        .globl  aside
aside:  rts
        .section .text.init, "ax"
        .globl  target
target: rts
        .data
message: .long  aside, init_module+2, printk, space+8
        .long   kfree - ., aside - .
        .reloc  ., R_68K_GLOB_DAT, printk
        .long   0
        .reloc  ., R_68K_JMP_SLOT, kfree
        .long   0
        .reloc  ., R_68K_RELATIVE, init_module+12 | relative to the base: init_module is what lies there
        .long   0
        .globl  low, lower
low = 0x765
lower = 0x65
        .comm   space, 32, 16
