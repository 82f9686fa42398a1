#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes completion for bash, zsh and fish, from the program's own option tables: commands, options, what an option may be, loaded modules
and files.

usage: make_completions.py BIN_DIR OUT_DIR
"""
import pathlib
import re
import sys

import program

# What stands behind the options of a command: modules that are loaded, commands, folders; else files.
WORDS = {"rmmod": "modules", "help": "commands", "trace": "commands", "gdb": "commands", "sweep": "folders", "test": "folders", "layout": "modules_files",
         "disasm": "modules_files", "status": "nothing", "shutdown": "nothing", "dmesg": "nothing", "lsmod": "nothing", "ksyms": "nothing",
         "run": "nothing", "fsck": "nothing", "new": "nothing"}


def options_of(command):
    """Both tongues of a program of the period; letters that only its usage line has."""
    options = list(command.options)
    names = {name for option in options for name in option.names}
    for option in command.kmod_options:
        if not names.intersection(option.names):
            options.append(option)
            names.update(option.names)
    if not options:
        letters = "".join(re.findall(r"\[-(\w+)\]", " ".join(command.usage)))
        options = [program.Option(["-" + letter], "", [], "") for letter in letters]
    return options


def bash(asked):
    cases, values = "", ""
    for command in asked.commands:
        options = options_of(command)
        names = " ".join(name for option in options for name in option.names)
        cases += f"        {command.name}) options='{names}'; words={WORDS.get(command.name, 'files')} ;;\n"
        for option in options:
            if option.choices:
                pattern = "|".join(f"{command.name}:{name}" for name in option.names)
                values += f"        {pattern}) COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$word\")); return ;;\n"
    names = " ".join(command.name for command in asked.commands)
    globals_ = " ".join(name for option in asked.global_options for name in option.names)
    return f"""# bash completion for retromod. Made from its option tables: docs/man/make_completions.py
# SPDX-License-Identifier: GPL-2.0-or-later

_retromod_modules() {{ retromod lsmod 2>/dev/null </dev/null | awk 'NR > 1 {{ print $1 }}'; }}

_retromod() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command= options= words= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
        --machine | --root | --budget | --engine | --fail | --check) ((i++)) ;;
        -*) ;;
        *) command=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    case $previous in
        --engine) COMPREPLY=($(compgen -W 'native unicorn' -- "$word")); return ;;
        --check) COMPREPLY=($(compgen -W 'memory' -- "$word")); return ;;
        --machine | --root) COMPREPLY=($(compgen -f -- "$word")); return ;;
    esac
    if [[ -z $command ]]; then
        COMPREPLY=($(compgen -W 'help {names} {globals_} --help --version' -- "$word"))
        return
    fi
    case $command:$previous in
{values}    esac
    case $command in
        help) words=commands ;;
{cases}    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$options {globals_}" -- "$word"))
        return
    fi
    case $words in
        commands) COMPREPLY=($(compgen -W '{names}' -- "$word")) ;;
        modules) COMPREPLY=($(compgen -W "$(_retromod_modules)" -- "$word")) ;;
        modules_files) COMPREPLY=($(compgen -W "$(_retromod_modules)" -- "$word") $(compgen -f -- "$word")) ;;
        folders) COMPREPLY=($(compgen -d -- "$word")) ;;
        files) COMPREPLY=($(compgen -f -- "$word")) ;;
    esac
}}
complete -o filenames -F _retromod retromod
"""


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_option(option):
    text = re.sub(r"([\[\]:\\])", r"\\\1", option.text or option.names[-1])
    value = ""
    if option.choices:
        value = f":value:({' '.join(option.choices)})"
    elif option.value:
        value = f":{option.value.lower()}:_files"
    return [quoted(f"*{name}[{text}]{value}") for name in option.names]


def zsh(asked):
    cases = ""
    kinds = {"modules": "'*:module:_retromod_modules'", "commands": "'*:command:_retromod_commands'", "folders": "'*:folder:_files -/'",
             "modules_files": "'*:module or file:_alternative \"modules:module:_retromod_modules\" \"files:file:_files\"'", "nothing": "",
             "files": "'*:file:_files'"}
    for command in asked.commands:
        options = [text for option in options_of(command) for text in zsh_option(option)]
        arguments = " \\\n            ".join(options + [kinds[WORDS.get(command.name, "files")]]).rstrip(" \\\n")
        cases += f"        {command.name}) _arguments {arguments} ;;\n"
    described = "\n        ".join(quoted(f"{command.name}:{command.summary}") for command in asked.commands)
    globals_ = " \\\n        ".join(text for option in asked.global_options for text in zsh_option(option))
    return f"""#compdef retromod
