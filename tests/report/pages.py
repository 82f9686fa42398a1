# SPDX-License-Identifier: GPL-2.0-or-later
"""What holds of every page: it is well-formed, fetches nothing, every link leads to something in it, every control and drawing has a
name."""
import html.parser

VOID = {"meta", "br", "link", "input", "img", "hr"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.fetched, self.faults = [], set(), [], [], []
        self.title, self.labelled, self.headings, self.language = "", [], [], ""

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        name = attributes.get("id")
        if name is not None:
            if name in self.ids:
                self.faults.append(f"id {name} is there twice")
            self.ids.add(name)
        for key in ("src", "href", "action", "data"):
            value = attributes.get(key)
            if value is None:
                continue
            if value.startswith("#"):
                self.links.append(value[1:])
            elif not value.startswith("data:"):
                self.fetched.append(value)
        if "aria-labelledby" in attributes:
            self.labelled.append(attributes["aria-labelledby"])
        if tag == "svg" and "aria-labelledby" not in attributes:
            self.faults.append("a drawing without a name")
        if tag in ("input", "select") and "label" not in self.open and "aria-label" not in attributes:
            self.faults.append(f"<{tag}> without a label")
        if tag == "html":
            self.language = attributes.get("lang", "")
        if tag in ("h1", "h2", "h3"):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, pairs):
        self.handle_starttag(tag, pairs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes <{self.open[-1] if self.open else ''}>")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data


def check(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    faults = list(page.faults)
    faults += [f"<{tag}> is not closed" for tag in page.open]
    faults += [f"fetches {what}" for what in page.fetched]
    faults += [f"#{target} leads nowhere" for target in page.links if target not in page.ids]
    faults += [f"the name {target} is not there" for target in page.labelled if target not in page.ids]
    if "url(" in text or "@import" in text:
        faults.append("the style fetches something")
    if not page.title or page.language != "en" or page.headings[:1] != [1]:
        faults.append("no title, language or first heading")
    for before, after in zip(page.headings, page.headings[1:]):
        if after > before + 1:
            faults.append(f"a heading of level {after} follows one of level {before}")
    if "prefers-color-scheme: dark" not in text or "@media print" not in text or "width=device-width" not in text:
        faults.append("no dark screen, no paper or no narrow screen")
    assert not faults, "\n  " + "\n  ".join(faults[:20])
    return page
