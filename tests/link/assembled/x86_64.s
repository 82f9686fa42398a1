# SPDX-License-Identifier: GPL-2.0-or-later
# Each relocation type that an x86-64 module can have.
        .text
        .globl  init_module
init_module:
        call    printk@PLT                      # R_X86_64_PLT32
        movq    $message+8, %rax                # R_X86_64_32S
        movl    jiffies(%rip), %ecx             # R_X86_64_PC32
        leaq    message(%rip), %rdx
        movabsq $kmalloc, %rsi                  # R_X86_64_64
        ret
        .data
message: .quad  init_module, printk+3, space
        .quad   kfree-.                         # R_X86_64_PC64
        .long   low                             # R_X86_64_32
        .comm   space, 32, 16
        .globl  low
        .set    low, 0x7654321
