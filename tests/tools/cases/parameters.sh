# Every type of parameter, and how modutils reads it.
retromod boot >/dev/null
insmod i386/hello.o byte=65 half=-5 count=0x10 total=-1 'who="a,b\tc"' text=abc numbers=1,2 words=x,y 'lines="p","q"' no_equals_sign
retromod dmesg
