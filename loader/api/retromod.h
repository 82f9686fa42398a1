/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/*
 * retromod for C, and for whatever can call C: a machine whose kernel links and runs modules, and the system calls of both
 * module ABIs, made as a program makes them.
 *
 *     retromod_machine *machine = retromod_boot(NULL);                  // a 2.4.20 in memory
 *     int64_t base = retromod_create_module(machine, "hello", 4096);    // 0xc8800000, or -EEXIST and the like
 *
 * Results of system calls are what the kernel's call returns to user space: -1 to -4095 is the negative of an error's
 * number on the guest's architecture (i386: the numbers of this host's <errno.h>), anything else is the guest's word, not
 * sign-extended (an address of a 32-bit guest is positive). Two values that no guest returns stand for a call that gave no
 * result: RETROMOD_STOPPED and RETROMOD_FAILED; retromod_outcome and retromod_error say more.
 *
 * User memory is given as buffers of the caller's: they are copied into the guest's user space for the time of the call,
 * each in pages of its own with nothing behind its last byte, and what the kernel stored there is copied back. A null
 * pointer is the guest's NULL. What no buffer can say (an address that is not mapped) retromod_syscall can.
 *
 * No function throws, aborts or writes to standard output or error, whatever it is given; a null machine is an error like
 * any other. A machine belongs to one thread at a time; different machines may be used by different threads, except that
 * booting with a jail and calls in a jail fork, which is for processes with one thread. Texts are bytes, in the guest's
 * encoding.
 *
 * The functions and structures here are kept as they are: what comes later is added, and `size` in the options tells.
 */

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

#if defined(__GNUC__)
#define RETROMOD_API __attribute__((visibility("default")))
#else
#define RETROMOD_API
#endif

/* Counts up when something is added, or has another default: 2 since a jail is the default. */
#define RETROMOD_API_VERSION 2

/* One machine with its kernel. */
typedef struct retromod_machine retromod_machine;

/* How the last function of a machine ended. */
typedef enum retromod_outcome_t {
    RETROMOD_DONE = 0,        /* it did what it is for; a refusal by the guest's kernel is a result, too */
    RETROMOD_OOPS = 1,        /* the guest's kernel oopsed and killed the caller; the log has the report */
    RETROMOD_BUG = 2,         /* BUG() in the guest's kernel */
    RETROMOD_HANG = 3,        /* the real kernel would never return */
    RETROMOD_BREAKPOINT = 4,  /* int3, and no debugger is there */
    RETROMOD_DEADLOCK = 5,    /* it sleeps, and nothing in the machine can wake it */
    RETROMOD_BUDGET = 6,      /* still running when its time was over (retromod_set_budget) */
    RETROMOD_TRAP = 7,        /* it called a function that this kernel does not have */
    RETROMOD_BAD_ARGUMENT = 8,/* of the function itself: a null machine, an unknown release, a buffer that is none */
    RETROMOD_HOST_FAILURE = 9,/* a file that cannot be read, no memory, a jail that died, ... */
    RETROMOD_DEAD = 10        /* the machine has panicked, in this call or before: it makes no calls any more */
} retromod_outcome_t;

/* Results of calls that gave none. The guest's kernel was reached and did not return (OOPS to TRAP), or it was not. */
#define RETROMOD_STOPPED INT64_MIN
#define RETROMOD_FAILED (INT64_MIN + 1)

/* What query_module is asked for. Source: include/linux/module.h of 2.4. */
enum { RETROMOD_QM_MODULES = 1, RETROMOD_QM_DEPS = 2, RETROMOD_QM_REFS = 3, RETROMOD_QM_SYMBOLS = 4, RETROMOD_QM_INFO = 5 };

/* For retromod_options.jail: guest code runs in this process. An engine that crashes takes the process with it. */
enum { RETROMOD_NO_JAIL = -1 };

