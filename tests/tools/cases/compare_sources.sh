# One source for both ABIs, built and run under both; sources that do not compile, and compilers that are not there.
cat > counts.c <<'END'
#include <linux/version.h>
#include <linux/module.h>
#include <linux/kernel.h>
#include <linux/init.h>
#include <linux/errno.h>

MODULE_LICENSE("GPL");

static int count = 1;
#if LINUX_VERSION_CODE < KERNEL_VERSION(2, 6, 0)
MODULE_PARM(count, "i");
#else
module_param(count, int, 0444);
#endif

static int __init counts_init(void)
{
	if (count < 0) return -EINVAL;
	printk(KERN_INFO "counts: up to %d\n", count);
	return 0;
}
static void __exit counts_exit(void) { printk(KERN_INFO "counts: gone\n"); }
module_init(counts_init);
module_exit(counts_exit);
END
# Sizes are the compiler's.
sizes() { sed -E 's/counts( +)[0-9]+  0/counts\1SIZE  0/g; s/"counts", (\{?)[0-9]+/"counts", \1SIZE/; s/init_module\(\{[0-9]+ bytes\}, [0-9]+/init_module({SIZE}, SIZE/'; }
retromod compare --width 200 counts.c --param count=3 > out; echo "exit $?"; sizes < out
retromod compare --new 2.6.17 --old 2.2.1 counts.c counts.c > out; echo "exit $?"; sizes < out | grep -e 'insmod\|_module\|log'
retromod compare counts.c --param count=-1 | grep result | head -1; echo "exit ${PIPESTATUS[0]}"
echo 'int init_module(void) { return NUMBER; }' > number.c
retromod compare number.c 2>&1 | grep -e error: -e retromod: | sed 's/ compile: [^ ]*gcc/ compile: gcc/'; echo "exit ${PIPESTATUS[0]}"
retromod compare --cflag=-DNUMBER=0 --cflag=-Werror number.c 2>&1 | grep -e error: -e 'says '; echo "exit ${PIPESTATUS[0]}"
(PATH=$BIN retromod compare counts.c); echo "exit $?"
retromod compare nosuch.c; echo "exit $?"
