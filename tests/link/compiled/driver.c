// SPDX-License-Identifier: GPL-2.0-or-later
// What the objects of old drivers hold: strings, tables of functions, jump tables, commons, weak symbols, init sections,
// exported symbols, exception tables.
extern int printk(const char *format, ...);
extern void *kmalloc(unsigned long bytes, int flags);
extern void kfree(const void *block);
extern unsigned long volatile jiffies;
extern int maybe_there __attribute__((weak)); // and is not: 0

struct operations {
	const char *name;
	int (*open)(int unit);
	int (*release)(int unit);
	const void *private;
};

struct exported {
	const void *value;
	const char *name;
};

int irq, io_base[4];          // commons, with -fcommon
static int units = 3;
static char buffer[70000];    // its parts lie more than 32 KB apart
static const char *const states[] = {"idle", "reading", "writing", "rewinding", "lost its tape"};
int *const maybe = &maybe_there;

static int open_unit(int unit)
{
	static int opened[4];
	opened[unit & 3]++;
	return printk("unit %d, %d times\n", unit, opened[unit & 3]);
}

int __attribute__((weak)) release_unit(int unit)
{
	buffer[69000 + unit] = (char)jiffies;
	kfree(buffer + 40000);
	return units;
}

struct operations operations[] = {
	{"tape", open_unit, release_unit, &operations[1]},
	{"floppy", release_unit, open_unit, buffer + 0x8000},
	{"drum", 0, release_unit, (const char *)&jiffies + 2},
};

// Enough cases for a table of addresses, and different enough for no table of values.
int command(int number, int value)
{
	switch (number) {
	case 0: return printk("reset\n");
	case 1: return open_unit(value);
	case 2: return release_unit(value);
	case 3: return irq = value;
	case 4: return io_base[value & 3];
	case 5: kfree(buffer + value); return units++;
	case 6: return printk(states[value % 5]);
	case 7: return operations[value % 3].open(value);
	case 8: return buffer[value + 32768];
	default: return -1;
	}
}

int __attribute__((section(".text.init"))) init_module(void)
{
	char *block = kmalloc(sizeof buffer, 7);
	if (!block) return -12;
	operations[2].private = block;
	operations[2].open = open_unit;
	return printk("drivers %s, %s and %s\n", operations[0].name, operations[1].name, operations[2].name);
}

void cleanup_module(void)
{
	kfree(operations[2].private);
	release_unit(units);
}

static const char exported_name[] __attribute__((section(".kstrtab"))) = "command";
struct exported exported __attribute__((section("__ksymtab"))) = {command, exported_name};
