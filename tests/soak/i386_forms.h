/* SPDX-License-Identifier: GPL-2.0-or-later
 * What i386_forms_soak.cc and its program for the host's CPU, guest/i386_forms.c, tell each other. C and C++. */
#pragma once

#include <stdint.h>

/* Two areas of the guest's vmalloc window with unmapped pages around; the program for the host has them at the same addresses. */
#define FORMS_DATA 0xc8800000u
#define FORMS_DATA_BYTES 8192u
#define FORMS_CODE 0xc8803000u
#define FORMS_CODE_BYTES 4096u

/* One instruction or a few, with int3 behind, and what the registers and flags are before. `seed` fills the data. */
struct forms_case {
	uint32_t registers[8]; /* eax, ecx, edx, ebx, esp, ebp, esi, edi */
	uint32_t flags, seed;
	uint8_t code[128];
	uint32_t length;
};

/* What is there when it has stopped: by int3, or by a fault. */
struct forms_result {
	uint32_t registers[8];
	uint32_t flags, pc;
	uint32_t stop;    /* the number of the signal */
	uint32_t address; /* that a fault was at */
	uint32_t hash;    /* of the data */
};

static inline void forms_fill(uint32_t *data, uint32_t seed)
{
	uint32_t i;
	for (i = 0; i < FORMS_DATA_BYTES / 4; ++i) {
		seed = seed * 1664525u + 1013904223u;
		data[i] = seed ^ seed >> 15;
	}
}

static inline uint32_t forms_hash(const uint32_t *data)
{
	uint32_t hash = 2166136261u, i;
	for (i = 0; i < FORMS_DATA_BYTES / 4; ++i) hash = (hash ^ data[i]) * 16777619u;
	return hash;
}
