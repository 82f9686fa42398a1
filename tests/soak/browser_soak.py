#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of `retromod report` and `compare --html` in a headless Chromium, at three widths: no message on the console,
nothing wider than the screen, every link's target is shown when it is followed, every control has an accessible name, the filter of a
sweep filters, and the page is drawn.

usage: browser_soak.py RESULT.json BIN_DIR
"""
import contextlib
import html
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import results

RETROMOD = pathlib.Path(sys.argv[2]).resolve() / "retromod"
BUILT = pathlib.Path("images/built").resolve()
BOTH = pathlib.Path("images/both/built").resolve()
WIDTHS = (360, 800, 1280)
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")

# Runs in the page, and leaves what it found in it.
PROBE = """<script>addEventListener('load', function () {
 var found = {wide: document.documentElement.scrollWidth, screen: innerWidth, dead: [], nameless: []};
 document.querySelectorAll('a[href^="#"]').forEach(function (a) {
  var at = document.getElementById(decodeURIComponent(a.getAttribute('href').slice(1)));
  if (!at) return found.dead.push(a.getAttribute('href'));
  for (var d = at; d; d = d.parentElement) if (d.tagName === 'DETAILS') d.open = true;
  if (at.id !== 'main' && !at.getClientRects().length) found.dead.push(at.id + ' is not shown'); });
 document.querySelectorAll('input, select, button').forEach(function (e) { if (!e.labels || !e.labels.length) found.nameless.push(e.outerHTML); });
 document.querySelectorAll('summary, a[href]').forEach(function (e) { if (!e.textContent.trim()) found.nameless.push(e.outerHTML); });
 document.querySelectorAll('svg').forEach(function (e) { if (!e.querySelector('title')) found.nameless.push('svg'); });
 var words = document.getElementById('words');
 if (words) { words.value = 'exporter'; words.dispatchEvent(new Event('input'));
  found.shown = document.querySelectorAll('[data-family]:not([hidden])').length; }
 parent.postMessage(JSON.stringify(found), '*'); });</script>"""
# A frame for each page and width: one start of the browser looks at all, and its own window cannot be as narrow as a telephone.
FRAMES = """<!DOCTYPE html><title>frames</title><body style="margin:0"><script>var found = {};
addEventListener('message', function (m) { document.querySelectorAll('iframe').forEach(function (f) {
 if (f.contentWindow === m.source) found[f.title] = JSON.parse(m.data); });
 document.documentElement.dataset.found = JSON.stringify(found); });</script>%s"""
FRAME = '<iframe title="%s" width="%d" height="900" style="border:0" src="%s"></iframe>'
START_SECONDS = 150  # a browser on a busy machine
STARTS = 4  # of a browser that does not come to an end


def browse(page, *options):
    """What the browser wrote on stdout and stderr. One that hangs is killed with all its processes, and started anew."""
    for start in range(STARTS):
        command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
                   "--enable-logging=stderr", f"--user-data-dir={page.parent}/profile{options[0]}{start}", "--window-size=2500,14000",
                   *options[1:], page.as_uri()]
        with open(page.parent / "out", "w+b") as out, open(page.parent / "err", "w+b") as err:
            browser = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
            try:
                browser.wait(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"browser: start {start + 1} of {STARTS} did not end in {START_SECONDS} s", file=sys.stderr)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(browser.pid, signal.SIGKILL)
            browser.wait()
            out.seek(0), err.seek(0)
            written, said = out.read().decode(errors="replace"), err.read().decode(errors="replace")
        if browser.returncode == 0:
            return written, said
    raise AssertionError(f"the browser ended with {browser.returncode}: {said[-1500:]}")


def faults_of(page, values):
    """What is wrong in one page, of the VALUES that its script found at each width."""
    text = page.read_text(encoding="utf-8")
    faults = []
    for width in WIDTHS:
        found = values.get(f"{page.name} {width}")
        if found is None:
            faults.append(f"{page.name} at {width}: the page's script did not run")
            continue
        if found["wide"] > found["screen"]:
            faults.append(f"{page.name} is {found['wide']} wide on a screen of {found['screen']}")
        faults += [f"{page.name}: {what}" for what in found["dead"] + found["nameless"]]
        if "shown" in found and not 0 < found["shown"] < len(re.findall("data-family=", text)):
            faults.append(f"{page.name}: the filter shows {found['shown']} modules")
    return faults


def look_at(pages):
    """Faults of PAGES, which lie in one folder."""
    folder = pages[0].parent
    for page in pages:
        text = page.read_text(encoding="utf-8")
        page.with_suffix(".probed.html").write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    frames = folder / "frames.html"
    frames.write_text(FRAMES % "".join(FRAME % (f"{page.name} {width}", width, page.with_suffix(".probed.html").name)
                                       for page in pages for width in WIDTHS), encoding="utf-8")
    written, said = browse(frames, "dom", "--dump-dom")
    found = re.search(r'data-found="([^"]*)"', written)
    faults = re.findall(r"CONSOLE.*", said)
    for page in pages:
        faults += faults_of(page, json.loads(html.unescape(found[1])) if found else {})
    pictures = [folder / f"{scheme}.png" for scheme in ("light", "dark")]
    for scheme, picture in enumerate(pictures):
        browse(frames, picture.stem, f"--screenshot={picture}", f"--blink-settings=preferredColorScheme={1 - scheme}")
        if not picture.exists() or picture.stat().st_size < 5000 * len(pages):
            faults.append(f"{picture.stem}: the pages are not drawn")
    if not faults and pictures[0].read_bytes() == pictures[1].read_bytes():
        faults.append("the pages look the same in a light and in a dark scheme")
    return faults


def pages_hold_in_a_browser():
    assert BROWSER, "chromium is not installed: ./bootstrap installs it"
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        environment = {**os.environ, "RETROMOD_MACHINE": "/nonexistent/machine", "HOME": str(folder)}

        def make(name, *words):
            with open(folder / name, "wb") as page:
                subprocess.run([RETROMOD, *map(str, words)], stdout=page, env=environment, timeout=300, check=True)
            return folder / name

        subprocess.run([RETROMOD, "sweep", BUILT / "i386", "-o", folder / "kept"], env=environment, check=True, capture_output=True)
        far = folder / ("a-long-name-" * 8)
        far.mkdir()
        shutil.copy(BUILT / "i386/fails.o", far)
        made = [make("load.html", "report", "--load", BUILT / "i386/exporter.o", BUILT / "i386/importer.o"),
                make("refused.html", "report", far / "fails.o"),
                make("both.html", "report", BOTH / "2.4/greets.o", BOTH / "6.1/greets.ko"),
                make("sweep.html", "report", "--sweep", folder / "kept"),
                make("compare.html", "compare", "--html", *sorted(pathlib.Path("tests/comparison").glob("*.json")))]
        faults = look_at(made)
    assert not faults, "\n  " + "\n  ".join(faults[:30])


if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "browser", [("pages hold in a browser", pages_hold_in_a_browser)]))
