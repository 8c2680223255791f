#!/usr/bin/python3
"""Reads the JUnit file of a ctest run.

Prints each skipped test with the reason, and each failed test with the end of
its output.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

LINES_OF_A_FAILURE = 60


def reasons(output):
    """Returns the reasons of skips that pytest -rs or GoogleTest printed."""
    found = re.findall(r"^SKIPPED .*$", output, re.MULTILINE)
    found += re.findall(r"Skipped\n(.+?)\n(?=\n|\[)", output, re.DOTALL)
    return [" ".join(reason.split()) for reason in found]


def main(path):
    for case in ElementTree.parse(path).iter("testcase"):
        name, output = case.get("name"), case.findtext("system-out") or ""
        given = reasons(output)
        if case.find("skipped") is not None or case.get("status") == "disabled":
            given = given or [case.get("status")]
        for reason in given:
            print(f"skipped: {name}: {reason}")
        if case.find("failure") is not None:
            print(f"failed: {name}:")
            print(*output.splitlines()[-LINES_OF_A_FAILURE:], sep="\n")


if __name__ == "__main__":
    main(sys.argv[1])
