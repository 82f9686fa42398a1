#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What pipelines take of replay, compare, sweep and `retromod test`: JUnit's XML, TAP, annotations of GitHub's workflows; and modules of
one's own: `retromod cc`, `retromod new`, samples by name.

usage: formats_test.py RESULT.json BIN_DIR
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
RETROMOD = BIN / "retromod"
TOP = pathlib.Path.cwd()
HOSTILE = "<&\"'> # \\ ]]> \n ::error::%0A"


def run(*words, status=0, folder=None, **environment):
    done = subprocess.run([RETROMOD, *map(str, words)], capture_output=True, text=True, timeout=300, cwd=folder,
                          env={**os.environ, "RETROMOD_MACHINE": "/nonexistent/machine", **environment})
    assert done.returncode == status, f"{words}: status {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
    return done


def tap(text):
    """(name, state) of every test: the plan is kept, numbers count up."""
    lines = text.splitlines()
    assert lines[0] == "TAP version 14", lines[:1]
    planned = int(re.fullmatch(r"1\.\.(\d+)", lines[1])[1])
    tests = []
    for line in lines[2:]:
        match = re.fullmatch(r"(not ok|ok) (\d+) - (.*?)( # SKIP .*)?", line)
        if match:
            assert int(match[2]) == len(tests) + 1, line
            tests.append((match[3], "skipped" if match[4] else "failed" if match[1] == "not ok" else "passed"))
        else:
            assert line.startswith("  "), line
    assert len(tests) == planned, f"{len(tests)} of {planned}"
    return tests


def junit(path):
    """The same of a JUnit file, whose sums are right."""
    top = xml.etree.ElementTree.parse(path).getroot()
    assert top.tag == "testsuites"
    tests = []
    for suite in top:
        cases = suite.findall("testcase")
        failed = [case for case in cases if case.find("failure") is not None]
        skipped = [case for case in cases if case.find("skipped") is not None]
        assert (int(suite.get("tests")), int(suite.get("failures")), int(suite.get("skipped"))) == (len(cases), len(failed), len(skipped))
        for case in cases:
            float(case.get("time"))
            tests.append((f"{suite.get('name')}: {case.get('name')}", "failed" if case in failed else "skipped" if case in skipped else "passed"))
    assert int(top.get("tests")) == len(tests)
    return tests


def scenario(path, result):
    path.write_text(json.dumps({"format": "legacy-module-abi-vectors", "format_version": 1, "abi": "i386", "scenarios": [
        {"id": "twice", "title": "a name can be created once", "tags": [],
         "steps": [{"op": "create", "name": "a", "size": 4096}, {"op": "create", "name": "a", "size": 4096}],
         "expect": [{"versions": ["2.2.1", "2.4.20"], "outcome": "ok", "results": [{"ret": "@a"}, {"ret": result}]}]}]}), encoding="utf-8")
    return path


def replay_speaks_all_three():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        good, bad = scenario(folder / "good.json", "EEXIST"), scenario(folder / "bad.json", "EBUSY")
        done = run("replay", "--tap", "--junit", folder / "junit.xml", good, bad, status=1)
        tests = tap(done.stdout)
        assert [state for _, state in tests] == ["passed", "passed", "failed", "failed"], tests
        assert tests == junit(folder / "junit.xml")
        assert "expected {\"ret\":\"EBUSY\"}" in done.stdout or "EBUSY" in done.stdout
        done = run("replay", "--github", good, bad, status=1)
        errors = re.findall(r"^::error file=([^,]*),title=([^:]*?)::(.*)$", done.stdout, re.MULTILINE)
        assert len(errors) == 2 and errors[0][0] == str(bad) and "EBUSY" in errors[0][2], done.stdout
        assert "2 passed, 2 failed" in done.stdout and "::notice title=retromod::2 passed, 2 failed, 0 skipped" in done.stdout
        skipped = tap(run("replay", "--arch", "m68k", "--tap", "tests/vectors/kallsyms.json" if (TOP / "tests/vectors/kallsyms.json").exists()
                          else sorted(TOP.glob("tests/vectors/*.json"))[0], status=0).stdout)
        assert skipped


