#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: docs/demo.sh BIN_DIR     (`./bootstrap demo` builds, then runs it)
# The main job: modules of Linux 2.4 load, run and unload, on an i386 and then on a MIPS machine.
set -u
bin=$(realpath "$1")
modules=$(realpath "$(dirname "$0")/../images/built")
export PATH="$bin:$PATH"

work=$(mktemp -d /tmp/retromod-demo.XXXXXXXX)
trap 'rm -rf "$work"' EXIT
export RETROMOD_MACHINE=machine
cp -r "$modules/i386" "$modules/mipsel" "$work"
cd "$work" || exit 1

failed=0
say() { printf '\n# %s\n' "$*"; }
# Shows a command, then runs it: `expect STATUS COMMAND` where it is to fail.
expect() {
    local wanted=$1 status
    shift
    printf '$ %s\n' "$*"
    eval "$@" 2>&1
    status=$?
    [ "$status" -eq "$wanted" ] || { printf '(exit status %s, not %s)\n' "$status" "$wanted"; failed=1; }
}
run() { expect 0 "$@"; }

say "A Linux 2.4.20 kernel on an i386, in one file. Every command below is a process of its own."
run retromod boot --release 2.4.20 --arch i386

say "Two modules: exporter offers a function, importer uses it and takes a parameter."
run insmod i386/exporter.o
run insmod i386/importer.o times=4
run lsmod
run "ksyms -m | grep -v __insmod_"
run retromod dmesg -c
run retromod cat /proc/modules

say "A driver: its character device and its /proc file."
run insmod i386/chrdev.o
run "retromod write /dev/chrdev --text 'written through the driver'"
run "retromod read /dev/chrdev && echo"
run retromod cat /proc/chrdev

say "What it asks of the kernel."
run "retromod --dry-run trace rmmod chrdev"

say "A module that is in use stays. Which check said so?"
expect 1 rmmod exporter
expect 1 retromod explain rmmod exporter

say "A module that finds no device."
expect 1 insmod i386/fails.o
expect 1 retromod explain i386/fails.o

say "Unloaded in the right order, all are gone."
run rmmod chrdev importer exporter
run lsmod
run retromod dmesg
run retromod shutdown

say "The same kernel on a little-endian MIPS."
run retromod boot --release 2.4.20 --arch mipsel
run insmod mipsel/hello.o who=MIPS numbers=1,2,3
run lsmod
run rmmod hello
run retromod dmesg
run retromod shutdown
exit $failed
