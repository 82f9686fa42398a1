/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the harm that `harm` names: what a broken or malicious module can do to the kernel it runs in. */
#include <asm/io.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/slab.h>

#pragma GCC diagnostic ignored "-Winfinite-recursion" /* that is the harm */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("harms its kernel");

static char *harm = "none";
MODULE_PARM(harm, "s");
static unsigned int base; /* where to write or jump */
MODULE_PARM(base, "i");

extern void vfree(void *area);

static volatile char *everywhere;

/* Every byte that can be written, from the header of this module on, page after page. */
static void store_upwards(void)
{
    unsigned int i;
    everywhere = (char *)THIS_MODULE;
    for (i = 0;; ++i) everywhere[i] = 0x41;
}

static void store_over_kernel(void)
{
    unsigned int at;
    for (at = base; at < 0xc8000000; at += 4) *(volatile unsigned int *)at = 0x41414141;
}

static void store_over_variables(void)
{
    unsigned int at, first = (unsigned int)&jiffies & ~0xfffu;
    for (at = first; at < first + 0x8000; at += 4) *(volatile unsigned int *)at = 0x41414141;
}

static void store_over_task(void)
{
    unsigned int at, first = (unsigned int)current;
    for (at = first; at < first + 1024; at += 4) *(volatile unsigned int *)at = 0x41414141;
}

static void list_in_a_circle(void) { THIS_MODULE->next = THIS_MODULE; }
static void name_nowhere(void) { THIS_MODULE->name = (char *)0x10; }
static void table_without_end(void)
{
    THIS_MODULE->nsyms = 0x7fffffff;
    THIS_MODULE->syms = (struct module_symbol *)0xc0100000;
}
static void references_in_a_circle(void) { THIS_MODULE->refs = (struct module_ref *)THIS_MODULE; }

static int deeper(int n)
{
    volatile char frame[512];
    frame[0] = n;
    return deeper(n + 1) + frame[0];
}

static void overflow_stack(void) { deeper(0); }
static void stack_nowhere(void) { __asm__ __volatile__("movl $0x10,%esp\n\tpushl %eax"); }
static void system_call(void)
{
    int result = 1; /* exit */
    __asm__ __volatile__("int $0x80" : "+a"(result) : "b"(42) : "memory");
    printk(KERN_INFO "hostile: int 0x80 gave %d\n", result);
}
static void sysenter(void) { __asm__ __volatile__(".byte 0x0f,0x34"); }
static void endless(void) { for (;;) barrier(); }
static void endless_without_interrupts(void) { __asm__ __volatile__("cli\n1:\tjmp 1b"); }
static void endless_calls(void) { for (;;) printk(KERN_INFO "hostile: and on\n"); }
static void endless_memory(void) { while (kmalloc(131072, GFP_KERNEL)) barrier(); }
static void halt(void) { __asm__ __volatile__("cli\n\thlt"); }
static void divide(void)
{
    volatile int zero = 0, number = 1000;
    printk(KERN_INFO "hostile: %d\n", number / zero);
}
static void jump(void) { ((void (*)(void))base)(); }
static void undefined(void) { __asm__ __volatile__("ud2"); }
static void descriptor_table(void) { __asm__ __volatile__("lidt 0x10\n\tint3"); }
static void control_register(void) { __asm__ __volatile__("movl %%eax,%%cr3\n\tmovl %%eax,%%cr0" ::"a"(0)); }
static void segment(void) { __asm__ __volatile__("movl $0xffff,%%eax\n\tmovl %%eax,%%ds\n\tmovl 0,%%eax" ::: "eax"); }
static void all_ports(void)
{
    int port;
    for (port = 0; port < 65536; ++port) outb(0xff, port);
}
static void free_itself(void) { vfree(THIS_MODULE); }
static void free_nothing(void)
{
    kfree((void *)0xdeadbeef);
    kfree((void *)1);
    vfree((void *)0xc8000123);
}
static void format_nonsense(void)
{
    int (*volatile print)(const char *, ...) __attribute__((regparm(0))) = printk; /* past the compiler's check */
    print((const char *)0xc0000000);
    print("%s%n%s\n");
}
static void bad_proc_entry(void)
{
    struct proc_dir_entry *entry = create_proc_entry("hostile", 0444, NULL);
    if (!entry) return;
    entry->next = entry;
    entry->subdir = entry;
    entry->parent = entry;
    entry->name = (char *)0x10;
}
static void own_code(void)
{
    volatile unsigned char *code = (unsigned char *)own_code;
    unsigned int i;
    for (i = 0; i < 64; ++i) code[i] = 0x0f;
    own_code();
}

static const struct {
    const char *name;
    void (*run)(void);
} harms[] = {
    {"store_upwards", store_upwards}, {"store_over_kernel", store_over_kernel},
    {"store_over_variables", store_over_variables}, {"store_over_task", store_over_task}, {"list_in_a_circle", list_in_a_circle},
    {"name_nowhere", name_nowhere}, {"table_without_end", table_without_end}, {"references_in_a_circle", references_in_a_circle},
    {"overflow_stack", overflow_stack}, {"stack_nowhere", stack_nowhere}, {"system_call", system_call}, {"sysenter", sysenter},
    {"endless", endless}, {"endless_without_interrupts", endless_without_interrupts}, {"endless_calls", endless_calls},
    {"endless_memory", endless_memory}, {"halt", halt}, {"divide", divide}, {"jump", jump}, {"undefined", undefined},
    {"descriptor_table", descriptor_table}, {"control_register", control_register}, {"segment", segment}, {"all_ports", all_ports},
    {"free_itself", free_itself}, {"free_nothing", free_nothing}, {"format_nonsense", format_nonsense},
    {"bad_proc_entry", bad_proc_entry}, {"own_code", own_code},
};

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) ++a, ++b;
    return *a == *b;
}

static int __init hostile_init(void)
{
    unsigned int i;
    for (i = 0; i < array_length(harms); ++i) {
        if (!same(harms[i].name, harm)) continue;
        harms[i].run();
        printk(KERN_INFO "hostile: %s done\n", harm);
    }
    return 0;
}

static void __exit hostile_exit(void) {}

module_init(hostile_init);
module_exit(hostile_exit);
