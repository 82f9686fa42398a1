#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""insmod, rmmod and lsmod on a machine since 2.6 speak as kmod 30's do; modules of a kernel package get a verdict.

usage: kmod_test.py RESULT.json BIN_DIR
"""
import gzip
import lzma
import os
import pathlib
import subprocess
import sys
import tempfile

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
BUILT = pathlib.Path("images/both/built").resolve()
sys.path.insert(0, "images/modern")
import build as modern  # noqa: E402  profile_crc


class Machine:
    """A machine in a folder of its own; the modules are copied there, so that messages name short paths."""

    def __init__(self, release="6.1", *options):  # None: what --like says
        self.folder = tempfile.TemporaryDirectory()
        for path in (BUILT / (release or "6.1")).glob("*.ko"):
            (pathlib.Path(self.folder.name) / path.name).write_bytes(path.read_bytes())
        self.booted = self.run("retromod", "boot", *(("--release", release) if release else ()), *options)

    def run(self, *command):
        environment = {**os.environ, "RETROMOD_MACHINE": f"{self.folder.name}/machine", "PATH": f"{BIN}:{os.environ['PATH']}"}
        return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=self.folder.name, env=environment)

    def write(self, name, text):
        (pathlib.Path(self.folder.name) / name).write_text(text, encoding="utf-8")

    def says(self, command, status, out="", err=""):
        done = self.run(*command.split())
        assert (done.returncode, done.stdout, done.stderr) == (status, out, err), \
            f"{command}: exit status {done.returncode}\n{done.stdout}{done.stderr}"


def modules_load_list_and_go():
    machine = Machine()
    assert machine.booted.returncode == 0 and "6.1.0-50-amd64 (6.1) on x86_64" in machine.booted.stdout, machine.booted
    machine.says("insmod gives.ko", 0)
    machine.says("insmod takes.ko", 0)
    lines = machine.run("lsmod").stdout.splitlines()
    assert lines[0] == "Module                  Size  Used by"
    assert [line.split()[0] for line in lines[1:]] == ["takes", "gives"]
    assert lines[2].split()[2:] == ["1", "takes"] and lines[2].startswith("gives" + " " * 15), lines
    machine.says("rmmod gives", 1, err="rmmod: ERROR: Module gives is in use by: takes\n")
    machine.says("rmmod takes gives", 0)
    machine.says("lsmod", 0, lines[0] + "\n")
    assert "takes: 7 squared is 49" in machine.run("retromod", "dmesg").stdout


def insmod_has_the_words_of_kmod():
    machine = Machine()
    error = "insmod: ERROR: could not insert module "
    machine.says("insmod greets.ko", 0)
    machine.says("insmod greets.ko", 1, err=error + "greets.ko: File exists\n")
    machine.says("insmod takes.ko", 1, err=error + "takes.ko: Unknown symbol in module\n")
    machine.says("rmmod greets", 0)
    machine.says("insmod greets.ko count=many", 1, err=error + "greets.ko: Invalid parameters\n")
    machine.says("insmod refuses.ko", 1, err=error + "refuses.ko: No such device\n")
    machine.says("insmod none.ko", 1, err="insmod: ERROR: could not load module none.ko: No such file or directory\n")
    machine.write("text.ko", "no module at all, but long enough to be looked at by the kernel itself\n")
    machine.says("insmod text.ko", 1, err=error + "text.ko: Invalid module format\n")
    machine.says("insmod", 1, err="insmod: ERROR: missing filename.\n")


def zstd(content):
    """A frame of zstd whose blocks are not compressed."""
    blocks = [content[at:at + 65536] for at in range(0, len(content), 65536)]
    frame = b"\x28\xb5\x2f\xfd\x00\x50"
    for number, block in enumerate(blocks):
        frame += (len(block) << 3 | (number == len(blocks) - 1)).to_bytes(3, "little") + block
    return frame


def packed_modules_are_unpacked_for_init_module():
    content = (BUILT / "6.1/greets.ko").read_bytes()
    for suffix, packed in (("gz", gzip.compress(content)), ("xz", lzma.compress(content)), ("zst", zstd(content))):
        machine = Machine()
        pathlib.Path(machine.folder.name, f"greets.ko.{suffix}").write_bytes(packed)
        traced = machine.run("retromod", "trace", "insmod", f"greets.ko.{suffix}", "who=packed")
        assert traced.returncode == 0 and "init_module(" in traced.stderr and "finit_module(" not in traced.stderr, traced
        assert "greets: hello, packed" in machine.run("retromod", "dmesg").stdout
        machine.says("rmmod greets", 0)
        machine.says(f"insmod -f greets.ko.{suffix}", 0)
        assert "every check passed" in machine.run("retromod", "explain", "refuses.ko").stdout


def what_does_not_unpack_is_refused():
    content = (BUILT / "6.1/greets.ko").read_bytes()
    machine = Machine()
    bomb = lzma.compress(bytes(300 << 20), preset=0)
    for name, packed, said in (("cut.ko.xz", lzma.compress(content)[:900], "Invalid parameters"), ("tail.ko.xz", lzma.compress(content) + b"tail", "Invalid parameters"),
                               ("bad.ko.zst", zstd(content)[:4] + b"\xff" * 99, "Invalid parameters"), ("cut.ko.zst", zstd(content)[:900], "Invalid module format"),
                               ("cut.ko.gz", gzip.compress(content)[:900], "Invalid parameters"), ("bomb.ko.xz", bomb, "File too large"),
                               ("empty.ko", b"", "Invalid parameters"), ("five.ko", b"\x7fELF\2", "Invalid parameters"), ("nothing.ko.xz", lzma.compress(b""), "Invalid module format")):
        pathlib.Path(machine.folder.name, name).write_bytes(packed)
        machine.says(f"insmod {name}", 1, err=f"insmod: ERROR: could not insert module {name}: {said}\n")
    machine.says(f"insmod {machine.folder.name}", 1, err=f"insmod: ERROR: could not insert module {machine.folder.name}: Is a directory\n")
    assert "cut.ko.xz: damaged xz data: it ends too early" in machine.run("retromod", "explain", "cut.ko.xz").stdout
    machine.says("lsmod", 0, "Module                  Size  Used by\n")


def rmmod_has_the_words_of_kmod():
    machine = Machine()
    machine.says("rmmod nobody", 1, err="rmmod: ERROR: Module nobody is not currently loaded\n")
    machine.says("insmod holds.ko", 0)
    machine.says("rmmod holds", 1, err="rmmod: ERROR: Module holds is in use\n")
    machine.says("rmmod -f holds", 0)
    machine.says("insmod stays.ko", 0)
    machine.says("rmmod stays.ko", 1, err="rmmod: ERROR: ../libkmod/libkmod-module.c:856 kmod_module_remove_module() could not remove 'stays': "
                 "Device or resource busy\nrmmod: ERROR: could not remove module stays: Device or resource busy\n")
    machine.says("rmmod", 1, err="rmmod: ERROR: missing module name.\n")


def the_kernel_is_booted_as_asked():
    machine = Machine("6.1", "--cmdline", "module_blacklist=greets")
    machine.says("insmod greets.ko", 1, err="insmod: ERROR: could not insert module greets.ko: Operation not permitted\n")
    machine = Machine("6.12", "--cmdline", "module.sig_enforce")
    machine.says("insmod greets.ko", 1, err="insmod: ERROR: could not insert module greets.ko: Key was rejected by service\n")
    for options, said in ((("--config", "MODULE_FORCE_LOAD=maybe"), "it is y or n"), (("--config", "NOSUCH=y"), "no such option"),
                          (("--arch", "i386"), "6.1 runs on x86_64 only")):
        refused = Machine("6.1", *options).booted
        assert refused.returncode == 2 and said in refused.stderr, refused
    refused = Machine("2.4.20", "--cmdline", "quiet").booted
    assert refused.returncode == 2 and "for releases since 2.6" in refused.stderr, refused


def explain_names_the_check():
    machine = Machine()
    done = machine.run("retromod", "explain", "lacks.ko")
    assert done.returncode == 1 and done.stdout.startswith("finit_module: ENOENT: the kernel, in finit_module: symbols:"), done
    assert "<4>lacks: Unknown symbol nobody_has_this (err -2)" in done.stdout
    done = machine.run("retromod", "explain", "greets.ko")
    assert done.returncode == 0 and "every check passed" in done.stdout, done
    machine.says("lsmod", 0, "Module                  Size  Used by\n")
    done = machine.run("retromod", "explain", "rmmod", "greets")
    assert done.returncode == 1 and "ENOENT: the kernel, in delete_module: no module of that name is loaded" in done.stdout, done


def symvers(changes=None):
    """A Module.symvers of a kernel that exports what our modules need."""
    names = ["module_layout", "_printk", "__fentry__", "__x86_return_thunk", "param_ops_int", "param_ops_charp", "__module_get"]
    rows = {name: [f"{modern.profile_crc('6.1', name):#010x}", name, "vmlinux", "EXPORT_SYMBOL", ""] for name in names}
    rows["elsewhere"] = ["0x12345678", "elsewhere", "drivers/net/elsewhere", "EXPORT_SYMBOL", ""]
    rows.update(changes or {})
    return "".join("\t".join(row) + "\n" for row in rows.values() if row)


def modules_are_linked_against_a_symvers():
    def verdict(changes, module):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "Module.symvers")
            path.write_text(symvers(changes), encoding="utf-8")
            machine = Machine("6.1", "--versions", str(path), "--like", str(BUILT / "6.1/greets.ko"))
            assert machine.booted.returncode == 0, machine.booted
            return machine.run("retromod", "explain", module).stdout

    assert "every check passed" in verdict(None, "greets.ko")
    assert "Unknown symbol nobody_has_this" in verdict(None, "lacks.ko")
    # A symbol that the kernel exports and we have no code for links, and only its call stops the guest.
    assert "Unknown symbol nor_this" in verdict({"nobody_has_this": ["0x00000001", "nobody_has_this", "vmlinux", "EXPORT_SYMBOL", ""]}, "lacks.ko")
    assert "modversions: the module was built for another struct module" in verdict(
        {"module_layout": ["0x00000001", "module_layout", "vmlinux", "EXPORT_SYMBOL", ""]}, "greets.ko")
    assert "symbols: the version of one is another" in verdict({"_printk": ["0x00000001", "_printk", "vmlinux", "EXPORT_SYMBOL", ""]}, "greets.ko")
    assert "Unknown symbol _printk" in verdict({"_printk": None}, "greets.ko")
    assert "namespace" in verdict({"_printk": [f"{modern.profile_crc('6.1', '_printk'):#010x}", "_printk", "vmlinux", "EXPORT_SYMBOL", "APART"]}, "greets.ko")


def what_cannot_be_judged_is_refused():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "symvers")
        path.write_text("this is no such file\n", encoding="utf-8")
        refused = Machine("6.1", "--versions", str(path)).booted
        assert refused.returncode != 0 and "symvers:1: 'this is no such file'" in refused.stderr, refused
        path.write_text("ffffffff81000000 T startup_64\n", encoding="utf-8")
        assert "no exported symbol of the kernel" in Machine("6.1", "--versions", str(path)).booted.stderr
        path.write_text("".join(f"ffffffff8200000{number} r __ksymtab_{name}\n" for number, name in enumerate(
            ["_printk", "__fentry__", "__x86_return_thunk", "param_ops_int", "param_ops_charp"])), encoding="utf-8")
        machine = Machine("6.1", "--versions", str(path))
        assert "every check passed" in machine.run("retromod", "explain", "greets.ko").stdout
    refused = Machine("6.1", "--like", str(BUILT / "2.4/greets.o")).booted
    assert refused.returncode != 0 and "no .gnu.linkonce.this_module" in refused.stderr, refused


def module_of_another_kernel(folder, name, vermagic=" SMP mod_unload modversions ", **more):
    """One of our samples, built for a kernel whose struct module is none that we know."""
    row = {**modern.RELEASES["6.1"], "uts": "5.15.7-other", "module_bytes": 1088, "init": 352, "exit": 1000, **more}
    known, modern.VERMAGIC = modern.VERMAGIC, vermagic
    try:
        image = modern.build_module(name, pathlib.Path(f"images/both/src/{name}.c"), "6.1", row, pathlib.Path(folder),
                                    ["-DRETROMOD_MODERN", "-Iimages/both"])
    finally:
        modern.VERMAGIC = known
    path = pathlib.Path(folder, f"{name}-{row['uts']}.ko")
    path.write_bytes(image)
    return str(path)


def modules_of_other_configurations_are_judged():
    with tempfile.TemporaryDirectory() as folder:
        greets, takes, lacks = (module_of_another_kernel(folder, name) for name in ("greets", "takes_gpl", "lacks"))
        strange = module_of_another_kernel(folder, "greets", " SMP preempt mod_unload modversions ", uts="5.15.7-strange")
        pathlib.Path(folder, "symvers").write_text(symvers(), encoding="utf-8")
        machine = Machine("6.1", "--versions", f"{folder}/symvers", "--like", greets)
        assert "Linux 5.15.7-other (6.1) on x86_64" in machine.booted.stdout, machine.booted
        machine.says(f"insmod {greets} who=other", 0)
        assert "greets: hello, other" in machine.run("retromod", "dmesg").stdout
        machine.says("rmmod greets", 0)
        assert "greets: goodbye, other" in machine.run("retromod", "dmesg").stdout
        assert "Unknown symbol gives_cube" in machine.run("retromod", "explain", takes).stdout
        assert "symbols: one that nobody exports" in machine.run("retromod", "explain", lacks).stdout
        done = machine.run("retromod", "explain", strange)
        assert "version magic '5.15.7-strange SMP preempt mod_unload modversions ' should be '5.15.7-other SMP mod_unload modversions '" in done.stdout, done
        # Its init does not lie where this kernel looks for it: nothing runs, as really.
        done = machine.run("retromod", "explain", str(BUILT / "6.1/greets.ko"))
        assert "vermagic" in done.stdout and done.returncode == 1, done


def the_row_is_the_nearest_to_the_module():
    with tempfile.TemporaryDirectory() as folder:
        for uts, row in (("5.4.0", "6.1"), ("6.3.9", "6.1"), ("6.4.0-rc1", "6.12"), ("6.18.2", "6.12"), ("7.0", "6.12")):
            like = module_of_another_kernel(folder, "greets", uts=uts)
            booted = Machine(None, "--like", like).booted
            assert booted.returncode == 0 and f"Linux {uts} ({row}) on x86_64" in booted.stdout, booted
        # Where symbols have no versions, none are looked at.
        like = module_of_another_kernel(folder, "greets", " SMP mod_unload ")
        machine = Machine(None, "--like", like)
        pathlib.Path(folder, "symvers").write_text(symvers({"_printk": ["0x00000001", "_printk", "vmlinux", "EXPORT_SYMBOL", ""]}), encoding="utf-8")
        assert "every check passed" in Machine(None, "--like", like, "--versions", f"{folder}/symvers").run("retromod", "explain", like).stdout
        assert "no room" in Machine(None, "--like", module_of_another_kernel(folder, "greets", module_bytes=120, init=88, exit=104)).booted.stderr
    refused = Machine("2.4.20", "--like", str(BUILT / "6.1/greets.ko")).booted
    assert refused.returncode == 2 and "for releases since 2.6" in refused.stderr, refused
    booted = Machine(None, "--like", str(BUILT / "2.6.17/greets.ko")).booted
    assert "Linux 2.6.17 (2.6.17) on i386" in booted.stdout, booted
    refused = Machine("6.1", "--like", str(BUILT / "2.6.17/greets.ko")).booted
    assert refused.returncode == 2 and "it is for i386, the machine is x86_64" in refused.stderr, refused


def what_init_came_to_is_told():
    machine = Machine()
    done = machine.run("retromod", "explain", "oopses.ko")
    assert done.returncode == 1 and "no result: every check passed; the module's own init routine never returned: Unable to handle" in done.stdout, done


def fsck_looks_into_modules():
    machine = Machine()
    machine.says("insmod greets.ko", 0)
    assert machine.run("retromod", "fsck").stdout.endswith("clean\n")
    path = pathlib.Path(machine.folder.name, "machine")
    content = path.read_bytes()
    # The rows of loaded modules, and struct module, hold the name; the longer text around it tells the latter.
    at = content.index(b"greets" + bytes(50))
    path.write_bytes(content[:at] + b"G" + content[at + 1:])
    done = machine.run("retromod", "fsck")
    assert done.returncode == 4 and "in its struct module (beyond repair)" in done.stdout, done


if __name__ == "__main__":
    cases = [modules_load_list_and_go, insmod_has_the_words_of_kmod, packed_modules_are_unpacked_for_init_module,
             what_does_not_unpack_is_refused, rmmod_has_the_words_of_kmod, the_kernel_is_booted_as_asked,
             explain_names_the_check, modules_are_linked_against_a_symvers, what_cannot_be_judged_is_refused,
             modules_of_other_configurations_are_judged, the_row_is_the_nearest_to_the_module, what_init_came_to_is_told, fsck_looks_into_modules]
    sys.exit(results.run_cases(sys.argv[1], "kmod", [(case.__name__, case) for case in cases]))
