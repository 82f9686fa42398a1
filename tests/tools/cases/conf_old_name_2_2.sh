# On a machine of 2.2 the configuration is /etc/conf.modules, as it was called then, without a warning.
mkdir -p root/etc root/lib/modules/2.2.1/misc; cp i386/hello.o root/lib/modules/2.2.1/misc
export RETROMOD_ROOT="$PWD/root"
retromod boot --release 2.2.1 > /dev/null
echo "alias old hello" > root/etc/conf.modules; depmod -a; modprobe -n -v old; echo "exit $?"
