# SPDX-License-Identifier: GPL-2.0-or-later
# Each relocation type that an i386 module can have.
        .text
        .globl  init_module
init_module:
        call    printk                          # R_386_PC32
        call    near
        call    kfree@PLT                       # R_386_PLT32
        movl    $message+4, %eax                # R_386_32
        movl    jiffies, %ecx
        leal    kmalloc-12(,%ecx,4), %edx
        call    1f
1:      popl    %ebx
        addl    $_GLOBAL_OFFSET_TABLE_+[.-1b], %ebx # R_386_GOTPC
        leal    message@GOTOFF(%ebx), %eax      # R_386_GOTOFF
        movl    printk@GOT(%ebx), %eax          # R_386_GOT32
        movl    message@GOT(%ebx), %eax
        ret
near:   ret
        .data
message: .long  near, init_module+3, printk, space+8
        .long   printk-., near-.
        .reloc  ., R_386_GLOB_DAT, printk
        .long   0
        .reloc  ., R_386_JUMP_SLOT, kfree
        .long   0
        .reloc  ., R_386_RELATIVE, init_module  # relative to the base: init_module is what lies there
        .long   12
        .comm   space, 32, 16