def compare_and_sweep_speak_them():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        tests = tap(run("compare", "--tap", "--junit", folder / "junit.xml", "tests/comparison/loading.json").stdout)
        assert len(tests) > 5 and all(state == "passed" for _, state in tests) and tests == junit(folder / "junit.xml")
        assert ("loading: load-twice", "passed") in tests
        done = run("compare", "--github", "images/both/built/2.4/stays.o", "images/both/built/6.1/greets.ko", status=1)
        assert re.search(r"^::error title=modules%3A modules::", done.stdout, re.MULTILINE), done.stdout
        modules = folder / "modules"
        modules.mkdir()
        for name in ("hello", "fails", "oops", "importer"):
            shutil.copy(TOP / f"images/built/i386/{name}.o", modules)
        done = run("sweep", modules, "--tap", "--junit", folder / "sweep.xml", "-j", "1")
        states = dict(tap(done.stdout))
        assert states == dict(junit(folder / "sweep.xml"))
        assert states["sweep: hello"] == "passed" and states["sweep: fails"] == states["sweep: importer"] == "skipped", states
        assert states["sweep: oops"] == "failed", states


def a_folder_of_tests_is_one_run():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        scenario(folder / "twice.json", "EEXIST")
        (folder / "loads.sh").write_text("insmod $TESTS/hello.o && lsmod\nrmmod nosuch\necho $RETROMOD_MACHINE\n", encoding="utf-8")
        shutil.copy(TOP / "images/built/i386/hello.o", folder)
        done = run("test", folder, status=1)
        assert "loads.expected is missing" in done.stdout and "2 passed, 1 failed" in done.stdout, done.stdout
        run("test", "--update", folder)
        expected = (folder / "loads.expected").read_text(encoding="utf-8")
        assert "== stdout\n" in expected and "hello" in expected and "FOLDER/machine" in expected, expected
        assert "== exit status 0\n" in expected and "nosuch is not loaded" in expected, expected
        tests = tap(run("test", "--tap", "--junit", folder / "junit.xml", folder).stdout)
        assert tests == junit(folder / "junit.xml") and [state for _, state in tests] == ["passed"] * 3, tests
        (folder / "loads.expected").write_text(expected.replace("nosuch", "other"), encoding="utf-8")
        done = run("test", "--github", folder, status=1)
        assert re.search(r"loads\.expected:\d+: expected '.*other.*', got '.*nosuch", done.stdout) and "::error file=" in done.stdout, done.stdout
        (folder / "broken.json").write_text("{", encoding="utf-8")
        assert "broken.json: file: " in run("test", folder, "--filter", "broken", status=1).stdout
        (folder / "slow.sh").write_text("sleep 60 & echo begun; sleep 60\n", encoding="utf-8")
        done = run("test", folder, "--filter", "slow", "--seconds", "1", status=1)
        assert "1 failed" in done.stdout
    assert "no folder" in run("test", "/nonexistent/folder", status=1).stderr
    with tempfile.TemporaryDirectory() as folder:
        assert "no scenario file and no script" in run("test", folder, status=1).stderr


def hostile_names_break_no_format():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder, "a<&>\"'#\\ :,%b")
        folder.mkdir()
        (folder / "x # y<&>.sh").write_text("printf '%s' \"" + HOSTILE.replace('"', "'").replace("\n", " ").replace("\\", "\\\\").replace("'", "") + "\"\n",
                                            encoding="utf-8")
        done = run("test", "--tap", "--junit", folder / "junit.xml", folder, status=1)
        assert len(tap(done.stdout)) == 1 and len(junit(folder / "junit.xml")) == 1
        done = run("test", "--github", folder, status=1)
        assert len(re.findall(r"^::", done.stdout, re.MULTILINE)) == 2, done.stdout


def results_that_cannot_be_written_fail():
    done = run("compare", "--junit", "/nonexistent/x.xml", "tests/comparison/loading.json", status=1)
    assert "/nonexistent/x.xml: No such file" in done.stderr, done.stderr


def a_new_module_builds_runs_and_passes():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run("new", "mine", folder=folder)
        assert sorted(path.name for path in (folder / "mine").iterdir()) == ["Makefile", "mine.c", "mine.json"]
        environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "RETROMOD_MACHINE": str(folder / "machine")}
        for target in ("mine.o", "mine.ko", "test", "page"):
            done = subprocess.run(["make", target], cwd=folder / "mine", env=environment, capture_output=True, text=True, timeout=200)
            assert done.returncode == 0, f"make {target}: {done.stdout}{done.stderr}"
        assert (folder / "mine/mine.html").stat().st_size > 10000
        subprocess.run([BIN / "insmod", "mine/mine.o", "count=3"], cwd=folder, env=environment, check=True)
        log = subprocess.run([RETROMOD, "dmesg"], env=environment, check=True, capture_output=True, text=True).stdout
        assert "mine: hello 3" in log, log
        assert "mine is there already" in run("new", "mine", folder=folder, status=1).stderr
    for name in ("../x", "9lives", "a b", ""):
        assert "no name of a module" in run("new", name, status=2).stderr, name