/* What to boot. Members that are 0 or NULL have the value named behind them. */
typedef struct retromod_options {
    size_t size;              /* sizeof(retromod_options), so that later members are told from garbage; required */
    const char *file;         /* where the machine lives; NULL: in memory, gone when it is closed */
    const char *release;      /* "2.4.20"; the nearest measured release stands for one that was not measured */
    const char *arch;         /* the release's own: "i386" up to 2.6, "x86_64" since */
    const char *uts_release;  /* what uname says; `release` */
    uint64_t memory_bytes;    /* 128 MiB; 16 to 896 MiB */
    int smp;                  /* not 0: structures of an SMP kernel */
    int jail;                 /* a jail, as of retromod_set_jail(machine, 1), from the start; RETROMOD_NO_JAIL: none */
    const char *command_line; /* of a kernel since 2.6: "module_blacklist=a,b module.sig_enforce lockdown=integrity"; none */
    const char *configuration;/* of a kernel since 2.6, where it is not as measured: "MODULE_FORCE_LOAD=n MODULE_SIG=n"; none */
    const char *module_keys;  /* of a kernel since 2.6: the text of certificates, PEM, that modules may be signed by; none */
} retromod_options;

/* --- machines ------------------------------------------------------------------------------------------------------- */

/* Makes a machine; NULL for the options: all of them 0. A machine in a file replaces the one that is there (nothing that
 * is no machine is replaced) and has its writer lock until it is closed: other processes can look at it and wait to change
 * it. NULL on failure: retromod_error(NULL) says why. */
RETROMOD_API retromod_machine *retromod_boot(const retromod_options *options);

/* Takes up the machine in a file, having waited for its writer lock. NULL on failure, as when there is none, or when this
 * process has it open already. */
RETROMOD_API retromod_machine *retromod_open(const char *file);

/* Ends the use of a machine; NULL is allowed. What is in a file stays there. */
RETROMOD_API void retromod_close(retromod_machine *machine);

/* Runs guest code in a forked child under seccomp and resource limits from now on (1, the default), or in this process (0).
 * A child that dies leaves the machine as it was. A machine in memory has a jail only if it was not booted without one (it
 * then lives in a temporary file, whose folder $TMPDIR chooses). 0, or RETROMOD_FAILED. */
RETROMOD_API int64_t retromod_set_jail(retromod_machine *machine, int on);

/* How much guest time one call may take, in milliseconds of the guest's clock (default 50,000). 0, or RETROMOD_FAILED. */
RETROMOD_API int64_t retromod_set_budget(retromod_machine *machine, uint64_t milliseconds);

/* Whether the caller of the system calls has CAP_SYS_MODULE (default 1). 0, or RETROMOD_FAILED. */
RETROMOD_API int64_t retromod_set_capable(retromod_machine *machine, int on);

/* --- the five calls of 2.2 and 2.4 ---------------------------------------------------------------------------------- */
/* On a kernel since 2.6 they are what an old program would make there: ENOSYS, or a call of the other ABI with these words
 * for arguments. Each call's effect is kept at once, as a process would find it; a call that was stopped other than by an
 * oops or BUG() leaves a machine in a file as it was. */

/* The module's address. `size` in bytes, struct module included. */
RETROMOD_API int64_t retromod_create_module(retromod_machine *machine, const char *name, uint64_t size);

/* `image`: struct module in the guest's layout, relocated for the address that create_module gave, and what follows it. */
RETROMOD_API int64_t retromod_init_module(retromod_machine *machine, const char *name, const void *image, size_t image_bytes);

/* NULL for the name: removes the modules that nobody uses and that were loaded by autoclean. */
RETROMOD_API int64_t retromod_delete_module(retromod_machine *machine, const char *name);

/* NULL for the name: the kernel itself. `ret` may be NULL (the guest's NULL); else it gets what the call stored. */
RETROMOD_API int64_t retromod_query_module(retromod_machine *machine, const char *name, int which, void *buffer,
                                           size_t buffer_bytes, uint64_t *ret);

/* NULL for the table: only the number of entries. `table_bytes` are those that exist behind `table`: the call does not
 * know them, and stores as many entries as there are. */
RETROMOD_API int64_t retromod_get_kernel_syms(retromod_machine *machine, void *table, size_t table_bytes);

/* --- the calls since 2.6 -------------------------------------------------------------------------------------------- */
/* On a kernel up to 2.4, init_module and delete_module are the same system calls as above, and take these words for their
 * own arguments; finit_module is ENOSYS. */

/* init_module(image, len, params): `image` is the module's file, not linked. NULL for the parameters is the guest's NULL. */
RETROMOD_API int64_t retromod_init_module_image(retromod_machine* machine, const void* image, size_t image_bytes,
                                                const char* params);

/* finit_module(fd, params, flags) with a descriptor of this process: its file's kind, mode and content are what the guest's
 * kernel sees. Flags: 1 MODULE_INIT_IGNORE_MODVERSIONS, 2 MODULE_INIT_IGNORE_VERMAGIC, 4 MODULE_INIT_COMPRESSED_FILE. */
