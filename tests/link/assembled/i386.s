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
        ret
near:   ret
        .data
message: .long  near, init_module+3, printk, space+8
        .long   printk-., near-.
        .comm   space, 32, 16
