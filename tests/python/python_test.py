#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Python package over the C interface, its pytest plugin, the wheel, and the example for CMake and CTest.

usage: python_test.py RESULT.json BIN_DIR
"""
import ast
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

import results

BIN = pathlib.Path(sys.argv[2]).resolve()
LIBRARY = BIN.parent / "libretromod.so.1"
TOP = pathlib.Path.cwd()
SAMPLES = BIN.parent / "share/retromod/samples"

os.environ["RETROMOD_LIBRARY"] = str(LIBRARY)
sys.path.insert(0, str(TOP / "python"))
import retromod  # noqa: E402  (found by the line above)


# The system's own Python has the packages of bootstrap; another that comes first in PATH need not.
PYTHON = next((python for python in (sys.executable, "/usr/bin/python3")
               if subprocess.run([python, "-c", "import pytest, setuptools, wheel"], capture_output=True).returncode == 0), sys.executable)


def refused(kind, function, *arguments, **options):
    try:
        function(*arguments, **options)
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def every_function_of_the_header_is_declared():
    header = (TOP / "loader/api/retromod.h").read_text(encoding="utf-8")
    declared = set(re.findall(r"RETROMOD_API [^;(]*?\*?\s?\*?retromod_(\w+)\(", header))
    from retromod import library
    assert declared == set(library._FUNCTIONS), declared ^ set(library._FUNCTIONS)
    assert retromod.api_version() == int(re.search(r"RETROMOD_API_VERSION (\d+)", header)[1])
    outcomes = dict((name, int(value)) for name, value in re.findall(r"RETROMOD_([A-Z_]+) = (\d+)", header))
    for outcome in retromod.Outcome:
        assert outcomes[outcome.name] == outcome.value, outcome


def calls_return_the_kernels_words():
    with retromod.Machine("2.4.20") as machine:
        assert machine.release == "2.4.20"
        address = machine.create_module("a", 4096)
        assert address > 0xc0000000 and address.error is None
        assert machine.create_module("a", 4096).error == "EEXIST" and machine.create_module("a", 4096) == -17
        assert machine.delete_module("b").error == "ENOENT"
        result, buffer, stored = machine.query_module(None, retromod.QueryKind.MODULES)
        assert result == 0 and stored == 1 and buffer.startswith(b"a\0")
        assert machine.init_module("a", b"\0\0\0\0").error == "EINVAL" and "Invalid module header size" in machine.log()
        with machine.user_memory(16) as memory:
            memory.write(b"zz\0")
            assert memory.read(3) == b"zz\0" and machine.syscall("create_module", memory.address, 4096) > 0
            assert machine.syscall("create_module", memory.address + 16, 4096).error == "EFAULT"
        assert machine.module_names() == ["zz", "a"]
        refused(retromod.Failed, machine.syscall, "frobnicate")
        assert refused(OSError, machine.read, "/proc/nosuch").errno == 2
        machine.set_capable(False)
        assert machine.create_module("c", 4096).error == "EPERM"


def modules_load_and_run():
    with retromod.Machine() as machine:
        assert machine.insmod(SAMPLES / "i386/hello.o", who="python") == 0 and "python" in machine.log()
        assert machine.insmod(SAMPLES / "i386/hello.o") == 1 and "already exists" in machine.output()
        error = refused(retromod.GuestStopped, machine.insmod, SAMPLES / "i386/oops.o")
        assert error.outcome == retromod.Outcome.OOPS == machine.outcome
    with retromod.Machine("6.1") as machine, open(SAMPLES / "6.1/greets.ko", "rb") as module:
        assert machine.finit_module(module.fileno(), "who=python") == 0 and "hello, python" in machine.log()
        assert machine.write("/sys/module/greets/parameters/count", "3\n") == 2
        assert machine.read("/sys/module/greets/parameters/count") == "3\n"
        assert machine.delete_module("greets", 0o4000) == 0
    assert "5.0" in str(refused(retromod.Failed, retromod.Machine, "5.0"))
    assert refused(retromod.Failed, retromod.Machine.open, "/nonexistent/machine")


def a_machine_in_a_file_stays():
    with tempfile.TemporaryDirectory() as folder:
        with retromod.Machine(file=f"{folder}/m") as machine:
            machine.create_module("stays", 4096)
        with retromod.Machine.open(f"{folder}/m") as machine:
            assert machine.module_names() == ["stays"]


def everything_public_is_typed_and_described():
    for path in (TOP / "python/retromod").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"):
                continue
            assert ast.get_docstring(node) or node.name.startswith("pytest_") or node.name == "make", f"{path.name}: {node.name} says nothing"
            if isinstance(node, ast.FunctionDef) and node.name != "make":
                assert node.returns is not None, f"{path.name}: {node.name} has no return type"
                for argument in node.args.args + node.args.kwonlyargs:
                    assert argument.annotation is not None or argument.arg in ("self", "cls"), f"{path.name}: {node.name}({argument.arg})"


def pytest(*arguments, folder, **environment):
    return subprocess.run([PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "retromod.pytest_plugin", *arguments],
                          cwd=folder, capture_output=True, text=True, timeout=300,
                          env={**os.environ, "PYTHONPATH": str(TOP / "python"), "SAMPLES": str(SAMPLES), "PYTHONDONTWRITEBYTECODE": "1", **environment})


def the_example_for_pytest_passes():
    done = pytest(str(TOP / "docs/examples/pytest"), folder=TOP)
    assert done.returncode == 0 and "5 passed" in done.stdout, done.stdout + done.stderr


def a_failing_test_shows_the_kernels_log():
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "test_it.py").write_text(
            "def test_it(machine):\n    machine.create_module('a', 4096)\n    machine.init_module('a', bytes(4))\n    assert False\n", encoding="utf-8")
        done = pytest(folder, folder=folder)
        assert done.returncode == 1 and "log of 2.4.20" in done.stdout and "Invalid module header size" in done.stdout, done.stdout
        done = pytest(folder, "--retromod-old", "2.2.1", folder=folder)
        assert "log of 2.2.1" in done.stdout, done.stdout


def the_wheel_is_whole():
    with tempfile.TemporaryDirectory() as folder:
        wheel = pathlib.Path(folder, "retromod.whl")
        subprocess.run([PYTHON, TOP / "python/build_wheel.py", wheel, LIBRARY], check=True, capture_output=True, timeout=300)
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            archive.extractall(f"{folder}/site")
        assert {"retromod/__init__.py", "retromod/machine.py", "retromod/py.typed", "retromod/libretromod.so.1"} <= set(names), names
        entry = next(name for name in names if name.endswith("entry_points.txt"))
        assert "retromod = retromod.pytest_plugin" in pathlib.Path(folder, "site", entry).read_text(encoding="utf-8")
        environment = {key: value for key, value in os.environ.items() if key != "RETROMOD_LIBRARY"}
        done = subprocess.run([sys.executable, "-c", "from retromod import Machine, library_path; "
                               "print(library_path(), Machine().create_module('a', 4096).error)"],
                              cwd=folder, env={**environment, "PYTHONPATH": f"{folder}/site"}, capture_output=True, text=True, timeout=60)
        assert done.stdout == f"{folder}/site/retromod/libretromod.so.1 None\n", done.stdout + done.stderr


def the_example_for_cmake_passes():
    """Against a prefix as `scons install` lays it out."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder, "prefix")
        for place, source in (("include/retromod.h", TOP / "loader/api/retromod.h"), ("lib/libretromod.so.1", LIBRARY),
                              ("lib/libretromod.so", LIBRARY), ("bin/retromod", BIN / "retromod"),
                              ("lib/cmake/retromod/retromodConfig.cmake", TOP / "loader/api/retromodConfig.cmake"),
                              ("lib/cmake/retromod/retromodConfigVersion.cmake", TOP / "loader/api/retromodConfigVersion.cmake")):
            (prefix / place).parent.mkdir(parents=True, exist_ok=True)
            (prefix / place).symlink_to(source)
        build = pathlib.Path(folder, "build")

        def run(*words):
            done = subprocess.run(words, capture_output=True, text=True, timeout=500, env={**os.environ, "HOME": folder})
            assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
            return done.stdout

        run("cmake", "-S", TOP / "docs/examples/cmake", "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", f"-DSAMPLES={SAMPLES}")
        run("cmake", "--build", build)
        said = run("ctest", "--test-dir", build, "--output-on-failure")
        assert "100% tests passed, 0 tests failed out of 3" in said, said


if __name__ == "__main__":
    cases = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == "__main__"
             and value.__name__ not in ("refused", "pytest")]
    sys.exit(results.run_cases(sys.argv[1], "python", [(case.__name__.replace("_", " "), case) for case in cases]))
