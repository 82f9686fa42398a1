! SPDX-License-Identifier: GPL-2.0-or-later
! Each relocation type that a SPARC module can have.
        .text
        .globl  init_module
init_module:
        call    printk                          ! R_SPARC_WDISP30
        nop
        call    near
        nop
        sethi   %hi(message+0x7ffc), %g1        ! R_SPARC_HI22
        ld      [%g1+%lo(message+0x7ffc)], %g2  ! R_SPARC_LO10
        sethi   %hi(jiffies), %g1
        or      %g1, %lo(jiffies), %g1
        or      %g0, low, %g3                   ! R_SPARC_13
        be      target                          ! R_SPARC_WDISP22
        nop
near:   retl
        nop
        .section .text.init, "ax"
        .globl  target
target: retl
        nop
        .data
message: .word  near, init_module+4, printk, space+8 ! R_SPARC_32
        .word   kfree - ., near - .             ! R_SPARC_DISP32
        .half   low                             ! R_SPARC_16
        .byte   lower                           ! R_SPARC_8
        .uaword printk+5                        ! R_SPARC_UA32
        .globl  low, lower
low = 0x765
lower = 0x65
        .comm   space, 32, 16
