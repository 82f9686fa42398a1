# Versions of functions, structures, typedefs, enumerations.
cat > a.i <<'END'
# 1 "a.c"
typedef unsigned int u32;
struct list_head { struct list_head *next, *prev; };
enum color { RED, GREEN = 2 };
struct dev { char name[16]; u32 flags : 3; int (*open)(struct dev *d, int mode); struct list_head list; enum color c; };
extern int register_dev(struct dev *d, const char *fmt, ...);
int printk(const char *fmt, ...);
static inline int helper(u32 x) { return x + 1; }
u32 counter = 5, *pointer;
void (*signal(int n, void (*handler)(int)))(int);
EXPORT_SYMBOL(printk);
EXPORT_SYMBOL(register_dev);
EXPORT_SYMBOL(counter);
EXPORT_SYMBOL(pointer);
EXPORT_SYMBOL(signal);
END
genksyms -k 2.4.20 < a.i; genksyms -D -p smp_ -k 2.4.20 < a.i 2>&1 | grep -A1 "dev\|signal"