def cc_compiles_for_each_kernel():
    source = TOP / "images/both/src/greets.c"
    with tempfile.TemporaryDirectory() as folder:
        for release, made in (("2.2.1", "greets.o"), ("2.4.20", "greets.o"), ("2.6.17", "greets.ko"), ("6.1", "greets.ko"), ("6.12", "greets.ko")):
            run("cc", source, "--release", release, folder=folder)
            done = run("report", pathlib.Path(folder, made), "--release", release)
            assert "Accepted" in done.stdout, release
        run("cc", source, "-o", "other.o", "--cflag=-DEXTRA", folder=folder)
        assert pathlib.Path(folder, "other.o").exists()
        broken = pathlib.Path(folder, "broken.c")
        broken.write_text("int init_module(void) { return nothing; }\n", encoding="utf-8")
        assert "broken.c:1:32: error:" in run("cc", broken, folder=folder, status=3).stderr
        assert not pathlib.Path(folder, "broken.o").exists()
        assert "no such file" in run("cc", "nosuch.c", folder=folder, status=3).stderr
        assert "5.0" in run("cc", source, "--release", "5.0", folder=folder, status=2).stderr
        assert "mipsel" in run("cc", source, "--arch", "mipsel", folder=folder, status=3).stderr


def samples_are_found_by_name():
    with tempfile.TemporaryDirectory() as folder:
        machine = f"{folder}/machine"
        for name in ("exporter.o", "importer.o"):
            run("insmod", name, folder=folder, RETROMOD_MACHINE=machine)
        assert "importer" in run("lsmod", folder=folder, RETROMOD_MACHINE=machine).stdout
        assert "init routine" in run("explain", "fails.o", folder=folder, RETROMOD_MACHINE=machine, status=1).stdout
        assert "hello" in run("modinfo", "hello.o", folder=folder, RETROMOD_MACHINE=machine).stdout
        for command in ("layout", "disasm", "report"):
            run(command, "hello.o", folder=folder, RETROMOD_MACHINE=machine)
        run("insmod", "nosuch.o", folder=folder, RETROMOD_MACHINE=machine, status=1)
        modern = f"{folder}/modern"
        run("boot", "--release", "6.1", folder=folder, RETROMOD_MACHINE=modern)
        run("insmod", "greets.ko", folder=folder, RETROMOD_MACHINE=modern)
        mips = f"{folder}/mips"
        run("boot", "--arch", "mipsel", folder=folder, RETROMOD_MACHINE=mips)
        run("insmod", "hello.o", folder=folder, RETROMOD_MACHINE=mips)
        pathlib.Path(folder, "hello.o").write_text("not a module", encoding="utf-8")
        assert "hello.o" in run("insmod", "hello.o", folder=folder, RETROMOD_MACHINE=machine, status=1).stderr, "one's own comes first"


def a_near_word_is_offered():
    assert "did you mean 'insmod'?" in run("insmdo", status=2).stderr
    assert "did you mean 'report'?" in run("reprot", status=2).stderr
    assert "did you mean" not in run("frobnicate", status=2).stderr
    assert "did you mean --release?" in run("sweep", "--relaese", "2.4.20", "x", status=2).stderr
    assert re.fullmatch(r"retromod 1\.0 \(libretromod\.so\.1 with interface \d+, machine files of format \d+\)\n", run("--version").stdout)


def colour_is_for_terminals():
    """Through a pseudo terminal; NO_COLOR and a pipe have none."""
    import pty

    def at_terminal(*words, **more):
        parent, child = pty.openpty()
        done = subprocess.Popen([RETROMOD, *words], stdin=subprocess.DEVNULL, stdout=child, stderr=child, env={**os.environ, "TERM": "xterm", **more})
        os.close(child)
        text = b""
        while True:
            try:
                some = os.read(parent, 65536)
            except OSError:
                break
            if not some:
                break
            text += some
        done.wait(60)
        os.close(parent)
        return text.decode()

    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    os.environ.pop("NO_COLOR", None)
    assert "\x1b[31mretromod:\x1b[0m" in at_terminal("frobnicate")
    assert "\x1b" not in at_terminal("frobnicate", NO_COLOR="1") and "\x1b" not in at_terminal("frobnicate", TERM="dumb")
    assert "\x1b" not in run("frobnicate", status=2).stderr
    os.environ.update(environment)
    help_lines = run("sweep", "--help", COLUMNS="60").stdout.splitlines()
    assert all(len(line) <= 60 or line.startswith(("Usage", "  -", "load")) for line in help_lines), max(help_lines, key=len)


if __name__ == "__main__":
    cases = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__"
             and value.__name__ not in ("run", "tap", "junit", "scenario")]
    sys.exit(results.run_cases(sys.argv[1], "formats", [(case.__name__.replace("_", " "), case) for case in cases]))
