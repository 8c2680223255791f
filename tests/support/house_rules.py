#!/usr/bin/python3
"""Checks the tree against the rules of its layout.

house_rules.py ROOT prints each violation on a line of its own and fails if
there is one.
"""

import fnmatch
import itertools
import os
import pathlib
import re
import sys

# The path prefixes that each folder may include.
MAY_INCLUDE = {
    "proto": ("proto/",),
    "storage": ("proto/", "storage/"),
    "server": ("proto/", "storage/", "server/"),
    "gateway": ("proto/", "gateway/", "server/runtime/"),
}
HOUSE = (*MAY_INCLUDE, "tests")

BACKENDS = ("storage/sql/", "storage/sqlite/", "storage/postgres/")

# The only generated header that the gateway may include.
GATEWAY_GENERATED = "webhooks/v1/options.pb.h"

TOP_LEVEL = {
    "CHANGELOG.md", "CMakeLists.txt", "CMakePresets.json", "CONTRIBUTING.md",
    "LICENSE", "README.md", "SECURITY.md", "dev",
    "bazel-compat", "gateway", "proto", "server", "storage", "tests",
    # Made by ./dev, not committed.
    "build", "data",
}  # yapf: disable

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
# Hosts that a build must not depend on, and absolute paths in the folders where
# people and continuous integration keep checkouts.
FOREIGN = re.compile(
    r"registry\.npm|npmjs\.(org|com)|(deb|security|ftp)\.debian|debian\.org/debian"
    r"|proxy\.golang|pypi\.org"
    r"|(?<![\w.}$*])/(home|root|Users|work|workspace)/")


def include_violation(folder, quote, path):
    """Returns the fault of an include in a file below `folder`, or None."""
    house = path.split("/")[0] in HOUSE
    if house and quote == "<":
        return "an include of the project's own stands in quotes"
    if quote == '"' and ("/" not in path or ".." in path):
        return "an include is a full path"
    if folder not in MAY_INCLUDE:
        return None
    if path.startswith(BACKENDS) and folder != "storage":
        return "only storage/ may know a backend"
    if house and not path.startswith(MAY_INCLUDE[folder]):
        return f"{folder}/ may include only {', '.join(MAY_INCLUDE[folder])}"
    if (folder == "gateway" and path.startswith("webhooks/")
            and path != GATEWAY_GENERATED):
        return f"gateway/ may include only {GATEWAY_GENERATED} of its kind"
    return None


def code_violations(root):
    for folder in HOUSE:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in (".h", ".cc"):
                continue
            for quote, path in INCLUDE.findall(file.read_text("utf-8")):
                wrong = include_violation(folder, quote, path)
                if wrong:
                    yield f"{file.relative_to(root)} includes {path}: {wrong}"


def top_level_violations(root):
    for entry in sorted(root.iterdir()):
        if entry.name not in TOP_LEVEL and not entry.name.startswith("."):
            yield f"{entry.name} does not belong on the top level"


def committed_files(root):
    for entry in sorted(root.iterdir()):
        if entry.name in ("build", "data", ".git"):
            continue
        yield from [entry] if entry.is_file() else sorted(entry.rglob("*"))


def text_violations(root):
    for file in committed_files(root):
        if not file.is_file() or "__pycache__" in file.parts:
            continue
        found = FOREIGN.search(file.read_text("utf-8", errors="replace"))
        if found:
            yield (f"{file.relative_to(root)} names a package host or a path of "
                   f"one machine: {found.group()}")