# zsh completion for retromod. Made from its option tables: docs/man/make_completions.py
# SPDX-License-Identifier: GPL-2.0-or-later

_retromod_modules() {{
    local -a modules
    modules=(${{(f)"$(retromod lsmod 2>/dev/null </dev/null | awk 'NR > 1 {{ print $1 }}')"}})
    compadd -a modules
}}

_retromod_commands() {{
    local -a commands
    commands=(
        'help:say more of a command'
        {described}
    )
    _describe command commands
}}

_retromod() {{
    local curcontext=$curcontext state line
    _arguments -C \\
        {globals_} \\
        '(- *)--help[show what there is]' '(- *)--version[show the version]' \\
        '1:command:_retromod_commands' '*::argument:->rest'
    [[ $state == rest ]] || return
    case $words[1] in
        help) _retromod_commands ;;
{cases}    esac
}}

_retromod "$@"
"""


def fish(asked):
    names = " ".join(command.name for command in asked.commands)
    text = f"""# fish completion for retromod. Made from its option tables: docs/man/make_completions.py
# SPDX-License-Identifier: GPL-2.0-or-later

function __retromod_modules
    retromod lsmod 2>/dev/null </dev/null | awk 'NR > 1 {{ print $1 }}'
end

set -l commands help {names}
complete -c retromod -n "not __fish_seen_subcommand_from $commands" -f
complete -c retromod -n "not __fish_seen_subcommand_from $commands" -l help -d 'show what there is'
complete -c retromod -n "not __fish_seen_subcommand_from $commands" -l version -d 'show the version'
complete -c retromod -n "__fish_seen_subcommand_from help trace gdb" -f -a "{names}"
"""
    for option in asked.global_options:
        text += fish_option(option, "")
    for command in asked.commands:
        text += f"complete -c retromod -n \"not __fish_seen_subcommand_from $commands\" -a {command.name} -d {fish_quoted(command.summary)}\n"
    for command in asked.commands:
        condition = f"-n \"__fish_seen_subcommand_from {command.name}\""
        kind = WORDS.get(command.name, "files")
        if kind in ("modules", "modules_files"):
            text += f"complete -c retromod {condition} {'-f ' if kind == 'modules' else ''}-a \"(__retromod_modules)\"\n"
        elif kind == "folders":
            text += f"complete -c retromod {condition} -f -a \"(__fish_complete_directories)\"\n"
        elif kind == "nothing":
            text += f"complete -c retromod {condition} -f\n"
        for option in options_of(command):
            text += fish_option(option, condition + " ")
    return text


def fish_quoted(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(option, condition):
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    value = f" -x -a {fish_quoted(' '.join(option.choices))}" if option.choices else " -r" if option.value else ""
    words = f" -d {fish_quoted(option.text)}" if option.text else ""
    return f"complete -c retromod {condition}{names}{value}{words}\n"


def main():
    asked = program.Program(sys.argv[1])
    out = pathlib.Path(sys.argv[2])
    for place, text in (("bash-completion/completions/retromod", bash(asked)), ("zsh/site-functions/_retromod", zsh(asked)),
                        ("fish/vendor_completions.d/retromod.fish", fish(asked))):
        (out / place).parent.mkdir(parents=True, exist_ok=True)
        (out / place).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
