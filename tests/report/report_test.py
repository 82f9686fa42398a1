#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""retromod report: pages of loads, machines and sweeps. Every page is well-formed, needs nothing beside it, names what it draws, and
every link in it leads somewhere. tests/soak/browser_soak.py looks at the same pages in a browser.

usage: report_test.py RESULT.json BIN_DIR
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import results
import pages

RETROMOD = pathlib.Path(sys.argv[2]).resolve() / "retromod"
BUILT = pathlib.Path("images/built").resolve()
BOTH = pathlib.Path("images/both/built").resolve()


def report(*arguments, machine="/nonexistent/machine", status=0):
    done = subprocess.run([RETROMOD, "report", *map(str, arguments)], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "RETROMOD_MACHINE": machine})
    assert done.returncode == status, f"{arguments}: status {done.returncode}: {done.stderr}"
    return done


def page_of(*arguments, **more):
    done = report(*arguments, **more)
    page = pages.check(done.stdout)
    return page, done.stdout


def a_load_shows_every_part():
    page, text = page_of("--load", BUILT / "i386/exporter.o", BUILT / "i386/importer.o", "times=2")
    assert page.title == "importer.o on 2.4.20 on i386", page.title
    for part in ("calls", "image", "struct", "modules", "log", "relocations", "code"):
        assert part in page.ids and f"m1-{part}" in page.ids, part
    for section in (".this", ".text", ".kstrtab", "__ksymtab", ".kmodtab"):
        assert f"<td>{section}</td>" in text, section
    for member in ("init", "cleanup", "syms", "deps"):
        assert f">{member}</text>" in text, f"no arrow of {member}"
    assert "importer uses exporter" in text and "importer_init [importer]" in text
    assert "mod-&gt;syms lies in the module: <span class=\"badge good\">passes</span> <code>syms=0xc88021" in text


def relocations_are_worked_out():
    """The arithmetic of every row is the field's content."""
    checked = 0
    for arch, width in (("i386", 32), ("ppc", 32), ("m68k", 32), ("x86_64", 64)):
        _, text = page_of(BUILT / arch / "chrdev.o")
        for formula, worked, after in re.findall(r"<td class=\"mono\">([^<=]+) = ([^<]+)<br>.*?</td><td class=\"mono\">0x[0-9a-f]+ → (0x[0-9a-f]+)</td>", text):
            field = 4 * (len(after) - 2)
            if formula.strip() not in ("S + A", "S + A - P") or field not in (32, 64) or re.search(r"\b[SAP]\b", worked):
                continue
            if arch == "ppc" and " - " in formula:
                continue  # R_PPC_REL24: the field has the opcode, too
            value = eval(worked, {"__builtins__": {}}) % (1 << field)  # numbers, + and -
            assert value == int(after, 16), f"{arch}: {formula} = {worked} is {value:#x}, the field {after}"
            checked += 1
    assert checked > 80, checked


def a_refusal_is_shown_at_its_check():
    page, text = page_of(BUILT / "i386/fails.o")
    assert "Refused" in text and "its init routine returns 0: <span class=\"badge bad\">refused</span>" in text
    assert text.count("badge bad\">refused<") == 1, "one check refuses"
    page, text = page_of(BUILT / "i386/importer.o")
    assert "unresolved symbol exporter" in text and "shown as it would lie" in text, "unresolved"
    page, text = page_of(BUILT / "i386/hello.o", "nosuch=1")
    assert "Refused" in text and "nosuch" in text


def a_check_of_the_header_refuses_by_name():
    """rmmod's and insmod's own order: the kernel of 2.2 refuses what lies outside by its line."""
    with tempfile.TemporaryDirectory() as folder:
        machine = f"{folder}/machine"
        subprocess.run([RETROMOD, "--machine", machine, "boot", "--release", "2.2.1"], check=True, capture_output=True)
        _, text = page_of("-m", machine, BUILT / "i386-2.2/hello.o")
    checks = re.findall(r"<li>([^:]*):? .*?badge (good|bad|plain soft)", text)
    names = [name for name, _ in checks]
    assert "mod-&gt;kallsyms_* lie in the module" not in names, "2.2 has no such check"
    assert names.index("mod-&gt;syms lies in the module") < names.index("mod-&gt;init lies in the module"), names


def the_other_abi_has_the_same_page():
    page, text = page_of(BOTH / "2.4/greets.o", BOTH / "6.1/greets.ko", "who=both")
    assert page.title.startswith("greets.o on 2.4.20 on i386 and greets.ko on 6.1"), page.title
    assert {"m1-calls", "m2-calls", "m1-image", "m2-image"} <= page.ids
    assert text.count("greets: hello, both") >= 4, "each log beside its moment, and as a whole"
    assert "finit_module" in text and "every relocation can be made" in text and "R_X86_64_" in text and "R_386_" in text
    _, text = page_of(BOTH / "6.1/lacks.ko")
    assert re.search(r"every symbol is found[^<]*<span class=\"badge bad\">refused", text) and "not reached" in text
    _, text = page_of("--release", "2.6.17", BOTH / "2.6.17/greets.ko")
    assert "on 2.6.17 on i386" in text and "init_module" in text


