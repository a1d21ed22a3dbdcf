#!/usr/bin/env python3
"""Writes the manual page of the command from what the command says of itself.

usage: packaging/man_page.py BINARY [DATE] > erlangshen.1        (Python 3 alone; DATE as 2026-01-31)
"""
import json
import subprocess
import sys


def quoted(text):
    """Text that roff takes as it is: no escapes, no requests at the begin of a line."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").split("\n")
    return "\n".join("\\&" + line if line[:1] in {".", "'"} else line for line in lines)


def name_of(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def argument(one):
    """An option, a flag or a positional as an item of a list."""
    names = ", ".join(name_of(name) for name in reversed(one.get("names", [])))
    value = one.get("valueName", "")
    shown = f"\\fB{quoted(names)}\\fR" if names else f"\\fI{quoted(value)}\\fR"
    if names and one["kind"] == "option":
        shown += f" \\fI{quoted(value)}\\fR"
    told = [one.get("abstract", ""), one.get("discussion", "")]
    if one.get("defaultValue"):
        told.append(f"Default: {one['defaultValue']}.")
    return f".TP\n{shown}\n{quoted(' '.join(part for part in told if part)) or 'No more is known of it.'}"


def body(command):
    """Abstract, discussion with its lines as they stand, and arguments."""
    parts = [quoted(command.get("abstract", ""))]
    if command.get("discussion"):
        parts.append(f".PP\n.nf\n{quoted(command['discussion'])}\n.fi")
    shown = [one for one in command.get("arguments", []) if one["shouldDisplay"]]
    return "\n".join(parts + [argument(one) for one in shown])


def commands(command, before=""):
    """Every subcommand with its full name, the one for help left out."""
    for one in command.get("subcommands", []):
        if one["commandName"] == "help" or not one.get("shouldDisplay", True):
            continue
        name = f"{before}{one['commandName']}"
        yield name, one
        yield from commands(one, name + " ")


def page(root, version, date):
    sections = [
        f'.TH ERLANGSHEN 1 "{date}" "erlangshen {version}" "User Commands"',
        ".SH NAME\nerlangshen \\- Chinese DeBERTa\\-v2 language models on your own machine",
        ".SH SYNOPSIS\n.B erlangshen\n.I subcommand\n.RI [ options ]",
        ".SH DESCRIPTION\n" + body(root), ".SH SUBCOMMANDS"]
    sections += [f".SS {quoted(name)}\n{body(one)}" for name, one in commands(root)]
    sections.append(".SH EXIT STATUS\nThe numbers of\n.BR sysexits (3):\n0 success, 64 usage, 65 data, 66 no input, "
                    "69 unavailable, 70 defect, 73 cannot create, 74 input or output, 77 no permission, 78 "
                    "configuration; 130 and 143 after a signal.")
    return "\n".join(sections) + "\n"


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: packaging/man_page.py BINARY [DATE]")
    said = subprocess.run([sys.argv[1], "--experimental-dump-help"], capture_output=True, text=True, check=True)
    version = subprocess.run([sys.argv[1], "--version"], capture_output=True, text=True, check=True).stdout.strip()
    root = json.loads(said.stdout)["command"]
    sys.stdout.write(page(root, version, sys.argv[2] if len(sys.argv) == 3 else ""))


if __name__ == "__main__":
    main()
