#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Manual pages and shells' completion: a page for every program, every option of every command in them, no warning of man, and completion
that completes.

usage: manuals_test.py RESULT.json BIN_DIR
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
SHARE = BIN.parent / "share"
sys.path.insert(0, "docs/man")
import program  # noqa: E402

ASKED = program.Program(BIN)
PAGES = sorted((SHARE / "man").glob("man*/*"))


def text_of(page):
    return page.read_text(encoding="utf-8").replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "").replace("\\e", "\\")


def every_program_has_a_page():
    names = {page.name for page in PAGES}
    programs = {path.name for path in BIN.iterdir() if path.is_symlink()}
    assert programs == set(program.PERIOD), programs ^ set(program.PERIOD)
    wanted = {"retromod.1", "modules.conf.5", "retromod-scenario.5", "retromod.h.3"} | {f"retromod-{name}.8" for name in program.PERIOD}
    assert names == wanted, names ^ wanted
    for page in PAGES:
        assert ".SH NAME" in page.read_text(encoding="utf-8"), page


def every_option_is_on_a_page():
    main = text_of(SHARE / "man/man1/retromod.1")
    counted = 0
    for command in ASKED.commands:
        page = text_of(SHARE / f"man/man8/retromod-{command.name}.8") if command.name in program.PERIOD else main
        assert f".SS {command.name}\n" in main, command.name
        for option in command.options + command.kmod_options:
            for name in option.names:
                if name in ("-h", "--help"):
                    continue
                assert re.search(rf"(^|[ ,]){re.escape(name)}([ ,\n])", page, re.MULTILINE), f"{command.name}: {name}"
                counted += 1
    assert counted > 150, counted


def options_are_read_as_the_help_has_them():
    """The reader of help texts against the programs: each long option it found is in the help, and nothing that looks like one is lost."""
    for command in ASKED.commands:
        helped = ASKED._say("help", command.name)
        found = {name for option in command.options for name in option.names}
        listed = set(re.findall(r"^\s{1,11}(--?[A-Za-z][\w-]*)", helped.replace("\t", "    "), re.MULTILINE))
        assert listed <= found, f"{command.name}: {listed - found}"
        for name in found:
            assert name in helped, f"{command.name}: {name}"


def the_header_page_names_every_function():
    header = pathlib.Path("loader/api/retromod.h").read_text(encoding="utf-8")
    page = text_of(SHARE / "man/man3/retromod.h.3")
    for name in re.findall(r"RETROMOD_API [^;(]*?(retromod_\w+)\(", header):
        assert f"{name}()" in page, name


def the_pages_are_sound_roff():
    if not shutil.which("groff"):
        return check_requests()
    for page in PAGES:
        done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", page], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and not done.stderr, f"{page.name}: {done.stderr[:300]}"


def check_requests():
    """Without groff: only requests that the man macros have."""
    known = {"TH", "SH", "SS", "TP", "PP", "nf", "fi", "br", "B", "I", '\\"'}
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            if line.startswith("."):
                assert re.match(r"\.(\\\"|[A-Za-z]+)", line)[1] in known, f"{page.name}: {line}"


def complete(line, folder):
    script = f"""source {SHARE}/bash-completion/completions/retromod
COMP_LINE='{line}'; COMP_WORDS=({line.replace("''", '""')}); [[ '{line}' == *' ' ]] && COMP_WORDS+=('')
COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _retromod; printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=folder,
                          env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "RETROMOD_MACHINE": f"{folder}/machine"})
    assert not done.stderr, done.stderr
    return done.stdout.split()


def bash_completes_commands_options_modules_and_files():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([BIN / "retromod", "--machine", f"{folder}/machine", "insmod", "images/built/i386/hello.o"], check=True, capture_output=True)
        pathlib.Path(folder, "mine.o").touch()
        assert set(complete("retromod re", folder)) >= {"read", "record", "replay", "report"}
        assert complete("retromod replay --js", folder) == ["--json"]
        assert complete("retromod rmmod ", folder) == ["hello"]
        assert complete("retromod insmod mi", folder) == ["mine.o"]
        assert set(complete("retromod boot --arch mips", folder)) == {"mips", "mipsel"}
        assert complete("retromod --engine n", folder) == ["native"]
        assert complete("retromod --machine x help swe", folder) == ["sweep"]
        assert "--verbose" in complete("retromod insmod --v", folder)


def zsh_and_fish_take_theirs():
    for shell, path in (("zsh", SHARE / "zsh/site-functions/_retromod"), ("fish", SHARE / "fish/vendor_completions.d/retromod.fish")):
        text = path.read_text(encoding="utf-8")
        for command in ASKED.commands:
            assert re.search(rf"\b{command.name}\b", text), f"{shell}: {command.name}"
            for option in command.options:
                for name in option.names:
                    wanted = name if shell == "zsh" else f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                    assert wanted in text, f"{shell}: {command.name} {name}"
        if shutil.which(shell):
            done = subprocess.run([shell, "-n", path], capture_output=True, text=True, timeout=60)
            assert done.returncode == 0 and not done.stderr, done.stderr


if __name__ == "__main__":
    cases = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__"
             and value.__name__ not in ("text_of", "complete", "check_requests")]
    sys.exit(results.run_cases(sys.argv[1], "manuals", [(case.__name__.replace("_", " "), case) for case in cases]))
