#!/usr/bin/python3
"""What is said of a program elsewhere than in its --help, made from that.

manual.py man PROGRAM SECTION OTHER...  a man page that names the others
manual.py completion PROGRAM            bash completion of its flags
manual.py tables FOLDER PAGE...         renews the tables of flags in pages of
                                        Markdown, of the programs in the folder
"""

import dataclasses
import pathlib
import re
import subprocess
import sys

TABLE = re.compile(r"(?P<begin><!-- flags of (?P<name>[\w-]+)\b[^\n]*-->\n)"
                   r".*?(?P<end><!-- end of flags -->)", re.DOTALL)
FLAG = re.compile(r"--(?P<name>\w+) \(default: (?P<default>.*)\)")
# The default that a help text gives for an empty value.
DEFAULT = re.compile(r" Default: (.+?)\.(?= |$)")


@dataclasses.dataclass
class Flag:
    name: str
    default: str
    text: str

    def is_switch(self):
        return self.default in ("true", "false")


class Help:
    """What `PROGRAM --help` prints.

    "NAME SYNOPSIS: what it does." comes first; then paragraphs, and lists below
    a line such as "Commands:", whose items are indented by two blanks and
    explained in lines indented by six. The list "Flags:" is the last.
    """

    def __init__(self, text):
        first, *lines = text.splitlines()
        head, self.purpose = first.split(": ", 1)
        self.name, self.synopsis = head.split(" ", 1)
        # Paragraphs, and for each list its title and (item, text) pairs.
        self.paragraphs = []
        self.lists = {}
        self._read(lines)
        self.flags = []
        for item, text in self.lists.pop("Flags"):
            found = FLAG.fullmatch(item)
            self.flags.append(Flag(found["name"], found["default"], text))

    def _read(self, lines):
        items, is_open = None, False
        for line in lines:
            if re.fullmatch(r"\w+:", line):
                items = self.lists.setdefault(line[:-1], [])
            elif line.startswith(" " * 6):
                item, text = items[-1]
                items[-1] = item, f"{text} {line.strip()}".strip()
            elif line.startswith("  "):
                items.append((line.strip(), ""))
            elif line and is_open:
                self.paragraphs[-1] += f" {line}"
            elif line:
                self.paragraphs.append(line)
            is_open = re.fullmatch(r"\S.*[^:]", line) is not None


def read_help(program):
    return Help(ask(program, "--help"))


def ask(program, flag):
    return subprocess.run([program, flag], check=True, text=True,
                          capture_output=True, timeout=60).stdout


def roff(text):
    """Text as roff takes it, of one line."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return f"\\&{text}" if text.startswith(".") else text


def man_items(items):
    for item, text in items:
        yield from (".TP", f"\\fB{roff(item)}\\fR", roff(text))


def man_flag(flag):
    value = "" if flag.is_switch() else "=VALUE"
    default = "" if flag.default == "none" else f" Default: {flag.default}"
    return f"--{flag.name}{value}", f"{flag.text}{default}"


def man_page(page, version, section, others):
    yield f'.TH {roff(page.name.upper())} {section} "" "webhooks {version}"'
    yield from (".nh", ".ad l")
    yield from (".SH NAME", roff(f"{page.name} - {page.purpose.rstrip('.')}"))
    yield from (".SH SYNOPSIS", f"\\fB{roff(page.name)}\\fR {page.synopsis}")
    yield ".SH DESCRIPTION"
    exit_codes = [p for p in page.paragraphs if p.startswith("Exit codes: ")]
    for paragraph in page.paragraphs:
        if paragraph not in exit_codes:
            yield from (".PP", roff(paragraph))
    for title, items in page.lists.items():
        yield f".SH {title.upper()}"
        yield from man_items(items)
    yield ".SH OPTIONS"
    yield from man_items(map(man_flag, page.flags))
    for paragraph in exit_codes:
        yield from (".SH EXIT STATUS", roff(paragraph.split(": ", 1)[1]))
    links = [f"\\fB{roff(name)}\\fR({n})" for name, n in
             (other.rsplit(".", 1) for other in others)]
    yield from (".SH SEE ALSO", ", ".join(links))


def completion(page):
    flags = " ".join(f"--{flag.name}{'' if flag.is_switch() else '='}"
                     for flag in page.flags)
    function = "_" + page.name.replace("-", "_")
    return f"""{function}() {{
  local flags='{flags} --help --version'
  local current=${{COMP_WORDS[COMP_CWORD]}}
  COMPREPLY=()
  [[ $current == -* ]] || return 0
  mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$current")
  [[ ${{COMPREPLY[0]-}} != *= ]] || compopt -o nospace 2>/dev/null || true
}}
complete -o default -F {function} {page.name}
"""


def row(flag):
    default, text = f"`{flag.default}`", flag.text
    if flag.default == "none":
        found = DEFAULT.search(text)
        default = found[1] if found else "none"
        text = DEFAULT.sub("", text)
    cells = f"`--{flag.name}`", default, text
    return "| {} | {} | {} |".format(*(
        cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells))


def table(flags):
    return ["| flag | default | |", "|---|---|---|", *map(row, flags)]


def with_tables(page, folder):
    """The page's text with its tables as the programs have them now."""
    def renew(found):
        flags = read_help(pathlib.Path(folder) / found["name"]).flags
        return (found["begin"] + "\n".join(table(flags)) + "\n" + found["end"])
    return TABLE.sub(renew, page)


def main(command, *arguments):
    if command == "man":
        program, section, *others = arguments
        version = ask(program, "--version").strip()
        print("\n".join(man_page(read_help(program), version, section, others)))
    elif command == "completion":
        print(completion(read_help(arguments[0])), end="")
    elif command == "tables":
        folder, *pages = arguments
        for page in map(pathlib.Path, pages):
            page.write_text(with_tables(page.read_text(), folder))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
