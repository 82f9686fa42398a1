# SPDX-License-Identifier: GPL-2.0-or-later
# Each relocation type that a PowerPC module can have.
        .text
        .globl  init_module
init_module:
        bl      printk                          # R_PPC_REL24
        b       near
        lis     9, message+0x7ffc@ha            # R_PPC_ADDR16_HA
        lwz     9, message+0x7ffc@l(9)          # R_PPC_ADDR16_LO
        lis     9, message+0x9000@ha
        addi    9, 9, message+0x9000@l
        lis     9, jiffies@h                    # R_PPC_ADDR16_HI
        ori     9, 9, jiffies@l
        beq     target                          # R_PPC_REL14
near:   blr
        .section .text.init, "ax"
        .globl  target
target: blr
        .data
message: .long  near, init_module+4, printk, space+8 # R_PPC_ADDR32
        .long   kfree - ., near - .             # R_PPC_REL32
        .byte   0
        .reloc  ., R_PPC_UADDR32, printk+5
        .4byte  0
        .comm   space, 32, 16
