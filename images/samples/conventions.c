/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passes between a module and the kernel by other ways than words of the C convention: 64-bit arguments and results, int
   results, arithmetic that compilers call by name, semaphores as each CPU's asm/semaphore.h calls them. */
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>

MODULE_LICENSE("GPL");
EXPORT_NO_SYMBOLS;

#define MAJOR_NUMBER 241
#define NAME "conventions"

static unsigned int high(long long value) { return (unsigned int)((unsigned long long)value >> 32); }

static loff_t conventions_llseek(struct file *file, loff_t offset, int whence)
{
    (void)file;
    printk(KERN_INFO NAME ": llseek %x %x %d\n", high(offset), (unsigned int)offset, whence);
    return offset < 0 ? -EINVAL : offset + 0x10;
}

static int conventions_ioctl(struct inode *inode, struct file *file, unsigned int command, unsigned long argument)
{
    (void)inode, (void)file, (void)argument;
    return command == 1 ? -EFAULT : (int)command;
}

static struct file_operations operations = {.llseek = conventions_llseek, .ioctl = conventions_ioctl};

/* --- arithmetic ---------------------------------------------------------------------------------------------------- */

static volatile long long wide = 0x123456789abcdef0LL;
static volatile int dividend = -1000003, divisor = 97, count = 13;

static void show(const char *what, long long value)
{
    printk(KERN_INFO NAME ": %s %x %x\n", what, high(value), (unsigned int)value);
}

static void calculate(void)
{
#ifndef __mips__ /* whose kernels have no routine for it */
    show("left", wide << count);
    show("right", (long long)((unsigned long long)wide >> count));
    show("signed right", -wide >> count);
#endif
    show("product", (long long)dividend * divisor);
    show("unsigned product", (long long)((unsigned long long)(unsigned int)dividend * (unsigned int)divisor));
    printk(KERN_INFO NAME ": quotient %d remainder %d unsigned %u %u\n", dividend / divisor, dividend % divisor,
           (unsigned int)dividend / (unsigned int)divisor, (unsigned int)dividend % (unsigned int)divisor);
}

/* --- semaphores: the slow paths, of semaphores that let them through at once ---------------------------------------------- */

#if defined(__i386__)
#define SLOW_PATH(name, at, result) __asm__ __volatile__("call " name : "=a"(result) : "c"(at), "0"(result) : "memory")
#define DOWN "__down_failed"
#define DOWN_INTERRUPTIBLE "__down_failed_interruptible"
#define DOWN_TRYLOCK "__down_failed_trylock"
#define UP "__up_wakeup"
#elif defined(__x86_64__)
#define SLOW_PATH(name, at, result) __asm__ __volatile__("call " name : "=a"(result) : "D"(at), "0"(result) : "memory")
#define DOWN "__down_failed"
#define DOWN_INTERRUPTIBLE "__down_failed_interruptible"
#define DOWN_TRYLOCK "__down_failed_trylock"
#define UP "__up_wakeup"
#elif defined(__arm__)
#define SLOW_PATH(name, at, result)                                                    \
    do {                                                                                      \
        register unsigned long ip __asm__("ip") = (unsigned long)(at);                        \
        __asm__ __volatile__("bl " name : "+r"(ip) : : "lr", "cc", "memory");                 \
        (result) = (int)ip;                                                                   \
    } while (0)
#define DOWN "__down_failed"
#define DOWN_INTERRUPTIBLE "__down_interruptible_failed"
#define DOWN_TRYLOCK "__down_trylock_failed"
#define UP "__up_wakeup"
#elif defined(__m68k__)
#define SLOW_PATH(name, at, result)                                                    \
    do {                                                                                      \
        register struct semaphore *a1 __asm__("%a1") = (at);                                  \
        register int d0 __asm__("%d0") = (result);                                            \
        __asm__ __volatile__("jsr " name : "+d"(d0) : "a"(a1) : "memory");                    \
        (result) = d0;                                                                        \
    } while (0)
#define DOWN "__down_failed"
#define DOWN_INTERRUPTIBLE "__down_failed_interruptible"
#define DOWN_TRYLOCK "__down_failed_trylock"
#define UP "__up_wakeup"
#elif defined(__powerpc__) || defined(__sparc__)
extern void __down(struct semaphore *);
extern int __down_interruptible(struct semaphore *);
extern void __up(struct semaphore *);
#else /* alpha, mips */
extern void __down_failed(struct semaphore *);
extern int __down_failed_interruptible(struct semaphore *);
extern void __up_wakeup(struct semaphore *);
#endif

#ifdef SLOW_PATH
static int slow_down(struct semaphore *semaphore)
{
    int result = 7; /* stays where nothing is returned; on arm the semaphore's register does */
    SLOW_PATH(DOWN, semaphore, result);
    return result == 7 || result == (int)(unsigned long)semaphore;
}
static int slow_down_interruptible(struct semaphore *semaphore)
{
    int result = 7;
    SLOW_PATH(DOWN_INTERRUPTIBLE, semaphore, result);
    return result;
}
static void slow_up(struct semaphore *semaphore)
{
    int result = 7;
    SLOW_PATH(UP, semaphore, result);
    (void)result;
}
#elif defined(__powerpc__) || defined(__sparc__)
static int slow_down(struct semaphore *semaphore) { return __down(semaphore), 1; }
static int slow_down_interruptible(struct semaphore *semaphore) { return __down_interruptible(semaphore); }
static void slow_up(struct semaphore *semaphore) { __up(semaphore); }
#else
static int slow_down(struct semaphore *semaphore) { return __down_failed(semaphore), 1; }
static int slow_down_interruptible(struct semaphore *semaphore) { return __down_failed_interruptible(semaphore); }
static void slow_up(struct semaphore *semaphore) { __up_wakeup(semaphore); }
#endif