def logs_stand_beside_what_wrote_them():
    _, text = page_of(BUILT / "i386/hello.o")
    moment = re.search(r"<li class=\"d3\"><div><span class=\"who\">export</span> <code>printk.*?</li>", text, re.DOTALL)
    assert moment and "hello, " in moment.group(0).split("klog")[1], text


def every_cpu_has_a_page():
    for arch in sorted(path.name for path in BUILT.iterdir() if path.is_dir() and path.name in
                       ("alpha", "arm", "i386", "m68k", "mips", "mipsel", "ppc", "sparc", "x86_64")):
        _, text = page_of(BUILT / arch / "chrdev.o")
        assert "Accepted" in text and "chrdev_init" in text, arch


def a_machine_shows_its_modules():
    with tempfile.TemporaryDirectory() as folder:
        machine = f"{folder}/machine"
        environment = {**os.environ, "RETROMOD_MACHINE": machine}
        for name in ("exporter", "importer"):
            subprocess.run([RETROMOD, "insmod", BUILT / f"i386/{name}.o"], check=True, env=environment, capture_output=True)
        before = pathlib.Path(machine).read_bytes()
        page, text = page_of("-m", machine)
        assert {"m1", "m2"} <= page.ids or "m1-image" in page.ids
        assert "importer is running" in text and "exporter is running" in text and "importer_init" in text
        assert "importer: 1 squared is 1" in text, "its log"
        page, text = page_of("-m", machine, BUILT / "i386/hello.o")
        assert "hello.o is loaded" in text and pathlib.Path(machine).read_bytes() == before, "the machine stays as it was"
        modern = f"{folder}/modern"
        subprocess.run([RETROMOD, "--machine", modern, "boot", "--release", "6.1"], check=True, capture_output=True)
        subprocess.run([RETROMOD, "--machine", modern, "insmod", BOTH / "6.1/greets.ko"], check=True, capture_output=True)
        page, text = page_of("-m", modern)
        assert "greets" in text and ".gnu.linkonce.this_module" in text, "a machine since 2.6"


def hostile_text_stays_text():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "<img src=x onerror=alert(1)>&.o")
        path.write_bytes((BUILT / "i386/hello.o").read_bytes())
        page, text = page_of(path, "who=<script>alert(2)</script>")
        assert "<img" not in text and text.count("<script>") == 1, "only our own script"


def a_sweep_has_a_page():
    with tempfile.TemporaryDirectory() as folder:
        kept = f"{folder}/results.jsonl"
        subprocess.run([RETROMOD, "sweep", BUILT / "i386", "-o", kept], check=True, capture_output=True, timeout=120)
        page, text = page_of("--sweep", kept)
        rows = [json.loads(line) for line in pathlib.Path(kept).read_text(encoding="utf-8").splitlines()[1:]]
        assert {f"module-{i}" for i in range(len(rows))} <= page.ids and {"verdicts", "missing", "modules", "family", "words"} <= page.ids
        for row in rows:
            assert f"<strong>{row['module']}</strong>" in text, row["module"]
        # A thousand of them: each has its fold, the page is below two megabytes.
        header = json.loads(pathlib.Path(kept).read_text(encoding="utf-8").splitlines()[0])
        header["sweep"]["modules"] = 1000
        with open(kept, "w", encoding="utf-8") as file:
            file.write(json.dumps(header) + "\n")
            for i in range(1000):
                row = dict(rows[i % len(rows)], module=f"m{i}", file=f"{i}.o")
                row["log"] = (row["log"] or "a line\n") * 40
                file.write(json.dumps(row) + "\n")
        page, text = page_of("--sweep", kept)
        assert len(text) < 2_000_000 and "module-999" in page.ids, len(text)


def output_is_replaced_at_once_or_not_at_all():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "load.html")
        path.write_text("before", encoding="utf-8")
        done = report("/etc/hostname", "-o", path, status=1)
        assert path.read_text(encoding="utf-8") == "before" and os.listdir(folder) == ["load.html"]
        assert done.stderr.count("\n") == 1 and "/etc/hostname" in done.stderr, done.stderr
        report(BUILT / "i386/hello.o", "-o", path)
        assert pages.check(path.read_text(encoding="utf-8")).title.startswith("hello.o") and os.listdir(folder) == ["load.html"]
        assert "Is a directory" in report(BUILT / "i386/hello.o", "-o", folder, status=1).stderr
        assert "No such file" in report(BUILT / "i386/hello.o", "-o", folder + "/no/such", status=1).stderr


def wrong_use_is_one_line():
    for arguments, said in (((), "nothing to show"), (("a.o", "b.o", "c.o"), "two side by side"), (("--sweep", "x", "a.o"), "no module"),
                            (("-m", "x", "--release", "2.4.0", "a.o"), "--release"), (("--frobnicate",), "frobnicate")):
        done = report(*arguments, status=2)
        assert said in done.stderr and done.stderr.count("\n") == 1 and not done.stdout, f"{arguments}: {done.stderr}"
    assert "no machine there" in report("-m", "/nonexistent/m", status=1).stderr
    assert "No such file" in report("--sweep", "/nonexistent/s", status=1).stderr
    assert "5.0" in report("--release", "5.0", BUILT / "i386/hello.o", status=1).stderr


if __name__ == "__main__":
    cases = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__"
             and value.__name__ not in ("report", "page_of")]
    sys.exit(results.run_cases(sys.argv[1], "report", [(case.__name__.replace("_", " "), case) for case in cases]))
