#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the manual pages of the programs, from their own option tables: retromod.1 and, for each program of the period, a page of section 8
named retromod-NAME.8 (the plain names are the system's own).

usage: make_manuals.py BIN_DIR OUT_DIR
"""
import pathlib
import sys

import program
import texts


def roff(text):
    """Text for roff: a backslash and a minus are themselves, a line never begins as a request."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines() or [""]
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def heading(name, section, summary, version):
    return (f'.\\" SPDX-License-Identifier: GPL-2.0-or-later\n.TH "{name.upper()}" {section} "" "retromod {version}" "retromod"\n'
            f".SH NAME\n{roff(name)} \\- {roff(summary)}\n")


def option_list(options):
    text = ""
    for option in options:
        names = ", ".join(f"\\fB{roff(name)}\\fR" for name in option.names)
        value = f" \\fI{roff(option.value)}\\fR" if option.value else ""
        words = option.text or ("one of " + ", ".join(option.choices) if option.choices else "")
        if option.text and option.choices:
            words += " (one of " + ", ".join(option.choices) + ")"
        text += f".TP\n{names}{value}\n{roff(words) or chr(92) + '&'}\n"
    return text


def paragraphs(text):
    return "\n.PP\n".join(roff(" ".join(part.split())) for part in text.split("\n\n")) + "\n"


def see_also(pages):
    return ".SH SEE ALSO\n" + ",\n".join(f"\\fB{roff(name)}\\fR({section})" for name, section in pages) + "\n"


def period_page(command, version):
    name = command.name
    page = heading("retromod-" + name, 8, command.summary, version)
    page += ".SH SYNOPSIS\n" + ".br\n".join(f"retromod {roff(line)}\n" for line in command.usage or [f"{name} [options]"])
    page += f".PP\nIn \\fBretromod shell\\fR: \\fB{name}\\fR itself.\n"
    page += ".SH DESCRIPTION\n" + paragraphs(texts.DESCRIPTIONS[name])
    if command.options:
        page += ".SH OPTIONS\n" + option_list(command.options)
    if command.kmod_options:
        page += ".SH ON A MACHINE SINCE 2.6\n" + ".br\n".join(roff(line) + "\n" for line in command.kmod_usage) + option_list(command.kmod_options)
    page += ".SH EXIT STATUS\n0 when all was done, 1 when something was refused; 139 when the kernel killed the caller in an oops.\n"
    return page + see_also([("retromod", 1), ("modules.conf", 5)] + [("retromod-" + other, 8) for other in texts.SEE_ALSO[name]])


def main_page(asked):
    page = heading("retromod", 1, "loads and runs Linux 2.2 and 2.4 kernel modules in user space", asked.version)
    usage = " ".join(asked.help[asked.help.index("usage:") + 6:asked.help.index("\nLoads")].split())
    page += f".SH SYNOPSIS\n{roff(usage)}\n"
    page += ".SH DESCRIPTION\n" + paragraphs(
        "A machine is a modelled kernel with its memory, in one file. Commands act on it, each a process of its own: they load modules, look "
        "at them, use their devices, let time pass. Guest code runs on an emulated CPU in a jailed process and cannot touch the host.")
    after = asked.help[asked.help.index("\n\nThe machine is") + 2:]
    page += paragraphs(after)
    page += ".SH OPTIONS\nBefore the command, most of them behind it, too.\n" + option_list(asked.global_options)
    page += ".SH COMMANDS\n"
    for command in asked.commands:
        if command.name in program.PERIOD:
            page += f".SS {command.name}\n{roff(command.summary)}: \\fBretromod\\-{command.name}\\fR(8).\n"
            continue
        page += f".SS {command.name}\n{roff(command.summary)}\n.PP\n" + ".br\n".join(roff(line) + "\n" for line in command.usage)
        page += option_list([option for option in command.options if "--help" not in option.names])
    page += (".SH ENVIRONMENT\n.TP\n\\fBRETROMOD_MACHINE\\fR\nThe machine's file.\n.TP\n\\fBRETROMOD_ROOT\\fR\nThe tree of its user space: etc, "
             "lib/modules, var.\n.TP\n\\fBXDG_STATE_HOME\\fR\nWhere the machine is otherwise: retromod/machine below it, or below ~/.local/state.\n"
             ".TP\n\\fBNO_COLOR\\fR\nSet and not empty: no colour on a terminal.\n.TP\n\\fBCOLUMNS\\fR\nThe width of help and of comparisons where "
             "standard output is no terminal.\n")
    page += (".SH EXIT STATUS\n0: done. 1: refused or failed, one line on standard error says why. 2: the command line makes no sense. 3: a source "
             "could not be compiled. 130: interrupted. 139: the call ended in an oops. 141: nobody read the output.\n")
    return page + see_also([("retromod-" + name, 8) for name in program.PERIOD] + [("modules.conf", 5), ("retromod-scenario", 5), ("retromod.h", 3)])


def main():
    asked = program.Program(sys.argv[1])
    out = pathlib.Path(sys.argv[2])
    (out / "man1").mkdir(parents=True, exist_ok=True)
    (out / "man8").mkdir(exist_ok=True)
    (out / "man1/retromod.1").write_text(main_page(asked), encoding="utf-8")
    for command in asked.commands:
        if command.name in program.PERIOD:
            (out / f"man8/retromod-{command.name}.8").write_text(period_page(command, asked.version), encoding="utf-8")


if __name__ == "__main__":
    main()
