# What a module says of itself.
modinfo i386/hello.o
modinfo -p i386/hello.o
modinfo -f '%{license} %{nosuch}\n' i386/hello.o
modinfo nosuch.o; echo "exit $?"
