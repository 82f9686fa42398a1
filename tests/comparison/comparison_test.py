#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""retromod compare: the scenarios kept here, the page made of them, and what the command does with bad files.

usage: comparison_test.py RESULT.json BIN_DIR      UPDATE_DOCS=1 writes docs/comparison.md anew
"""
import html.parser
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import results

RETROMOD = pathlib.Path(sys.argv[2]).resolve() / "retromod"
SCENARIOS = sorted(map(str, pathlib.Path("tests/comparison").glob("*.json")))
BUILT = pathlib.Path("images/both/built")
PAGE = pathlib.Path("docs/comparison.md")
MARK = "<!-- Made by `retromod compare --markdown` from tests/comparison: UPDATE_DOCS=1 scons check-comparison. -->\n"


def compare(*arguments):
    return subprocess.run([RETROMOD, "compare", *arguments], capture_output=True, text=True, timeout=300)


def one_scenario(folder, steps, **more):
    """A file of one scenario whose modules are ours."""
    path = pathlib.Path(folder) / "scenario.json"
    built = BUILT.resolve()
    path.write_text(json.dumps({"format": "retromod-comparisons", "format_version": 1,
                                "modules": {"old": f"/{os.path.relpath(built, '/')}/2.4/{{}}.o", "new": f"/{os.path.relpath(built, '/')}/6.1/{{}}.ko"},
                                "scenarios": [{"id": "one", "title": "one", "steps": steps, **more}]}), encoding="utf-8")
    return str(path)


def every_scenario_is_as_it_expects():
    done = compare("--failed", *SCENARIOS)
    assert done.returncode == 0 and done.stderr == "", done.stdout + done.stderr
    passed = re.search(r"^(\d+) passed, 0 failed$", done.stdout, re.MULTILINE)
    assert passed and int(passed[1]) >= 25, done.stdout


def every_step_says_what_it_expects():
    for path in SCENARIOS:
        for scenario in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["scenarios"]:
            for number, step in enumerate(scenario["steps"], 1):
                assert len(step.get("expect", [])) == 2, f"{path}: {scenario['id']}: step {number}"


def page_is_current():
    made = compare("--markdown", *SCENARIOS)
    assert made.returncode == 0, made.stderr
    head, mark, kept = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark, f"{PAGE} has lost its mark"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(head + mark + "\n" + made.stdout, encoding="utf-8")
        return
    assert kept == "\n" + made.stdout, "UPDATE_DOCS=1 scons check-comparison"


def json_has_both_columns():
    done = compare("--json", "--filter", "load-twice", *SCENARIOS)
    comparison, = json.loads(done.stdout)["comparisons"]
    step = comparison["steps"][1]
    assert step["old"]["result"] == ["no call"] and step["new"]["result"] == ["EEXIST"], step
    assert step["old"]["check"] == ["insmod, in user space"], step
    assert "finit_module(3, \"\", 0) = EEXIST" in step["new"]["user"], step
    assert "result" in step["differs"] and comparison["passed"] is True


class Page(html.parser.HTMLParser):
    """Counts what is open, and notes what would be fetched."""

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.ids = [], [], set()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.fetched += [value for name, value in attributes.items() if name in ("src", "href") and not value.startswith(("#", "data:,"))]
        self.ids.add(attributes.get("id"))
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"


def html_is_one_page():
    done = compare("--html", *SCENARIOS)
    page = Page()
    page.feed(done.stdout)
    assert done.returncode == 0 and not page.open and not page.fetched and "url(" not in done.stdout, page.fetched
    assert {"load-twice", "summary", "group-loading", "group-unloading"} <= page.ids, page.ids
    assert "Legend" in done.stdout and done.stdout.count("<details") == done.stdout.count("</details>") > 60
    marked = re.findall(r"<tr class=\"differs\"><th scope=\"row\">(\w+)", done.stdout)
    assert set(marked) == {"result", "state"}, "only what came of a step is marked"


def a_compared_source_is_on_the_page():
    source = pathlib.Path("images/both/src/greets.c")
    done = compare("--html", str(source))
    assert done.returncode == 0 and "module_init(" in done.stdout and str(source) in done.stdout, done.stderr


def a_pair_of_modules_is_compared():
    done = compare(str(BUILT / "2.4/greets.o"), str(BUILT / "6.1/greets.ko"), "--param", "who=both")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("greets: hello, both") == 2 and "1. insmod greets who=both" in done.stdout, done.stdout


def sources_are_built_for_both():
    sources = pathlib.Path("images/both/src")
    done = compare(str(sources / "greets.c"), "--param", "who=both")
    assert done.returncode == 0 and done.stdout.count("greets: hello, both") == 2, done.stdout + done.stderr
    done = compare(str(sources / "stays.c"), str(sources / "greets.c"))
    assert done.returncode == 1 and "$ insmod stays.o" in done.stdout and "$ insmod greets.ko" in done.stdout, done.stdout + done.stderr
    for source in sorted(sources.glob("*.c")):
        for release in ("6.1", "6.12", "2.6.17"):
            done = compare("--new", release, str(source))
            assert done.returncode in (0, 1) and "ENOEXEC" not in done.stdout, f"{source}: {release}: {done.stdout}{done.stderr}"


def a_source_in_a_scenario_is_built():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(one_scenario(folder, [{"insmod": "gives", "expect": ["0", "0"]}, {"insmod": "takes_gpl", "expect": ["0", "0"]}]))
        scenario = json.loads(path.read_text(encoding="utf-8"))
        scenario["modules"]["new"] = scenario["modules"]["old"] = os.path.abspath("images/both/src") + "/{}.c"
        path.write_text(json.dumps(scenario), encoding="utf-8")
        done = compare(str(path))
    assert done.returncode == 0 and done.stdout.count("takes_gpl: 3 cubed is 27") == 2, done.stdout + done.stderr


def a_source_that_does_not_compile_is_told_apart():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "broken.c")
        path.write_text("int init_module(void) { return nothing; }\n", encoding="utf-8")
        done = compare(str(path))
        assert done.returncode == 3 and "broken.c:1:32: error:" in done.stderr and done.stdout == "", done
        done = subprocess.run([RETROMOD, "compare", path], capture_output=True, text=True, env={"PATH": folder}, timeout=60)
    assert done.returncode == 3 and done.stderr.count("\n") == 1 and "i686-linux-gnu-gcc" in done.stderr and "package" in done.stderr, done


def another_release_can_stand_in():
    done = compare("--old", "2.2.1", "--new", "6.12", "--filter", "old-calls", *SCENARIOS)
    assert "2.2.1 on i386" in done.stdout and "6.12 on x86_64" in done.stdout and done.returncode == 0, done.stdout


def what_is_not_as_expected_fails():
    with tempfile.TemporaryDirectory() as folder:
        done = compare(one_scenario(folder, [{"insmod": "greets", "expect": ["0", "EEXIST"]}]))
    assert done.returncode == 1 and "NOT AS EXPECTED: 6.1 on x86_64 was to answer EEXIST, and answered 0" in done.stdout, done.stdout


def bad_files_are_refused_by_place():
    with tempfile.TemporaryDirectory() as folder:
        for steps, more, said in (
                ([{"insmod": "greets", "frobnicate": 1}], {}, "scenario 'one': step 1: 'frobnicate' means nothing here"),
                ([{"insmod": "greets", "rmmod": "greets"}], {}, "scenario 'one': step 1: it is to do one thing"),
                ([{"insmod": 7}], {}, "'insmod' is no text"),
                ([], {}, "it has no steps"),
                ([{"insmod": "greets", "change": [{"replace": "a", "with": "bc"}]}], {}, "are not of one length"),
                ([{"insmod": "greets", "change": [{"patch": 0, "hex": "0g"}]}], {}, "'0g' is no hex"),
                ([{"call": "x", "args": [{"bad": "luck"}]}], {}, "'luck' is neither unmapped nor kernel"),
                ([{"insmod": "nosuch"}], {}, "nosuch.o"),
                ([{"insmod": "greets"}], {"new": {"release": "5.0"}}, "'5.0' is no release"),
                ([{"insmod": "greets"}], {"new": {"release": "6.1", "configuration": {"NOSUCH": True}}}, "NOSUCH"),
                ([{"insmod": "greets", "change": [{"replace": "nowhere to be seen", "with": "nowhere to be found"[:18]}]}], {}, "holds no"),
        ):
            done = compare(one_scenario(folder, steps, **more))
            assert done.returncode != 0 and said in done.stderr, f"{steps}: {done.stdout}{done.stderr}"
        pathlib.Path(folder, "x.json").write_text("[]", encoding="utf-8")
        assert "x.json: is no object" in compare(f"{folder}/x.json").stderr
        assert "No such file" in compare(f"{folder}/none.json").stderr


if __name__ == "__main__":
    cases = [every_scenario_is_as_it_expects, every_step_says_what_it_expects, page_is_current, json_has_both_columns,
             html_is_one_page, a_compared_source_is_on_the_page, a_pair_of_modules_is_compared, sources_are_built_for_both, a_source_in_a_scenario_is_built,
             a_source_that_does_not_compile_is_told_apart, another_release_can_stand_in, what_is_not_as_expected_fails,
             bad_files_are_refused_by_place]
    sys.exit(results.run_cases(sys.argv[1], "comparison", [(case.__name__, case) for case in cases]))
