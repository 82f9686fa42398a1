#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of `retromod report` and `compare --html` in a headless Chromium, at three widths: no message on the console,
nothing wider than the screen, every link's target is shown when it is followed, every control has an accessible name, the filter of a
sweep filters, and the page is drawn.

usage: browser_soak.py RESULT.json BIN_DIR
"""
import json
import os
import pathlib
import re
import shutil
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
# A frame of each width: the browser's own window cannot be as narrow as a telephone.
FRAMES = """<!DOCTYPE html><title>frames</title><body style="margin:0"><script>var found = {};
addEventListener('message', function (m) { document.querySelectorAll('iframe').forEach(function (f) {
 if (f.contentWindow === m.source) found[f.width] = JSON.parse(m.data); });
 document.documentElement.dataset.found = JSON.stringify(found); });</script>%s"""
FRAME = '<iframe title="page" width="%d" height="900" style="border:0" src="%s"></iframe>'
START_SECONDS = 200  # a browser on a busy machine; one that takes longer is started once more


def browse(page, *options):
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
               "--enable-logging=stderr", f"--user-data-dir={page.parent}/profile", "--window-size=2500,900", *options, page.as_uri()]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        return subprocess.run(command, capture_output=True, text=True, timeout=START_SECONDS)


def look_at(page):
    """Faults of one page."""
    text = page.read_text(encoding="utf-8")
    probed = page.with_suffix(".probed.html")
    probed.write_text(text.replace("</body>", PROBE + "</body>"), encoding="utf-8")
    frames = page.with_suffix(".frames.html")
    frames.write_text(FRAMES % "".join(FRAME % (width, probed.name) for width in WIDTHS), encoding="utf-8")
    done = browse(frames, "--dump-dom")
    found = re.search(r'data-found="([^"]*)"', done.stdout)
    by_width = json.loads(found[1].replace("&quot;", '"').replace("&amp;", "&")) if found else {}
    faults = [f"{page.name}: {message}" for message in re.findall(r"CONSOLE.*", done.stderr)]
    for width in WIDTHS:
        if str(width) not in by_width:
            faults.append(f"{page.name} at {width}: the page's script did not run: {done.stderr[-500:]}")
            continue
        values = by_width[str(width)]
        if values["wide"] > values["screen"]:
            faults.append(f"{page.name} is {values['wide']} wide on a screen of {values['screen']}")
        faults += [f"{page.name}: {what}" for what in values["dead"] + values["nameless"]]
        if "shown" in values and not 0 < values["shown"] < len(re.findall("data-family=", text)):
            faults.append(f"{page.name}: the filter shows {values['shown']} modules")
    for scheme in ("light", "dark"):
        picture = page.with_suffix(f".{scheme}.png")
        browse(frames, f"--screenshot={picture}", f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}")
        if not picture.exists() or picture.stat().st_size < 5000:
            faults.append(f"{page.name}, {scheme}: nothing is drawn")
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
        made = [make("load.html", "report", "--load", BUILT / "i386/exporter.o", BUILT / "i386/importer.o"),
                make("refused.html", "report", BUILT / "i386/fails.o"),
                make("both.html", "report", BOTH / "2.4/greets.o", BOTH / "6.1/greets.ko"),
                make("sweep.html", "report", "--sweep", folder / "kept"),
                make("compare.html", "compare", "--html", *sorted(pathlib.Path("tests/comparison").glob("*.json")))]
        faults = [fault for page in made for fault in look_at(page)]
    assert not faults, "\n  " + "\n  ".join(faults[:30])


if __name__ == "__main__":
    sys.exit(results.run_cases(sys.argv[1], "browser", [("pages hold in a browser", pages_hold_in_a_browser)]))
