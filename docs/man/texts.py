# SPDX-License-Identifier: GPL-2.0-or-later
"""What manual pages say beside the option tables: a description for each program of the period, and where to read on."""

DESCRIPTIONS = {
    "insmod": """Loads a module into the machine: reads it, resolves its symbols against the kernel and the loaded modules, sets its parameters
(symbol=value), links it at the address that create_module(2) gives, and hands it over by init_module(2). A module that is not there and
has no folder in its name may be one of the samples that come along.

Messages and exit status are those of modutils 2.4; on a machine since 2.6 those of kmod 30, where the kernel links the module.""",
    "rmmod": """Unloads modules by delete_module(2). Without a name, and with -a, it removes modules that are marked for that and that nobody
uses.""",
    "lsmod": """Lists the loaded modules: name, size, use count and users. -h shows the usage, -V the version.""",
    "ksyms": """Lists exported symbols by their address, with the module that exports them. -a shows the kernel's own too, -m the modules'
places and sizes, -H leaves out the header, -h shows the usage, -V the version.""",
    "modinfo": """Shows what a module file says of itself: author, description, licence, parameters.""",
    "modprobe": """Loads modules with what they need, by modules.conf(5) and modules.dep, as depmod left them; with -r it unloads them again.
Files are looked for under the tree of the machine's user space (--root of retromod(1)), never in the host's own.

Commands of the configuration (install, pre-install and so on) are shown, not run. With --run-commands they are run on the host, by bash,
where insmod and its like, also as /sbin/insmod, act on the machine.""",
    "depmod": """Finds out which module needs which, and writes modules.dep and the map files (modules.pcimap, modules.isapnpmap and so on; on a
machine since 2.6 the binary indexes, too) into the folder of a kernel's modules.""",
    "genksyms": """Reads preprocessed C and writes for each exported symbol a version: a checksum over all that its type is made of.""",
    "kallsyms": """Reads a kernel (vmlinux, an executable) and writes on standard output an object with one section, __kallsyms: its loaded
sections and the symbols in them by address. Linked into a kernel, it lets a debugger there name any address; insmod adds the same of a
module where the kernel has such a section, or with -S.""",
    "kmod": """Lists the loaded modules, and shows the device nodes that modules of the running kernel ask for, as kmod 30 does.""",
}

SEE_ALSO = {
    "insmod": ("rmmod", "modprobe", "lsmod"), "rmmod": ("insmod", "modprobe"), "lsmod": ("insmod", "ksyms"), "ksyms": ("lsmod",),
    "modinfo": ("insmod",), "modprobe": ("depmod", "insmod", "rmmod"), "depmod": ("modprobe",), "genksyms": ("ksyms",), "kallsyms": ("ksyms", "insmod"), "kmod": ("lsmod",),
}
