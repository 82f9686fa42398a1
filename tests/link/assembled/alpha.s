# SPDX-License-Identifier: GPL-2.0-or-later
# Each relocation type that an alpha module can have.
        .set    noat
        .text
        .globl  init_module
        .ent    init_module
init_module:
        ldgp    $29, 0($27)                     # R_ALPHA_GPDISP
        ldq     $27, printk($29)                !literal!1
        jsr     $26, ($27), printk              !lituse_jsr!1
        ldah    $1, message($29)                !gprelhigh
        lda     $1, message($1)                 !gprellow
        ldah    $1, message+0x7ff8($29)         !gprelhigh
        ldq     $1, message+0x7ff8($1)          !gprellow
        ldq     $2, jiffies($29)                !literal
        ldq     $3, small($29)                  !gprel
        bsr     $26, exported                   # R_ALPHA_BRADDR
        ret     $31, ($26), 1
        .end    init_module
        .globl  exported
exported: ret   $31, ($26), 1
        .section .data, "aw"
message: .quad  init_module, printk+3, space    # R_ALPHA_REFQUAD
        .gprel32 message                        # R_ALPHA_GPREL32
        .long   kfree - .                       # R_ALPHA_SREL32
        .quad   kfree - .                       # R_ALPHA_SREL64
        .reloc  ., SREL16, message+0x123        # R_ALPHA_SREL16
        .word   0, 0
        .long   low                             # R_ALPHA_REFLONG
        .globl  low
low = 0x7654321
        .section .sdata, "aw"
small:  .quad   4
        .comm   space, 32, 16
