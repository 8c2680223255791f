#!/usr/bin/python3
"""Checks the tree against the rules of its layout.

house_rules.py ROOT prints each violation on a line of its own and fails if
there is one.
"""

import pathlib
import re
import sys

# What each folder may include of the others, as path prefixes.
MAY_INCLUDE = {
    "proto": ("proto/",),
    "storage": ("proto/", "storage/"),
    "server": ("proto/", "storage/", "server/"),
    "gateway": ("proto/", "gateway/", "server/runtime/"),
}
HOUSE = (*MAY_INCLUDE, "tests")

# The gateway knows descriptors; of the generated code only the options.
GATEWAY_GENERATED = "webhooks/v1/options.pb.h"

TOP_LEVEL = {
    "CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "dev",
    "bazel-compat", "gateway", "proto", "server", "storage", "tests",
    # Made by ./dev, not committed.
    "build", "data",
}  # yapf: disable

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
FOREIGN = re.compile(
    r"registry\.npm|npmjs\.(org|com)|(deb|security|ftp)\.debian|debian\.org/debian"
    r"|proxy\.golang|pypi\.org"
    r"|(?<![\w.}$*])/(work|home|root|Users|farm)/")


def include_violation(folder, quote, path):
    """What is wrong with an include in a file below `folder`, or None."""
    house = path.split("/")[0] in HOUSE
    if house and quote == "<":
        return "an include of the project's own stands in quotes"
    if quote == '"' and ("/" not in path or ".." in path):
        return "an include is a full path"
    if folder not in MAY_INCLUDE:
        return None
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


def violations(root):
    yield from code_violations(root)
    yield from top_level_violations(root)
    yield from text_violations(root)


def main(root):
    found = list(violations(pathlib.Path(root)))
    print("\n".join(found) or "no violations")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
