# --check memory: each kind of fault, by who did it, made and freed the block; nothing where a module is sound.
cat > faulty.c <<'END'
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
MODULE_LICENSE("GPL");
static int fault;
static struct file_operations operations;
MODULE_PARM(fault, "i");
static char *memory, *other, text[8];
static int __init faulty_init(void)
{
    memory = kmalloc(13, GFP_KERNEL);
    other = kmalloc(13, GFP_KERNEL);
    if (!memory || !other)
        return -ENOMEM; /* loses the first */
    memory[12] = 1;
    switch (fault) {
    case 1: kfree(other); kfree(other); other = 0; break;
    case 2: kfree(other); text[0] = other[3]; other = 0; break;
    case 3: kfree(other); other[3] = 7; other = 0; break;
    case 4: memory[13] = 7; break;
    case 5: sprintf(memory, "%s", "fourteen bytes"); break;
    case 6: kfree(other + 4); break;
    case 7: kfree(text); break;
    case 8: other = 0; break;
    case 9: kfree(other); sprintf(other, "%d", 5); other = 0; break;
    case 10: register_chrdev(200, "faulty", &operations); break;
    }
    return 0;
}
static void __exit faulty_exit(void)
{
    kfree(memory);
    kfree(other);
}
module_init(faulty_init);
module_exit(faulty_exit);
END
retromod cc faulty.c || exit
retromod boot --release 2.4.20
for fault in 0 1 2 3 4 5 6 7 8 9 10; do
    echo "$fault" | tee /dev/stderr
    retromod --check memory insmod faulty.o fault=$fault; echo "exit $?"
    retromod --check memory rmmod faulty; echo "exit $?"
done
# An error path that loses a block; a command that does not check frees what a checked one made.
echo error path | tee /dev/stderr
retromod --check memory --fail every:2 insmod faulty.o; echo "exit $?"
retromod --check memory insmod faulty.o; rmmod faulty
retromod --check memory insmod i386/chrdev.o; echo "exit $?"
retromod --check memory write /dev/chrdev --text abc; retromod --check memory rmmod chrdev; echo "exit $?"
# What another has left behind is not this one's: it lies where the other one was.
retromod boot --release 2.4.20 --replace
insmod faulty.o fault=10; rmmod faulty
retromod --check memory insmod faulty.o; echo "exit $?"
retromod --check memory rmmod faulty; echo "exit $?"
# What there is no checking of.
for bad in '' heap; do retromod --check "$bad" lsmod; echo "exit $?"; done
retromod --check memory sweep .; echo "exit $?"