def table_rows(text, last_heading):
    """Yields the cells of each row of tables with that last heading."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[-1] == last_heading:
            inside = True
        elif inside and not set(line) <= set("|-: "):
            yield cells


def code_words(text):
    without_blocks = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.findall(r"`([^`]+)`", without_blocks)


def place_of(root, home, word):
    """Returns the path from `root` of what `word` names in a README in `home`.

    None if there is no such folder or file.
    """
    word = word.rstrip("/")
    if "*" in word:
        return word
    for base in (home, root):
        if (base / word).exists():
            return os.path.relpath(base / word, root)
    return None


def may_include(root, readme):
    """Reads the README's table of what each folder may include.

    Returns the path prefixes by folder, without folders that may include
    everything, and a list of the rows that cannot be read.
    """
    home = readme.parent
    rules, unreadable = {}, []
    for cells in table_rows(readme.read_text("utf-8"), "may include"):
        named = code_words(cells[0])
        own = place_of(root, home, named[0]) if named else None
        if own is None:
            unreadable.append(f"{readme.relative_to(root)}: no folder {cells[0]}")
            continue
        allowed = [place_of(root, home, word) for word in code_words(cells[-1])]
        if None in allowed or not (allowed or cells[-1].startswith(
            ("nothing", "all of these"))):
            unreadable.append(
                f"{readme.relative_to(root)}: cannot read {cells[-1]!r}")
        elif not cells[-1].startswith("all of these"):
            rules[own] = [own, *allowed]
    return rules, unreadable


def table_violations(root):
    for readme in readmes(root):
        rules, unreadable = may_include(root, readme)
        yield from unreadable
        for folder, allowed in rules.items():
            for file in sorted((root / folder).rglob("*")):
                if file.suffix in (".h", ".cc"):
                    yield from forbidden_includes(root, file, allowed)


def is_match(path, pattern):
    """Returns true if `path` matches; a * does not match a /, as in a shell."""
    return (fnmatch.fnmatchcase(path, pattern)
            and path.count("/") == pattern.count("/"))


def forbidden_includes(root, file, allowed):
    for quote, path in INCLUDE.findall(file.read_text("utf-8")):
        if quote != '"' or path.split("/")[0] not in HOUSE:
            continue
        if not any(path.startswith(place + "/") or is_match(path, place)
                   for place in allowed):
            yield (f"{file.relative_to(root)} includes {path}: its folder may "
                   f"include only {', '.join(allowed)}")


def readmes(root):
    for folder in (*HOUSE, "bazel-compat"):
        yield from sorted((root / folder).rglob("README.md"))


# Files of these kinds are listed in the README of their folder.
LISTED = (".h", ".cc", ".py", ".proto", ".md", ".json", ".yml", ".bzl", ".js")
FILE_NAME = re.compile(r"[\w*{},][\w*{},/.-]*\.(?:h|cc|py|proto|md|sql|json|yml|bzl|js|\*)")


def expanded(pattern):
    """Returns the patterns that `pattern` stands for, without `{a,b}`."""
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [part.split(",") if i % 2 else [part]
               for i, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*choices)]


def list_violations(root):
    """Yields files that no README lists, and names of absent files in READMEs."""
    for readme in readmes(root):
        home = readme.parent
        name = readme.relative_to(root)
        text = readme.read_text("utf-8")
        words = code_words(text) + re.findall(r"\]\(([\w./-]+)\)", text)
        patterns = [p for word in words for p in expanded(word)]
        stems = {p.rsplit(".", 1)[0] if FILE_NAME.fullmatch(p) else p
                 for p in patterns}
        for file in sorted(home.iterdir()):
            if file.suffix not in LISTED or file.name == "README.md":
                continue
            # A class stands for the files that are named after it.
            kind = file.stem.title().replace("_", "")
            if kind not in stems and not any(
                    fnmatch.fnmatchcase(file.stem, stem) for stem in stems):
                yield f"{name} does not list {file.name}"
        for pattern in patterns:
            if FILE_NAME.fullmatch(pattern) and not has_file(root, home, pattern):
                yield f"{name} names {pattern}, which is not there"


# Pages for people who look for a file by its path.
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md")


def page_violations(root):
    """Yields paths in PAGES that do not exist."""
    for name in PAGES:
        if not (root / name).exists():
            continue
        for word in code_words((root / name).read_text("utf-8")):
            for path in expanded(word):
                if "/" in path and re.fullmatch(r"[\w*./-]+", path):
                    top = path.split("/")[0]
                    if top in HOUSE and not any(root.glob(path.rstrip("/"))):
                        yield f"{name} names {path}, which is not there"


def has_file(root, home, pattern):
    # A README may name files that only a build makes.
    return (pattern.startswith(("build/", "data/"))
            or (home / pattern).exists() or any(home.rglob(pattern))
            or any(root.glob(pattern)))


def violations(root):
    yield from code_violations(root)
    yield from table_violations(root)
    yield from list_violations(root)
    yield from page_violations(root)
    yield from top_level_violations(root)
    yield from text_violations(root)


def main(root):
    found = list(violations(pathlib.Path(root)))
    print("\n".join(found) or "no violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
