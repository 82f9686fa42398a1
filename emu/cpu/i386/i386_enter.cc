// SPDX-License-Identifier: GPL-2.0-or-later
// Into emitted code and out of it. While that runs, rsp is the guest's esp: no signal may be delivered on the current stack.
#include "emu/cpu/i386/i386_state.h"

#if defined(__x86_64__)

namespace retromod {

[[gnu::noinline]] void enter_i386(I386State& state)
{
    using namespace i386_state;
    static const std::uint32_t default_mxcsr = 0x1f80;
    auto* self = &state;
    __asm__ volatile(
        "add $-128, %%rsp\n" // the compiler may keep something below
        "push %%rbp\n"
        "mov %%rdi, %%r15\n"
        "push %c[host_stack](%%r15)\n" // of the run that this one is nested in
        "mov %%rsp, %c[host_stack](%%r15)\n"
        "lea 2f(%%rip), %%rax\n"
        "mov %%rax, %c[leave](%%r15)\n"
        "lea 3f(%%rip), %%rax\n"
        "mov %%rax, %c[leave_saved](%%r15)\n"
        "cmpb $0, %c[fpu_in_use](%%r15)\n"
        "je 1f\n"
        "fxrstor64 %c[fpu](%%r15)\n"
        "1:\n"
        "mov %c[base](%%r15), %%r12\n"
        "mov %c[map](%%r15), %%r13\n"
        "mov %c[count](%%r15), %%r14\n"
        "cmpb $0, %c[direction](%%r15)\n"
        "je 1f\n"
        "std\n"
        "1:\n"
        "mov %c[overflow](%%r15), %%ax\n" // al: OF, ah: the other flags
        "add $0x7f, %%al\n"
        "sahf\n"
        "mov 4(%%r15), %%ecx\n"
        "mov 8(%%r15), %%edx\n"
        "mov 12(%%r15), %%ebx\n"
        "mov 20(%%r15), %%ebp\n"
        "mov 24(%%r15), %%esi\n"
        "mov 28(%%r15), %%edi\n"
        "mov (%%r15), %%eax\n"
        "mov 16(%%r15), %%esp\n"
        "jmp *%c[code](%%r15)\n"
        "2:\n"
        "mov %%eax, (%%r15)\n"
        "lahf\n"
        "seto %%al\n"
        "mov %%ax, %c[overflow](%%r15)\n"
        "mov %%ecx, 4(%%r15)\n"
        "mov %%edx, 8(%%r15)\n"
        "mov %%ebx, 12(%%r15)\n"
        "mov %%esp, 16(%%r15)\n"
        "mov %%ebp, 20(%%r15)\n"
        "mov %%esi, 24(%%r15)\n"
        "mov %%edi, 28(%%r15)\n"
        "mov %%r8d, %c[target](%%r15)\n"
        "mov %%r9d, %c[reason](%%r15)\n"
        "mov %%r10d, %c[detail](%%r15)\n"
        "cld\n"
        "3:\n"
        "mov %%r14, %c[count](%%r15)\n"
        "mov %c[host_stack](%%r15), %%rsp\n"
        "cmpb $0, %c[fpu_in_use](%%r15)\n"
        "je 1f\n"
        "fxsave64 %c[fpu](%%r15)\n"
        "fninit\n"
        "ldmxcsr %[mxcsr]\n"
        "1:\n"
        "pop %c[host_stack](%%r15)\n"
        "pop %%rbp\n"
        "sub $-128, %%rsp\n"
        : "+D"(self)
        : [mxcsr] "m"(default_mxcsr), [host_stack] "i"(host_stack), [leave] "i"(leave), [leave_saved] "i"(leave_saved),
          [fpu_in_use] "i"(fpu_in_use), [fpu] "i"(offsetof(I386State, fpu)), [base] "i"(base), [map] "i"(map),
          [count] "i"(count), [direction] "i"(direction), [overflow] "i"(overflow), [code] "i"(code), [target] "i"(target),
          [reason] "i"(reason), [detail] "i"(detail)
        : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc", "xmm0", "xmm1",
          "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
}

} // namespace retromod

#endif
