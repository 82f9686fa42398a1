@ SPDX-License-Identifier: GPL-2.0-or-later
@ Each relocation type that an ARM module can have: of the old ABI and of the one after it.
        .text
        .globl  init_module
init_module:
        .reloc  ., R_ARM_PC24, printk
        .word   0xebfffffe                      @ bl
        .reloc  ., R_ARM_PC24, printk
        .word   0x1bfffffe                      @ blne
        .reloc  ., R_ARM_PC24, exported
        .word   0xeb000002                      @ bl exported + 16
        .reloc  ., R_ARM_PLT32, kfree
        .word   0xebfffffe
        .reloc  ., R_ARM_CALL, kfree
        .word   0xebfffffe
        .reloc  ., R_ARM_JUMP24, exported
        .word   0xeafffffe                      @ b
        .globl  exported
exported:
        mov     pc, lr
        .data
message:
        .word   exported, init_module+4, printk, space+8 @ R_ARM_ABS32
        .word   kfree - ., exported - . + 4     @ R_ARM_REL32
        .comm   space, 32, 16
