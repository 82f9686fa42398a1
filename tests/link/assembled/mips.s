# SPDX-License-Identifier: GPL-2.0-or-later
# Each relocation type that a mips module can have.
        .set    noreorder
        .set    noat
        .text
        .globl  init_module
init_module:
        jal     printk                          # R_MIPS_26
        nop
        j       near
        nop
        j       init_module+8
        nop
        lui     $8, %hi(message+0x7ffc)         # R_MIPS_HI16
        lui     $9, %hi(message+0x7ffc)
        lw      $8, %lo(message+0x7ffc)($8)     # R_MIPS_LO16
        lui     $8, %hi(kmalloc)
        addiu   $8, $8, %lo(kmalloc)
        lui     $8, %hi(space-4)
        sw      $8, %lo(space-4)($8)
        jr      $31
        nop
near:   jr      $31
        nop
        .data
message: .word  near, init_module+4, printk, space+8 # R_MIPS_32
        .comm   space, 32, 16