RETROMOD_API int64_t retromod_finit_module(retromod_machine *machine, int fd, const char *params, unsigned flags);

/* delete_module(name, flags): 04000 O_NONBLOCK, 01000 O_TRUNC (by force). */
RETROMOD_API int64_t retromod_delete_module_flags(retromod_machine *machine, const char *name, unsigned flags);

/* --- any call, by the guest's own words ----------------------------------------------------------------------------- */

/* Makes the system call of that name ("create_module", "open") with up to six words as they are: addresses in user memory
 * are those of retromod_user_map, or deliberately not. RETROMOD_FAILED (BAD_ARGUMENT) for a name that no kernel here has. */
RETROMOD_API int64_t retromod_syscall(retromod_machine *machine, const char *name, const uint64_t *arguments, unsigned count);

/* Maps `bytes` of zeroed user memory until retromod_user_unmap, and returns its address; the byte behind the last is not
 * there. `writable` 0: the kernel's stores there fault. */
RETROMOD_API int64_t retromod_user_map(retromod_machine *machine, uint64_t bytes, int writable);
/* 0, or RETROMOD_FAILED where nothing is mapped there. */
RETROMOD_API int64_t retromod_user_unmap(retromod_machine *machine, uint64_t address);
/* Copies from or to memory of retromod_user_map; 0, or RETROMOD_FAILED when the range is not wholly in one mapping. */
RETROMOD_API int64_t retromod_user_write(retromod_machine *machine, uint64_t address, const void *from, size_t bytes);
RETROMOD_API int64_t retromod_user_read(retromod_machine *machine, uint64_t address, void *into, size_t bytes);

/* --- programs ------------------------------------------------------------------------------------------------------- */

/* Loads a module file as insmod of the kernel's time does. `parameters`: "name=value" each, a NULL behind the last; NULL: none.
 * What it prints comes from retromod_output. The exit status, 0 or 1; RETROMOD_STOPPED; RETROMOD_FAILED. */
RETROMOD_API int64_t retromod_insmod(retromod_machine *machine, const char *file, const char *const *parameters);

/* Lets that many milliseconds of guest time pass: timers, tasklets, kernel threads. 0, or RETROMOD_FAILED. */
RETROMOD_API int64_t retromod_run(retromod_machine *machine, uint64_t milliseconds);

/* --- what can be read ----------------------------------------------------------------------------------------------- */
/* Each stores at most `bytes` into `into`, the last a NUL, and returns how many bytes the whole text has without it; so
 * NULL and 0 ask for the length. */

/* The kernel's log, each line with its level: "<6>hello". */
RETROMOD_API int64_t retromod_log(retromod_machine *machine, char *into, size_t bytes);
/* A file of the guest's /proc or /sys, as cat reads it: a module's own, too. -errno when it cannot be opened or read. At most 1
 * MiB. */
RETROMOD_API int64_t retromod_read_file(retromod_machine *machine, const char *path, char *into, size_t bytes);
/* Writes a file that a kernel since 2.6 has: a module's parameter below /sys/module, modules_disabled. The bytes written, or
 * -errno. */
RETROMOD_API int64_t retromod_write_file(retromod_machine *machine, const char *path, const char *text);
/* What the last retromod_insmod printed, standard output and error together. */
RETROMOD_API int64_t retromod_output(retromod_machine *machine, char *into, size_t bytes);

/* "2.4.20": what uname says. Owned by the machine; NULL for a null machine. */
RETROMOD_API const char *retromod_release(const retromod_machine *machine);

/* --- what went wrong ------------------------------------------------------------------------------------------------ */

/* How the machine's last function ended; for NULL, the last one of this thread. */
RETROMOD_API retromod_outcome_t retromod_outcome(const retromod_machine *machine);

/* One sentence about it; "" after RETROMOD_DONE. Never NULL; good until the next function of that machine (NULL: of this
 * thread). */
RETROMOD_API const char *retromod_error(const retromod_machine *machine);

/* The name of an error that a call of this machine returned: "ENOENT" for -2; NULL when the value is none. */
RETROMOD_API const char *retromod_errno_name(const retromod_machine *machine, int64_t result);

/* RETROMOD_API_VERSION of the library that is loaded: what it had and more. */
RETROMOD_API unsigned retromod_api_version(void);

#if defined(__cplusplus)
}
#endif
