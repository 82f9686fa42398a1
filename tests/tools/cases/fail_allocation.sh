# The N-th allocation of a command fails, of that command only; each one of a folder's modules in a sweep.
retromod boot --release 2.4.20
retromod --fail kmalloc:1 insmod i386/chrdev.o; echo "exit $?"
lsmod
insmod i386/chrdev.o; echo "exit $?"
retromod write /dev/chrdev --text x --fail kmalloc:100; echo "exit $?"
retromod --dry-run --fail every:1 insmod i386/lib.o; echo "exit $?" # its init allocates nothing
rmmod chrdev; retromod --fail every:1 insmod i386/chrdev.o; echo "exit $?" # its only kmalloc
retromod --fail every:2 insmod i386/chrdev.o; echo "exit $?"
for bad in every every:0 kmalloc kmalloc:0 kmalloc:x heap:1 :1 kmalloc:1x ''; do retromod --fail "$bad" lsmod; echo "exit $?"; done
mkdir archive && cp i386/hello.o i386/chrdev.o i386/oops.o archive
cat > careless.c <<'END'
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
MODULE_LICENSE("GPL");
static char *memory;
static int __init careless_init(void)
{
    memory = kmalloc(16, GFP_KERNEL);
    memory[0] = 1;
    return 0;
}
static void __exit careless_exit(void) { kfree(memory); }
module_init(careless_init);
module_exit(careless_exit);
END
retromod cc careless.c -o archive/careless.o
retromod sweep archive --fail-each -j 1 | sed 's/ at virtual address.*//'; echo "exit ${PIPESTATUS[0]}"
retromod sweep archive --fail-each --json; echo "exit $?"