static struct semaphore semaphore;

/* A semaphore whose slow path of down() has it at once: its up() came in between. */
static void make_free(void)
{
#if defined(__powerpc__)
    semaphore.count.counter = 1;
#elif defined(__alpha__) || defined(__mips__) || defined(__m68k__)
    semaphore.count.counter = -1;
#ifdef __alpha__
    semaphore.waking.counter = 0; /* counted from -1 on */
#else
    semaphore.waking.counter = 1;
#endif
#else
    semaphore.count.counter = 0;
#endif
}

static void use_semaphores(void)
{
    int kept[8], i, right = 1;
    semaphore.wait = (wait_queue_head_t){.task_list = LIST_HEAD_INIT(semaphore.wait.task_list)};
    for (i = 0; i < 8; ++i) kept[i] = dividend + i;
    make_free();
    printk(KERN_INFO NAME ": down %d\n", slow_down(&semaphore));
    make_free();
    printk(KERN_INFO NAME ": down_interruptible %d\n", slow_down_interruptible(&semaphore));
    slow_up(&semaphore);
#ifdef DOWN_TRYLOCK
    semaphore.count.counter = -1;
#ifdef __m68k__
    semaphore.waking.counter = 0; /* up()'s */
#endif
    SLOW_PATH(DOWN_TRYLOCK, &semaphore, i);
    printk(KERN_INFO NAME ": down_trylock %d, count %d\n", i, semaphore.count.counter);
#endif
    for (i = 0; i < 8; ++i) right = right && kept[i] == dividend + i;
    printk(KERN_INFO NAME ": values kept %d\n", right);
}

#ifdef __sparc__
/* An addition to a word and a change of bits, by global registers and a return address of their own. */
static int global_call(const char *which, volatile int *word, int operand)
{
    register volatile int *g1 __asm__("g1") = word;
    register int g2 __asm__("g2") = operand;
    if (which[0] == '+')
        __asm__ __volatile__("mov %%o7, %%g4\n\tcall ___atomic_add\n\t add %%o7, 8, %%o7" : "+r"(g2) : "r"(g1) : "g3", "g4", "g7", "memory", "cc");
    else if (which[0] == '|')
        __asm__ __volatile__("mov %%o7, %%g4\n\tcall ___set_bit\n\t add %%o7, 8, %%o7" : "+r"(g2) : "r"(g1) : "g3", "g4", "g5", "g7", "memory", "cc");
    else
        __asm__ __volatile__("mov %%o7, %%g4\n\tcall ___f____xchg32\n\t nop" : "+r"(g2) : "r"(g1) : "g3", "g4", "g7", "memory", "cc");
    return g2;
}
static void use_globals(void)
{
    volatile int word = 40;
    int sum = global_call("+", &word, 2), bits = global_call("|", &word, 6), old = global_call("x", &word, 9);
    printk(KERN_INFO NAME ": globals %d %d %d %d\n", sum, bits, old, word);
}
#else
static void use_globals(void) {}
#endif

/* --- a port, as each CPU's asm/io.h reaches it ------------------------------------------------------------------------------- */

static int port; /* 0: none */
MODULE_PARM(port, "i");

#if defined(__i386__) || defined(__x86_64__)
static unsigned int in_byte(int at) { unsigned char value; __asm__ __volatile__("inb %w1, %0" : "=a"(value) : "d"(at)); return value; }
static unsigned int in_word(int at) { unsigned short value; __asm__ __volatile__("inw %w1, %0" : "=a"(value) : "d"(at)); return value; }
static void out_byte(int value, int at) { __asm__ __volatile__("outb %b0, %w1" : : "a"(value), "d"(at)); }
#elif defined(__alpha__)
extern unsigned char _inb(unsigned long at);
extern unsigned short _inw(unsigned long at);
extern void _outb(unsigned char value, unsigned long at);
static unsigned int in_byte(int at) { return _inb(at); }
static unsigned int in_word(int at) { return _inw(at); }
static void out_byte(int value, int at) { _outb(value, at); }
#elif defined(__powerpc__) || defined(__mips__) || defined(__arm__)
#if defined(__powerpc__)
extern unsigned long isa_io_base;
#define PORTS isa_io_base
#elif defined(__mips__)
extern const unsigned long mips_io_port_base;
#define PORTS mips_io_port_base
#else
#define PORTS 0xee000000ul /* of an ARM Integrator */
#endif
static unsigned int in_byte(int at) { return *(volatile unsigned char *)(PORTS + at); }
static unsigned int in_word(int at) /* the bus is little-endian */
{
    unsigned short value = *(volatile unsigned short *)(PORTS + at);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = (unsigned short)(value << 8 | value >> 8);
#endif
    return value;
}
static void out_byte(int value, int at) { *(volatile unsigned char *)(PORTS + at) = (unsigned char)value; }
#else /* m68k, sparc: no ports */
static unsigned int in_byte(int at) { return (void)at, 0; }
static unsigned int in_word(int at) { return (void)at, 0; }
static void out_byte(int value, int at) { (void)value, (void)at; }
#endif

static void use_port(void)
{
    out_byte(0x5a, port);
    printk(KERN_INFO NAME ": port %x: %x %x\n", port, in_byte(port), in_word(port));
}

static int __init conventions_init(void)
{
    int error = register_chrdev(MAJOR_NUMBER, NAME, &operations);
    if (error < 0) return error;
    calculate();
    use_semaphores();
    use_globals();
    if (port) use_port();
    return 0;
}

static void __exit conventions_exit(void) { unregister_chrdev(MAJOR_NUMBER, NAME); }

module_init(conventions_init);
module_exit(conventions_exit);
