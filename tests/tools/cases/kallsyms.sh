# An object of a kernel's sections and symbols, by address, which can be linked into that kernel.
cat > k.s <<'END'
.text
.globl _start, add
_start: nop
add: ret
.data
counter: .long 3
__insmod_x: .long 4
.section .comment
.globl unloaded
unloaded: .long 5
END
i686-linux-gnu-as -o k.o k.s && i686-linux-gnu-ld -Ttext=0xc0100000 -Tdata=0xc0101000 -z noexecstack -o vmlinux k.o
kallsyms vmlinux > syms.o; echo "exit $?"
i686-linux-gnu-objdump -h -s -j __kallsyms syms.o | grep -v "^$"
i686-linux-gnu-ld -Ttext=0xc0100000 -o again k.o syms.o && i686-linux-gnu-objdump -h -j __kallsyms again | grep -c "ALLOC, LOAD, READONLY"
