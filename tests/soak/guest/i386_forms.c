/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs instructions on the CPU that runs this program, one case after the other, for i386_forms_soak.cc, which says what a case is.
 * usage: i386_forms CASES RESULTS */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "../i386_forms.h"

static struct forms_result result;
static sigjmp_buf next_case;

static void on_signal(int signal, siginfo_t *info, void *raw)
{
	static const int places[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
	greg_t *cpu = ((ucontext_t *)raw)->uc_mcontext.gregs;
	for (int i = 0; i < 8; ++i) result.registers[i] = (uint32_t)cpu[places[i]];
	result.flags = (uint32_t)cpu[REG_EFL];
	result.pc = (uint32_t)cpu[REG_EIP];
	result.stop = (uint32_t)signal;
	result.address = signal == SIGSEGV ? (uint32_t)(uintptr_t)info->si_addr : 0;
	siglongjmp(next_case, 1);
}

static void run(const struct forms_case *one)
{
	static uint32_t image[9];
	static uint32_t jump = FORMS_CODE;
	memcpy(image, one->registers, sizeof one->registers);
	image[8] = one->flags;
	forms_fill((uint32_t *)FORMS_DATA, one->seed);
	memset((void *)FORMS_CODE, 0xcc, FORMS_CODE_BYTES);
	memcpy((void *)FORMS_CODE, one->code, one->length);
	if (sigsetjmp(next_case, 1) == 0)
		__asm__ volatile("pushl 32+%0; popfl; movl %0,%%eax; movl 4+%0,%%ecx; movl 8+%0,%%edx; movl 12+%0,%%ebx;"
				 "movl 20+%0,%%ebp; movl 24+%0,%%esi; movl 28+%0,%%edi; movl 16+%0,%%esp; jmp *%1"
				 : : "m"(image), "m"(jump) : "memory");
	__asm__ volatile("cld; fninit");
	result.hash = forms_hash((const uint32_t *)FORMS_DATA);
}

static void *map(uintptr_t at, size_t bytes)
{
	void *memory = mmap((void *)at, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (memory == MAP_FAILED) exit(3);
	return memory;
}

int main(int count, char **words)
{
	static const int signals[] = {SIGSEGV, SIGTRAP, SIGILL, SIGFPE, SIGBUS};
	struct forms_case one;
	stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
	if (count != 3) return 2;
	FILE *cases = fopen(words[1], "rb"), *results = fopen(words[2], "wb");
	if (!cases || !results) return 2;
	map(FORMS_DATA, FORMS_DATA_BYTES);
	map(FORMS_CODE, FORMS_CODE_BYTES);
	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; ++i) sigaction(signals[i], &action, NULL);
	while (fread(&one, sizeof one, 1, cases) == 1) {
		run(&one);
		if (fwrite(&result, sizeof result, 1, results) != 1) return 4;
	}
	return fclose(results) == 0 ? 0 : 4;
}
